"""Members of Zones and the links out of them, with the share of the students on each link who arrive."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from clustering.zones.arrival import LinkChains, ZoneLinks, arrival_shares, chain_links, measure_arriving
from clustering.zones.audit import Membership
from clustering.zones.feeder_graph import FeederTables
from clustering.zones.request import ZoneRequest, anchors_of


@dataclass(frozen=True, kw_only=True, eq=False)
class ZoneFlows:
    """
    Flows out of the feeders of some Zones.

    Parameters
    ----------
    names
        Anchor of each Zone, sorted; Zones are numbered in this order.
    tables
        The feeder graph.
    members
        ``zone`` (number), ``position`` (of the school in the index of ``tables``), ``is_leading`` (the first anchor),
        ``is_anchor`` (any of its anchors).
    entering
        A row per link into an anchor: ``zone``, ``students`` and ``from_other_zone`` (its origin is in another Zone).
    links
        A row per link out of a feeder of a Zone: ``zone``, ``row`` (in ``tables.links``), ``origin`` and
        ``destination`` (rows of ``members``; -1 for a school outside), ``students``, ``students_low``,
        ``students_high``, ``inside`` (stays in the Zone), ``across`` (leads into another Zone) and ``to_anchor``.
    """

    names: tuple[str, ...]
    tables: FeederTables
    members: pd.DataFrame
    entering: pd.DataFrame
    links: pd.DataFrame

    @cached_property
    def inside(self) -> pd.DataFrame:
        """The links that stay in their Zone."""
        return self.links[self.links["inside"]].reset_index(drop=True)

    @cached_property
    def inside_links(self) -> ZoneLinks:
        """The same as arrays."""
        return ZoneLinks(
            rows=self.inside["row"].to_numpy(),
            origin=self.inside["origin"].to_numpy(),
            destination=self.inside["destination"].to_numpy(),
            reaches_anchor=self.inside["to_anchor"].to_numpy(),
            member_count=len(self.members),
        )

    @cached_property
    def chains(self) -> LinkChains:
        """Which of these links leads on from which."""
        return chain_links(self.inside_links, self.tables)

    @cached_property
    def arriving(self) -> np.ndarray:
        """Share of the students on each of these links who arrive [0 to 1]."""
        return measure_arriving(self.inside_links, self.chains)

    @cached_property
    def arrival(self) -> np.ndarray:
        """Share of the promoted students of each member who arrive [0 to 1]; 0 for those without links."""
        return arrival_shares(self.inside_links, self.arriving, self.tables)

    def sum_by_zone(self, zones: pd.Series, values: np.ndarray) -> np.ndarray:
        """Sum of some values by Zone."""
        return np.bincount(zones, weights=values, minlength=len(self.names))


def flows_of_zones(tables: FeederTables, membership: Membership, request: ZoneRequest) -> ZoneFlows:
    """
    Gather the flows out of the feeders of some Zones.

    Parameters
    ----------
    tables
        The feeder graph.
    membership
        Anchor to the feeders of its Zone.
    request
        With its merged anchors.

    Returns
    -------
    flows
        A feeder that is shared counts in each of its Zones.
    """
    names = tuple(sorted(membership))
    members = _members(membership, request, tables.totals.index)
    return ZoneFlows(
        names=names,
        tables=tables,
        members=members,
        entering=_links_into_anchors(tables, members),
        links=_links_out_of(tables, members),
    )


def _members(membership: Membership, request: ZoneRequest, index: pd.Index) -> pd.DataFrame:
    rows = [
        (number, school, school == anchor, school in anchors_of(request, anchor))
        for number, (anchor, feeders) in enumerate(sorted(membership.items()))
        for school in (anchor, *feeders)
    ]
    zone, schools, is_leading, is_anchor = zip(*rows, strict=True) if rows else ((), (), (), ())
    return pd.DataFrame(
        {
            "zone": np.array(zone, dtype=np.intp),
            "position": index.get_indexer(pd.Index(schools, dtype="str")),
            "is_leading": np.array(is_leading, dtype=bool),
            "is_anchor": np.array(is_anchor, dtype=bool),
        }
    )


def _links_into_anchors(tables: FeederTables, members: pd.DataFrame) -> pd.DataFrame:
    index, links = tables.totals.index, tables.links
    anchors = members.loc[members["is_anchor"], ["zone", "position"]]
    is_anchor = np.zeros(len(index), dtype=bool)
    is_anchor[anchors["position"]] = True
    used = np.flatnonzero(is_anchor[tables.ends.destination])
    ends = pd.DataFrame(
        {
            "origin": tables.ends.origin[used],
            "position": tables.ends.destination[used],
            "students": links["students"].to_numpy()[used],
        }
    )
    found = ends.merge(anchors, on="position", how="inner", sort=False)
    size = len(index)
    is_own = (found["zone"] * size + found["origin"]).isin(members["zone"] * size + members["position"])
    return found.assign(from_other_zone=found["origin"].isin(members["position"]) & ~is_own)


def _links_out_of(tables: FeederTables, members: pd.DataFrame) -> pd.DataFrame:
    """Links out of all members but the leading anchors."""
    index, links = tables.totals.index, tables.links
    is_member = np.zeros(len(index), dtype=bool)
    is_member[members["position"]] = True
    used = np.flatnonzero(is_member[tables.ends.origin])
    feeders = members.loc[~members["is_leading"], ["zone", "position"]].rename_axis("origin").reset_index()
    ends = pd.DataFrame(
        {
            "row": used,
            "position": tables.ends.origin[used],
            "receiver": tables.ends.destination[used],
            **{name: links[name].to_numpy()[used] for name in ("students", "students_low", "students_high")},
        }
    )
    found = ends.merge(feeders, on="position", how="inner", sort=False)
    receivers = members[["zone", "position"]].rename_axis("destination").reset_index()
    found = found.merge(
        receivers.rename(columns={"position": "receiver"}), on=["zone", "receiver"], how="left", sort=False
    )
    inside = found["destination"].notna().to_numpy()
    destination = found["destination"].fillna(-1).astype(np.intp)
    return found.assign(
        destination=destination,
        inside=inside,
        across=is_member[found["receiver"]] & ~inside,
        to_anchor=inside & np.append(members["is_anchor"].to_numpy(), False)[destination],
    ).sort_values(["origin", "row"], ignore_index=True)
