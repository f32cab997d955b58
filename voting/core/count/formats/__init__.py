"""Formats of ballots and results, one file each. A parser refuses a whole file and names line and column of the fault."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from voting.core.count.formats import blt, cvr, preflib, ranks_csv
from voting.core.count.formats.ballot_file import BallotFile

READERS: Mapping[str, Callable[[str], BallotFile]] = {
    ".blt": blt.read,
    ".csv": ranks_csv.read,
    ".soc": preflib.read,
    ".soi": preflib.read,
    ".toc": preflib.read,
    ".toi": preflib.read,
    ".cvr.json": cvr.read,
}
"""How a ballot file is read, by the end of its name. A case (`.json`) says more than ballots: `case_form.read`."""

__all__ = ["READERS", "BallotFile"]
