"""Receivers whose catchment says nothing of where students go: choice, alternative and city-wide schools."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely

from clustering.flows.choice_schools import about_students, shown_students
from clustering.model.ingest_report import ChoiceKind, ChoiceSchool

# The neighbourhood high schools of Philadelphia, where many students choose another school, have up to 3.9 residents
# who would enter for each of their places. More than that is no matter of choosing another school.
MAXIMUM_ENTRANTS_PER_PLACE = 4.0
# A catchment covers another if it holds nearly all of it; borders drawn twice differ a little.
COVERED_SHARE = 0.9
# One catchment inside another may be a small school's corner of a large one's; two are a map of its own below it.
MINIMUM_COVERED = 2
# A school is only left out where other schools take over most of its catchment: nobody is left without a school.
MOSTLY_SHARED = 0.5
MAXIMUM_NAMED = 10


@dataclass(frozen=True, kw_only=True)
class _Finding:
    """A school and grade entered, why it is no neighbourhood school, and whether others take over its catchment."""

    school_id: str
    grade: int
    kind: ChoiceKind
    reason: str
    is_taken_over: bool
    covered: tuple[str, ...] = ()


def find_choice_catchments(
    entering: pd.DataFrame,
    entrants_without: Callable[[frozenset[str]], pd.Series],
    places: pd.Series,
    *,
    types: Mapping[str, str],
    labels: Mapping[str, str],
) -> tuple[ChoiceSchool, ...]:
    """
    Find the receivers whose catchment is that of a choice, alternative or city-wide school.

    Parameters
    ----------
    entering
        ``school_id``, ``grade``, ``shape`` [metre, equal-area]: catchments by grade entered.
    entrants_without
        Returns the students who would enter, index ``school_id`` and ``grade``, if some receivers are left out; empty
        if no number of students is known.
    places
        Places by ``school_id`` and ``grade``; missing where unknown.
    types
        School to its published type, for schools of which the type says it.
    labels
        What to call a school, where it has a name.

    Returns
    -------
    found
        One per school, sorted; the statement says what was found. A school is found if its catchment covers those of
        two or more others that students enter at the same grade; by its type; or if, without these, more than
        ``MAXIMUM_ENTRANTS_PER_PLACE`` students for each of its places would enter. ``is_excluded`` proposes to leave
        out those of whose catchment other schools take over at least half; the others are only named.
    """
    everyone = entrants_without(frozenset())
    first = [*_covering(entering, labels), *_of_types(entering, types)]
    gone = {finding.school_id for finding in first}
    first = [_taken_over(finding, entering, gone) for finding in first]
    rest = entrants_without(frozenset(finding.school_id for finding in first if finding.is_taken_over))
    per_place = (rest / places.reindex(rest.index)).drop(list(gone), level="school_id", errors="ignore")
    beyond = per_place[per_place > MAXIMUM_ENTRANTS_PER_PLACE].index
    second = [
        _Finding(school_id=school, grade=grade, kind="more entrants than places", reason="", is_taken_over=False)
        for school, grade in beyond
    ]
    gone |= {finding.school_id for finding in second}
    findings = [*first, *(_taken_over(finding, entering, gone) for finding in second)]
    found: dict[str, ChoiceSchool] = {}
    for finding in findings:
        entrants = everyone if finding.kind != "more entrants than places" else rest
        found.setdefault(finding.school_id, _describe(finding, entrants, places, labels))
    return tuple(found[school] for school in sorted(found))


def _covering(entering: pd.DataFrame, labels: Mapping[str, str]) -> list[_Finding]:
    """Schools whose catchment covers those of several others, each properly smaller than its own."""
    shapes = entering["shape"].to_numpy()
    areas = shapely.area(shapes)
    first, second = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    ids, grades = entering["school_id"].to_numpy(), entering["grade"].to_numpy()
    may_cover = (ids[first] != ids[second]) & (grades[first] == grades[second])
    may_cover &= areas[second] < COVERED_SHARE * areas[first]
    # Most neighbours only touch: where even the boxes around them have too little in common, so have the catchments.
    may_cover &= _common_box_areas(shapes, first, second) >= COVERED_SHARE * areas[second]
    first, second = first[may_cover], second[may_cover]
    common = shapely.area(shapely.intersection(shapes[first], shapes[second]))
    covers = common >= COVERED_SHARE * areas[second]
    inside: dict[int, set[str]] = {}
    for row, other in zip(first[covers].tolist(), ids[second[covers]].tolist(), strict=True):
        inside.setdefault(row, set()).add(other)
    return [
        _Finding(
            school_id=str(ids[row]),
            grade=int(grades[row]),
            kind="covers catchments",
            reason=f"its catchment covers those of {len(covered)} other schools that students enter at the same grade"
            f" ({_named(covered, labels)})",
            is_taken_over=False,
            covered=covered,
        )
        for row, covered in ((row, tuple(sorted(inside[row]))) for row in sorted(inside))
        if len(covered) >= MINIMUM_COVERED
    ]


def _common_box_areas(shapes: np.ndarray, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    bounds = shapely.bounds(shapes)
    low = np.maximum(bounds[first, :2], bounds[second, :2])
    high = np.minimum(bounds[first, 2:], bounds[second, 2:])
    areas: np.ndarray = np.maximum(high - low, 0).prod(axis=1)
    return areas


def _of_types(entering: pd.DataFrame, types: Mapping[str, str]) -> list[_Finding]:
    rows = entering[entering["school_id"].isin(list(types))]
    return [
        _Finding(
            school_id=school,
            grade=int(grade),
            kind="school type",
            reason=f"its type is {types[school]}",
            is_taken_over=False,
        )
        for school, grade in zip(rows["school_id"], rows["grade"], strict=True)
    ]


def _taken_over(finding: _Finding, entering: pd.DataFrame, gone: Collection[str]) -> _Finding:
    """Tell whether schools that are not ``gone`` take over most of the catchment."""
    at_grade = entering[entering["grade"] == finding.grade]
    own = at_grade.loc[at_grade["school_id"] == finding.school_id, "shape"]
    others = at_grade.loc[~at_grade["school_id"].isin(list(gone)), "shape"].to_numpy()
    if own.empty or not len(others):
        return finding
    shape = own.iloc[0]
    near = others[shapely.STRtree(others).query(shape, predicate="intersects")]
    shared = shapely.area(shapely.intersection(shape, shapely.union_all(near)))
    is_taken_over = bool(shared >= MOSTLY_SHARED * shapely.area(shape))
    return _Finding(**{**vars(finding), "is_taken_over": is_taken_over})


def _describe(finding: _Finding, entrants: pd.Series, places: pd.Series, labels: Mapping[str, str]) -> ChoiceSchool:
    key = (finding.school_id, finding.grade)
    entering, offered = (_known(counts, key) for counts in (entrants, places))
    numbers = []
    if entering is not None:
        numbers.append(f"{about_students(entering)} students would enter grade {finding.grade} by their address")
        if offered is not None:
            numbers[0] += f", where it has {about_students(offered)} places"
    if not finding.is_taken_over:
        numbers.append("no other schools take over most of its catchment")
    reasons = "; ".join([*filter(None, [finding.reason]), *numbers])
    label = labels.get(finding.school_id, finding.school_id)
    statement = f"{label} is no neighbourhood school, as far as the files tell: {reasons}."
    return ChoiceSchool(
        school_id=finding.school_id,
        kind=finding.kind,
        is_excluded=finding.is_taken_over,
        next_grade=finding.grade,
        entrants_students=shown_students(entering),
        places_students=shown_students(offered),
        covered=finding.covered,
        finding=statement,
        statement=statement,
    )


def _known(counts: pd.Series, key: tuple[str, int]) -> float | None:
    value = counts.get(key, np.nan)
    return None if np.isnan(value) else float(round(value))


def _named(ids: Collection[str], labels: Mapping[str, str]) -> str:
    named = ", ".join(labels.get(school, school) for school in list(ids)[:MAXIMUM_NAMED])
    return named + (", ..." if len(ids) > MAXIMUM_NAMED else "")
