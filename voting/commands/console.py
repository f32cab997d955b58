"""How commands speak: tables and progress bars on a terminal, plain aligned text and plain lines when piped.

What was asked for goes to standard output; progress and refusals go to standard error.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NoReturn

import typer
from rich import box
from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)
from rich.table import Table
from rich.text import Text

PIPED_WIDTH = 160
"""Columns of a table that no terminal cuts."""


def show(*tables: Table) -> None:
    """Print tables to standard output."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=PIPED_WIDTH, color_system=None)
    for table in tables:
        console.print(table)


def table(title: str, *headers: str, numbers: tuple[int, ...] = ()) -> Table:
    """An empty table; the columns at the places `numbers` are aligned to the right."""
    framed = Console().is_terminal
    made = Table(
        title=Text(title) if title else None,
        title_justify="left",
        title_style="bold",
        box=box.ROUNDED if framed else None,
        pad_edge=framed,
    )
    for place, header in enumerate(headers):
        made.add_column(Text(header), justify="right" if place in numbers else "left", overflow="fold")
    return made


def row(table: Table, *cells: object, style: str = "") -> None:
    """Add a row; cells are shown as they are, never as markup."""
    table.add_row(*(Text(str(cell)) for cell in cells), style=style)


def say(line: str = "") -> None:
    """One line to standard output, never wrapped."""
    typer.echo(line)


def note(line: str) -> None:
    """One line to standard error."""
    typer.echo(line, err=True)


def fail(line: str, status: int = 1) -> NoReturn:
    """Say what went wrong and end with this status."""
    note(f"yishi: {line}")
    raise typer.Exit(status)


@contextmanager
def progress(label: str, total: int) -> Iterator[Callable[[int], None]]:
    """Long work: call the given function with how much more is done. A bar on a terminal, two lines elsewhere."""
    console = Console(stderr=True)
    if not console.is_terminal:
        note(f"{label}: {total} …")
        yield lambda done: None
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console) as bar:
        task = bar.add_task(label, total=total)
        yield lambda done: bar.advance(task, done)


@contextmanager
def transfer(label: str) -> Iterator[Callable[[int, int | None], None]]:
    """Bytes on their way: call the given function with how many are there and, where known, how many there will be."""
    console = Console(stderr=True)
    if not console.is_terminal:
        note(f"{label} …")
        yield lambda got, whole: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, console=console) as bar:
        task = bar.add_task(label, total=None)
        yield lambda got, whole: bar.update(task, completed=got, total=whole)
