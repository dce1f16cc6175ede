"""Files opened in the role they are given in, each read once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pandas as pd

from clustering.errors import InputError, Problem
from clustering.io.headings import recognise_headings
from clustering.io.options import FileOptions, Options, options_for, parse_file_options
from clustering.io.tables import NamedFile, Source, read_table
from clustering.validate.findings import Findings, mark_overlong_cells
from clustering.validate.matrix import is_matrix

Sources = Source | Sequence[Source]


def as_sequence(sources: Sources) -> Sequence[Source]:
    """One source or several, as several."""
    return [sources] if isinstance(sources, (str, Path, NamedFile, pd.DataFrame)) else sources


def name_of(source: Source) -> str:
    """What problems call a source."""
    if isinstance(source, pd.DataFrame):
        return "DataFrame"
    return source.name if isinstance(source, NamedFile) else Path(source).name


def settle_options(options: Options | Iterable[str] | None, encoding: str | None) -> Options:
    """Options by file name, from a mapping or from texts; an encoding for all files is what no file says otherwise."""
    given = dict(options) if isinstance(options, Mapping) else parse_file_options(options or ())
    if encoding is not None:
        everywhere = given.get("*", FileOptions())
        given["*"] = replace(everywhere, encoding=everywhere.encoding or encoding)
    return given


def open_files(
    sources: Mapping[str, Sequence[Source]], options: Options, problems: list[Problem]
) -> dict[str, list[Findings]]:
    """
    Read files into tables of text and recognise their headings.

    Parameters
    ----------
    sources
        Role to files.
    options
        What the user says of them.
    problems
        Faults of files that cannot be read at all are added.

    Returns
    -------
    opened
        Role to the files that could be read, in the order given.
    """
    asked = [(role, source) for role, given in sources.items() for source in given]
    # Parsing and hashing release the interpreter's lock.
    with ThreadPoolExecutor(max_workers=2) as threads:
        tables = list(threads.map(lambda each: _open(each[0], each[1], options), asked))
    opened: dict[str, list[Findings]] = {role: [] for role in sources}
    for (role, _), outcome in zip(asked, tables, strict=True):
        if isinstance(outcome, InputError):
            problems.extend(outcome.problems)
            continue
        findings, missing = outcome
        problems.extend(missing)
        opened[role].append(findings)
    return opened


def _open(role: str, source: Source, options: Options) -> tuple[Findings, list[Problem]] | InputError:
    try:
        table = read_table(source, role=role, options=options_for(name_of(source), options))
    except InputError as error:
        return error
    headings, missing = recognise_headings(
        table.headings, table=table.name, role=role, options=table.options, header_row=table.header_row
    )
    if role == "flows" and is_matrix(table.kind):
        missing = [problem for problem in missing if problem.column not in ("destination", "students")]
    findings = Findings(table=table, role=role, headings=headings, problems=list(table.problems))
    mark_overlong_cells(findings)
    return findings, missing
