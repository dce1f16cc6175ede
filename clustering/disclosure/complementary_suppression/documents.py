"""A suppressed table as it is published: its rows as text, and the report that says how it is protected."""

from __future__ import annotations

from typing import Any

import pandas as pd

from clustering.disclosure.complementary_suppression.suppress_table import SuppressedTable
from clustering.model.plain_text import school_year_text
from clustering.model.records import table_records
from clustering.model.release import software_version

SUPPRESSION_FORMAT = "feeder-zones/suppressed-table/1"
HIDDEN = "*"


def suppressed_flows_table(suppressed: SuppressedTable) -> pd.DataFrame:
    """
    Write a suppressed table as text.

    Parameters
    ----------
    suppressed
        As ``suppress_table`` answers.

    Returns
    -------
    table
        ``origin``, ``destination``, ``grade``, ``next_grade`` and ``school_year`` (as far as they are known),
        ``students`` (``*`` where hidden) and ``protection``, which says in every row that the table is protected.
    """
    students = suppressed.table["students"].astype("str").mask(suppressed.table["students"].isna(), HIDDEN)
    minimum = suppressed.parameters.minimum_students
    protection = f"protected: counts below {minimum} and some others are {HIDDEN}"
    return _with_year(suppressed.table).assign(students=students, protection=protection)


def intervals_table(suppressed: SuppressedTable) -> pd.DataFrame:
    """The hidden cells with ``lowest`` and ``highest``: what a reader can work out of them."""
    return _with_year(suppressed.intervals)


def suppression_document(suppressed: SuppressedTable) -> dict[str, Any]:
    """
    Say how a table is protected, for those who receive it.

    Parameters
    ----------
    suppressed
        As ``suppress_table`` answers.

    Returns
    -------
    document
        Policy, numbers of cells, and the interval of each hidden one. The audit assumes that a reader knows all this.
        Nothing distinguishes small cells from other hidden ones: neither their number nor their students are given.
    """
    intervals, parameters = suppressed.intervals, suppressed.parameters
    values, most = intervals["highest"] - intervals["lowest"] + 1, parameters.minimum_students - 1
    return {
        "format": SUPPRESSION_FORMAT,
        "software": {"name": "feeder-zones", "version": software_version()},
        "statement": (
            f"Cells of 1 to {most} students are hidden, and others with them, so that totals do not give them away. All"
            f" hidden cells are written {HIDDEN}. To a reader who knows all totals, each cell of 1 to {most} keeps at"
            f" least {parameters.least_possible_values} possible values, or all from 0 to the total of its row or"
            " column where that is less."
        ),
        "policy": {
            "minimum_students": parameters.minimum_students,
            "least_possible_values": parameters.least_possible_values,
            "cost": parameters.cost,
            "method": suppressed.method,
        },
        "cells": {
            "published": len(suppressed.table) - len(intervals),
            "hidden": len(intervals),
            "fewest_possible_values": None if intervals.empty else int(values.min()),
        },
        "hidden_cells": table_records(intervals_table(suppressed)),
    }


def _with_year(table: pd.DataFrame) -> pd.DataFrame:
    """Write the year as a school year; leave out columns of grades and years that are empty."""
    names = {fall: school_year_text(int(fall)) for fall in table["year"].dropna().unique()}
    years = table["year"].map(names).astype("str")
    position = table.columns.get_loc("year")
    written = table.drop(columns="year")
    written.insert(int(str(position)), "school_year", years)
    empty = [name for name in ("grade", "next_grade", "school_year") if written[name].isna().all()]
    return written.drop(columns=empty)
