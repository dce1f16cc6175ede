"""Ways of students over two promotions, followed through as many school years as the school between takes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from clustering.flows.crosswalk.apply import find_successors
from clustering.flows.records.counting import count_numbers, pack_numbers
from clustering.flows.records.trajectories import Trajectories
from clustering.model.columns import FLOW_KINDS, PATH_COLUMNS
from clustering.model.grades import LAST_FEEDING_GRADE, PRESCHOOL, final_grades_from
from clustering.model.years_in_a_row import last_in_a_row
from clustering.readers.student_records.decode import NO_GRADE
from clustering.readers.text.columns import arrow_texts
from clustering.validation.flows.flow_cells import FlowCells
from clustering.validation.flows.flow_kinds import kinds_of_cells

RECORD_BASIS = "student records"
_YEARS, _GRADES = 3_000, NO_GRADE - PRESCHOOL + 1


def follow_paths(
    trajectories: Trajectories, grades_offered: pd.Series, *, crosswalk: pd.DataFrame | None = None
) -> pd.DataFrame:
    """
    Count who was promoted out of a into b, and later out of b into h.

    Parameters
    ----------
    trajectories
        Of ``derive_promotions``.
    grades_offered
        Bit mask of every listed school, index ``school_id``.
    crosswalk
        Its confirmed rows tell under which identifier a school of earlier years goes on. A school divided among several
        keeps its earlier one; ``crosswalk.rename_paths`` divides it.

    Returns
    -------
    paths
        ``columns.PATH_COLUMNS``, exact counts of students: they need protection before they are shown.

    Notes
    -----
    One rule decides who repeats a grade, or moves and comes back: what counts is the next promotion out of a final
    grade, of whatever school. If that school is b, its destination is theirs. If it is another one, or there is none
    because they left the records or are in another school when these end, the destination is missing. Those who are
    still in b when the records end are not followed and not counted.

    Only students count who entered b so early that the records reach the year after b's final grade. Of later entrants
    those who leave b early would be seen, and those who stay would not.
    """
    names = _present_names(trajectories, crosswalk, grades_offered)
    masks = grades_offered.reindex(names.ids).fillna(-1).to_numpy(dtype="int64")
    moves = _promotions_out(trajectories, names.school, masks)
    entries = _entries_seen_whole(trajectories, names.school, masks, moves)
    ways = _next_promotion(trajectories, names.school, entries, moves.rows)
    return _count_ways(ways, names.ids)


@dataclass(frozen=True, kw_only=True, repr=False)
class _Names:
    """Position in ``ids``, sorted, of the school of each row of the trajectories, as it is called today."""

    school: np.ndarray
    ids: pd.Index


def _present_names(trajectories: Trajectories, crosswalk: pd.DataFrame | None, grades_offered: pd.Series) -> _Names:
    """Replace the schools that the crosswalk leads to one school of today."""
    ids = trajectories.school_ids
    confirmed = None if crosswalk is None else crosswalk[crosswalk["confirmed"]]
    if confirmed is None or not (is_old := ids.isin(confirmed["old_id"])).any():
        return _Names(school=trajectories.school, ids=ids)
    rows = np.flatnonzero(is_old[trajectories.school])
    columns = trajectories.school[rows], trajectories.year[rows], trajectories.grade[rows].astype("int64") - PRESCHOOL
    cells, cell = np.unique(pack_numbers((_YEARS, _GRADES), *columns), return_inverse=True)
    schools_and_years, grades = np.divmod(cells, _GRADES)
    grades += PRESCHOOL
    schools, years = np.divmod(schools_and_years, _YEARS)
    lookups = pd.DataFrame(
        {
            "school_id": ids.take(schools),
            "fall": pd.array(years, dtype="Int64"),
            "grade": pd.arrays.IntegerArray(grades, grades == NO_GRADE),
        }
    )
    found = find_successors(lookups, confirmed, grades_offered)
    single = found[~found.duplicated(["school_id", "fall", "grade"], keep=False)]
    successor = lookups.merge(single, on=["school_id", "fall", "grade"], how="left")["successor"]
    today = successor.fillna(lookups["school_id"])
    all_ids = pd.Index(ids.union(pd.Index(today.unique())).sort_values(), dtype="str")
    school = all_ids.get_indexer(ids).astype(np.int32)[trajectories.school]
    school[rows] = all_ids.get_indexer(today).astype(np.int32)[cell]
    return _Names(school=school, ids=all_ids)


@dataclass(frozen=True, kw_only=True, repr=False)
class _Moves:
    """
    Promotions out of a final grade into another school.

    Parameters
    ----------
    rows
        Row of the trajectories in which the student is in the final grade, sorted.
    is_feeding
        Whether the next school leads further up.
    masks
        Grades offered by each school, those that are unknown as far as students were seen to stay for the next grade.
    """

    rows: np.ndarray
    is_feeding: np.ndarray
    masks: np.ndarray


def _promotions_out(trajectories: Trajectories, school: np.ndarray, masks: np.ndarray) -> _Moves:
    grade, is_followed = trajectories.grade, trajectories.is_followed[:-1]
    is_promoted = is_followed & (grade[1:] > grade[:-1]) & (grade[1:] != NO_GRADE)
    is_same = school[1:] == school[:-1]
    moved = np.flatnonzero(is_promoted & ~is_same)
    # In schools whose grades are not known, or that are not listed, the students tell where a grade is not the last.
    stayed = np.flatnonzero(is_promoted & is_same & (masks <= 0)[school[:-1]])
    rows = np.concatenate([moved, stayed])
    nothing = np.zeros(0)
    cells = FlowCells(
        ids=arrow_texts(pd.Index([], dtype="str")),
        origin=school[rows],
        destination=school[rows + 1],
        grade=grade[rows],
        next_grade=grade[rows + 1],
        year=nothing,
        students=nothing,
        low=nothing,
        high=nothing,
    )
    kinds = kinds_of_cells(cells, np.maximum(masks, 0)).cat.codes.to_numpy()[: len(moved)]
    is_out = np.isin(kinds, [FLOW_KINDS.index("feeding"), FLOW_KINDS.index("against grade order")])
    seen = np.where(masks > 0, masks, 0)
    np.bitwise_or.at(seen, school[stayed], 1 << (grade[stayed].astype("int64") - PRESCHOOL + 1))
    return _Moves(rows=moved[is_out], is_feeding=kinds[is_out] == FLOW_KINDS.index("feeding"), masks=seen)


def _entries_seen_whole(trajectories: Trajectories, school: np.ndarray, masks: np.ndarray, moves: _Moves) -> np.ndarray:
    """Rows in which students enter a listed school that they will leave while the records still go on."""
    entries = moves.rows[moves.is_feeding] + 1
    entries = entries[masks[school[entries]] >= 0]
    grade, year = trajectories.grade[entries].astype("int64"), trajectories.year[entries].astype("int64")
    final = final_grades_from(moves.masks[school[entries]], grade)
    last = last_in_a_row(year, _years_of(trajectories))
    seen_whole: np.ndarray = entries[(final <= LAST_FEEDING_GRADE) & (year + (final - grade) + 1 <= last)]
    return seen_whole


def _years_of(trajectories: Trajectories) -> np.ndarray:
    """Falls of which there are records."""
    first = int(trajectories.year.min())
    years: np.ndarray = np.flatnonzero(np.bincount(trajectories.year - first)) + first
    return years


@dataclass(frozen=True, kw_only=True, repr=False)
class _Ways:
    """Positions of origin, via and destination of each student followed; a missing destination is -1."""

    origin: np.ndarray
    via: np.ndarray
    destination: np.ndarray


def _next_promotion(trajectories: Trajectories, school: np.ndarray, entries: np.ndarray, leaving: np.ndarray) -> _Ways:
    """Find the next promotion out of a final grade of each student who entered a school."""
    via = school[entries]
    ends = np.flatnonzero(~trajectories.is_followed)
    end = ends[np.searchsorted(ends, entries)] if len(entries) else entries
    following = np.append(leaving, len(school))[np.searchsorted(leaving, entries)]
    is_promoted = following < end
    row = np.where(is_promoted, following, end)
    goes_on = is_promoted & (school[row] == via)
    destination = np.where(goes_on, school[np.where(goes_on, row + 1, row)], -1)
    has_left = ~is_promoted & np.isin(trajectories.year[row] + 1, _years_of(trajectories))
    is_known = is_promoted | has_left | (school[row] != via)
    return _Ways(
        origin=school[entries - 1][is_known], via=via[is_known], destination=destination[is_known].astype(np.int64)
    )


def _count_ways(ways: _Ways, ids: pd.Index) -> pd.DataFrame:
    none = len(ids)  # sorts last
    destination = np.where(ways.destination < 0, none, ways.destination)
    cells, counts = count_numbers(pack_numbers((none + 1, none + 1), ways.origin, ways.via, destination))
    pairs, destinations = np.divmod(cells, none + 1)
    origins, vias = np.divmod(pairs, none + 1)
    students = counts.astype("float64")
    paths = pd.DataFrame(
        {
            "origin": ids.take(origins),
            "via": ids.take(vias),
            "destination": ids.array.take(np.where(destinations < none, destinations, -1), allow_fill=True),
            **dict.fromkeys(("students", "students_low", "students_high"), students),
            "basis": RECORD_BASIS,
        },
        columns=list(PATH_COLUMNS),
    )
    return paths.astype(dict.fromkeys(("origin", "via", "destination", "basis"), "str"))
