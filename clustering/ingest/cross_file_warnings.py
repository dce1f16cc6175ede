"""Cross-checks between and within files: what each table alone cannot show to be doubtful."""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from clustering.disclosure.protected_base import MINIMUM_CELL_STUDENTS, ROUNDING_STUDENTS, suppress_flows
from clustering.errors import Problem
from clustering.ingest.state_bounds import state_bounds
from clustering.readers.text.columns import arrow_texts, numpy_of
from clustering.validation.findings import Findings, positions_of

# The files are counted on different days: up to so much more is no contradiction.
TOLERATED_SHARE = 0.10
TOLERATED_STUDENTS = 10
MAXIMUM_TOLD = 100
NOT_SAID = -9


def check_places(files: Sequence[Findings], schools: gpd.GeoDataFrame) -> None:
    """
    Warn of schools that stand outside their state: a lost sign, swapped coordinates, a geocoder's mistake.

    Parameters
    ----------
    files
        The school files; warnings are added to those that give coordinates.
    schools
        The table made of them, EPSG:4326. The state is what a column ``state`` says, else the first two digits of a
        twelve-digit NCES identifier; a school without either is not checked.
    """
    ids = arrow_texts(schools.index)
    boxes = state_bounds()
    names = np.array([*boxes])
    state = _states(files, ids, pa.array(names))
    is_placed = schools.geometry.notna().to_numpy()
    checked = np.flatnonzero(is_placed & (state >= 0))
    west, south, east, north = np.array([boxes[str(name)] for name in names])[state[checked]].T
    longitude, latitude = shapely.get_coordinates(schools.geometry.array[checked]).T
    across = west > east
    inside = np.where(across, (longitude >= west) | (longitude <= east), (longitude >= west) & (longitude <= east))
    strangers = ids.take(pa.array(checked[~(inside & (latitude >= south) & (latitude <= north))]))
    if not len(strangers):
        return
    for findings in files:
        if "longitude" in findings.headings or findings.table.geometry is not None:
            column = findings.texts("school_id")
            findings.mark(
                column.spread(positions_of(column.texts, strangers) >= 0),
                "longitude",
                message="The coordinates lie outside the school's state.",
                remedy="Check their signs (longitudes are negative from Maine to Hawaii), and that latitude and"
                " longitude are not swapped.",
                is_error=False,
            )


def check_years(flows: pd.DataFrame) -> list[Problem]:
    """Warn of school years missing between the first and the last of the flows; none counts as following the gap."""
    years = sorted(int(year) for year in flows["year"].dropna().unique())
    missing = sorted(set(range(years[0], years[-1])) - set(years)) if years else []
    if not missing:
        return []
    shown = ", ".join(f"{year}-{(year + 1) % 100:02d}" for year in missing)
    message = f"The flows have no school year {shown}, though they have years before and after."
    remedy = "Add the years, or know that means are taken over the years present."
    return [Problem(table="flows", column="year", message=message, remedy=remedy, is_error=False)]


def check_entering(flows: pd.DataFrame, grade_enrolment: pd.DataFrame, schools: pd.DataFrame) -> list[Problem]:
    """
    Warn of schools into which flows bring more students than they have in the grade entered.

    Parameters
    ----------
    flows
        ``columns.FLOW_COLUMNS``; protected first, and every cell counts with the least that it may hold then: even
        that a warning is given must not depend on a small count.
    grade_enrolment
        ``school_id``, ``year``, ``grade``, ``students``; compared with the flows of the year before or, where it has no
        year, with the mean over the years of the flows.
    schools
        For the names.

    Returns
    -------
    warnings
        Without any number of students: a difference of two counts can reveal a small one.
    """
    if grade_enrolment.empty:
        return []
    arriving = flows[flows["destination"].notna() & flows["next_grade"].notna()]
    protected = suppress_flows(arriving)
    # A cell shown as 20 holds 15 or more, one shown as 10 holds 10 or more.
    least = (protected["students_low"] - ROUNDING_STUDENTS / 2).clip(lower=MINIMUM_CELL_STUDENTS)
    least = least.where(protected["students"] > 0, protected["students_low"])
    arriving = protected.assign(students_low=least, grade=arriving["next_grade"], year=arriving["year"] + 1)
    keys = ["destination", "grade"]
    if grade_enrolment["year"].notna().any():
        keys = [*keys, "year"]
        sums = arriving.groupby(keys)["students_low"].sum()
    else:
        sums = arriving.groupby(keys)["students_low"].sum() / max(1, flows["year"].nunique())
    enrolled = grade_enrolment.rename(columns={"school_id": "destination"}).groupby(keys)["students"].sum(min_count=1)
    both = pd.concat([sums.rename("arriving"), enrolled.rename("enrolled")], axis="columns").dropna()
    limit = both["enrolled"] * (1 + TOLERATED_SHARE) + TOLERATED_STUDENTS
    over = both[both["arriving"] > limit].reset_index()
    return [
        Problem(
            table="flows",
            column="students",
            school_id=str(row["destination"]),
            message="The flows bring more students into a grade than the school enrols there.",
            remedy=f"Check {schools['name'].get(row['destination'], row['destination'])}, grade {row['grade']}: the two"
            " files may be of different years, or rows may stand twice.",
            is_error=False,
        )
        for row in over.head(MAXIMUM_TOLD).to_dict("records")
    ]


def _states(files: Sequence[Findings], ids: pa.StringArray, names: pa.StringArray) -> np.ndarray:
    """
    Place of each school's state among names, -1 for none of them.

    Told by postal abbreviation or federal code; the first record that says one counts.
    """
    state = np.full(len(ids), -1)
    for findings in reversed(files):
        schools = findings.texts("school_id")
        if "state" in findings.headings:
            column = findings.texts("state")
            upper = pc.utf8_upper(column.texts)
            said = column.spread(np.where(numpy_of(pc.equal(upper, "")), NOT_SAID, positions_of(upper, names)))
        else:
            is_federal = pc.and_(pc.equal(pc.binary_length(schools.texts), 12), pc.ascii_is_decimal(schools.texts))
            code = positions_of(pc.utf8_slice_codeunits(schools.texts, 0, 2), names)
            said = schools.spread(np.where(numpy_of(is_federal), code, NOT_SAID))
        place = schools.spread(findings.places("school_id", ids))
        telling = np.flatnonzero((said != NOT_SAID) & (place >= 0))[::-1]
        state[place[telling]] = said[telling]  # of several records the one assigned last, the first, stays
    return state
