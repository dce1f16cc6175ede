"""
Whether two datasets hold counts of the same students, found out without their counts.

One protected base hides a count of a few students. A second base of the same students that is cut differently (other
years pooled, a file corrected) hides it with other intervals, and what both say together is narrower. So the facts of
two datasets (``count_facts``) are compared. Where they are of the same schools and years, the second dataset is a
second cut, unless all tables that its base rests on there are equal.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

import numpy as np
import pandas as pd

from clustering.disclosure.count_facts import CountFact


@dataclass(frozen=True, kw_only=True)
class SharedCounts:
    """
    Of what both of two datasets hold counts.

    Parameters
    ----------
    schools
        Identifiers, sorted.
    years
        Falls of school years, sorted. Years that a file does not give are not among them.
    kinds
        Of the counts, sorted: ``promotions``, ``residents`` or ``rates``.
    has_unknown_years
        Whether one of the two gives no years, so that they count as shared.
    """

    schools: tuple[str, ...]
    years: tuple[int, ...]
    kinds: tuple[str, ...]
    has_unknown_years: bool


def shared_counts(facts: Sequence[CountFact], registered: Iterable[CountFact]) -> SharedCounts | None:
    """
    Find of what two datasets both hold counts.

    Parameters
    ----------
    facts
        Of one dataset.
    registered
        Of the other one; facts of other kinds and years may be left out.

    Returns
    -------
    shared
        ``None`` where the two share no school, year and kind, or where all that they share has equal tags and so equal
        counts. Equal counts say nothing new, so only counts that differ are compared.
    """
    index = _schools_of(facts)
    aligned, others = _aligned(facts, index), _aligned(list(registered), index)
    own_new, others_new = _not_equal(aligned, others), _not_equal(others, aligned)
    is_shared = np.zeros(len(index), dtype=bool)
    years: set[int | None] = set()
    kinds: set[str] = set()
    for (kind, year), is_there in own_new.items():
        for (other_kind, other_year), is_there_too in others_new.items():
            if kind != other_kind or not (year is None or other_year is None or year == other_year):
                continue
            if (both := is_there & is_there_too).any():
                is_shared |= both
                years |= {year, other_year}
                kinds.add(kind.split(":")[0])
    if not kinds:
        return None
    return SharedCounts(
        schools=tuple(sorted(index[is_shared])),
        years=tuple(sorted(year for year in years if year is not None)),
        kinds=tuple(sorted(kinds)),
        has_unknown_years=None in years,
    )


class _Tags(NamedTuple):
    """Which schools of an index a fact is of, and their tags."""

    is_there: np.ndarray
    tags: np.ndarray


_ByKindAndYear: TypeAlias = dict[tuple[str, int | None], _Tags]


def _schools_of(facts: Sequence[CountFact]) -> pd.Index:
    """All schools of facts, each once."""
    different = list({id(fact.schools): fact.schools for fact in facts}.values())
    if len(different) == 1:
        return different[0]
    schools: pd.Index = pd.Index(sorted(set().union(*different)), dtype=object)
    return schools


def _aligned(facts: Sequence[CountFact], index: pd.Index) -> _ByKindAndYear:
    """Put facts on one index of schools; leave out schools that are not in it."""
    positions_of: dict[int, np.ndarray] = {}
    aligned = {}
    for fact in facts:
        if id(fact.schools) not in positions_of:
            positions_of[id(fact.schools)] = index.get_indexer(fact.schools)
        positions = positions_of[id(fact.schools)]
        is_known = positions >= 0
        tags, is_there = np.zeros(len(index), dtype="uint64"), np.zeros(len(index), dtype=bool)
        tags[positions[is_known]], is_there[positions[is_known]] = fact.tags[is_known], True
        aligned[fact.kind, fact.year] = _Tags(is_there, tags)
    return aligned


def _not_equal(facts: _ByKindAndYear, others: _ByKindAndYear) -> dict[tuple[str, int | None], np.ndarray]:
    """Schools of each fact of which the others do not have equal counts."""
    new = {}
    for key, (is_there, tags) in facts.items():
        other = others.get(key)
        is_equal = False if other is None else is_there & other.is_there & (tags == other.tags) & (tags != 0)
        if (left := is_there & ~np.asarray(is_equal)).any():
            new[key] = left
    return new
