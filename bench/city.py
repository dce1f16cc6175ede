"""Zones of a conflict-heavy city, beside the plain joint model given to HiGHS and to CP-SAT."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from bench.conflict_city import build_city
from bench.cp_sat_zones import solve_by_cp_sat
from bench.ground import Ground, find_zones, lay_ground, total_score
from bench.joint_model import solve_milp
from bench.turns import Row, in_one_piece, take_turns
from clustering import ProposalParameters
from clustering.zones.audit import Membership
from clustering.zones.candidates import generate_candidates
from clustering.zones.solver.single_zone.build_problem import build_problem

LIMIT_S = 60.0
_MOST_GAP_PERCENT = 1.0


@dataclass(frozen=True, kw_only=True)
class Reached:
    """What a solver has reached: Zones, a bound of any score [students per year], and whether it calls them optimal."""

    zones: Membership
    bound: float
    is_proved: bool


def compare_city_solvers(seeds: Sequence[int], rounds: int) -> list[Row]:
    """
    Time to proven optimality, or the gap at the limit, for cities in which every school is wanted several times.

    Parameters
    ----------
    seeds
        A city each.
    rounds
        Turns of each solver; a turn takes up to :data:`LIMIT_S`.

    Returns
    -------
    rows
        For each city seconds, scores and gaps. Bars: a gap of one per cent; never slower than plain HiGHS to the same
        proof, and never with a greater gap where the limit stops both.
    """
    return [row for seed in seeds for row in _compare(seed, rounds)]


def _compare(seed: int, rounds: int) -> list[Row]:
    ground = lay_ground(build_city(seed), ProposalParameters(disclosure="exact", time_limit_s=LIMIT_S))
    timed = take_turns([in_one_piece(name, partial(solver, ground)) for name, solver in SOLVERS.items()], rounds)
    rows: list[Row] = []
    gaps: dict[str, float] = {}
    for name, each in timed.items():
        reached: Reached = each.result
        score = total_score(ground, reached.zones)
        gap = max(0.0, reached.bound / score - 1) if score > 0 else math.inf
        gaps[name] = 0.0 if reached.is_proved else 100 * gap
        rows.append(
            Row(
                name=f"city_{seed}_{name}",
                value=each.whole_s,
                ratio=None if name == "zones" else timed["zones"].whole_s / each.whole_s,
                most_ratio=1.0 if name == "highs" and timed["zones"].result.is_proved else None,
                note=f"score {score:,.2f}, {'proved' if reached.is_proved else 'stopped at the limit'}",
            )
        )
    for name, gap in gaps.items():
        most = min(_MOST_GAP_PERCENT, gaps["highs"]) if gaps["zones"] else _MOST_GAP_PERCENT
        rows.append(
            Row(name=f"city_{seed}_{name}_gap", value=gap, unit="% gap", most=most if name == "zones" else None)
        )
    return rows


def _by_zones(ground: Ground) -> Reached:
    answer = find_zones(ground)
    bound = math.inf if answer.bound is None else answer.bound
    return Reached(zones=answer.membership, bound=bound, is_proved=answer.status == "optimal")


def _by_highs(ground: Ground) -> Reached:
    """The joint model of all anchors, in one piece."""
    candidates = generate_candidates(ground.tables, ground.anchors, ground.request)
    problems = [build_problem(each, ground.request) for each in candidates]
    answer = solve_milp(problems, ground.request, time_limit_s=LIMIT_S)
    schools = {each.anchor_id: each.schools for each in candidates}
    zones = {anchor: tuple(schools[anchor][place] for place in places) for anchor, places in answer.zones.items()}
    return Reached(zones=zones, bound=answer.bound, is_proved=answer.outcome == "optimal")


def _by_cp_sat(ground: Ground) -> Reached:
    answer = solve_by_cp_sat(ground.tables, ground.request, ground.anchors, time_limit_s=LIMIT_S)
    return Reached(zones=answer.zones, bound=answer.bound, is_proved=answer.status == "OPTIMAL")


SOLVERS: Mapping[str, Callable[[Ground], Reached]] = {"zones": _by_zones, "highs": _by_highs, "cp_sat": _by_cp_sat}
