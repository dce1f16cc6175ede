"""Persistence: the share of a Zone's students who are still in the Zone some years later."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from clustering.analysis.arguments import number_problems, refuse
from clustering.model.arguments import of_type
from clustering.model.columns import SHARE_DIGITS, STUDENT_DIGITS
from clustering.model.scenario import Scenario
from clustering.zones.feeder_graph import read_students
from clustering.zones.feeder_sums import refuse_single_years
from clustering.zones.parameters import ProposalParameters
from clustering.zones.proposal import Proposal
from clustering.zones.protection_choice import protect

if TYPE_CHECKING:
    from scipy import sparse

MAXIMUM_YEARS = 12
LAST_GRADE = 12

_COUNTS = ("start_students", "finished_students", "unknown_students", "staying_students")


def measure_persistence(scenario: Scenario, proposal: Proposal, *, years: int = 2) -> pd.DataFrame:
    """
    Follow the students of every Zone's schools for some years.

    Parameters
    ----------
    scenario
        The inputs that the proposal was made from.
    proposal
        Its Zones, its years, its reading of suppressed cells and its disclosure: computed on the protected table,
        unless the proposal is of exact counts.
    years
        Years later, 1 to 12.

    Returns
    -------
    table
        A row per Zone, sorted: ``zone_id``, ``years``, ``start_students`` (in the Zone's schools in the first year,
        mean over the first years), ``finished_students`` (who have finished grade 12 by then: in grade 12 or above and
        without a school, or a row, a year later; whether they graduated the flows do not say), ``unknown_students`` (in
        a school of the Zone, in a grade for which the flows of the next year have no row), ``staying_students`` (in a
        school of the Zone at the end, wherever between), ``persistence`` = staying / (start - finished - unknown)
        [0 to 1],
        ``schools_without_rows`` (schools of the Zone with more than one grade and no row of students who stay inside),
        ``first_years`` (falls, separated by ``"; "``) and ``shares_used``. The numbers are missing where a school of
        the Zone has no rows of students who stay inside: then the flows tell of its final grade only.

        The shares of each school's and grade's students who go to each school and grade a year later, over rows of
        every kind, are composed year by year. That assumes that a student's next move does not depend on the last; if
        those who moved once tend to move again, persistence is underestimated. ``shares_used`` says ``each year's own``
        where the flows have so many years in succession, and ``the same in every year`` where they do not: then the
        shares of all years together stand for each. Students in schools that the files do not list are followed no
        further and count as out of the Zone. Rows without a grade are left out.

    Raises
    ------
    InputError
        ``years`` is out of range.
    """
    of_type("scenario", scenario, Scenario, "the Scenario that read_scenario answers")
    of_type("proposal", proposal, Proposal, "the Proposal that propose_zones answers for this scenario")
    zones = {zone.zone_id: [member.school_id for member in zone.members] for zone in proposal.zones}
    return measure_persistence_of_schools(scenario, zones, proposal.parameters, years=years)


def measure_persistence_of_schools(
    scenario: Scenario,
    zone_schools: Mapping[str, Sequence[str]],
    parameters: ProposalParameters | None = None,
    *,
    years: int = 2,
) -> pd.DataFrame:
    """
    Follow the students of any sets of schools, as :func:`measure_persistence` follows those of a proposal's Zones.

    Parameters
    ----------
    scenario
        The inputs.
    zone_schools
        Zone to its schools.
    parameters
        Which years, how suppressed cells are read, and the disclosure; by default those of a request.
    years
        Years later, 1 to 12.

    Returns
    -------
    table
        As of :func:`measure_persistence`, in the order of the Zones.

    Raises
    ------
    InputError
        ``years`` is out of range, or the request is for some of the years that the base adds up.
    """
    of_type("scenario", scenario, Scenario, "the Scenario that read_scenario answers")
    refuse(number_problems("years", years, 1, MAXIMUM_YEARS))
    moves = _moves(scenario, parameters or ProposalParameters())
    zones = list(zone_schools.values())
    inside = _inside(zones, moves)
    spans, shares_used = _spans(moves, years)
    counts = [_follow(moves, inside, span) for span in spans]
    table = pd.DataFrame(
        {"zone_id": list(zone_schools), "years": years}
        | {name: np.mean([count[name] for count in counts], axis=0) for name in _COUNTS}
    ).astype({"zone_id": "str"})
    followed = table["start_students"] - table["finished_students"] - table["unknown_students"]
    table["persistence"] = (table["staying_students"] / followed.where(followed > 1e-9)).round(SHARE_DIGITS)
    table["schools_without_rows"] = _schools_without_rows(scenario, zones, moves)
    table[list(_COUNTS)] = table[list(_COUNTS)].round(STUDENT_DIGITS)
    table.loc[table["schools_without_rows"] > 0, [*_COUNTS, "persistence"]] = np.nan
    first = "; ".join(str(span[0]) for span in spans if span[0] is not None)
    return table.assign(first_years=first or None, shares_used=shares_used).astype({"first_years": "str"})


@dataclass(frozen=True, kw_only=True, eq=False)
class _Moves:
    """
    Students by state, a school and a grade, and state a year later.

    ``rows`` has ``origin``, ``year``, ``students``, ``is_continuation``, ``state`` and ``next_state`` (numbers; -1
    without a school) and ``is_finish``; ``schools`` names the school of each state, ``is_last_grade`` tells whether it
    is in grade 12 or above, and ``pooled_years`` how many years are added up in each row.
    """

    rows: pd.DataFrame
    schools: np.ndarray
    is_last_grade: np.ndarray
    pooled_years: int


def _moves(scenario: Scenario, parameters: ProposalParameters) -> _Moves:
    """Rows of the flows with a grade, under the request's reading of suppressed cells."""
    base = protect(scenario, parameters.disclosure)
    if base.pooled_years:
        refuse_single_years(parameters.years, base.pooled_years)
    flows, years = base.flows, () if base.pooled_years else parameters.years
    flows = flows[flows["grade"].notna() & (flows["year"].isin(years) if years else True)]
    has_school = flows["destination"].notna().to_numpy()
    # A grade that is not known has a number of its own, of which no row starts.
    grades = np.r_[flows["grade"].to_numpy("int64"), flows["next_grade"].fillna(-9).to_numpy("int64")[has_school]]
    schools = pd.concat([flows["origin"], flows.loc[has_school, "destination"]])
    states = pd.MultiIndex.from_arrays([schools, grades])
    numbers, found = pd.factorize(states, sort=True)
    next_state = np.full(len(flows), -1)
    next_state[has_school] = numbers[len(flows) :]
    rows = pd.DataFrame(
        {
            "origin": flows["origin"].to_numpy(),
            "year": flows["year"].to_numpy(),
            "students": read_students(flows, parameters.assumed_students(base)),
            "is_continuation": (flows["kind"] == "continuation").to_numpy(),
            "state": numbers[: len(flows)],
            "next_state": next_state,
            "is_finish": ~has_school & (flows["grade"] >= LAST_GRADE).to_numpy(dtype=bool),
        }
    )
    of_states = found.get_level_values(1).to_numpy("int64")
    return _Moves(
        rows=rows,
        schools=found.get_level_values(0).to_numpy(),
        is_last_grade=of_states >= LAST_GRADE,
        pooled_years=len(base.pooled_years) or 1,
    )


