"""Assignment of schools to anchors: what all heuristics share once they know which schools belong together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from clustering.zones.candidates import Candidates
from clustering.zones.request import ZoneRequest
from clustering.zones.tolerances import ARRIVING_DECIMALS

# Positions of the candidates assigned to each anchor.
Assignment = Mapping[str, frozenset[int]]


@dataclass(frozen=True, kw_only=True, eq=False)
class CandidateArrivals:
    """
    How many students of each candidate arrive at its anchor.

    Parameters
    ----------
    pairs
        ``zone`` (number of the anchor in ``candidates``), ``position`` (of the school among that anchor's candidates),
        ``school_id``, ``unit`` (the school, or the first of those that it keeps together with) and ``arriving``
        [students per year]; sorted by zone and position.
    candidates
        One per anchor, sorted by its id.
    shares
        For each anchor, share of each candidate's promoted students who arrive [0 to 1]; 1 for merged anchors.
    request
        The limits of the request.
    """

    pairs: pd.DataFrame
    candidates: tuple[Candidates, ...]
    shares: tuple[np.ndarray, ...]
    request: ZoneRequest


def measure_arrivals(candidates: Sequence[Candidates], request: ZoneRequest) -> CandidateArrivals:
    """
    Measure how many students of each school arrive at each anchor.

    Parameters
    ----------
    candidates
        One per anchor.
    request
        The limits of the request.

    Returns
    -------
    arrivals
        Students arrive whose whole way to the anchor leads through schools within its reach.
    """
    ordered = tuple(sorted(candidates, key=lambda each: each.anchor_id))
    shares = tuple(_arriving_shares(each) for each in ordered)
    unit = {school: group[0] for group in request.parameters.together() for school in group}
    parts = [
        pd.DataFrame(
            {
                "zone": number,
                "position": np.arange(len(each.schools)),
                "school_id": pd.array(each.schools, dtype="str"),
                "unit": pd.array([unit.get(school, school) for school in each.schools], dtype="str"),
                "arriving": np.round(share * each.promoted, ARRIVING_DECIMALS),
            }
        )
        for number, (each, share) in enumerate(zip(ordered, shares, strict=True))
        if each.schools
    ]
    columns = {"zone": "int64", "position": "int64", "school_id": "str", "unit": "str", "arriving": "float64"}
    pairs = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=list(columns)).astype(columns)
    return CandidateArrivals(pairs=pairs, candidates=ordered, shares=shares, request=request)


def _arriving_shares(candidates: Candidates) -> np.ndarray:
    """Share of each candidate's students who arrive if all are in the Zone; 1 for merged anchors [n; 0 to 1]."""
    count, promoted = len(candidates.schools), candidates.promoted
    arriving = np.bincount(candidates.origin, weights=candidates.students * candidates.arriving, minlength=count)
    shares = np.divide(arriving, promoted, out=np.zeros(count), where=promoted > 0)
    return np.where(np.isin(np.array(candidates.schools, dtype=object), candidates.merged), 1.0, shares)


def assign_schools(arrivals: CandidateArrivals, is_allowed: np.ndarray) -> Assignment:
    """
    Assign each school to one of the anchors that a method allows for it.

    Parameters
    ----------
    arrivals
        See :func:`measure_arrivals`.
    is_allowed
        Whether the method allows the school for the anchor, a truth value per row of ``arrivals.pairs``.

    Returns
    -------
    assignment
        Of several anchors that are allowed for a school, the one where most of its students arrive has it, the first by
        id if they are equal; all have it where feeders may be shared. Schools that keep together are assigned as one. A
        school that is forced in, and that the method allows for no anchor, goes to the one where most of its students
        arrive, with the schools that lead its students there.
    """
    options = _options(arrivals, is_allowed)
    shared = arrivals.request.parameters.shared_feeders
    best = options.sort_values(["unit", "arriving", "zone"], ascending=[True, False, True], kind="stable")
    chosen = best if shared else best.drop_duplicates("unit")
    assigned = set(zip(chosen["unit"], chosen["zone"], strict=True))
    held = _hold_forced(arrivals, best)
    assigned = {pair for pair in assigned if shared or pair[0] not in held} | set(held.items())
    rows = pd.MultiIndex.from_frame(arrivals.pairs[["unit", "zone"]]).isin(list(assigned))
    positions = arrivals.pairs[rows].groupby("zone")["position"].agg(frozenset)
    return {each.anchor_id: positions.get(number, frozenset()) for number, each in enumerate(arrivals.candidates)}


def assign_clusters(arrivals: CandidateArrivals, cluster_of: pd.Series) -> Assignment:
    """
    Assign the schools of clusters to the anchors in them.

    Parameters
    ----------
    arrivals
        See :func:`measure_arrivals`.
    cluster_of
        Number of the cluster by ``school_id``; schools in none are left out.

    Returns
    -------
    assignment
        Every anchor in a school's cluster within whose reach it is, is allowed for it.
    """
    zone_of = [(number, anchor) for number, each in enumerate(arrivals.candidates) for anchor in each.anchors]
    of_anchors = {(number, cluster_of.get(anchor, -1)) for number, anchor in zone_of}
    of_anchors -= {(number, -1) for number, _ in zone_of}
    of_schools = cluster_of.reindex(arrivals.pairs["school_id"]).fillna(-1).astype("int64").to_numpy()
    together = pd.MultiIndex.from_arrays([arrivals.pairs["zone"].to_numpy(), of_schools])
    return assign_schools(arrivals, together.isin(list(of_anchors)))


def _options(arrivals: CandidateArrivals, is_allowed: np.ndarray) -> pd.DataFrame:
    """Anchors that each unit can be assigned to: those allowed, or all if it is forced in and none is allowed."""
    forced = arrivals.pairs["school_id"].isin(list(arrivals.request.parameters.force_in))
    marked = arrivals.pairs.assign(is_allowed=is_allowed, is_forced=forced)
    units = marked.groupby(["unit", "zone"], as_index=False).agg(
        is_allowed=("is_allowed", "any"), is_forced=("is_forced", "any"), arriving=("arriving", "sum")
    )
    is_lost = units["is_forced"] & ~units.groupby("unit")["is_allowed"].transform("any")
    return units[units["is_allowed"] | is_lost]


def _hold_forced(arrivals: CandidateArrivals, best: pd.DataFrame) -> dict[str, int]:
    """Zone of each forced unit, and of the units on its path to the anchor."""
    forced = set(arrivals.request.parameters.force_in)
    first = best.drop_duplicates("unit").set_index("unit")["zone"].to_dict()
    rows = arrivals.pairs[arrivals.pairs["school_id"].isin(forced)]
    rows = rows[rows["zone"] == rows["unit"].map(first)].sort_values("school_id", kind="stable")
    held = dict(zip(rows["unit"], rows["zone"], strict=True))
    unit_of = dict(zip(arrivals.pairs["school_id"], arrivals.pairs["unit"], strict=True))
    for position, zone in zip(rows["position"], rows["zone"], strict=True):
        for step in _path_to_anchor(arrivals, zone, position):
            held.setdefault(unit_of[arrivals.candidates[zone].schools[step]], zone)
    return held


def _path_to_anchor(arrivals: CandidateArrivals, zone: int, position: int) -> list[int]:
    """Positions of the schools between a school and the anchor: at each step the link over which most arrive."""
    candidates = arrivals.candidates[zone]
    anchors = {len(candidates.schools), *(candidates.schools.index(anchor) for anchor in candidates.merged)}
    path = [position]
    while path[-1] not in anchors:
        ties = np.flatnonzero((candidates.origin == path[-1]) & candidates.is_tie)
        if not len(ties):
            break
        arriving = candidates.students[ties] * candidates.arriving[ties]
        path.append(int(candidates.destination[ties[np.argmax(arriving)]]))
    return [step for step in path[1:] if step not in anchors]
