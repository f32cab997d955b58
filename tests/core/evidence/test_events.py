"""The events of a contest's log: each comes back from its bytes, every other spelling and every wrong order is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from voting.core.evidence import canonical, event_order, events
from voting.core.evidence.events import (
    Annulled,
    Certified,
    Challenged,
    Closed,
    Corrected,
    Counted,
    DecisionRule,
    Event,
    Extended,
    KeyChanged,
    Lot,
    LotDrawn,
    Official,
    Opened,
    Option,
    PaperBatch,
    Participation,
    Recounted,
    SealedRoll,
    SealedSet,
)
from voting.core.evidence.notes import Note, Signer
from voting.errors import Invalid, TooLarge

AT = datetime(2026, 3, 1, 8, 30, 15, tzinfo=UTC)
OFFICIAL = Signer("wang", Ed25519PrivateKey.from_private_bytes(b"\x05" * 32))
NOTE = Note("text\n", (OFFICIAL.sign("text\n"),)).data
COMMITMENT = b"\x07" * 32
OPENED = Opened(
    at=AT,
    format="yishi/1",
    contest="con_1",
    community="com_1",
    question={"zh-CN": "停车改造", "en": "Parking"},
    options=(Option("opt_a", {"en": "A"}, False), Option("opt_b", {"en": "B"}, True)),
    method="irv",
    seats=1,
    rules={"tie_break": "random", "max_rankings": 3},
    ballots="valid_only",
    secrecy="secret",
    revoting=False,
    electors=20,
    roll=SealedRoll("rol_1", b"\x01" * 32, 20),
    lot=Lot("before_opening", "31415926535897932384"),
    officials=(Official("wang", OFFICIAL.key.text),),
    k=1,
    publish_mode="patterns",
    cadence=0,
    opens_at=AT,
    closes_at=AT.replace(day=8),
    turnout_floor=Fraction(1, 2),
    rule=DecisionRule("civil-code-278", "1", b"\x02" * 32),
)
CLOSED = Closed(AT, SealedSet(b"\x03" * 32, 3), 2, 1, 2, Participation(3, b"\x04" * 32))
EXAMPLES: tuple[Event, ...] = (
    OPENED,
    replace(OPENED, turnout_floor=None, rule=None, lot=Lot("after_close"), officials=(), k=0),
    Extended(AT, AT.replace(day=9), "rain"),
    PaperBatch(AT, "pap_1", 1, 3, 5, 1, 1, b"\x08" * 32, NOTE),
    KeyChanged(AT, "wang", OFFICIAL.key.text, OFFICIAL.key.text, "lost", NOTE),
    CLOSED,
    LotDrawn(AT, "27182818284590452353"),
    Counted(AT, b"\x09" * 32, "tal_1"),
    Challenged(AT, "a doubt"),
    Recounted(AT, b"\x09" * 32, "tal_2"),
    Certified(AT, b"\x09" * 32, NOTE, NOTE),
    Corrected(AT, b"\x09" * 32, b"\x0a" * 32, "a misprint"),
    Annulled(AT, "fire"),
)


def faults_of(data: bytes) -> tuple[str, str]:
    with pytest.raises(Invalid) as refused:
        events.parse(data)
    return refused.value.faults[0].pointer, refused.value.faults[0].code


def spoiled(event: Event, **members: object) -> bytes:
    """The event's bytes with members replaced, or removed where the value is None; `a__b` names b within a."""
    value = dict(canonical.parse(events.encode(event)))  # type: ignore[arg-type]
    for name, given in members.items():
        outer, _, inner = name.partition("__")
        target, last = (dict(value[outer]), inner) if inner else (value, outer)  # type: ignore[call-overload]
        if given is None:
            del target[last]
        else:
            target[last] = given  # type: ignore[assignment]
        if inner:
            value[outer] = target
    return canonical.encode(value)


def test_there_is_an_example_of_every_type() -> None:
    assert {events.type_of(event) for event in EXAMPLES} == set(events.TYPES)


@pytest.mark.parametrize("event", EXAMPLES, ids=lambda event: events.type_of(event))
def test_an_event_comes_back_from_its_bytes(event: Event) -> None:
    data = events.encode(event)
    assert events.parse(data) == event
    assert events.encode(events.parse(data)) == data
    assert len(data) > 32


def test_an_instant_loses_its_fraction() -> None:
    assert events.parse(events.encode(Annulled(AT.replace(microsecond=999_999), "fire"))) == Annulled(AT, "fire")


