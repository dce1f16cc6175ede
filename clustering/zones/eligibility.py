"""
Which schools may be in which Zone, apart from their flows.

Every rule is written once, in ``RULES``. Whether it excludes a pair of school and Zone is computed for many pairs at
once; the reasons of a pair are the rules that exclude it, with what they measured.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from clustering.zones.distances import distances_of_pairs_km, travel_minutes_of_pairs
from clustering.zones.exclusions import Exclusion
from clustering.zones.parameters import ProposalParameters
from clustering.zones.request import Pairs, ZoneRequest, pair_up

Limit = float | tuple[str, ...] | None


def _no_limit(request: ZoneRequest, pairs: Pairs, number: int) -> Limit:  # noqa: ARG001 (the form of a limit)
    return None


@dataclass(frozen=True, kw_only=True)
class EligibilityRule:
    """
    One rule that a school must keep to be in a Zone.

    Parameters
    ----------
    parameter
        Its name; the rule is in force where this is set. ``closed`` is no parameter: that rule is always in force.
    weight
        A weight that puts the rule in force as well, since it needs the same measure.
    measure
        What each pair has.
    excludes
        A truth value per pair, from what was measured.
    limit
        What one pair, by its number, is held against.
    """

    parameter: str
    weight: str | None = None
    measure: Callable[[ZoneRequest, Pairs], np.ndarray]
    excludes: Callable[[ZoneRequest, Pairs, np.ndarray], np.ndarray]
    limit: Callable[[ZoneRequest, Pairs, int], Limit] = _no_limit

    def parameter_in_force(self, parameters: ProposalParameters) -> str | None:
        """Name of the parameter that puts the rule in force; ``None`` if none does."""
        if self.parameter == "closed":
            return self.parameter
        value = getattr(parameters, self.parameter)
        if value is not None and value is not False and value != ():  # a limit of 0 is a limit
            return self.parameter
        return self.weight if self.weight is not None and getattr(parameters, self.weight) > 0 else None


def _is_in(values: np.ndarray, container: Container[str]) -> np.ndarray:
    return np.fromiter((value in container for value in values), dtype=bool, count=len(values))


def _is_anchor(pairs: Pairs) -> np.ndarray:
    is_anchor: np.ndarray = (pairs.schools[:, None] == pairs.anchors).any(axis=1)
    return is_anchor


def _column(name: str) -> Callable[[ZoneRequest, Pairs], np.ndarray]:
    """Measure what a column of the request says of each pair's school."""
    return lambda request, pairs: request.column(name)[pairs.schools]


def _school_ids(request: ZoneRequest, pairs: Pairs) -> np.ndarray:
    ids: np.ndarray = request.school_ids[pairs.schools]
    return ids


def _is_in_another_district(request: ZoneRequest, pairs: Pairs, districts: np.ndarray) -> np.ndarray:
    of_anchors = request.column("district")[pairs.anchors]
    is_same = (districts[:, None] == of_anchors) & (pairs.anchors >= 0) & pd.notna(districts)[:, None]
    is_other: np.ndarray = ~is_same.any(axis=1)
    return is_other


def _districts_of_anchors(request: ZoneRequest, pairs: Pairs, number: int) -> tuple[str, ...]:
    anchors = pairs.anchors[number]
    districts = request.column("district")[anchors[anchors >= 0]]
    return tuple(sorted({str(district) for district in districts if pd.notna(district)}))


def _is_beyond(parameter: str) -> Callable[[ZoneRequest, Pairs, np.ndarray], np.ndarray]:
    """Exclude pairs whose measure is greater than a parameter, or unknown."""

    def is_beyond(request: ZoneRequest, pairs: Pairs, values: np.ndarray) -> np.ndarray:  # noqa: ARG001 (as others)
        limit = getattr(request.parameters, parameter)
        return np.asarray(~(values <= (np.inf if limit is None else limit)))

    return is_beyond


