"""Limits that keep schools out of Zones: what the whole plan would gain without each of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from clustering.errors import SolverError
from clustering.zones.anchor_selection import AnchorSelection
from clustering.zones.audit import Membership
from clustering.zones.metrics import evaluate_zones
from clustering.zones.parameters import ProposalParameters
from clustering.zones.proposal import ZoneMetrics
from clustering.zones.solver import Resources, ZoneSolution
from clustering.zones.solving import ModelInstance, find_candidates, solve_instance
from clustering.zones.tolerances import SHOWN_STUDENTS

# What lifts each limit.
_LIFTED: Mapping[str, object] = {
    "maximum_schools": 1000,
    "maximum_enrolment_students": None,
    "minimum_arrival_share": 0.0,
    "maximum_distance_km": None,
    "maximum_travel_minutes": None,
    "same_district": False,
    "contiguous": False,
    "levels": (),
    "maximum_zones": None,
}
# The least arrival is a limit by default, and it strikes schools from the candidates of nearly every anchor: without it
# nearly all would be solved again, which takes a country as long as the proposal itself.
_MOST_SOLVED_AGAIN = 200  # anchors
_LEAST_GAIN_STUDENTS = 0.001  # to which scores are rounded


@dataclass(frozen=True, kw_only=True)
class BindingLimit:
    """
    A limit that keeps schools out of Zones.

    Parameters
    ----------
    parameter, limit
        Its name and value.
    full_zone_count
        Zones that have as many schools as the limit allows; 0 for a limit on something else.
    more_schools
        How many more schools would be in Zones without the limit, anchors included; negative if there would be fewer.
    students
        How much more all Zones together would score [students per year].
    left_out_count
        Instead of these two, where all would have to be solved again: schools in no Zone that the limit strikes from
        the schools within reach.
    """

    parameter: str
    limit: object
    full_zone_count: int = 0
    more_schools: int = 0
    students: float = 0.0
    left_out_count: int = 0


def find_binding_limits(
    instance: ModelInstance,
    solution: ZoneSolution,
    metrics: Mapping[str, ZoneMetrics],
    *,
    select: Callable[[ProposalParameters], AnchorSelection],
    resources: Resources,
) -> tuple[BindingLimit, ...]:
    """
    Find the limits that keep schools out of Zones.

    Parameters
    ----------
    instance, solution, metrics
        What was solved, and the Zones found.
    select
        Selects the anchors of a request: a limit holds for them too.
    resources
        With the solutions found: what a limit does not touch is looked up.

    Returns
    -------
    limits
        Those of ``_LIFTED`` without which the Zones would score more. For each of them alone, the whole request is
        solved again without it, by the same method. Only for the least arrival, where it strikes schools from the reach
        of more than 200 anchors, these schools are counted instead. Nothing is said of a limit if time runs out.
    """
    return tuple(_find(instance, solution, metrics, select=select, resources=replace(resources, executor=None)))


def _find(
    instance: ModelInstance,
    solution: ZoneSolution,
    metrics: Mapping[str, ZoneMetrics],
    *,
    select: Callable[[ProposalParameters], AnchorSelection],
    resources: Resources,
) -> Iterator[BindingLimit]:
    parameters = instance.request.parameters
    for name, nothing in _LIFTED.items():
        limit = getattr(parameters, name)
        if limit == nothing or not _can_bind(name, instance):
            continue
        if name == "minimum_arrival_share" and (left_out := _find_left_out(instance, solution.membership)) is not None:
            if left_out:
                yield BindingLimit(parameter=name, limit=limit, left_out_count=len(left_out))
            continue
        looser = _without_limit(instance, name, parameters.with_changes(**{name: nothing}), select)
        try:
            lifted = solve_instance(looser, resources=resources)
        except SolverError:  # time ran out
            continue
        if "time limit" in (solution.status, lifted.status):
            continue
        students = _score_gained(metrics, solution.membership, lifted.membership, looser)
        if students >= _LEAST_GAIN_STUDENTS:
            yield BindingLimit(
                parameter=name,
                limit=limit,
                full_zone_count=_count_full(solution.membership, limit) if name == "maximum_schools" else 0,
                more_schools=len(_in_zones(lifted.membership)) - len(_in_zones(solution.membership)),
                students=students,
            )


def _can_bind(name: str, instance: ModelInstance) -> bool:
    """Whether a limit on the size of a Zone can keep anything out: not if every Zone may have all its candidates."""
    most = instance.request.parameters.maximum_schools
    return name != "maximum_schools" or any(len(each.schools) + 1 > most for each in instance.candidates)


def _find_left_out(instance: ModelInstance, membership: Membership) -> Collection[str] | None:
    """Find the schools in no Zone of whom too few students could arrive; ``None`` where all can be solved again."""
    struck = [each.low_arrival for each in instance.candidates if each.low_arrival]
    if len(struck) <= _MOST_SOLVED_AGAIN:
        return None
    return {school for each in struck for school in each} - _in_zones(membership)


def _without_limit(
    instance: ModelInstance,
    name: str,
    parameters: ProposalParameters,
    select: Callable[[ProposalParameters], AnchorSelection],
) -> ModelInstance:
    """Make the same instance without a limit; its size touches no candidates, unless it decides what is merged."""
    if name in ("maximum_schools", "maximum_zones") and parameters.merge_shared_share is None:
        return replace(instance, request=replace(instance.request, parameters=parameters))
    return find_candidates(instance.tables, select(parameters))


def _score_gained(
    metrics: Mapping[str, ZoneMetrics], before: Membership, after: Membership, looser: ModelInstance
) -> float:
    """How much more the Zones score without a limit; only those that change are weighed."""
    gone = [anchor for anchor in sorted(before) if after.get(anchor) != before[anchor]]
    new = {anchor: feeders for anchor, feeders in after.items() if before.get(anchor) != feeders}
    if not gone and not new:
        return 0.0
    found = evaluate_zones(looser.tables, new, looser.request)
    return math.fsum([each.score for each in found.values()] + [-metrics[anchor].score for anchor in gone])


def _in_zones(membership: Membership) -> set[str]:
    return {school for anchor, feeders in membership.items() for school in (anchor, *feeders)}


def _count_full(membership: Membership, most: int) -> int:
    return sum(len(feeders) + 1 >= most for feeders in membership.values())


def describe_binding_limit(limit: BindingLimit) -> str:
    """Say what a limit costs, in up to three sentences."""
    value = ",".join(limit.limit) if isinstance(limit.limit, tuple) else limit.limit
    name = limit.parameter if limit.limit is True else f"{limit.parameter}={_describe_value(value)}"
    if limit.left_out_count:
        many = limit.left_out_count != 1
        return (
            f"{limit.left_out_count:,} school{'s' if many else ''} in no Zone {'are' if many else 'is'} within reach of"
            f" an anchor, but too few of {'their' if many else 'its'} students could arrive ({name}). What the Zones"
            f" would gain without this limit is not worked out for more than {_MOST_SOLVED_AGAIN} anchors with such"
            " schools."
        )
    full = limit.full_zone_count
    opening = "One Zone is full. " if full == 1 else f"{full:,} Zones are full. " if full else ""
    more = abs(limit.more_schools)
    schools = f"{more:,} {'more' if limit.more_schools > 0 else 'fewer'} school{'' if more == 1 else 's'}"
    gain = f"{limit.students:,.1f}" if limit.students >= SHOWN_STUDENTS else "less than 0.1"
    return (
        f"{opening}Without {name} and with everything chosen again, {schools if more else 'other schools'} would be in"
        f" Zones and the score would be {gain} students a year higher."
    )


def _describe_value(value: object) -> str:
    return f"{value:.12g}" if isinstance(value, float) else str(value)
