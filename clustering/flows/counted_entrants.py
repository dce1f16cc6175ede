"""Which schools are no neighbourhood schools, beside counted flows: by type, catchment, or far too many entrants."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import numpy as np
import pandas as pd

from clustering.flows.catchments.student_shares import ENTRANCE, EnrolmentSources
from clustering.flows.choice_schools import about_students, choice_schools_by_type, school_labels, shown_students
from clustering.model.ingest_report import ChoiceSchool

# Students are counted when they enter and places when they are enrolled, a year and a half apart at most: in Washington
# no school counts more entrants than places (0.93 for each at most). Twice as many come and go within the year.
MAXIMUM_COUNTED_PER_PLACE = 2.0
_ENTRIES = ("feeding", "against grade order", "unlisted origin")


def choice_schools_beside_counts(
    flows: pd.DataFrame, sources: EnrolmentSources, by_catchment: Collection[ChoiceSchool] = ()
) -> tuple[ChoiceSchool, ...]:
    """
    Find the schools that are no neighbourhood schools, where students were counted.

    Parameters
    ----------
    flows
        ``columns.FLOW_COLUMNS``, protected.
    sources
        Schools and enrolment, for types and places.
    by_catchment
        What the catchments tell, if there are any. Schools that the user alone names are left out: it is no finding.

    Returns
    -------
    found
        Sorted; each school once. Nothing is left out of counted flows: ``is_excluded`` is false. The numbers are the
        students who were counted entering in a year, and the places of the grade that most enter.
    """
    listed = sources.schools
    entrants = _entrants(flows, listed.index, sources)
    types = choice_schools_by_type(listed)
    found = {school.school_id: school for school in by_catchment if school.kind != "named by the user"}
    crowded = entrants.index[entrants["least"] > MAXIMUM_COUNTED_PER_PLACE * entrants["places"]]
    concerned = sorted({*found, *types, *crowded})
    labels = school_labels(listed.loc[listed.index.isin(concerned)])
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
        decided.append(_with_counts(found.get(school, plain), entrants))
    return tuple(decided)


def _entrants(flows: pd.DataFrame, listed: pd.Index, sources: EnrolmentSources) -> pd.DataFrame:
    """The grade that most students enter each school at, with these students a year and the places; index school_id."""
    is_entry = flows["kind"].isin(_ENTRIES) & flows["destination"].isin(listed)
    rows = flows[is_entry & (flows["next_grade"] > flows["grade"]).fillna(value=False)]
    years = max(1, flows["year"].nunique())
    sums = rows.groupby(["destination", "next_grade"])[["students_low", "students_high"]].sum() / years
    table = sums.rename_axis(ENTRANCE).reset_index().astype({"grade": "int64"})
    table = table.assign(
        least=table["students_low"], students=(table["students_low"] + table["students_high"]) / 2
    ).sort_values(["school_id", "students", "grade"], ascending=[True, False, True])
    table = table.drop_duplicates("school_id").reset_index(drop=True)
    return table.assign(places=sources.places(table).to_numpy(dtype="float64")).set_index("school_id")


def _with_counts(school: ChoiceSchool, entrants: pd.DataFrame) -> ChoiceSchool:
    """Say how many students were counted entering, and that counted flows stay."""
    consequence = "Counted flows into it stay."
    if school.school_id not in entrants.index:
        return replace(school, is_excluded=False, statement=f"{school.finding} {consequence}")
    counted = dict(entrants.loc[school.school_id])
    grade, entering, places = int(counted["grade"]), float(round(counted["students"])), float(counted["places"])
    count = f"By the flows {about_students(entering)} students a year enter grade {grade}"
    offered = None if np.isnan(places) else float(round(places))
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
