"""A doubly constrained gravity model: promotions where a state has neither student records nor catchments."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd

from clustering.disclosure.protected_base import suppress_flows
from clustering.flows.cohorts import Cohorts, build_cohorts
from clustering.flows.comparison import FlowComparison, compare_flows
from clustering.flows.gravity.balancing import balance_flows
from clustering.flows.gravity.distance_decay import Decay, attract, fit_decay, mean_distance_km, state_decay
from clustering.flows.gravity.neighbours import pair_neighbours
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
        Sentences that belong beside the numbers: assumptions, schools left out, how well the totals are met.
    parameters
        The parameters used.
    decay
        The decay with distance used, fitted or stated.
    mean_distance_km
        Mean distance of the estimated students, before small flows are dropped; ``None`` if there are none.
    residuals
        One row per ``next_grade``: ``leaving_students`` and ``sending_schools``; of them ``unplaced_students`` and
        ``unplaced_schools``, with no receiving school near; ``receiving_schools``, ``unreached_schools`` (with no
        sending school near) and ``misplaced_share``, the share of the estimated students [0 to 1] who would have to
        enter another school for every receiving school to be filled in proportion to its entering grade.
    iterations
        Iterations of the balancing.
    schools_without_coordinates
        Open schools left out because they have no coordinates, sorted ids.
    comparison
        The error of the estimate on the known flows, protected first; ``None`` without known flows.
    """

    flows: pd.DataFrame
    notes: tuple[str, ...]
    parameters: GravityParameters
    decay: Decay
    mean_distance_km: float | None
    residuals: pd.DataFrame
    iterations: int
    schools_without_coordinates: tuple[str, ...]
    comparison: FlowComparison | None


