"""Everything of a person who leaves is erased: no table, file or answer holds their words or their id where it must not; what
others built on stands, and so does every proof."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlmodel import col, select

from tests.deliberation.conftest import DRAFT, Caller, Town
from tests.deliberation.test_attachments import attach, content, picture
from tests.deliberation.test_comment_erasure import proven
from tests.roll.neighbourhood import NOW
from voting import schema
from voting.access.tables import RoleAssignment
from voting.community.tables import Person
from voting.deliberation.proposal_tables import Endorsement
from voting.log.tables import Event
from voting.roll.tables import Roll, RollEntry, RollVoter
from voting.store import Session, reader, transact

WORD, SHARED, ME = "zitanwood", "sharedphrase", "per_wang"
REGISTER = frozenset(
    {"person", "residency", "ownership", "household", "role_assignment", "roll_voter", "refresh_grant"}
)
"""Where the id of a person stands as long as the register has them."""


def say(number: int, word: str = WORD) -> dict[str, str]:
    return {"zh-CN": f"{word} 第{number}句\n\n{word}"}


class Life:
    """What Wang does among neighbours, and where."""

    def __init__(self, town: Town) -> None:
        service = town.service
        transact(service.engine, administer)
        self.town, self.admin, self.li, self.wang, self.zhao = (
            town,
            Caller(service, "per_adm"),
            town.li,
            town.wang,
            town.zhao,
        )
        self.own, self.shared = self.alone(), self.together()
        self.supported, self.open = self.supports(town.published()), self.supports(town.published(), more=4)
        self.amendment = self.amends()
        self.comment, self.reply = self.talks()

    def alone(self) -> str:
        draft = {"title": say(1), "body": say(2), "location": {"type": "Point", "coordinates": [121.47, 31.23]}}
        made = str(self.wang.post("/communities/com_1/proposals", draft, **{"Idempotency-Key": "wang-drafts-it"})["id"])
        self.edit(made, say(3))
        self.wang.post(f"/proposals/{made}/submit")
        self.town.sun.post(f"/proposals/{made}/publish")
        self.file = attach(self.wang, made, picture(), f"{WORD}.jpg").json()["id"]
        removed = attach(self.wang, made, picture(), f"{WORD}.jpg").json()["id"]
        self.wang.post(f"/attachments/{removed}/remove", {"reason": WORD})
        amended = {"base": 1, "locale": "zh-CN", "action": "replace", "paragraph": 2, "text": "赵的话"}
        theirs = self.zhao.post(f"/proposals/{made}/amendments", amended)["id"]
        self.wang.post(f"/amendments/{theirs}/reject", {"reason": WORD})
        dropped = self.wang.post("/communities/com_1/proposals", DRAFT | {"title": say(4), "body": say(4)})["id"]
        self.wang.post(f"/proposals/{dropped}/withdraw", {"reason": WORD})
        return made

    def together(self) -> str:
        made = str(self.li.post("/communities/com_1/proposals", DRAFT)["id"])
        self.li.post(f"/proposals/{made}/authors", {"person_id": ME})
        self.wang.post(f"/proposals/{made}/authors/accept")
        self.edit(made, say(5, SHARED))
        self.li.post(f"/proposals/{made}/submit")
        self.town.sun.post(f"/proposals/{made}/publish")
        asked = self.li.post("/communities/com_1/proposals", DRAFT)["id"]
        self.li.post(f"/proposals/{asked}/authors", {"person_id": ME})
        return made

    def edit(self, proposal: str, body: dict[str, str]) -> None:
        change = {"body": body, "note": f"{WORD} 修订"}
        assert self.wang.ask("PATCH", f"/proposals/{proposal}", change, **{"If-Match": "*"}).status_code == 200

    def supports(self, proposal: str, more: int = 2) -> str:
        self.town.sun.post(f"/proposals/{proposal}/gather", {"number": more, "days": 30})
        for who in (self.wang, self.zhao):
            who.post(f"/proposals/{proposal}/endorsements")
        return proposal

    def amends(self) -> str:
        change = {"base": 1, "locale": "zh-CN", "action": "replace", "paragraph": 2, "text": WORD, "why": WORD}
        path = f"/proposals/{self.town.published()}/amendments"
        self.wang.post(path, change, **{"Idempotency-Key": "wang-amends-it"})
        return str(self.wang.post(path, change)["id"])

    def talks(self) -> tuple[str, str]:
        thread = f"/threads/proposal/{self.open}/comments"
        mine = self.wang.post(thread, {"text": WORD}, **{"Idempotency-Key": "wang-says-it"})["id"]
        edited = {"text": f"{WORD} 改"}
        assert self.wang.ask("PATCH", f"/comments/{mine}", edited, **{"If-Match": "*"}).status_code == 200
        reply = self.li.post(thread, {"text": "李的话", "parent_id": mine, "mentions": [ME]})["id"]
        self.wang.post(f"/comments/{reply}/react", {"reaction": "support"})
        self.wang.post(f"/comments/{reply}/flag", {"rule_id": "abuse", "note": WORD})
        self.li.post(f"/comments/{mine}/flag", {"rule_id": "abuse"})
        cases = self.admin.get("/communities/com_1/moderation-cases")["items"]
        (case,) = (one["id"] for one in cases if one["subject_id"] == mine)
        self.admin.post(f"/moderation-cases/{case}/take")
        self.admin.post(f"/moderation-cases/{case}/hide", {"rule_id": "abuse", "reason": f"因为 {WORD}"})
        self.wang.post(f"/moderation-cases/{case}/appeal", {"reason": WORD})
        return str(mine), str(reply)

    def erase(self, query: str = "") -> dict[str, int]:
        found: dict[str, int] = self.admin.post(f"/persons/{ME}/erase_contributions{query}")["counts"]
        return found


def administer(session: Session) -> None:
    session.add(Person(id="per_adm", community_id="com_1", name="管"))
    scope = {"scope_kind": "community", "scope_id": "com_1", "source": "appointment", "starts_at": NOW}
    session.add(
        RoleAssignment(
            id="rle_adm",
            community_id="com_1",
            holder_kind="person",
            holder_id="per_adm",
            role="community_admin",
            **scope,
        )
    )


@pytest.fixture(scope="module")
def life(town: Town) -> Life:
    """Wang's life, before it is erased."""
    return Life(town)


