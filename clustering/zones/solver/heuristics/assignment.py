"""Schools given to anchors: what every alternative method has in common once it knows which schools belong together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from clustering.zones.candidates import Candidates
from clustering.zones.request import ZoneRequest

Given = Mapping[str, frozenset[int]]

# Sums that differ later only by rounding are equal.
_TIE_DIGITS = 6


@dataclass(frozen=True, kw_only=True, eq=False)
class Reach:
    """
    Every pair of an anchor and a school within its reach.

    Parameters
    ----------
    pairs
        ``zone`` (place among the candidates), ``place`` (of the school among that anchor's), ``school_id``, ``unit``
        (the school, or the first of those that it keeps together with) and ``arriving`` [students per year]; sorted by
        zone and place.
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


def measure_reach(candidates: Sequence[Candidates], request: ZoneRequest) -> Reach:
    """
    Say how many students of each school arrive at each anchor.

    Parameters
    ----------
    candidates
        One per anchor.
    request
        The limits of the request.

    Returns
    -------
    reach
        Students arrive who are promoted into the anchor, and those promoted into another school within its reach in
        the share in which that school's own promoted students arrive, over at most ``maximum_steps`` promotions.
    """
    ordered = tuple(sorted(candidates, key=lambda each: each.anchor_id))
    shares = tuple(_arriving_shares(each, request.parameters.maximum_steps) for each in ordered)
    unit = {school: group[0] for group in request.parameters.together() for school in group}
    parts = [
        pd.DataFrame(
            {
                "zone": number,
                "place": np.arange(len(each.schools)),
                "school_id": pd.array(each.schools, dtype="str"),
                "unit": pd.array([unit.get(school, school) for school in each.schools], dtype="str"),
                "arriving": np.round(share * each.promoted, _TIE_DIGITS),
            }
        )
        for number, (each, share) in enumerate(zip(ordered, shares, strict=True))
        if each.schools
    ]
    columns = {"zone": "int64", "place": "int64", "school_id": "str", "unit": "str", "arriving": "float64"}
    pairs = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=list(columns)).astype(columns)
    return Reach(pairs=pairs, candidates=ordered, shares=shares, request=request)


def _arriving_shares(candidates: Candidates, steps: int) -> np.ndarray:
    count = len(candidates.schools)
    fixed = np.zeros(count + 1)
    fixed[[count, *(candidates.schools.index(anchor) for anchor in candidates.merged)]] = 1.0
    shares, promoted = fixed, np.r_[candidates.promoted, 0.0]
    for _ in range(steps):
        arriving = np.zeros(count + 1)
        np.add.at(arriving, candidates.origin, candidates.students * shares[candidates.destination])
        through = np.divide(arriving, promoted, out=np.zeros(count + 1), where=promoted > 0)
        shares = np.where(fixed > 0, fixed, through)
    return shares[:count]


def give_schools(reach: Reach, is_meant: np.ndarray) -> Given:
    """
    Give each school to one of the anchors that a method means it for.

    Parameters
    ----------
    reach
        See :func:`measure_reach`.
    is_meant
        Whether the method means the school for the anchor, a truth value per row of ``reach.pairs``.

    Returns
    -------
    given
        Anchor to places of its candidates. Of several anchors that a school is meant for, the one where most of its
        students arrive has it, the first by id if they are equal; all have it where feeders may be shared. Schools
        that keep together are given as one. A school that is forced in and meant for no anchor goes to the one where
        most of its students arrive, and takes the schools along that lead its students there.
    """
    options = _options(reach, is_meant)
    shared = reach.request.parameters.shared_feeders
    best = options.sort_values(["unit", "arriving", "zone"], ascending=[True, False, True], kind="stable")
    chosen = best if shared else best.drop_duplicates("unit")
    has = set(zip(chosen["unit"], chosen["zone"], strict=True))
    held = _hold_forced(reach, best)
    has = {pair for pair in has if shared or pair[0] not in held} | set(held.items())
    rows = pd.MultiIndex.from_frame(reach.pairs[["unit", "zone"]]).isin(list(has))
    places = reach.pairs[rows].groupby("zone")["place"].agg(frozenset)
    return {each.anchor_id: places.get(number, frozenset()) for number, each in enumerate(reach.candidates)}


def give_clusters(reach: Reach, cluster_of: pd.Series) -> Given:
    """
    Give the schools of clusters to the anchors in them.

    Parameters
    ----------
    reach
        See :func:`measure_reach`.
    cluster_of
        Number of the cluster by ``school_id``; schools in none are left out.

    Returns
    -------
    given
        Anchor to places of its candidates. A school is meant for every anchor in its cluster within whose reach it is.
    """
    heads = [(number, anchor) for number, each in enumerate(reach.candidates) for anchor in each.anchors]
    of_heads = {(number, cluster_of.get(anchor, -1)) for number, anchor in heads} - {(n, -1) for n, _ in heads}
    of_schools = cluster_of.reindex(reach.pairs["school_id"]).fillna(-1).astype("int64").to_numpy()
    together = pd.MultiIndex.from_arrays([reach.pairs["zone"].to_numpy(), of_schools])
    return give_schools(reach, together.isin(list(of_heads)))


def _options(reach: Reach, is_meant: np.ndarray) -> pd.DataFrame:
    """Anchors that could be given each unit: those it is meant for, or all if it is forced in and meant for none."""
    forced = reach.pairs["school_id"].isin(list(reach.request.parameters.force_in))
    marked = reach.pairs.assign(is_meant=is_meant, is_forced=forced)
    units = marked.groupby(["unit", "zone"], as_index=False).agg(
        is_meant=("is_meant", "any"), is_forced=("is_forced", "any"), arriving=("arriving", "sum")
    )
    is_lost = units["is_forced"] & ~units.groupby("unit")["is_meant"].transform("any")
    return units[units["is_meant"] | is_lost]


def _hold_forced(reach: Reach, best: pd.DataFrame) -> dict[str, int]:
    """Zone of each forced unit, and of the units on its way to the anchor."""
    forced = set(reach.request.parameters.force_in)
    first = best.drop_duplicates("unit").set_index("unit")["zone"].to_dict()
    rows = reach.pairs[reach.pairs["school_id"].isin(forced)]
    rows = rows[rows["zone"] == rows["unit"].map(first)].sort_values("school_id", kind="stable")
    held = dict(zip(rows["unit"], rows["zone"], strict=True))
    unit_of = dict(zip(reach.pairs["school_id"], reach.pairs["unit"], strict=True))
    for place, zone in zip(rows["place"], rows["zone"], strict=True):
        for step in _way_to_anchor(reach, zone, place):
            held.setdefault(unit_of[reach.candidates[zone].schools[step]], zone)
    return held


def _way_to_anchor(reach: Reach, zone: int, place: int) -> list[int]:
    """Places of the schools between a school and the anchor, at each step that over which most students arrive."""
    candidates = reach.candidates[zone]
    heads = {len(candidates.schools), *(candidates.schools.index(anchor) for anchor in candidates.merged)}
    shares, way = np.r_[reach.shares[zone], 1.0], [place]
    while way[-1] not in heads:
        ties = np.flatnonzero((candidates.origin == way[-1]) & candidates.is_tie)
        if not len(ties):
            break
        arriving = candidates.students[ties] * shares[candidates.destination[ties]]
        way.append(int(candidates.destination[ties[np.argmax(arriving)]]))
    return [step for step in way[1:] if step not in heads]
