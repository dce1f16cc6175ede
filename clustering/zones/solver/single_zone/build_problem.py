"""From the candidates of one anchor to its pricing problem."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np

from clustering.zones.candidates import Candidates
from clustering.zones.request import ZoneRequest
from clustering.zones.solver.single_zone.problem import ZoneProblem
from clustering.zones.solver.single_zone.routes import find_routes
from clustering.zones.tolerances import ARRIVAL_SHARE, TIE_BREAK_STUDENTS


def tie_number(school_id: str, anchor_id: str) -> float:
    """A number between 0 and 1 that depends on the two identifiers only."""
    return int.from_bytes(hashlib.blake2b(f"{school_id} {anchor_id}".encode(), digest_size=6).digest()) / 2**48


def tie_cost(school_id: str, anchor_id: str) -> float:
    """What the membership of a school costs in the computation, so that ties are broken [students per year]."""
    return TIE_BREAK_STUDENTS * (1 + tie_number(school_id, anchor_id))


def build_problem(candidates: Candidates, request: ZoneRequest) -> ZoneProblem:
    """
    Build the pricing problem of one anchor.

    Parameters
    ----------
    candidates
        Of the anchor.
    request
        The limits of the request.

    Returns
    -------
    problem
        Values are those of ``audit.score_zone``, less what breaks ties.
    """
    parameters, count = request.parameters, len(candidates.schools)
    groups = _group_candidates(candidates, request)
    is_inner = np.zeros(count + 1, dtype=bool)
    is_inner[candidates.destination] = True
    is_inner[[position for group in groups.together for position in group]] = True
    inner = np.flatnonzero(is_inner[:count])
    column = np.full(count + 1, -1)
    column[inner] = np.arange(len(inner))
    among = column[candidates.destination] >= 0
    link = candidates.origin[among], column[candidates.destination[among]]
    tied = np.zeros((count, len(inner)), dtype=bool)
    tied[link] = candidates.is_tie[among]
    routes = find_routes(candidates, column)
    arrival = gain = (1 + parameters.leakage_weight) * routes.carried
    if parameters.score_by == "moves":
        gain = np.zeros_like(arrival)
        gain[link] = (1 + parameters.leakage_weight) * candidates.students[among]
    return ZoneProblem(
        candidates=candidates,
        own=_own_values(candidates, parameters.leakage_weight),
        inner=inner,
        outer=np.flatnonzero(~is_inner[:count]),
        routes=routes,
        gain=gain,
        arrival=arrival,
        needed=_needed(candidates, request),
        tied_to_anchor=_tied_to_anchor(candidates),
        tied=tied,
        units=_units(groups.together, inner, column),
        mandatory=groups.mandatory,
        least=parameters.minimum_schools - 1,
        most=parameters.maximum_schools - 1,
    )


def _own_values(candidates: Candidates, leakage_weight: float) -> np.ndarray:
    """Value of each candidate with the anchor alone [n]."""
    ties = np.array([tie_number(school, candidates.anchor_id) for school in candidates.schools])
    own = candidates.bonus - leakage_weight * candidates.promoted - TIE_BREAK_STUDENTS * (1 + ties)
    to_anchor = candidates.destination == len(candidates.schools)
    np.add.at(own, candidates.origin[to_anchor], (1 + leakage_weight) * candidates.students[to_anchor])
    values: np.ndarray = own
    return values


def _needed(candidates: Candidates, request: ZoneRequest) -> np.ndarray | None:
    """What the routes of each candidate must carry, beside its links straight to the anchor, in units of the score."""
    least = request.parameters.minimum_arrival_share
    if least == 0:
        return None
    needed = (least - ARRIVAL_SHARE) * candidates.promoted
    to_anchor = candidates.destination == len(candidates.schools)
    np.subtract.at(needed, candidates.origin[to_anchor], candidates.students[to_anchor])
    of_score: np.ndarray = (1 + request.parameters.leakage_weight) * np.where(candidates.is_exempt, -np.inf, needed)
    return of_score


def _tied_to_anchor(candidates: Candidates) -> np.ndarray:
    """Whether a candidate link leads straight to the anchor; merged anchors count as tied [n]."""
    tied = np.zeros(len(candidates.schools), dtype=bool)
    to_anchor = candidates.destination == len(candidates.schools)
    tied[candidates.origin[to_anchor]] = candidates.is_tie[to_anchor]
    tied[[candidates.schools.index(anchor) for anchor in candidates.merged]] = True
    return tied


def _units(groups: list[list[int]], inner: np.ndarray, column: np.ndarray) -> np.ndarray:
    """Groups that are chosen as a whole, then every other inner school alone [units, m]."""
    in_group = {position for group in groups for position in group}
    blocks = [*groups, *([position] for position in inner.tolist() if position not in in_group)]
    units = np.zeros((len(blocks), len(inner)), dtype=bool)
    for number, block in enumerate(blocks):
        units[number, column[block]] = True
    return units


@dataclass(frozen=True, kw_only=True, eq=False)
class _CandidateGroups:
    """Positions of candidates that are chosen together, and whether each is in every Zone of the anchor [n]."""

    together: list[list[int]]
    mandatory: np.ndarray


def _group_candidates(candidates: Candidates, request: ZoneRequest) -> _CandidateGroups:
    """Find which candidates keep together, and which are in every Zone of the anchor."""
    mandatory = np.zeros(len(candidates.schools), dtype=bool)
    parameters = request.parameters
    if not (parameters.keep_together or candidates.merged):
        return _CandidateGroups(together=[], mandatory=mandatory)
    position = {school: number for number, school in enumerate(candidates.schools)}
    mandatory[[position[anchor] for anchor in candidates.merged]] = True
    groups = []
    for group in parameters.together():
        within = [position[school] for school in group if school in position]
        if within and not set(group).isdisjoint(candidates.anchors):
            mandatory[within] = True
        elif within:
            groups.append(within)
    merged = [
        [position[anchor]] for anchor in candidates.merged if not any(position[anchor] in group for group in groups)
    ]
    return _CandidateGroups(together=[*groups, *merged], mandatory=mandatory)
