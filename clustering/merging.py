"""Which anchors share one Zone: by request, or because their feeders are mostly the same."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import pandas as pd

from clustering.config import joined
from clustering.errors import InputError, Problem
from clustering.feeder_graph import FeederTables
from clustering.limits import Limits


def merge_anchors(tables: FeederTables, anchors: Collection[str], limits: Limits) -> Mapping[str, tuple[str, ...]]:
    """
    Group the anchors that share one Zone.

    Parameters
    ----------
    tables
        The feeder graph.
    anchors
        Ids of the low-performing high schools.
    limits
        ``merge_anchors`` and ``merge_shared_share`` of the request.

    Returns
    -------
    merged
        Sorted groups of two or more anchors, by their first. On request, those named. By ``merge_shared_share``, two
        anchors (or groups) at a time, the greatest share first: the share is that of the students entering either
        anchor who come from feeders with a candidate link to both [0 to 1]. A group leaves room for a feeder within
        ``maximum_schools``; ties go to the first ids.

    Raises
    ------
    InputError
        A school named in ``merge_anchors`` is no anchor.
    """
    asked = limits.parameters
    groups = [frozenset(group) for group in joined(asked.merge_anchors)]
    strangers = sorted(set().union(*groups) - set(anchors))
    if strangers:
        raise InputError(
            Problem(
                table="parameters",
                column="merge_anchors",
                value=school,
                message="The school is not among the anchors of this request.",
                remedy="Merge low-performing high schools only: see the anchors of a proposal, or identification.",
            )
            for school in strangers
        )
    if asked.merge_shared_share is not None:
        shares = _shared_shares(tables, anchors, asked.minimum_link_share)
        for first, second in shares[shares >= asked.merge_shared_share].index:
            group = frozenset.union(
                frozenset({first, second}), *(each for each in groups if first in each or second in each)
            )
            if len(group) < asked.maximum_schools:
                groups = [*(each for each in groups if not each & group), group]
    return {min(group): tuple(sorted(group)) for group in groups}


def _shared_shares(tables: FeederTables, anchors: Collection[str], minimum_share: float) -> pd.Series:
    """Share of the students of two anchors that come from feeders of both, greatest first."""
    links = tables.links[tables.links["destination"].isin(list(anchors))]
    tied = links[(links["send_share"] >= minimum_share) | (links["receive_share"] >= minimum_share)]
    both = tied.merge(tied, on="origin", suffixes=("", "_other"))
    both = both[both["destination"] < both["destination_other"]]
    shared = (both["students"] + both["students_other"]).groupby([both["destination"], both["destination_other"]]).sum()
    entering = links.groupby("destination")["students"].sum()
    total = entering.reindex(shared.index.get_level_values(0)).to_numpy() + (
        entering.reindex(shared.index.get_level_values(1)).to_numpy()
    )
    shares = (shared / total).rename("share").reset_index()
    names = ["destination", "destination_other"]
    ordered = shares.sort_values(["share", *names], ascending=[False, True, True])
    return pd.Series(ordered["share"].to_numpy(), index=pd.MultiIndex.from_frame(ordered[names]))
