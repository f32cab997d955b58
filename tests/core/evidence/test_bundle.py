"""The bundle as a whole: its order, its manifest, and that the same members always give the same bytes."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Sequence

import jsonschema_rs
import pytest
import rfc8785

from voting.core.evidence import bundle, bundle_schemas, bundle_zip
from voting.core.evidence.bundle import Member, Subject

SUBJECT = Subject(
    tier="public",
    contest="con_1",
    community="com_1",
    origin="yishi.test/contests/con_1",
    state="certified",
    log_key="yishi.test/contests/con_1+00000000+AQ==",
    receipt_keys=({"kty": "EC", "crv": "P-256", "kid": "k", "x": "x", "y": "y"},),
)
MEMBERS = (
    bundle.document(bundle.CONTEST, {"type": "opened"}),
    bundle.whole(bundle.CHECKPOINT, b"checkpoint"),
    bundle.whole("log/tile/0/000.p/1", b"h" * 32),
    bundle.whole("log/tile/entries/000.p/1", b"\0\1e"),
    Member(bundle.BOX, (b"line 1\n", b"line 2\n")),
    bundle.whole(bundle.PATTERNS, b"count,ranking\n"),
    bundle.whole("export/ballots.csv", b"ballots\n"),
    bundle.whole("schema/result.json", b"{}"),
    bundle.whole(bundle.VERIFIER, b"print()\n"),
)


def sign(text: str) -> bytes:
    return text.encode() + b"\n\xe2\x80\x94 signed\n"


def made(members: Sequence[Member] = MEMBERS) -> bytes:
    out = io.BytesIO()
    assembled = bundle.assemble(out, io.BytesIO(), SUBJECT, members, sign)
    assert assembled.size == len(out.getvalue())
    return out.getvalue()


def test_the_manifest_stands_first_and_names_everything_behind_it() -> None:
    with zipfile.ZipFile(io.BytesIO(made())) as opened:
        names = opened.namelist()
        manifest = json.loads(opened.read("manifest.json"))
        assert names == ["manifest.json", "manifest.note", *(member.path for member in MEMBERS)]
        assert manifest["files"] == [
            {"path": name, "size": len(opened.read(name)), "sha256": hashlib.sha256(opened.read(name)).hexdigest()}
            for name in names[2:]
        ]
        assert opened.read("manifest.json") == rfc8785.dumps(manifest)
        assert opened.read("box/cvr.ndjson") == b"line 1\nline 2\n"


def test_the_log_key_signs_the_hash_of_the_manifest() -> None:
    with zipfile.ZipFile(io.BytesIO(made())) as opened:
        digest = hashlib.sha256(opened.read("manifest.json")).hexdigest()
        text = f"yishi.test/contests/con_1\nbundle manifest\nsha256 {digest}\n"
        assert opened.read("manifest.note") == sign(text)


def test_a_manifest_fits_its_schema() -> None:
    with zipfile.ZipFile(io.BytesIO(made())) as opened:
        manifest = json.loads(opened.read("manifest.json"))
    assert jsonschema_rs.Draft202012Validator(bundle_schemas.SCHEMAS["manifest.json"]).is_valid(manifest)


def test_our_own_reader_finds_the_same_members() -> None:
    entries = bundle_zip.members(io.BytesIO(made()))
    assert [entry.path for entry in entries[2:]] == [member.path for member in MEMBERS]


def test_the_same_members_are_the_same_bytes_however_they_are_portioned() -> None:
    pieces = [Member(m.path, [bytes([byte]) for chunk in m.chunks for byte in chunk]) for m in MEMBERS]
    assert made(pieces) == made()


@pytest.mark.parametrize("order", [(1, 0), (0, 0)])
def test_members_out_of_order_or_twice_are_refused(order: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="order"):
        made([MEMBERS[place] for place in order])


@pytest.mark.parametrize("path", ["readme.txt", "other/file", "log", "box"])
def test_a_member_that_no_bundle_has_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match="member"):
        made([bundle.whole(path, b"")])
