"""The best matches of a request: each is the best that differs enough from those before it."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator, Mapping, Sequence
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
from clustering.capacity.matching.variants import NEED_DIGITS
from clustering.capacity.need.zone_needs import ZoneNeeds
from clustering.capacity.register.register import Register
from clustering.capacity.solver import AssignmentModel, AssignmentSolution, solve_in_order
from clustering.capacity.solver.highs_model import is_within

MAXIMUM_MATCHES = 100
MAXIMUM_DIFFERENCE = 1_000
TIME_RAN_OUT = "Time ran out (time_limit_s) before further matches were found. There may be more."


def find_best_matches(
    needs: ZoneNeeds,
    register: Register,
    parameters: MatchParameters | Mapping[str, object] | None = None,
    *,
    count: int = 5,
    minimum_difference: int = 1,
) -> tuple[Match, ...]:
    """
    Find the best matches of a request that differ from each other.

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
        The best first, ordered as :func:`match_zones` ranks them: need, preferences, cost, ids. Each is audited.
        ``solution`` says how far each is proved, and its ``bound`` is that of all matches that differ enough from those
        found before. Fewer than ``count`` only if there are no more, or if time ran out: then the last one has
        :data:`TIME_RAN_OUT` among its notes. Reasons measure losses in the first one that is found only.

    Raises
    ------
    InputError
        As :func:`match_zones`.
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
    first = solve_match(instance, choice, deadline=deadline)
    further = _further_solutions(instance, choice, first, minimum_difference, deadline=deadline)
    solutions_found = [first, *itertools.islice(further, count - 1)]
    is_late = solutions_found[-1] is None
    solutions = sorted((each for each in solutions_found if each is not None), key=lambda each: _rank(choice, each))
    matches = []
    for solution in solutions:
        solved = SolvedMatch(
            instance=instance, choice=choice, solution=solution, deadline=deadline, is_best=solution is first
        )
        matches.append(assemble_match(solved))
    if is_late:
        matches[-1] = replace(matches[-1], notes=(*matches[-1].notes, TIME_RAN_OUT))
    for match in matches:
        refuse_broken(match, instance.needs, instance.register, request)
    return tuple(matches)


def describe_best_matches(matches: Sequence[Match], count: int) -> str | None:
    """
    Say why there are fewer best matches than were asked for.

    Parameters
    ----------
    matches
        As ``find_best_matches`` answers.
    count
        How many were asked for.

    Returns
    -------
    sentence
        ``None`` if there are as many.
    """
    if len(matches) >= count:
        return None
    if TIME_RAN_OUT in matches[-1].notes:
        return f"{len(matches)} of {count} matches were found before time ran out. There may be more."
    return f"There are no more than {len(matches)} matches that differ enough."


def _rank(choice: ChoiceModel, solution: AssignmentSolution) -> tuple[float, ...]:
    """What orders choices, the best first. Where a gap is left, one that is found later may be better."""
    return tuple(float(each) for each in -choice.objectives[:, solution.chosen].sum(axis=1).round(NEED_DIGITS))


def _further_solutions(
    instance: MatchInstance,
    choice: ChoiceModel,
    solution: AssignmentSolution,
    minimum_difference: int,
    *,
    deadline: float,
) -> Iterator[AssignmentSolution | None]:
    """Again and again the best choice that differs enough from all before; ``None`` when time is over."""
    model = choice.model
    while not instance.options.empty:
        left = deadline - time.monotonic()
        if left <= 0 or solution.status == "time limit":
            yield None
            return
        model = differing_model(model, instance.options, solution.chosen, minimum_difference)
        solution = solve_in_order(model, choice.objectives, time_limit_s=left)
        if solution.status == "infeasible":
            return
        if not is_within(model, solution.chosen):
            yield None
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
