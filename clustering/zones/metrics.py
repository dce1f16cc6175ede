"""Coverage, retention and leakage of every Zone, from links and totals."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from clustering.model.columns import SHARE_DIGITS, STUDENT_DIGITS
from clustering.model.rounding import rounded
from clustering.zones.arrival import measure_arriving
from clustering.zones.arrival_ends import extreme_retention
from clustering.zones.audit import Membership
from clustering.zones.candidates import promoted_of
from clustering.zones.distances import member_bonus
from clustering.zones.feeder_graph import FeederTables
from clustering.zones.parameters import ProposalParameters
from clustering.zones.proposal import ZoneMetrics
from clustering.zones.request import Pairs, ZoneRequest, anchor_positions, anchors_of
from clustering.zones.zone_flows import ZoneFlows, flows_of_zones


def evaluate_zones(tables: FeederTables, membership: Membership, request: ZoneRequest) -> Mapping[str, ZoneMetrics]:
    """
    Compute the metrics of every Zone.

    Parameters
    ----------
    tables
        Links and totals of the feeder graph.
    membership
        Anchor to the feeders of its Zone.
    request
        The request, with its merged anchors, the enrolment of schools, and what membership adds to the score.

    Returns
    -------
    metrics
        Anchor to :class:`~clustering.zones.proposal.ZoneMetrics`; students with three digits, shares with six. A
        feeder that is shared counts in each of its Zones.
    """
    flows = flows_of_zones(tables, membership, request)
    parameters, names, members, links = request.parameters, flows.names, flows.members, flows.links
    feeders, anchors = members[~members["is_leading"]], members[members["is_anchor"]]
    enrolled = request.column("enrolment")[members["position"]]
    parts = {part: links[part].to_numpy() for part in ("inside", "across", "to_anchor")}
    students = {end: links[f"students{end}"].to_numpy() for end in ("", "_low", "_high")}
    of_anchors = ("entering_students", "unlisted_entering_students", "entry_grade_students")
    entering = [column for column in tables.totals if str(column).startswith(of_anchors)]
    sums = {
        **{
            f"{part}{end}": flows.sum_by_zone(links["zone"], values * counted)
            for part, counted in parts.items()
            for end, values in students.items()
        },
        **{
            str(column): flows.sum_by_zone(rows["zone"], tables.totals[column].to_numpy()[rows["position"]])
            for column in tables.totals
            for rows in [anchors if column in entering else feeders]
        },
        **_sum_retained(flows, parameters),
        "from_other_zones": flows.sum_by_zone(
            flows.entering["zone"], (flows.entering["students"] * flows.entering["from_other_zone"]).to_numpy()
        ),
        "schools": flows.sum_by_zone(members["zone"], np.ones(len(members))),
        "bonus": flows.sum_by_zone(feeders["zone"], _bonus(feeders, tables, names, request)),
        "enrolment_missing": flows.sum_by_zone(members["zone"], np.isnan(enrolled)),
        "enrolment": flows.sum_by_zone(members["zone"], np.nan_to_num(enrolled)),
    }
    table = pd.DataFrame(sums, index=pd.Index(names, dtype="str")).round(STUDENT_DIGITS) + 0.0  # not -0
    ends = pd.DataFrame(_retention_ends(flows, sums, parameters), index=table.index).round(SHARE_DIGITS)
    rows = zip(names, table.to_dict("records"), ends.to_dict("records"), strict=True)
    return {anchor: _metrics_of(row, retention_ends, parameters) for anchor, row, retention_ends in rows}


def _sum_retained(flows: ZoneFlows, parameters: ProposalParameters) -> dict[str, np.ndarray]:
    """Students retained in every Zone, and those of them on whose way no count is suppressed."""
    inside = flows.inside
    students, zones = inside["students"].to_numpy(), inside["zone"]
    is_suppressed = flows.tables.is_suppressed
    is_sure = np.ones(len(inside), dtype=bool) if is_suppressed is None else ~is_suppressed[inside["row"].to_numpy()]
    if parameters.score_by == "moves":
        return {
            "retained": flows.sum_by_zone(zones, students),
            "sure": flows.sum_by_zone(zones, students * is_sure),
        }
    chains = flows.chains
    sure = replace(chains, shares=np.where(is_sure[chains.second], chains.shares, 0.0))
    arriving = measure_arriving(flows.inside_links, sure)
    return {
        "retained": flows.sum_by_zone(zones, students * flows.arriving),
        "sure": flows.sum_by_zone(zones, students * is_sure * arriving),
    }


def _retention_ends(
    flows: ZoneFlows, sums: Mapping[str, np.ndarray], parameters: ProposalParameters
) -> dict[str, np.ndarray]:
    """Least and greatest retention of every Zone."""
    exits = float(parameters.count_exits)
    low, high = (
        sums[f"promoted_students{end}"] + exits * sums[f"exit_students{end}"] - sums[f"inside{end}"]
        for end in ("_low", "_high")
    )
    only_moves = parameters.score_by == "moves"
    return {
        name: extreme_retention(
            flows, (low, high), greatest=greatest, only_moves=only_moves, count_exits=parameters.count_exits
        )
        for name, greatest in (("low", False), ("high", True))
    }


def _bonus(feeders: pd.DataFrame, tables: FeederTables, names: Sequence[str], request: ZoneRequest) -> np.ndarray:
    """What need, distance and travel time of each feeder add to the score."""
    anchors = anchor_positions(request, [anchors_of(request, anchor) for anchor in names])
    pairs = Pairs(schools=feeders["position"].to_numpy(), anchors=anchors[feeders["zone"]])
    promoted = promoted_of(tables, request)[pairs.schools]
    # Only a plan can have members whose distance is not known; the audit names them.
    bonus: np.ndarray = np.nan_to_num(member_bonus(request, pairs, promoted))
    return bonus


def _metrics_of(
    row: Mapping[Hashable, float], retention_ends: Mapping[Hashable, float], parameters: ProposalParameters
) -> ZoneMetrics:
    """Metrics of sums that were rounded, so that the parts add up to the whole, to a thousandth, in every output."""
    exits = float(parameters.count_exits)
    promoted = row["promoted_students"]
    counted = promoted + exits * row["exit_students"]
    retained, leaked = row["retained"], counted - row["retained"]
    unknown = row.get("unknown_students", 0.0)
    to_other_schools = promoted - row["inside"] - row["across"] - row["unlisted_students"] - unknown
    from_other_schools = (
        row["entering_students"] - row["to_anchor"] - row["from_other_zones"] - row["unlisted_entering_students"]
    )
    retention = _share(retained, counted)
    coverage_ends = _share_ends(
        row["to_anchor_low"], row["to_anchor_high"], row["entering_students_low"], row["entering_students_high"]
    )
    return ZoneMetrics(
        school_count=int(row["schools"]),
        enrolment_students=float(row["enrolment"]) if row["enrolment_missing"] < row["schools"] else None,
        enrolment_missing_count=int(row["enrolment_missing"]),
        promoted_students=float(promoted),
        retained_students=float(retained),
        retention=retention,
        leakage=None if retention is None else rounded(1 - retention, SHARE_DIGITS),
        leaked_to_other_zones_students=float(row["across"]),
        leaked_to_other_schools_students=max(0.0, rounded(to_other_schools, STUDENT_DIGITS)),
        leaked_to_unlisted_students=float(row["unlisted_students"]),
        leaked_to_unknown_students=float(unknown),
        leaked_further_on_students=rounded(row["inside"] - retained, STUDENT_DIGITS),
        exit_students=float(row["exit_students"]),
        entering_students=float(row["entering_students"]),
        entering_from_feeders_students=float(row["to_anchor"]),
        entering_from_other_zones_students=float(row["from_other_zones"]),
        entering_from_other_schools_students=max(0.0, rounded(from_other_schools, STUDENT_DIGITS)),
        entering_from_unlisted_students=float(row["unlisted_entering_students"]),
        entry_grade_students=float(row["entry_grade_students"]) if row["entry_grade_students"] > 0 else None,
        coverage=_share(row["to_anchor"], row["entering_students"]),
        retention_low=None if math.isnan(retention_ends["low"]) else float(retention_ends["low"]),
        retention_high=None if math.isnan(retention_ends["high"]) else float(retention_ends["high"]),
        coverage_low=coverage_ends[0],
        coverage_high=coverage_ends[1],
        suppressed_share=_share(retained - row["sure"], retained),
        membership_bonus_students=float(row["bonus"]),
        score=rounded(retained - parameters.leakage_weight * leaked + row["bonus"], STUDENT_DIGITS),
    )


def _share(part: float, whole: float) -> float | None:
    return rounded(part / whole, SHARE_DIGITS) if whole > 0 else None


def _share_ends(low: float, high: float, whole_low: float, whole_high: float) -> tuple[float | None, float | None]:
    """Least and greatest share of a part, the part and the rest of the whole each anywhere between their ends."""
    # Sums of the same cells, which rounding may set apart by a thousandth.
    rest_low, rest_high = max(0.0, whole_low - low), max(0.0, whole_high - high)
    if high + rest_high <= 0:
        return None, None
    # A part or a rest that may be empty, beside one that is: of nobody there is no share.
    least = _share(low, low + rest_high) if low + rest_high > 0 else 1.0
    return least, _share(high, high + rest_low) if high + rest_low > 0 else 0.0
