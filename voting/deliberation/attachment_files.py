"""Files that residents attach: images drawn anew without anything but their pixels, and PDFs written anew so that nothing acts.

Sources: the signatures of PNG, JPEG, WebP (by Pillow, which alone reads them) and PDF (ISO 32000-1 §7.5.2, §7.5.5). A picture
from a phone says where and when it was taken, and by which phone; drawn anew it says nothing. A PDF is written anew by
`voting.deliberation.attachment_pdfs`, and served as a download that no page may run. Sizes are bytes and pixels.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any

from voting.deliberation import attachment_pdfs
from voting.errors import Invalid, TooLarge, YishiError

if TYPE_CHECKING:
    from PIL.Image import Image

MOST_BYTES = 10_485_760
MOST_PIXELS = 40_000_000
"""A picture of a few kilobytes may unfold to gigabytes: it is measured before it is unfolded."""
IMAGES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
PDF = "application/pdf"
_ENDINGS = {"image/jpeg": (".jpg", ".jpeg"), "image/png": (".png",), "image/webp": (".webp",), PDF: (".pdf",)}
_SAVED: Mapping[str, Mapping[str, Any]] = {"JPEG": {"quality": 88}, "PNG": {"optimize": True}, "WEBP": {"quality": 88}}


@dataclass(frozen=True, slots=True)
class File:
    """What is kept of a file."""

    media_type: str
    data: bytes
    width: int | None = None
    height: int | None = None

    @property
    def sha256(self) -> bytes:
        """Of the bytes that are kept."""
        return hashlib.sha256(self.data).digest()


def cleaned(data: bytes) -> File:
    """The file as it is kept. Raises TooLarge, or Invalid where it is neither a still image nor a whole PDF.

    May take seconds: no transaction waits meanwhile.
    """
    if len(data) > MOST_BYTES:
        raise TooLarge("attachment_too_large", limit=MOST_BYTES, size=len(data))
    if data.startswith(b"%PDF-"):
        return File(PDF, attachment_pdfs.cleaned(data))
    return _image(data)


def download_name(name: str, media_type: str) -> str:
    """What a file is called where it is saved: always as what it is. A PDF may begin a page or a program as well."""
    endings = _ENDINGS[media_type]
    return name if name.lower().endswith(endings) else name + endings[0]


def _image(data: bytes) -> File:
    try:
        return _redrawn(data)
    except YishiError:
        raise
    except Exception as error:  # Whatever the readers of broken pictures stumble over.
        raise Invalid.at("", "attachment_unreadable") from error


def _redrawn(data: bytes) -> File:
    # Loaded here: most processes never see a picture, and it takes a twentieth of a second.
    from PIL import Image, ImageOps

    with Image.open(BytesIO(data), formats=tuple(IMAGES)) as opened:
        if opened.width * opened.height > MOST_PIXELS:
            raise TooLarge("image_too_large", limit=MOST_PIXELS, size=opened.width * opened.height)
        # Phones put a second picture behind a JPEG, for its depth or its light: the first is what everybody sees.
        kind = "JPEG" if opened.format == "MPO" else opened.format or ""
        if kind != "JPEG" and getattr(opened, "n_frames", 1) > 1:
            raise Invalid.at("", "image_moves")
        drawn = _drawn(ImageOps.exif_transpose(opened), kind)
    out = BytesIO()
    drawn.save(out, kind, **_SAVED[kind])
    return File(IMAGES[kind], out.getvalue(), drawn.width, drawn.height)


def _drawn(upright: Image, kind: str) -> Image:
    """A new picture with the pixels of the old: no place, no time, no phone, no preview, no text."""
    from PIL import Image

    is_clear = kind != "JPEG" and ("A" in upright.getbands() or "transparency" in upright.info)
    pixels = upright.convert("RGBA" if is_clear else "RGB")
    drawn = Image.new(pixels.mode, pixels.size)
    drawn.paste(pixels)
    return drawn
