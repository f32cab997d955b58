"""`yishi import-register`: a register file into a community of a running service, after a look at what it would do."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from clients.python import Client, Invalid, YishiClientError
from clients.python.answers import ImportReport
from voting.commands import console


def import_register(
    file: Annotated[Path, typer.Argument(help="CSV (UTF-8 or GB 18030) or XLSX.", exists=True, dir_okay=False)],
    community: Annotated[str, typer.Option(metavar="ID", help="The community.")],
    token: Annotated[str, typer.Option(envvar="YISHI_TOKEN", help="Key or access token of who may import.")],
    url: Annotated[str, typer.Option(envvar="YISHI_URL", help="The service.")] = "http://127.0.0.1:8000",
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask after the dry run.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what would happen.")] = False,
    locale: Annotated[str, typer.Option(help="Language of the report: en or zh-CN.")] = "en",
) -> None:
    """Import a register, all rows or none. Shows what it would do first, and asks."""
    content = file.read_bytes()
    try:
        with Client(url, token, locale=locale, timeout=120) as client:
            report = client.register.import_file(community, content, dry_run=True)
            _show(report, "Would do")
            if dry_run:
                return
            if not yes and not typer.confirm("Import?", default=False):
                console.fail("nothing was imported")
            _show(client.register.import_file(community, content), "Done")
    except Invalid as refusal:
        _show_faults(refusal)
    except YishiClientError as error:
        console.fail(str(error))


def _show(report: ImportReport, title: str) -> None:
    table = console.table(
        f"{title}: {report.rows_read} rows", "what", "added", "changed", "ended", "as it was", numbers=(1, 2, 3, 4)
    )
    for kind, count in report.counts.items():
        console.row(table, kind, count.added, count.changed, count.ended, count.unchanged)
    console.show(table)
    for fault in report.rows:
        console.note(f"row {fault.row}, {fault.column}: {fault.detail}")


def _show_faults(refusal: Invalid) -> None:
    console.note(refusal.detail or refusal.title)
    table = console.table("", "where", "what")
    for fault in refusal.errors:
        console.row(table, fault.pointer, fault.detail or fault.code)
    console.show(table)
    for fix in dict.fromkeys(fault.fix for fault in refusal.errors if fault.fix):
        console.note(fix)
    console.fail("nothing was imported")
