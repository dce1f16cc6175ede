"""
Arrival: the share of promoted students whose whole way to the anchor lies in the Zone.

A student arrives who is promoted straight into an anchor of the Zone, or into another member and from there arrives.
Which share of those promoted from one school into a second goes on to a third is known where the files tell the paths
of students. Elsewhere it is the send share of the second school, whoever its students were before: shares are chained.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from clustering.model.positions import expand_rows
from clustering.zones.feeder_graph import FeederTables


@dataclass(frozen=True, kw_only=True, eq=False)
class ZoneLinks:
    """
    Links inside some Zones; a school that is in several Zones has a number for each.

    Parameters
    ----------
    rows
        Of each link in ``FeederTables.links`` [links].
    origin, destination
        Numbers of the members at its ends [links]; the destination counts only where the link does not reach an anchor.
    reaches_anchor
        Whether it leads to an anchor of the Zone [links].
    member_count
        How many numbers there are.
    """

    rows: np.ndarray
    origin: np.ndarray
    destination: np.ndarray
    reaches_anchor: np.ndarray
    member_count: int


@dataclass(frozen=True, kw_only=True, eq=False)
class LinkChains:
    """
    Pairs of links of which the second leads on from where the first ends; sorted by the first.

    Parameters
    ----------
    first, second
        Positions of the two links in ``ZoneLinks`` [pairs].
    shares
        Which share of the students on the first goes on over the second [pairs; 0 to 1].
    """

    first: np.ndarray
    second: np.ndarray
    shares: np.ndarray


def chain_links(links: ZoneLinks, tables: FeederTables) -> LinkChains:
    """
    Find the links that lead on from each link that does not reach an anchor.

    Parameters
    ----------
    links
        Inside Zones.
    tables
        The feeder graph, with the paths that are known.

    Returns
    -------
    chains
        The share of a known path where the files tell it, the send share of the second link elsewhere.
    """
    onward = np.flatnonzero(~links.reaches_anchor)
    order = np.argsort(links.origin, kind="stable")
    starts = np.searchsorted(links.origin[order], np.arange(links.member_count + 1))
    owners, found = expand_rows(starts, links.destination[onward])
    first, second = onward[owners], order[found]
    shares = np.nan_to_num(tables.links["send_share"].to_numpy()[links.rows[second]])
    if tables.known_paths is not None:
        known = tables.known_paths
        is_known = known.is_known[links.rows[first]]
        shares = np.where(is_known, known.shares_of(links.rows[first], links.rows[second]), shares)
    return LinkChains(first=first, second=second, shares=shares)


def measure_arriving(links: ZoneLinks, chains: LinkChains) -> np.ndarray:
    """
    Measure which share of the students on each link arrives.

    Parameters
    ----------
    links
        Inside Zones.
    chains
        Of ``chain_links``.

    Returns
    -------
    arriving
        1 for a link to an anchor; elsewhere the sum over the links that lead on, of the share that takes each and of
        those the share that arrives [links; 0 to 1].
    """
    count, arriving = len(links.rows), links.reaches_anchor.astype(np.float64)
    # The graph has no cycles: the numbers stand still after as many rounds as the longest path has links.
    while True:
        onward = np.bincount(chains.first, weights=chains.shares * arriving[chains.second], minlength=count)
        following = np.where(links.reaches_anchor, 1.0, onward)
        if np.array_equal(following, arriving):
            return arriving
        arriving = following


def arrival_shares(links: ZoneLinks, arriving: np.ndarray, tables: FeederTables) -> np.ndarray:
    """
    Measure which share of each member's promoted students arrives.

    Parameters
    ----------
    links
        Inside Zones.
    arriving
        Of ``measure_arriving``.
    tables
        The feeder graph.

    Returns
    -------
    shares
        The sum of send share and arriving share over the links of each member [members; 0 to 1]; 0 for one without
        links.
    """
    send = np.nan_to_num(tables.links["send_share"].to_numpy()[links.rows])
    shares: np.ndarray = np.bincount(links.origin, weights=send * arriving, minlength=links.member_count)
    return shares
