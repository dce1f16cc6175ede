"""Feeders that do not belong in their Zone, and schools that belong in one and are left out, by plain pandas."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from clustering import Proposal, Zone

# At the default leakage weight a feeder earns its place if one in five of its students reaches the anchor.
LEAST_ARRIVAL = 0.20
# A school of which three in ten students would arrive belongs in the Zone, by whatever source its flows are estimated.
CLEAR_ARRIVAL = 0.30


@dataclass(frozen=True, kw_only=True)
class Recognition:
    """
    What a planner who knows the paths of all students would find wrong with a proposal.

    Parameters
    ----------
    feeders
        Feeders in its Zones.
    wrongly_in
        Pairs of anchor and feeder: see :func:`find_wrongly_in`.
    left_out
        Pairs of anchor and school: see :func:`find_left_out`.
    kept_out_by_size
        How many more schools would be in ``left_out`` if Zones had no greatest size.
    """

    feeders: int
    wrongly_in: tuple[tuple[str, str], ...]
    left_out: tuple[tuple[str, str], ...]
    kept_out_by_size: int


def recognise(proposal: Proposal, paths: pd.DataFrame) -> Recognition:
    """
    Hold a proposal against the true paths.

    Parameters
    ----------
    proposal
        Of a generated state.
    paths
        ``CatchmentState.paths``.
    """
    left_out = find_left_out(proposal, paths)
    at_any_size = find_left_out(proposal, paths, at_any_size=True)
    return Recognition(
        feeders=sum(len(feeders_of(zone)) for zone in proposal.zones),
        wrongly_in=find_wrongly_in(proposal, paths),
        left_out=left_out,
        kept_out_by_size=len(at_any_size) - len(left_out),
    )


def feeders_of(zone: Zone) -> list[str]:
    """Ids of the feeders of a Zone."""
    return [member.school_id for member in zone.members if member.role == "feeder"]


def true_arrival(paths: pd.DataFrame, anchor: str, members: set[str]) -> pd.Series:
    """
    Share of each school's promoted students who end at the anchor, at once or by way of members.

    Parameters
    ----------
    paths
        ``origin``, ``via``, ``destination``, ``students``; ``via`` and ``destination`` may be missing.
    anchor
        The high school.
    members
        Schools of the Zone. The school itself need not be one of them.

    Returns
    -------
    arrival
        0 to 1, index ``origin``, for all schools that promote anybody.
    """
    promoted = paths.groupby("origin")["students"].sum()
    is_inside = (paths["destination"] == anchor) & (paths["via"].isna() | paths["via"].isin(list(members)))
    arriving = paths[is_inside].groupby("origin")["students"].sum()
    return arriving.reindex(promoted.index, fill_value=0) / promoted


def find_wrongly_in(proposal: Proposal, paths: pd.DataFrame) -> tuple[tuple[str, str], ...]:
    """List pairs of anchor and feeder whose true arrival is less than one in five."""
    found = []
    for zone in proposal.zones:
        arrival = true_arrival(paths, zone.anchor_id, {member.school_id for member in zone.members})
        found += [(zone.anchor_id, school) for school in feeders_of(zone) if arrival.get(school, 0.0) < LEAST_ARRIVAL]
    return tuple(found)


def find_left_out(proposal: Proposal, paths: pd.DataFrame, *, at_any_size: bool = False) -> tuple[tuple[str, str], ...]:
    """
    List schools in no Zone that a planner would say belong in one.

    Schools are added to the Zones one by one, each time the one of which most students would arrive, as long as at
    least three in ten would and the Zone has room (``maximum_schools``). So the elementary schools of a middle school
    that was left out count too. What is added to an anchor without a Zone counts only if it makes up a whole Zone
    (``minimum_schools``). Anchors and schools of another Zone are never added. No other limit is known here: propose
    without any.

    Parameters
    ----------
    proposal
        Of a generated state.
    paths
        See :func:`true_arrival`.
    at_any_size
        Leave ``maximum_schools`` aside.

    Returns
    -------
    left_out
        Pairs of anchor and school, in the order in which they were added.
    """
    most = proposal.parameters.maximum_schools
    zones = {anchor.school_id: {anchor.school_id} for anchor in proposal.anchors if anchor.certainty == "certain"}
    zones |= {zone.anchor_id: {member.school_id for member in zone.members} for zone in proposal.zones}
    sizes = {anchor: len(members) for anchor, members in zones.items()}
    taken = set(zones).union(*zones.values())
    added: list[tuple[str, str]] = []
    while True:
        fitting = [
            (share, anchor, str(school))
            for anchor, members in zones.items()
            if at_any_size or len(members) < most
            for school, share in true_arrival(paths, anchor, members).items()
            if share >= CLEAR_ARRIVAL and school not in taken
        ]
        if not fitting:
            break
        _, anchor, school = max(fitting)
        zones[anchor].add(school)
        taken.add(school)
        added.append((anchor, school))
    least = proposal.parameters.minimum_schools
    return tuple((anchor, school) for anchor, school in added if sizes[anchor] > 1 or len(zones[anchor]) >= least)


def chained_arrival(links: pd.DataFrame, zone: Zone) -> pd.Series:
    """
    Share of each member's promoted students who reach the anchor inside the Zone, shares multiplied along the chain.

    Parameters
    ----------
    links
        ``Proposal.links``: ``origin``, ``destination``, ``send_share``.
    zone
        One of the same proposal.

    Returns
    -------
    arrival
        0 to 1, by ``school_id`` of the members; 1 for the anchor.
    """
    ids = [member.school_id for member in zone.members]
    inside = links[links["origin"].isin(ids) & links["destination"].isin(ids)]
    shares = inside.pivot_table(index="origin", columns="destination", values="send_share", aggfunc="sum")
    shares = shares.reindex(index=ids, columns=ids).fillna(0.0)
    arrival = pd.Series([float(member.role == "anchor") for member in zone.members], index=ids)
    is_anchor = arrival == 1
    for _ in ids:  # no chain has more steps than the Zone has schools
        arrival = shares.dot(arrival).mask(is_anchor, 1.0)
    return arrival
