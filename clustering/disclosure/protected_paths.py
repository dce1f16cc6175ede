"""
Paths protected like flows, and audited against them.

A path is part of two flows: of those from origin to via, and of those from via to its destination. So a count that is
rounded by itself may still narrow a small one: if about 10 students went from a to b, and about 10 of them on to h, at
most 4 are left for any other way. What the protected tables imply together is therefore worked out, as audits of
statistical tables do. Whatever would leave a count of 1 to 9 in less than that range is not shown.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from clustering.disclosure.narrowed_counts import vias_that_narrow
from clustering.model.grades import PRESCHOOL, final_grades_from
from clustering.model.positions import positions_of
from clustering.model.suppression import SUPPRESSED_HIGH, SUPPRESSED_LOW
from clustering.model.years_in_a_row import last_in_a_row

_ENDS = ("origin", "via", "destination")
_PROMOTIONS = ("feeding", "unlisted destination", "against grade order")
_ENTRIES = ("feeding", "unlisted origin")
_STAYS = ("continuation", "retained")
_RANGE = SUPPRESSED_HIGH - SUPPRESSED_LOW


def audit_paths(paths: pd.DataFrame, flows: pd.DataFrame, grades_offered: pd.Series) -> pd.DataFrame:
    """
    Leave out what would narrow a count of 1 to 9 students, of a path or of a flow.

    Parameters
    ----------
    paths
        ``columns.PATH_COLUMNS``, each row protected by itself.
    flows
        ``columns.FLOW_COLUMNS``, protected.
    grades_offered
        Bit mask of every listed school, index ``school_id``.

    Returns
    -------
    audited
        Sorted; a function of the protected tables alone. Where the ways over one link would narrow its flow or one
        another, every known pair with that school between has a row for the link, with an interval that says no more
        than its flow: none up to all of the students. A pair whose rows would narrow its flow or one another is left
        out, and so is one of which no other row remains. Where the rows of several pairs would narrow a count only
        together, all pairs with that school between are left out.
    """
    if paths.empty:
        return paths
    ids = pd.Index(pd.concat([paths[end] for end in _ENDS]).dropna().unique()).sort_values()
    coded = {end: positions_of(paths[end], ids) for end in _ENDS}
    nowhere = len(ids)  # sorts last
    coded["destination"] = np.where(coded["destination"] < 0, nowhere, coded["destination"])
    ways = _with_keys(_with_least_and_most(paths.assign(**coded)), nowhere)
    masks = grades_offered.reindex(ids).fillna(-1).to_numpy(dtype="int64")
    cells = _concerned(flows, ids, coded["via"])
    entries = _entries_seen_whole(cells, masks, flows["year"].dropna().to_numpy(dtype="int64"))
    exits = _exits(cells, entries, nowhere)
    covered = _cover_links(ways, exits, nowhere)
    kept = _drop_pairs(covered, _with_keys(entries, nowhere))
    kept = _drop_vias(kept, _with_keys(entries, nowhere), exits).sort_values(list(_ENDS), ignore_index=True)
    texts = {end: ids.array.take(kept[end].where(kept[end] < nowhere, -1).to_numpy(), allow_fill=True) for end in _ENDS}
    return kept.assign(**texts)[list(paths.columns)].astype(paths.dtypes.to_dict())


def pairs_seen_whole(flows: pd.DataFrame, grades_offered: pd.Series) -> pd.MultiIndex:
    """
    Find the pairs of schools whose students may have been followed to where they went next.

    Parameters
    ----------
    flows
        ``columns.FLOW_COLUMNS``, protected.
    grades_offered
        Bit mask of every listed school, index ``school_id``.

    Returns
    -------
    pairs
        Origin and via. Of those that :func:`audit_paths` leaves out nothing is known: their ways may be any.
    """
    ids = pd.Index(pd.concat([flows["origin"], flows["destination"]]).dropna().unique()).sort_values()
    masks = grades_offered.reindex(ids).fillna(-1).to_numpy(dtype="int64")
    cells = _concerned(flows, ids, np.arange(len(ids)))
    years = flows["year"].dropna().to_numpy(dtype="int64")
    seen = _entries_seen_whole(cells, masks, years)[["origin", "via"]].drop_duplicates()
    return pd.MultiIndex.from_arrays([ids.take(seen[end].to_numpy()) for end in ("origin", "via")])


def _with_keys(table: pd.DataFrame, nowhere: int) -> pd.DataFrame:
    """Number the ``pair`` of origin and via and the ``link`` of via and destination."""
    table = table.assign(pair=table["origin"] * (nowhere + 1) + table["via"])
    return table.assign(link=table["via"] * (nowhere + 1) + table["destination"]) if "destination" in table else table


def _with_least_and_most(table: pd.DataFrame) -> pd.DataFrame:
    """Between which numbers the true count of each row lies (``least``, ``most``), and whether it is suppressed."""
    return table.assign(least=table["students_low"], most=table["students_high"], is_hidden=table["students"].isna())


def _concerned(flows: pd.DataFrame, ids: pd.Index, vias: np.ndarray) -> pd.DataFrame:
    """Flows into and out of the schools between, with ranges and positions in ``ids``; -1 for a school not in them."""
    origin, destination = positions_of(flows["origin"], ids), positions_of(flows["destination"], ids)
    is_via = np.zeros(len(ids) + 1, dtype=bool)
    is_via[vias] = True
    rows = np.flatnonzero((is_via[origin] | is_via[destination]) & flows["year"].notna().to_numpy())
    cells = flows[["grade", "next_grade", "year", "students", "students_low", "students_high", "kind"]].iloc[rows]
    is_same = (origin == destination) & (origin >= 0)
    cells = cells.assign(origin=origin[rows], destination=destination[rows], is_same=is_same[rows])
    return _with_least_and_most(cells.astype({"year": "int64"}))


def _entries_seen_whole(cells: pd.DataFrame, masks: np.ndarray, known_years: np.ndarray) -> pd.DataFrame:
    """Cells of promotions into a listed school whose students can be followed out of it: ``leave``, in which fall."""
    to_listed = np.append(masks >= 0, False)[cells["destination"]]
    entries = cells[cells["kind"].isin(_ENTRIES) & to_listed & (cells["origin"] >= 0)]
    entries = entries.rename(columns={"destination": "via"})
    grades = entries["next_grade"].to_numpy(dtype="int64")
    entered = entries["year"].to_numpy() + 1
    leave = entered + final_grades_from(_known_grades(cells, masks)[entries["via"]], grades) - grades
    seen_whole: pd.DataFrame = entries.assign(leave=leave)[leave <= last_in_a_row(entered, known_years)]
    return seen_whole


def _known_grades(cells: pd.DataFrame, masks: np.ndarray) -> np.ndarray:
    """Grades of each school; those that no file gives, as far as students go on to them in the school."""
    stays = cells[(cells["kind"] == "continuation") & np.append(masks == 0, False)[cells["origin"]]]
    seen: np.ndarray = np.maximum(masks, 0)
    np.bitwise_or.at(seen, stays["origin"], 1 << (stays["grade"].to_numpy(dtype="int64") + 1 - PRESCHOOL))
    return seen


def _exits(cells: pd.DataFrame, entries: pd.DataFrame, nowhere: int) -> pd.DataFrame:
    """
    Add up the flows out of each school between, by ``link``.

    ``limit`` is the most that move in the years in which students of known ways may leave, ``all_years`` that of all
    years; ``hides`` tells whether one of the former is suppressed. Who leaves otherwise than by a promotion has no
    destination.
    """
    first = entries.groupby("via").agg(entered=("year", "min"), leave=("leave", "min"))
    rows = cells[cells["origin"].isin(first.index) & ~(cells["kind"].isin(_STAYS) & cells["is_same"])]
    is_promotion = rows["kind"].isin(_PROMOTIONS)
    times = first.loc[rows["origin"]].set_axis(rows.index)
    in_time = rows["year"] >= times["leave"].where(is_promotion, times["entered"] + 1)
    rows = rows.rename(columns={"origin": "via"}).assign(
        origin=nowhere,
        destination=rows["destination"].where(is_promotion, nowhere),
        limit=rows["most"].where(in_time, 0.0),
        hides=rows["is_hidden"] & in_time,
    )
    rows = _with_keys(rows[rows["destination"] >= 0], nowhere)
    return rows.groupby("link").agg(limit=("limit", "sum"), all_years=("most", "sum"), hides=("hides", "any"))


def _cover_links(ways: pd.DataFrame, exits: pd.DataFrame, nowhere: int) -> pd.DataFrame:
    """Replace the rows into links that they would narrow, by rows for every pair that say no more than the link."""
    links = ways.groupby("link").agg(least=("least", "sum"), hidden=("is_hidden", "any"), most=("most", "sum"))
    links = links.join(exits, how="left")
    has_small = links["hidden"] | links["hides"].fillna(value=False).astype("bool")
    unsafe = links[has_small & (links["limit"].fillna(0.0) - links["least"] < _RANGE)]
    is_unsafe = ways["link"].isin(unsafe.index)
    via, destination = np.divmod(unsafe.index.to_numpy(), nowhere + 1)
    most = unsafe["all_years"].fillna(unsafe["most"]).to_numpy()
    general = pd.DataFrame({"via": via, "destination": destination, "students_high": most, "most": most})
    general = ways[["origin", "via", "pair", "basis"]].drop_duplicates("pair").merge(general, on="via")
    general = general.assign(students=np.nan, students_low=0.0, least=0.0, is_hidden=True)
    return pd.concat([ways[~is_unsafe], _with_keys(general, nowhere)[list(ways.columns)]], ignore_index=True)


def _drop_pairs(ways: pd.DataFrame, entries: pd.DataFrame) -> pd.DataFrame:
    """Leave out pairs whose rows, together with the flow that they are parts of, narrow a suppressed count."""
    of_ways, of_flow = (
        table.groupby("pair").agg(least=("least", "sum"), most=("most", "sum"), hides=("is_hidden", "any"))
        for table in (ways, entries)
    )
    of_flow = of_flow.reindex(of_ways.index)
    # All who can be followed may be known to have been followed, unless there are more of them than on all ways.
    excess = of_ways["most"] - of_flow["least"]
    narrows = ~(of_flow["most"] - of_ways["least"] >= _RANGE) | ((excess >= 0) & (excess < _RANGE))
    has_small = of_ways["hides"] | of_flow["hides"].fillna(value=True).astype("bool")
    safe = of_ways.index[~(narrows & has_small) & (of_ways["least"] > 0)]
    return ways[ways["pair"].isin(safe)]


def _drop_vias(ways: pd.DataFrame, entries: pd.DataFrame, exits: pd.DataFrame) -> pd.DataFrame:
    """Leave out all ways through a school where pairs and links together narrow a count that none narrows alone."""
    of_flow = entries.groupby("pair").agg(least=("least", "sum"), most=("most", "sum"), hides=("is_hidden", "any"))
    return ways[~ways["via"].isin(vias_that_narrow(ways, of_flow, exits))]