@pytest.fixture(scope="module")
def erased(life: Life) -> Any:
    """What was told, after it: the dry run, the erasure, and the journal before it."""
    services = life.town.service.app.state.services
    services.sequencer.flush("com_1")
    before = list(proven(life.town.service.engine))
    held = list(rows_with(life.town.service.engine, WORD))
    support = [life.town.sun.get(f"/proposals/{one}")["support"] for one in (life.supported, life.open)]
    seen = WORD.encode() in b"".join(files_of(life.town.service.engine))
    told, done = life.erase("?dry_run=true"), life.erase()
    services.sequencer.flush("com_1")
    return {"told": told, "done": done, "before": before, "held": held, "support": support, "seen": seen}


def rows_with(engine: Engine, word: str) -> Iterator[tuple[str, str]]:
    """Every table, with those of SQLite's index, and each of its rows that holds the word."""
    names = [table.name for table in schema.metadata.sorted_tables]
    with reader(engine) as session:
        if engine.dialect.name == "sqlite":
            names += session.scalars(text("SELECT name FROM sqlite_master WHERE name LIKE 'search_terms%'")).all()
        for name in names:
            for row in session.execute(text(f'SELECT * FROM "{name}"')):
                told = "".join(bytes(one).decode("latin-1") if isinstance(one, bytes) else str(one) for one in row)
                if word in told:
                    yield name, told


def files_of(engine: Engine) -> list[bytes]:
    """SQLite's file and its log; nothing of another database."""
    path = Path(str(engine.url.database))
    return [one.read_bytes() for one in (path, path.with_name(f"{path.name}-wal")) if one.exists()]


