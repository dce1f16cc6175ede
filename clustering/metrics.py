"""Coverage, retention and leakage of every Zone, from links and totals."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from clustering.columns import SHARE_DIGITS, STUDENT_DIGITS
from clustering.config import ProposalParameters
from clustering.constraints import Membership
from clustering.feeder_graph import FeederTables
from clustering.model import ZoneMetrics

_ENDS = ("low", "high")


def evaluate_zones(
    tables: FeederTables, membership: Membership, enrolment: pd.Series, parameters: ProposalParameters
) -> Mapping[str, ZoneMetrics]:
    """
    Compute the metrics of every Zone.

    Parameters
    ----------
    tables
        Links and totals of the feeder graph.
    membership
        Anchor to the feeders of its Zone.
    enrolment
        Students by ``school_id``; missing where unknown.
    parameters
        ``leakage_weight`` and ``count_exits``.

    Returns
    -------
    metrics
        Anchor to :class:`~clustering.model.ZoneMetrics`; students with three digits, shares with six.
    """
    feeder_zone = pd.Series(
        {school: anchor for anchor, schools in membership.items() for school in schools}, dtype="str"
    )
    zone = pd.concat([feeder_zone, pd.Series({anchor: anchor for anchor in membership}, dtype="str")])
    links = tables.links.assign(
        zone=tables.links["origin"].map(feeder_zone), other=tables.links["destination"].map(zone)
    ).dropna(subset="zone")
    links["inside"] = links["zone"] == links["other"]
    links["across"] = links["other"].notna() & ~links["inside"]
    links["uncertain"] = links["inside"] & (links["students_low"] != links["students_high"])
    links["to_anchor"] = links["inside"] & (links["destination"] == links["zone"])
    totals = tables.totals.reindex(feeder_zone.index).groupby(feeder_zone).sum()
    entering = tables.totals.filter(regex="^entering_students").reindex(list(membership))
    students = enrolment.reindex(zone.index)
    columns: dict[str, pd.Series] = {
        **{part: _total(links, part) for part in ("inside", "across", "uncertain", "to_anchor")},
        **{f"{part}_{end}": _total(links, part, f"_{end}") for part in ("inside", "to_anchor") for end in _ENDS},
        **{str(name): column for table in (totals, entering) for name, column in table.items()},
        "schools": zone.groupby(zone).size(),
        "enrolment_missing": students.isna().groupby(zone).sum(),
    }
    sums = pd.DataFrame(columns, index=pd.Index(sorted(membership))).fillna(0.0)
    sums["enrolment"] = students.groupby(zone).sum(min_count=1)
    return {str(anchor): _metrics_of(row, parameters) for anchor, row in sums.iterrows()}


def _total(links: pd.DataFrame, part: str, end: str = "") -> pd.Series:
    return links[links[part]].groupby("zone")[f"students{end}"].sum()


def _metrics_of(row: pd.Series, parameters: ProposalParameters) -> ZoneMetrics:
    # Rounded before anything is derived, so that the parts add up to the whole in every output.
    row = row.round(STUDENT_DIGITS)
    exits = float(parameters.count_exits)
    promoted = {end: row[f"promoted_students{end}"] for end in ("", "_low", "_high")}
    counted = {end: students + exits * row[f"exit_students{end}"] for end, students in promoted.items()}
    retained, leaked = row["inside"], counted[""] - row["inside"]
    to_other_schools = promoted[""] - retained - row["across"] - row["unlisted_students"]
    retention = _share(retained, counted[""])
    retention_ends = _share_ends(row["inside_low"], row["inside_high"], counted["_low"], counted["_high"])
    coverage_ends = _share_ends(
        row["to_anchor_low"], row["to_anchor_high"], row["entering_students_low"], row["entering_students_high"]
    )
    return ZoneMetrics(
        school_count=int(row["schools"]),
        enrolment_students=None if pd.isna(row["enrolment"]) else float(row["enrolment"]),
        enrolment_missing_count=int(row["enrolment_missing"]),
        promoted_students=float(promoted[""]),
        retained_students=float(retained),
        retention=retention,
        leakage=None if retention is None else round(1 - retention, SHARE_DIGITS),
        leaked_to_other_zones_students=float(row["across"]),
        leaked_to_other_schools_students=round(float(to_other_schools), STUDENT_DIGITS),
        leaked_to_unlisted_students=float(row["unlisted_students"]),
        exit_students=float(row["exit_students"]),
        entering_students=float(row["entering_students"]),
        entering_from_feeders_students=float(row["to_anchor"]),
        coverage=_share(row["to_anchor"], row["entering_students"]),
        retention_low=retention_ends[0],
        retention_high=retention_ends[1],
        coverage_low=coverage_ends[0],
        coverage_high=coverage_ends[1],
        suppressed_share=_share(row["uncertain"], retained),
        score=round(float(retained - parameters.leakage_weight * leaked), STUDENT_DIGITS),
    )


def _share(part: float, whole: float) -> float | None:
    return round(float(part / whole), SHARE_DIGITS) if whole > 0 else None


def _share_ends(low: float, high: float, whole_low: float, whole_high: float) -> tuple[float | None, float | None]:
    """Least and greatest share of a part, the part and the rest of the whole each anywhere between their ends."""
    rest_low, rest_high = whole_low - low, whole_high - high
    return _share(low, low + rest_high), _share(high, high + rest_low)
