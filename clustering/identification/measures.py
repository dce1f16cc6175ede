"""Several measures and several years made into the one number per school and group that a criterion tests."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np

from clustering.identification.pooled_rates import has_size, pooled_ends
from clustering.identification.rate_arrays import (
    FEW_YEARS,
    KNOWN,
    MISSING,
    NO_COHORT,
    NO_MEASURE,
    SUPPRESSED,
    UNSTATED,
    Cells,
    RateArrays,
)
from clustering.identification.rules import Criterion
from clustering.model.columns import POINT_MEASURES

POOLED_YEARS_AT_MOST = 3
_OF_A_DECIMAL = 1e-7  # of the last decimal that a criterion rounds to
_EXACT_DIGITS = 12  # sums of rates are off in the last digits, and 0.67 must be 0.67


def years_tested(criterion: Criterion, year: int | None) -> range | None:
    """Falls that a criterion looks at, the last of them ``year``; ``None`` for all there are."""
    if year is None:
        return None
    first = UNSTATED if criterion.years is None else year - criterion.years + 1
    return range(first, year + 1)


def aggregate_rates(rate_arrays: RateArrays, criterion: Criterion, year: int | None) -> Cells:
    """
    Compute the number that a criterion tests, for each school and group of students.

    Parameters
    ----------
    rate_arrays
        All rates.
    criterion
        Of one number: ``average`` is ``latest``, ``mean`` or ``pooled``.
    year
        Fall of the last year looked at.

    Returns
    -------
    cells
        A cell per school and group, rounded as the criterion asks. A suppressed year of several can be anything that
        its scale allows, so the result is a range; a missing year is passed over where ``minimum_years`` allows that.
    """
    cells = _select(rate_arrays, criterion, years_tested(criterion, year))
    cells = _average_measures(cells, len(criterion.measures))
    if criterion.average == "latest":
        cells = _mark_few_years(cells, _latest(cells), criterion.minimum_years or 1)
    else:
        needed = criterion.minimum_years or criterion.years or 1
        cells = (_pooled if criterion.average == "pooled" else _mean)(cells, needed)
    if criterion.minimum_students is not None and criterion.below_minimum == "pool_years":
        cells = _pool_small_cohorts(rate_arrays, criterion, cells, year)
    return _rounded(cells, criterion)


def _select(rate_arrays: RateArrays, criterion: Criterion, years: range | None) -> Cells:
    """Rates of a criterion in some falls; the numbers as published where these are what it compares."""
    cells = rate_arrays.select(criterion.measures, criterion.subgroups, years)
    if criterion.compared_rate == "underlying":
        return cells
    is_number = ~np.isnan(cells.published)
    ends = {name: np.where(is_number, cells.published, getattr(cells, name)) for name in ("low", "high")}
    return replace(cells, **ends)


def _average_measures(cells: Cells, count: int) -> Cells:
    """One cell per school, group and year; all measures must have a rate."""
    if count == 1 or not len(cells):
        return cells
    starts = cells.starts(by_year=True)
    found = np.add.reduceat(cells.is_available().astype("int64"), starts)
    mean = _averaged(cells, starts)
    state = np.where(found < count, np.where(found == 0, MISSING, NO_MEASURE), mean.state)
    # No one cell stands for the mean, not even where it is the only one.
    return replace(mean, state=state.astype("int8"), row=np.full(len(mean), -1))


def _latest(cells: Cells) -> Cells:
    """The newest cell of each school and group that has a rate, published or suppressed, else the newest."""
    if not len(cells):
        return cells
    starts = cells.starts()
    newest = np.maximum.reduceat(np.where(cells.is_available(), np.arange(len(cells)), -1), starts)
    last = np.append(starts[1:], len(cells)) - 1
    return cells.take(np.where(newest >= 0, newest, last))


def _mean(cells: Cells, needed: int) -> Cells:
    return _mark_few_years(cells, _averaged(cells, cells.starts()), needed)


def _pooled(cells: Cells, needed: int) -> Cells:
    """Sum of graduates over sum of cohorts."""
    if not len(cells):
        return cells
    starts, available = cells.starts(), cells.is_available()
    mean, ends = _averaged(cells, starts), pooled_ends(cells, starts)
    is_single = mean.row >= 0
    sizes = ("students", "students_at_least", "students_at_most")
    sums = {name: np.add.reduceat(np.where(available, getattr(cells, name), 0.0), starts) for name in sizes}
    has_sizes = ~np.logical_or.reduceat(available & ~has_size(cells), starts)
    of_students = np.where(sums["students_at_most"] > 0, mean.state, MISSING)
    pooled = replace(
        mean,
        low=np.where(is_single, mean.low, ends.low),
        high=np.where(is_single, mean.high, ends.high),
        state=np.where(has_sizes, of_students, NO_COHORT).astype("int8"),
        **sums,
    )
    return _mark_few_years(cells, pooled, needed)


def _mark_few_years(cells: Cells, combined: Cells, needed: int) -> Cells:
    """Mark what rests on fewer years than needed."""
    if not len(cells):
        return cells
    found = np.add.reduceat(cells.is_available().astype("int64"), cells.starts())
    state = np.where((found > 0) & (found < needed), FEW_YEARS, combined.state)
    return replace(combined, state=state.astype("int8"))


def _averaged(cells: Cells, starts: np.ndarray) -> Cells:
    """Mean of the available cells of each run. It is known, if only as a range, where one of them is."""
    if not len(cells):
        return cells
    available = cells.is_available()
    count = np.add.reduceat(available.astype("int64"), starts)
    first, is_single = cells.take(starts), np.diff(np.append(starts, len(cells))) == 1
    ends = {}
    for name in ("low", "high"):
        parts = np.where(available, getattr(cells, name), 0.0)
        with np.errstate(invalid="ignore", divide="ignore"):
            mean = np.round(np.add.reduceat(parts, starts) / count, _EXACT_DIGITS)
        mean = _kept_open(mean, cells, starts, name)
        ends[name] = np.where(is_single, getattr(first, name), mean)
    # A mean of points is unknown if one year is suppressed: the scale of points has no ends.
    is_endless = np.isinf(ends["high"])
    known = np.add.reduceat((cells.state == KNOWN).astype("int64"), starts) > 0
    hidden = np.add.reduceat((cells.state == SUPPRESSED).astype("int64"), starts) > 0
    why_none = np.maximum.reduceat(cells.state, starts)
    return replace(
        first,
        last_year=np.maximum.reduceat(cells.last_year, starts),
        state=np.where(known & ~is_endless, KNOWN, np.where(hidden, SUPPRESSED, why_none)).astype("int8"),
        published=np.where(is_single, first.published, np.nan),
        students=_least(cells, cells.students, starts),
        students_at_least=_least(cells, cells.students_at_least, starts),
        students_at_most=_least(cells, cells.students_at_most, starts),
        row=np.where(is_single, first.row, -1),
        **ends,
    )


def _kept_open(mean: np.ndarray, cells: Cells, starts: np.ndarray, end: str) -> np.ndarray:
    """A mean of ``LT50`` and 50 lies below 50, though the end of ``LT50`` is rounded with the rest."""
    numbers, outward = getattr(cells, end), 2.0 if end == "high" else -1.0
    is_open = (
        cells.is_available()
        & (cells.low < cells.high)
        & (np.nextafter(numbers, outward) == np.round(numbers, _EXACT_DIGITS))
    )
    any_open = np.add.reduceat(is_open.astype("int64"), starts) > 0
    return np.where(any_open, np.nextafter(mean, 1.0 - outward), mean)


def _least(cells: Cells, sizes: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """The smallest cohort of each run; NaN where one is not published, or there is none."""
    available = cells.is_available()
    least = np.minimum.reduceat(np.where(available, sizes, np.inf), starts)
    return np.where(np.logical_or.reduceat(available, starts), least, np.nan)


def _pool_small_cohorts(rate_arrays: RateArrays, criterion: Criterion, cells: Cells, year: int | None) -> Cells:
    """Pool more and more years for small cohorts, until there are enough students or no more years to take."""
    last = rate_arrays.latest_year(criterion.measures, criterion.subgroups) if year is None else year
    first = criterion.years or 1
    for years in range(first + 1, max(first, POOLED_YEARS_AT_MOST) + 1):
        small = cells.is_available() & (cells.students_at_most < (criterion.minimum_students or 0))
        if last is None or not small.any():
            break
        wider = _pooled(_select(rate_arrays, criterion, range(last - years + 1, last + 1)), 1)
        if not len(wider):
            continue
        width = len(rate_arrays.groups)
        match = np.searchsorted(wider.school * width + wider.group, cells.school * width + cells.group)
        pooled = wider.take(np.clip(match, 0, len(wider) - 1))
        is_better = small & pooled.is_available() & (pooled.students_at_most > cells.students_at_most)
        is_better &= (pooled.school == cells.school) & (pooled.group == cells.group)
        names = [each.name for each in fields(cells) if each.name not in ("school", "group", "measure")]
        columns = {name: np.where(is_better, getattr(pooled, name), getattr(cells, name)) for name in names}
        cells = replace(cells, **columns)
    return cells


def _rounded(cells: Cells, criterion: Criterion) -> Cells:
    """Round rates to the decimals of the criterion, halves up; they are decimals of a per cent, or of points."""
    if criterion.decimals is None:
        return cells
    scale = 10.0 ** (criterion.decimals + (0 if criterion.measures[0] in POINT_MEASURES else 2))
    # A tail of binary digits must not turn a half down.
    ends = {name: np.floor(getattr(cells, name) * scale + 0.5 + _OF_A_DECIMAL) / scale for name in ("low", "high")}
    # An end that is not reached itself is not rounded up: less than 66.5 is 66 at most.
    top = np.round(cells.high, _EXACT_DIGITS)
    is_open = (cells.low < cells.high) & (cells.high == np.nextafter(top, -1))
    below = (np.ceil(top * scale + 0.5 - _OF_A_DECIMAL) - 1) / scale
    return replace(cells, low=ends["low"], high=np.where(is_open, below, ends["high"]))
