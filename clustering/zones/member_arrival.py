"""How many students of each member arrive, how that is known, and the sums by level."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from clustering.model.columns import LEVELS, SHARE_DIGITS, STUDENT_DIGITS
from clustering.zones.audit import Membership
from clustering.zones.candidates import promoted_of
from clustering.zones.feeder_graph import FeederTables
from clustering.zones.proposal import LevelArrival
from clustering.zones.request import ZoneRequest
from clustering.zones.zone_flows import ZoneFlows, flows_of_zones

# How it may be known where students go after the next school, each with a bit of its own.
_BASES = {"student records": 1, "catchments": 2, "chained shares": 4}
_DIRECT = "direct"


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """
    How many students of one feeder arrive.

    Parameters
    ----------
    promoted_students
        Students whom it promotes, per year; with those who left, if ``count_exits``.
    arriving_students
        Those of them whose whole way to the anchor lies in the Zone.
    share
        The second over the first [0 to 1]; ``None`` if none are promoted.
    basis
        See :class:`~clustering.zones.proposal.Member`; ``None`` if nobody arrives.
    exit_students
        Students who left out of its final grade without a destination, per year.
    """

    promoted_students: float
    arriving_students: float
    share: float | None
    basis: str | None
    exit_students: float = 0.0


def measure_member_arrival(
    tables: FeederTables, membership: Membership, request: ZoneRequest
) -> Mapping[tuple[str, str], Arrival]:
    """
    Measure how many students of each feeder arrive.

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
    arrival
        By anchor of the Zone and feeder, merged anchors left out; students with three digits.
    """
    flows = flows_of_zones(tables, membership, request)
    feeders = flows.members[~flows.members["is_anchor"]]
    promoted, shares = promoted_of(tables, request)[feeders["position"]], flows.arrival[feeders.index]
    rows = zip(
        (flows.names[number] for number in feeders["zone"]),
        map(str, tables.totals.index[feeders["position"]]),
        promoted.round(STUDENT_DIGITS).tolist(),
        (promoted * shares).round(STUDENT_DIGITS).tolist(),
        np.where(promoted > 0, shares, np.nan).round(SHARE_DIGITS).tolist(),
        _find_bases(flows)[feeders.index].tolist(),
        tables.totals["exit_students"].to_numpy()[feeders["position"]].round(STUDENT_DIGITS).tolist(),
        strict=True,
    )
    return {
        (anchor, school): Arrival(
            promoted_students=students,
            arriving_students=arriving,
            share=None if math.isnan(share) else share,
            basis=_describe_basis(basis) if share > 0 else None,
            exit_students=left,
        )
        for anchor, school, students, arriving, share, basis, left in rows
    }


def arrival_by_level(arrivals: Mapping[str, Arrival], request: ZoneRequest) -> tuple[LevelArrival, ...]:
    """
    Add up the arrival of the feeders of one Zone by their level.

    Parameters
    ----------
    arrivals
        By feeder.
    request
        Which knows the levels.

    Returns
    -------
    levels
        In the order of ``columns.LEVELS``; only those with a feeder.
    """
    by_level: dict[str, list[Arrival]] = {}
    for school, each in arrivals.items():
        by_level.setdefault(request.cell(school, "level"), []).append(each)
    found = []
    for level in LEVELS:
        if of_level := by_level.get(level):
            promoted, arriving = (
                round(math.fsum(getattr(each, name) for each in of_level), STUDENT_DIGITS)
                for name in ("promoted_students", "arriving_students")
            )
            found.append(
                LevelArrival(
                    level=level,
                    school_count=len(of_level),
                    promoted_students=promoted,
                    arriving_students=arriving,
                    arrival_share=round(arriving / promoted, SHARE_DIGITS) if promoted > 0 else None,
                )
            )
    return tuple(found)


def _find_bases(flows: ZoneFlows) -> np.ndarray:
    """Bits of ``_BASES`` behind the arrival of each member."""
    links, chains, known = flows.inside_links, flows.chains, flows.tables.known_paths
    own = np.full(len(links.rows), _BASES["chained shares"])
    if known is not None:
        bits = np.array([_BASES.get(basis, _BASES["chained shares"]) for basis in known.basis[links.rows]], dtype=int)
        own = bits if len(bits) else own
    own = np.where(links.reaches_anchor | (flows.arriving == 0), 0, own)
    bases = own
    used = (chains.shares > 0) & (flows.arriving[chains.second] > 0)
    first, second = chains.first[used], chains.second[used]
    while True:
        following = own.copy()
        np.bitwise_or.at(following, first, bases[second])
        following = np.where(own > 0, following, 0)
        if np.array_equal(following, bases):
            break
        bases = following
    of_members = np.zeros(links.member_count, dtype=int)
    np.bitwise_or.at(of_members, links.origin, bases)
    return of_members


def _describe_basis(bits: int) -> str:
    return " and ".join(name for name, bit in _BASES.items() if bits & bit) or _DIRECT
