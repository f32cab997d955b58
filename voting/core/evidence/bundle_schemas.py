"""JSON Schema 2020-12 of each JSON file of ours in a bundle: what a reader can rely on, and nothing it does not know.

Objects take no other members. The schemas describe form; the checks of a verifier (hashes, order, sums) go further.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from voting.core.evidence import bundle

Schema = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
LARGEST = 2**53 - 1


def _object(members: Mapping[str, Any], *optional: str, **more: Any) -> Schema:
    """An object of exactly these members, of which those in `optional` may be absent."""
    required = [name for name in members if name not in optional]
    return {"type": "object", "properties": dict(members), "required": required, "additionalProperties": False, **more}


def _array(items: Schema, **more: Any) -> Schema:
    return {"type": "array", "items": items, **more}


def _by(names: Schema, values: Schema, **more: Any) -> Schema:
    """An object with members of any such name."""
    return {"type": "object", "propertyNames": names, "additionalProperties": values, **more}


def _text(pattern: str = "", **more: Any) -> Schema:
    return {"type": "string", **({"pattern": pattern} if pattern else {}), **more}


def _one_of(*values: str) -> Schema:
    return {"enum": list(values)}


WHOLE: Schema = {"type": "integer", "minimum": 0, "maximum": LARGEST}
NUMBER: Schema = {"type": "integer", "minimum": -LARGEST, "maximum": LARGEST}
FLAG: Schema = {"type": "boolean"}
HASH = _text("^[0-9a-f]{64}$")
ID = _text("^[A-Za-z0-9_-]{1,64}$")
INSTANT = _text("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$")
SHARE = _text("^[0-9]+/[1-9][0-9]*$")
TEXTS = _by(_text("^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$"), _text())
KEY = _text("^[^ +\n]+\\+[0-9a-f]{8}\\+[A-Za-z0-9+/]+=*$")
NOTE = _text("^[^\n]")
SEED = _text("^[0-9]{20,200}$")
RANKING = _array(_array(ID))
AMOUNT: Schema = {"anyOf": [NUMBER, _text("^-?[0-9]+\\.[0-9]+$")]}
AMOUNTS = _by(_text(), AMOUNT)
IDS = _array(ID)
TIE = _object(
    {
        "round": WHOLE,
        "tied": IDS,
        "selecting": _one_of("winner", "loser"),
        "selected": ID,
        "how": _one_of("recorded", "previous_rounds", "order", "lot", "pairs", "shared", "open"),
        "order": IDS,
        "compared_round": WHOLE,
    },
    "selected",
    "order",
    "compared_round",
)
ROUND = _object(
    {
        "round": WHOLE,
        "action": _text(),
        "source": IDS,
        "tallies": AMOUNTS,
        "elected": IDS,
        "eliminated": IDS,
        "exhausted": AMOUNT,
        "exhausted_by": AMOUNTS,
        "transfers": _by(ID, AMOUNTS),
        "residual_surplus": AMOUNT,
        "final_round_surplus": AMOUNT,
        "threshold": AMOUNT,
        "surplus": AMOUNT,
        "active": AMOUNT,
        "pass": WHOLE,
        "ties": _array(TIE),
        "exact": _by(ID, _text("^-?[0-9]+/[0-9]+$")),
    },
    "threshold",
    "surplus",
    "active",
    "pass",
    "ties",
    "exact",
)
MAJORITY = _object({"winner": ID, "loser": ID, "votes": WHOLE, "against": WHOLE, "locked": FLAG})
_CELL: Schema = {"anyOf": [NUMBER, _text()]}
TALLY: Mapping[str, Schema] = {
    "method": _text("^[a-z-]+$"),
    "seats": WHOLE,
    "winners": IDS,
    "complete": FLAG,
    "outcome": _one_of("decided", "no_ballots", "seats_left", "tie_open", "stopped"),
    "total_ballots_with_rankings": WHOLE,
    "valid_poll": WHOLE,
    "undervotes": WHOLE,
    "rounds": _array(ROUND),
    "ranking": _array(IDS),
    "scores": _by(_text(), {"anyOf": [AMOUNT, _by(_text(), _CELL)]}),
    "pairwise": _by(ID, _by(ID, WHOLE)),
    "strongest_paths": _by(ID, _by(ID, _CELL)),
    "majorities": _array(MAJORITY),
}
"""The members of a tally; those behind `rounds` are there where the method has them."""

LOT: Schema = {
    "oneOf": [
        _object({"drawn": _one_of("before_opening"), "seed": SEED}),
        _object({"drawn": _one_of("after_close", "none")}),
    ]
}
OPENED: Mapping[str, Schema] = {
    "type": _one_of("opened"),
    "at": INSTANT,
    "format": _one_of("yishi/1"),
    "contest": ID,
    "community": ID,
    "question": TEXTS,
    "options": _array(_object({"id": ID, "label": TEXTS, "status_quo": FLAG}), minItems=2),
    "method": _text("^[a-z-]+$"),
    "seats": WHOLE,
    "rules": {"type": "object"},
    "ballots": _one_of("valid_only", "as_marked"),
    "secrecy": _one_of("secret", "open"),
    "revoting": FLAG,
    "electors": WHOLE,
    "roll": _object({"id": ID, "root": HASH, "size": WHOLE}),
    "lot": LOT,
    "turnout_floor": SHARE,
    "rule": _object({"id": _text(), "version": {"anyOf": [WHOLE, _text()]}, "hash": HASH}),
    "officials": _array(_object({"name": _text(), "key": KEY})),
    "k": WHOLE,
    "publish_mode": _one_of("full", "patterns", "restricted"),
    "cadence": WHOLE,
    "opens_at": INSTANT,
    "closes_at": INSTANT,
}
EVENTS: Mapping[str, Schema] = {
    "extended": {"closes_at": INSTANT, "reason": _text()},
    "paper-batch": {
        "batch": ID,
        "number": WHOLE,
        "count": WHOLE,
        "issued": WHOLE,
        "spoiled": WHOLE,
        "unreturned": WHOLE,
        "hash": HASH,
        "note": NOTE,
    },
    "key-changed": {"name": _text(), "old_key": KEY, "new_key": KEY, "reason": _text(), "note": NOTE},
    "closed": {
        "box": _object({"root": HASH, "size": WHOLE}),
        "online": WHOLE,
        "paper": WHOLE,
        "commitments": WHOLE,
        "participation": _object({"checked": WHOLE, "hash": HASH}),
    },
    "lot-drawn": {"seed": SEED},
    "counted": {"result": HASH, "tally": ID},
    "challenged": {"reason": _text()},
    "recounted": {"result": HASH, "tally": ID},
    "certified": {"result": HASH, "close_note": NOTE, "result_note": NOTE},
    "corrected": {"replaces": HASH, "result": HASH, "reason": _text()},
    "annulled": {"reason": _text()},
}
"""The members of each event of a contest's log beside `type` and `at`; `opened` has a schema of its own."""

