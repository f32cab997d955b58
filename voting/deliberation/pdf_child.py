"""Writes a PDF anew so that nothing in it acts, in a process of its own with little time and memory: standard input to output.

Source: ISO 32000-2. Only what is drawn on pages is taken over (§7.7.3), with layers (§8.11) and links to addresses
(§12.5.6.5). What a form or a note shows is drawn into its page. Nothing else of the document comes along: no script, no action
(§12.6), no file inside it (§7.11.4), no form (§12.7), no metadata (§14.3). A photograph in it loses what its camera wrote
(JPEG: APPn and COM segments). Exit status 3 with a code on the standard error says why a document is refused.

This file runs alone (`voting.deliberation.attachment_pdfs` starts it), apart from the environment: it imports nothing of ours.
"""

from __future__ import annotations

import base64
import sys
import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pikepdf

CPU_SECONDS = 10
MEMORY = 1 << 30
"""Bytes of address space."""
MOST_OBJECTS = 50_000
MOST_PAGES = 1_000
MOST_UNFOLDED = 300_000_000
"""Bytes of all compressed streams together, as a reader would have to hold them."""
REFUSED = 3

ENCRYPTED, UNREADABLE, TOO_COMPLEX, NOT_STATIC = "pdf_encrypted", "pdf_unreadable", "pdf_too_complex", "pdf_not_static"

_PAGE = frozenset(
    {
        *("/Type", "/Parent", "/MediaBox", "/CropBox", "/BleedBox", "/TrimBox", "/ArtBox", "/Rotate", "/UserUnit"),
        *("/Resources", "/Contents", "/Group", "/Annots"),
    }
)
"""What of a page is taken over."""
_NOWHERE = frozenset(
    {
        *("/JS", "/JavaScript", "/OpenAction", "/Launch", "/AcroForm", "/XFA", "/EF", "/EmbeddedFiles", "/AF"),
        *("/RichMediaContent", "/RichMediaSettings", "/Metadata", "/PieceInfo"),
    }
)
"""Keys that stand in no object: where they did nothing, they would still hold a file or tell of somebody."""
_IN_NO_STREAM = frozenset(
    {"/F", "/FFilter", "/FDecodeParms", "/Ref", "/OPI", "/LastModified", "/StructParent", "/StructParents"}
)
"""Keys that in a stream point out of the document, or to what is left behind. Elsewhere they may be names of glyphs."""
_FLATE = frozenset({"/FlateDecode", "/Fl"})
_PACKING = frozenset({"/LZWDecode", "/LZW", "/RunLengthDecode", "/RL"})
_VERSION = "1.7"
_SCHEMES = ("http://", "https://", "mailto:")


class Refused(Exception):
    """The document is not taken, by this code."""


def limited() -> None:
    """Bound this process: what takes longer or more is ended by the system."""
    import resource

    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def cleaned(data: bytes) -> bytes:
    """The document written anew. Raises Refused."""
    import pikepdf

    try:
        with pikepdf.open(BytesIO(data), attempt_recovery=False, suppress_warnings=True) as given:
            if given.is_encrypted:
                raise Refused(ENCRYPTED)
            _measure(given)
            return _written(given)
    except pikepdf.PasswordError as error:
        raise Refused(ENCRYPTED) from error
    except (
        pikepdf.PdfError,
        pikepdf.DataDecodingError,
        zlib.error,
        ValueError,
        TypeError,
        KeyError,
        AttributeError,
    ) as error:
        raise Refused(UNREADABLE) from error


def _measure(given: pikepdf.Pdf) -> None:
    if len(given.objects) > MOST_OBJECTS or len(given.pages) > MOST_PAGES:
        raise Refused(TOO_COMPLEX)
    if not given.pages:
        raise Refused(UNREADABLE)
    root = given.Root
    if "/Collection" in root or bool(root.get("/NeedsRendering", False)):
        raise Refused(NOT_STATIC)
    left = MOST_UNFOLDED
    for one in _streams(given):
        left -= _unfolded(one, left)


def _streams(document: pikepdf.Pdf) -> Iterator[pikepdf.Stream]:
    import pikepdf

    return (one for one in document.objects if isinstance(one, pikepdf.Stream))


def _filters(stream: pikepdf.Stream) -> list[str]:
    import pikepdf

    found: Any = stream.get("/Filter", None)
    if found is None:
        return []
    return [str(one) for one in found] if isinstance(found, pikepdf.Array) else [str(found)]


def _unfolded(stream: pikepdf.Stream, most: int) -> int:
    """Bytes of a stream once its compression is undone. Raises Refused above `most`, and for more than one compression."""
    filters = _filters(stream)
    packed = [one for one in filters if one in _FLATE | _PACKING]
    if len(packed) > 1 or len(filters) > 3:
        raise Refused(TOO_COMPLEX)
    if not packed:
        return len(stream.read_raw_bytes())
    if packed[0] in _PACKING:
        # The library unfolds it whole, within the memory of this process.
        import pikepdf

        return len(stream.read_bytes(pikepdf.StreamDecodeLevel.specialized))
    raw, size, unfolding = _plain(stream.read_raw_bytes(), filters[0]), 0, zlib.decompressobj()
    while raw and not unfolding.eof:
        size += len(unfolding.decompress(raw, 1 << 20))
        raw = unfolding.unconsumed_tail
        if size > most:
            raise Refused(TOO_COMPLEX)
    return size


