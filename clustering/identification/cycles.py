"""Schools followed over the years: which become low-performing, stay so, and leave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from clustering.disclosure.protected_base import rates_base
from clustering.errors import InputError
from clustering.identification.exits import RateIntervals, evaluate_exit, for_all_students, rate_intervals
from clustering.identification.identify import identify_from_arrays, years_with_rates
from clustering.identification.rate_arrays import RateArrays, build_rate_arrays
from clustering.identification.result import Identification
from clustering.identification.rules import Rule, read_rule
from clustering.identification.rules.checks import rule_problem
from clustering.model.disclosure_setting import Disclosure
from clustering.model.scenario import Scenario

OUT, UNKNOWN, MAYBE, IN = range(4)
STATUSES = ("out", "unknown", "may be in", "in")
_MOVEMENTS = {
    (OUT, IN): "enters",
    (OUT, MAYBE): "may enter",
    (IN, IN): "stays",
    (IN, MAYBE): "may leave",
    (IN, OUT): "leaves",
    (MAYBE, IN): "enters or stays",
    (UNKNOWN, IN): "enters or stays",
    (MAYBE, OUT): "leaves, if it was in",
}


@dataclass(frozen=True, kw_only=True)
class Cycles:
    """
    Schools over the years.

    Parameters
    ----------
    rule
        The rule.
    years
        Falls followed, in order.
    entry_years
        Those of them in which schools may enter.
    gaps
        Those of them without any rate, such as 2019-20: no school enters or leaves.
    schools
        One row per school and year, sorted: ``school_id``, ``name``, ``year``, ``certainty`` (of the rule in that year;
        missing in a gap), ``passes_exit`` (``certain``, ``possible``, ``no``, ``unknown``; missing where leaving is not
        asked), ``status`` (``in``, ``may be in``, ``unknown``, ``out``) and ``movement`` (``enters``, ``stays``,
        ``leaves``, ``may enter``, ``may leave``, ``enters or stays``, ``leaves, if it was in``; missing where there is
        none).
    provenance
        Rule, data and disclosure that the numbers come from.
    """

    rule: Rule
    years: tuple[int, ...]
    entry_years: tuple[int, ...]
    gaps: tuple[int, ...]
    schools: pd.DataFrame
    provenance: dict[str, Any]

    @property
    def counts(self) -> pd.DataFrame:
        """Schools by year (rows) and movement (columns)."""
        moving = self.schools[self.schools["movement"].notna()]
        columns = [name for name in dict.fromkeys(_MOVEMENTS.values()) if (moving["movement"] == name).any()]
        table = pd.crosstab(moving["year"], moving["movement"])
        return table.reindex(index=pd.Index(self.years, name="year"), columns=columns, fill_value=0)


def follow_cycles(
    scenario: Scenario,
    rule: Rule | str | dict[str, Any],
    years: Sequence[int] = (),
    *,
    disclosure: Disclosure = "protected",
) -> Cycles:
    """
    Follow every school from one identification to the next.

    Parameters
    ----------
    scenario
        Validated inputs, with rates of several years.
    rule
        Its ``entry_every_years`` says in which years schools may enter, counted from the first; its ``exit`` when they
        leave. An official list of it is left aside: it does not say since when.
    years
        Falls to follow, the first of them a year of entry; empty means every fall from the first in which the rule has
        as many years of rates as it asks for.
    disclosure
        As for :func:`~clustering.identify_schools`.

    Returns
    -------
    cycles
        What each school did in each year. A school that is in stays until it surely passes the exit; one whose rate
        is unknown stays as well.

    Raises
    ------
    InputError
        The rule cannot be read, or no year has rates.
    """
    read = rule if isinstance(rule, Rule) else read_rule(rule)
    read = read.with_changes(official=None)
    base = rates_base(scenario, disclosure)
    rate_arrays = build_rate_arrays(base)
    known = years_with_rates(rate_arrays, read)
    if not known:
        message = "No school year has rates of the measures that the rule tests."
        raise InputError([rule_problem("measure", None, message, "Give performance files with a school year.")])
    falls = sorted(set(years)) or list(range(_first_decided(rate_arrays, read, known), max(known) + 1))
    entries = tuple(fall for fall in falls if (fall - falls[0]) % read.entry_every_years == 0)
    follower = _Follower(base, rate_arrays, read, disclosure)
    parts = [follower.step(fall, is_entry=fall in entries, is_gap=fall not in known) for fall in falls]
    schools = pd.concat(parts).sort_values(["school_id", "year"], kind="stable", ignore_index=True)
    return Cycles(
        rule=read,
        years=tuple(falls),
        entry_years=entries,
        gaps=tuple(fall for fall in falls if fall not in known),
        schools=schools,
        provenance=follower.provenance(),
    )


def _first_decided(rate_arrays: RateArrays, rule: Rule, known: set[int]) -> int:
    """The first fall in which some criterion has as many years of rates as it asks for; else the first with any."""
    found = []
    for criterion in rule.criteria:
        years = criterion.years or 1
        needs_all = criterion.average in ("mean", "pooled", "every")
        needed = criterion.minimum_years or (years if needs_all else 1)
        falls = set(rate_arrays.years_with_rates(criterion.measures, criterion.subgroups))
        found += [fall for fall in falls if len(falls & set(range(fall - years + 1, fall + 1))) >= needed]
    return min((fall for fall in found if fall in known), default=min(known))


class _Follower:
    """Carries the status of every school from one year to the next."""

    def __init__(self, base: Scenario, rate_arrays: RateArrays, rule: Rule, disclosure: Disclosure) -> None:
        self._base, self._coded, self._rule, self._disclosure = base, rate_arrays, rule, disclosure
        self._status: np.ndarray | None = None
        self._at_entry: RateIntervals | None = None
        self._last: Identification | None = None

    def step(self, year: int, *, is_entry: bool, is_gap: bool) -> pd.DataFrame:
        """Move every school on by a year."""
        # In a gap the newest rates serve only to list the schools.
        self._last = identification = self._identify(self._rule, None if is_gap else year)
        schools = identification.decisions
        before = np.full(len(schools), OUT) if self._status is None else self._status
        passes = pd.Series(pd.NA, index=schools.index, dtype="str")
        certainty = schools["certainty"] if not is_gap else pd.Series(pd.NA, index=schools.index, dtype="str")
        after = before.copy()
        if not is_gap:
            if before.any() and (self._rule.exit.every_year or is_entry):
                passes = evaluate_exit(
                    self._base, self._coded, self._rule, year, self._disclosure, at_entry=self._at_entry
                ).where(before > OUT)
                after = self._leave(before, passes)
            if is_entry:
                after = self._enter(after, certainty, before)
            self._keep_entry_rates(before, after, year)
            # A school with too few students this year stays; one that the rule leaves out is out.
            after[schools["excluded_because"].notna().to_numpy()] = OUT
        self._status = after
        movement = [_MOVEMENTS.get(pair) for pair in zip(before.tolist(), after.tolist(), strict=True)]
        return pd.DataFrame(
            {
                "school_id": schools.index,
                "name": schools["name"].to_numpy(),
                "year": year,
                "certainty": certainty.to_numpy(),
                "passes_exit": passes.to_numpy(),
                "status": pd.array(np.array(STATUSES, dtype=object)[after], dtype="str"),
                "movement": pd.array(movement, dtype="str"),
            }
        ).astype({"certainty": "str", "passes_exit": "str"})

    def provenance(self) -> dict[str, Any]:
        """Where the numbers come from."""
        return {} if self._last is None else {**self._last.provenance, "year": None}

    def _identify(self, rule: Rule, year: int | None) -> Identification:
        return identify_from_arrays(self._base, self._coded, rule, year=year, disclosure=self._disclosure)

    def _leave(self, before: np.ndarray, passes: pd.Series) -> np.ndarray:
        surely, maybe = (passes == "certain").to_numpy(), (passes == "possible").to_numpy()
        return np.where(surely, OUT, np.where(maybe & (before == IN), MAYBE, before))

    def _enter(self, status: np.ndarray, certainty: pd.Series, before: np.ndarray) -> np.ndarray:
        entered = certainty.map({"certain": IN, "possible": MAYBE, "unknown": UNKNOWN}).fillna(OUT).to_numpy(dtype=int)
        # A school that was in leaves only by the exit, even if the rule no longer identifies it.
        return np.asarray(np.maximum(status, np.where(before == IN, status, entered)))

    def _keep_entry_rates(self, before: np.ndarray, after: np.ndarray, year: int) -> None:
        """Keep the numbers that schools entered with, for an exit that requires a gain."""
        if self._rule.exit.minimum_gain_of_gap is None:
            return
        now = rate_intervals(self._identify(for_all_students(self._rule), year))
        is_new = (before <= UNKNOWN) & (after > UNKNOWN)
        nothing = np.full(len(after), np.nan)
        kept = self._at_entry or RateIntervals(low=nothing, high=nothing)
        self._at_entry = RateIntervals(
            low=np.where(is_new, now.low, kept.low), high=np.where(is_new, now.high, kept.high)
        )
