"""Promotions added up per pair of schools and per school, once for every reading of what is not known exactly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from clustering.disclosure.protected_paths import pairs_seen_whole
from clustering.errors import InputError, Problem
from clustering.model.columns import FLOW_KINDS
from clustering.model.grades import offers_grade
from clustering.model.positions import positions_of
from clustering.model.scenario import Scenario
from clustering.zones.entry_grades import READ_COLUMNS, sum_entry_grades
from clustering.zones.link_ends import LinkEnds, find_ends

_KIND = {name: code for code, name in enumerate(FLOW_KINDS)}
_PROMOTED = [_KIND[name] for name in ("feeding", "unlisted destination", "against grade order", "unknown destination")]
_BOUNDS = ("students_low", "students_high", *READ_COLUMNS)


@dataclass(frozen=True, kw_only=True, eq=False)
class FlowSums:
    """
    Students per year as intervals: those that hold the true count, and those that a reading of suppressed cells leaves.

    Parameters
    ----------
    links
        ``origin``, ``destination``, ``students_low``, ``students_high`` and ``READ_COLUMNS``, sorted; only links with
        students. The true count is anywhere from low to high. A reading lies between the other two: there every cell
        counts as its ``students``, and those that have none, the suppressed ones, at their least and greatest.
    totals
        Index ``school_id``, every listed school; the columns of ``feeder_graph.FeederTables.totals``, each with
        ``_low``, ``_high``, ``_read_low`` and ``_read_high`` behind it. They are sums of the same cells as the links.
        Of the entry grade only what is read: which grade it is rests on the counts themselves.
    years
        Falls of the school years averaged; empty if the file has no years.
    paths
        ``columns.PATH_COLUMNS``, all years together; ``None`` if the files tell no paths of students.
    unlisted_senders
        The same columns as ``links``, for links from schools that the schools files do not list into listed ones;
        ``None`` if that is not known.
    may_be_followed
        As of ``feeder_graph.FeederTables``.
    """

    links: pd.DataFrame
    totals: pd.DataFrame
    years: tuple[int, ...]
    paths: pd.DataFrame | None = None
    unlisted_senders: pd.DataFrame | None = None
    may_be_followed: np.ndarray | None = None

    @cached_property
    def ends(self) -> LinkEnds:
        """Positions of the schools at the ends of each link: the same under every reading of the suppressed cells."""
        return find_ends(self.links, self.totals.index)


def sum_flows(scenario: Scenario, years: Sequence[int] = ()) -> FlowSums:
    """
    Add up the promotions of some years, as yearly averages.

    Parameters
    ----------
    scenario
        Validated inputs.
    years
        Falls of the school years to average; empty means all.

    Returns
    -------
    sums
        Per link and per school.

    Raises
    ------
    InputError
        A year asked for is not in the flows.
    """
    flows, used_years = _select_years(scenario, years)
    year_count = max(1, len(used_years))
    index = scenario.schools.index
    origin, destination = positions_of(flows["origin"], index), positions_of(flows["destination"], index)
    kind = pd.Categorical(flows["kind"], categories=FLOW_KINDS).codes
    feeding = np.flatnonzero(kind == _KIND["feeding"])
    pairs, link = np.unique(origin[feeding] * len(index) + destination[feeding], return_inverse=True)
    bounds = {name: flows[name].to_numpy(dtype="float64") for name in _BOUNDS[:2]} | _read_ends(flows)
    links = pd.DataFrame(
        {
            "origin": index[pairs // len(index)],
            "destination": index[pairs % len(index)],
            **{name: _add_up(link, values[feeding], len(pairs)) / year_count for name, values in bounds.items()},
        }
    )
    selections = _selections(flows, scenario, kind, origin, destination)
    totals = {
        f"{name}{column.removeprefix('students')}": _add_up(school[rows], values[rows], len(index)) / year_count
        for name, (rows, school) in selections.items()
        for column, values in bounds.items()
    }
    entering, _ = selections["entering_students"]
    counts = np.column_stack([bounds[name] for name in READ_COLUMNS])
    in_grade = sum_entry_grades(flows, scenario, counts, entering=entering, origin=origin, destination=destination)
    totals |= {f"entry_grade_{bound}": in_grade[bound].to_numpy() / year_count for bound in READ_COLUMNS}
    links = links[links["students_high"] > 0].reset_index(drop=True)
    return FlowSums(
        links=links,
        totals=pd.DataFrame(totals, index=index),
        years=used_years,
        paths=None if scenario.paths.empty else scenario.paths,
        unlisted_senders=_sum_unlisted(flows, bounds, _leaves_unlisted_final_grade(flows, kind), year_count),
        may_be_followed=_may_be_followed(links, scenario),
    )


def _may_be_followed(links: pd.DataFrame, scenario: Scenario) -> np.ndarray | None:
    """Links of pairs whose ways student records may tell, where counts are protected."""
    flows = scenario.flows
    has_records = any(file.role == "students" for file in scenario.report.files)
    if not has_records or (flows["students_low"] == flows["students_high"]).all():
        return None
    pairs = pairs_seen_whole(flows, scenario.schools["grades_offered"], years=scenario.flow_years)
    is_seen: np.ndarray = pd.MultiIndex.from_frame(links[["origin", "destination"]]).isin(pairs)
    return is_seen


def _read_ends(flows: pd.DataFrame) -> dict[str, np.ndarray]:
    """Students of each cell; at the ends of its interval where it is suppressed."""
    students = flows["students"].to_numpy(dtype="float64")
    return {
        name: np.where(np.isnan(students), flows[end].to_numpy(dtype="float64"), students)
        for name, end in zip(READ_COLUMNS, _BOUNDS[:2], strict=True)
    }


def _sum_unlisted(
    flows: pd.DataFrame, bounds: dict[str, np.ndarray], rows: np.ndarray, year_count: int
) -> pd.DataFrame:
    cells = flows[["origin", "destination"]].iloc[rows]
    cells = cells.assign(**{name: values[rows] / year_count for name, values in bounds.items()})
    sums: pd.DataFrame = cells.groupby(["origin", "destination"], as_index=False)[list(bounds)].sum()
    return sums


def _add_up(groups: np.ndarray, values: np.ndarray, count: int) -> np.ndarray:
    listed = groups >= 0
    return np.bincount(groups[listed], weights=values[listed], minlength=count)


def _selections(
    flows: pd.DataFrame, scenario: Scenario, kind: np.ndarray, origin: np.ndarray, destination: np.ndarray
) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Rows that make up each total, and the school each of them counts for."""
    promoted, exits = np.flatnonzero(np.isin(kind, _PROMOTED)), np.flatnonzero(kind == _KIND["exit"])
    unlisted = _leaves_unlisted_final_grade(flows, kind)
    offered = np.append(scenario.schools["grades_offered"].to_numpy(), 0)
    following = flows["grade"].iloc[exits] + 1
    final = exits[~offers_grade(pd.Series(offered[origin[exits]], index=following.index), following).to_numpy()]
    return {
        "promoted_students": (promoted, origin),
        "unlisted_students": (np.flatnonzero(kind == _KIND["unlisted destination"]), origin),
        "unknown_students": (np.flatnonzero(kind == _KIND["unknown destination"]), origin),
        "exit_students": (final, origin),
        "entering_students": (np.concatenate([promoted, unlisted]), destination),
        "unlisted_entering_students": (unlisted, destination),
    }


