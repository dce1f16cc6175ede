"""Options that no file took: a reference system where there are no coordinates."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase

from clustering.errors import Problem
from clustering.readers.file_options import Options
from clustering.validation.findings import Findings


def check_crs_was_used(options: Options, files: Iterable[Findings], problems: list[Problem]) -> None:
    """
    Note each reference system that was given for files without coordinates.

    Parameters
    ----------
    options
        The user's options, by name or pattern. One of a pattern may leave out some files, but not all.
    files
        Every file that was opened.
    problems
        Errors are added.
    """
    have_places = {
        findings.table.name
        for findings in files
        if findings.table.geometry is not None or {"latitude", "longitude"} <= set(findings.headings)
    }
    for pattern, given in options.items():
        if given.crs is None or any(pattern == name or fnmatchcase(name, pattern) for name in have_places):
            continue
        name, message = pattern, "The option crs was not used: the file has no coordinates that were recognised."
        if set(pattern) & set("*?["):
            name = "NAME"
            message = "The option crs was not used: no file has coordinates that were recognised."
        y, x = (f"{name}:columns.{column}=HEADING" for column in ("latitude", "longitude"))
        remedy = f"Set {y} and {x}, to those of y and x, or leave crs out."
        problems.append(Problem(table="options", column="crs", value=given.crs[:200], message=message, remedy=remedy))
