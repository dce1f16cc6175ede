"""Two proposals to their Comparison."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd

from clustering.analysis.comparison.differences import describe_differences
from clustering.analysis.comparison.result import MOVE_COLUMNS, ZONE_COLUMNS, Comparison, ProposalTotals
from clustering.analysis.comparison.summary import write_summary
from clustering.analysis.comparison.tables import METRICS, Side, read_side
from clustering.model.columns import SHARE_DIGITS, STUDENT_DIGITS
from clustering.model.disclosure_setting import is_exact
from clustering.model.rounding import rounded
from clustering.zones.documents import proposal_document
from clustering.zones.proposal import Proposal


def compare_proposals(first: Proposal, second: Proposal) -> Comparison:
    """
    Compare two proposals, or a plan (see :func:`evaluate_plan`) with a proposal.

    Parameters
    ----------
    first, second
        Of the same inputs and parameters where scores are to be compared; the notes say what differs.

    Returns
    -------
    comparison
        Schools that move, Zones matched by anchor, totals, and a summary for people.
    """
    return compare_documents(proposal_document(first), proposal_document(second))


def compare_documents(first: Mapping[str, Any], second: Mapping[str, Any]) -> Comparison:
    """
    Compare two proposals by their documents.

    Parameters
    ----------
    first, second
        As :func:`proposal_document` writes them, read back from JSON or not.

    Returns
    -------
    comparison
        The same as :func:`compare_proposals` gives.

    Raises
    ------
    InputError
        A document is that of another version, or none.
    """
    one, other = read_side(first), read_side(second)
    differences = describe_differences(first, second)
    moves = _moves(one, other)
    totals = _totals(one), _totals(other)
    difference = _difference(*totals, has_score=differences.is_score_comparable)
    return Comparison(
        summary=write_summary(first, second, totals=totals, moves=moves, differences=differences),
        notes=differences.notes,
        is_score_comparable=differences.is_score_comparable,
        disclosure="exact" if any(map(_is_exact, (first, second))) else "protected",
        moves=moves,
        zones=_zones(one, other, has_score=differences.is_score_comparable),
        first=totals[0],
        second=totals[1],
        difference=difference,
    )


def _is_exact(document: Mapping[str, Any]) -> bool:
    return is_exact(document["parameters"]["disclosure"])


def _moves(one: Side, other: Side) -> pd.DataFrame:
    both = _joined(one.members, other.members)
    is_outside = [both[f"zone_id_{side}"].isna() for side in ("first", "second")]
    change = np.select([is_outside[0], is_outside[1]], ["joins", "leaves"], default="changes Zone")
    table = both.assign(
        change=pd.Series(change, both.index, dtype="str"),
        name=both["name_first"].fillna(both["name_second"]),
        level=both["level_first"].fillna(both["level_second"]),
    )
    for side, found in (("first", one), ("second", other)):
        reasons = found.without_zone.reindex(table.index)
        table[f"reason_{side}"] = table[f"reason_{side}"].fillna(reasons)
        table[f"role_{side}"] = table[f"role_{side}"].fillna("outside")
    moved = table[both["zone_id_first"].ne(both["zone_id_second"])]
    return moved.rename_axis("school_id").reset_index()[list(MOVE_COLUMNS)]


def _zones(one: Side, other: Side, *, has_score: bool) -> pd.DataFrame:
    both = _joined(one.zones, other.zones)
    is_missing = [both[f"zone_name_{side}"].isna() for side in ("first", "second")]
    table = both.assign(
        zone_name=both["zone_name_first"].fillna(both["zone_name_second"]),
        found_in=pd.Series(np.select(is_missing, ["second", "first"], default="both"), both.index, dtype="str"),
        shared_school_count=_shared_schools(one, other).reindex(both.index, fill_value=0).astype("Int64"),
    )
    for metric in METRICS:
        difference = both[f"{metric}_second"] - both[f"{metric}_first"]
        table[f"{metric}_difference"] = (
            difference.round(STUDENT_DIGITS if _is_students(metric) else SHARE_DIGITS) + 0.0
        )  # not -0
    if not has_score:
        table["score_difference"] = np.nan
    return table.rename_axis("anchor_id").reset_index()[list(ZONE_COLUMNS)]


def _joined(first: pd.DataFrame, second: pd.DataFrame) -> pd.DataFrame:
    """Rows of either table by their index, sorted, every column twice."""
    sides = ("_first", "_second")
    return first.merge(second, how="outer", left_index=True, right_index=True, suffixes=sides).sort_index()


def _shared_schools(one: Side, other: Side) -> pd.Series:
    """Schools that the two Zones of an anchor have in common, the anchor included; index ``anchor_id``."""
    first, second = (
        {zone["anchor_id"]: {member["school_id"] for member in zone["members"]} for zone in side.document["zones"]}
        for side in (one, other)
    )
    return pd.Series(
        {anchor: len(first[anchor] & second[anchor]) for anchor in first if anchor in second}, dtype="int64"
    )


def _totals(side: Side) -> ProposalTotals:
    zones = side.zones

    def total(metric: str) -> float:
        return round(math.fsum(zones[metric]), STUDENT_DIGITS)

    counted = total("promoted_students")
    if side.document["parameters"]["count_exits"]:
        counted = round(counted + total("exit_students"), STUDENT_DIGITS)
    retained, entering = total("retained_students"), total("entering_students")
    covered = total("entering_from_feeders_students")
    return ProposalTotals(
        zone_count=len(zones),
        school_count=len(side.members),
        promoted_students=counted,
        retained_students=retained,
        leaked_students=rounded(counted - retained, STUDENT_DIGITS),
        retention=_share(retained, counted),
        entering_students=entering,
        entering_from_feeders_students=covered,
        coverage=_share(covered, entering),
        score=float(side.document["solution"]["score"]),
    )


def _difference(first: ProposalTotals, second: ProposalTotals, *, has_score: bool) -> dict[str, float | None]:
    before, after = asdict(first), asdict(second)
    return {
        name: None
        if value is None or before[name] is None or (name == "score" and not has_score)
        else rounded(value - before[name], STUDENT_DIGITS if _is_students(name) else SHARE_DIGITS)
        for name, value in after.items()
    }


def _is_students(metric: str) -> bool:
    return metric.endswith("students") or metric == "score"


def _share(part: float, whole: float) -> float | None:
    return round(part / whole, SHARE_DIGITS) if whole > 0 else None
