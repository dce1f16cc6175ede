"""A gravity model of promotions, where a state has neither student records nor catchments."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd

from clustering.flows.cohorts import build_cohorts
from clustering.flows.gravity.crowding import share_out
from clustering.flows.gravity.neighbours import Floats, lengths_in_km, pair_neighbours
from clustering.flows.gravity.parameters import GravityParameters
from clustering.model.columns import FLOW_COLUMNS, STUDENT_DIGITS

_ESTIMATED_COLUMNS = [name for name in FLOW_COLUMNS if name != "kind"]
_NAMED_SCHOOLS = 10


@dataclass(frozen=True, kw_only=True)
class GravityEstimate:
    """
    Estimated promotions and what they rest on.

    Parameters
    ----------
    flows
        ``columns.FLOW_COLUMNS`` without ``kind``, sorted: from final grades into the next grade of another school;
        ``students`` are fractions of students, three digits, and both ends of the interval; no ``year``.
    notes
        Sentences that belong beside the numbers: assumptions, schools left out, how crowded receivers are.
    parameters
        The parameters used.
    mean_distance_km
        Mean distance of the estimated students as the crow flies, before small flows are dropped; ``None`` if there are
        none.
    residuals
        One row per ``next_grade``: ``leaving_students`` and ``sending_schools``; of them ``unplaced_students`` and
        ``unplaced_schools``, with no receiving school near; ``receiving_schools``, ``unreached_schools`` (that no
        sender considers) and ``crowded_schools`` (that more students enter than ``crowding_limit`` times their places).
    iterations
        Iterations of the search for how crowded schools are.
    schools_without_coordinates
        Open schools left out because they have no coordinates, sorted ids.
    schools_without_receivers
        Schools with a final grade for which no school that students enter at the next grade is near, sorted ids.
    """

    flows: pd.DataFrame
    notes: tuple[str, ...]
    parameters: GravityParameters
    mean_distance_km: float | None
    residuals: pd.DataFrame
    iterations: int
    schools_without_coordinates: tuple[str, ...]
    schools_without_receivers: tuple[str, ...]


def estimate_gravity_flows(
    schools: gpd.GeoDataFrame,
    *,
    grade_enrolment: pd.DataFrame | None = None,
    travel_times: pd.DataFrame | None = None,
    excluded_receivers: Collection[str] = (),
    parameters: GravityParameters | None = None,
) -> GravityEstimate:
    """
    Estimate how many students of each school's final grades enter each near school.

    Parameters
    ----------
    schools
        ``columns.SCHOOL_COLUMNS``, EPSG:4326, index ``school_id``.
    grade_enrolment
        ``school_id``, ``year``, ``grade``, ``students``; where it says nothing, enrolment is divided over the grades,
        or a number is assumed (see :class:`~clustering.flows.gravity.parameters.GravityParameters`).
    travel_times
        ``columns.TRAVEL_TIME_COLUMNS``: they replace the distances of the pairs that they give.
    excluded_receivers
        Schools that nobody is expected to enter.
    parameters
        The defaults where nothing is given.

    Returns
    -------
    estimate
        For every promotion from grade to grade, the students of every final grade are shared out to the near schools
        that offer the next grade but not the one before: most to the nearest of the own district, fewer to schools that
        would be crowded (:func:`~clustering.flows.gravity.crowding.share_out`). The places of a school are the students
        of its entering grade. Row order changes nothing.
    """
    parameters = parameters or GravityParameters()
    is_located = schools.geometry.notna() & ~schools.geometry.is_empty
    unlocated = schools.index[~is_located & (schools["status"] != "closed").fillna(True)]
    cohorts = build_cohorts(schools[is_located], grade_enrolment, parameters)
    is_open_to_all = ~cohorts.entering["school_id"].isin(list(excluded_receivers))
    leaving, entering = cohorts.leaving, cohorts.entering[is_open_to_all].reset_index(drop=True)
    pairs = pair_neighbours(leaving, entering, schools, parameters)
    pairs = pairs.assign(length_km=lengths_in_km(pairs, leaving, entering, travel_times))
    senders, sender = np.unique(pairs["sender"], return_inverse=True)
    receivers, receiver = np.unique(pairs["receiver"], return_inverse=True)
    shared = share_out(
        pairs.assign(sender=sender, receiver=receiver),
        leaving["students"].to_numpy()[senders],
        _known_places(entering.iloc[receivers]),
        parameters,
    )
    cells = pairs.assign(students=shared.students)
    kept = _drop_small(cells, parameters)
    residuals = _residuals(leaving, entering, pairs, receivers[shared.crowding > 1])
    return GravityEstimate(
        flows=_flows_of(kept, leaving, entering),
        notes=(
            _describe_choice(pairs, len(leaving), parameters, has_districts=schools["district_id"].notna().any()),
            *_describe_unlocated(unlocated),
            *cohorts.notes,
            *_describe_residuals(residuals, parameters),
        ),
        parameters=parameters,
        mean_distance_km=_mean_distance_km(cells),
        residuals=residuals,
        iterations=shared.iterations,
        schools_without_coordinates=tuple(unlocated.sort_values()),
        schools_without_receivers=tuple(sorted(set(leaving.loc[~leaving.index.isin(pairs["sender"]), "school_id"]))),
    )


def _drop_small(cells: pd.DataFrame, parameters: GravityParameters) -> pd.DataFrame:
    """Drop the small flows of every sender and spread their students over its others."""
    by_sender = cells.groupby("sender")["students"]
    total, largest = by_sender.transform("sum"), by_sender.transform("max")
    least = np.maximum(parameters.minimum_students, parameters.minimum_share * total)
    # Never the largest, nor one equal to it but for rounding.
    kept = cells[cells["students"] >= np.minimum(least, largest * (1 - 1e-9))]
    scale = total[kept.index] / kept.groupby("sender")["students"].transform("sum")
    return kept.assign(students=kept["students"] * scale)


def _flows_of(cells: pd.DataFrame, leaving: pd.DataFrame, entering: pd.DataFrame) -> pd.DataFrame:
    leaving = leaving.iloc[cells["sender"].to_numpy()]
    students = cells["students"].round(STUDENT_DIGITS).to_numpy()
    flows = pd.DataFrame(
        {
            "origin": leaving["school_id"].to_numpy(),
            "destination": entering["school_id"].to_numpy()[cells["receiver"]],
            "grade": leaving["grade"].astype("Int64").array,
            "next_grade": leaving["next_grade"].astype("Int64").array,
            "year": pd.array([pd.NA] * len(cells), dtype="Int64"),
            "students": students,
            "students_low": students,
            "students_high": students,
        }
    )
    flows = flows[flows["students"] > 0].astype({"origin": "str", "destination": "str"})
    return flows[_ESTIMATED_COLUMNS].sort_values(["origin", "destination", "grade"], ignore_index=True)


def _known_places(entering: pd.DataFrame) -> Floats:
    """Places of each receiver; a school whose places are only assumed is never crowded."""
    is_known = entering["source"] != "assumed"
    return entering["students"].where(is_known, np.inf).to_numpy()


def _mean_distance_km(cells: pd.DataFrame) -> float | None:
    if cells.empty:
        return None
    return float(np.average(cells["distance_km"], weights=cells["students"]))


def _residuals(leaving: pd.DataFrame, entering: pd.DataFrame, pairs: pd.DataFrame, crowded: np.ndarray) -> pd.DataFrame:
    """What was placed, by grade entered; ``crowded`` are row numbers of ``entering``."""
    unplaced = leaving[~leaving.index.isin(pairs["sender"])].groupby("next_grade")["students"]
    table = pd.DataFrame(
        {
            "leaving_students": leaving.groupby("next_grade")["students"].sum(),
            "sending_schools": leaving.groupby("next_grade").size(),
            "unplaced_students": unplaced.sum(),
            "unplaced_schools": unplaced.size(),
            "receiving_schools": entering.groupby("next_grade").size(),
            "unreached_schools": entering[~entering.index.isin(pairs["receiver"])].groupby("next_grade").size(),
            "crowded_schools": entering.iloc[crowded].groupby("next_grade").size(),
        }
    )
    counts = {name: "int64" for name in table.columns if name.endswith("_schools")}
    return table.fillna(0).astype(counts).rename_axis("next_grade").reset_index()


def _describe_choice(
    pairs: pd.DataFrame, sender_count: int, parameters: GravityParameters, *, has_districts: bool
) -> str:
    """Whom a sender's students may enter."""
    if not parameters.own_district_first:
        return f"Students enter one of the {parameters.nearest_schools} nearest schools, most of them the nearest."
    if not has_districts:
        return (
            f"Students enter one of the {parameters.nearest_schools} nearest schools, most of them the nearest, of"
            " whatever district: the files name none."
        )
    inside = pairs.loc[pairs["same_district"], "sender"].nunique()
    return (
        f"Students enter one of the {parameters.nearest_schools} nearest schools, most of them the nearest. Schools of"
        f" other districts are considered only where the own district has none: it has one for {inside:,} of"
        f" {sender_count:,} final grades."
    )


def _describe_unlocated(unlocated: pd.Index) -> tuple[str, ...]:
    if unlocated.empty:
        return ()
    named = ", ".join(unlocated.sort_values()[:_NAMED_SCHOOLS])
    more = " ..." if len(unlocated) > _NAMED_SCHOOLS else ""
    plural = "" if len(unlocated) == 1 else "s"
    return (f"Left out for lack of coordinates: {len(unlocated):,} school{plural} ({named}{more}).",)


def _describe_residuals(residuals: pd.DataFrame, parameters: GravityParameters) -> tuple[str, ...]:
    leaving, unplaced = residuals["leaving_students"].sum(), residuals["unplaced_students"].sum()
    totals = (
        f"{leaving:,.0f} students leave a final grade. For {unplaced:,.0f} of them no school is near that"
        " students enter at the next grade: one that offers it and not the grade before."
    )
    crowded = int(residuals["crowded_schools"].sum())
    crowding = (
        f"{crowded:,} entering grade{' gets' if crowded == 1 else 's get'} more than {parameters.crowding_limit:g}"
        " times the places even so."
        if crowded
        else f"No entering grade gets more than {parameters.crowding_limit:g} times its places."
    )
    return totals, crowding
