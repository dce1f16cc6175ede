"""What stands against a school in an anchor's Zone apart from its flows, and what its membership adds to the score."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from pyproj import Geod

from clustering.zones.parameters import ProposalParameters

_EARTH = Geod(ellps="WGS84")


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
    """

    parameters: ProposalParameters
    schools: pd.DataFrame
    travel_minutes: Mapping[tuple[str, str], float] = field(default_factory=dict)
    neighbours: Mapping[str, frozenset[str]] = field(default_factory=dict)
    merged: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def cell(self, school_id: str, column: str) -> Any:
        """What ``schools`` says of a school."""
        if column not in self._columns:
            self._columns[column] = self.schools[column].to_numpy()
        return self._columns[column][self._place[school_id]]

    @cached_property
    def _columns(self) -> dict[str, np.ndarray]:
        return {}

    @cached_property
    def _place(self) -> dict[str, int]:
        return {school: number for number, school in enumerate(self.schools.index.to_list())}


def anchors_of(request: ZoneRequest, anchor_id: str) -> tuple[str, ...]:
    """The anchors of a Zone: its anchor, and those merged with it."""
    return request.merged.get(anchor_id, (anchor_id,))


def anchor_positions(request: ZoneRequest, groups: Sequence[tuple[str, ...]]) -> np.ndarray:
    """Places of the anchors of some Zones in ``request.schools``, a row per Zone, padded with -1."""
    heads = np.full((len(groups), max(map(len, groups), default=1)), -1)
    flat = request.schools.index.get_indexer(pd.Index([anchor for group in groups for anchor in group], dtype="str"))
    counts = np.array([len(group) for group in groups], dtype=np.intp)
    heads[np.arange(heads.shape[1]) < counts[:, None]] = flat
    return heads


def label(request: ZoneRequest, school_id: str) -> str:
    """Name and identifier of a school, for people: ``Oak Middle (0007)``."""
    return f"{request.cell(school_id, 'name')} ({school_id})"


def distance_km(request: ZoneRequest, first: str, second: str) -> float:
    """Distance between two schools on the WGS 84 ellipsoid [kilometres]; NaN without coordinates."""
    (x, y), (other_x, other_y) = (
        [float(request.cell(school, side)) for side in ("longitude", "latitude")] for school in (first, second)
    )
    if np.isnan([x, y, other_x, other_y]).any():
        return float("nan")
    return float(_EARTH.inv(x, y, other_x, other_y)[2]) / 1000


def travel_minutes(request: ZoneRequest, school_id: str, anchor_id: str) -> float:
    """Minutes from a school to an anchor by the user's own matrix; NaN where it does not say."""
    return 0.0 if school_id == anchor_id else request.travel_minutes.get((school_id, anchor_id), float("nan"))


def reason_against(request: ZoneRequest, school_id: str, anchors: Sequence[str]) -> str | None:
    """
    Say why a school cannot belong to a Zone, apart from its flows.

    Parameters
    ----------
    request
        The limits of the request.
    school_id
        The school.
    anchors
        The anchor of the Zone; several if they are merged, of which the nearest counts.

    Returns
    -------
    reason
        Half a sentence that follows "the school", or ``None`` if nothing stands against it.
    """
    return next(iter(reasons_against(request, school_id, anchors)), None)


def reasons_against(request: ZoneRequest, school_id: str, anchors: Sequence[str]) -> list[str]:
    """Say everything that keeps a school out of a Zone, apart from its flows; as :func:`reason_against`."""
    tests = (_reasons_in_the_school, _reasons_in_the_district, _reasons_in_the_way)
    return [reason for test in tests for reason in test(request, school_id, anchors)]


def _reasons_in_the_school(request: ZoneRequest, school_id: str, anchors: Sequence[str]) -> Iterator[str]:
    parameters, level = request.parameters, request.cell(school_id, "level")
    if school_id in parameters.force_out:
        yield "is forced out"
    if request.cell(school_id, "is_closed"):
        yield "is closed"
    if parameters.levels and school_id not in anchors and level not in parameters.levels:
        yield f"is of the level {level}, and the levels asked for are {', '.join(parameters.levels)}"
    if parameters.maximum_enrolment_students is not None and np.isnan(request.cell(school_id, "enrolment")):
        yield "has no known enrolment, and enrolment is limited"
    if parameters.contiguous and school_id not in request.neighbours:
        yield "has no catchment in the files, and Zones are to be contiguous"


def _reasons_in_the_district(request: ZoneRequest, school_id: str, anchors: Sequence[str]) -> Iterator[str]:
    if not request.parameters.same_district:
        return
    district, of_anchors = request.cell(school_id, "district"), [request.cell(anchor, "district") for anchor in anchors]
    if pd.isna(district) or pd.isna(of_anchors).all():
        yield "cannot be kept within one district, since one is not known"
    elif district not in of_anchors:
        yield "is in another district"


