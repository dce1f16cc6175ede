"""Files without a known column of identifiers: the column whose cells are those of listed schools is named."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from clustering.errors import Problem
from clustering.ingest.open_files import InputFiles
from clustering.readers.recognition.headings import heading_key
from clustering.readers.recognition.likely_columns import likely_headings
from clustering.validation.findings import Findings, positions_of
from clustering.validation.listed_identifiers import column_of_listed_schools
from clustering.validation.repeated_identifiers import joining_option_of_listed

# What the last part of an identifier may be called, besides headings that are like those of a whole identifier.
_LAST_PART = re.compile(
    r"(^|_)(school|schl|sch|site|location|loc|bldg|building|campus)(_?(code|cd|no|num|number|nbr|id))?$"
)


def name_columns_of_identifiers(
    inputs: InputFiles, problems: list[Problem], *, of_names: Collection[Problem | None] = ()
) -> None:
    """
    Name the column that has identifiers of the schools files, where a file has no known column of them.

    Parameters
    ----------
    inputs
        The files, with what was noted of missing columns.
    problems
        The remedy of such a problem then says which option takes the column.
    of_names
        Problems of files that name schools in words; these are left alone.
    """
    for findings, problem in inputs.heading_errors:
        if (
            findings.role == "schools"
            or problem.column != "school_id"
            or problem in of_names
            or problem not in problems
        ):
            continue
        option = option_of_identifiers(findings, "school_id", _listed_identifiers(inputs.files.get("schools", ())))
        if option is not None:
            _, _, rest = problem.remedy.partition(". ")
            remedy = f"Set {option}, which has identifiers of the schools files. {rest}".strip()
            problems[problems.index(problem)] = replace(problem, remedy=remedy)


def option_of_identifiers(
    findings: Findings, canonical: str, known: pa.StringArray, *, least: int = 1, name_heading: str | None = None
) -> str | None:
    """
    Find the option that takes the column, or the columns to be joined, with identifiers of listed schools.

    Parameters
    ----------
    findings
        A file without a known column of identifiers.
    canonical
        What the column is taken as.
    known
        Identifiers of the listed schools.
    least
        Number of schools that a single column has to name.
    name_heading
        A column taken for names. Its cells may be identifiers, or the last part of joined ones, all the same.

    Returns
    -------
    option
        ``columns.school_id=SchCode``; ``None`` if no columns have identifiers of the schools.
    """
    if name_heading is not None and _are_mostly_listed(findings, name_heading, known):
        return f"columns.{canonical}={name_heading}"
    if heading := column_of_listed_schools(findings, known, least=least):
        return f"columns.{canonical}={heading}"
    if canonical != "school_id":
        return None
    unused = [*findings.unused_headings(), *([] if name_heading is None else [name_heading])]
    last = [*likely_headings("school_id", unused), *(each for each in unused if _LAST_PART.search(heading_key(each)))]
    in_one_number = pc.replace_substring(known, "-", "")
    known = pc.unique(pa.concat_arrays([known, in_one_number]))
    options = (joining_option_of_listed(findings, known, own=heading) for heading in dict.fromkeys(last))
    return next(filter(None, options), None)


def _are_mostly_listed(findings: Findings, heading: str, known: pa.StringArray) -> bool:
    entries = findings.table.column(heading).texts
    return 2 * int((positions_of(entries, known) >= 0).sum()) > len(entries)


def _listed_identifiers(files: Sequence[Findings]) -> pa.StringArray:
    """Identifiers of the schools files."""
    texts = [findings.texts("school_id").texts for findings in files if "school_id" in findings.headings]
    return pa.concat_arrays(texts) if texts else pa.array([], type=pa.string())