def _inside(zones: Sequence[Sequence[str]], moves: _Moves) -> sparse.csr_array:
    """Which states lie in which Zone [Zones, states]."""
    from scipy import sparse  # noqa: PLC0415 (slow to load)

    pairs = pd.DataFrame(
        [(number, school) for number, schools in enumerate(zones) for school in schools],
        columns=["zone", "school"],
    ).astype({"zone": "int64", "school": "str"})
    states = pd.DataFrame({"school": pd.Series(moves.schools, dtype="str"), "state": np.arange(len(moves.schools))})
    found = pairs.merge(states, on="school")
    shape = (len(zones), len(moves.schools))
    return sparse.csr_array((np.ones(len(found)), (found["zone"], found["state"])), shape=shape)


def _spans(moves: _Moves, years: int) -> tuple[list[tuple[int | None, ...]], str]:
    """The years whose shares are composed, for every first year; ``None`` stands for all years together."""
    known = sorted(int(year) for year in moves.rows["year"].dropna().unique())
    spans = [tuple(range(first, first + years)) for first in known]
    whole = [span for span in spans if set(span) <= set(known)]
    if whole and not moves.rows["year"].isna().any():
        return list(whole), "each year's own"
    return [(None,) * years], "the same in every year"


def _follow(moves: _Moves, inside: sparse.csr_array, span: Sequence[int | None]) -> dict[str, np.ndarray]:
    """Students of every Zone over some years, by what became of them."""
    from scipy import sparse  # noqa: PLC0415 (slow to load)

    first = _rows_of(moves, span[0])
    year_count = max(moves.pooled_years, first["year"].nunique())
    size = len(moves.schools)
    at_start = np.bincount(first["state"], weights=first["students"], minlength=size) / year_count
    students = inside.multiply(at_start[None, :]).tocsr()
    totals = {"start_students": students.sum(axis=1)}
    finished, unknown = np.zeros(inside.shape[0]), np.zeros(inside.shape[0])
    for year in span:
        rows = _rows_of(moves, year)
        leaving = np.bincount(rows["state"], weights=rows["students"], minlength=size)
        # Files often leave the last grade out: nobody is promoted from it.
        finished += students @ ((leaving == 0) & moves.is_last_grade).astype("float64")
        unknown += inside.multiply(students) @ ((leaving == 0) & ~moves.is_last_grade).astype("float64")
        share = rows["students"].to_numpy() / np.where(leaving > 0, leaving, 1.0)[rows["state"]]
        is_finish, goes_on = rows["is_finish"].to_numpy(), (rows["next_state"] >= 0).to_numpy()
        finished += students @ np.bincount(rows["state"][is_finish], weights=share[is_finish], minlength=size)
        ends = (rows["state"][goes_on], rows["next_state"][goes_on])
        students = students @ sparse.csr_array((share[goes_on], ends), shape=(size, size))
    staying = inside.multiply(students).sum(axis=1)
    return totals | {"finished_students": finished, "unknown_students": unknown, "staying_students": staying}


def _rows_of(moves: _Moves, year: int | None) -> pd.DataFrame:
    return moves.rows if year is None else moves.rows[moves.rows["year"] == year]


def _schools_without_rows(scenario: Scenario, zones: Sequence[Sequence[str]], moves: _Moves) -> list[int]:
    """Schools of each Zone with several grades of which no student is known to stay inside."""
    label = set(moves.rows.loc[moves.rows["is_continuation"], "origin"])
    offered = scenario.schools["grades_offered"]
    several = set(offered.index[np.bitwise_count(offered.to_numpy()) != 1])
    return [sum(school in several - label for school in schools) for schools in zones]
