"""An open vote over HTTP: silent like a secret one until the publication, then named for those who read the roll."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, select, text

from api.schemas.ballots import encode
from tests.access.world import a_role
from tests.api.conftest import Service
from tests.api.test_authorisation_matrix import settle
from tests.contests import world
from voting.clock import system_now
from voting.community.tables import Person
from voting.contests import closing, moves
from voting.contests.tables import BoxRow, Contest, OpenBallotLink
from voting.core import box
from voting.core.authority import GRANTED_ROLES, SYSTEM
from voting.store import reader, transact

CONTEST, SECRET, ROLL, VOTERS = "con_open_vote", "con_secret_vote", "rol_open_vote", 6
OPTIONS = [f"{option}_{CONTEST}" for option in world.OPTIONS]
PARTS = (
    "",
    "/turnout",
    "/result",
    "/rounds",
    "/explanation",
    "/rounds.svg",
    "/events",
    "/open-ballots",
    "/open-ballots/me",
)
NAMED = {"community_admin", "committee_officer", "returning_officer"}


def build(session: Session) -> None:
    settle(session)
    for role in GRANTED_ROLES:
        session.add(Person(id=f"per_{role}", community_id="com_1", name=role))
        session.add(a_role(f"rle_{role}", f"per_{role}", role))
    session.flush()
    world.roll(session, VOTERS, ROLL)
    for contest, secrecy in ((CONTEST, "open"), (SECRET, "secret")):
        values = {"roll_id": ROLL, "secrecy": secrecy, "terms": {"revoting": True}}
        world.open_contest(session, VOTERS, contest, closes_at=system_now() + timedelta(days=300), **values)


class Vote:
    """An open vote in which all but two have cast, and everybody who might read of it."""

    def __init__(self, service: Service) -> None:
        self.service = service
        transact(service.engine, build)
        self.callers = {"stranger": {}} | {role: self.bearer(f"per_{role}") for role in GRANTED_ROLES}
        self.callers["voter"] = self.bearer(world.person(0))
        for number in range(VOTERS - 2):
            assert self.cast(number, {"ranking": OPTIONS[number % 2 :][:2]}) == 201

    def bearer(self, person: str) -> dict[str, str]:
        services = self.service.app.state.services
        return {"Authorization": f"Bearer {services.issuer.issue_access(person, 'com_1', services.clock())}"}

    def cast(self, number: int, body: dict[str, Any], contest: str = CONTEST) -> int:
        path = f"/v1/contests/{contest}/ballots"
        return self.service.request("POST", path, json=body, headers=self.bearer(world.person(number))).status_code

    def get(self, part: str, who: str, contest: str = CONTEST) -> Any:
        headers = self.callers[who] | {"X-Request-Id": "the-same-id"}
        return self.service.request("GET", f"/v1/contests/{contest}{part}", headers=headers)

    def change(self, work: Callable[[Session], None]) -> None:
        transact(self.service.engine, work)

    def links(self, contest: str = CONTEST) -> dict[str, bytes]:
        with reader(self.service.engine) as session:
            found = session.exec(select(OpenBallotLink).where(OpenBallotLink.contest_id == contest))
            return {link.entry_id: link.slot for link in found}


@pytest.fixture(scope="module")
def vote(service: Service) -> Vote:
    return Vote(service)


@pytest.fixture(scope="module")
def published(vote: Vote) -> Vote:
    """The same vote after its publication: the tests that need it stand last in this file."""

    def end(session: Session) -> None:
        contest = session.get_one(Contest, CONTEST)
        contest.state, contest.closed_at = "closed", system_now()
        closing.begin(session, contest)
        world.finish_closing(session, CONTEST)
        moves.count(session, SYSTEM, CONTEST, now=system_now())
        moves.publish(session, SYSTEM, CONTEST, now=system_now())

    vote.change(end)
    return vote


def test_every_ballot_of_an_open_vote_has_one_elector(vote: Vote) -> None:
    links = vote.links()
    assert len(links) == len(set(links.values())) == VOTERS - 2
    with reader(vote.service.engine) as session:
        boxed = session.exec(select(BoxRow.slot).where(BoxRow.contest_id == CONTEST)).all()
    assert set(boxed) == set(links.values())


def test_a_revision_keeps_the_elector_of_the_ballot(vote: Vote) -> None:
    before, secret = vote.links(), encode(b"r" * 32)
    assert vote.cast(VOTERS - 2, {"ranking": OPTIONS[:1], "secret": secret}) == 201
    once = vote.links()
    assert vote.cast(VOTERS - 2, {"ranking": OPTIONS[:1], "secret": secret}) == 200
    assert vote.cast(VOTERS - 2, {"ranking": OPTIONS[1:2], "secret": secret, "seq": 1}) == 201
    assert vote.links() == once
    assert len(once) == len(before) + 1


def test_a_refused_ballot_leaves_no_link(vote: Vote) -> None:
    before = vote.links()
    assert vote.cast(0, {"ranking": OPTIONS[:1]}) == 409
    assert vote.cast(VOTERS - 1, {"ranking": ["opt_x"]}) == 422
    assert vote.links() == before


def test_a_secret_vote_has_no_link(vote: Vote) -> None:
    assert vote.cast(0, {"ranking": [f"{world.OPTIONS[0]}_{SECRET}"]}, SECRET) == 201
    assert vote.links(SECRET) == {}


def test_a_link_refuses_change(vote: Vote) -> None:
    for statement in ("UPDATE open_ballot_link SET slot = slot", "DELETE FROM open_ballot_link"):
        with pytest.raises(DBAPIError, match="append-only"):
            vote.change(lambda session, statement=statement: session.execute(text(statement)))  # type: ignore[misc]


def test_the_contest_says_before_the_cast_that_it_is_an_open_vote(vote: Vote) -> None:
    assert vote.get("", "stranger").json()["secrecy"] == "open"


def test_nobody_reads_a_name_or_a_choice_before_the_close(vote: Vote) -> None:
    before = {(part, who): vote.get(part, who).content for part in PARTS for who in vote.callers}
    last = box.pack([[OPTIONS[3]]], {option: place for place, option in enumerate(OPTIONS)})

    def change_every_choice(session: Session) -> None:
        for row in session.exec(select(BoxRow).where(BoxRow.contest_id == CONTEST)):
            row.ballot = last

    vote.change(change_every_choice)
    after = {(part, who): vote.get(part, who).content for part in PARTS for who in vote.callers}
    assert [place for place in before if before[place] != after[place]] == []
    answers = {who: vote.get("/open-ballots", who) for who in vote.callers}
    assert {answer.status_code for answer in answers.values()} == {401, 403, 409}
    assert {who for who, answer in answers.items() if answer.status_code == 409} == NAMED


def test_between_close_and_publication_nobody_reads_a_name(vote: Vote) -> None:
    def state(name: str) -> None:
        vote.change(lambda session: setattr(session.get_one(Contest, CONTEST), "state", name))

    for between in ("closed", "counted"):
        state(between)
        for who in vote.callers:
            for part in ("/open-ballots", "/open-ballots/me"):
                answer = vote.get(part, who)
                assert answer.status_code in {401, 403, 409}, (between, who, answer.text)
    state("open")


def test_a_secret_vote_names_nobody(vote: Vote) -> None:
    assert vote.get("/open-ballots", "returning_officer", SECRET).json()["code"] == "ballots_are_secret"
    assert vote.get("/open-ballots/me", "voter", SECRET).json()["code"] == "ballots_are_secret"


def test_after_the_publication_who_reads_the_roll_reads_who_voted_how(published: Vote) -> None:
    seen = {who: published.get("/open-ballots", who) for who in published.callers}
    assert {who for who, answer in seen.items() if answer.status_code == 200} == NAMED
    listed = seen["returning_officer"].json()["items"]
    assert {ballot["entry_id"] for ballot in listed} == set(published.links())
    assert [ballot["elector"] for ballot in listed] == [f"居民{number}" for number in range(VOTERS - 1)]
    assert all(ballot["ranking"] == [[OPTIONS[3]]] for ballot in listed)


def test_names_come_in_pages(published: Vote) -> None:
    first = published.get("/open-ballots?limit=2", "returning_officer").json()
    rest = published.get(f"/open-ballots?cursor={first['next_cursor']}", "returning_officer").json()
    assert len(first["items"]) == 2
    assert len(rest["items"]) == VOTERS - 3


def test_an_elector_reads_their_own_ballot_alone(published: Vote) -> None:
    assert published.get("/open-ballots/me", "voter").json()["elector"] == "居民0"
    assert published.get("/open-ballots/me", "auditor").json()["code"] == "no_ballot_of_yours"


def test_the_public_sees_of_an_open_vote_what_it_sees_of_a_secret_one(published: Vote) -> None:
    shown = "".join(published.get(part, "stranger").text for part in PARTS)
    assert "居民" not in shown
    assert published.get("/result", "stranger").status_code == 200
    assert published.get("/open-ballots/me", "stranger").status_code == 401
