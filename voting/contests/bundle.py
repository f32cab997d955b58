"""The bundle of a contest: gathered from what is stored, in the order of the format, streamed.

Everything in it follows from the log, the sealed box, the sealed roll and the tally, and is held against what the log says of
it: a box, a participation or a result that is not the one that was closed and counted stops the bundle. The same source is
the same bytes, on both databases and whatever order rows were written in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO

from sqlalchemy import Engine, func
from sqlmodel import Session, col, select

from voting.contests import bundle_source, explaining, labels, queries, sealing
from voting.contests.bundle_shelf import Kept, Shelf
from voting.contests.bundle_source import Keys, Source
from voting.contests.tables import PaperBatch, SealedBallot, SealedParticipation
from voting.core import box
from voting.core.authority import Principal
from voting.core.box import Ranking
from voting.core.count import Tally
from voting.core.count.chart import chart
from voting.core.count.explain import explain
from voting.core.evidence import (
    bundle,
    bundle_box,
    bundle_exports,
    bundle_roll,
    bundle_schemas,
    canonical,
    hashes,
    tiles,
)
from voting.core.evidence.bundle import Assembled, Member, Subject, Tier
from voting.core.evidence.bundle_box import Lines
from voting.core.evidence.bundle_exports import About
from voting.core.evidence.notes import Note
from voting.errors import Conflict
from voting.log.tables import LogTile
from voting.roll.tables import RollEntry
from voting.store import snapshot

AT_ONCE = 4096
"""Rows fetched from the database at a time."""
LOCALES = ("zh-CN", "en")

Progress = Callable[[int], None]


def _silent(done: int) -> None:
    """Nobody watches."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks for which bundle, and when."""

    principal: Principal
    contest_id: str
    tier: Tier
    now: datetime


def write(
    session: Session, source: Source, keys: Keys, out: BinaryIO, side: BinaryIO, progress: Progress = _silent
) -> Assembled:
    """Write the bundle to `out`; `side` is used on the way. Raises `Conflict` where storage is not what the log says.

    `progress` is called with how many more entries of the log and lines of the box are written; `work` says how many.
    """
    contest = source.loaded.contest
    signer = keys.logs.signer(source.origin)
    subject = Subject(
        tier=source.tier,
        contest=contest.id,
        community=contest.community_id,
        origin=source.origin,
        state=contest.state,
        log_key=signer.key.text,
        receipt_keys=keys.receipts,
    )
    members = _members(session, source, progress)
    return bundle.assemble(out, side, subject, members, lambda text: Note(text, (signer.sign(text),)).data)


def work(source: Source) -> int:
    """Entries of the log and lines of the box that go into the bundle."""
    shows_box, _ = bundle.shows(source.opened.publish_mode, source.tier)
    return source.log.size + (source.closed.box.size if shows_box else 0)


def fetch(engine: Engine, shelf: Shelf, keys: Keys, asked: Asked, *, build: bool = True) -> Kept | None:
    """The bundle that was asked for, taken from the shelf or, with `build`, built onto it. The caller gives it back.

    Raises what `bundle_source.of` and `write` raise.
    """
    with snapshot(engine) as session:
        source = bundle_source.of(session, asked.principal, asked.contest_id, asked.tier, now=asked.now)
        kept = shelf.take(source.stamp)
        if kept is None and build:
            return shelf.build(source.stamp, lambda out, side: write(session, source, keys, out, side))
        return kept


def _members(session: Session, source: Source, progress: Progress) -> Iterator[Member]:
    yield bundle.whole(bundle.CONTEST, source.opening)
    yield bundle.whole(bundle.CLOSE_NOTE, source.close_note)
    yield bundle.whole(bundle.RESULT_NOTE, source.result_note)
    yield bundle.whole(bundle.CHECKPOINT, source.checkpoint)
    yield from _tiles(session, source, progress)
    yield from _roll(session, source)
    shows_box, shows_patterns = bundle.shows(source.opened.publish_mode, source.tier)
    options = tuple(option.id for option in source.opened.options)
    if shows_box:
        lines = Lines(options)
        yield Member(bundle.BOX, _counted(lines.chunks(sealing.rows(session, source.loaded.contest.id)), progress))
        _require("box", (lines.size, lines.root) == (source.closed.box.size, source.closed.box.root))
        patterns = lines.patterns()
    else:
        patterns = _grouped(session, source, options)
    yield bundle.document(bundle.BATCHES, {"batches": _batches(session, source, shows_box)})
    if shows_patterns:
        yield bundle.whole(bundle.PATTERNS, bundle_box.patterns_csv(patterns))
    yield from _result(session, source, patterns, shows_patterns)
    yield from bundle_schemas.members()
    for name, content in bundle_source.shipped().items():
        yield bundle.whole(name, content)


