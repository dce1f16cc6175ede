"""
Paths over two promotions shown in classes, so that they say nothing more about the flows that they are parts of.

The paths from an origin via a school are parts of the flow from the origin to that school (the pair). The paths via a
school to a destination are parts of the flow from that school to the destination (the link). Each flow is at least its
least count. So paths are the cells of a table in which these least counts are the sizes of rows and columns, and they
are shown as flows are (``count_classes``), year by year: the students of a path leave the school on the way in one
fall. Even if every flow is at its least, any one path can rise by the slack of its row and column, and no flow has to
rise.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from clustering.disclosure.cell_parts import CellParts
from clustering.disclosure.count_classes import CountCells, classify_counts
from clustering.disclosure.policy import DisclosurePolicy
from clustering.model.columns import PATH_COLUMNS
from clustering.model.grades import PRESCHOOL, final_grades_from
from clustering.model.years_in_a_row import last_in_a_row

_ENTRIES = ("feeding", "unlisted origin")
_PROMOTIONS = ("feeding", "unlisted destination", "against grade order")
_COUNTS = ["students", "students_low", "students_high"]


@dataclass(frozen=True, kw_only=True, eq=False)
class _Followed:
    """Flows whose students may have been followed, by the two schools (and a year): ``_COUNTS``."""

    pairs: pd.DataFrame
    links: pd.DataFrame


def protect_paths(
    paths: pd.DataFrame,
    flows: pd.DataFrame,
    least_counts: pd.DataFrame,
    grades_offered: pd.Series,
    *,
    years: tuple[int, ...],
    policy: DisclosurePolicy,
) -> pd.DataFrame:
    """
    Show counted paths in classes.

    Parameters
    ----------
    paths
        ``columns.PATH_COLUMNS``, exact or protected before.
    flows
        ``columns.FLOW_COLUMNS`` of the protected base.
    least_counts
        Their least counts in single years (``protected_flows.ProtectedFlows``).
    grades_offered
        Bit mask of every listed school, index ``school_id``.
    years
        Falls of all school years of the flows, also where these are added up.
    policy
        Of the base.

    Returns
    -------
    protected
        Pairs of origin and via whose flow is large enough to show its paths. Those who left, or whose path is too small
        to be shown, are one row without destination: the rest of the flow. Paths from catchments stay as they are, for
        the pairs that have no others (:func:`one_basis_by_pair`).
    """
    is_estimated = paths["basis"] == "catchments"
    counted = paths[~is_estimated]
    if counted.empty:
        return paths
    falls = np.array(years, dtype="int64")
    followed = _followed_flows(flows, grades_offered, falls)
    least = _least_by_year(least_counts, flows, grades_offered, falls)
    shown = _show(counted, followed, least, policy)
    both = pd.concat([shown, paths[is_estimated]]) if is_estimated.any() else shown
    return one_basis_by_pair(both.sort_values(list(PATH_COLUMNS[:3]), ignore_index=True).astype(paths.dtypes.to_dict()))


def pairs_seen_whole(flows: pd.DataFrame, grades_offered: pd.Series, *, years: tuple[int, ...]) -> pd.MultiIndex:
    """
    Find the pairs of schools whose students may have been followed to where they went next.

    Parameters
    ----------
    flows, grades_offered, years
        As for :func:`protect_paths`.

    Returns
    -------
    pairs
        Origin and via. Of pairs that :func:`protect_paths` leaves out nothing is known: their students may have taken
        any path.
    """
    followed = _followed_flows(flows, grades_offered, np.array(years, dtype="int64"))
    return pd.MultiIndex.from_frame(followed.pairs.index.to_frame())


def one_basis_by_pair(paths: pd.DataFrame) -> pd.DataFrame:
    """
    Leave out paths from catchments for pairs of schools whose students were followed.

    Parameters
    ----------
    paths
        ``columns.PATH_COLUMNS``.

    Returns
    -------
    chosen
        The rows of each origin and via have one basis.
    """
    is_estimated = (paths["basis"] == "catchments").to_numpy()
    if is_estimated.all() or not is_estimated.any():
        return paths
    pairs = pd.MultiIndex.from_frame(paths[["origin", "via"]])
    return paths[~(is_estimated & pairs.isin(pairs[~is_estimated]))].reset_index(drop=True)


def _show(paths: pd.DataFrame, followed: _Followed, least: _Followed, policy: DisclosurePolicy) -> pd.DataFrame:
    cells = paths[paths["destination"].notna() & (paths["students_high"] > 0)].reset_index(drop=True)
    pair_keys = pd.unique(pd.MultiIndex.from_frame(paths[["origin", "via"]]))
    row = pd.Index(pair_keys).get_indexer(pd.MultiIndex.from_frame(cells[["origin", "via"]]))
    column, link_keys = pd.factorize(pd.MultiIndex.from_frame(cells[["via", "destination"]]))
    of_pairs, of_links = followed.pairs.reindex(pair_keys).fillna(0.0), followed.links.reindex(link_keys).fillna(0.0)
    parts = _parts(cells, least)
    table = CountCells(
        row=row,
        column=column,
        least=cells["students_low"].to_numpy(dtype="float64"),
        most=cells["students_high"].to_numpy(dtype="float64"),
        priority=np.zeros(len(cells), dtype="int64"),
        parts=parts,
        row_most=of_pairs["students_high"].to_numpy(),
        column_most=of_links["students_high"].to_numpy(),
        cell_most=np.full(len(cells), np.inf),
    )
    shown = classify_counts(table, policy)
    cells = cells.assign(students_low=shown.low, students_high=shown.high, students=(shown.low + shown.high) / 2)
    cells["students"] = cells["students"].mask(cells["students_high"] < policy.minimum_students)
    taken = np.bincount(parts.row, weights=shown.least_of_parts, minlength=len(parts.row_size))
    left = (least.pairs["students"] - taken).groupby(["origin", "via"]).sum().reindex(pair_keys).fillna(0.0).to_numpy()
    has_slack = left >= policy.least_possible_values - 1
    is_shown = has_slack[row] & ~shown.is_withheld
    rest = _rest(pair_keys[has_slack], of_pairs[has_slack], cells[is_shown], policy)
    whole = pd.concat([cells[is_shown], rest.assign(basis=paths["basis"].iloc[0])], ignore_index=True)
    ordered: pd.DataFrame = whole[whole["students_high"] > 0][list(paths.columns)]
    return ordered


def _parts(cells: pd.DataFrame, least: _Followed) -> CellParts:
    """Students of a path leave the school on the way in one of the years in which both flows have least counts."""
    keys = cells[["origin", "via", "destination"]].assign(cell=range(len(cells)))
    pairs, links = (
        each["students"].reset_index().assign(line=range(len(each)))[[*each.index.names, "line"]]
        for each in (least.pairs, least.links)
    )
    links = links.rename(columns={"origin": "via"})
    found = keys.merge(pairs, on=["origin", "via"]).merge(
        links, on=["via", "destination", "year"], suffixes=("_pair", "_link")
    )
    return CellParts(
        cell=found["cell"].to_numpy(),
        row=found["line_pair"].to_numpy(),
        column=found["line_link"].to_numpy(),
        year=found["year"].to_numpy(),
        row_size=least.pairs["students"].to_numpy(),
        column_size=least.links["students"].to_numpy(),
    )


def _rest(pairs: pd.MultiIndex, flows: pd.DataFrame, shown: pd.DataFrame, policy: DisclosurePolicy) -> pd.DataFrame:
    """The rest of the flow of each pair: those who are in none of the paths shown."""
    likely = shown.assign(students=shown["students"].fillna((shown["students_low"] + shown["students_high"]) / 2))
    sums = likely.groupby(["origin", "via"])[_COUNTS].sum().reindex(pairs).fillna(0.0)
    high = (flows["students_high"].to_numpy() - sums["students_low"].to_numpy()).clip(min=0.0)
    students = np.clip(flows["students"].to_numpy() - sums["students"].to_numpy(), 0.0, high)
    return pd.DataFrame(
        {
            "origin": pairs.get_level_values(0),
            "via": pairs.get_level_values(1),
            "destination": pd.Series([None] * len(pairs), dtype="str"),
            "students": np.where(high < policy.minimum_students, np.nan, students),
            "students_low": 0.0,
            "students_high": high,
        }
    )


def _followed_flows(flows: pd.DataFrame, grades_offered: pd.Series, years: np.ndarray) -> _Followed:
    """Add up the flows into and out of the schools on the way, in the years whose students were followed."""
    likely = flows["students"].fillna((flows["students_low"] + flows["students_high"]) / 2)
    flows = flows.assign(students=likely)
    into = flows[flows["kind"].isin(_ENTRIES) & flows["destination"].isin(grades_offered.index)]
    stay = _years_in_school(into, flows, grades_offered)
    entered = into["year"].to_numpy(dtype="int64", na_value=-1) + 1
    if (into["year"].notna()).any():
        is_followed = entered + stay <= last_in_a_row(entered, years)
        into = into[is_followed]
        leave = pd.Series((entered + stay)[is_followed]).groupby(into["destination"].to_numpy()).min()
        out = flows[flows["kind"].isin(_PROMOTIONS) & flows["origin"].isin(leave.index)]
        out = out[out["year"].to_numpy(dtype="int64") >= leave.reindex(out["origin"]).to_numpy()]
    else:
        # Of the students of all years, about this share entered early enough to be followed.
        starts = years[:, None] + 1
        share = (starts + stay[None, :] <= last_in_a_row(starts, years)).mean(axis=0)
        into = into.assign(students=into["students"] * share)[share > 0]
        out = flows[flows["kind"].isin(_PROMOTIONS) & flows["origin"].isin(into["destination"])]
    return _Followed(
        pairs=into.groupby(["origin", "destination"])[_COUNTS].sum(),
        links=out.groupby(["origin", "destination"])[_COUNTS].sum(),
    )


def _least_by_year(
    least_counts: pd.DataFrame, flows: pd.DataFrame, grades_offered: pd.Series, years: np.ndarray
) -> _Followed:
    """Add up least counts by the two schools and the fall in which students left the school on the way."""
    into = least_counts[least_counts["kind"].isin(_ENTRIES) & least_counts["destination"].isin(grades_offered.index)]
    into = into[into["year"].notna()]
    entered = into["year"].to_numpy(dtype="int64") + 1
    left = entered + _years_in_school(into, flows, grades_offered)
    is_followed = left <= last_in_a_row(entered, years)
    into = into.assign(year=left)[is_followed].rename(columns={"destination": "via"})
    out = least_counts[least_counts["kind"].isin(_PROMOTIONS) & least_counts["year"].notna()]
    out = out.assign(year=out["year"].astype("int64"))
    return _Followed(
        pairs=into.groupby(["origin", "via", "year"])[_COUNTS].sum(),
        links=out.groupby(["origin", "destination", "year"])[_COUNTS].sum(),
    )


def _years_in_school(into: pd.DataFrame, flows: pd.DataFrame, grades_offered: pd.Series) -> np.ndarray:
    """Years from the grade entered to the final one; for schools without known grades, flows tell the final one."""
    masks: pd.Series[int] = grades_offered.copy()
    stays = flows[(flows["kind"] == "continuation") & flows["origin"].isin(masks.index[masks == 0])]
    seen = 1 << (stays["grade"].to_numpy(dtype="int64") + 1 - PRESCHOOL)
    for school, grade in zip(stays["origin"].tolist(), seen.tolist(), strict=True):
        masks[school] |= grade
    grade = into["next_grade"].to_numpy(dtype="int64")
    years: np.ndarray = final_grades_from(masks.reindex(into["destination"]).to_numpy(dtype="int64"), grade) - grade
    return years
