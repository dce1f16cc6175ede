"""How far estimated flows lie from recorded ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from clustering.model.columns import LEVELS

# Two destinations whose students differ by less than this part are a tie.
_TIE = 1e-9


class LevelComparison(NamedTuple):
    """
    The feeders of one level.

    Parameters
    ----------
    level
        One of ``columns.LEVELS``.
    schools
        Feeders compared.
    misplaced_share, dominant_agreement
        See :class:`FlowComparison`.
    """

    level: str
    schools: int
    misplaced_share: float
    dominant_agreement: float


@dataclass(frozen=True, kw_only=True)
class FlowComparison:
    """
    The error of an estimate, where recorded flows exist to hold it against.

    Parameters
    ----------
    schools
        Feeders compared: those with students in both tables.
    students
        Recorded students of these feeders.
    misplaced_share
        Share of the students [0 to 1] whom the estimate sends to another school than the record does: with every
        feeder's estimate scaled to its recorded students, half the sum of the absolute differences, divided by the
        recorded students. ``None`` if no feeder could be compared.
    mean_misplaced_share
        The same share of each feeder's students, every feeder counted alike: how far its send shares are off on
        average [0 to 1]. ``None`` if no feeder could be compared.
    dominant_agreement
        Share of the feeders [0 to 1] whose first destination is the recorded one; where several destinations tie for
        the first place, it is enough that one of them is shared. ``None`` if no feeder could be compared.
    dominant_agreement_students
        The same, every feeder counted by its recorded students.
    by_level
        One entry for each level that has feeders, in the order of ``columns.LEVELS``.
    """

    schools: int
    students: float
    misplaced_share: float | None
    mean_misplaced_share: float | None
    dominant_agreement: float | None
    dominant_agreement_students: float | None
    by_level: tuple[LevelComparison, ...]


def compare_flows(estimated: pd.DataFrame, recorded: pd.DataFrame, levels: pd.Series) -> FlowComparison:
    """
    Hold estimated flows against recorded ones, feeder by feeder.

    Parameters
    ----------
    estimated, recorded
        ``origin``, ``destination``, ``students``, and where a count may be suppressed ``students_low`` and
        ``students_high``: such a row is taken at the middle of its interval. Rows of the same pair are added up.
        Exits (no destination) and rows that stay in one school are left out; rows that do not feed (mobility,
        retention) are for the caller to leave out. Where the result is to be shown, ``recorded`` is of the protected
        base: shares of few feeders would tell of exact small counts.
    levels
        One of ``columns.LEVELS`` for each school, index ``school_id``; a school without one counts as ``other``.

    Returns
    -------
    comparison
        Of the feeders with students in both tables; how many the estimate leaves out is told by ``schools``.
    """
    pairs = pd.concat(
        [_students_per_pair(recorded), _students_per_pair(estimated)], axis="columns", keys=["recorded", "estimated"]
    ).fillna(0.0)
    totals = pairs.groupby(level="origin").transform("sum")
    compared = (totals > 0).all(axis="columns")
    pairs, totals = pairs[compared], totals[compared]
    scaled = pairs["estimated"] / totals["estimated"] * totals["recorded"]
    is_first = pairs >= pairs.groupby(level="origin").transform("max") * (1 - _TIE)
    feeders = pd.DataFrame(
        {
            "students": pairs["recorded"],
            "misplaced": (scaled - pairs["recorded"]).abs() / 2,
            "agrees": is_first.all(axis="columns").astype("float64"),
        }
    )
    feeders = feeders.groupby(level="origin").agg({"students": "sum", "misplaced": "sum", "agrees": "max"})
    students = float(feeders["students"].sum())
    agreeing = float((feeders["agrees"] * feeders["students"]).sum())
    return FlowComparison(
        schools=len(feeders),
        students=students,
        misplaced_share=float(feeders["misplaced"].sum()) / students if students else None,
        mean_misplaced_share=float((feeders["misplaced"] / feeders["students"]).mean()) if students else None,
        dominant_agreement=float(feeders["agrees"].mean()) if students else None,
        dominant_agreement_students=agreeing / students if students else None,
        by_level=_by_level(feeders, levels),
    )


def comparison_documents(comparisons: Mapping[str, FlowComparison]) -> dict[str, Any]:
    """Comparisons of estimates as plain values, by method."""
    return {
        method: {**asdict(comparison), "by_level": [level._asdict() for level in comparison.by_level]}
        for method, comparison in comparisons.items()
    }


def _students_per_pair(flows: pd.DataFrame) -> pd.Series:
    """Students by origin and destination, suppressed counts at the middle of their interval."""
    students = flows["students"].astype("float64")
    if {"students_low", "students_high"} <= set(flows.columns):
        students = students.fillna((flows["students_low"] + flows["students_high"]) / 2)
    pairs = pd.DataFrame({name: flows[name].astype("str") for name in ("origin", "destination")})
    moves = pairs["destination"].notna() & (pairs["origin"] != pairs["destination"])
    return students[moves].groupby([pairs["origin"][moves], pairs["destination"][moves]], sort=True).sum()


def _by_level(feeders: pd.DataFrame, levels: pd.Series) -> tuple[LevelComparison, ...]:
    level = levels.reindex(feeders.index).astype("str")
    level = level.where(np.isin(level.to_numpy(dtype=object), LEVELS), "other")
    return tuple(
        LevelComparison(
            level=name,
            schools=len(group),
            misplaced_share=float(group["misplaced"].sum() / group["students"].sum()),
            dominant_agreement=float(group["agrees"].mean()),
        )
        for name in LEVELS
        if len(group := feeders[(level == name).to_numpy()])
    )