def test_a_dry_run_tells_what_the_erasure_then_does(erased: Any) -> None:
    assert erased["told"] == erased["done"]
    wanted = {"comments": 1, "reactions": 1, "mentions": 1, "flags": 1, "cases": 1, "summaries": 0}
    wanted |= {"amendments": 2, "endorsements": 2, "attachments": 2, "authorships": 4}
    wanted |= {"versions": 4, "versions_erased": 3}
    assert {kind: erased["done"][kind] for kind in wanted} == wanted


def test_no_table_holds_a_word_of_theirs(life: Life, erased: Any) -> None:
    tables = {name for name, _ in erased["held"]}
    assert {"proposal_version", "amendment", "attachment", "comment", "comment_version", "event"} <= tables
    assert {"moderation_flag", "moderation_step", "idempotent_answer", "search_document"} <= tables
    assert ("search_terms_data" in tables) == (life.town.service.engine.dialect.name == "sqlite")
    assert list(rows_with(life.town.service.engine, WORD)) == []
    kept = {name for name, _ in rows_with(life.town.service.engine, SHARED)}
    assert kept - {"search_terms", "search_terms_data"} == {"proposal_version", "search_document"}


def test_their_id_stands_in_the_register_alone(life: Life, erased: Any) -> None:
    found = [(name, row) for name, row in rows_with(life.town.service.engine, ME) if name not in REGISTER]
    assert {name for name, _ in found} == {"event"}
    with reader(life.town.service.engine) as session:
        about = select(Event.subject_kind, Event.kind).where(Event.subject_id == ME)
        assert session.exec(about).all() == [("person", "contributions_erased")]
    assert len(found) == 1


def test_the_files_of_sqlite_hold_nothing_of_it(life: Life, erased: Any) -> None:
    engine = life.town.service.engine
    if engine.dialect.name != "sqlite":
        pytest.skip("files are SQLite's")
    held = b"".join(files_of(engine))
    assert (erased["seen"], WORD.encode() in held, SHARED.encode() in held) == (True, False, True)


def test_no_answer_holds_them(life: Life, erased: Any) -> None:
    posts = [life.own, life.shared, life.supported, life.open]
    paths = [f"/proposals/{one}{tail}" for one in posts for tail in ("", "/versions", "/events", "/amendments")]
    paths += [f"/proposals/{one}/{tail}" for one in posts for tail in ("attachments", "endorsements", "lineage")]
    paths += [f"/threads/proposal/{life.open}/comments", f"/comments/{life.comment}", f"/amendments/{life.amendment}"]
    paths += [f"/communities/com_1/{tail}" for tail in ("moderation-cases", "sanctions", "proposals")]
    paths += [f"/attachments/{life.file}", f"/communities/com_1/search?q={WORD}"]
    paths += ["/journal?community=com_1&limit=200"]
    for who in (life.admin, life.town.zhou, life.li):
        for path in paths:
            answer = who.ask("GET", path)
            assert answer.status_code in (200, 403), (path, answer.text)
            assert ME not in answer.text, path
            assert f"{WORD} " not in answer.text, path
    assert life.li.get(f"/communities/com_1/search?q={WORD}")["items"] == []


def test_texts_of_a_group_stay_with_it(life: Life, erased: Any) -> None:
    shared = life.li.get(f"/proposals/{life.shared}")
    assert (SHARED in shared["body"]["zh-CN"], shared["erased"]) == (True, False)
    assert [author["person_id"] for author in shared["authors"]] == ["per_li"]
    version = life.li.get(f"/proposals/{life.shared}/versions")["items"][1]
    assert (version["author_id"], version["note"], bool(version["salt"])) == (None, None, True)
    alone = life.li.get(f"/proposals/{life.own}")
    assert (alone["erased"], alone["title"], alone["authors"], alone["location"]) == (True, {}, [], None)
    amendment = life.li.get(f"/amendments/{life.amendment}")
    told = [amendment[name] for name in ("state", "erased", "text", "why", "salt", "author_id")]
    assert told == ["proposed", True, None, None, None, None]
    assert content(life.li, life.file).status_code == 404


def test_an_erased_amendment_is_not_accepted(life: Life, erased: Any) -> None:
    assert life.li.refused(f"/amendments/{life.amendment}/accept") == (409, "amendment_erased")
    assert life.li.post(f"/amendments/{life.amendment}/reject", {"reason": "r"})["state"] == "rejected"