def _leaves_unlisted_final_grade(flows: pd.DataFrame, kind: np.ndarray) -> np.ndarray:
    """Rows of promotions out of an unlisted school from a grade g, where the flows have no student of it in g+1."""
    positions = np.flatnonzero(kind == _KIND["unlisted origin"])
    if not len(positions):
        return positions
    rows = flows.iloc[positions]
    known = flows.loc[flows["origin"].isin(rows["origin"].unique()), ["origin", "grade"]].dropna()
    following = pd.MultiIndex.from_arrays([rows["origin"], rows["grade"] + 1])
    return positions[~following.isin(pd.MultiIndex.from_frame(known))]


def _select_years(scenario: Scenario, years: Sequence[int]) -> tuple[pd.DataFrame, tuple[int, ...]]:
    flows, pooled = scenario.flows, scenario.pooled_years
    present = scenario.flow_years
    missing = sorted(set(years) - set(present))
    if pooled and not missing:
        refuse_single_years(years, pooled)
        return flows, pooled
    if missing:
        known = ", ".join(map(str, present)) or "none"
        raise InputError(
            Problem(
                table="parameters",
                column="years",
                value=str(year),
                message="The flows have no such school year.",
                remedy=f"Choose among {known}, or name none to use all.",
            )
            for year in missing
        )
    if not years:
        return flows, present
    return flows[flows["year"].isin(list(years))], tuple(sorted(set(years)))


def refuse_single_years(years: Sequence[int], pooled: Sequence[int]) -> None:
    """Refuse a request for some of the years that a base has added up; all of them, or none named, is all it has."""
    if set(years) in (set(), set(pooled)):
        return
    problem = Problem(
        table="parameters",
        column="years",
        value=str(years[0]),
        message=f"Small counts of this dataset are protected by adding up {', '.join(map(str, pooled))}: none of these"
        " years can be had alone.",
        remedy="Name no years, which uses all of them; or give disclosure exact, if you may see exact counts.",
    )
    raise InputError([problem])
