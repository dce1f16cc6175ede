"""What files are, each and together, as text on a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from app.cli.render import delimiter_name, describe_kind, entry, heading, messages, plain, screen
from clustering import FileCheck, FilesCheck, IdentifierMatch, SourceFile, problem_kinds

SHOWN_UNUSED = 20


def show_check(check: FilesCheck) -> None:
    """What each file is and holds, what is wrong with it, and what all of them are together."""
    for file in check.files:
        heading(f"{file.name}: {_role(file)}")
        if file.reason:
            entry(file.reason)
        for table in file.tables:
            entry(f"{table.name}: {table.rows_read:,} records", *_lines_of_table(table))
        for line in _lines_of_contents(file):
            entry(line)
        for kind in file.kinds:
            style = None if kind.is_error else "yellow"
            messages.print(describe_kind(kind, "Problem" if kind.is_error else "Warning"), style=style)
    _show_together(check)


def _role(file: FileCheck) -> str:
    if file.role is not None:
        return file.role.replace("_", " ") + ("" if file.is_readable else ", cannot be used yet")
    possible = " or ".join(role.replace("_", " ") for role in file.possible_roles)
    return f"{possible}?" if possible else "not recognised"


def _lines_of_table(table: SourceFile) -> Iterator[str]:
    row = "" if table.header_row is None else f"headings in row {table.header_row}"
    form = (table.kind, table.container, table.encoding, delimiter_name(table.delimiter), row)
    yield ", ".join(part for part in form if part)
    if table.columns:
        yield "Taken: " + ", ".join(f"{name} = {column}" for name, column in table.columns.items())
    if table.likely_columns:
        options = ", ".join(f"columns.{name}={column}" for column, name in table.likely_columns.items())
        yield f"Not taken, though they look like it: {options}"
    if others := [column for column in table.unused_columns if column not in table.likely_columns]:
        more = f" and {len(others) - SHOWN_UNUSED:,} more" if len(others) > SHOWN_UNUSED else ""
        yield f"Not used: {', '.join(others[:SHOWN_UNUSED])}{more}"
    if table.role != "students":
        yield from (f"Set aside: {reason} ({count:,})" for reason, count in table.set_aside_reasons.items())


def _lines_of_contents(file: FileCheck) -> Iterator[str]:
    if file.facts:
        yield ", ".join(f"{name.replace('_', ' ')} {count:,}" for name, count in file.facts.items())
    if file.years:
        yield f"School years: {', '.join(file.years)}"
    if file.groups:
        yield f"Groups of students: {', '.join(file.groups)}"
    if file.lists:
        yield "May be an official list: " + ", ".join(
            f"{name} ({', '.join(each)})" for name, each in file.lists.items()
        )
    if file.crs:
        yield f"Reference system: {file.crs}"
    if file.extent is not None:
        west, south, east, north = file.extent
        yield f"Places: longitude {west:g} to {east:g}, latitude {south:g} to {north:g}"


def _show_together(check: FilesCheck) -> None:
    heading("Together")
    for match in check.matches:
        entry(_describe_match(match))
    for sentence in check.missing:
        entry(sentence)
    for kind in problem_kinds((*check.notes, *check.problems)):
        style = None if kind.is_error else "yellow"
        messages.print(describe_kind(kind, "Problem" if kind.is_error else "Warning"), style=style)
    if check.command:
        heading(f"The command that proposes Zones from these files{'' if check.is_complete else ', once all is there'}")
        screen.print(plain(check.command), soft_wrap=True)
    for command in check.other_commands:
        screen.print(plain(command), soft_wrap=True)


def _describe_match(match: IdentifierMatch) -> str:
    share = 0.0 if match.share_listed is None else match.share_listed
    text = f"{match.name}: {match.listed:,} of {match.identifiers:,} schools ({share:.0%}) are in the schools files"
    others = {
        "but for zeros in front": match.without_zeros,
        "by the state's identifier": match.of_the_state,
        "by name": match.names,
    }
    text += "".join(f"; {count:,} more {how}" for how, count in others.items() if count)
    return f"{text}; not found: {', '.join(match.examples)}" if match.examples else f"{text}."
