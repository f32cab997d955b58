"""A voter's own check over HTTP, with either client: everything is found in every publish mode, and a lie is named."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from clients.python import AsyncClient, Client, Report
from clients.python.answers import Contest
from clients.python.contests import Cast
from tests.clients.test_checks import OTHER
from tests.commands.conftest import Served, served
from tests.conftest import ROOT
from voting.commands import election

__all__ = ["served"]

VOTERS = 6
CASE = {
    "name": "a question",
    "method": "irv",
    "seats": 1,
    "candidates": ["A", "B", "C"],
    "rules": {},
    "ballots": [{"count": VOTERS, "ranking": [["A"], ["B"]]}],
}
Check = Callable[[str, str | None, Cast], Report]


def blocking(url: str, token: str | None, cast: Cast) -> Report:
    with Client(url, token) as client:
        return client.check(cast)


def awaiting(url: str, token: str | None, cast: Cast) -> Report:
    async def check() -> Report:
        async with AsyncClient(url, token) as client:
            return await client.check(cast)

    return asyncio.run(check())


@pytest.fixture(params=[blocking, awaiting], ids=["blocking", "awaiting"])
def check(request: pytest.FixtureRequest) -> Check:
    """Either client."""
    found: Check = request.param
    return found


@dataclass(frozen=True)
class Held:
    """A published poll: who voted, and what they kept."""

    url: str
    mode: str
    tokens: list[str]
    casts: list[Cast]


@pytest.fixture(scope="module", params=["full", "patterns"])
def held(request: pytest.FixtureRequest, served: Served) -> Held:
    """A poll in which everybody voted, published in a mode that shows the box, or not."""
    poll = election.poll_of(CASE)
    with Client(served.url, served.key) as client:
        community_id = election.found_community(client, "check", VOTERS)
        tokens = election.hand_out_tokens(client, community_id, lambda done: None)
        roll_id = election.seal_roll(client, community_id)
        contest: Contest = election.open_contest(client, community_id, roll_id, poll, request.param)
        options = [option.id for option in contest.options]
        casts = [client.acting(token).contests.cast(contest.id, options[: 1 + n % 3]) for n, token in enumerate(tokens)]
        election.close_and_count(client, contest)
    return Held(served.url, request.param, tokens, casts)


def test_every_voter_finds_the_own_ballot_recorded_and_counted(held: Held, check: Check) -> None:
    for token, cast in list(zip(held.tokens, held.casts, strict=True))[:2]:
        report = check(held.url, token, cast)
        assert report.ok, report.findings
        # Where the box is withheld, it alone cannot be looked at as a whole; the ballot in it was proven.
        assert {finding.code for finding in report.findings if finding.holds is None} <= {"box"}


def test_without_a_token_the_own_check_off_is_not_looked_for(held: Held, check: Check) -> None:
    report = check(held.url, None, held.casts[0])
    assert report.of("checked_off").holds is None
    assert report.of("counted").holds is True


def test_a_ballot_that_was_never_cast_is_not_found(held: Held, check: Check) -> None:
    cast = held.casts[0]
    other = replace(cast, opening=replace(cast.opening, secret=b"\x01" * 32))
    report = check(held.url, held.tokens[0], other)
    assert {f.code for f in report.findings if f.holds is False} == {"receipt", "recorded", "counted"}


def test_another_log_key_than_the_one_that_is_known_is_noticed(held: Held) -> None:
    with Client(held.url) as client:
        report = client.check(held.casts[0], log_key=OTHER.key.text)
    assert report.of("log").holds is False


def test_the_verifier_finds_the_ballot_by_receipt_and_opening(held: Held, tmp_path: Path) -> None:
    cast = held.casts[1]
    (tmp_path / "receipt").write_text(cast.receipt, encoding="utf-8")
    (tmp_path / "opening").write_text(json.dumps(cast.opening.for_verifier()), encoding="utf-8")
    with Client(held.url) as client:
        (tmp_path / "bundle.zip").write_bytes(client.contests.bundle(cast.opening.contest_id))
    done = subprocess.run(
        [
            sys.executable,
            ROOT / "clients/verifier/verify.py",
            "bundle.zip",
            "--receipt",
            "receipt",
            "--opening",
            "opening",
        ],
        cwd=tmp_path,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
    )
    assert done.returncode == 0, done.stdout
    outcomes = {line.split("\t")[1]: line.split("\t")[0] for line in done.stdout.splitlines() if "\t" in line}
    # A receipt whose key came from the bundle alone proves nothing new; a box that is withheld hides the own ballot.
    assert outcomes["receipt"] == "not made"
    assert outcomes["own-ballot"] == ("passed" if held.mode == "full" else "not made")
