"""Which cells of a file are the value, the numerator and the denominator of which indicator."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pandas as pd

from clustering.conditions.progress.catalogue import ProgressIndicator
from clustering.model.spelling import british, heading_of, in_both_spellings
from clustering.readers.recognition.headings import heading_key
from clustering.validation.findings import Findings

PARTS = ("value", "numerator", "denominator")
GROUP_COLUMN = "student_group"
_ALL_STUDENTS = frozenset({"", "all", "all students", "total", "overall"})


def cells_of(findings: Findings, catalogue: Sequence[ProgressIndicator]) -> Iterator[pd.DataFrame]:
    """
    Find the cells of each indicator.

    Parameters
    ----------
    findings
        The file; problems are added where an indicator is not known, and rows of groups of students are set aside.
    catalogue
        The indicators there are.

    Yields
    ------
    cells
        One table per indicator: ``record``, ``indicator_id``, the texts of ``PARTS``, and for each of these the
        canonical name of its column in ``findings`` (``value_column`` ...).
    """
    groups = findings.column(GROUP_COLUMN).str.lower()
    findings.set_aside(~groups.isin(_ALL_STUDENTS), "The row is of a group of students, not of all.")
    if "indicator" in findings.headings:
        yield from _long_cells(findings, catalogue)
    else:
        yield from _wide_cells(findings, catalogue)


def _long_cells(findings: Findings, catalogue: Sequence[ProgressIndicator]) -> Iterator[pd.DataFrame]:
    known = {
        british(heading_key(name)): each.indicator_id
        for each in reversed(catalogue)
        for name in (*each.headings, *each.numerator_headings, each.title, each.indicator_id)
    }
    names = findings.texts("indicator")
    ids = pd.Series([known.get(british(heading_key(text)), "") for text in names.distinct()], dtype="str")
    findings.mark_texts(
        (ids == "") & (names.distinct() != ""),
        "indicator",
        message="There is no such indicator of progress; its rows are set aside.",
        remedy=f"Name one of {', '.join(each.indicator_id for each in catalogue)}.",
        is_error=False,
    )
    indicator = pd.Series(names.spread(ids), dtype="str")
    findings.mark(
        findings.column("indicator") == "",
        "indicator",
        message="The row does not say which indicator it is.",
        remedy="Name the indicator in every row.",
    )
    findings.set_aside(indicator == "", "There is no such indicator of progress.")
    cells = pd.DataFrame(
        {
            "record": range(len(findings.table)),
            "indicator_id": indicator,
            **{part: findings.column(part) for part in PARTS},
            **{f"{part}_column": part for part in PARTS},
        }
    )
    for _, of_indicator in cells[findings.kept()].groupby("indicator_id"):
        yield of_indicator.reset_index(drop=True)


def _wide_cells(findings: Findings, catalogue: Sequence[ProgressIndicator]) -> Iterator[pd.DataFrame]:
    keys: dict[str, str] = {}
    for heading in findings.table.headings:
        keys.setdefault(heading_key(heading), heading)
    keys = in_both_spellings(keys)
    for canonical in PARTS:  # words of a file with a row per indicator, which mean nothing here
        findings.headings.pop(canonical, None)
    kept = findings.kept()
    is_any = False
    for indicator in catalogue:
        found = {
            "value": heading_of(indicator.headings, keys),
            "numerator": heading_of(indicator.numerator_headings, keys),
            "denominator": heading_of(indicator.denominator_headings, keys),
        }
        if found["value"] is None and (found["numerator"] is None or found["denominator"] is None):
            continue
        is_any = True
        names = {part: f"{indicator.indicator_id} ({part})" for part in PARTS}
        findings.headings |= {names[part]: heading for part, heading in found.items() if heading is not None}
        cells = pd.DataFrame(
            {
                "record": range(len(findings.table)),
                "indicator_id": indicator.indicator_id,
                **{part: findings.column(names[part]) for part in PARTS},
                **{f"{part}_column": name for part, name in names.items()},
            }
        )
        yield cells[kept].reset_index(drop=True)
    if not is_any:
        findings.note(
            "The file has neither a column indicator, nor a column for any indicator of progress.",
            f"Name columns as the indicators: {', '.join(each.headings[0] for each in catalogue if each.headings)}.",
            is_error=True,
        )
