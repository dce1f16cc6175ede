"""Registers and parameters with one change: what keeps a partner from a Zone is lifted, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from clustering.capacity.matching.instance import MatchInstance
from clustering.capacity.matching.locks import split_pairs
from clustering.capacity.matching.parameters import MatchParameters
from clustering.capacity.matching.reasons import PairObstacle
from clustering.capacity.matching.statements import fitting_statements
from clustering.capacity.register.register import Register


@dataclass(frozen=True, kw_only=True, eq=False)
class Request:
    """A register and the parameters to match with."""

    register: Register
    parameters: MatchParameters


def with_more_schools(register: Register, partner: str, count: float) -> Register:
    """
    Let a partner run more schools in every year.

    Parameters
    ----------
    register
        The partners.
    partner
        Its id.
    count
        How many more.

    Returns
    -------
    register
        With the change.
    """
    partners, years = register.partners, register.capacities
    most = partners["maximum_schools"] + count * (partners.index == partner)
    more = years["maximum_schools"] + count * (years["partner_id"] == partner)
    return replace(
        register, partners=partners.assign(maximum_schools=most), capacities=years.assign(maximum_schools=more)
    )


def with_approval(register: Register, partner: str, parameters: MatchParameters) -> Register:
    """
    Approve a partner as the request asks for it.

    Parameters
    ----------
    register
        The partners.
    partner
        Its id.
    parameters
        The request.

    Returns
    -------
    register
        With the change.
    """
    return _with_value(register, partner, "approval", (parameters.approvals or ("pre-qualified",))[0])


def with_duty(register: Register, partner: str, duty: str) -> Register:
    """
    Let a partner meet a duty.

    Parameters
    ----------
    register
        The partners.
    partner
        Its id.
    duty
        One of ``DUTIES``. A contract whose length keeps it from accountability is forgotten.

    Returns
    -------
    register
        With the change.
    """
    met = _with_value(register, partner, duty, "met")
    return _with_value(met, partner, "contract_years", pd.NA) if duty == "accountability" else met


def without_obstacles(
    instance: MatchInstance, pair: Mapping[Any, Any], obstacles: Iterable[PairObstacle]
) -> Request | None:
    """
    Lift what stands in the way of a pair.

    Parameters
    ----------
    instance
        The request.
    pair
        A row of its ``pairs``.
    obstacles
        What is lifted. Of ``size``, ``budget`` and ``zones per partner`` by value less limit.

    Returns
    -------
    request
        With the changes; ``None`` if no change of a register lifts them: nobody knows the capacity, or the partner only
        supports others.
    """
    request = Request(register=instance.register, parameters=instance.parameters)
    for obstacle in obstacles:
        if obstacle.obstacle == "supporting partner" or (obstacle.obstacle == "size" and obstacle.limit is None):
            return None
        request = Request(
            register=_lifted_in_register(instance, request.register, pair, obstacle),
            parameters=_lifted_in_parameters(request.parameters, pair, obstacle),
        )
    return request


def _lifted_in_register(
    instance: MatchInstance, register: Register, pair: Mapping[Any, Any], obstacle: PairObstacle
) -> Register:
    partner = str(pair["partner_id"])
    record, more = instance.partner_records[partner], (obstacle.value or 0.0) - (obstacle.limit or 0.0)
    match obstacle.obstacle:
        case "approval":
            register = with_approval(register, partner, instance.parameters)
        case "duties":
            for duty in obstacle.items:
                register = with_duty(register, partner, duty)
        case "excluded":
            register = _without_exclusions(instance, register, pair)
        case "levels":
            register = _with_value(register, partner, "levels", tuple(sorted({*record["levels"], *obstacle.items})))
        case "reach":
            register = _with_reach(register, partner, obstacle)
        case "start":
            register = _with_value(register, partner, "earliest_start", instance.fall)
        case "size":
            register = with_more_schools(register, partner, more)
    return register


def _lifted_in_parameters(
    parameters: MatchParameters, pair: Mapping[Any, Any], obstacle: PairObstacle
) -> MatchParameters:
    match obstacle.obstacle:
        case "forbidden":
            zone, partner = str(pair["zone_id"]), str(pair["partner_id"])
            named = split_pairs(parameters.forbid_match, {zone}, {partner})
            kept = tuple(each for each in parameters.forbid_match if each not in named)
            return parameters.model_copy(update={"forbid_match": kept})
        case "zones per partner":
            return parameters.model_copy(update={"maximum_zones_per_partner": int(obstacle.value or 0)})
        case "budget":
            return parameters.model_copy(update={"budget_dollars": obstacle.value})
    return parameters


def _with_reach(register: Register, partner: str, obstacle: PairObstacle) -> Register:
    if obstacle.items:
        reached: Any = register.partners.loc[partner, "reach_districts"]
        districts = tuple(sorted({*reached, *obstacle.items}))
        register = _with_value(register, partner, "reach_districts", districts)
    return register if obstacle.value is None else _with_value(register, partner, "reach_km", obstacle.value)


def _without_exclusions(instance: MatchInstance, register: Register, pair: Mapping[Any, Any]) -> Register:
    """Leave out what excludes a pair, and so whatever else the same statements exclude."""
    fitting = fitting_statements(instance.needs, instance.variants.loc[[pair["variant_id"]]], register)
    is_in_the_way = fitting["partner_id"].isna() | (fitting["partner_id"] == pair["partner_id"])
    lifted = fitting.loc[is_in_the_way & (fitting["choice"] == "exclude"), "statement"]
    preferences = register.preferences
    return replace(register, preferences=preferences.drop(preferences.index[lifted]))


def _with_value(register: Register, partner: str, column: str, value: Any) -> Register:
    partners = register.partners
    values = [value if each == partner else old for each, old in partners[column].items()]
    changed = pd.Series(values, index=partners.index, dtype=partners[column].dtype)
    return replace(register, partners=partners.assign(**{column: changed}))
