"""PDFs put together by hand, object by object, as nobody's program would write them."""

from __future__ import annotations

import zlib
from collections.abc import Mapping

PAGE = "/Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] /Contents 4 0 R /Resources << >>"
DRAWN = b"0 0 1 rg 20 20 100 100 re f"


def stream(told: str, data: bytes) -> bytes:
    """A stream with its dictionary."""
    return f"<< {told} /Length {len(data)} >>\nstream\n".encode() + data + b"\nendstream"


def pdf(root: str = "", page: str = "", more: Mapping[int, str | bytes] | None = None, trailer: str = "") -> bytes:
    """One page with a square, and what is added: to the catalogue, to the page, further objects by number, to the trailer."""
    objects: dict[int, str | bytes] = {
        1: f"<< /Type /Catalog /Pages 2 0 R {root} >>",
        2: "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        3: f"<< {PAGE} {page} >>",
        4: stream("", DRAWN),
    } | dict(more or {})
    out, places = bytearray(b"%PDF-1.7\n"), {}
    for number, one in objects.items():
        places[number] = len(out)
        out += f"{number} 0 obj\n".encode() + (one if isinstance(one, bytes) else one.encode()) + b"\nendobj\n"
    size, begin = max(objects) + 1, len(out)
    out += f"xref\n0 {size}\n0000000000 65535 f \n".encode()
    for number in range(1, size):
        place = places.get(number)
        out += b"0000000000 00000 f \n" if place is None else f"{place:010} 00000 n \n".encode()
    out += f"trailer\n<< /Size {size} /Root 1 0 R {trailer} >>\nstartxref\n{begin}\n%%EOF\n".encode()
    return bytes(out)


def packed(told: str, size: int) -> bytes:
    """A stream that unfolds to so many bytes of nothing."""
    return stream(f"/Filter /FlateDecode {told}", unfolding(size))


def unfolding(size: int) -> bytes:
    """What unfolds to so many bytes of nothing."""
    packer, parts = zlib.compressobj(9), []
    for _ in range(size >> 20):
        parts.append(packer.compress(bytes(1 << 20)))
    return b"".join([*parts, packer.flush()])