def _plain(raw: bytes, written: str) -> bytes:
    """Compressed bytes that were written as text."""
    if written in ("/ASCII85Decode", "/A85"):
        return base64.a85decode(raw.rpartition(b"~")[0] or raw)
    if written in ("/ASCIIHexDecode", "/AHx"):
        return bytes.fromhex(raw.partition(b">")[0].decode("ascii"))
    return raw


def _written(given: pikepdf.Pdf) -> bytes:
    import pikepdf

    given.flatten_annotations("screen")
    made = pikepdf.new()
    made.pages.extend(given.pages)
    if "/OCProperties" in given.Root:
        # The layers are those that the pages name: what was copied once is not copied again.
        made.Root.OCProperties = made.copy_foreign(given.make_indirect(given.Root.OCProperties))
    for page in made.pages:
        _bare(page.obj)
    _strip(made)
    out = BytesIO()
    level = pikepdf.StreamDecodeLevel.none
    made.save(out, deterministic_id=True, stream_decode_level=level, min_version=_VERSION)
    return out.getvalue()


def _bare(page: Any) -> None:
    """Leave of a page what is drawn, and its links to addresses."""
    import pikepdf

    links = [link for one in page.get("/Annots", []) if (link := _link(one)) is not None]
    for key in set(page.keys()) - _PAGE | {"/Annots"}:
        if key in page:
            del page[key]
    if links:
        page.Annots = pikepdf.Array(links)


def _link(one: Any) -> pikepdf.Dictionary | None:
    """A new link to the same address; nothing for any other annotation."""
    import pikepdf

    action = one.get("/A") if isinstance(one, pikepdf.Dictionary) and one.get("/Subtype") == "/Link" else None
    if not isinstance(action, pikepdf.Dictionary) or action.get("/S") != "/URI":
        return None
    address = str(action.URI)
    if not address.lower().startswith(_SCHEMES):
        return None
    return pikepdf.Dictionary(
        Type=pikepdf.Name.Annot,
        Subtype=pikepdf.Name.Link,
        Rect=pikepdf.Array(list(one.Rect)),
        Border=pikepdf.Array([0, 0, 0]),
        A=pikepdf.Dictionary(S=pikepdf.Name.URI, URI=pikepdf.String(address)),
    )


def _strip(made: pikepdf.Pdf) -> None:
    """Take out of every object what stands nowhere, and out of photographs what the camera wrote."""
    import pikepdf

    waiting: list[Any] = list(made.objects)
    while waiting:
        one = waiting.pop()
        if isinstance(one, pikepdf.Array):
            waiting += [child for child in one if _is_inside(child)]
            continue
        if not isinstance(one, pikepdf.Dictionary | pikepdf.Stream):
            continue
        gone = _NOWHERE | _IN_NO_STREAM if isinstance(one, pikepdf.Stream) else _NOWHERE
        for key in gone & set(one.keys()):
            del one[key]
        waiting += [child for key in one.keys() if _is_inside(child := one[key])]  # noqa: SIM118 (not a dict)
        if isinstance(one, pikepdf.Stream) and _filters(one) == ["/DCTDecode"]:
            _retake(one)


def _is_inside(child: Any) -> bool:
    """Whether an object stands inside another; what has a number of its own is looked at by itself."""
    import pikepdf

    return isinstance(child, pikepdf.Array | pikepdf.Dictionary) and not child.is_indirect


def _retake(photograph: pikepdf.Stream) -> None:
    import pikepdf

    parms: Any = photograph.get("/DecodeParms")
    data = without_camera(photograph.read_raw_bytes())
    photograph.write(data, filter=pikepdf.Name.DCTDecode, decode_parms=parms)


def without_camera(jpeg: bytes) -> bytes:
    """A JPEG without what a camera wrote: of its APPn segments JFIF, ICC profile and Adobe stay, comments go (ITU-T T.81 B)."""
    if jpeg[:2] != b"\xff\xd8":
        return jpeg
    kept, at = [b"\xff\xd8"], 2
    while at + 4 <= len(jpeg) and jpeg[at] == 0xFF and jpeg[at + 1] != 0xDA:
        marker, end = jpeg[at + 1], at + 2 + int.from_bytes(jpeg[at + 2 : at + 4], "big")
        is_icc = marker == 0xE2 and jpeg[at + 4 : at + 16] == b"ICC_PROFILE\0"
        if not (0xE0 <= marker <= 0xEF or marker == 0xFE) or marker in (0xE0, 0xEE) or is_icc:
            kept.append(jpeg[at:end])
        at = end
    return b"".join([*kept, jpeg[at:]])


def main() -> int:
    """Clean what comes in."""
    limited()
    try:
        sys.stdout.buffer.write(cleaned(sys.stdin.buffer.read()))
    except Refused as refused:
        sys.stderr.write(str(refused))
        return REFUSED
    except (MemoryError, RecursionError):
        sys.stderr.write(TOO_COMPLEX)
        return REFUSED
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
