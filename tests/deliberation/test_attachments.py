"""Attachments over HTTP: images keep their pixels, PDFs what they draw; removed files leave their hash."""

from __future__ import annotations

from io import BytesIO
from typing import Any
from urllib.parse import quote

import pytest
from PIL import Image

from tests.deliberation.conftest import Caller, Town
from tests.deliberation.pdfs import pdf
from voting.core.evidence import journal_entries
from voting.deliberation import attachment_pdfs, attachment_store
from voting.deliberation.proposal_tables import Proposal
from voting.errors import NotFound
from voting.store import writer

PDF_FILE = pdf()
GPS, MAKER = 0x8825, 0x010F


def picture(kind: str = "JPEG", size: tuple[int, int] = (8, 4), **saved: Any) -> bytes:
    """A picture with a red left half, as a phone writes it: maker, place, comment."""
    drawn = Image.new("RGB", size, "white")
    drawn.paste("red", (0, 0, size[0] // 2, size[1]))
    tags = Image.Exif()
    tags[MAKER] = "SecretPhone"
    tags.get_ifd(GPS)[1] = "N"
    out = BytesIO()
    drawn.save(out, kind, **({"exif": tags} | saved))
    return out.getvalue()


def attach(who: Caller, proposal: str, data: bytes, name: str = "南门.jpg", kind: str = "image/jpeg") -> Any:
    path = f"/v1/proposals/{proposal}/attachments?name={name}"
    return who._service.request("POST", path, content=data, headers=who._headers | {"Content-Type": kind})


def content(who: Caller, attachment: str) -> Any:
    return who.ask("GET", f"/attachments/{attachment}/content")


@pytest.mark.parametrize(("kind", "ending"), [("JPEG", ""), ("PNG", ".png"), ("WEBP", ".webp")])
def test_an_image_comes_back_with_its_pixels_and_nothing_of_the_phone(town: Town, kind: str, ending: str) -> None:
    given = picture(kind)
    assert b"SecretPhone" in given
    made = attach(town.li, town.published(), given).json()
    kept = content(town.wang, made["id"])
    assert b"SecretPhone" not in kept.content
    with Image.open(BytesIO(kept.content)) as seen:
        assert (seen.format, seen.size, dict(seen.getexif())) == (kind, (8, 4), {})
        red, green, blue = seen.convert("RGB").getpixel((0, 0))  # type: ignore[misc]  # a pixel of three bands
    assert red > 200
    assert max(green, blue) < 60
    assert kept.headers["content-disposition"] == f"attachment; filename*=UTF-8''%E5%8D%97%E9%97%A8.jpg{ending}"
    assert kept.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in kept.headers["content-security-policy"]


def test_a_picture_taken_on_its_side_is_turned_upright(town: Town) -> None:
    tags = Image.Exif()
    tags[0x0112] = 6  # The camera was turned by a quarter.
    made = attach(town.li, town.published(), picture(exif=tags)).json()
    assert (made["width"], made["height"]) == (4, 8)


def test_a_pdf_that_does_nothing_is_kept_and_comes_by_form_as_well(town: Town) -> None:
    proposal = town.published()
    assert attach(town.li, proposal, PDF_FILE, kind="application/octet-stream").status_code == 201
    path = f"/v1/proposals/{proposal}/attachments?name=方案.pdf"
    made = town.service.request("POST", path, files={"file": ("x", PDF_FILE)}, headers=town.li._headers).json()
    answer = content(town.zhao, made["id"])
    assert (answer.content, answer.headers["content-type"]) == (attachment_pdfs.cleaned(PDF_FILE), "application/pdf")


def moving() -> bytes:
    out = BytesIO()
    frames = [Image.new("RGB", (4, 4), colour) for colour in ("red", "blue")]
    frames[0].save(out, "WEBP", save_all=True, append_images=frames[1:])
    return out.getvalue()


def bomb() -> bytes:
    """A picture of a few kilobytes that unfolds to 50 million pixels."""
    out = BytesIO()
    Image.new("1", (10_000, 5_000)).save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "status", "code"),
    [
        (b"", 422, "attachment_unreadable"),
        (b"<svg onload=alert(1)>", 422, "attachment_unreadable"),
        (picture()[:60], 422, "attachment_unreadable"),
        (b"%PDF-1.7 cut off", 422, "pdf_unreadable"),
        (moving(), 422, "image_moves"),
        (bomb(), 413, "image_too_large"),
        (b"%PDF-" + b"x" * 10_485_760, 413, "attachment_too_large"),
    ],
    ids=["nothing", "svg", "half an image", "half a pdf", "moves", "bomb", "large"],
)
def test_what_is_no_still_image_and_no_pdf_is_refused(town: Town, data: bytes, status: int, code: str) -> None:
    answer = attach(town.li, town.published(), data)
    problem = answer.json()
    assert (answer.status_code, (problem.get("errors") or [problem])[0]["code"]) == (status, code)


