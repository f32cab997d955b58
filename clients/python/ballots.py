"""What a voter's client makes for itself when it casts: secret, nonce, slot and commitment; and how it checks the receipt.

The service never learns secret and nonce of a first cast, so it cannot name the voter's slot again. Whoever holds the
`Opening` can show that a commitment of the public log is this ballot: it is the voter's to keep, or to throw away.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from clients.python import hashes
from clients.python.errors import UnexpectedAnswer

Ranking = hashes.Ranking


@dataclass(frozen=True, slots=True)
class Opening:
    """What opens one commitment. `seq` counts the casts of this slot from 0; secret and nonce are 32 bytes."""

    contest_id: str
    secret: bytes
    nonce: bytes
    seq: int
    ranking: tuple[tuple[str, ...], ...]

    @property
    def slot(self) -> bytes:
        """The pseudonym under which the box holds the ballot."""
        return hashes.slot(self.contest_id, self.secret)

    @property
    def commitment(self) -> bytes:
        """What the receipt and the public log hold."""
        return hashes.commitment(self.nonce, self.slot, self.seq, hashes.ballot(self.contest_id, self.ranking))

    def again(self, ranking: Iterable[str | Iterable[str]]) -> Opening:
        """The opening of another ballot in the same slot, cast after this one."""
        return replace(self, nonce=secrets.token_bytes(32), seq=self.seq + 1, ranking=ranks(ranking))

    def as_json(self) -> dict[str, Any]:
        """A form to keep; `opening_from_json` reads it back."""
        return {
            "contest_id": self.contest_id,
            "secret": hashes.encode(self.secret),
            "nonce": hashes.encode(self.nonce),
            "slot": hashes.encode(self.slot),
            "seq": self.seq,
            "ranking": [list(rank) for rank in self.ranking],
        }

    def for_verifier(self) -> dict[str, Any]:
        """The form of the evidence format, for `verify.py --opening`: it finds the ranking in the box by itself."""
        kept = self.as_json()
        return {"contest": self.contest_id} | {name: kept[name] for name in ("secret", "nonce", "slot", "seq")}


def opening_from_json(document: Mapping[str, Any]) -> Opening:
    """The opening that `Opening.as_json` wrote. `ValueError` when the slot is not that of the secret."""
    opening = Opening(
        document["contest_id"],
        hashes.decode(document["secret"]),
        hashes.decode(document["nonce"]),
        document["seq"],
        ranks(document["ranking"]),
    )
    if "slot" in document and hashes.decode(document["slot"]) != opening.slot:
        raise ValueError("expected the slot of this secret in this contest")
    return opening


def open_new(contest_id: str, ranking: Iterable[str | Iterable[str]]) -> Opening:
    """A fresh secret and nonce for a first cast."""
    return Opening(contest_id, secrets.token_bytes(32), secrets.token_bytes(32), 0, ranks(ranking))


def ranks(ranking: Iterable[str | Iterable[str]]) -> tuple[tuple[str, ...], ...]:
    """A ranking in its one form; a bare option id stands for a rank with this one mark."""
    return tuple((rank,) if isinstance(rank, str) else tuple(rank) for rank in ranking)


def in_ballot_order(ranking: Iterable[str | Iterable[str]], options: Sequence[str]) -> Ranking:
    """The ranking with the options of each rank in ballot order. What the contest does not have stands last."""
    place = {option: number for number, option in enumerate(options)}
    return tuple(tuple(sorted(rank, key=lambda option: place.get(option, len(place)))) for rank in ranks(ranking))


def graded(scores: Mapping[str, int], options: Sequence[str], max_score: int | None) -> Ranking:
    """The ranking that grades are kept as: rank i holds the options graded `max_score - i`, to the lowest grade given."""
    if max_score is None:
        raise ValueError("expected a contest counted by score")
    for option, grade in scores.items():
        if option not in options:
            raise ValueError(f"expected an option of the contest; got {option!r}")
        if not 0 <= grade <= max_score:
            raise ValueError(f"expected a grade from 0 to {max_score} for {option}; got {grade!r}")
    lowest = min(scores.values(), default=max_score + 1)
    return tuple(
        tuple(option for option in options if scores.get(option) == grade) for grade in range(max_score, lowest - 1, -1)
    )


def receipt_claims(receipt: str) -> dict[str, Any]:
    """What a receipt (compact JWS) says. Its signature is not checked here: that needs the service's public key."""
    parts = receipt.split(".")
    try:
        claims = json.loads(hashes.decode(parts[1]))
    except (IndexError, ValueError) as error:
        raise UnexpectedAnswer("expected a receipt of three parts with JSON claims") from error
    if len(parts) != 3 or not isinstance(claims, dict):
        raise UnexpectedAnswer("expected a receipt of three parts with JSON claims")
    return claims


def receipt_names(receipt: str, opening: Opening) -> bool:
    """Whether the receipt is for exactly this ballot: its commitment opens with this secret, nonce and ranking."""
    claims = receipt_claims(receipt)
    return claims.get("commitment") == hashes.encode(opening.commitment)
