"""Cells against a threshold, or among the lowest: certain, possible, no, or unknown."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields, replace
from typing import Literal

import numpy as np

from clustering.identification.cutoff import Cut
from clustering.identification.measures import measured, years_of
from clustering.identification.population import KNOWN_IN, KNOWN_OUT, UNKNOWN_IF_IN, Scope
from clustering.identification.rate_arrays import FEW_YEARS, KNOWN, UNSTATED, Cells, CodedRates
from clustering.identification.rules.model import Criterion

# In this order the greatest of several answers is that of "one of them is enough", the least that of "all of them".
EXCLUDED, NO, UNKNOWN, POSSIBLE, CERTAIN = range(5)
ANSWERS = ("excluded", "no", "unknown", "possible", "certain")


@dataclass(frozen=True, kw_only=True)
class Answered:
    """
    Cells with their answers.

    Parameters
    ----------
    cells
        A cell per school and group.
    answer
        One of ``EXCLUDED`` (too few students), ``NO``, ``UNKNOWN``, ``POSSIBLE``, ``CERTAIN``.
    middle
        Whether the middle of the range meets the test; of an exact rate, whether it does.
    is_small
        Fewer students than the test asks for.
    cut_low, cut_high
        Ends of what each cell was held against: the threshold, or the number of the last of the lowest in its year; NaN
        if that is not known.
    cuts
        Of a rule of the lowest, of each year tested by itself; their ``criterion`` is 0.
    """

    cells: Cells
    answer: np.ndarray
    middle: np.ndarray
    is_small: np.ndarray
    cut_low: np.ndarray
    cut_high: np.ndarray
    cuts: tuple[Cut, ...]


def answer_cells(coded: CodedRates, criterion: Criterion, year: int | None, scope: Scope) -> Answered:
    """
    Put a test to every school and group.

    Parameters
    ----------
    coded
        All rates.
    criterion
        The test.
    year
        Fall of the last year looked at; ``None`` is however old.
    scope
        The schools, and which of them are ranked.

    Returns
    -------
    answered
        Sorted by school and group.
    """
    if criterion.average not in ("every", "any"):
        return _answer_one(coded, criterion, year, scope)
    first, last = years_of(criterion, year) or (0, -1)
    one = criterion.with_changes(average="latest", years=1, minimum_years=None)
    yearly = [_answer_one(coded, one, fall, scope) for fall in range(first, last + 1)]
    return _over_years(yearly, criterion) if yearly else _answer_one(coded, one, year, scope)


def _answer_one(coded: CodedRates, criterion: Criterion, year: int | None, scope: Scope) -> Answered:
    cells = measured(coded, criterion, year)
    ends: tuple[float | None, float | None] = (criterion.threshold, criterion.threshold)
    cuts: tuple[Cut, ...] = ()
    if criterion.threshold is not None:
        answer, middle = _against_threshold(cells, criterion.threshold, or_equal=criterion.or_equal)
    else:
        of_all = cells if criterion.subgroups == ("all",) else measured(coded, _of_all_students(criterion), year)
        answer, middle, cut = _among_lowest(cells, of_all, criterion, scope)
        ends, cuts = (cut.low, cut.high), (replace(cut, year=None if year == UNSTATED else year),)
    answer = np.where(cells.state == KNOWN, answer, UNKNOWN)
    answer, is_small = _of_small_cohorts(cells, answer, criterion)
    low, high = (np.full(len(cells), np.nan if end is None else end) for end in ends)
    return Answered(cells=cells, answer=answer, middle=middle, is_small=is_small, cut_low=low, cut_high=high, cuts=cuts)


def _of_all_students(criterion: Criterion) -> Criterion:
    """What the lowest are told by."""
    return criterion.with_changes(subgroups=("all",))


def _against_threshold(cells: Cells, threshold: float, *, or_equal: bool) -> tuple[np.ndarray, np.ndarray]:
    meets = np.less_equal if or_equal else np.less
    answer = np.select([meets(cells.high, threshold), meets(cells.low, threshold)], [CERTAIN, POSSIBLE], default=NO)
    return answer, meets(_middle(cells), threshold)


def _middle(cells: Cells) -> np.ndarray:
    with np.errstate(invalid="ignore"):  # a suppressed index can be anything, and has no middle
        return np.asarray(np.round((cells.low + cells.high) / 2, 12))


def _among_lowest(
    cells: Cells, of_all: Cells, criterion: Criterion, scope: Scope
) -> tuple[np.ndarray, np.ndarray, Cut]:
    """
    Tell by how many schools surely, or possibly, lie lower.

    A school is among the lowest k if fewer than k others lie lower; with ties left out, if fewer than k others lie as
    low. At worst for it all others are at the lower end of their range and it is at its higher; at best the other way
    round. A school that may or may not be among the ranked is there at worst if it lies lower, and at best if it does
    not: it adds one to the number ranked either way, and k never grows by more than one with it, so these are the ends.
    """
    ranked = scope.ranked(criterion)
    placed = of_all.take(np.flatnonzero(_may_be_placed(of_all, criterion)))
    sure, unsure = (placed.take(np.flatnonzero(ranked[placed.school] == each)) for each in (KNOWN_IN, UNKNOWN_IF_IN))
    count, unsure_count = int((ranked == KNOWN_IN).sum()), int((ranked == UNKNOWN_IF_IN).sum())
    place = np.where((cells.group == 0) & _may_be_placed(cells, criterion), ranked[cells.school], KNOWN_OUT)
    own, own_unsure = place == KNOWN_IN, place == UNKNOWN_IF_IN

    worst, best = _others_lower(sure, cells, own, criterion)
    unsure_worst, unsure_best = _others_lower(unsure, cells, own_unsure, criterion)
    # A school that may not be ranked itself is judged as if it were.
    certain = worst + unsure_worst < _lowest(criterion, count + unsure_worst + own_unsure)
    possible = best < _lowest(criterion, count + unsure_count - unsure_best)
    answer = np.select([certain, possible], [CERTAIN, POSSIBLE], default=NO)
    known = sure.take(np.flatnonzero(sure.state == KNOWN))
    ties = own & (cells.state == KNOWN) & (not criterion.include_ties)
    middle = _count_lower(_middle(known), _middle(cells), criterion) - ties < _lowest(criterion, count)
    return answer, middle, _cut(sure, count, unsure_count, criterion)


def _others_lower(
    others: Cells, cells: Cells, is_one: np.ndarray, criterion: Criterion
) -> tuple[np.ndarray, np.ndarray]:
    """
    Count how many others lie lower at worst, and how many at best.

    A cell that is one of the others does not count itself. Another of unknown size may take a place or none.
    """
    worst = _count_lower(others.low, cells.high, criterion) - (is_one & _is_lower(cells.low, cells.high, criterion))
    surely = others.take(np.flatnonzero(_is_sized(others, criterion)))
    is_one_surely = is_one & _is_sized(cells, criterion)
    best = _count_lower(surely.high, cells.low, criterion) - (
        is_one_surely & _is_lower(cells.high, cells.low, criterion)
    )
    return worst, best


def _may_be_placed(cells: Cells, criterion: Criterion) -> np.ndarray:
    """Whether a cell can take a place among the ranked: a rate, published or suppressed, not of too few students."""
    is_small = cells.students_at_most < (criterion.minimum_students or 0)
    return np.array(cells.is_available() & (~is_small | (criterion.below_minimum == "flag")))


def _is_sized(cells: Cells, criterion: Criterion) -> np.ndarray:
    """Whether the size of a cohort is known, or not asked for."""
    is_asked = criterion.minimum_students is not None and criterion.below_minimum != "flag"
    return np.array(~np.isnan(cells.students) | (not is_asked))


def _is_lower(left: np.ndarray, right: np.ndarray, criterion: Criterion) -> np.ndarray:
    return np.array(left < right if criterion.include_ties else left <= right)


def _count_lower(others: np.ndarray, numbers: np.ndarray, criterion: Criterion) -> np.ndarray:
    """How many of others lie lower than each of some numbers; where ties are left out, as low."""
    side: Literal["left", "right"] = "left" if criterion.include_ties else "right"
    return np.searchsorted(np.sort(others), numbers, side=side).astype("int64")


def _lowest(criterion: Criterion, ranked: np.ndarray | int) -> np.ndarray:
    """How many schools are the lowest: a share rounded up, or a count, whichever is more."""
    share = np.ceil(np.multiply(ranked, criterion.bottom_share or 0.0) - 1e-9)
    return np.asarray(np.maximum(share, criterion.bottom_count or 0).astype("int64"))


def _cut(sure: Cells, count: int, unsure_count: int, criterion: Criterion) -> Cut:
    lowest = int(_lowest(criterion, count))
    ends: list[float | None] = [None, None]
    if len(sure) and lowest and not unsure_count:
        place = min(lowest, len(sure)) - 1
        ends = [float(np.sort(end)[place]) for end in (sure.low, sure.high)]
    low, high = (None if end is None or math.isinf(end) else end for end in ends)
    return Cut(
        criterion=0,
        year=None,
        ranked_schools=count,
        lowest_schools=lowest,
        unknown_schools=unsure_count,
        low=low,
        high=high,
    )


def _of_small_cohorts(cells: Cells, answer: np.ndarray, criterion: Criterion) -> tuple[np.ndarray, np.ndarray]:
    """Leave small cohorts out; where the size is not published, nothing but ``no`` is sure."""
    if criterion.minimum_students is None:
        return answer, np.zeros(len(cells), dtype=bool)
    is_small = cells.is_available() & (cells.students_at_most < criterion.minimum_students)
    if criterion.below_minimum == "flag":
        return answer, is_small
    unsized = np.isnan(cells.students) & (answer > NO)
    return np.select([is_small, unsized], [EXCLUDED, UNKNOWN], default=answer), is_small


def _over_years(yearly: list[Answered], criterion: Criterion) -> Answered:
    """The least answer of the years, or the greatest; a year without a rate counts where more years are needed."""
    whole = _joined(yearly)
    counts = whole.cells.is_available() & (whole.answer != EXCLUDED)
    rank = np.where(counts, whole.answer if criterion.average == "every" else -whole.answer, 9)
    order = np.lexsort((rank, whole.cells.group, whole.cells.school))
    whole, counts = _taken(whole, order), counts[order]
    starts = whole.cells.starts()
    if not len(starts):
        return whole
    needed = criterion.minimum_years or (len(yearly) if criterion.average == "every" else 1)
    found, given = (np.add.reduceat(part.astype("int64"), starts) for part in (counts, whole.cells.is_available()))
    chosen = _taken(whole, starts)
    # No in one year is no for every year, whatever the others are.
    is_short = (found < needed) & ~((chosen.answer == NO) & (found > 0) & (criterion.average == "every"))
    decided = np.where(is_short, np.where((found == 0) & (given > 0), EXCLUDED, UNKNOWN), chosen.answer)
    all_middle = np.logical_and if criterion.average == "every" else np.logical_or
    state = np.where(is_short & chosen.cells.is_available(), FEW_YEARS, chosen.cells.state).astype("int8")
    return replace(
        chosen,
        cells=replace(chosen.cells, state=state),
        answer=decided,
        middle=all_middle.reduceat(np.where(counts, whole.middle, criterion.average == "every"), starts),
    )


_ARRAYS = ("answer", "middle", "is_small", "cut_low", "cut_high")


def _joined(yearly: list[Answered]) -> Answered:
    """The cells of several years, one after the other."""
    names = [each.name for each in fields(Cells)]
    cells = Cells(**{name: np.concatenate([getattr(each.cells, name) for each in yearly]) for name in names})
    arrays = {name: np.concatenate([getattr(each, name) for each in yearly]) for name in _ARRAYS}
    return Answered(cells=cells, cuts=tuple(cut for each in yearly for cut in each.cuts), **arrays)


def _taken(answered: Answered, places: np.ndarray) -> Answered:
    """Some of the cells with their answers."""
    arrays = {name: getattr(answered, name)[places] for name in _ARRAYS}
    return replace(answered, cells=answered.cells.take(places), **arrays)
