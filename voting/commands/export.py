"""`yishi export`: a bundle's ballots or results in a format of others. Needs no service and no network."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated, BinaryIO

import typer

from voting.commands import console
from voting.commands.whole_file import whole_file
from voting.core.count.formats.ballot_file import BallotFile
from voting.core.evidence import bundle, bundle_exports, bundle_read, bundle_zip
from voting.core.evidence.bundle_exports import About
from voting.core.evidence.bundle_read import Bundle
from voting.core.evidence.bundle_zip import NotABundle
from voting.core.evidence.events import Closed, Corrected, Counted, Recounted


class Format(StrEnum):
    """What a bundle can be exported as."""

    blt = "blt"
    csv = "csv"
    cvr = "cvr"
    results = "results"


MEMBERS = {
    Format.blt: "export/ballots.blt",
    Format.csv: "export/ballots.csv",
    Format.cvr: "export/cvr-cdf.json",
    Format.results: "export/results-cdf.json",
}
_WHY_NOT = {
    Format.blt: "BLT cannot hold grades, nor an overvote whose marks are unknown",
    Format.csv: "there is no table",
    Format.cvr: "a cast vote record holds ranks; these ballots hold grades",
    Format.results: "methods that compare pairs give no option a number of votes",
}


def export(
    file: Annotated[Path, typer.Argument(metavar="BUNDLE", help="A bundle, as `yishi bundle` brings it.")],
    form: Annotated[Format, typer.Option("--format", help="BLT, CSV, or the NIST formats of records and results.")],
    out: Annotated[Path | None, typer.Option(help="Where to; without it, standard output.")] = None,
) -> None:
    """Write the ballots or the results of BUNDLE in another format."""
    try:
        with file.open("rb") as opened, _sink(out) as sink:
            for piece in _pieces(bundle_read.read(opened), form):
                sink.write(piece)
    except NotABundle as error:
        console.fail(f"{file}: {error}")
    except OSError as error:
        console.fail(f"{error.filename}: {error.strerror}")


@contextmanager
def _sink(out: Path | None) -> Iterator[BinaryIO]:
    if out is None:
        yield sys.stdout.buffer
        return
    with whole_file(out) as opened:
        yield opened


def _pieces(read: Bundle, form: Format) -> Iterable[bytes]:
    member = MEMBERS[form]
    if member in read:
        return bundle_zip.content(read.file, read.entries[member])
    if form is not Format.results and bundle.PATTERNS not in read:
        console.fail("the publish mode of this contest withholds its ballots")
    if form is not Format.cvr or read.opened().method == bundle_exports.GRADED:
        console.fail(_WHY_NOT[form])
    return _records(read)


def _records(read: Bundle) -> Iterator[bytes]:
    """The report with a record for each ballot, which a bundle of very many ballots does not hold."""
    about = _about(read)
    file = BallotFile(about.options, read.patterns(), about.seats, about.withdrawn, about.contest)
    with console.progress("Ballots written", file.cast) as progress:
        for piece in bundle_exports.records(about, file):
            yield piece.encode()
            progress(piece.count('"CVR.CVR"'))


def _about(read: Bundle) -> About:
    opened, events = read.opened(), read.events()
    return About(
        contest=opened.contest,
        community=opened.community,
        method=opened.method,
        seats=opened.seats,
        options=tuple(option.id for option in opened.options),
        withdrawn=tuple(opened.rules.get("excluded_candidates", ())),
        reported_at=next(e.at for e in reversed(events) if isinstance(e, Counted | Recounted | Corrected)),
        starts_on=opened.at.date(),
        ends_on=next(e.at for e in events if isinstance(e, Closed)).date(),
    )
