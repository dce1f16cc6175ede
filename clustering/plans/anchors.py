"""The anchor of each Zone of a plan: the one marked, else the only school that can be."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from clustering.validate.findings import Findings

_MARKED, _IDENTIFIED, _HIGH_SCHOOL = 3, 2, 1
_REMEDY = "Mark one school of the Zone: a column role that reads anchor in its row."


def choose_anchors(
    findings: Findings, rows: pd.DataFrame, high_schools: pd.Index, identified: pd.Index
) -> Mapping[str, str]:
    """
    Choose the anchor of each Zone.

    Parameters
    ----------
    findings
        The file; a problem is added wherever the anchor cannot be told.
    rows
        As ``rows.judge_rows`` answers.
    high_schools, identified
        Identifiers of the open high schools, and of those that are low-performing.

    Returns
    -------
    anchors
        Zone to anchor, for the Zones whose anchor can be told.
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
    _mark_ambiguous(findings, rows, is_best & (count > 1), best)
    # A school that could not be read may be the anchor: its own problem says so.
    unread = rows.loc[(rows["zone"] != "") & ~rows["school"].isin(used["school"]), "zone"]
    without = (best == 0) & ~used["zone"].duplicated() & ~used["zone"].isin(unread)
    findings.mark(
        _whole(without, rows),
        "zone",
        message="The Zone has no anchor: none of its schools is an open high school, and none is marked.",
        remedy=_REMEDY,
    )
    chosen = used[is_best & (count == 1)]
    return dict(zip(chosen["zone"], chosen["school"], strict=True))


def _mark_strangers(findings: Findings, rows: pd.DataFrame) -> None:
    """Tell anchors that are named and are not among the schools of their Zone."""
    members = set(zip(rows["zone"], rows["school"], strict=True))
    is_stranger = [pair not in members for pair in zip(rows["zone"], rows["named"], strict=True)]
    findings.mark(
        np.asarray(is_stranger, dtype=bool) & (rows["named"] != "") & (rows["zone"] != ""),
        "anchor",
        message="The anchor named is not among the schools of this Zone.",
        remedy="Add a row for it, or name a school of the Zone.",
    )


def _mark_ambiguous(findings: Findings, rows: pd.DataFrame, candidates: pd.Series, best: pd.Series) -> None:
    column = "role" if "role" in findings.headings or "anchor" not in findings.headings else "anchor"
    findings.mark(
        _whole(candidates & (best == _MARKED), rows),
        column,
        message="More than one school of this Zone is marked as its anchor.",
        remedy="Mark one of them only.",
    )
    findings.mark(
        _whole(candidates & (best < _MARKED), rows),
        "zone",
        message="This school is one of several that could be the anchor of the Zone, and none is marked.",
        remedy=_REMEDY,
    )


def _whole(marks: pd.Series, rows: pd.DataFrame) -> pd.Series:
    """Marks on some of the rows as marks on all."""
    return marks.reindex(rows.index, fill_value=False)
