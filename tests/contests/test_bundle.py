"""The bundle of a contest as the service makes it: whole, ordered, reproducible, and read by tools that are not ours."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import rfc8785
from sqlalchemy import Engine
from sqlmodel import Session

from clients.python import check_bundle
from clients.python.checks import Place
from tests.contests import published, world
from tests.contests.people import AUDITOR, FOREIGNER, OFFICER, RESIDENT, STRANGER
from tests.contests.published import KEYS, ORIGIN, Poll, publish
from tests.contests.world import CONTEST, DAY, NOW, OPTIONS
from voting.contests import bundle, bundle_source
from voting.contests.bundle_source import Keys
from voting.core.authority import Principal
from voting.core.count.formats import blt, cvr, ranks_csv, results
from voting.core.evidence import bundle_read, bundle_schemas, checkpoints, event_order, merkle, notes, tiles
from voting.core.evidence.bundle import ORDER, Tier
from voting.core.evidence.events import Annulled, Certified, Challenged
from voting.errors import Conflict, Forbidden, NotFound, Unauthenticated, Unavailable
from voting.store import engine_for, snapshot, transact

RECEIPT_KEY = {"kty": "EC", "crv": "P-256", "kid": "k", "x": "x", "y": "y"}


def made(engine: Engine, tier: Tier = "public", who: Principal = STRANGER) -> bytes:
    """The bundle's bytes."""
    out, side = io.BytesIO(), io.BytesIO()
    with snapshot(engine) as session:
        source = bundle_source.of(session, who, CONTEST, tier, now=NOW + 2 * DAY)
        bundle.write(session, source, Keys(KEYS, (RECEIPT_KEY,)), out, side)
    return out.getvalue()


class Opened:
    """A bundle as an auditor opens it: by Python's zipfile."""

    def __init__(self, content: bytes) -> None:
        self.zip = zipfile.ZipFile(io.BytesIO(content))
        self.names = self.zip.namelist()

    def read(self, path: str) -> bytes:
        return self.zip.read(path)

    def json(self, path: str) -> Any:
        return json.loads(self.zip.read(path))


def opened(engine: Engine, tier: Tier = "public", who: Principal = STRANGER) -> Opened:
    return Opened(made(engine, tier, who))


