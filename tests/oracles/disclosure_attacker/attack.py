"""Whom the bounds give away: every count of 1 to 9 students, and how many values each can still have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.sparse import csr_array, hstack, identity, vstack

from tests.oracles.disclosure_attacker.count_system import CountSystem, sums_by
from tests.oracles.disclosure_attacker.known_flows import KnownFlows, keys_of, know_flows
from tests.oracles.disclosure_attacker.tightest import tightest

LEAST_POSSIBLE = 5
_SMALL = 9
_PROMOTED = ("feeding", "unlisted destination", "against grade order")
# Sums of cells that are counts of students themselves: which rows add up, and by what.
Total = tuple[tuple[str, ...] | None, tuple[str, ...]]  # kinds of flows, and columns
TOTALS: Mapping[str, Total] = {
    "all years of one cell": (None, ("origin", "destination", "kind", "grade", "next_grade")),
    "promoted from one school to another": (("feeding",), ("origin", "destination")),
    "the same in one year": (("feeding",), ("origin", "destination", "year")),
    "promoted out of a grade": (_PROMOTED, ("origin", "grade", "year")),
    "promoted out of a school": (_PROMOTED, ("origin",)),
    "left a school": (("exit",), ("origin",)),
    "left a school in one year": (("exit",), ("origin", "year")),
}


@dataclass(frozen=True, eq=False)
class Attack:
    """
    What an attack found.

    Parameters
    ----------
    counts
        Every true count of 1 to 9 students: ``what`` it is, ``students``, the ``least`` and ``most`` it can be, how
        many ``values`` that is, and its ``key``.
    is_sound
        The truth agrees with everything that the attacker was told. If it does not, something shown is wrong.
    """

    counts: pd.DataFrame
    is_sound: bool

    def broken(self, enough: int = LEAST_POSSIBLE) -> pd.DataFrame:
        """Counts that keep fewer values."""
        return self.counts[self.counts["values"] < enough]

    def summary(self, enough: int = LEAST_POSSIBLE) -> str:
        """How many of each kind of count keep fewer values, in words for a failing test."""
        by = self.counts.groupby("what")["values"]
        lines = [
            f"{what}: {(values < enough).sum()} of {len(values)}, {(values <= 1).sum()} exact" for what, values in by
        ]
        return "; ".join(lines)


def attack_counts(
    known: KnownFlows, *, enough: int = LEAST_POSSIBLE, totals: Mapping[str, Total] = TOTALS, questions: int = 400
) -> Attack:
    """
    Narrow every count of 1 to 9 students, of one cell or of a sum of several.

    Parameters
    ----------
    known
        What is shown.
    enough
        Counts that can have so many values are not narrowed further.
    totals
        The sums, as in ``TOTALS``.
    questions
        Linear programs at most.

    Returns
    -------
    attack
        The truth decides which counts are small, and nothing else.
    """
    cells = known.cells
    sums, described = _small_totals(cells, totals)
    system = _with_totals(known.system, sums)
    truth = np.concatenate([cells["students"].to_numpy(dtype="float64"), sums @ cells["students"].to_numpy()])
    is_sound = system.holds(truth)
    small = np.flatnonzero((truth > 0) & (truth <= _SMALL))
    names = pd.concat([_described(cells), described], ignore_index=True).iloc[small]
    if not is_sound:
        empty = names.assign(students=truth[small], least=np.nan, most=np.nan, values=np.inf)
        return Attack(empty.reset_index(drop=True), is_sound)
    found = tightest(system, small, enough=enough, most_questions=questions)
    counts = names.assign(
        students=truth[small], least=found.least[small], most=found.most[small], values=found.values()[small]
    )
    return Attack(counts.reset_index(drop=True), is_sound)


def values_of_size_alone(exact: pd.DataFrame, sizes: pd.DataFrame) -> pd.Series:
    """How many values the public sizes alone leave to each count of 1 to 9, index ``what`` and ``key``."""
    known = know_flows(exact, [], sizes.assign(is_whole=False))
    return attack_counts(known).counts.set_index(["what", "key"])["values"]


def _described(cells: pd.DataFrame) -> pd.DataFrame:
    names = ("origin", "destination", "grade", "next_grade", "year")
    return pd.DataFrame({"what": cells["kind"].astype("str"), "key": [str(key) for key in keys_of(cells, names)]})


def _small_totals(cells: pd.DataFrame, totals: Mapping[str, Total]) -> tuple[csr_array, pd.DataFrame]:
    """Sums of two cells or more that come to 1 to 9 students: a row each."""
    parts, described = [csr_array((0, len(cells)))], [pd.DataFrame({"what": [], "key": []}, dtype="str")]
    students = cells["students"].to_numpy(dtype="float64")
    for what, (kinds, names) in totals.items():
        chosen = np.ones(len(cells), dtype=bool) if kinds is None else cells["kind"].isin(kinds).to_numpy()
        keys = keys_of(cells, names)
        codes, different = pd.factorize(keys)
        codes = np.where(chosen, codes, -1)
        total = np.bincount(codes[chosen], weights=students[chosen], minlength=len(different))
        several = np.bincount(codes[chosen], minlength=len(different)) > 1
        wanted = np.flatnonzero((total > 0) & (total <= _SMALL) & several)
        parts.append(csr_array(sums_by(codes, len(different))[wanted]))
        described.append(pd.DataFrame({"what": what, "key": [str(different[place]) for place in wanted]}))
    return csr_array(vstack(parts)), pd.concat(described, ignore_index=True)


def _with_totals(system: CountSystem, sums: csr_array) -> CountSystem:
    """Each sum as a further count, tied to its parts."""
    number = sums.shape[0]
    wide = csr_array(hstack([system.sums, csr_array((system.sums.shape[0], number))]))
    zeros = np.zeros(number)
    extended = CountSystem(
        np.concatenate([system.least, zeros]),
        np.concatenate([system.most, np.full(number, np.inf)]),
        wide,
        system.sum_least,
        system.sum_most,
    )
    return extended.joined(csr_array(hstack([sums, -identity(number)])), zeros, zeros)
