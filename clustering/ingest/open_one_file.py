"""A file that is read alone, such as a plan or a checklist, opened as the files of a Scenario are."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from clustering.errors import InputError, Problem
from clustering.ingest.feeder_steps import divide_feeder_tables
from clustering.ingest.files_of_names import join_by_name
from clustering.ingest.given_options import check_option_names, merge_options
from clustering.ingest.open_files import Sources, as_sequence, open_files
from clustering.readers.feeder_tables import ROLE as FEEDER_TABLE
from clustering.readers.file_options import Options
from clustering.readers.given_sources import named_sources
from clustering.readers.raw_table import Source, name_of
from clustering.readers.recognition.file_kinds import PLAIN_KINDS
from clustering.validation.findings import Findings

ReadOptions = Options | Iterable[str]


def open_one_file(
    source: Source,
    role: str,
    options: ReadOptions | None,
    encoding: str | None,
    *,
    name_matches: Sources = None,
    schools: pd.DataFrame | None = None,
) -> Findings:
    """
    Open a file in one role.

    Parameters
    ----------
    source
        A path, an open file, or a table in memory, which is called by the role.
    role
        A key of ``aliases.ALIASES``.
    options, encoding
        As for ``read_scenario``.
    name_matches
        Which school is meant by each name, where the file has names and no identifiers.
    schools
        ``school_id``, ``name``, ``district_id`` and ``district_name`` of the schools that it may name in words;
        ``None`` for a file of identifiers only.

    Returns
    -------
    findings
        The table with its recognised headings. A plan may turn out to be a feeder table, and then has this role and a
        record for each school and next school.

    Raises
    ------
    InputError
        The file cannot be read, or a required column is missing.
    """
    problems: list[Problem] = []
    file_options = merge_options(options, encoding)
    given = {role: [source], **({"name_matches": as_sequence(name_matches)} if schools is not None else {})}
    with named_sources(given) as named:
        check_option_names(file_options, [each for of_role in named.values() for each in of_role], problems)
        opened = open_files(named, file_options, problems)
        if schools is not None:
            divide_feeder_tables(opened, schools)
            join_by_name(opened, problems, schools)
    found = opened.files[role] or opened.files.get(FEEDER_TABLE, [])
    if not problems and not found:
        message = f"The file does not look like what is wanted here ({PLAIN_KINDS[role]})."
        remedy = f"Check that it is the right file, or say kind={PLAIN_KINDS[role]}."
        problems.append(Problem(table=name_of(named[role][0]), message=message, remedy=remedy))
    if problems:
        raise InputError(problems)
    (findings,) = found[:1]
    findings.problems += [problem for each in opened.files.get("name_matches", ()) for problem in each.problems]
    return findings


def refuse_errors(findings: Findings) -> None:
    """Raise an InputError with every error found in a file, if there are any. Warnings raise nothing."""
    errors = [problem for problem in findings.problems if problem.is_error]
    if errors:
        raise InputError(errors)
