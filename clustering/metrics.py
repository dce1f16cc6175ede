"""Coverage, retention and leakage of every Zone, from links and totals."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from clustering.columns import SHARE_DIGITS, STUDENT_DIGITS
from clustering.config import ProposalParameters
from clustering.constraints import Membership
from clustering.feeder_graph import FeederTables
from clustering.model import ZoneMetrics


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
    inside = links["zone"] == links["other"]
    across = links["other"].notna() & ~inside
    uncertain = inside & (links["students_low"] != links["students_high"])
    to_anchor = inside & (links["destination"] == links["zone"])
    totals = tables.totals.reindex(feeder_zone.index).groupby(feeder_zone).sum()
    students = enrolment.reindex(zone.index)
    sums = pd.DataFrame(
        {
            "retained": links[inside].groupby("zone")["students"].sum(),
            "uncertain": links[uncertain].groupby("zone")["students"].sum(),
            "to_other_zones": links[across].groupby("zone")["students"].sum(),
            "to_anchor": links[to_anchor].groupby("zone")["students"].sum(),
            "promoted": totals["promoted_students"],
            "unlisted": totals["unlisted_students"],
            "exits": totals["exit_students"],
            "entering": tables.totals["entering_students"].reindex(list(membership)),
            "schools": zone.groupby(zone).size(),
            "enrolment_missing": students.isna().groupby(zone).sum(),
        },
        index=pd.Index(sorted(membership)),
    ).fillna(0.0)
    sums["enrolment"] = students.groupby(zone).sum(min_count=1)
    return {str(anchor): _metrics_of(row, parameters) for anchor, row in sums.iterrows()}


def _metrics_of(row: pd.Series, parameters: ProposalParameters) -> ZoneMetrics:
    # Rounded before anything is derived, so that the parts add up to the whole in every output.
    row = row.round(STUDENT_DIGITS)
    counted = row["promoted"] + (row["exits"] if parameters.count_exits else 0.0)
    to_other_schools = row["promoted"] - row["retained"] - row["to_other_zones"] - row["unlisted"]
    score = row["retained"] - parameters.leakage_weight * (counted - row["retained"])
    retention = _share(row["retained"], counted)
    return ZoneMetrics(
        school_count=int(row["schools"]),
        enrolment_students=None if pd.isna(row["enrolment"]) else float(row["enrolment"]),
        enrolment_missing_count=int(row["enrolment_missing"]),
        promoted_students=float(row["promoted"]),
        retained_students=float(row["retained"]),
        retention=retention,
        leakage=None if retention is None else round(1 - retention, SHARE_DIGITS),
        leaked_to_other_zones_students=float(row["to_other_zones"]),
        leaked_to_other_schools_students=round(float(to_other_schools), STUDENT_DIGITS),
        leaked_to_unlisted_students=float(row["unlisted"]),
        exit_students=float(row["exits"]),
        coverage=_share(row["to_anchor"], row["entering"]),
        suppressed_share=_share(row["uncertain"], row["retained"]),
        score=round(float(score), STUDENT_DIGITS),
    )


def _share(part: float, whole: float) -> float | None:
    return round(float(part / whole), SHARE_DIGITS) if whole > 0 else None
