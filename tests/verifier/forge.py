"""Bundles made from the format's page, with fixed keys: honest ones, and those of a service that lies with its own keys.

A `Story` is a whole contest, told step by step. Each step can be bent by a hook of its name before later steps build on it, so
that everything behind a lie is consistent with it and signed. `repacked` is the other attacker, who has the bundle and no keys.
"""

from __future__ import annotations

import hashlib
import io
import json
import random
import struct
import zlib
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import rfc8785
from cryptography.hazmat.primitives import hashes as algorithms
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from clients.verifier import verify
from voting.core import count as engine
from voting.core.evidence import bundle_exports, bundle_schemas

Ranking = tuple[tuple[str, ...], ...]
Files = dict[str, bytes]
CONTEST, COMMUNITY = "con_golden", "com_golden"
ORIGIN = f"yishi.test/contests/{CONTEST}"
SEED = "31415926535897932384"
VERIFIER = Path(verify.__file__)


def h(purpose: str, *parts: bytes) -> bytes:
    return hashlib.sha256(f"yishi/1/{purpose}\n".encode() + b"".join(parts)).digest()


def text(value: bytes) -> str:
    return urlsafe_b64encode(value).rstrip(b"=").decode()


def merkle_root(leaves: Sequence[bytes]) -> bytes:
    return root_of([hashlib.sha256(b"\0" + leaf).digest() for leaf in leaves])


def root_of(level: Sequence[bytes]) -> bytes:
    """RFC 6962 over leaf hashes, level by level; a last node without a sibling rises as it is."""
    if not level:
        return hashlib.sha256(b"").digest()
    while len(level) > 1:
        odd = level[-1:] if len(level) % 2 else []
        pairs = zip(level[::2], level[1::2], strict=False)
        level = [*(hashlib.sha256(b"\1" + left + right).digest() for left, right in pairs), *odd]
    return level[0]


@dataclass(frozen=True)
class Signer:
    """An Ed25519 key under a name, made from a word."""

    name: str
    word: str
    kind: int = 1

    @property
    def private(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(self.word.encode()).digest())

    @property
    def blob(self) -> bytes:
        return bytes([self.kind]) + self.private.public_key().public_bytes_raw()

    @property
    def id(self) -> bytes:
        return hashlib.sha256(self.name.encode() + b"\n" + self.blob).digest()[:4]

    @property
    def key(self) -> str:
        return f"{self.name}+{self.id.hex()}+{b64encode(self.blob).decode()}"

    def line(self, note: str, at: int = 0) -> str:
        time = at.to_bytes(8, "big") if self.kind == 4 else b""
        told = f"cosignature/v1\ntime {at}\n{note}" if self.kind == 4 else note
        return f"\u2014 {self.name} {b64encode(self.id + time + self.private.sign(told.encode())).decode()}\n"


def note(told: str, signers: Iterable[Signer] = ()) -> bytes:
    return (told + "\n" + "".join(signer.line(told) for signer in signers)).encode()


def lines(*told: str) -> str:
    return "".join(f"{line}\n" for line in told)


LOG = Signer(ORIGIN, "log")
WITNESS = Signer("witness.test", "witness", 4)
OFFICIALS = tuple(Signer(f"official-{n}", f"official {n}") for n in range(1, 6))
NEW_KEY = Signer("official-1", "a new key")
RECEIPT = ec.derive_private_key(20260308, ec.SECP256R1())


def receipt_jwk() -> dict[str, str]:
    numbers = RECEIPT.public_key().public_numbers()
    x, y = (text(number.to_bytes(32, "big")) for number in (numbers.x, numbers.y))
    return {"kty": "EC", "crv": "P-256", "kid": "receipts-1", "x": x, "y": y, "alg": "ES256", "use": "sig"}


@dataclass
class Cast:
    """A ballot cast online."""

    secret: bytes
    nonce: bytes
    seq: int
    ranking: Ranking
    contest: str = CONTEST

    @property
    def slot(self) -> bytes:
        return h("slot", self.contest.encode(), b"\0", self.secret)

    @property
    def commitment(self) -> bytes:
        ballot = h("ballot", rfc8785.dumps({"contest": self.contest, "ranking": self.ranking}))
        return h("cast", self.nonce, self.slot, self.seq.to_bytes(8, "big"), ballot)

    @property
    def opening(self) -> dict[str, Any]:
        values = {"secret": text(self.secret), "nonce": text(self.nonce), "slot": text(self.slot)}
        return {"contest": self.contest, **values, "seq": self.seq}

    def receipt(self, **claims: Any) -> str:
        body = {"contest": self.contest, "commitment": text(self.commitment), "log": ORIGIN, "integrate_by": 1772956800}
        return jws({"alg": "ES256", "kid": "receipts-1", "typ": "yishi-receipt+jwt"}, body | claims)


