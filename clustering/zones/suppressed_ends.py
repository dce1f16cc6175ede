"""What suppressed or rounded counts could change: the request solved again with all at their least, and greatest."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Literal

import pandas as pd

from clustering.errors import InfeasibleError, OutOfTimeError
from clustering.model.scenario import Scenario
from clustering.zones.audit import Membership
from clustering.zones.progress import Progress, part_of
from clustering.zones.solver import ZoneSolution
from clustering.zones.solving import Solved

End = Literal["low", "high"]


@dataclass(frozen=True, kw_only=True)
class Changes:
    """
    What suppressed or rounded counts could change.

    Parameters
    ----------
    at_low, at_high
        Anchors whose Zone has other members, or cannot be formed, at that end of every interval.
    added_at_low, added_at_high
        Anchors without a Zone that would have one at that end.
    is_complete
        Whether the best Zones at both ends were found in time; if not, the rest says nothing.
    """

    at_low: frozenset[str] = frozenset()
    at_high: frozenset[str] = frozenset()
    added_at_low: int = 0
    added_at_high: int = 0
    is_complete: bool = True


def check_ends(
    solve_end: Callable[[End, Callable[[float], None]], ZoneSolution],
    proposed: Solved,
    base: Scenario,
    report: Progress,
) -> Changes | None:
    """
    Find the Zones that change with suppressed or rounded counts at their least or greatest.

    Parameters
    ----------
    solve_end
        Solves the request with every cell at one end of what it can stand for; takes the end and a report of progress.
    proposed
        The request solved with the usual reading: rounded counts in the middle of their intervals.
    base
        The scenario computed on.
    report
        Told the stage and the fraction of the whole done.

    Returns
    -------
    changes
        Not complete if time ran out at either end; ``None`` if the request wants no check, or every count is exact.
    """
    if not proposed.request.parameters.check_suppressed or _are_exact(base.flows):
        return None
    stage, membership = "Checking suppressed and rounded counts", proposed.solution.membership
    low = _membership_at_end(partial(solve_end, "low", part_of(report, stage, 0.4, 0.6)))
    high = _membership_at_end(partial(solve_end, "high", part_of(report, stage, 0.6, 0.8)))
    if low is None or high is None:
        return Changes(is_complete=False)
    return Changes(
        at_low=_changed(membership, low),
        at_high=_changed(membership, high),
        added_at_low=len(set(low) - set(membership)),
        added_at_high=len(set(high) - set(membership)),
    )


def _are_exact(flows: pd.DataFrame) -> bool:
    """Whether no cell is an interval."""
    return bool((flows["students_low"] == flows["students_high"]).all())


def _membership_at_end(solve_end: Callable[[], ZoneSolution]) -> Membership | None:
    """Zones at one end of all counts: empty if the locks cannot be kept there, ``None`` if time ran out."""
    try:
        solution = solve_end()
    except InfeasibleError:
        return {}
    except OutOfTimeError:
        return None
    return None if solution.status == "time limit" else solution.membership


def _changed(membership: Membership, other: Membership) -> frozenset[str]:
    return frozenset(anchor for anchor, feeders in membership.items() if feeders != other.get(anchor))
