"""Warnings from comparing files: coordinates outside the state, missing years, more students than enrolled."""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import pandas as pd
import pyarrow as pa

from clustering.errors import Problem
from clustering.ingest.states_of_schools import schools_outside_their_state
from clustering.model.plain_text import school_year_text
from clustering.readers.text.columns import arrow_texts
from clustering.validation.findings import Findings, positions_of

# The files are counted on different days: a difference up to this is no contradiction.
TOLERATED_SHARE = 0.10
TOLERATED_STUDENTS = 10
MAXIMUM_LISTED = 100


def check_coordinates(files: Sequence[Findings], schools: gpd.GeoDataFrame) -> None:
    """
    Warn of schools with coordinates outside their state: a lost sign, swapped coordinates, a wrong geocode.

    Parameters
    ----------
    files
        The schools files; warnings are added to those that have coordinates.
    schools
        The table made of them, EPSG:4326. A school without a known state is not checked.
    """
    ids = arrow_texts(schools.index)
    outside = ids.take(pa.array(schools_outside_their_state(files, ids, schools.geometry.array)))
    if not len(outside):
        return
    for findings in files:
        if "longitude" in findings.headings or findings.table.geometry is not None:
            column = findings.texts("school_id")
            findings.mark(
                column.spread(positions_of(column.texts, outside) >= 0),
                "longitude",
                message="The coordinates lie outside the school's state.",
                remedy="Check their signs (longitudes are negative from Maine to Hawaii), and that latitude and"
                " longitude are not swapped.",
                is_error=False,
            )


def check_years(flows: pd.DataFrame) -> list[Problem]:
    """Warn of school years that are missing between the first and the last year of the flows."""
    years = sorted(int(year) for year in flows["year"].dropna().unique())
    missing = sorted(set(range(years[0], years[-1])) - set(years)) if years else []
    if not missing:
        return []
    shown = ", ".join(map(school_year_text, missing))
    message = f"The flows lack the school year {shown}, though they have years before and after."
    remedy = "Add the missing years; otherwise student counts are averages over the years present."
    return [Problem(table="flows", column="year", message=message, remedy=remedy, is_error=False)]


def check_students_entering(
    flows: pd.DataFrame, grade_enrolment: pd.DataFrame, schools: pd.DataFrame, *, year_count: int | None = None
) -> list[Problem]:
    """
    Warn of schools that receive more students in a grade, by the flows, than they enrol there.

    Parameters
    ----------
    flows
        ``columns.FLOW_COLUMNS`` of the base. Every row counts with the least number of students that it may hold
        (``students_low``): even whether a warning appears must not depend on a small count.
    grade_enrolment
        ``school_id``, ``year``, ``grade``, ``students``; compared with the flows of the year before or, where one of
        the two has no year, with their average over all years.
    schools
        For the names.
    year_count
        School years that the flows are of; by default those that they name.

    Returns
    -------
    warnings
        Without any number of students: a difference of two counts can reveal a small one.
    """
    if grade_enrolment.empty:
        return []
    arriving = flows[flows["destination"].notna() & flows["next_grade"].notna()]
    arriving = arriving.assign(grade=arriving["next_grade"], year=arriving["year"] + 1)
    keys = ["destination", "grade"]
    of_grades = grade_enrolment.rename(columns={"school_id": "destination"})
    if grade_enrolment["year"].notna().any() and arriving["year"].notna().any():
        keys = [*keys, "year"]
        sums = arriving.groupby(keys)["students_low"].sum()
        enrolled = of_grades.groupby(keys)["students"].sum(min_count=1)
    else:
        sums = arriving.groupby(keys)["students_low"].sum() / (year_count or max(1, flows["year"].nunique()))
        by_year = of_grades.groupby([*keys, "year"], dropna=False)["students"].sum(min_count=1)
        enrolled = by_year.groupby(keys).mean()
    both = pd.concat([sums.rename("arriving"), enrolled.rename("enrolled")], axis="columns").dropna()
    limit = both["enrolled"] * (1 + TOLERATED_SHARE) + TOLERATED_STUDENTS
    over = both[both["arriving"] > limit].reset_index()
    listed, further = over.head(MAXIMUM_LISTED), max(0, len(over) - MAXIMUM_LISTED)
    return [
        Problem(
            table="flows",
            column="students",
            value=f"{schools['name'].get(row['destination'], row['destination'])}, grade {row['grade']}",
            school_id=str(row["destination"]),
            message="By the flows, more students enter a grade of the school than it enrols there.",
            remedy="Check these schools: the two files may be of different years, or rows may be there twice.",
            is_error=False,
            further_records=further if number == len(listed) - 1 else 0,
        )
        for number, row in enumerate(listed.to_dict("records"))
    ]
