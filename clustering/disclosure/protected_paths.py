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

from clustering.model.grades import PRESCHOOL, final_grades_from
from clustering.model.suppression import SUPPRESSED_HIGH, SUPPRESSED_LOW
from clustering.model.years_in_a_row import last_in_a_row

_PAIR = ["origin", "via"]
_LINK = ["via", "destination"]
_NOWHERE = "\0"  # stands for a missing destination; identifiers have no control characters
_PROMOTIONS = ("feeding", "unlisted destination", "against grade order")
_ENTRIES = ("feeding", "unlisted origin")
_STAYS = ("continuation", "retained")
_RANGE = SUPPRESSED_HIGH - SUPPRESSED_LOW
_ROUNDED_DOWN, _ROUNDED_UP = 4, 5  # 15 to 24 are shown as 20
_LEAST_SHOWN = SUPPRESSED_HIGH + 1


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
        out, and so is one of which no other row remains.
    """
    if paths.empty:
        return paths
    ways = _with_ranges(paths.assign(destination=paths["destination"].fillna(_NOWHERE)))
    vias = pd.Index(paths["via"].unique())
    concerned = flows["year"].notna() & (flows["origin"].isin(vias) | flows["destination"].isin(vias))
    cells = _with_ranges(flows[concerned])
    entries = _entries_seen_whole(cells, grades_offered, flows["year"].dropna().to_numpy(dtype="int64"))
    covered = _cover_links(ways, _exits(cells, entries))
    kept = _drop_pairs(covered, entries)
    shown = kept.assign(destination=kept["destination"].mask(kept["destination"] == _NOWHERE))
    shown = shown.sort_values([*_PAIR, "destination"], ignore_index=True)
    return shown[list(paths.columns)].astype(paths.dtypes.to_dict())


def _with_ranges(table: pd.DataFrame) -> pd.DataFrame:
    """Between which numbers the true count of each row lies (``least``, ``most``), and whether it is suppressed."""
    shown, hidden = table["students"], table["students"].isna()
    least = (shown - _ROUNDED_UP).clip(lower=_LEAST_SHOWN).where(shown > 0, 0.0)
    most = (shown + _ROUNDED_DOWN).where(shown > 0, 0.0)
    return table.assign(
        least=least.mask(hidden, table["students_low"]),
        most=most.mask(hidden, table["students_high"]),
        is_hidden=hidden,
    )


def _entries_seen_whole(cells: pd.DataFrame, grades_offered: pd.Series, known_years: np.ndarray) -> pd.DataFrame:
    """Cells of promotions into a listed school whose students can be followed out of it: ``leave``, in which fall."""
    entries = cells[cells["kind"].isin(_ENTRIES) & cells["destination"].isin(grades_offered.index)]
    entries = entries.rename(columns={"destination": "via"})
    grades = entries["next_grade"].to_numpy(dtype="int64")
    masks = entries["via"].map(_known_grades(cells, grades_offered)).to_numpy(dtype="int64")
    entered = entries["year"].to_numpy(dtype="int64") + 1
    leave = entered + final_grades_from(masks, grades) - grades
    seen_whole: pd.DataFrame = entries.assign(leave=leave)[leave <= last_in_a_row(entered, known_years)]
    return seen_whole


def _known_grades(cells: pd.DataFrame, grades_offered: pd.Series) -> pd.Series:
    """Grades of each school; those that no file gives, as far as students go on to them in the school."""
    stays = cells[(cells["kind"] == "continuation") & cells["origin"].isin(grades_offered.index[grades_offered == 0])]
    following = stays[["origin", "grade"]].drop_duplicates()
    bits = np.left_shift(1, following["grade"].to_numpy(dtype="int64") + 1 - PRESCHOOL)
    seen = pd.Series(bits, index=following["origin"]).groupby(level=0).sum()
    return grades_offered.where(grades_offered != 0, seen.reindex(grades_offered.index, fill_value=0))


def _exits(cells: pd.DataFrame, entries: pd.DataFrame) -> pd.DataFrame:
    """
    Add up the flows out of each school between, by destination.

    ``most`` is of the years in which students of known ways may leave, ``all_years`` of all years; ``hides`` tells
    whether one of the former is suppressed. Who leaves otherwise than by a promotion has no destination.
    """
    first = entries.groupby("via").agg(entered=("year", "min"), leave=("leave", "min"))
    rows = cells[cells["origin"].isin(first.index) & ~((cells["kind"].isin(_STAYS)) & _is_same(cells))]
    rows = rows.rename(columns={"origin": "via"})
    is_promotion = rows["kind"].isin(_PROMOTIONS)
    begin = rows["via"].map(first["leave"]).where(is_promotion, rows["via"].map(first["entered"]) + 1)
    in_time = (rows["year"] >= begin).astype("bool")
    rows = rows.assign(
        destination=rows["destination"].where(is_promotion, _NOWHERE),
        in_time=rows["most"].where(in_time, 0.0),
        is_hidden=rows["is_hidden"] & in_time,
    )
    return rows.groupby(_LINK).agg(most=("in_time", "sum"), all_years=("most", "sum"), hides=("is_hidden", "any"))


def _is_same(cells: pd.DataFrame) -> pd.Series:
    return (cells["origin"] == cells["destination"]).fillna(value=False).astype("bool")


def _cover_links(ways: pd.DataFrame, exits: pd.DataFrame) -> pd.DataFrame:
    """Replace the rows into links that they would narrow, by rows for every pair that say no more than the link."""
    links = ways.groupby(_LINK).agg(least=("least", "sum"), hidden=("is_hidden", "any"), most=("most", "sum"))
    links = links.join(exits[["hides", "all_years"]].assign(limit=exits["most"]), how="left")
    has_small = links["hidden"] | links["hides"].fillna(value=False).astype("bool")
    unsafe = links[has_small & (links["limit"].fillna(0.0) - links["least"] < _RANGE)].reset_index()
    unsafe = unsafe.assign(students_high=unsafe["all_years"].fillna(unsafe["most"]))[[*_LINK, "students_high"]]
    pairs = ways[[*_PAIR, "basis"]].drop_duplicates(_PAIR)
    general = pairs.merge(unsafe, on="via")
    general = general.assign(
        students=np.nan, students_low=0.0, least=0.0, most=general["students_high"], is_hidden=True
    )
    is_safe = ~pd.MultiIndex.from_frame(ways[_LINK]).isin(pd.MultiIndex.from_frame(unsafe[_LINK]))
    return pd.concat([ways[is_safe], general[list(ways.columns)]], ignore_index=True)


def _drop_pairs(ways: pd.DataFrame, entries: pd.DataFrame) -> pd.DataFrame:
    """Leave out pairs whose rows, together with the flow that they are parts of, narrow a suppressed count."""
    sums = {"least": ("least", "sum"), "most": ("most", "sum"), "hides": ("is_hidden", "any")}
    of_ways = ways.groupby(_PAIR).agg(**sums)
    of_flow = entries.groupby(_PAIR).agg(**sums).reindex(of_ways.index)
    # All who can be followed may be known to have been followed, unless there are more of them than on all ways.
    excess = of_ways["most"] - of_flow["least"]
    narrows = ~(of_flow["most"] - of_ways["least"] >= _RANGE) | ((excess >= 0) & (excess < _RANGE))
    has_small = of_ways["hides"] | of_flow["hides"].fillna(value=True).astype("bool")
    safe = of_ways.index[~(narrows & has_small) & (of_ways["least"] > 0)]
    return ways[pd.MultiIndex.from_frame(ways[_PAIR]).isin(safe)]
