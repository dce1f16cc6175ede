"""The anchors of each Zone of a plan: those marked, else the only school that can be one."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from clustering.analysis.plans.rows import records_of
from clustering.validation.findings import Findings

_MARKED, _IDENTIFIED, _HIGH_SCHOOL = 3, 2, 1
_REMEDY = "Mark one school of the Zone: write anchor in its row of a column role."


def choose_anchors(
    findings: Findings, rows: pd.DataFrame, high_schools: pd.Index, identified: pd.Index, *, shared_feeders: bool
) -> Mapping[str, tuple[str, ...]]:
    """
    Choose the anchors of each Zone.

    Parameters
    ----------
    findings
        The file; a problem is added wherever the anchor is not clear.
    rows
        As ``rows.check_rows`` returns them.
    high_schools, identified
        Identifiers of the open high schools, and of those that are low-performing.
    shared_feeders
        Whether a school may stand in several Zones; an anchor may not even then.

    Returns
    -------
    anchors
        Zone to its anchors, sorted, for the Zones whose anchor is clear; several, if the plan marks several: they
        are merged, and share the Zone.
    """
    _mark_strangers(findings, rows)
    used = rows[rows["is_used"]]
    named = set(zip(rows["zone"], rows["named"], strict=True))
    is_named = pd.Series([pair in named for pair in zip(used["zone"], used["school"], strict=True)], used.index, "bool")
    rank = pd.Series(
        np.select(
            [used["is_marked"] | is_named, used["school"].isin(identified), used["school"].isin(high_schools)],
            [_MARKED, _IDENTIFIED, _HIGH_SCHOOL],
            default=0,
        ),
        index=used.index,
    )
    best = rank.groupby(used["zone"]).transform("max")
    is_best = (rank == best) & (best > 0)
    count = is_best.groupby(used["zone"]).transform("sum")
    findings.mark(
        records_of(rows, is_best & (count > 1) & (best < _MARKED)),
        "zone",
        message="This school is one of several that could be the anchor of the Zone, and none is marked.",
        remedy=_REMEDY,
    )
    # A school that could not be read may be the anchor: its own problem says so.
    unread = rows.loc[(rows["zone"] != "") & ~rows["school"].isin(used["school"]), "zone"]
    without = (best == 0) & ~used["zone"].duplicated() & ~used["zone"].isin(unread)
    findings.mark(
        records_of(rows, without),
        "zone",
        message="The Zone has no anchor: none of its schools is an open high school, and none is marked.",
        remedy=_REMEDY,
    )
    chosen = used[is_best & ((count == 1) | (best == _MARKED))]
    if shared_feeders:
        _mark_anchors_elsewhere(findings, rows, used, chosen)
    return {str(zone): tuple(sorted(schools)) for zone, schools in chosen.groupby("zone")["school"]}


def _mark_strangers(findings: Findings, rows: pd.DataFrame) -> None:
    """Tell anchors that are named and are not among the schools of their Zone, or of any that their row names."""
    members = set(zip(rows["zone"], rows["school"], strict=True))
    is_known = pd.Series([pair in members for pair in zip(rows["zone"], rows["named"], strict=True)], rows.index)
    is_stranger = ~is_known.groupby(rows["record"]).transform("any")
    findings.mark(
        records_of(rows, is_stranger & (rows["named"] != "") & (rows["zone"] != "")),
        "anchor",
        message="The anchor named is not among the schools of this Zone.",
        remedy="Add a row for it, or name a school of the Zone.",
    )


def _mark_anchors_elsewhere(findings: Findings, rows: pd.DataFrame, used: pd.DataFrame, chosen: pd.DataFrame) -> None:
    """Tell anchors that stand in another Zone as well, as its anchor or as a feeder."""
    is_in_several = used.groupby("school")["zone"].transform("nunique") > 1
    findings.mark(
        records_of(rows, is_in_several & used["school"].isin(chosen["school"])),
        "zone",
        message="The school is the anchor of a Zone and stands in another Zone as well.",
        remedy="Keep an anchor in its own Zone only; to let anchors share one Zone, mark each of them in it.",
    )
