"""The published rates of a scenario as arrays of numbers, sorted once for all rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property

import numpy as np
import pandas as pd

from clustering.identification.attainable_rates import Sizes, narrowed_ends
from clustering.ingest.fingerprint import hash_schools, hash_table, joined_hash
from clustering.model.columns import COHORT_AT_LEAST, MEASURES, POINT_MEASURES
from clustering.model.scenario import Scenario
from clustering.readers.published.edfacts_vocabulary import group_of_words

KNOWN, SUPPRESSED, MISSING, NO_COHORT, FEW_YEARS, NO_MEASURE = range(6)
# Why a school is neither certain nor no: first the states after ``KNOWN``, in their order.
REASONS = (
    *("suppressed", "not published", "no cohort", "few years", "no measure"),
    *("not of the population", "population unknown", "few students", "cohort unknown", "no groups"),
)
UNSTATED = -1  # the year of a rate where no file says it
_EXACT_DIGITS = 12
_WHOLE_NUMBERS = ("school", "group", "measure", "first_year", "last_year", "row")
_STATES = {"exact": KNOWN, "range": KNOWN, "suppressed": SUPPRESSED}


def words_at(words: Sequence[str], positions: np.ndarray) -> pd.api.extensions.ExtensionArray:
    """Words at some positions of a short list, missing at -1; much quicker than building the text one by one."""
    return pd.array(list(words), dtype="str").take(positions, allow_fill=True)


@dataclass(frozen=True, kw_only=True)
class Cells:
    """
    Rates of schools and groups of students, sorted by school, group and year.

    Parameters
    ----------
    school, group, measure
        Positions in the schools table, in ``RateArrays.groups`` and in ``MEASURES``.
    first_year, last_year
        Falls; ``UNSTATED`` where no file says it.
    low, high
        Ends of what the rate can be [shares, or points]; for a suppressed rate, the ends of its scale.
    published
        The number as published, which the file may have rounded; NaN for a band, or a number made of several.
    state
        ``KNOWN``, ``SUPPRESSED``, or why there is none.
    students, students_at_least, students_at_most
        Size of the cohort, and the least and greatest it can be where only these are known: those of its class, where
        rates are protected, and infinite if the class is open. NaN where nothing is known.
    row
        Position in the table of rates; -1 for a rate computed from several.
    """

    school: np.ndarray
    group: np.ndarray
    measure: np.ndarray
    first_year: np.ndarray
    last_year: np.ndarray
    low: np.ndarray
    high: np.ndarray
    published: np.ndarray
    state: np.ndarray
    students: np.ndarray
    students_at_least: np.ndarray
    students_at_most: np.ndarray
    row: np.ndarray

    def __len__(self) -> int:
        return len(self.school)

    def take(self, positions: np.ndarray) -> Cells:
        """Some of the cells."""
        return replace(self, **{each.name: getattr(self, each.name)[positions] for each in fields(self)})

    def sizes(self) -> Sizes:
        """The size of each cohort, or the class of sizes that ``<10``, or protection, leaves open."""
        return Sizes(least=self.students_at_least, greatest=self.students_at_most)

    def is_rounded(self) -> np.ndarray:
        """Where a rate was published rounded, and stands for a range."""
        return np.array((self.state == KNOWN) & (self.low < self.high) & ~np.isnan(self.published))

    def is_available(self) -> np.ndarray:
        """Where a rate is known or suppressed."""
        return self.state <= SUPPRESSED

    def starts(self, *, by_year: bool = False) -> np.ndarray:
        """Positions at which another school or group begins; with ``by_year``, another year as well."""
        if not len(self):
            return np.empty(0, dtype=np.intp)
        is_new = (np.diff(self.school) != 0) | (np.diff(self.group) != 0)
        if by_year:
            is_new |= np.diff(self.last_year) != 0
        return np.flatnonzero(np.concatenate([[True], is_new]))


NO_CELL = Cells(
    **{each.name: np.array([MISSING if each.name == "state" else 0], dtype="int64") for each in fields(Cells)}
)


@dataclass(frozen=True, kw_only=True)
class RateArrays:
    """
    All rates of a scenario, apart from those of single grades.

    Parameters
    ----------
    cells
        One per school, group, year and measure.
    groups
        Groups of students; ``all`` is the first.
    coarsest_half
        By measure half of what its rates are rounded to [share]: 0.005 for whole per cents. Measures with rounded rates
        only.
    tables_sha256
        Hash of schools, lists and rates.
    """

    cells: Cells
    groups: tuple[str, ...]
    coarsest_half: dict[str, float]
    tables_sha256: str

    def years_with_rates(self, measures: tuple[str, ...], subgroups: tuple[str, ...]) -> list[int]:
        """Sorted falls in which each of the measures has a rate of one of the groups, published or suppressed."""
        wanted = np.flatnonzero(self._is_group(subgroups))
        years = [
            {fall for group in wanted for fall in self._years.get((MEASURES.index(measure), int(group)), ())}
            for measure in measures
        ]
        return sorted(set.intersection(*years))

    @cached_property
    def rated_schools(self) -> np.ndarray:
        """Positions of the schools that have a rate of any measure."""
        return np.unique(self.cells.school)

    @cached_property
    def graduating_schools(self) -> np.ndarray:
        """Positions of the schools that have a graduation rate."""
        is_graduation = np.array([name.startswith("graduation") for name in MEASURES])
        return np.unique(self.cells.school[is_graduation[self.cells.measure]])

    @cached_property
    def _years(self) -> dict[tuple[int, int], set[int]]:
        """Falls with rates, by measure and group."""
        known = self.cells.take(np.flatnonzero(self.cells.is_available()))
        combined = pd.DataFrame({"measure": known.measure, "group": known.group, "year": known.last_year})
        found: dict[tuple[int, int], set[int]] = {}
        for measure, group, fall in combined.drop_duplicates().itertuples(index=False, name=None):
            found.setdefault((int(measure), int(group)), set()).add(int(fall))
        return found

    def latest_year(self, measures: tuple[str, ...], subgroups: tuple[str, ...]) -> int | None:
        """The last of :meth:`years_with_rates`; ``None`` without any."""
        return max(self.years_with_rates(measures, subgroups), default=None)

    def select(self, measures: tuple[str, ...], subgroups: tuple[str, ...], years: range | None) -> Cells:
        """Cells of some measures, groups and falls; ``None`` is all years."""
        cells = self.cells
        wanted = np.zeros(len(MEASURES), dtype=bool)
        wanted[[MEASURES.index(measure) for measure in measures]] = True
        chosen = wanted[cells.measure] & self._is_group(subgroups)[cells.group]
        if years is not None:
            chosen &= (cells.last_year >= years.start) & (cells.last_year < years.stop)
        return cells.take(np.flatnonzero(chosen))

    def _is_group(self, subgroups: tuple[str, ...]) -> np.ndarray:
        if subgroups == ("any",):
            return np.ones(len(self.groups), dtype=bool)
        if subgroups == ("groups",):
            return np.array([name != "all" for name in self.groups], dtype=bool)
        wanted = {group_of_words(name).casefold() for name in subgroups}
        return np.array([name.casefold() in wanted for name in self.groups], dtype=bool)


def build_rate_arrays(base: Scenario) -> RateArrays:
    """
    Bring the rates of a scenario into arrays.

    Parameters
    ----------
    base
        Protected, unless the caller may see exact counts: with a hash of exact counts, a guess at them can be tested.

    Returns
    -------
    rate_arrays
        Without rates of single grades. A rate whose year no file says counts as one of the newest year. A rounded rate
        has the ends of the rates that its cohort can have: 67 of 12 students is two thirds.
    """
    rates = base.rates
    whole = np.flatnonzero((rates["grade"] == "all").to_numpy() & rates["measure"].isin(MEASURES).to_numpy())
    used = rates.take(whole)
    measure = used["measure"].astype("category").cat
    measures = np.array([MEASURES.index(name) for name in measure.categories], dtype=np.intp)
    group_codes, group_names = pd.factorize(used["subgroup"], sort=True)
    names = ("all", *(str(name) for name in group_names if name != "all"))
    groups = np.array([names.index(str(name)) for name in group_names], dtype=np.intp)
    status_codes, statuses = pd.factorize(used["status"])
    state = np.array([*(_STATES.get(str(status), MISSING) for status in statuses), MISSING], dtype="int8")[status_codes]
    students, students_at_most = (
        used[name].to_numpy(dtype="float64", na_value=np.nan) for name in ("cohort_students", "cohort_at_most")
    )
    students_at_least, students_at_most = _least_and_most(used, students, students_at_most)
    cells = Cells(
        school=base.schools.index.get_indexer(pd.Index(used["school_id"])),
        group=groups[group_codes] if len(used) else np.empty(0, dtype=np.intp),
        measure=measures[measure.codes.to_numpy()] if len(used) else np.empty(0, dtype=np.intp),
        first_year=_years(used, measure.codes.to_numpy()),
        last_year=np.empty(0),
        low=used["low"].to_numpy(dtype="float64"),
        high=used["high"].to_numpy(dtype="float64"),
        published=used["exact"].to_numpy(dtype="float64"),
        state=state,
        students=students,
        students_at_least=students_at_least,
        students_at_most=students_at_most,
        row=whole,
    )
    tables = [hash_schools(base.schools), hash_table(base.performance), hash_table(rates)]
    cells = replace(cells, last_year=cells.first_year)
    # Half the bytes are half the work of everything that follows.
    cells = _in_order(replace(cells, **{name: getattr(cells, name).astype("int32") for name in _WHOLE_NUMBERS}))
    return RateArrays(
        cells=_narrowed(cells),
        groups=names,
        coarsest_half=_coarsest_half(cells),
        tables_sha256=joined_hash(tables),
    )


def _least_and_most(rates: pd.DataFrame, students: np.ndarray, bound: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The least and the greatest size of each cohort, of protected rates those of its class."""
    if COHORT_AT_LEAST not in rates:
        least = np.where(np.isnan(students), np.minimum(bound, 1), students)
        return least, np.where(np.isnan(students), bound, students)
    least = rates[COHORT_AT_LEAST].to_numpy(dtype="float64", na_value=np.nan)
    is_open = ~np.isnan(least) & np.isnan(bound)
    return np.where(np.isnan(least), np.minimum(bound, 1), least), np.where(is_open, np.inf, bound)