def test_tags_that_no_reader_understands_are_refused_as_a_broken_picture(town: Town) -> None:
    tags = Image.Exif()
    tags[MAKER], tags[0x0112] = "X", 6
    sound = picture("WEBP", exif=tags)
    assert b"\x01\x0f\x00\x02" in sound
    answer = attach(town.li, town.published(), sound.replace(b"\x01\x0f\x00\x02", b"\x01\x00\x00\x02"))
    assert answer.json()["errors"][0]["code"] == "attachment_unreadable"


def test_a_second_picture_behind_a_photo_is_left_out(town: Town) -> None:
    first, second = (Image.new("RGB", (8, 4), colour) for colour in ("white", "black"))
    out = BytesIO()
    first.save(out, "MPO", save_all=True, append_images=[second])
    made = attach(town.li, town.published(), out.getvalue()).json()
    with Image.open(BytesIO(content(town.li, made["id"]).content)) as seen:
        assert (seen.format, getattr(seen, "n_frames", 1), seen.convert("L").getpixel((0, 0))) == ("JPEG", 1, 255)


def test_only_authors_attach_and_only_so_many(town: Town) -> None:
    proposal = town.published()
    assert attach(town.wang, proposal, PDF_FILE).json()["code"] == "authors_only"
    assert [attach(town.li, proposal, PDF_FILE).status_code for _ in range(11)] == [201] * 10 + [409]


def test_the_journal_can_be_checked_and_a_removed_file_leaves_its_hash(town: Town) -> None:
    proposal = town.published()
    made = attach(town.li, proposal, PDF_FILE).json()
    assert journal_entries.text_hash(bytes.fromhex(made["salt"]), made["sha256"]).hex() == made["text_hash"]
    path = f"/attachments/{made['id']}/remove"
    assert town.wang.refused(path, {"reason": "r"}) == (403, "role_missing")
    assert town.sun.refused(path) == (422, "reason_required")
    town.sun.post(path + "?dry_run=true", {"reason": "含车牌"})
    assert content(town.li, made["id"]).status_code == 200
    gone = town.sun.post(path, {"reason": "含车牌"})
    assert (gone["salt"], gone["text_hash"]) == (None, made["text_hash"])
    assert (gone["sha256"], gone["name"]) == (None, "")
    assert content(town.li, made["id"]).json()["code"] == "attachment_gone"
    shelf = attachment_store.of(town.service.app.state.services.settings.attachments_url)
    with pytest.raises(NotFound):
        shelf.get(made["id"])
    assert [one["removed_at"] is not None for one in town.li.get(f"/proposals/{proposal}/attachments")["items"]] == [
        True
    ]


def test_pictures_are_drawn_before_anything_is_held_and_only_for_those_who_may_attach(town: Town) -> None:
    proposal = town.published()
    with writer(town.service.engine) as session:
        session.get_one(Proposal, proposal, with_for_update=True)
        assert attach(town.li, proposal, b"no picture").json()["errors"][0]["code"] == "attachment_unreadable"
    assert attach(town.wang, proposal, b"no picture").json()["code"] == "authors_only"


@pytest.mark.parametrize(("name", "saved"), [("a.html", "a.html.pdf"), ("南门.PDF", "南门.PDF"), ("../x", "../x.pdf")])
def test_a_file_is_saved_as_what_it_is(town: Town, name: str, saved: str) -> None:
    made = attach(town.li, town.published(), PDF_FILE, name=name).json()
    told = content(town.li, made["id"]).headers["content-disposition"]
    assert told == f"attachment; filename*=UTF-8''{quote(saved, safe='')}"


def test_a_dry_run_keeps_no_file(town: Town) -> None:
    proposal = town.published()
    path = f"/v1/proposals/{proposal}/attachments?name=x&dry_run=true"
    told = town.service.request(
        "POST", path, content=PDF_FILE, headers=town.li._headers | {"Content-Type": "application/pdf"}
    )
    shelf = attachment_store.of(town.service.app.state.services.settings.attachments_url)
    assert told.status_code == 201
    assert town.li.get(f"/proposals/{proposal}/attachments")["items"] == []
    with pytest.raises(NotFound):
        shelf.get(told.json()["id"])


def test_files_of_a_draft_are_told_when_it_is_published(town: Town) -> None:
    draft = town.proposal()
    made = attach(town.li, draft, PDF_FILE).json()
    assert town.wang.refused(f"/attachments/{made['id']}", method="GET") == (404, "attachment_not_found")
    town.li.post(f"/proposals/{draft}/submit")
    town.sun.post(f"/proposals/{draft}/publish")
    assert content(town.wang, made["id"]).status_code == 200