def jws(head: Mapping[str, Any], body: Mapping[str, Any]) -> str:
    signed = f"{text(rfc8785.dumps(dict(head)))}.{text(rfc8785.dumps(dict(body)))}"
    scheme = ec.ECDSA(algorithms.SHA256(), deterministic_signing=True)
    r, s = decode_dss_signature(RECEIPT.sign(signed.encode(), scheme))
    return f"{signed}.{text(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"


@dataclass
class Batch:
    """A batch of paper ballots."""

    name: str
    rankings: list[Ranking]
    spoiled: int = 0
    unreturned: int = 0
    salt: bytes = bytes(range(32))
    signers: tuple[Signer, ...] = OFFICIALS[:2]

    def slot(self, number: int) -> bytes:
        return h("paper", self.salt, self.name.encode(), b"\0", number.to_bytes(4, "big"))

    def event(self, number: int) -> dict[str, Any]:
        digest = h("paper-batch", self.salt, rfc8785.dumps(self.rankings)).hex()
        told = lines(ORIGIN, "paper batch", self.name, f"count {len(self.rankings)}", f"hash {digest}")
        return {
            "type": "paper-batch",
            "at": "2026-03-05T08:00:00Z",
            "batch": self.name,
            "number": number,
            "count": len(self.rankings),
            "issued": len(self.rankings) + self.spoiled + self.unreturned,
            "spoiled": self.spoiled,
            "unreturned": self.unreturned,
            "hash": digest,
            "note": note(told, self.signers).decode(),
        }