def _narrowed(cells: Cells) -> Cells:
    rounded = np.flatnonzero(cells.is_rounded())
    sizes = cells.take(rounded).sizes()
    narrowed = narrowed_ends(cells.low[rounded], cells.high[rounded], sizes)
    ends = {"low": cells.low.copy(), "high": cells.high.copy()}
    for name, end in ends.items():
        end[rounded] = getattr(narrowed, name)
    return replace(cells, **ends)


def _coarsest_half(cells: Cells) -> dict[str, float]:
    """Half of what the rates of each measure are rounded to [share]."""
    rounded = cells.take(np.flatnonzero(cells.is_rounded()))
    half = np.round(np.maximum(rounded.published - rounded.low, rounded.high - rounded.published), _EXACT_DIGITS)
    coarsest = pd.Series(half).groupby(rounded.measure).max()
    return {MEASURES[int(str(measure))]: float(each) for measure, each in coarsest.items()}


def _in_order(cells: Cells) -> Cells:
    is_points = np.isin(cells.measure, [MEASURES.index(name) for name in POINT_MEASURES])
    hidden = cells.state == SUPPRESSED
    low = np.where(hidden, np.where(is_points, -np.inf, 0.0), cells.low)
    high = np.where(hidden, np.where(is_points, np.inf, 1.0), cells.high)
    cells = replace(cells, low=low, high=high)
    order = np.lexsort((cells.state >= MISSING, cells.measure, cells.last_year, cells.group, cells.school))
    cells = cells.take(order[cells.school[order] >= 0])
    # A rate without a year counts as one of the newest year; where there are two then, the known one is kept.
    key = (cells.school, cells.group, cells.last_year, cells.measure)
    repeated = np.logical_and.reduce([np.diff(each) == 0 for each in key])
    return cells.take(np.flatnonzero(np.concatenate([[True], ~repeated]))) if len(cells) else cells


def _years(rates: pd.DataFrame, measure_codes: np.ndarray) -> np.ndarray:
    years = rates["year"].to_numpy(dtype="int64", na_value=UNSTATED)
    if not len(years) or years.min() != UNSTATED:
        return years
    newest = np.full(int(measure_codes.max()) + 1, UNSTATED, dtype="int64")
    np.maximum.at(newest, measure_codes, years)
    return np.where(years == UNSTATED, newest[measure_codes], years)
