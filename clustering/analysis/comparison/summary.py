"""Two or three sentences that say what a comparison comes to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from clustering.analysis.comparison.differences import Differences
from clustering.analysis.comparison.result import ProposalTotals


def write_summary(
    first: Mapping[str, Any],
    second: Mapping[str, Any],
    *,
    totals: tuple[ProposalTotals, ProposalTotals],
    moves: pd.DataFrame,
    differences: Differences,
) -> tuple[str, ...]:
    """
    Write the summary.

    Parameters
    ----------
    first, second
        Documents of the two proposals.
    totals
        Of both.
    moves
        Schools that move.
    differences
        Whether the scores can be compared.

    Returns
    -------
    summary
        How many Zones and schools; which schools move; how many students stay, and the scores.
    """
    one, other = totals
    sizes = (
        f"The first{_kind(first)} has {_zones(one)} with {_schools(one.school_count)},"
        f" the second{_kind(second)} {_zones(other)} with {_schools(other.school_count)}."
    )
    return sizes, _describe_moves(moves), _describe_students(one, other, differences.is_score_comparable)


def _kind(document: Mapping[str, Any]) -> str:
    return ", a plan as given," if document["solution"]["status"] == "given" else ""


def _zones(totals: ProposalTotals) -> str:
    return f"{totals.zone_count:,} Zone{'' if totals.zone_count == 1 else 's'}"


def _schools(count: int) -> str:
    return f"{count:,} school{'' if count == 1 else 's'}"


def _describe_moves(moves: pd.DataFrame) -> str:
    if moves.empty:
        return "Every school is in the same Zone in both."
    count = moves["change"].value_counts().to_dict()
    joins, leaves, changes = (int(count.get(change, 0)) for change in ("joins", "leaves", "changes Zone"))
    return (
        f"From the first to the second, {_schools(joins)} join{'s' if joins == 1 else ''} a Zone,"
        f" {leaves:,} leave{'s' if leaves == 1 else ''} one and {changes:,} change{'s' if changes == 1 else ''} Zone."
    )


def _describe_students(one: ProposalTotals, other: ProposalTotals, is_score_comparable: bool) -> str:
    kept = " and ".join(
        f"{side} {totals.retained_students:,.0f} of {totals.promoted_students:,.0f} promoted students"
        f" ({'no share' if totals.retention is None else format(totals.retention, '.0%')})"
        for side, totals in (("the first keeps", one), ("the second", other))
    )
    label = f"A year, {kept} in their Zones; "
    if not is_score_comparable:
        return f"{label}the scores cannot be compared, as the notes say."
    return f"{label}the score is {one.score:,.1f} in the first and {other.score:,.1f} in the second."
