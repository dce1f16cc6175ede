"""The command that says how files are read: of any files, each alone, or of files whose roles the user names."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from app.cli.options import Inputs, with_files_of_any_role
from app.cli.render import progress_bar, show_facts, show_report, show_written, stopping_on_errors
from app.cli.render_checks import show_check
from clustering import (
    InputError,
    Problem,
    check_document,
    check_files,
    json_bytes,
    report_with_counts,
    with_protection,
    write_package,
    write_report,
)

_NOT_READABLE = 1


@with_files_of_any_role
def check(
    inputs: Inputs,
    files: Annotated[
        list[Path] | None,
        typer.Argument(help="Files, folders and patterns of any kind: what each is, is told by its contents."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(help="Folder for check.json or, of files with roles, the report, rows set aside and crosswalk."),
    ] = None,
) -> None:
    """Report what files are and hold, what is used of them, and what is doubtful or missing; propose nothing."""
    with stopping_on_errors():
        if files and any(inputs.files.values()):
            remedy = "Name all files without options (zones check FILE...), or each with its role (--schools FILE ...)."
            raise InputError([Problem(table="files", message="Some files have a role and others none.", remedy=remedy)])
        if files:
            _check_any(inputs, files, out)
        else:
            _check_roles(inputs, out)


def _check_any(inputs: Inputs, files: list[Path], out: Path | None) -> None:
    """Look at each file alone; exit status 1 if one is not recognised or cannot be read."""
    with progress_bar() as progress:
        progress("Reading", 0.0)
        checked = check_files(files, options=inputs.file_options, encoding=inputs.encoding)
    contents = {"check.json": json_bytes(check_document(checked))}
    written = (
        [] if out is None else write_package(contents, out, name="check", title="What files are, and what they hold")
    )
    show_check(checked)
    show_written(written)
    if not checked.all_readable:
        raise typer.Exit(_NOT_READABLE)


def _check_roles(inputs: Inputs, out: Path | None) -> None:
    """Read the files together, each in the role that the user names."""
    if not any(inputs.files.values()):
        remedy = "Write zones check FILE..., or zones check --schools FILE --flows FILE ..."
        raise InputError([Problem(table="files", message="There is no file.", remedy=remedy)])
    with progress_bar() as progress:
        progress("Reading", 0.0)
        # As the service does when files are uploaded, so that both say the same numbers.
        scenario = with_protection(inputs.scenario(), "standard", progress=progress)
    report = report_with_counts(scenario)
    written = write_report(report, out) if out is not None else []
    show_report(report)
    show_facts(report)
    show_written(written)