@pytest.fixture(scope="module")
def standing(kept_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A published contest that no test changes."""
    engine = engine_for(kept_url)
    publish(engine, tmp_path_factory.mktemp("standing"))
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def whole(standing: Engine) -> bytes:
    """Its bundle."""
    return made(standing)


@pytest.fixture(scope="module")
def leaves(standing: Engine) -> dict[str, bytes]:
    """Elector → roll leaf."""
    return published.entry_leaves(standing)


def test_every_member_stands_in_the_order_of_the_format(whole: bytes) -> None:
    found = Opened(whole)
    assert found.zip.testzip() is None
    tops = [name.partition("/")[0] + ("/" if "/" in name else "") for name in found.names]
    assert list(dict.fromkeys(tops)) == list(ORDER)
    assert {name for name in found.names if name.startswith("export/")} == {
        "export/ballots.blt",
        "export/ballots.csv",
        "export/cvr-cdf.json",
        "export/results-cdf.json",
    }


def test_the_manifest_names_everything_and_the_log_key_signed_it(whole: bytes) -> None:
    found = Opened(whole)
    manifest = found.json("manifest.json")
    assert [file["path"] for file in manifest["files"]] == found.names[2:]
    assert all(hashlib.sha256(found.read(f["path"])).hexdigest() == f["sha256"] for f in manifest["files"])
    assert (manifest["state"], manifest["tier"], manifest["origin"]) == ("provisional", "public", ORIGIN)
    assert manifest["receipt_keys"] == [RECEIPT_KEY]
    key = notes.parse_key(manifest["log_key"])
    note = notes.parse(found.read("manifest.note"))
    digest = hashlib.sha256(found.read("manifest.json")).hexdigest()
    assert note.text == f"{ORIGIN}\nbundle manifest\nsha256 {digest}\n"
    assert note.signers([key]) == (KEYS.signer(ORIGIN).key,)


def test_every_json_file_is_canonical_and_fits_its_schema(whole: bytes) -> None:
    found = Opened(whole)
    for path, name in bundle_schemas.FILES.items():
        told, schema = found.json(path), found.json(f"schema/{name}")
        assert rfc8785.dumps(told) == found.read(path)
        jsonschema_rs.Draft202012Validator(schema).validate(told)
    lines = found.read("box/cvr.ndjson").splitlines()
    line = jsonschema_rs.Draft202012Validator(found.json("schema/cvr-line.json"))
    assert all(line.is_valid(json.loads(one)) and rfc8785.dumps(json.loads(one)) == one for one in lines)
    assert len(lines) == 12


def test_the_log_is_whole_signed_and_in_order(whole: bytes) -> None:
    read = bundle_read.read(io.BytesIO(whole))
    entries = list(read.log())
    checkpoint, _ = checkpoints.opened(Opened(whole).read("log/checkpoint"), KEYS.signer(ORIGIN).key)
    assert (checkpoint.size, checkpoint.root) == (len(entries), merkle.root(entries))
    kinds = [type(event).__name__ for event in event_order.check(entries)]
    assert kinds == ["Opened", "Closed", "Counted"]
    event = jsonschema_rs.Draft202012Validator(bundle_schemas.SCHEMAS["event.json"])
    assert all(event.is_valid(json.loads(entry)) for entry in entries if len(entry) != 32)
    assert Opened(whole).read("contest.json") == entries[0]


def test_the_box_is_the_one_that_was_closed(whole: bytes) -> None:
    found = Opened(whole)
    closed = bundle_read.read(io.BytesIO(whole)).events()[1]
    lines = found.read("box/cvr.ndjson").splitlines()
    slots = [json.loads(line)["slot"] for line in lines]
    assert (len(lines), merkle.root(lines)) == (closed.box.size, closed.box.root)
    assert slots == sorted(slots)
    assert set(slots) == {opening.slot.hex() for opening in Poll().openings()}


def test_every_voter_finds_the_own_ballot_recorded_counted_and_checked_off(
    whole: bytes, leaves: dict[str, bytes]
) -> None:
    ordered = sorted(leaves.values())
    hashed = [merkle.leaf_hash(leaf) for leaf in ordered]
    for number, opening in enumerate(Poll().openings()):
        leaf = leaves[world.person(number)]
        index = ordered.index(leaf)
        place = Place(leaf, index, merkle.inclusion(hashed, index))
        report = check_bundle(io.BytesIO(whole), opening, log_key=KEYS.signer(ORIGIN).key.text, elector=place)
        assert report.ok, [finding for finding in report.findings if finding.holds is False]


def test_an_elector_who_did_not_vote_is_not_checked_off(whole: bytes, leaves: dict[str, bytes]) -> None:
    ordered = sorted(leaves.values())
    index = ordered.index(leaves[world.person(15)])
    place = Place(ordered[index], index, merkle.inclusion([merkle.leaf_hash(leaf) for leaf in ordered], index))
    report = check_bundle(io.BytesIO(whole), Poll().openings()[0], elector=place)
    assert report.of("checked_off").holds is False


def test_the_result_is_told_with_its_hash_in_every_derived_file(whole: bytes) -> None:
    found = Opened(whole)
    digest = hashlib.sha256(b"yishi/1/result\n" + found.read("result.json")).hexdigest()
    assert bundle_read.read(io.BytesIO(whole)).events()[2].result.hex() == digest
    head, blank, *told = found.read("explanation.txt").decode().splitlines()
    assert (head, blank) == (f"result {digest}", "")
    assert told.count("") == 1
    assert any("票" in line for line in told[: told.index("")])
    assert any("ballots" in line for line in told[told.index("") :])
    assert f'<svg data-result="{digest}" '.encode() in found.read("rounds.svg")
    statement = f"{ORIGIN}\nresult statement\nbox 12 "
    assert found.read("result.note").decode().startswith(statement)
    assert digest in found.read("result.note").decode()


def test_the_close_statement_names_the_tree_that_ends_with_the_close(whole: bytes) -> None:
    entries = list(bundle_read.read(io.BytesIO(whole)).log())
    closed_at = next(n for n, entry in enumerate(entries) if b'"type":"closed"' in entry)
    text = Opened(whole).read("close.note").decode()
    assert f"checked-off 12\nlog {closed_at + 1} {merkle.root(entries[: closed_at + 1]).hex()}\n\n" in text


def test_the_exports_hold_the_patterns_and_the_votes(whole: bytes, shared: Path) -> None:
    found = Opened(whole)
    patterns = bundle_read.read(io.BytesIO(whole)).patterns()
    for file in (
        blt.read(found.read("export/ballots.blt").decode()),
        ranks_csv.read(found.read("export/ballots.csv").decode()),
        cvr.read(found.read("export/cvr-cdf.json").decode()),
    ):
        assert (file.ballots, file.options) == (patterns, OPTIONS)
    told = results.read(found.read("export/results-cdf.json").decode())
    assert told.winners == frozenset(found.json("result.json")["winners"])
    for name, schema in (
        ("cvr-cdf", "NIST_V0_cast_vote_records"),
        ("results-cdf", "NIST_V2_election_results_reporting"),
    ):
        checker = jsonschema_rs.Draft4Validator(json.loads((shared / f"vectors/nist-cdf/{schema}.json").read_bytes()))
        checker.validate(found.json(f"export/{name}.json"))


def test_patterns_are_a_table_that_any_reader_of_csv_reads(whole: bytes) -> None:
    rows = list(csv.DictReader(io.StringIO(Opened(whole).read("patterns.csv").decode())))
    assert sum(int(row["count"]) for row in rows) == 12


@pytest.mark.parametrize(
    ("mode", "tier", "box", "patterns"),
    [
        ("full", "public", True, True),
        ("patterns", "public", False, True),
        ("restricted", "public", False, False),
        ("restricted", "auditor", True, True),
    ],
)
def test_a_mode_and_tier_show_what_they_may(
    engine: Engine, tmp_path: Path, mode: str, tier: Tier, box: bool, patterns: bool
) -> None:
    publish(engine, tmp_path, Poll(contest={"publish_mode": mode}))
    found = opened(engine, tier, AUDITOR)
    assert ("box/cvr.ndjson" in found.names) is box
    assert ("patterns.csv" in found.names) is patterns
    assert ("export/ballots.csv" in found.names) is patterns
    assert "export/results-cdf.json" in found.names
    privacy = found.json("privacy.json")
    assert (privacy["mode"], privacy["tier"], privacy["ballots"]) == (mode, tier, 12)
    if not box:
        slots = [opening.slot.hex().encode() for opening in Poll().openings()]
        assert not any(slot in found.read(name) for name in found.names for slot in slots)


def test_the_same_evidence_is_the_same_bytes(standing: Engine) -> None:
    assert made(standing) == made(standing)


def test_both_databases_and_any_order_of_rows_give_the_same_bytes(engine: Engine, tmp_path: Path) -> None:
    publish(engine, tmp_path, backwards=engine.dialect.name == "postgresql")
    digest = hashlib.sha256(made(engine)).hexdigest()
    assert _REMEMBERED.setdefault("digest", digest) == digest


_REMEMBERED: dict[str, str] = {}


def test_a_large_log_comes_as_full_and_partial_tiles(engine: Engine, tmp_path: Path) -> None:
    ballots = [[[OPTIONS[number % 4]]] for number in range(300)]
    publish(engine, tmp_path, Poll(electors=300, ballots=ballots))
    found = opened(engine)
    size = 300 + 3
    expected = {f"log/{tiles.path(*place)}" for place in tiles.layout(size)}
    assert {name for name in found.names if name.startswith("log/tile/")} == expected


def test_nothing_is_given_before_the_publication(engine: Engine, tmp_path: Path) -> None:
    publish(engine, tmp_path)
    world.change(engine, provisional_at=None, state="counted")
    for who in (STRANGER, AUDITOR, OFFICER):
        with pytest.raises(Conflict) as refused:
            made(engine, who=who)
        assert refused.value.code == "not_published_yet"


def test_a_contest_found_inconclusive_has_no_bundle(engine: Engine, tmp_path: Path) -> None:
    publish(engine, tmp_path)
    world.change(engine, state="inconclusive")
    with pytest.raises(Conflict) as refused:
        made(engine)
    assert refused.value.code == "nothing_was_counted"


def test_the_auditors_tier_is_for_auditors_alone(standing: Engine) -> None:
    for who, error in (
        (STRANGER, Unauthenticated),
        (RESIDENT, Forbidden),
        (OFFICER, Forbidden),
        (FOREIGNER, NotFound),
    ):
        with pytest.raises(error):
            made(standing, "auditor", who)
    assert opened(standing, "auditor", AUDITOR).json("manifest.json")["tier"] == "auditor"


def test_a_bundle_waits_until_the_log_is_signed_to_its_end(engine: Engine, tmp_path: Path) -> None:
    publish(engine, tmp_path)

    def annul(session: Session) -> None:
        published.logs.append_event(session, CONTEST, Annulled(NOW + 2 * DAY, "fire"))

    transact(engine, annul)
    with pytest.raises(Unavailable) as refused:
        made(engine)
    assert refused.value.code == "log_behind"


def test_what_happens_later_is_in_the_next_bundle(engine: Engine, tmp_path: Path) -> None:
    publish(engine, tmp_path)
    before = made(engine)
    published.append(engine, tmp_path, Challenged(NOW + 2 * DAY, "a doubt"), state="challenged")
    published.append(engine, tmp_path, Annulled(NOW + 2 * DAY, "fire"), state="annulled")
    found = opened(engine)
    assert found.json("manifest.json")["state"] == "annulled"
    assert [type(e).__name__ for e in bundle_read.read(io.BytesIO(made(engine))).events()][-2:] == [
        "Challenged",
        "Annulled",
    ]
    assert found.read("result.json") == Opened(before).read("result.json")


def test_a_certified_result_says_so_in_its_report(engine: Engine, tmp_path: Path) -> None:
    publish(engine, tmp_path)
    found = opened(engine)
    assert found.json("export/results-cdf.json")["Status"] == "unofficial-complete"
    digest = bytes.fromhex(hashlib.sha256(b"yishi/1/result\n" + found.read("result.json")).hexdigest())
    certified = Certified(NOW + 2 * DAY, digest, found.read("close.note"), found.read("result.note"))
    published.append(engine, tmp_path, certified, state="certified")
    assert opened(engine).json("export/results-cdf.json")["Status"] == "certified"


def test_a_box_that_is_not_the_one_that_was_closed_stops_the_bundle(engine: Engine, tmp_path: Path) -> None:
    publish(engine, tmp_path)
    with engine.begin() as connection:
        for trigger in _triggers(connection):
            connection.exec_driver_sql(trigger)
        connection.exec_driver_sql("UPDATE sealed_ballot SET seq = 1")
    with pytest.raises(Conflict) as refused:
        made(engine)
    assert (refused.value.code, refused.value.facts["part"]) == ("evidence_does_not_hold", "box")


def _triggers(connection: Any) -> Iterator[str]:
    """What takes the protection from the sealed box, as whoever owns the database could."""
    if connection.dialect.name == "postgresql":
        yield "ALTER TABLE sealed_ballot DISABLE TRIGGER ALL"
        return
    rows = connection.exec_driver_sql(
        "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'sealed_ballot'"
    )
    yield from [f"DROP TRIGGER {name}" for (name,) in rows.all()]
