"""A request bound to a Scenario: which schools may be in which Zone, looked up once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from clustering.errors import InputError, Problem
from clustering.model.ingest_report import FlowBasis
from clustering.model.scenario import Scenario
from clustering.zones.need import fill_unknown_need, measure_need
from clustering.zones.parameters import ProposalParameters, unknown_schools


@dataclass(frozen=True, kw_only=True, eq=False)
class ZoneRequest:
    """
    The limits of a request, with what is needed to check them.

    Parameters
    ----------
    parameters
        The request.
    schools
        Index ``school_id``, sorted: ``name``, ``level``, ``district`` (missing where unknown), ``enrolment`` [students;
        missing where unknown], ``longitude``, ``latitude`` [degrees; missing where unknown], ``is_closed`` and ``need``
        (share of students below the mark, 0 to 1; missing where unknown).
    travel_minutes
        Minutes by origin and destination; missing pairs are unknown.
    neighbours
        Schools whose catchments touch or overlap, by school; a school without a catchment is no key.
    merged
        Anchors that share a Zone, sorted, by the first of them.
    choice_schools
        What shows that a school is no neighbourhood school, a sentence or two, by school.
    unknown_promotions
        Schools of which an estimate does not know where their students go on.
    unlisted_names
        Names of schools that the schools files do not list, by identifier, as far as the flows give them.
    """

    parameters: ProposalParameters
    schools: pd.DataFrame
    travel_minutes: Mapping[tuple[str, str], float] = field(default_factory=dict)
    neighbours: Mapping[str, frozenset[str]] = field(default_factory=dict)
    merged: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    choice_schools: Mapping[str, str] = field(default_factory=dict)
    unknown_promotions: frozenset[str] = frozenset()
    unlisted_names: Mapping[str, str] = field(default_factory=dict)

    def with_locks(self, parameters: ProposalParameters) -> ZoneRequest:
        """The same request under parameters that differ in ``force_in`` and ``force_out`` alone."""
        changed = replace(self, parameters=parameters)
        # What was looked up of the schools is not looked up again.
        vars(changed).update(school_ids=self.school_ids, _columns=self._columns, _positions=self._positions)
        return changed

    def cell(self, school_id: str, column: str) -> Any:
        """What ``schools`` says of a school."""
        return self.column(column)[self._positions[school_id]]

    def column(self, name: str) -> np.ndarray:
        """A column of ``schools`` by position."""
        if name not in self._columns:
            self._columns[name] = self.schools[name].to_numpy()
        return self._columns[name]

    @cached_property
    def school_ids(self) -> np.ndarray:
        """Identifiers by position."""
        return self.schools.index.to_numpy()

    def positions_of(self, school_ids: Sequence[str]) -> np.ndarray:
        """Positions of some schools in ``schools``; -1 for one that is not there."""
        # A dictionary: an index of pandas takes longer to make than most questions take to answer.
        return np.fromiter((self._positions.get(school, -1) for school in school_ids), np.intp, len(school_ids))

    @cached_property
    def _columns(self) -> dict[str, np.ndarray]:
        return {}

    @cached_property
    def _positions(self) -> dict[str, int]:
        return {school: position for position, school in enumerate(self.schools.index.to_list())}


@dataclass(frozen=True, kw_only=True, eq=False)
class Pairs:
    """
    Schools and the Zones that each might belong to.

    Parameters
    ----------
    schools
        Position of each pair's school in ``ZoneRequest.schools``.
    anchors
        Positions of the anchors of each pair's Zone, a row per pair, padded with -1.
    """

    schools: np.ndarray
    anchors: np.ndarray


def anchors_of(request: ZoneRequest, anchor_id: str) -> tuple[str, ...]:
    """The anchors of a Zone: its anchor, and those merged with it."""
    return request.merged.get(anchor_id, (anchor_id,))


def anchor_positions(request: ZoneRequest, groups: Sequence[Sequence[str]]) -> np.ndarray:
    """Positions of the anchors of some Zones in ``request.schools``, a row per Zone, padded with -1."""
    positions = np.full((len(groups), max(map(len, groups), default=1)), -1)
    flat = request.positions_of([anchor for group in groups for anchor in group])
    counts = np.array([len(group) for group in groups], dtype=np.intp)
    positions[np.arange(positions.shape[1]) < counts[:, None]] = flat
    return positions


def pair_up(request: ZoneRequest, pairs: Sequence[tuple[str, Sequence[str]]]) -> Pairs:
    """Pairs of school ids and the ids of the anchors of a Zone, by position."""
    schools = request.positions_of([school for school, _ in pairs])
    return Pairs(schools=schools, anchors=anchor_positions(request, [anchors for _, anchors in pairs]))


def label(request: ZoneRequest, school_id: str) -> str:
    """Name and identifier of a school, for people: ``Oak Middle (0007)``."""
    return f"{request.cell(school_id, 'name')} ({school_id})"


def build_request(scenario: Scenario, parameters: ProposalParameters) -> ZoneRequest:
    """
    Gather what the limits need.

    Parameters
    ----------
    scenario
        Validated inputs.
    parameters
        The request.

    Returns
    -------
    request
        Ready for the checks.

    Raises
    ------
    InputError
        A lock names a school that is not in the table, or a limit rests on something that the files do not have.
    """
    schools = scenario.schools
    need = measure_need(scenario, parameters)
    _refuse_what_the_tables_lack(scenario, need, parameters)
    table = pd.DataFrame(
        {
            "name": schools["name"],
            "level": schools["level"],
            "district": schools["district_id"].fillna(schools["district_name"]),
            "enrolment": schools["enrolment_students"],
            "longitude": schools.geometry.x,
            "latitude": schools.geometry.y,
            "is_closed": schools["status"] == "closed",
            "need": fill_unknown_need(need, parameters),
        }
    )
    asks_for_times = parameters.maximum_travel_minutes is not None or parameters.travel_weight > 0
    return ZoneRequest(
        parameters=parameters,
        schools=table,
        travel_minutes=_travel_minutes(scenario) if asks_for_times else {},
        neighbours=_neighbours(scenario) if parameters.contiguous else {},
        choice_schools=_describe_choice_schools(scenario.report.basis),
        unknown_promotions=frozenset(scenario.report.unknown_promotions),
        unlisted_names=scenario.report.unlisted_names,
    )


def _describe_choice_schools(basis: FlowBasis) -> dict[str, str]:
    """What was found, with its numbers and what follows from it."""
    return {each.school_id: each.statement for each in basis.choice_schools if each.kind != "named by the user"}


def _travel_minutes(scenario: Scenario) -> Mapping[tuple[str, str], float]:
    times = scenario.travel_times
    pairs = zip(times["origin"].to_list(), times["destination"].to_list(), strict=True)
    return dict(zip(pairs, times["minutes"].to_list(), strict=True))


def _neighbours(scenario: Scenario) -> Mapping[str, frozenset[str]]:
    """Neighbours of every school with a catchment; none of an island."""
    touching = scenario.contiguity.dropna(subset="neighbour_id")
    found = touching.groupby("school_id")["neighbour_id"].agg(frozenset).to_dict()
    return {school: found.get(school, frozenset()) for school in scenario.contiguity["school_id"].unique().tolist()}


def _refuse_what_the_tables_lack(scenario: Scenario, need: pd.Series, parameters: ProposalParameters) -> None:
    schools = scenario.schools
    problems = unknown_schools(parameters, schools.index)
    located = bool(schools.geometry.notna().any())
    enrolled = bool(schools["enrolment_students"].notna().any())
    in_districts = bool(schools[["district_id", "district_name"]].notna().any(axis=None))
    needed = {
        "maximum_distance_km": (parameters.maximum_distance_km is not None, located, "coordinates", "schools"),
        "distance_weight": (parameters.distance_weight > 0, located, "coordinates", "schools"),
        "same_district": (parameters.same_district, in_districts, "a district", "schools"),
        "maximum_enrolment_students": (
            parameters.maximum_enrolment_students is not None,
            enrolled,
            "an enrolment",
            "schools",
        ),
        "maximum_travel_minutes": (
            parameters.maximum_travel_minutes is not None,
            len(scenario.travel_times) > 0,
            "a travel time",
            "travel times",
        ),
        "travel_weight": (parameters.travel_weight > 0, len(scenario.travel_times) > 0, "a time", "travel times"),
        "contiguous": (parameters.contiguous, len(scenario.contiguity) > 0, "a catchment", "catchment"),
        "need_weight": (parameters.need_weight > 0, bool(need.notna().any()), "such a rate", "performance"),
    }
    problems += [
        Problem(
            table="parameters",
            column=field,
            message=f"No school of the {table} files has {what}.",
            remedy=f"Give {table} files that have it, or leave {field} out.",
        )
        for field, (is_asked, is_there, what, table) in needed.items()
        if is_asked and not is_there
    ]
    if problems:
        raise InputError(problems)
