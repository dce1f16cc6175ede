"""How sure it is that a rate meets a criterion: rates against a threshold, or among the lowest."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields, replace
from typing import Literal

import numpy as np

from clustering.identification.cutoff import Cutoff
from clustering.identification.measures import aggregate_rates, years_tested
from clustering.identification.population import KNOWN_IN, KNOWN_OUT, UNKNOWN_IF_IN, RulePopulation
from clustering.identification.rate_arrays import FEW_YEARS, KNOWN, UNSTATED, Cells, RateArrays
from clustering.identification.rules.model import Criterion

# In this order the greatest of several is the certainty of "one of them is enough", the least that of "all of them".
EXCLUDED, NO, UNKNOWN, POSSIBLE, CERTAIN = range(5)
CERTAINTIES = ("excluded", "no", "unknown", "possible", "certain")


@dataclass(frozen=True, kw_only=True)
class CellResults:
    """
    Rates put to a criterion; every array has a value per cell.

    Parameters
    ----------
    cells
        A cell per school and group.
    certainty
        One of ``EXCLUDED`` (too few students), ``NO``, ``UNKNOWN``, ``POSSIBLE``, ``CERTAIN``.
    meets_at_middle
        Whether the middle of the range meets the criterion; for an exact rate, whether the rate does.
    is_small
        Fewer students than the criterion asks for.
    cutoff_low, cutoff_high
        What each cell was compared with: the threshold, or the ends of the cutoff of its year; NaN if not known.
    cutoffs
        For a criterion of the lowest: one per year that is tested by itself; their ``criterion`` is 0.
    """

    cells: Cells
    certainty: np.ndarray
    meets_at_middle: np.ndarray
    is_small: np.ndarray
    cutoff_low: np.ndarray
    cutoff_high: np.ndarray
    cutoffs: tuple[Cutoff, ...]


@dataclass(frozen=True, kw_only=True)
class _Comparison:
    """Cells compared with a threshold or with one another; the small cohorts and unknown rates still among them."""

    certainty: np.ndarray
    meets_at_middle: np.ndarray
    cutoff: Cutoff | None = None


@dataclass(frozen=True, kw_only=True)
class _LowerCount:
    """How many other schools lie lower than each cell: if all goes against it, and if all goes for it."""

    at_worst: np.ndarray
    at_best: np.ndarray


def evaluate_cells(
    rate_arrays: RateArrays, criterion: Criterion, year: int | None, population: RulePopulation
) -> CellResults:
    """
    Put a criterion to every school and group of students.

    Parameters
    ----------
    rate_arrays
        All rates.
    criterion
        The criterion.
    year
        Fall of the last year looked at; with ``None`` the newest rate counts, however old.
    population
        The schools, and which of them are ranked.

    Returns
    -------
    cell_results
        Sorted by school and group.
    """
    if criterion.average not in ("every", "any"):
        return _evaluate_one_number(rate_arrays, criterion, year, population)
    one = criterion.with_changes(average="latest", years=1, minimum_years=None)
    falls = years_tested(criterion, year) or ()
    yearly = [_evaluate_one_number(rate_arrays, one, fall, population) for fall in falls]
    return _combine_years(yearly, criterion) if yearly else _evaluate_one_number(rate_arrays, one, year, population)


def _evaluate_one_number(
    rate_arrays: RateArrays, criterion: Criterion, year: int | None, population: RulePopulation
) -> CellResults:
    """Test the one number that the years of a criterion come to."""
    cells = aggregate_rates(rate_arrays, criterion, year)
    if criterion.threshold is not None:
        compared = _compare_with_threshold(cells, criterion.threshold, or_equal=criterion.or_equal)
    else:
        all_students = criterion.with_changes(subgroups=("all",))
        ranking = cells if criterion == all_students else aggregate_rates(rate_arrays, all_students, year)
        compared = _compare_with_lowest(cells, ranking, criterion, population)
    certainty = np.where(cells.state == KNOWN, compared.certainty, UNKNOWN)
    is_small = _is_small(cells, criterion)
    cutoff = compared.cutoff
    ends = (criterion.threshold, criterion.threshold) if cutoff is None else (cutoff.low, cutoff.high)
    low, high = (np.full(len(cells), np.nan if end is None else end) for end in ends)
    return CellResults(
        cells=cells,
        certainty=_without_small_cohorts(cells, certainty, is_small, criterion),
        meets_at_middle=compared.meets_at_middle,
        is_small=is_small,
        cutoff_low=low,
        cutoff_high=high,
        cutoffs=() if cutoff is None else (replace(cutoff, year=None if year == UNSTATED else year),),
    )


def _compare_with_threshold(cells: Cells, threshold: float, *, or_equal: bool) -> _Comparison:
    meets = np.less_equal if or_equal else np.less
    certainty = np.select([meets(cells.high, threshold), meets(cells.low, threshold)], [CERTAIN, POSSIBLE], default=NO)
    return _Comparison(certainty=certainty, meets_at_middle=meets(_middle(cells), threshold))


def _middle(cells: Cells) -> np.ndarray:
    with np.errstate(invalid="ignore"):  # a suppressed index can be anything, and has no middle
        return np.asarray(np.round((cells.low + cells.high) / 2, 12))


def _compare_with_lowest(cells: Cells, ranking: Cells, criterion: Criterion, population: RulePopulation) -> _Comparison:
    """
    Count how many ranked schools surely, or possibly, lie lower than each cell.

    A school is among the lowest k if fewer than k others lie lower; with ties left out, if fewer than k others lie as
    low. The worst case for it is that its own rate is at the higher end and all others at their lower; the best case
    the other way round. A school that may or may not be ranked counts in the worst case if it lies lower, and in the
    best case if it does not. It adds one to the number of ranked schools either way, and k never grows by more than
    one with it, so no other case lies outside these two.
    """
    ranked = population.ranked(criterion)
    others = ranking.take(np.flatnonzero(_can_be_ranked(ranking, criterion)))
    sure, unsure = (others.take(np.flatnonzero(ranked[others.school] == each)) for each in (KNOWN_IN, UNKNOWN_IF_IN))
    count, unsure_count = int((ranked == KNOWN_IN).sum()), int((ranked == UNKNOWN_IF_IN).sum())
    own_rank = np.where((cells.group == 0) & _can_be_ranked(cells, criterion), ranked[cells.school], KNOWN_OUT)
    is_sure, is_unsure = own_rank == KNOWN_IN, own_rank == UNKNOWN_IF_IN

    lower = _count_others_lower(sure, cells, is_sure, criterion)
    unsure_lower = _count_others_lower(unsure, cells, is_unsure, criterion)
    # A school that may not be ranked itself is tested as if it were.
    size_at_worst = _lowest_count(criterion, count + unsure_lower.at_worst + is_unsure)
    size_at_best = _lowest_count(criterion, count + unsure_count - unsure_lower.at_best)
    is_certain = lower.at_worst + unsure_lower.at_worst < size_at_worst
    known = sure.take(np.flatnonzero(sure.state == KNOWN))
    ties = is_sure & (cells.state == KNOWN) & (not criterion.include_ties)
    lower_at_middle = _count_lower(_middle(known), _middle(cells), criterion) - ties
    return _Comparison(
        certainty=np.select([is_certain, lower.at_best < size_at_best], [CERTAIN, POSSIBLE], default=NO),
        meets_at_middle=lower_at_middle < _lowest_count(criterion, count),
        cutoff=_find_cutoff(sure, count, unsure_count, criterion),
    )


def _count_others_lower(others: Cells, cells: Cells, is_other: np.ndarray, criterion: Criterion) -> _LowerCount:
    """
    Count how many others lie lower, at worst and at best.

    A cell that is one of the others does not count itself. Another cohort of unknown size may be ranked or not.
    """
    worst = _count_lower(others.low, cells.high, criterion)
    surely = others.take(np.flatnonzero(_has_known_size(others, criterion)))
    best = _count_lower(surely.high, cells.low, criterion)
    is_other_surely = is_other & _has_known_size(cells, criterion)
    return _LowerCount(
        at_worst=worst - (is_other & _is_lower(cells.low, cells.high, criterion)),
        at_best=best - (is_other_surely & _is_lower(cells.high, cells.low, criterion)),
    )


def _can_be_ranked(cells: Cells, criterion: Criterion) -> np.ndarray:
    """Whether a cell counts in the ranking: it has a rate, published or suppressed, and enough students."""
    is_small = cells.students_at_most < (criterion.minimum_students or 0)
    return np.array(cells.is_available() & (~is_small | (criterion.below_minimum == "flag")))


def _has_known_size(cells: Cells, criterion: Criterion) -> np.ndarray:
    """Whether a cohort surely has enough students, or its size does not matter; a small one is left out before."""
    matters = criterion.minimum_students is not None and criterion.below_minimum != "flag"
    return np.array((cells.students_at_least >= (criterion.minimum_students or 0)) | (not matters))


def _is_lower(left: np.ndarray, right: np.ndarray, criterion: Criterion) -> np.ndarray:
    return np.array(left < right if criterion.include_ties else left <= right)


def _count_lower(others: np.ndarray, numbers: np.ndarray, criterion: Criterion) -> np.ndarray:
    """How many of others lie lower than each of some numbers; where ties are left out, as low."""
    side: Literal["left", "right"] = "left" if criterion.include_ties else "right"
    return np.searchsorted(np.sort(others), numbers, side=side).astype("int64")


def _lowest_count(criterion: Criterion, ranked: np.ndarray | int) -> np.ndarray:
    """How many schools are the lowest: a share rounded up, or a count, whichever is more."""
    share = np.ceil(np.multiply(ranked, criterion.bottom_share or 0.0) - 1e-9)
    return np.asarray(np.maximum(share, criterion.bottom_count or 0).astype("int64"))


def _find_cutoff(sure: Cells, count: int, unsure_count: int, criterion: Criterion) -> Cutoff:
    lowest = int(_lowest_count(criterion, count))
    ends: list[float | None] = [None, None]
    if len(sure) and lowest and not unsure_count:
        last = min(lowest, len(sure)) - 1
        ends = [float(np.sort(end)[last]) for end in (sure.low, sure.high)]
    low, high = (None if end is None or math.isinf(end) else end for end in ends)
    return Cutoff(
        criterion=0,
        year=None,
        ranked_schools=count,
        lowest_schools=lowest,
        unknown_schools=unsure_count,
        low=low,
        high=high,
    )


def _is_small(cells: Cells, criterion: Criterion) -> np.ndarray:
    if criterion.minimum_students is None:
        return np.zeros(len(cells), dtype=bool)
    return np.asarray(cells.is_available() & (cells.students_at_most < criterion.minimum_students))


def _without_small_cohorts(
    cells: Cells, certainty: np.ndarray, is_small: np.ndarray, criterion: Criterion
) -> np.ndarray:
    """Leave small cohorts out. Where the size is not published, only ``no`` is sure."""
    if criterion.minimum_students is None or criterion.below_minimum == "flag":
        return certainty
    has_unknown_size = ~_has_known_size(cells, criterion) & (certainty > NO)
    return np.select([is_small, has_unknown_size], [EXCLUDED, UNKNOWN], default=certainty)


def _combine_years(yearly: list[CellResults], criterion: Criterion) -> CellResults:
    """Take the least certain of the years for ``every``, the most certain for ``any``, if enough years have a rate."""
    is_every = criterion.average == "every"
    whole = _join(yearly)
    counts = whole.cells.is_available() & (whole.certainty != EXCLUDED)
    rank = np.where(counts, whole.certainty if is_every else -whole.certainty, 9)
    order = np.lexsort((rank, whole.cells.group, whole.cells.school))
    whole, counts = _take(whole, order), counts[order]
    starts = whole.cells.starts()
    if not len(starts):
        return whole
    needed = criterion.minimum_years or (len(yearly) if is_every else 1)
    found, available = (np.add.reduceat(part.astype("int64"), starts) for part in (counts, whole.cells.is_available()))
    deciding = _take(whole, starts)
    # No in one year is no for every year, whatever the others are.
    is_short = (found < needed) & ~((deciding.certainty == NO) & (found > 0) & is_every)
    of_short = np.where((found == 0) & (available > 0), EXCLUDED, UNKNOWN)
    state = np.where(is_short & deciding.cells.is_available(), FEW_YEARS, deciding.cells.state).astype("int8")
    combine = np.logical_and if is_every else np.logical_or
    return replace(
        deciding,
        cells=replace(deciding.cells, state=state),
        certainty=np.where(is_short, of_short, deciding.certainty),
        meets_at_middle=combine.reduceat(np.where(counts, whole.meets_at_middle, is_every), starts),
    )


_ARRAYS = ("certainty", "meets_at_middle", "is_small", "cutoff_low", "cutoff_high")


def _join(yearly: list[CellResults]) -> CellResults:
    """The cells of several years, one after the other."""
    names = [each.name for each in fields(Cells)]
    cells = Cells(**{name: np.concatenate([getattr(each.cells, name) for each in yearly]) for name in names})
    arrays = {name: np.concatenate([getattr(each, name) for each in yearly]) for name in _ARRAYS}
    return CellResults(cells=cells, cutoffs=tuple(cutoff for each in yearly for cutoff in each.cutoffs), **arrays)


def _take(cell_results: CellResults, positions: np.ndarray) -> CellResults:
    """Some of the cells with their results."""
    arrays = {name: getattr(cell_results, name)[positions] for name in _ARRAYS}
    return replace(cell_results, cells=cell_results.cells.take(positions), **arrays)
