"""Coverage, retention and leakage of every Zone, from links and totals."""

from __future__ import annotations

from collections.abc import Hashable, Mapping

import numpy as np
import pandas as pd

from clustering.model.columns import SHARE_DIGITS, STUDENT_DIGITS
from clustering.model.positions import positions_of
from clustering.zones.audit import Membership
from clustering.zones.candidates import promoted_of
from clustering.zones.distances import member_bonus
from clustering.zones.feeder_graph import FeederTables
from clustering.zones.parameters import ProposalParameters
from clustering.zones.proposal import ZoneMetrics
from clustering.zones.request import Pairs, ZoneRequest, anchor_positions, anchors_of


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
    index, names = tables.totals.index, sorted(membership)
    members = _members(membership, request, index)
    links = _links_of_zones(tables.links, members, index)
    feeders, anchors = members[~members["is_leading"]], members[members["is_anchor"]]
    enrolled = request.column("enrolment")[members["position"]]
    parts = {part: links[part].to_numpy() for part in ("inside", "across", "uncertain", "to_anchor")}
    students = {end: links[f"students{end}"].to_numpy() for end in ("", "_low", "_high")}
    entering = [column for column in tables.totals if str(column).startswith("entering_students")]
    sums = {
        **{
            f"{part}{end}": _sum_by_zone(links["zone"], values * counted, names)
            for part, counted in parts.items()
            for end, values in students.items()
        },
        **{
            str(column): _sum_by_zone(rows["zone"], tables.totals[column].to_numpy()[rows["position"]], names)
            for column in tables.totals
            for rows in [anchors if column in entering else feeders]
        },
        "schools": _sum_by_zone(members["zone"], np.ones(len(members)), names),
        "bonus": _sum_by_zone(feeders["zone"], _bonus(feeders, tables, names, request), names),
        "enrolment_missing": _sum_by_zone(members["zone"], np.isnan(enrolled), names),
        "enrolment": _sum_by_zone(members["zone"], np.nan_to_num(enrolled), names),
    }
    table = pd.DataFrame(sums, index=pd.Index(names, dtype="str")).round(STUDENT_DIGITS)
    rows = zip(names, table.to_dict("records"), strict=True)
    return {anchor: _metrics_of(row, request.parameters) for anchor, row in rows}


def _sum_by_zone(zones: pd.Series, values: np.ndarray, names: list[str]) -> np.ndarray:
    return np.bincount(zones, weights=values, minlength=len(names))


def _members(membership: Membership, request: ZoneRequest, index: pd.Index) -> pd.DataFrame:
    """``zone`` (number), ``position`` in the index, ``is_leading`` and ``is_anchor`` (an anchor) of every member."""
    rows = [
        (number, school, school == anchor, school in anchors_of(request, anchor))
        for number, (anchor, feeders) in enumerate(sorted(membership.items()))
        for school in (anchor, *feeders)
    ]
    zone, schools, is_leading, is_anchor = zip(*rows, strict=True) if rows else ((), (), (), ())
    return pd.DataFrame(
        {
            "zone": np.array(zone, dtype=np.intp),
            "position": index.get_indexer(pd.Index(schools, dtype="str")),
            "is_leading": np.array(is_leading, dtype=bool),
            "is_anchor": np.array(is_anchor, dtype=bool),
        }
    )


def _links_of_zones(links: pd.DataFrame, members: pd.DataFrame, index: pd.Index) -> pd.DataFrame:
    """
    Links out of the feeders of each Zone, with the number of the Zone.

    A link is ``inside`` if it stays in the Zone, else ``across`` if it leads into another; inside, ``to_anchor`` tells
    whether it leads to an anchor, and ``uncertain`` whether it rests on suppressed counts.
    """
    size, feeders = len(index), members.loc[~members["is_leading"], ["zone", "position"]]
    is_member = np.zeros(size, dtype=bool)
    is_member[members["position"]] = True
    ends = links[["students", "students_low", "students_high"]].assign(
        position=positions_of(links["origin"], index), destination=positions_of(links["destination"], index)
    )
    found = ends[is_member[ends["position"]]].merge(feeders, on="position", how="inner", sort=False)
    keys = found["zone"] * size + found["destination"]
    inside = keys.isin(members["zone"] * size + members["position"])
    anchors = members[members["is_anchor"]]
    return found.assign(
        inside=inside,
        across=is_member[found["destination"]] & ~inside,
        uncertain=inside & (found["students_low"] != found["students_high"]),
        to_anchor=keys.isin(anchors["zone"] * size + anchors["position"]),
    )


def _bonus(feeders: pd.DataFrame, tables: FeederTables, names: list[str], request: ZoneRequest) -> np.ndarray:
    """What need, distance and travel time of each feeder add to the score."""
    anchors = anchor_positions(request, [anchors_of(request, anchor) for anchor in names])
    pairs = Pairs(schools=feeders["position"].to_numpy(), anchors=anchors[feeders["zone"]])
    promoted = promoted_of(tables, request)[pairs.schools]
    # Only a plan can have members whose distance is not known; the audit names them.
    bonus: np.ndarray = np.nan_to_num(member_bonus(request, pairs, promoted))
    return bonus


def _metrics_of(row: Mapping[Hashable, float], parameters: ProposalParameters) -> ZoneMetrics:
    """Metrics of sums that were rounded, so that the parts add up to the whole in every output."""
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
        enrolment_students=float(row["enrolment"]) if row["enrolment_missing"] < row["schools"] else None,
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
        membership_bonus_students=float(row["bonus"]),
        score=round(float(retained - parameters.leakage_weight * leaked + row["bonus"]), STUDENT_DIGITS),
    )


def _share(part: float, whole: float) -> float | None:
    return round(float(part / whole), SHARE_DIGITS) if whole > 0 else None


def _share_ends(low: float, high: float, whole_low: float, whole_high: float) -> tuple[float | None, float | None]:
    """Least and greatest share of a part, the part and the rest of the whole each anywhere between their ends."""
    rest_low, rest_high = whole_low - low, whole_high - high
    return _share(low, low + rest_high), _share(high, high + rest_low)