RULES: tuple[EligibilityRule, ...] = (
    EligibilityRule(
        parameter="force_out",
        measure=_school_ids,
        excludes=lambda request, pairs, ids: _is_in(ids, frozenset(request.parameters.force_out)),
    ),
    EligibilityRule(
        parameter="closed",
        measure=_column("is_closed"),
        excludes=lambda request, pairs, is_closed: is_closed,
    ),
    EligibilityRule(
        parameter="levels",
        measure=_column("level"),
        excludes=lambda request, pairs, levels: ~_is_in(levels, request.parameters.levels) & ~_is_anchor(pairs),
        limit=lambda request, pairs, number: request.parameters.levels,
    ),
    EligibilityRule(
        parameter="maximum_enrolment_students",
        measure=_column("enrolment"),
        excludes=lambda request, pairs, students: pd.isna(students),
        limit=lambda request, pairs, number: request.parameters.maximum_enrolment_students,
    ),
    EligibilityRule(
        parameter="contiguous",
        measure=_school_ids,
        excludes=lambda request, pairs, ids: ~_is_in(ids, request.neighbours),
    ),
    EligibilityRule(
        parameter="same_district",
        measure=_column("district"),
        excludes=_is_in_another_district,
        limit=_districts_of_anchors,
    ),
    EligibilityRule(
        parameter="maximum_distance_km",
        weight="distance_weight",
        measure=distances_of_pairs_km,
        excludes=_is_beyond("maximum_distance_km"),
        limit=lambda request, pairs, number: request.parameters.maximum_distance_km,
    ),
    EligibilityRule(
        parameter="maximum_travel_minutes",
        weight="travel_weight",
        measure=travel_minutes_of_pairs,
        excludes=_is_beyond("maximum_travel_minutes"),
        limit=lambda request, pairs, number: request.parameters.maximum_travel_minutes,
    ),
)


def find_excluded(request: ZoneRequest, pairs: Pairs) -> np.ndarray:
    """
    Mark the pairs of school and Zone that a rule excludes.

    Parameters
    ----------
    request
        The limits of the request.
    pairs
        Schools and Zones.

    Returns
    -------
    is_excluded
        A truth value per pair.
    """
    is_excluded = np.zeros(len(pairs.schools), dtype=bool)
    for rule in RULES:
        if rule.parameter_in_force(request.parameters):
            is_excluded |= rule.excludes(request, pairs, rule.measure(request, pairs))
    return is_excluded


def find_exclusions(request: ZoneRequest, pairs: Pairs) -> Iterator[tuple[int, Exclusion]]:
    """
    Find the rules that exclude each pair of school and Zone, with their numbers.

    Parameters
    ----------
    request
        The limits of the request.
    pairs
        Schools and Zones.

    Yields
    ------
    number, exclusion
        Number of the pair and what excludes it; rule by rule.
    """
    for rule in RULES:
        if parameter := rule.parameter_in_force(request.parameters):
            values = rule.measure(request, pairs)
            for number in np.flatnonzero(rule.excludes(request, pairs, values)).tolist():
                value = values[number]
                yield (
                    number,
                    Exclusion(
                        parameter=parameter,
                        value=None if pd.isna(value) else value if isinstance(value, str) else float(value),
                        limit=rule.limit(request, pairs, number),
                    ),
                )


def exclusions_of_pairs(
    request: ZoneRequest, pairs: Sequence[tuple[str, Sequence[str]]]
) -> list[tuple[Exclusion, ...]]:
    """
    Find every rule that keeps schools out of Zones.

    Parameters
    ----------
    request
        The limits of the request.
    pairs
        Each a school and the anchor of a Zone; several anchors if they are merged, of which the nearest counts.

    Returns
    -------
    exclusions
        Of each pair, in the order of ``RULES``; empty where the school may be in the Zone.
    """
    found: list[tuple[Exclusion, ...]] = [()] * len(pairs)
    for number, exclusion in find_exclusions(request, pair_up(request, pairs)):
        found[number] += (exclusion,)
    return found


def exclusions_of(request: ZoneRequest, school_id: str, anchors: Sequence[str]) -> tuple[Exclusion, ...]:
    """Find every rule that keeps one school out of one Zone; as :func:`exclusions_of_pairs`."""
    return exclusions_of_pairs(request, [(school_id, anchors)])[0]