def _batches(session: Session, source: Source, shows_box: bool) -> list[dict[str, Any]]:
    """The paper batches in the order in which they entered the box; their salts where the box is shown."""
    entered = PaperBatch.contest_id == source.loaded.contest.id, PaperBatch.state == "entered"
    found = []
    for row in session.exec(select(PaperBatch).where(*entered).order_by(col(PaperBatch.number))):
        assert row.hash is not None, "it was keyed"
        assert row.salt is not None, "it was keyed"
        assert row.note is not None, "it was signed"
        batch = {
            "batch": row.id,
            "number": row.number,
            "count": row.count,
            "issued": row.issued,
            "spoiled": row.spoiled,
        }
        batch |= {"unreturned": row.unreturned, "hash": row.hash.hex(), "note": row.note.decode()}
        found.append(batch | ({"salt": row.salt.hex()} if shows_box else {}))
    return found


def _tiles(session: Session, source: Source, progress: Progress) -> Iterator[Member]:
    """The tiles of the signed tree. Of each place the widest is stored; levels come by their names, places rise."""
    size = source.log.size
    levels = sorted({level for level, _, _ in tiles.layout(size)}, key=lambda level: tiles.path(level, 0))
    for level in levels:
        query = select(LogTile.place, LogTile.data).where(LogTile.log_id == source.log.id, LogTile.level == level)
        rows = session.execute(query.order_by(col(LogTile.place)).execution_options(yield_per=64))
        for place, data in rows:
            width = tiles.width_at(size, level, place)
            if width:
                content = tiles.cut(level, bytes(data), width)
                yield bundle.whole(f"log/{tiles.path(level, place, width)}", content)
                progress(width if level == tiles.ENTRIES else 0)


def _roll(session: Session, source: Source) -> Iterator[Member]:
    contest, roll = source.loaded.contest, source.opened.roll
    query = (
        select(RollEntry.salt, RollEntry.elector, RollEntry.unit_id, SealedParticipation.channel)
        .join(SealedParticipation, col(SealedParticipation.entry_id) == col(RollEntry.id))
        .where(SealedParticipation.contest_id == contest.id)
    )
    rows = session.execute(query.execution_options(yield_per=AT_ONCE))
    found = bundle_roll.participation(
        (hashes.roll_leaf(salt, elector, unit), channel is not None) for salt, elector, unit, channel in rows
    )
    told = source.closed.participation
    _require("participation", (found.checked, found.hash) == (told.checked, told.hash))
    _require("roll", (found.electors, found.root) == (roll.size, roll.root))
    yield bundle.whole(bundle.BITS, found.bits)
    yield bundle.document(bundle.ROLL_ROOT, {"electors": roll.size, "root": roll.root.hex(), "roll": roll.id})


def _counted(chunks: Iterable[bytes], progress: Progress) -> Iterator[bytes]:
    for chunk in chunks:
        yield chunk
        progress(chunk.count(b"\n"))


def _grouped(session: Session, source: Source, options: tuple[str, ...]) -> dict[Ranking, int]:
    """The patterns, where the box itself is not looked at."""
    query = select(SealedBallot.ballot, func.count()).where(SealedBallot.contest_id == source.loaded.contest.id)
    rows = session.execute(query.group_by(col(SealedBallot.ballot)))
    return bundle_box.sorted_patterns({box.unpack(bytes(ballot), options): count for ballot, count in rows})


def _result(session: Session, source: Source, patterns: dict[Ranking, int], shows_patterns: bool) -> Iterator[Member]:
    content = canonical.encode(source.tally.result)
    digest = hashes.digest("result", content)
    _require("result", digest == source.tally.result_hash == source.told.result)
    tally = explaining.tally_of(session, source.loaded, source.tally)
    yield bundle.whole(bundle.RESULT, content)
    yield from _told(session, source, tally, digest.hex())
    mode, electors = source.opened.publish_mode, source.opened.electors
    yield bundle.document(bundle.PRIVACY, bundle.privacy(mode, source.tier, electors, patterns.values()))
    about = _about(source, tally)
    if shows_patterns:
        yield from bundle_exports.of_ballots(about, patterns)
    yield from bundle_exports.of_result(about, tally)


def _told(session: Session, source: Source, tally: Tally, digest: str) -> Iterator[Member]:
    """The count in sentences and as a picture, each with the hash of the result it tells of."""
    contest = source.loaded.contest
    options = queries.options(session, contest.id)
    named = {locale: labels.of_options(options, locale) for locale in LOCALES}
    told = (
        "\n".join([" ".join(labels.read(contest.question, locale).split()), *explain(tally, locale, named[locale])])
        for locale in LOCALES
    )
    yield bundle.whole(bundle.EXPLANATION, ("\n\n".join([f"result {digest}", *told]) + "\n").encode())
    drawn = chart(tally, LOCALES[0], named[LOCALES[0]], labels.read(contest.question, LOCALES[0]))
    yield bundle.whole(bundle.ROUNDS, drawn.replace("<svg ", f'<svg data-result="{digest}" ', 1).encode())


def _about(source: Source, tally: Tally) -> About:
    opened = source.opened
    return About(
        contest=opened.contest,
        community=opened.community,
        method=opened.method,
        seats=opened.seats,
        options=tuple(option.id for option in opened.options),
        withdrawn=tally.rules.excluded_candidates,
        reported_at=source.told.at,
        starts_on=opened.at.date(),
        ends_on=source.closed.at.date(),
        status=source.status,
    )


def _require(part: str, holds: bool) -> None:
    if not holds:
        raise Conflict("evidence_does_not_hold", part=part)
