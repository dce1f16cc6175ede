"""What stands against a school in an anchor's Zone apart from its flows, and what its membership adds to the score."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from clustering.zones.distances import (
    _most,
    _travel_minutes,
    distance_km,
    distances_of_pairs_km,
    nearest,
    travel_minutes,
)
from clustering.zones.request import ZoneRequest


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
