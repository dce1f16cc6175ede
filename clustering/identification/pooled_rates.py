"""Rates of several years pooled: sum of graduates over sum of cohorts, for every size that a cohort can have."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from clustering.identification.attainable_rates import Ends, attainable_counts
from clustering.identification.rate_arrays import Cells

_EXACT_DIGITS = 12  # sums of rates are off in the last digits, and 0.67 must be 0.67


@dataclass(frozen=True, kw_only=True)
class _Graduates:
    """Graduates at one end of each rate; ``is_open`` where the end itself is not reached."""

    number: np.ndarray
    is_open: np.ndarray


@dataclass(frozen=True, kw_only=True)
class _Choices:
    """Cohorts known by class: the run of each, and per size its students and the graduates at one end of its rate."""

    run: np.ndarray
    graduates: np.ndarray
    students: np.ndarray


def pooled_ends(cells: Cells, starts: np.ndarray) -> Ends:
    """
    Find the ends of each pooled rate over all sizes of cohorts, and all counts of graduates, that the rates allow.

    Parameters
    ----------
    cells
        Rates of one measure, sorted by school, group and year. Cells without a rate count for nothing.
    starts
        Where the cells of another school or group begin.

    Returns
    -------
    ends
        One per run [shares]; NaN where nothing is known of some size, or there are no students.

    Notes
    -----
    A cohort of known size adds a whole number of graduates where its rate is a band, and the share of the cohort where
    its rate is a number. A cohort known by class, such as fewer than 10, takes every size in which some number of
    graduates makes the rate: under 50 per cent of one student is none. Of a class of many sizes, such as 100 to 299 or
    300 and more, every share that the rate allows is taken to be possible. To find the greatest ratio of sums over such
    choices, a ratio is tried: each cohort by itself chooses the size that gains most above it, and the ratio of the
    chosen sums is tried next, until it stays (Dinkelbach, 1967, Management Science 13, 492-498).
    """
    of_class, is_used = _known_by_class(cells), cells.is_available()
    is_fixed = is_used & ~np.isnan(cells.students)
    is_wide = is_used & has_size(cells) & ~is_fixed & ~of_class
    run = np.repeat(np.arange(len(starts)), np.diff(np.append(starts, len(cells))))
    students = np.add.reduceat(np.where(is_fixed, cells.students, 0.0), starts)
    is_unknown = np.logical_or.reduceat(is_used & ~has_size(cells), starts)
    ends = {}
    for end in ("low", "high"):
        fixed = _graduates_at(end, cells, cells.students)
        graduates = np.add.reduceat(np.where(is_fixed, fixed.number, 0.0), starts)
        is_open = is_fixed & fixed.is_open & (cells.students > 0) | (is_wide & _is_open_at(end, cells))
        choices = _choices_at(end, cells, run, np.flatnonzero(of_class), np.flatnonzero(is_wide))
        ratio = _extreme_ratio(graduates, students, choices, is_highest=end == "high")
        ratio = _with_endless_cohorts(ratio, end, cells, run, is_wide & np.isinf(cells.students_at_most))
        is_open = np.logical_or.reduceat(is_open, starts)
        ratio = np.where(is_open, np.nextafter(ratio, 0.0 if end == "high" else 1.0), ratio)
        ends[end] = np.where(is_unknown, np.nan, ratio)
    return Ends(**ends)


def has_size(cells: Cells) -> np.ndarray:
    """Where the size of the cohort is known, or the least and the most of its class; the most may be infinite."""
    sizes = cells.sizes()
    return np.array(~np.isnan(cells.students) | ((sizes.least > 0) & (sizes.greatest >= sizes.least)))


def _known_by_class(cells: Cells) -> np.ndarray:
    """Where there is a rate, and of the size of its cohort a class of few sizes is known, such as fewer than 10."""
    return np.array(cells.is_available() & np.isnan(cells.students) & (cells.sizes().width() >= 0))


def _is_open_at(end: str, cells: Cells) -> np.ndarray:
    """Where a rate does not reach its end, which lies next to a round number."""
    rate, outward = getattr(cells, end), 2.0 if end == "high" else -1.0
    return np.array((cells.low < cells.high) & (np.nextafter(rate, outward) == np.round(rate, _EXACT_DIGITS)))


def _with_endless_cohorts(
    ratio: np.ndarray, end: str, cells: Cells, run: np.ndarray, is_endless: np.ndarray
) -> np.ndarray:
    """A cohort of 300 or more may have so many students that the others do not count beside it."""
    further = np.maximum if end == "high" else np.minimum
    reached = ratio.copy()
    further.at(reached, run[is_endless], np.round(getattr(cells, end)[is_endless], _EXACT_DIGITS))
    return reached


def _graduates_at(end: str, cells: Cells, students: np.ndarray) -> _Graduates:
    """Graduates of cohorts of some sizes, at one end of their rates."""
    counts = attainable_counts(cells.low, cells.high, students)
    # Of a number that was published, whole graduates would tell more of a protected cohort than is shown.
    is_whole = np.isnan(cells.published) & counts.is_attainable()
    whole = counts.greatest if end == "high" else counts.least
    return _Graduates(
        number=np.where(is_whole, whole, getattr(cells, end) * students), is_open=_is_open_at(end, cells) & ~is_whole
    )


def _choices_at(end: str, cells: Cells, run: np.ndarray, of_class: np.ndarray, wide: np.ndarray) -> _Choices:
    """All sizes of a class of few; of a wide one the least and the most, since of the others none gains more."""
    few = _choices_of_few(end, cells, run, of_class)
    least, most = cells.students_at_least[wide], cells.students_at_most[wide]
    students = np.column_stack([least, np.where(np.isinf(most), least, most)])
    columns = max(2, few.students.shape[1])
    return _Choices(
        run=np.concatenate([few.run, run[wide]]),
        graduates=np.vstack(
            [
                _padded(few.graduates, columns, np.nan),
                _padded(getattr(cells, end)[wide, None] * students, columns, np.nan),
            ]
        ),
        students=np.vstack([_padded(few.students, columns, 1.0), _padded(students, columns, 1.0)]),
    )


def _padded(table: np.ndarray, columns: int, value: float) -> np.ndarray:
    return np.pad(table, ((0, 0), (0, columns - table.shape[1])), constant_values=value)


def _choices_of_few(end: str, cells: Cells, run: np.ndarray, of_class: np.ndarray) -> _Choices:
    chosen = cells.take(of_class)
    width = chosen.sizes().width()
    shape = (len(of_class), int(width.max(initial=0)) + 1)
    graduates, students, is_possible = np.zeros(shape), np.ones(shape), np.zeros(shape, dtype=bool)
    for step in range(shape[1]):
        students[:, step] = chosen.students_at_least + step
        counts = attainable_counts(chosen.low, chosen.high, students[:, step])
        is_possible[:, step] = counts.is_attainable() & (step <= width)
        graduates[:, step] = counts.greatest if end == "high" else counts.least
    # A number that no cohort of the class can have, such as 67.3 of fewer than 10, may be of a cohort of any size.
    is_odd = ~np.logical_or.reduce(is_possible, axis=1)
    graduates[is_odd] = (getattr(chosen, end)[:, None] * students)[is_odd]
    is_possible |= is_odd[:, None] & (np.arange(shape[1]) <= width[:, None])
    graduates[~is_possible] = np.nan
    return _Choices(run=run[of_class], graduates=graduates, students=students)


def _extreme_ratio(graduates: np.ndarray, students: np.ndarray, choices: _Choices, *, is_highest: bool) -> np.ndarray:
    """The highest, or the lowest, ratio of graduates to students over all choices of sizes; NaN of no students."""
    sign, runs = (1.0 if is_highest else -1.0), len(students)
    ratio, rows = np.zeros(runs), np.arange(len(choices.run))
    is_first = True
    while True:
        gain = sign * (choices.graduates - ratio[choices.run, None] * choices.students)
        size = np.nanargmax(gain, axis=1) if len(rows) else rows
        added, more = (
            np.bincount(choices.run, weights=part[rows, size], minlength=runs)
            for part in (choices.graduates, choices.students)
        )
        with np.errstate(invalid="ignore", divide="ignore"):
            found = (graduates + added) / (students + more)
        # Only what is better is taken over: a ratio that rounding moves up and down would never come to rest.
        is_better = is_first | (sign * (found - ratio) > 0)
        if not is_better.any():
            return np.asarray(np.round(ratio, _EXACT_DIGITS))
        ratio, is_first = np.where(is_better, found, ratio), False