WRONG = {
    "no type": (spoiled(OPENED, type=None), "/type"),
    "an unknown type": (spoiled(OPENED, type="reopened"), "/type"),
    "an unknown member": (spoiled(OPENED, weather="rain"), "/weather"),
    "a missing member": (spoiled(OPENED, seats=None), "/seats"),
    "another format": (spoiled(OPENED, format="yishi/2"), "/format"),
    "a truth for a number": (spoiled(OPENED, seats=True), "/seats"),
    "a number for a truth": (spoiled(OPENED, revoting=1), "/revoting"),
    "fewer seats than none": (spoiled(OPENED, seats=-1), "/seats"),
    "a short hash": (spoiled(OPENED, roll__root="00"), "/roll/root"),
    "an upper-case hash": (spoiled(OPENED, roll__root="AB" * 32), "/roll/root"),
    "an instant with an offset": (spoiled(OPENED, at="2026-03-01T08:30:15+00:00"), "/at"),
    "an instant with a fraction": (spoiled(OPENED, at="2026-03-01T08:30:15.5Z"), "/at"),
    "no such day": (spoiled(OPENED, at="2026-02-30T08:30:15Z"), "/at"),
    "a fraction that can be reduced": (spoiled(OPENED, turnout_floor="2/4"), "/turnout_floor"),
    "a fraction of nothing": (spoiled(OPENED, turnout_floor="1/0"), "/turnout_floor"),
    "a short seed": (spoiled(OPENED, lot__seed="1234567890123456789"), "/lot/seed"),
    "no seed though it was drawn": (spoiled(OPENED, lot__seed=None), "/lot/seed"),
    "a seed though it was not drawn": (spoiled(OPENED, lot__drawn="after_close"), "/lot/seed"),
    "an unknown mode": (spoiled(OPENED, publish_mode="by_size"), "/publish_mode"),
    "no question": (spoiled(OPENED, question={}), "/question"),
    "a locale that is none": (spoiled(OPENED, question={"English": "?"}), "/question"),
    "options that are no list": (spoiled(OPENED, options={}), "/options"),
    "an option that is none": (spoiled(OPENED, options=["opt_a"]), "/options/0"),
    "a key that is none": (spoiled(OPENED, officials=[{"name": "a", "key": "a"}]), "/officials/0/key"),
    "a note that is none": (spoiled(EXAMPLES[3], note="text"), "/note"),
    "a note that is no text": (spoiled(EXAMPLES[3], note=1), "/note"),
    "batches from nought": (spoiled(EXAMPLES[3], number=0), "/number"),
    "an empty reason": (spoiled(EXAMPLES[2], reason=""), "/reason"),
    "no object": (b"[]", ""),
}


@pytest.mark.parametrize(("data", "pointer"), WRONG.values(), ids=WRONG.keys())
def test_a_malformed_event_is_refused_at_its_member(data: bytes, pointer: str) -> None:
    assert faults_of(data) == (pointer, "event_malformed")


@pytest.mark.parametrize("data", [b" " + events.encode(OPENED), b'{"type":"annulled","at":1}', b"{", b"\xff"])
def test_bytes_that_are_not_canonical_are_refused(data: bytes) -> None:
    assert faults_of(data)[1].startswith("json_")


def test_what_we_write_is_checked_as_what_we_read() -> None:
    with pytest.raises(Invalid):
        events.encode(replace(OPENED, seats=-1))


def test_an_event_has_at_most_65535_bytes() -> None:
    with pytest.raises(TooLarge):
        events.encode(replace(OPENED, question={"en": "?" * 65_535}))


def written(*steps: Event | bytes) -> list[bytes]:
    return [step if isinstance(step, bytes) else events.encode(step) for step in steps]


LATE = replace(OPENED, lot=Lot("after_close"))
COUNTED, CERTIFIED = EXAMPLES[7], EXAMPLES[10]
IN_ORDER = {
    "as usual": [OPENED, COMMITMENT, COMMITMENT, CLOSED, COUNTED, CERTIFIED],
    "everything": [LATE, COMMITMENT, *EXAMPLES[2:5], COMMITMENT, CLOSED, *EXAMPLES[6:12], EXAMPLES[11], EXAMPLES[12]],
    "challenged twice": [OPENED, CLOSED, COUNTED, *EXAMPLES[8:10], *EXAMPLES[8:10], CERTIFIED],
    "annulled at once": [OPENED, EXAMPLES[12]],
    "unfinished": [OPENED, COMMITMENT],
    "nothing yet": [],
}
OUT_OF_ORDER = {
    "no opening": [COMMITMENT],
    "opened twice": [OPENED, OPENED],
    "a commitment after the close": [OPENED, CLOSED, COMMITMENT],
    "closed twice": [OPENED, CLOSED, CLOSED],
    "extended after the close": [OPENED, CLOSED, EXAMPLES[2]],
    "counted before the close": [OPENED, COUNTED],
    "a lot drawn twice": [LATE, CLOSED, EXAMPLES[6], EXAMPLES[6]],
    "a lot drawn again": [OPENED, CLOSED, EXAMPLES[6]],
    "counted twice": [OPENED, CLOSED, COUNTED, COUNTED],
    "recounted unasked": [OPENED, CLOSED, COUNTED, EXAMPLES[9]],
    "certified while challenged": [OPENED, CLOSED, COUNTED, EXAMPLES[8], CERTIFIED],
    "corrected before certified": [OPENED, CLOSED, COUNTED, EXAMPLES[11]],
    "challenged after certified": [OPENED, CLOSED, COUNTED, CERTIFIED, EXAMPLES[8]],
    "anything after annulled": [OPENED, EXAMPLES[12], CLOSED],
}


@pytest.mark.parametrize("steps", IN_ORDER.values(), ids=IN_ORDER.keys())
def test_a_log_in_order_is_read(steps: list[Event | bytes]) -> None:
    assert list(event_order.check(written(*steps))) == [step for step in steps if not isinstance(step, bytes)]


@pytest.mark.parametrize("steps", OUT_OF_ORDER.values(), ids=OUT_OF_ORDER.keys())
def test_a_log_out_of_order_is_refused(steps: list[Event | bytes]) -> None:
    with pytest.raises(Invalid) as refused:
        event_order.check(written(*steps))
    assert refused.value.faults[0].code == "event_out_of_order"


def test_every_type_is_somewhere_in_the_table() -> None:
    assert {kind for _, kind in event_order.TABLE} - {event_order.COMMITMENT} == set(events.TYPES)