def _reasons_in_the_way(request: ZoneRequest, school_id: str, anchors: Sequence[str]) -> Iterator[str]:
    parameters = request.parameters
    if parameters.maximum_distance_km is not None or parameters.distance_weight > 0:
        distance = nearest(distance_km(request, school_id, anchor) for anchor in anchors)
        if np.isnan(distance):
            yield "is at a distance that is not known, and distance counts"
        elif parameters.maximum_distance_km is not None and distance > parameters.maximum_distance_km:
            limit = parameters.maximum_distance_km
            yield f"is {_told_beyond(distance, limit, digits=1)} km away, and the limit is {limit:.12g} km"
    if parameters.maximum_travel_minutes is not None or parameters.travel_weight > 0:
        minutes = nearest(travel_minutes(request, school_id, anchor) for anchor in anchors)
        if np.isnan(minutes):
            yield "has no travel time to the anchor in the files, and travel time counts"
        elif parameters.maximum_travel_minutes is not None and minutes > parameters.maximum_travel_minutes:
            limit = parameters.maximum_travel_minutes
            yield f"is {_told_beyond(minutes, limit, digits=0)} minutes away, and the limit is {limit:.12g} minutes"


def _told_beyond(value: float, limit: float, *, digits: int) -> str:
    """A value beyond a limit, with as many digits as it takes to see that it is."""
    shown = next((more for more in range(digits, 12) if round(value, more) > limit), 12)
    return f"{value:.{shown}f}"


def nearest(distances: Iterable[float]) -> float:
    """The least of some distances, of those that are known; NaN if none is."""
    return min(distances, key=lambda value: (bool(np.isnan(value)), value))


def find_excluded(request: ZoneRequest, schools: np.ndarray, heads: np.ndarray) -> np.ndarray:
    """
    Mark the pairs of school and Zone that :func:`reason_against` has a reason against, all at once.

    Parameters
    ----------
    request
        The limits of the request.
    schools
        Places in ``request.schools``.
    heads
        Places of the anchors of each pair's Zone, a row per pair, padded with -1.

    Returns
    -------
    is_excluded
        A truth value per pair.
    """
    parameters, table = request.parameters, request.schools
    barred = table["is_closed"].to_numpy() | table.index.isin(list(parameters.force_out))
    if parameters.levels:
        barred = barred | ~table["level"].isin(parameters.levels).to_numpy()
    if parameters.maximum_enrolment_students is not None:
        barred = barred | table["enrolment"].isna().to_numpy()
    if parameters.contiguous:
        barred = barred | ~table.index.isin(list(request.neighbours))
    excluded: np.ndarray = barred[schools]
    if parameters.same_district:
        district = pd.factorize(table["district"])[0]
        same = (district[schools][:, None] == district[heads]) & (heads >= 0) & (district[schools] >= 0)[:, None]
        excluded = excluded | ~same.any(axis=1)
    if parameters.maximum_distance_km is not None or parameters.distance_weight > 0:
        excluded = excluded | ~(distances_of_pairs_km(request, schools, heads) <= _most(parameters.maximum_distance_km))
    if parameters.maximum_travel_minutes is not None or parameters.travel_weight > 0:
        excluded = excluded | ~(_travel_minutes(request, schools, heads) <= _most(parameters.maximum_travel_minutes))
    return excluded


def _most(limit: float | None) -> float:
    return np.inf if limit is None else limit


def distances_of_pairs_km(request: ZoneRequest, schools: np.ndarray, heads: np.ndarray) -> np.ndarray:
    """Distance of each pair's school to the nearest anchor [kilometres]; places as for ``find_excluded``."""
    x, y = request.schools["longitude"].to_numpy(), request.schools["latitude"].to_numpy()
    nearest = np.full(len(schools), np.nan)
    for head in heads.T:
        known = head >= 0
        ends = (x[schools[known]], y[schools[known]], x[head[known]], y[head[known]])
        found = np.full(len(schools), np.nan)
        found[known] = np.where(np.isnan(ends).any(axis=0), np.nan, np.asarray(_EARTH.inv(*ends)[2]) / 1000)
        nearest = np.fmin(nearest, found)
    return nearest


def _travel_minutes(request: ZoneRequest, schools: np.ndarray, heads: np.ndarray) -> np.ndarray:
    names = request.schools.index
    return np.array(
        [
            nearest(travel_minutes(request, names[school], names[head]) for head in row if head >= 0)
            for school, row in zip(schools, heads, strict=True)
        ],
        dtype=np.float64,
    )


def member_bonus(request: ZoneRequest, schools: np.ndarray, heads: np.ndarray, promoted: np.ndarray) -> np.ndarray:
    """
    Say what the mere membership of a feeder adds to the score, whatever its flows.

    Parameters
    ----------
    request
        The limits of the request.
    schools, heads
        As for :func:`find_excluded`.
    promoted
        Students promoted out of each pair's school, per year.

    Returns
    -------
    bonus
        ``need_weight * need * promoted - distance_weight * kilometres - travel_weight * minutes`` [students per year],
        a value per pair; an unknown need counts as the median of the known ones.
    """
    parameters = request.parameters
    bonus = np.zeros(len(schools))
    if parameters.need_weight > 0:
        bonus += parameters.need_weight * request.schools["need"].to_numpy()[schools] * promoted
    if parameters.distance_weight > 0:
        bonus -= parameters.distance_weight * distances_of_pairs_km(request, schools, heads)
    if parameters.travel_weight > 0:
        bonus -= parameters.travel_weight * _travel_minutes(request, schools, heads)
    return bonus
