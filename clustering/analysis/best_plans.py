"""The best plans of a request: the Zones proposed, and the next best ways to draw them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from clustering.analysis.arguments import inexact_problems, number_problems, planner_of, refuse
from clustering.analysis.school_zones import zones_of_schools
from clustering.errors import SolverError
from clustering.model.arguments import of_type
from clustering.model.columns import STUDENT_DIGITS
from clustering.model.rounding import rounded
from clustering.model.scenario import Scenario
from clustering.zones.audit import ClaimedScores, Membership, audit
from clustering.zones.feeder_graph import graph_of_tables
from clustering.zones.metrics import evaluate_zones
from clustering.zones.parameters import ProposalParameters, parameter_problem
from clustering.zones.planner import ZonePlanner
from clustering.zones.solver.k_best.combine import rank_memberships
from clustering.zones.solver.k_best.diverse import find_diverse_memberships
from clustering.zones.solving import ModelInstance, find_candidates

MAXIMUM_PLANS = 100
MAXIMUM_DIFFERENCE = 1000


@dataclass(frozen=True, kw_only=True)
class SchoolMove:
    """
    A school that is elsewhere than in the best plan.

    Parameters
    ----------
    school_id, name
        The school.
    from_zones, to_zones
        Ids of its Zones in the best plan and in this one, sorted; empty where it is in none.
    """

    school_id: str
    name: str
    from_zones: tuple[str, ...]
    to_zones: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class RankedPlan:
    """
    One way to draw the Zones.

    Parameters
    ----------
    rank
        1 is the best.
    membership
        Anchor to the feeders of its Zone, both sorted.
    score
        Sum over the Zones [students per year].
    loss
        How much less than the best plan it scores [students per year].
    moves
        What differs from the best plan, by ``school_id``.
    """

    rank: int
    membership: Membership
    score: float
    loss: float
    moves: tuple[SchoolMove, ...]


def find_best_plans(
    planner: ZonePlanner | Scenario,
    parameters: ProposalParameters | Mapping[str, object] | None = None,
    *,
    count: int = 5,
    minimum_difference_schools: int = 1,
) -> tuple[RankedPlan, ...]:
    """
    Find the best plans of a request that differ from each other, each proved.

    Parameters
    ----------
    planner
        Of the scenario; or the scenario itself.
    parameters
        The request, with ``method=exact``; the defaults where nothing is given. Its time limit holds for
        all plans together.
    count
        How many, 1 to 100.
    minimum_difference_schools
        In how many schools, 1 to 1,000, every plan differs at least from each plan before it. A school differs if it
        is in a Zone in one plan and in none in the other, or in Zones of different anchors; anchors count too.

    Returns
    -------
    plans
        The best first. Every plan is the best that keeps all limits and differs enough from those before it; of plans
        with equal scores the one with fewer schools comes first. With a difference of 1, no plan that scores more than
        the last is missing. Scores add up the Zones' rounded scores, as in a proposal, so that plans less than a
        thousandth of a student per Zone apart can seem to be in the wrong order. Fewer than ``count`` only if there are
        no more. In a plan other than the best an anchor may have a Zone that lowers the total.

    Raises
    ------
    InputError
        The parameters do not fit the inputs, there are more than 20,000 pairs of anchor and candidate school, feeders
        are shared and more than one school must differ, or time ran out before all plans were proved.
    InfeasibleError
        Locks contradict the limits.
    SolverError
        The solver failed, or a plan did not pass the audit.
    """
    planner, parameters = planner_of(planner), ProposalParameters.given(parameters)
    _refuse_what_cannot_be_ranked(parameters, count, minimum_difference_schools)
    selection = planner.select_anchors(parameters)
    tables = planner.build_graph(parameters)
    # Refuses locks that cannot be kept, and says why.
    planner.solve_tables(tables, selection)
    instance = find_candidates(tables, selection)
    ranked = _rank(instance, count, minimum_difference_schools)
    scores = _audited_scores(instance, ranked)
    names = planner.protect(parameters).schools["name"]
    return tuple(
        RankedPlan(
            rank=number + 1,
            membership=membership,
            score=score,
            # Equal scores can be a rounding apart.
            loss=round(max(0.0, scores[0] - score), STUDENT_DIGITS),
            moves=_moves(ranked[0], membership, names),
        )
        for number, (membership, score) in enumerate(zip(ranked, scores, strict=True))
    )


def _rank(instance: ModelInstance, count: int, minimum_difference: int) -> tuple[Membership, ...]:
    """Any two plans differ in one school: only a greater difference needs a search of its own."""
    if minimum_difference == 1:
        return rank_memberships(instance.candidates, instance.request, count=count)
    return find_diverse_memberships(
        instance.candidates, instance.request, count=count, minimum_difference=minimum_difference
    )


def _audited_scores(instance: ModelInstance, memberships: Sequence[Membership]) -> list[float]:
    """Score of each plan; SolverError if one breaks a constraint or scores otherwise on the graph."""
    request = instance.request
    members = {school for plan in memberships for anchor, feeders in plan.items() for school in (anchor, *feeders)}
    graph = graph_of_tables(instance.tables, request.schools, origins=members)
    scores = []
    for membership in memberships:
        metrics = evaluate_zones(instance.tables, membership, request)
        claimed = ClaimedScores(of_zones={anchor: each.score for anchor, each in metrics.items()})
        if violations := audit(graph, membership, request, claimed=claimed):
            raise SolverError("a plan did not pass the audit: " + " ".join(violations))
        scores.append(rounded(math.fsum(metrics[anchor].score for anchor in sorted(metrics)), STUDENT_DIGITS))
    return scores


def plans_table(plans: Sequence[RankedPlan]) -> pd.DataFrame:
    """
    Write plans as a flat table.

    Parameters
    ----------
    plans
        As :func:`find_best_plans` answers.

    Returns
    -------
    table
        A row per plan and school in a Zone, or in one of the best plan's: ``rank``, ``score``, ``loss`` [students per
        year], ``school_id``, ``zone_ids`` and ``best_zone_ids`` (separated by ``"; "``; missing where it is in none).
    """
    rows = []
    for plan in plans:
        of_type("plans", plan, RankedPlan, "what find_best_plans answers")
    best = zones_of_schools(plans[0].membership) if plans else {}
    for plan in plans:
        zones = zones_of_schools(plan.membership)
        rows += [
            (
                plan.rank,
                plan.score,
                plan.loss,
                school,
                *("; ".join(each.get(school, ())) or None for each in (zones, best)),
            )
            for school in sorted({*zones, *best})
        ]
    columns = ["rank", "score", "loss", "school_id", "zone_ids", "best_zone_ids"]
    return pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(columns[3:], "str"))


def _refuse_what_cannot_be_ranked(parameters: ProposalParameters, count: int, minimum_difference: int) -> None:
    name = "minimum_difference_schools"
    problems = [
        *inexact_problems(parameters, "only exact plans can be ranked"),
        *number_problems("count", count, 1, MAXIMUM_PLANS),
        *number_problems(name, minimum_difference, 1, MAXIMUM_DIFFERENCE),
    ]
    if parameters.shared_feeders and not problems and minimum_difference > 1:
        message = "Where feeders are shared, plans cannot be asked to differ in more than one school."
        remedy = "Ask with minimum_difference_schools=1, or without shared_feeders."
        problems.append(parameter_problem(name, minimum_difference, message, remedy))
    refuse(problems)


def _moves(best: Membership, other: Membership, names: pd.Series) -> tuple[SchoolMove, ...]:
    before, after = zones_of_schools(best), zones_of_schools(other)
    return tuple(
        SchoolMove(
            school_id=school, name=names[school], from_zones=before.get(school, ()), to_zones=after.get(school, ())
        )
        for school in sorted({*before, *after})
        if before.get(school) != after.get(school)
    )