@dataclass
class Story:
    """A contest from the opening to the certification. `voters` cast online; options are `opt_a`, `opt_b`, …"""

    voters: int = 20
    method: str = "irv"
    size: int = 4
    seats: int = 1
    rules: Mapping[str, Any] = field(default_factory=lambda: {"tie_break": "random"})
    as_marked: bool = False
    revoting: bool = False
    revised: int = 0
    batches: Sequence[Batch] = ()
    k: int = 2
    officials: Sequence[Signer] = OFFICIALS[:3]
    signing: Sequence[Signer] = OFFICIALS[:2]
    mode: str = "full"
    tier: str = "public"
    lot: Mapping[str, str] = field(default_factory=lambda: {"drawn": "before_opening", "seed": SEED})
    late_seed: str | None = None
    cadence: int = 0
    floor: str | None = None
    changed_key: bool = False
    ending: Sequence[str] = ("certified",)
    seed: int = 1
    hooks: dict[str, Callable[[Any], Any]] = field(default_factory=dict)

    def bent(self, step: str, value: Any) -> Any:
        """The value of a step, as the hook of that name makes it."""
        return self.hooks.get(step, lambda given: given)(value)

    @property
    def options(self) -> list[str]:
        return [f"opt_{chr(97 + place)}" for place in range(self.size)]

    @cached_property
    def casts(self) -> list[Cast]:
        """Every cast in the order of casting; a revised ballot is there twice."""
        dice = random.Random(self.seed)
        made = [Cast(dice.randbytes(32), dice.randbytes(32), 0, self.ranking(dice)) for _ in range(self.voters)]
        again = [Cast(one.secret, dice.randbytes(32), 1, self.ranking(dice)) for one in made[: self.revised]]
        return list(self.bent("casts", made + again))

    def ranking(self, dice: random.Random) -> Ranking:
        """Marks of one voter, legal for the method."""
        chosen = dice.sample(self.options, dice.randint(1, self.size))
        if self.method in ("plurality", "yes-no"):
            return ((chosen[0],),)
        if self.method == "approval":
            return (tuple(sorted(chosen)),)
        if self.method == "score":
            grades = {option: dice.randint(0, 5) for option in sorted(chosen)}
            return tuple(
                tuple(option for option in grades if grades[option] == grade)
                for grade in range(5, min(grades.values()) - 1, -1)
            )
        return tuple((option,) for option in chosen)

    @cached_property
    def opened(self) -> dict[str, Any]:
        event = {
            "type": "opened",
            "at": "2026-03-01T08:00:00Z",
            "format": "yishi/1",
            "contest": CONTEST,
            "community": COMMUNITY,
            "question": {"zh-CN": "停车位怎么改？", "en": "Which parking layout?"},
            "options": [
                {
                    "id": option,
                    "label": {"zh-CN": f"方案{option[-1]}", "en": f"Layout {option[-1]}"},
                    "status_quo": False,
                }
                for option in self.options
            ],
            "method": self.method,
            "seats": self.seats,
            "rules": dict(self.rules),
            "ballots": "as_marked" if self.as_marked else "valid_only",
            "secrecy": "secret",
            "revoting": self.revoting,
            "electors": len(self.roll),
            "roll": {"id": "rol_golden", "root": merkle_root(sorted(self.roll)).hex(), "size": len(self.roll)},
            "lot": dict(self.lot),
            "officials": [{"name": signer.name, "key": signer.key} for signer in self.officials],
            "k": self.k,
            "publish_mode": self.mode,
            "cadence": self.cadence,
            "opens_at": "2026-03-01T08:00:00Z",
            "closes_at": "2026-03-08T08:00:00Z",
        }
        if self.floor is not None:
            event["turnout_floor"] = self.floor
        return dict(self.bent("opened", event))

    @cached_property
    def roll(self) -> list[bytes]:
        paper = sum(len(batch.rankings) + batch.spoiled + batch.unreturned for batch in self.batches)
        size = self.voters + paper + self.voters // 4 + 3
        return [
            h("roll", h("salt", bytes([n % 256, n // 256 % 256, n // 65536])), b"elector %d\0" % n) for n in range(size)
        ]

    @cached_property
    def bits(self) -> bytes:
        """Who was checked off: the first electors, in the order of the sorted leaves."""
        checked = self.voters + sum(len(batch.rankings) + batch.spoiled + batch.unreturned for batch in self.batches)
        voted = set(self.roll[:checked])
        marks = "".join("1" if leaf in voted else "0" for leaf in sorted(self.roll))
        packed = int(marks.ljust(-(-len(marks) // 8) * 8, "0"), 2).to_bytes(-(-len(marks) // 8), "big")
        return bytes(self.bent("bits", packed))

    @cached_property
    def rows(self) -> list[tuple[str, int, Ranking]]:
        """The box: slot, seq, ranking, sorted."""
        last = {cast.slot.hex(): (cast.seq, cast.ranking) for cast in self.casts}
        for batch in self.batches:
            last |= {batch.slot(n).hex(): (0, ranking) for n, ranking in enumerate(batch.rankings, start=1)}
        return list(self.bent("rows", sorted((slot, seq, ranking) for slot, (seq, ranking) in last.items())))

    @cached_property
    def box(self) -> bytes:
        made = (
            rfc8785.dumps({"ranking": ranking, "seq": seq, "slot": slot}) + b"\n" for slot, seq, ranking in self.rows
        )
        return bytes(self.bent("box", b"".join(made)))

    @property
    def sealed(self) -> dict[str, Any]:
        leaves = self.box.split(b"\n")[:-1]
        return {"root": merkle_root(leaves).hex(), "size": len(leaves)}

    @cached_property
    def closed(self) -> dict[str, Any]:
        paper = sum(len(batch.rankings) for batch in self.batches)
        event = {
            "type": "closed",
            "at": "2026-03-08T08:00:00Z",
            "box": self.sealed,
            "online": self.sealed["size"] - paper,
            "paper": paper,
            "commitments": len(self.casts),
            "participation": {
                "checked": int.from_bytes(self.bits, "big").bit_count(),
                "hash": h("participation", self.bits).hex(),
            },
        }
        return dict(self.bent("closed", event))

    @property
    def counted_rankings(self) -> dict[Ranking, int]:
        found: dict[Ranking, int] = {}
        for _, _, ranking in self.rows:
            found[ranking] = found.get(ranking, 0) + 1
        return found

    @cached_property
    def tally(self) -> engine.Tally:
        rules = dict(self.rules)
        seed = self.late_seed or self.lot.get("seed")
        if seed is not None:
            rules |= {"tie_break_seed": seed, "tie_break_contest": CONTEST}
        return engine.count(self.method, self.options, self.counted_rankings, self.seats, rules)

    @cached_property
    def result(self) -> dict[str, Any]:
        turnout: dict[str, Any] = {"electors": len(self.roll), "cast": len(self.rows)}
        if self.floor is not None:
            p, q = map(int, self.floor.split("/"))
            turnout |= {"floor": self.floor, "floor_met": len(self.rows) * q >= p * len(self.roll)}
        document = {"contest": CONTEST, "turnout": turnout} | without_null(engine.tally_to_json(self.tally))
        return dict(self.bent("result", document))

    @cached_property
    def result_hash(self) -> str:
        return str(self.bent("result_hash", h("result", rfc8785.dumps(self.result)).hex()))

    def close_text(self, size: int, root: bytes) -> str:
        box = self.closed["box"]
        checked = self.closed["participation"]["checked"]
        told = (f"box {box['size']} {box['root']}", f"checked-off {checked}", f"log {size} {root.hex()}")
        return str(self.bent("close_text", lines(ORIGIN, "close statement", *told)))

    def result_text(self) -> str:
        box = self.closed["box"]
        told = (f"box {box['size']} {box['root']}", f"result {self.result_hash}")
        return str(self.bent("result_text", lines(ORIGIN, "result statement", *told)))

    @cached_property
    def key_change(self) -> dict[str, Any]:
        old, new = self.officials[0].key, NEW_KEY.key
        told = lines(ORIGIN, "key change", NEW_KEY.name, old, new)
        event = {
            "type": "key-changed",
            "at": "2026-03-02T08:00:00Z",
            "name": NEW_KEY.name,
            "old_key": old,
            "new_key": new,
            "reason": "lost",
            "note": note(told, self.officials[1:3]).decode(),
        }
        return dict(self.bent("key_change", event))

    @cached_property
    def paper_events(self) -> list[dict[str, Any]]:
        made = [batch.event(number) for number, batch in enumerate(self.batches, start=1)]
        return list(self.bent("paper_events", made))

    @cached_property
    def commitments(self) -> list[bytes]:
        """In batches: one at the close, or (with a cadence) two halves, each sorted."""
        values = [cast.commitment for cast in self.casts]
        half = len(values) // 2 if self.cadence else len(values)
        return list(self.bent("commitments", sorted(values[:half]) + sorted(values[half:])))

    @cached_property
    def entries(self) -> list[bytes]:
        """The log, with its statements signed over what stands before them."""
        before: list[Any] = [self.opened]
        before += [self.key_change] if self.changed_key else []
        before += [*self.paper_events, *self.commitments, self.closed]
        made = [one if isinstance(one, bytes) else rfc8785.dumps(one) for one in self.bent("before_close", before)]
        self.close_note = note(self.close_text(len(made), merkle_root(made)), self.signing)
        self.result_note = note(self.result_text(), self.signing)
        after = [{"type": "lot-drawn", "at": "2026-03-08T09:00:00Z", "seed": self.late_seed}] if self.late_seed else []
        after.append({"type": "counted", "at": "2026-03-08T10:00:00Z", "result": self.result_hash, "tally": "tal_1"})
        after += [self.later(kind, number) for number, kind in enumerate(self.ending)]
        entries = made + [rfc8785.dumps(event) for event in self.bent("after_close", after)]
        return list(self.bent("entries", entries))

    def later(self, kind: str, number: int) -> dict[str, Any]:
        """An event behind the count."""
        event: dict[str, Any] = {"type": kind, "at": f"2026-03-{10 + number}T08:00:00Z"}
        if kind == "certified":
            notes = {"close_note": self.close_note.decode(), "result_note": self.result_note.decode()}
            return event | {"result": self.result_hash, **dict(self.bent("certified_notes", notes))}
        if kind == "recounted":
            return event | {"result": self.result_hash, "tally": "tal_2"}
        if kind == "corrected":
            return event | {"replaces": self.result_hash, "result": self.result_hash, "reason": "a correction"}
        return event | {"reason": "a reason"}

    @property
    def state(self) -> str:
        for kind in ("annulled", "certified", "recounted", "challenged"):
            if kind in self.ending:
                return kind
        return "provisional"

    @cached_property
    def checkpoint(self) -> bytes:
        told = lines(ORIGIN, str(len(self.entries)), b64encode(merkle_root(self.entries)).decode())
        return bytes(self.bent("checkpoint", note(told, [LOG]) + WITNESS.line(told, 1773000000).encode()))

    def kept_checkpoint(self, size: int) -> str:
        """A checkpoint that somebody kept when the log had this size."""
        told = lines(ORIGIN, str(size), b64encode(merkle_root(self.entries[:size])).decode())
        return note(told, [LOG]).decode()

    @property
    def patterns(self) -> bytes:
        table = sorted((written(ranking), number) for ranking, number in self.counted_rankings.items())
        return ("count,ranking\n" + "".join(f"{number},{ranking}\n" for ranking, number in table)).encode()

    def exports(self) -> Files:
        about = bundle_exports.About(
            CONTEST,
            COMMUNITY,
            self.method,
            self.seats,
            tuple(self.options),
            tuple(self.rules.get("excluded_candidates", ())),
            datetime(2026, 3, 8, 10, tzinfo=UTC),
            date(2026, 3, 1),
            date(2026, 3, 8),
        )
        members = [] if self.hides_patterns else list(bundle_exports.of_ballots(about, self.counted_rankings))
        return {one.path: b"".join(one.chunks) for one in (*members, *bundle_exports.of_result(about, self.tally))}

    @property
    def hides_box(self) -> bool:
        return self.mode != "full" and self.tier == "public"

    @property
    def hides_patterns(self) -> bool:
        return self.mode == "restricted" and self.tier == "public"

    def paper_file(self) -> bytes:
        members = ("batch", "number", "count", "issued", "spoiled", "unreturned", "hash", "note")
        told = []
        for event, batch in zip(self.paper_events, self.batches, strict=False):
            salt = {} if self.hides_box else {"salt": batch.salt.hex()}
            told.append({name: event[name] for name in members} | salt)
        return rfc8785.dumps({"batches": told})

    def privacy(self) -> bytes:
        counts = self.counted_rankings.values()
        return rfc8785.dumps(
            {
                "mode": self.mode,
                "tier": self.tier,
                "electors": len(self.roll),
                "ballots": len(self.rows),
                "patterns": len(counts),
                "unique_patterns": sum(number == 1 for number in counts),
                "thresholds": {"electors_for_full": 100, "unique_share": "1/20", "sub_group": 10},
            }
        )

    def files(self) -> Files:
        """Every file but the manifests, in no order."""
        entries = self.entries
        files: Files = {
            "contest.json": rfc8785.dumps(self.opened),
            "close.note": self.close_note,
            "result.note": self.result_note,
            "log/checkpoint": self.checkpoint,
            **tiles(entries),
            "roll/participation.bits": self.bits,
            "roll/root.json": rfc8785.dumps(
                {"electors": len(self.roll), "root": merkle_root(sorted(self.roll)).hex(), "roll": "rol_golden"}
            ),
            "paper/batches.json": self.paper_file(),
            "result.json": rfc8785.dumps(self.result),
            "explanation.txt": f"result {self.result_hash}\n\n计票经过如下。\n\nThis is how it was counted.\n".encode(),
            "rounds.svg": f'<svg xmlns="http://www.w3.org/2000/svg" data-result="{self.result_hash}"></svg>\n'.encode(),
            "privacy.json": self.privacy(),
            **self.exports(),
            **{one.path: b"".join(one.chunks) for one in bundle_schemas.members()},
            "VERIFY.md": VERIFIER.with_name("VERIFY.md").read_bytes(),
            "verify.py": b"# in its place stands the verifier\n",
        }
        if not self.hides_box:
            files["box/cvr.ndjson"] = self.box
        if not self.hides_patterns:
            files["patterns.csv"] = self.patterns
        return dict(self.bent("files", files))

    def manifest(self, files: Files) -> Files:
        """The manifest of these files, and its note."""
        told = {
            "format": "yishi-bundle/1",
            "tier": self.tier,
            "contest": CONTEST,
            "community": COMMUNITY,
            "origin": ORIGIN,
            "state": self.state,
            "log_key": LOG.key,
            "receipt_keys": [receipt_jwk()],
            "files": listed(files),
        }
        manifest = rfc8785.dumps(self.bent("manifest", told))
        return {"manifest.json": manifest, "manifest.note": note(manifest_text(manifest), [LOG])}

    def bundle(self) -> bytes:
        """The whole bundle."""
        files = self.files()
        return zipped(ordered(self.manifest(files) | files))

    def anchor(self, **more: Any) -> verify.Anchor:
        """What an outsider knows who knows everything."""
        return verify.Anchor(
            log_key=verify.key_of(LOG.key, "test"),
            officials=tuple(verify.key_of(one.key, "test") for one in (*self.officials, NEW_KEY)),
            witnesses=(verify.key_of(WITNESS.key, "test", verify.COSIGNATURE),),
            checkpoint=verify.checkpoint_of(self.kept_checkpoint(2).encode(), "test"),
            receipt_keys=(receipt_jwk(),),
        )


def without_null(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: without_null(member) for name, member in value.items() if member is not None}
    return [without_null(member) for member in value] if isinstance(value, list) else value


def written(ranking: Ranking) -> str:
    return ">".join("=".join(rank) or "-" for rank in ranking)


def tiles(entries: Sequence[bytes]) -> Files:
    """The log's files below `log/tile`: entry bundles, and tiles of every level."""
    files: Files = {}

    def put(level: str, index: int, width: int, content: bytes) -> None:
        digits = [f"{index % 1000:03}"]
        while index >= 1000:
            index //= 1000
            digits.insert(0, f"x{index % 1000:03}")
        name = "/".join(digits) + ("" if width == 256 else f".p/{width}")
        files[f"log/tile/{level}/{name}"] = content

    for begin in range(0, len(entries), 256):
        held = entries[begin : begin + 256]
        put("entries", begin // 256, len(held), b"".join(struct.pack(">H", len(entry)) + entry for entry in held))
    level, hashes = 0, [hashlib.sha256(b"\0" + entry).digest() for entry in entries]
    while hashes:
        for begin in range(0, len(hashes), 256):
            held = hashes[begin : begin + 256]
            put(str(level), begin // 256, len(held), b"".join(held))
        whole = len(hashes) // 256
        level, hashes = level + 1, [root_of(hashes[256 * n : 256 * n + 256]) for n in range(whole)]
    return files


ORDER = (
    *("manifest.json", "manifest.note", "contest.json", "close.note", "result.note", "log/", "roll/", "box/", "paper/"),
    *("patterns.csv", "result.json", "explanation.txt", "rounds.svg", "privacy.json", "export/", "schema/"),
    *("VERIFY.md", "verify.py"),
)


def ordered(files: Files) -> Files:
    """The files in the bundle's order; those it does not know come last."""

    def place(path: str) -> tuple[int, str]:
        folder, slash, _ = path.partition("/")
        return (ORDER.index(folder + slash) if folder + slash in ORDER else len(ORDER)), path

    return {path: files[path] for path in sorted(files, key=place)}


def listed(files: Files) -> list[dict[str, Any]]:
    return [
        {"path": path, "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        for path, content in ordered(files).items()
        if not path.startswith("manifest.")
    ]


def manifest_text(manifest: bytes) -> str:
    return lines(ORIGIN, "bundle manifest", f"sha256 {hashlib.sha256(manifest).hexdigest()}")


def zipped(files: Mapping[str, bytes] | Sequence[tuple[str, bytes]]) -> bytes:
    """The archive of these files in this order. A sequence may name a file twice."""
    out, central = io.BytesIO(), b""
    pairs = list(files.items() if isinstance(files, Mapping) else files)
    for path, content in pairs:
        name, crc, at = path.encode(), zlib.crc32(content), out.tell()
        fixed = (20, 0, 0, 0, 0x21, crc, len(content), len(content), len(name), 0)
        out.write(struct.pack("<4s5H3L2H", b"PK\x03\x04", *fixed) + name + content)
        central += struct.pack("<4s6H3L5H2L", b"PK\x01\x02", 0x314, *fixed, 0, 0, 0, 0o100644 << 16, at) + name
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, len(pairs), len(pairs), len(central), out.tell(), 0)
    return out.getvalue() + central + end


def unzipped(data: bytes) -> Files:
    """The files of an archive that `zipped` made."""
    files: Files = {}
    at = 0
    while data[at : at + 4] == b"PK\x03\x04":
        *_, size, _, named, _ = struct.unpack("<4s5H3L2H", data[at : at + 30])
        name = data[at + 30 : at + 30 + named].decode()
        files[name] = data[at + 30 + named : at + 30 + named + size]
        at += 30 + named + size
    return files


def repacked(files: Files, sign: bool = False) -> bytes:
    """What somebody without keys makes of changed files: the manifest lists them, its note stays as it was (unless `sign`)."""
    manifest = json.loads(files["manifest.json"])
    manifest["files"] = listed(files)
    files = files | {"manifest.json": rfc8785.dumps(manifest)}
    if sign:
        files["manifest.note"] = note(manifest_text(files["manifest.json"]), [LOG])
    return zipped(ordered(files))
