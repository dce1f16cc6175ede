"""Which schools are no neighbourhood schools, beside counted flows: by type, catchment, or far too many entrants."""

from __future__ import annotations

import math
from collections.abc import Collection, Hashable, Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from clustering.flows.catchments.student_shares import EnrolmentSources
from clustering.flows.choice_schools import about_students, choice_schools_by_type, school_labels, shown_students
from clustering.model.columns import FLOW_KINDS
from clustering.model.ingest_report import ChoiceSchool
from clustering.model.positions import positions_of

# Students are counted when they enter and places when they are enrolled, a year and a half apart at most: in Washington
# no school counts more entrants than places (0.93 for each at most). Twice as many come and go within the year.
MAXIMUM_COUNTED_PER_PLACE = 2.0
_ENTRIES = [FLOW_KINDS.index(kind) for kind in ("feeding", "against grade order", "unlisted origin")]
_ENDS = ("students_low", "students_high")
_NO_GRADE = -9


def choice_schools_beside_counts(
    flows: pd.DataFrame,
    sources: EnrolmentSources,
    by_catchment: Collection[ChoiceSchool] = (),
    *,
    year_count: int | None = None,
) -> tuple[ChoiceSchool, ...]:
    """
    Find the schools that are no neighbourhood schools, where students were counted.

    Parameters
    ----------
    flows
        ``columns.FLOW_COLUMNS`` of the base: the findings are shown.
    sources
        Schools and enrolment, for types and places.
    by_catchment
        What the catchments tell, if there are any. Schools that the user alone names are left out: it is no finding.
    year_count
        School years that the flows are of; by default those that they name.

    Returns
    -------
    found
        Sorted; each school once. Nothing is left out of counted flows: ``is_excluded`` is false. The numbers are the
        students who were counted entering in a year, and the places of the grade that most enter.
    """
    listed = sources.schools
    entrants = _entrants(flows, listed.index, sources, year_count or max(1, flows["year"].nunique()))
    types = choice_schools_by_type(listed)
    found = {school.school_id: school for school in by_catchment if school.kind != "named by the user"}
    crowded = entrants.index[entrants["students_low"] > MAXIMUM_COUNTED_PER_PLACE * entrants["places"]]
    concerned = sorted({*found, *types, *crowded})
    labels = school_labels(listed.loc[listed.index.isin(concerned)])
    counts = entrants[entrants.index.isin(concerned)].to_dict("index")
    decided = []
    for school in concerned:
        reason = f"its type is {types[school]}" if school in types else "far more students enter it than it has places"
        named = f"{labels.get(school, school)} is no neighbourhood school, as far as the files tell: {reason}."
        plain = ChoiceSchool(
            school_id=school,
            kind="school type" if school in types else "more entrants than places",
            is_excluded=False,
            finding=named,
            statement=named,
        )
        decided.append(_with_counts(found.get(school, plain), counts.get(school)))
    return tuple(decided)


def _entrants(flows: pd.DataFrame, listed: pd.Index, sources: EnrolmentSources, year_count: int) -> pd.DataFrame:
    """The grade that most students enter each school at, with these students a year and the places; index school_id."""
    is_entry = np.isin(pd.Categorical(flows["kind"], categories=FLOW_KINDS).codes, _ENTRIES)
    rows = flows.loc[is_entry, ["destination", "grade", "next_grade", "students", *_ENDS]]
    grade, next_grade = (rows[name].to_numpy("int64", na_value=_NO_GRADE) for name in ("grade", "next_grade"))
    school = positions_of(rows["destination"], listed)
    is_counted = (school >= 0) & (grade > _NO_GRADE) & (next_grade > grade)
    counts = rows.loc[is_counted, list(_ENDS)] / year_count
    table = counts.groupby([school[is_counted], next_grade[is_counted]]).sum().rename_axis(["position", "grade"])
    table = table.reset_index().assign(students=lambda each: (each["students_low"] + each["students_high"]) / 2)
    table = table.sort_values(["position", "students", "grade"], ascending=[True, False, True])
    table = table.drop_duplicates("position").reset_index(drop=True)
    table = table.assign(school_id=listed[table["position"].to_numpy(dtype="int64")])
    return table.assign(places=sources.places(table).to_numpy(dtype="float64")).set_index("school_id")


def _with_counts(school: ChoiceSchool, counted: Mapping[Hashable, float] | None) -> ChoiceSchool:
    """Say how many students were counted entering, and that counted flows stay."""
    consequence = "Counted flows into it stay."
    if counted is None:
        return replace(school, is_excluded=False, statement=f"{school.finding} {consequence}")
    grade, entering, places = int(counted["grade"]), float(round(counted["students"])), float(counted["places"])
    low, high = round(float(counted["students_low"])), round(float(counted["students_high"]))
    # Many suppressed cells leave a sum wide open: the middle of it would say more than is known.
    number = about_students(entering) if low == high else f"between {low:,} and {high:,}"
    count = f"By the flows {number} students a year enter grade {grade}"
    offered = None if math.isnan(places) else float(round(places))
    if offered is not None:
        count += f", where it has {about_students(offered)} places"
    return replace(
        school,
        is_excluded=False,
        next_grade=grade,
        entrants_students=shown_students(entering),
        places_students=None if offered is None else shown_students(offered),
        statement=f"{school.finding} {count}. {consequence}",
    )
