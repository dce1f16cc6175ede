"""The Zones of a table: which schools are their anchors, where they are, how many of their students graduate."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from clustering.capacity.need.variants import levels_of
from clustering.readers.text.values import NO_WORDS, YES_WORDS
from clustering.validation.findings import MAXIMUM_SHOWN_CHARACTERS, Findings

_NO = NO_WORDS | {""}
_ROLES = frozenset({"anchor", "feeder", ""})
_LEVEL_COLUMNS = ("level", "grades", "lowest_grade", "highest_grade")
_REMEDY = "Mark the anchor of the Zone: write anchor in its row of a column role."
_OR_MARK = "Or mark the anchor of the Zone: write anchor in its row of a column role."


def find_zone_anchors(findings: Findings, table: pd.DataFrame) -> Mapping[str, tuple[str, ...]]:
    """
    Find the anchors of every Zone.

    Parameters
    ----------
    findings
        The file; a problem is added wherever the anchor is not clear.
    table
        A row per record: ``school_id``, ``zone``, ``level``, ``is_used``.

    Returns
    -------
    anchors
        Zone to its anchors, sorted: those marked, or else its only school with high grades.
    """
    role, anchor = findings.column("role").str.lower(), findings.column("anchor").str.strip()
    findings.mark(
        ~role.isin(_ROLES),
        "role",
        message="The role is neither anchor nor feeder; the school is taken for a feeder.",
        remedy="Write anchor for the low-performing high school of the Zone.",
        is_error=False,
    )
    words = anchor.str.lower()
    is_flag = words.isin(YES_WORDS | _NO).all()
    named = words.isin(YES_WORDS) if is_flag else anchor == table["school_id"]
    used = table[table["is_used"]]
    marked = ((role == "anchor") | named)[used.index]
    is_high = levels_of(used["level"]).map(lambda levels: "high" in levels).astype("bool")
    has_mark = marked.groupby(used["zone"]).transform("any")
    is_anchor = marked | (is_high & ~has_mark)
    count = is_anchor.groupby(used["zone"]).transform("sum")
    none = count == 0
    unread = _mark_unread(findings, none & (used["level"] == "other"))
    has_unread = unread.groupby(used["zone"]).transform("any")
    _mark_unclear(findings, used, is_anchor & ~has_mark & (count > 1), none & ~has_unread)
    chosen = used[is_anchor & (has_mark | (count == 1))]
    return {str(zone): tuple(sorted(schools)) for zone, schools in chosen.groupby("zone")["school_id"]}


def _mark_unread(findings: Findings, candidates: pd.Series) -> pd.Series:
    """
    Find the candidates whose level or grades could not be read, and say that their Zone cannot do without them.

    A cell that is an error by itself is not marked again. Problems name each unreadable text once, so cells are found
    by their text.
    """
    found = pd.Series(data=False, index=candidates.index)
    for name in _LEVEL_COLUMNS:
        heading = findings.headings.get(name, name)
        problems = [problem for problem in findings.problems if problem.column == heading and problem.value]
        cells = findings.column(name).loc[candidates.index].str.slice(0, MAXIMUM_SHOWN_CHARACTERS)
        refused = cells.isin([problem.value for problem in problems if problem.is_error])
        unread = candidates & cells.isin([problem.value for problem in problems])
        findings.mark(
            (unread & ~refused & ~found).reindex(pd.RangeIndex(len(findings.table)), fill_value=False),
            name,
            message="The Zone has no anchor, and this school may be it: the cell cannot be read.",
            remedy=f"Write grades such as 9-12 or a level such as high. {_OR_MARK}",
        )
        found |= unread
    return found


def _mark_unclear(findings: Findings, used: pd.DataFrame, several: pd.Series, none: pd.Series) -> None:
    records = pd.RangeIndex(len(findings.table))
    findings.mark(
        several.reindex(records, fill_value=False),
        "zone",
        message="This school is one of several that could be the anchor of the Zone, and none is marked.",
        remedy=_REMEDY,
    )
    first = none & ~used["zone"].duplicated()
    findings.mark(
        first.reindex(records, fill_value=False),
        "zone",
        message="The Zone has no anchor: none of its schools has high grades, and none is marked.",
        remedy=_REMEDY,
    )


def tabulate_zones(used: pd.DataFrame, anchors: Mapping[str, tuple[str, ...]]) -> pd.DataFrame:
    """
    Build the table of Zones.

    Parameters
    ----------
    used
        A row per school of a Zone: ``school_id``, ``latitude``, ``longitude``, ``rate_low``, ``rate_middle``,
        ``rate_high``.
    anchors
        Zone to its anchors.

    Returns
    -------
    zones
        As ``ZoneNeeds.zones`` says.
    """
    schools = used.set_index("school_id")
    rows = []
    for zone in sorted(anchors):
        of_anchors = schools.loc[list(anchors[zone])]
        rates = of_anchors[["rate_middle", "rate_low", "rate_high"]].min()
        rows.append((zone, anchors[zone], of_anchors["latitude"].iloc[0], of_anchors["longitude"].iloc[0], *rates))
    columns = ["name", "anchor_ids", "latitude", "longitude", "anchor_rate", "anchor_rate_low", "anchor_rate_high"]
    table = pd.DataFrame(rows, columns=columns, index=pd.Index(sorted(anchors), name="zone_id", dtype="str"))
    return table.astype({"name": "str", "anchor_ids": "object", **dict.fromkeys(columns[2:], "float64")})
