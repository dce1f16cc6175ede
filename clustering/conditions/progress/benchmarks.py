"""Benchmarks at 18 months and outcomes at 36: what was agreed, and whether it is reached."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Annotated, Any, ClassVar, Literal, Self

import numpy as np
import pandas as pd
from pydantic import Field, model_validator

from clustering.conditions.progress.catalogue import catalogue_table, list_progress_indicators
from clustering.conditions.progress.precision import shown_numbers
from clustering.conditions.progress.zone_values import sort_by_catalogue
from clustering.errors import InputError, Problem
from clustering.model.parameter_model import ParameterModel
from clustering.model.parameter_types import CHOICE, NUMBER, Text
from clustering.model.validation_errors import Wording, fault

# School years after the entry's first in which a benchmark is looked up: month 18 lies in the middle of the second
# school year, and month 36 at the end of the third.
YEARS_AFTER = {18: 1, 36: 2}
MET, NOT_MET, NOT_YET_DUE, UNKNOWN = "met", "not met", "not yet due", "unknown"
VERDICTS = (MET, NOT_MET, NOT_YET_DUE, UNKNOWN)
_WORDING = Wording(table="benchmarks", noun="entry", numbers_entries=True)


class Benchmark(ParameterModel):
    """What one indicator of a Zone should be at 18 or at 36 months."""

    wording: ClassVar[Wording] = _WORDING

    indicator_id: Text = Field(description="An indicator of the catalogue.")
    months: Annotated[Literal[18, 36], CHOICE] = Field(description="18 for a benchmark, 36 for an outcome.")
    kind: Annotated[Literal["value", "improvement"], CHOICE] = Field(
        default="improvement",
        description="value: the indicator is at least as good as the target. improvement: it is better than at the"
        " entry by the target or more; a target of 0 asks for any improvement.",
    )
    target: Annotated[float, Field(ge=-1e6, le=1e6), NUMBER] = Field(
        default=0.0, description="Share from 0 to 1, or points of a score."
    )
    zone_id: Text | None = Field(default=None, description="The Zone it holds for; none for every Zone.")

    @model_validator(mode="after")
    def _is_known(self) -> Self:
        known = {each.indicator_id: each for each in list_progress_indicators()}
        if self.indicator_id not in known:
            raise fault(f"There is no indicator {self.indicator_id[:64]}.", f"Give one of {', '.join(known)}.")
        if known[self.indicator_id].unit == "share" and not -1 <= self.target <= 1:
            raise fault("The target is no share.", "Write 0.67 for 67 per cent.")
        return self


def default_benchmarks() -> tuple[Benchmark, ...]:
    """The weakest goal that there is: every indicator better than at the entry, leading ones at 18 months too."""
    at_36 = [Benchmark(indicator_id=each.indicator_id, months=36) for each in list_progress_indicators()]
    leading = [each.indicator_id for each in list_progress_indicators() if each.timing == "leading"]
    return (*(Benchmark(indicator_id=name, months=18) for name in leading), *at_36)


def parse_benchmarks(goals: Iterable[Benchmark | Mapping[str, Any]] | None) -> tuple[Benchmark, ...]:
    """
    Take benchmarks, or the fields of each.

    Parameters
    ----------
    goals
        Any number; ``None`` is every indicator better than at the entry.

    Returns
    -------
    benchmarks
        In the order given.

    Raises
    ------
    InputError
        Every field that cannot be used, and benchmarks that say two things of one Zone, indicator and month.
    """
    if goals is None:
        return default_benchmarks()
    benchmarks: list[Benchmark] = []
    problems: list[Problem] = []
    for position, each in enumerate(goals):
        try:
            benchmarks.append(each if isinstance(each, Benchmark) else _benchmark_of(each))
        except InputError as error:
            problems += [
                replace(problem, message=f"Benchmark {position + 1}: {problem.message}") for problem in error.problems
            ]
    keys = [(each.zone_id, each.indicator_id, each.months, each.kind) for each in benchmarks]
    problems += [
        Problem(
            table="benchmarks",
            value=f"{indicator} at {months} months",
            message="There are two benchmarks of one kind for one Zone, indicator and month.",
            remedy="Keep one of them.",
        )
        for _, indicator, months, _ in sorted({key for key in keys if keys.count(key) > 1}, key=str)
    ]
    if problems:
        raise InputError(problems)
    return tuple(benchmarks)


def _benchmark_of(fields: Any) -> Benchmark:
    if not isinstance(fields, Mapping) or not all(isinstance(name, str) for name in fields):
        remedy = f"Give the fields {', '.join(Benchmark.model_fields)}."
        raise InputError([Problem(table="benchmarks", message="This is no benchmark.", remedy=remedy)])
    return Benchmark(**fields)


def judge_benchmarks(
    values: pd.DataFrame,
    benchmarks: Iterable[Benchmark],
    entry_falls: Mapping[str, int | None],
    newest_year: int,
) -> pd.DataFrame:
    """
    Say of every Zone which benchmarks it meets.

    Parameters
    ----------
    values
        ``zone_id``, ``indicator_id``, ``year``, ``value``, ``low``, ``high``, ``entry_value``, ``change``,
        ``change_low``, ``change_high``.
    benchmarks
        Those of a Zone replace the general ones of the same indicator and month.
    entry_falls
        Zone to the fall of its first year; a Zone that has not started (``None``) has no verdicts.
    newest_year
        Newest school year of the data [fall].

    Returns
    -------
    judged
        ``zone_id``, ``indicator_id``, ``months``, ``year``, ``kind``, ``target``, ``entry_value``, ``value``,
        ``change``, ``change_low``, ``change_high``, ``verdict`` (:data:`VERDICTS`) and ``is_certain``: whether every
        value that the protected one can stand for says the same. Any improvement is one that can be seen: a change of
        0.0, as shown, is none.
    """
    general = [each for each in benchmarks if each.zone_id is None]
    own = [each for each in benchmarks if each.zone_id is not None]
    rows = []
    for zone, entry_fall in sorted(entry_falls.items()):
        if entry_fall is None:
            continue
        of_zone = [each for each in own if each.zone_id == zone]
        replaced = {(each.indicator_id, each.months) for each in of_zone}
        kept = [each for each in general if (each.indicator_id, each.months) not in replaced]
        rows += [
            (zone, each.indicator_id, each.months, entry_fall + YEARS_AFTER[each.months], each.kind, each.target)
            for each in (*of_zone, *kept)
        ]
    columns = ["zone_id", "indicator_id", "months", "year", "kind", "target"]
    goals = pd.DataFrame(rows, columns=columns).astype({"year": "int64"})
    judged = goals.merge(values, on=["zone_id", "indicator_id", "year"], how="left")
    has_indicator = pd.MultiIndex.from_frame(values[["zone_id", "indicator_id"]])
    # Only what the Zone's schools report at all: an elementary school has no graduates.
    judged = judged[pd.MultiIndex.from_frame(judged[["zone_id", "indicator_id"]]).isin(has_indicator)]
    judged = judged.reset_index(drop=True)
    verdicts = _verdicts(judged, newest_year)
    shown = ["entry_value", "value", "change", "change_low", "change_high"]
    return sort_by_catalogue(judged[[*columns, *shown]].assign(**verdicts))


def _verdicts(rows: pd.DataFrame, newest_year: int) -> dict[str, np.ndarray]:
    """Verdict by the value, and whether both ends of what it can be say the same."""
    facts = rows[["indicator_id"]].join(catalogue_table()[["better", "unit"]], on="indicator_id")
    sign = np.where(facts["better"] == "higher", 1.0, -1.0)
    is_value = (rows["kind"] == "value").to_numpy()
    target = rows["target"].to_numpy("float64") * np.where(is_value, sign, 1.0)
    is_any_improvement = ~is_value & (target == 0)

    def reaches(of_value: str, of_change: str) -> np.ndarray:
        quantity = np.where(is_value, rows[of_value], rows[of_change]).astype("float64") * sign
        seen = np.asarray(shown_numbers(quantity, facts["unit"]), dtype="float64")
        return np.where(is_any_improvement, seen > 0, quantity >= target)

    is_known = np.where(is_value, rows["value"].notna(), rows["change"].notna())
    met = reaches("value", "change")
    verdict = np.select(
        [rows["year"].to_numpy() > newest_year, ~is_known, met], [NOT_YET_DUE, UNKNOWN, MET], default=NOT_MET
    )
    agrees = (reaches("low", "change_low") == met) & (reaches("high", "change_high") == met)
    return {"verdict": verdict, "is_certain": agrees & is_known & np.isin(verdict, [MET, NOT_MET])}