def test_support_stands_without_the_name(life: Life, erased: Any) -> None:
    assert life.li.get(f"/proposals/{life.supported}")["state"] == "qualified"
    after = [life.town.sun.get(f"/proposals/{one}")["support"] for one in (life.supported, life.open)]
    assert after == erased["support"]
    givers = [row["person_id"] for row in life.town.sun.get(f"/proposals/{life.open}/endorsements")["items"]]
    assert sorted(givers, key=str) == [None, "per_zhao"]
    assert life.wang.refused(f"/proposals/{life.open}/endorsements") == (409, "erased_since")
    later = life.supports(life.town.published())
    assert life.li.get(f"/proposals/{later}")["state"] == "qualified"


def test_every_entry_of_the_journal_stands_and_is_proven(life: Life, erased: Any) -> None:
    after = list(proven(life.town.service.engine))
    before = erased["before"]
    assert after[: len(before)] == before
    journal = life.town.zhou.get("/journal?community=com_1&limit=200")["items"]
    opened = {item["entry"]["event"]: item["opened"] for item in journal if "event" in item["entry"]}
    with reader(life.town.service.engine) as session:
        theirs = session.exec(select(Event.id).where(Event.actor_id == "erased")).all()
    assert theirs
    assert {opened.get(event) for event in theirs} == {None}
    assert any(opened.values())


def test_erasing_again_finds_nothing(life: Life, erased: Any) -> None:
    again = life.erase()
    assert not any(value for kind, value in again.items() if kind not in ("endorsements", "events"))


def test_only_an_administrator_erases_a_person(life: Life) -> None:
    path = f"/persons/{ME}/erase_contributions"
    assert life.town.far.refused(path)[0] == 404
    for who in (life.wang, life.town.sun, life.town.zhou):
        assert who.refused(path)[0] == 403


@pytest.mark.parametrize("owners", [1, 2])
def test_a_flat_is_never_counted_twice_after_an_erasure(life: Life, owners: int) -> None:
    """Sun and Zhou own one flat: while both may support for it the entry stays, and both together count once."""
    proposal = life.town.published()
    roll, entry = f"rol_{owners}", f"ent_{owners}"
    voters = ["per_sun", "per_zhou"][-owners:]

    def a_roll(session: Session) -> None:
        session.add(
            Roll(id=roll, community_id="com_1", name=roll, basis="owner", scope={"kind": "community"}, created_at=NOW)
        )
        session.flush()
        other = RollEntry(
            id=f"{entry}_b", community_id="com_1", roll_id=roll, elector="key_zhao", label="1-2-201", salt=bytes(32)
        )
        session.add(other)
        session.add(
            RollEntry(id=entry, community_id="com_1", roll_id=roll, elector="key_sun", label="2-1-101", salt=bytes(32))
        )
        session.flush()
        session.add_all(RollVoter(roll_id=roll, person_id=one, entry_id=entry) for one in voters)
        session.add(RollVoter(roll_id=roll, person_id="per_zhao", entry_id=other.id))
        session.flush()
        row = session.get_one(Roll, roll)
        row.electors, row.state = 2, "sealed"

    transact(life.town.service.engine, a_roll)
    life.admin.post(f"/proposals/{proposal}/gather", {"fraction": "1/1", "roll_id": roll, "days": 30})
    life.town.zhou.post(f"/proposals/{proposal}/endorsements")
    life.admin.post("/persons/per_zhou/erase_contributions")
    assert life.li.get(f"/proposals/{proposal}")["support"]["standing"] == 1
    with reader(life.town.service.engine) as session:
        (row,) = session.exec(select(Endorsement).where(col(Endorsement.proposal_id) == proposal)).all()
    assert (row.endorser_id, row.entry_id) == (None, entry if owners == 2 else None)
    if owners == 2:
        life.town.sun.post(f"/proposals/{proposal}/endorsements")
        assert life.li.get(f"/proposals/{proposal}")["support"]["standing"] == 1
