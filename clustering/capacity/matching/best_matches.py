"""The best matches of a request, each proved: the best that differs enough from those before it."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np
import pandas as pd
from scipy.sparse import csr_array, vstack

from clustering.analysis.arguments import number_problems, refuse
from clustering.capacity.matching.assembly import assemble_match
from clustering.capacity.matching.choice_model import ChoiceModel, build_model, exclusive_groups
from clustering.capacity.matching.instance import MatchInstance, build_instance
from clustering.capacity.matching.losses import SolvedMatch
from clustering.capacity.matching.match import Match
from clustering.capacity.matching.match_zones import refuse_broken
from clustering.capacity.matching.parameters import MatchParameters
from clustering.capacity.matching.solve_match import solve_match
from clustering.capacity.need.zone_needs import ZoneNeeds
from clustering.capacity.register.register import Register
from clustering.capacity.solver import AssignmentModel, AssignmentSolution, solve_in_order
from clustering.errors import InputError
from clustering.zones.parameters import parameter_problem

MAXIMUM_MATCHES = 100
MAXIMUM_DIFFERENCE = 1_000


def find_best_matches(
    needs: ZoneNeeds,
    register: Register,
    parameters: MatchParameters | Mapping[str, object] | None = None,
    *,
    count: int = 5,
    minimum_difference: int = 1,
) -> tuple[Match, ...]:
    """
    Find the best matches of a request that differ from each other, each proved.

    Parameters
    ----------
    needs, register, parameters
        As of :func:`match_zones`. The time limit holds for all matches together.
    count
        How many, 1 to 100.
    minimum_difference
        In how many choices, 1 to 1,000, every match differs at least from each before it. What counts as one: a Zone or
        part that has another partner or variant than before or none any more, and one that is served and was not.

    Returns
    -------
    matches
        The best first, ordered as :func:`match_zones` ranks them: need, preferences, cost, ids. Each is audited, and
        ``solution.bound`` is that of all matches that differ enough from those before. Fewer than ``count`` only if
        there are no more. Reasons measure losses in the first one only.

    Raises
    ------
    InputError
        As :func:`match_zones`; or time ran out before all matches were proved.
    InfeasibleError
        Locks cannot be kept together.
    SolverError
        The solver failed, or a match did not pass the audit.
    """
    refuse(
        [
            *number_problems("count", count, 1, MAXIMUM_MATCHES),
            *number_problems("minimum_difference", minimum_difference, 1, MAXIMUM_DIFFERENCE),
        ]
    )
    request = MatchParameters.given(parameters)
    deadline = time.monotonic() + request.time_limit_s
    instance = build_instance(needs, register, request)
    choice = build_model(instance)
    found: list[Match] = []
    for solution in _solutions(instance, choice, count, minimum_difference, deadline):
        if not solution.is_proved:
            message = f"Time ran out when {len(found)} of {count} matches were proved."
            remedy = "Ask for fewer matches or a lesser minimum_difference, or allow more time."
            raise InputError([parameter_problem("time_limit_s", request.time_limit_s, message, remedy)])
        solved = SolvedMatch(instance=instance, choice=choice, solution=solution, deadline=deadline, is_best=not found)
        found.append(assemble_match(solved))
        refuse_broken(found[-1], instance.needs, instance.register, request)
    return tuple(found)


def _solutions(
    instance: MatchInstance, choice: ChoiceModel, count: int, minimum_difference: int, deadline: float
) -> Iterator[AssignmentSolution]:
    """The best choice, then again and again the best that differs enough from all before; ends when there is none."""
    solution, model = solve_match(instance, choice, deadline=deadline), choice.model
    yield solution
    for _ in range(count - 1):
        if instance.options.empty or not solution.is_proved:
            return
        model = differing_model(model, instance.options, solution.chosen, minimum_difference)
        left = max(0.1, deadline - time.monotonic())
        solution = solve_in_order(model, choice.objectives, time_limit_s=left)
        if solution.status == "infeasible":
            return
        yield replace(solution, dual_prices=solution.dual_prices[: len(choice.limits)])


def differing_model(
    model: AssignmentModel, options: pd.DataFrame, chosen: np.ndarray, minimum_difference: int
) -> AssignmentModel:
    """
    Add the limit that a choice differs from an earlier one.

    Parameters
    ----------
    model
        The model.
    options
        Its options, as :func:`~clustering.capacity.matching.choice_model.exclusive_groups` takes them.
    chosen
        ``(n_options,)``: the earlier choice, S.
    minimum_difference
        In how many choices it must differ.

    Returns
    -------
    model
        With one limit more, the last: the sum over S of 1 - x, and over the options of what S leaves unserved of x, is
        at least the difference.
    """
    groups = exclusive_groups(options)
    served = set(groups.loc[chosen[groups["option"]], "group"])
    replaces = groups.loc[groups["group"].isin(served), "option"].unique()
    weights = np.ones(len(options))
    weights[replaces] = 0.0
    weights[chosen] = -1.0
    return replace(
        model,
        usage=csr_array(vstack([model.usage, csr_array(weights[np.newaxis, :])])),
        lower=np.append(model.lower, minimum_difference - float(chosen.sum())),
        upper=np.append(model.upper, np.inf),
    )