def estimate_gravity_flows(
    schools: gpd.GeoDataFrame,
    *,
    grade_enrolment: pd.DataFrame | None = None,
    known_flows: pd.DataFrame | None = None,
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
    known_flows
        ``columns.FLOW_COLUMNS``: flows known for some of the schools, to fit the decay to and to compare with. They
        are protected before anything is computed of them, and are no part of the estimate.
    parameters
        The defaults where nothing is given.

    Returns
    -------
    estimate
        T_ij = A_i O_i B_j D_j f(d_ij) for every promotion from grade to grade: every final grade's students O_i are
        placed, in near schools that offer the next grade but not the one before, and the receiving schools are filled
        in proportion to their entering grades D_j, scaled within each connected part of the network to the students who
        can get there. Where neighbours are too few for both, the senders' totals are kept. Row order changes nothing.

    References
    ----------
    .. [1] Wilson, A. G. (1971). A family of spatial interaction models, and associated developments. Environment and
       Planning 3(1), 1-32. doi:10.1068/a030001.
    """
    parameters = parameters or GravityParameters()
    decay = _choose_decay(schools, known_flows, parameters)
    is_located = schools.geometry.notna() & ~schools.geometry.is_empty
    unlocated = schools.index[~is_located & (schools["status"] != "closed").fillna(True)]
    cohorts = build_cohorts(schools[is_located], grade_enrolment, parameters)
    pairs = pair_neighbours(cohorts.leaving, cohorts.entering, schools, parameters)
    senders, sender = np.unique(pairs["sender"], return_inverse=True)
    receivers, receiver = np.unique(pairs["receiver"], return_inverse=True)
    leaving, entering = cohorts.leaving.iloc[senders], cohorts.entering.iloc[receivers]
    balance = balance_flows(
        attract(pairs.assign(sender=sender, receiver=receiver), (len(senders), len(receivers)), decay, parameters),
        leaving["students"].to_numpy(),
        entering["students"].to_numpy(),
        tolerance=parameters.tolerance,
        maximum_iterations=parameters.maximum_iterations,
    )
    cells = pairs.assign(students=balance.students.data)
    kept = _drop_small(cells, parameters)
    flows = _flows_of(kept, cohorts)
    residuals = _residuals(kept, cohorts, pd.Series(balance.entering, index=receivers))
    comparison = None
    if known_flows is not None:
        recorded = suppress_flows(known_flows[known_flows["kind"] == "feeding"])
        comparison = compare_flows(flows, recorded, schools["level"])
    return GravityEstimate(
        flows=flows,
        notes=(
            "The flows are estimated by a gravity model; no student was counted.",
            decay.note,
            *_describe_unlocated(unlocated),
            *cohorts.notes,
            *_describe_residuals(residuals),
        ),
        parameters=parameters,
        decay=decay,
        mean_distance_km=mean_distance_km(balance, pairs, parameters) if len(pairs) else None,
        residuals=residuals,
        iterations=balance.iterations,
        schools_without_coordinates=tuple(unlocated.sort_values()),
        comparison=comparison,
    )


def _choose_decay(schools: gpd.GeoDataFrame, known_flows: pd.DataFrame | None, parameters: GravityParameters) -> Decay:
    if known_flows is None or not parameters.fit_to_known_flows:
        return state_decay(parameters)
    return fit_decay(known_flows, schools, parameters)


def _drop_small(cells: pd.DataFrame, parameters: GravityParameters) -> pd.DataFrame:
    """Drop the small flows of every sender and spread their students over its others."""
    by_sender = cells.groupby("sender")["students"]
    total, largest = by_sender.transform("sum"), by_sender.transform("max")
    least = np.maximum(parameters.minimum_students, parameters.minimum_share * total)
    # Never the largest, nor one equal to it but for rounding.
    kept = cells[cells["students"] >= np.minimum(least, largest * (1 - 1e-9))]
    scale = total[kept.index] / kept.groupby("sender")["students"].transform("sum")
    return kept.assign(students=kept["students"] * scale)


def _flows_of(cells: pd.DataFrame, cohorts: Cohorts) -> pd.DataFrame:
    leaving = cohorts.leaving.iloc[cells["sender"].to_numpy()]
    students = cells["students"].round(STUDENT_DIGITS).to_numpy()
    flows = pd.DataFrame(
        {
            "origin": leaving["school_id"].to_numpy(),
            "destination": cohorts.entering["school_id"].to_numpy()[cells["receiver"]],
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


def _residuals(cells: pd.DataFrame, cohorts: Cohorts, targets: pd.Series) -> pd.DataFrame:
    """What was placed, by grade entered; ``targets`` are the scaled totals of the receivers reached."""
    leaving, entering = cohorts.leaving, cohorts.entering
    is_placed = leaving.index.isin(cells["sender"])
    arrived = cells.groupby("receiver")["students"].sum().reindex(targets.index, fill_value=0.0)
    grade = entering["next_grade"].loc[targets.index]
    table = pd.DataFrame(
        {
            "leaving_students": leaving.groupby("next_grade")["students"].sum(),
            "sending_schools": leaving.groupby("next_grade").size(),
            "unplaced_students": leaving[~is_placed].groupby("next_grade")["students"].sum(),
            "unplaced_schools": leaving[~is_placed].groupby("next_grade").size(),
            "receiving_schools": entering.groupby("next_grade").size(),
            "unreached_schools": entering[~entering.index.isin(targets.index)].groupby("next_grade").size(),
            "misplaced_share": (arrived - targets).abs().groupby(grade).sum() / (2 * arrived.groupby(grade).sum()),
        }
    )
    counts = {name: "int64" for name in table.columns if name.endswith("_schools")}
    filled = table.fillna({name: 0 for name in table.columns if name != "misplaced_share"}).astype(counts)
    return filled.rename_axis("next_grade").reset_index()


def _describe_unlocated(unlocated: pd.Index) -> tuple[str, ...]:
    if unlocated.empty:
        return ()
    named = ", ".join(unlocated.sort_values()[:_NAMED_SCHOOLS])
    more = " ..." if len(unlocated) > _NAMED_SCHOOLS else ""
    plural = "" if len(unlocated) == 1 else "s"
    return (f"Left out for lack of coordinates: {len(unlocated):,} school{plural} ({named}{more}).",)


def _describe_residuals(residuals: pd.DataFrame) -> tuple[str, ...]:
    leaving, unplaced = residuals["leaving_students"].sum(), residuals["unplaced_students"].sum()
    placed = residuals["leaving_students"] - residuals["unplaced_students"]
    misplaced = (residuals["misplaced_share"].fillna(0.0) * placed).sum() / max(1e-9, placed.sum())
    totals = (
        f"{leaving:,.0f} students leave a final grade. For {unplaced:,.0f} of them there is no school of the next grade"
        " nearby."
    )
    fit = (
        "Receiving schools are filled in proportion to the size of their entering grade, scaled to the students who can"
        f" get there. To match those sizes exactly, {misplaced:.1%} of the students would have to enter another school."
    )
    return totals, fit
