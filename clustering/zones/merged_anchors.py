"""Which anchors share one Zone: by request, or because their feeders are mostly the same."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import pandas as pd

from clustering.errors import InputError, Problem
from clustering.zones.eligibility import exclusions_of
from clustering.zones.exclusions import describe_exclusion
from clustering.zones.feeder_graph import FeederTables
from clustering.zones.request import ZoneRequest, label
from clustering.zones.school_groups import joined


def merge_anchors(
    tables: FeederTables, anchors: Collection[str], request: ZoneRequest
) -> Mapping[str, tuple[str, ...]]:
    """
    Group the anchors that share one Zone.

    Parameters
    ----------
    tables
        The feeder graph.
    anchors
        Ids of the low-performing high schools.
    request
        ``merge_anchors`` and ``merge_shared_share`` of the request.

    Returns
    -------
    merged
        Sorted groups of two or more anchors, by their first. On request, those named. By ``merge_shared_share``, two
        anchors (or groups) at a time, the greatest share first. The share is of the union: of all students of listed
        schools who enter one anchor or the other, those from feeders with a candidate link to both [0 to 1]. A group
        leaves room for a feeder within ``maximum_schools``; ties go to the first ids.

    Raises
    ------
    InputError
        A school named in ``merge_anchors`` is no anchor.
    """
    parameters = request.parameters
    groups = [frozenset(group) for group in joined(parameters.merge_anchors)]
    strangers = sorted(set().union(*groups) - set(anchors))
    if strangers:
        raise InputError(
            Problem(
                table="parameters",
                column="merge_anchors",
                value=school,
                message=_why_no_anchor(request, school),
                remedy="Merge low-performing high schools only: see the anchors of a proposal, or identification.",
            )
            for school in strangers
        )
    if parameters.merge_shared_share is not None:
        shares = _shared_shares(tables, anchors, parameters.minimum_link_share)
        for first, second in shares[shares >= parameters.merge_shared_share].index:
            group = frozenset.union(
                frozenset({first, second}), *(each for each in groups if first in each or second in each)
            )
            if len(group) < parameters.maximum_schools:
                groups = [*(each for each in groups if not each & group), group]
    return {min(group): tuple(sorted(group)) for group in groups}


def _why_no_anchor(request: ZoneRequest, school: str) -> str:
    if school in request.schools.index and (exclusions := exclusions_of(request, school, (school,))):
        return f"The school cannot be an anchor of this request: it {describe_exclusion(exclusions[0])}."
    return "The school is not among the anchors of this request."


def describe_merges(tables: FeederTables, request: ZoneRequest) -> tuple[str, ...]:
    """
    Say which anchors ``merge_shared_share`` merged, and what they share.

    Parameters
    ----------
    tables
        The feeder graph: protected, unless the request is for exact counts.
    request
        With the anchors that were merged.

    Returns
    -------
    sentences
        One for every two anchors of a merged Zone that share enough and were not merged on request, the greatest share
        first; "about" marks a share that rests on counts that are intervals.
    """
    parameters = request.parameters
    if parameters.merge_shared_share is None:
        return ()
    group_of = {anchor: group for group in request.merged.values() for anchor in group}
    requested = [frozenset(group) for group in joined(parameters.merge_anchors)]
    shares = _shared_shares(tables, group_of, parameters.minimum_link_share)
    shares = shares[shares >= parameters.merge_shared_share]
    is_uncertain = tables.links["students_low"] != tables.links["students_high"]
    uncertain = set(tables.links.loc[is_uncertain, "destination"])
    return tuple(
        f"Merged by merge_shared_share={parameters.merge_shared_share:g}:"
        f" {'' if uncertain.isdisjoint((first, second)) else 'about '}{share:.0%} of the students who enter"
        f" {label(request, first)} or {label(request, second)} come from feeders with a candidate link to each."
        for first, second, share in zip(*map(shares.index.get_level_values, (0, 1)), shares, strict=True)
        if second in group_of[first] and not any({first, second} <= group for group in requested)
    )


def _shared_shares(tables: FeederTables, anchors: Collection[str], minimum_share: float) -> pd.Series:
    """Of all students entering one of two anchors or the other, the share from feeders of both; greatest first."""
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