_opened = _object(OPENED, "turnout_floor", "rule")
_SCHEMAS: Mapping[str, tuple[str, Schema]] = {
    "manifest.json": (
        "manifest.json",
        _object(
            {
                "format": _one_of(bundle.FORMAT),
                "tier": _one_of("public", "auditor"),
                "contest": ID,
                "community": ID,
                "origin": _text("^[^ +\n]+$"),
                "state": _text("^[a-z_]+$"),
                "log_key": KEY,
                "receipt_keys": _array(_by(_text(), _text())),
                "files": _array(_object({"path": _text(), "size": WHOLE, "sha256": HASH})),
            }
        ),
    ),
    "contest.json": ("contest.json, the first entry of the log", _opened),
    "event.json": (
        "every entry of the log that is not a commitment of 32 bytes",
        {
            "oneOf": [
                _opened,
                *(_object({"type": _one_of(kind), "at": INSTANT, **members}) for kind, members in EVENTS.items()),
            ]
        },
    ),
    "roll-root.json": ("roll/root.json", _object({"electors": WHOLE, "root": HASH, "roll": ID})),
    "cvr-line.json": (
        "each line of box/cvr.ndjson",
        _object({"ranking": RANKING, "seq": WHOLE, "slot": HASH}),
    ),
    "paper-batches.json": (
        "paper/batches.json",
        _object({"batches": _array(_object({**EVENTS["paper-batch"], "salt": HASH}, "salt"))}),
    ),
    "result.json": (
        "result.json",
        _object(
            {
                "contest": ID,
                "turnout": _object(
                    {"electors": WHOLE, "cast": WHOLE, "floor": SHARE, "floor_met": FLAG}, "floor", "floor_met"
                ),
                **TALLY,
            },
            "ranking",
            "scores",
            "pairwise",
            "strongest_paths",
            "majorities",
        ),
    ),
    "privacy.json": (
        "privacy.json",
        _object(
            {
                "mode": OPENED["publish_mode"],
                "tier": _one_of("public", "auditor"),
                "electors": WHOLE,
                "ballots": WHOLE,
                "patterns": WHOLE,
                "unique_patterns": WHOLE,
                "thresholds": _object({"electors_for_full": WHOLE, "unique_share": SHARE, "sub_group": WHOLE}),
            }
        ),
    ),
}

SCHEMAS: Mapping[str, Schema] = {
    name: {"$schema": DIALECT, "title": title, **schema} for name, (title, schema) in sorted(_SCHEMAS.items())
}
"""File name below `schema/` → schema."""

FILES: Mapping[str, str] = {
    bundle.MANIFEST: "manifest.json",
    bundle.CONTEST: "contest.json",
    bundle.ROLL_ROOT: "roll-root.json",
    bundle.BATCHES: "paper-batches.json",
    bundle.RESULT: "result.json",
    bundle.PRIVACY: "privacy.json",
}
"""Which schema a file of a bundle has. Lines of the box and entries of the log have `cvr-line.json` and `event.json`."""


def members() -> tuple[bundle.Member, ...]:
    """The folder `schema/`, in its order."""
    return tuple(bundle.document(f"schema/{name}", schema) for name, schema in SCHEMAS.items())
