"""Erasing a text or a person: what was said is gone, what is proven stays proven."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from tests.access.moment import NOW
from tests.deliberation.test_proposal_walks import Drawer
from tests.deliberation.world import ADMIN, ANN, AUDITOR, BO, HOUR, MOD, THREAD, do, listed, resident, say, see, staff
from tests.log import world as logs_world
from voting.core.evidence import checkpoints, journal_entries, merkle, tiles
from voting.core.evidence.journal_entries import Moved
from voting.deliberation import (
    comment_erasure,
    comment_moderation,
    comment_pages,
    comment_summaries,
    comments,
    contribution_erasure,
    flags,
    reactions,
)
from voting.deliberation.comment_tables import Comment, CommentReaction, CommentVersion
from voting.errors import Forbidden
from voting.log import journal_reads, logs, sequencer, storage
from voting.log.sequencer import Signing
from voting.store import reading

KEY = logs_world.KEYS.signer(logs_world.KEYS.origin("community", "com_1")).key


@pytest.fixture
def machine(tmp_path: Path) -> Signing:
    return logs_world.signing(tmp_path)


def anyhow(_version: int) -> None:
    """Expects nothing."""


def proven(engine: Engine) -> Iterator[Moved]:
    """Every entry of the journal, after its inclusion in the signed tree was proven."""
    with reading(engine) as session:
        log, read_tile = logs.get(session, "com_1"), storage.reader(session, "com_1")
        for index, entry in enumerate(storage.entries(session, "com_1", 0, log.signed_size)):
            path = tiles.inclusion(index, log.signed_size, read_tile)
            assert merkle.verify_inclusion(merkle.leaf_hash(entry), index, log.signed_size, path, log.root)
            moved = journal_entries.parse(entry)
            assert isinstance(moved, Moved)
            yield moved


def conversation(engine: Engine) -> tuple[str, str]:
    """Ann says something, changes it, and is answered; Bo's comment is supported by her."""
    comment = say(engine, ANN, "一", mentions=["per_2"])
    do(engine, comments.edit, ANN, comment, {"text": "二"}, anyhow, now=NOW + HOUR)
    reply = say(engine, BO, "三", parent_id=comment)
    do(engine, reactions.react, ANN, reply, "support")
    do(engine, flags.flag, BO, comment_moderation.KIND, comment, rule_id="abuse", note="注")
    return comment, reply


def erase_person(engine: Engine, person: str) -> Mapping[str, int]:
    """Erase everything of a person who has attached no file."""
    counts: Mapping[str, int] = contribution_erasure.erase(engine, ADMIN, person, Drawer(), now=NOW).counts
    return counts


def texts_left(engine: Engine) -> set[str | None]:
    with reading(engine) as session:
        return set(session.exec(select(Comment.text))) | set(session.exec(select(CommentVersion.text)))


@pytest.mark.parametrize("erases", ["text", "person"])
def test_every_proof_holds_after_an_erasure(talking: Engine, machine: Signing, erases: str) -> None:
    comment, reply = conversation(talking)
    versions = see(talking, comments.versions, BO, comment, None, 9)
    sequencer.flush(talking, "com_1", NOW, machine)
    before = list(proven(talking))
    kept = see_journal(talking)
    if erases == "text":
        do(talking, comment_erasure.erase_text, ADMIN, comment)
    else:
        assert erase_person(talking, "per_1")["comments"] == 1
    say(talking, BO, "四")
    sequencer.flush(talking, "com_1", NOW, machine)
    after = list(proven(talking))
    assert after[: len(before)] == before
    grown = see_journal(talking, since=kept.checkpoint.decode())
    told, _ = checkpoints.opened(grown.checkpoint, KEY)
    assert grown.consistency is not None
    assert merkle.verify_consistency(
        len(before), told.size, grown.consistency.first_root, told.root, grown.consistency.path
    )
    # What was opened once still opens for whoever kept it; the service keeps nothing of it.
    hashes = {moved.text for moved in before if moved.subject.id == comment}
    assert {journal_entries.text_hash(one.salt, one.text) for one in versions} <= hashes
    assert texts_left(talking) == {None, "三", "四"}
    assert listed(talking, sort="tree")[:2] == [comment, reply]


def see_journal(engine: Engine, since: str = "0") -> journal_reads.Journal:
    with reading(engine) as session:
        return journal_reads.read(session, AUDITOR, "com_1", since=since)


def test_who_flagged_is_opened_to_nobody_who_does_not_moderate(talking: Engine, machine: Signing) -> None:
    comment, _ = conversation(talking)
    do(talking, flags.flag, resident(7), comment_moderation.KIND, comment, rule_id="abuse")
    sequencer.flush(talking, "com_1", NOW, machine)
    with reading(talking) as session:
        told = {
            who: {item.opened.actor_id for item in journal_reads.read(session, who, "com_1").items if item.opened}
            for who in (AUDITOR, staff("off", "committee_officer"), ADMIN)
        }
    assert [("per_7" in actors, "per_1" in actors) for actors in told.values()] == [
        *[(False, True)] * 2,
        (True, True),
    ]


def test_an_erased_person_is_nowhere_in_what_can_be_read(talking: Engine, machine: Signing) -> None:
    comment, reply = conversation(talking)
    sequencer.flush(talking, "com_1", NOW, machine)
    assert "per_1" in {item.opened.actor_id for item in see_journal(talking).items if item.opened}
    erase_person(talking, "per_1")
    assert "per_1" not in {item.opened.actor_id for item in see_journal(talking).items if item.opened}
    (stone, answer) = see(talking, comment_pages.page, BO, *THREAD, sort="tree")
    assert (stone.tombstone, stone.author_id, stone.comment.author_id) == ("erased", None, None)
    assert (answer.comment.id, answer.text, answer.comment.supports) == (reply, "三", 1)

    def rows(session: Session) -> int:
        return len(session.exec(select(CommentReaction).where(CommentReaction.person_id == "per_1")).all())

    with reading(talking) as session:
        assert rows(session) == 0
    assert see(talking, comments.versions, ADMIN, comment, None, 9) == ()


def test_a_summary_is_erased_with_whoever_signed_it(talking: Engine) -> None:
    view = do(talking, comment_summaries.write, MOD, *THREAD, side="all", text="摘要")
    erase_person(talking, MOD.id)
    row = see(talking, comment_summaries.get, BO, view.summary.id).summary
    assert (row.author_id, row.text, row.salt) == (None, None, None)


def test_only_an_administrator_erases(talking: Engine) -> None:
    comment = say(talking, ANN)
    for who in (ANN, MOD, resident(3)):
        with pytest.raises(Forbidden):
            do(talking, comment_erasure.erase_text, who, comment)
