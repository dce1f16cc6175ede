"""Rates made coarser until all of a school together leave every small count its values."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from clustering.disclosure.rates.bands import bands_around
from clustering.disclosure.rates.every_band import Candidates, leave_enough
from clustering.disclosure.rates.group_tables import GroupTables, group_tables, possible_counts
from clustering.disclosure.rates.linked_cohorts import groups_of_longer_rates, pairs_of_cohorts
from clustering.disclosure.rates.protection import RateProtection


@dataclass(kw_only=True)
class CoarseRates:
    """
    Rates that are made coarser; every array has a value per rate.

    Parameters
    ----------
    low, high
        Ends of each rate [shares]; 0 and 1 of a suppressed one.
    halves
        Half of what each was rounded to [per cent].
    classes
        Class whose bands each has, a position in ``RateProtection.classes``; -1 where it is suppressed.
    students
        True sizes [students]; NaN where not known.
    is_free
        Whether the rate may be made coarser.
    is_changed
        Whether it was.
    """

    low: np.ndarray
    high: np.ndarray
    halves: np.ndarray
    classes: np.ndarray
    students: np.ndarray
    is_free: np.ndarray
    is_changed: np.ndarray

    def give_classes(
        self, rows: np.ndarray, classes: np.ndarray, rates: pd.DataFrame, protection: RateProtection
    ) -> None:
        """Give rates the bands of other classes than their own; -1 suppresses them."""
        differs = classes != self.classes[rows]
        rows, classes = rows[differs], classes[differs]
        is_left = classes >= 0
        self.hide(rows[~is_left])
        left = rows[is_left]
        # From the rate itself: a band of a band would depend on both, and two of them overlap.
        low, high = (rates[name].to_numpy(dtype="float64")[left] for name in ("low", "high"))
        bands = bands_around(low, high, self.halves[left], classes[is_left], protection)
        self.low[left], self.high[left] = bands.low, bands.high
        self.classes[left], self.is_changed[left] = classes[is_left], True

    def hide(self, rows: np.ndarray) -> None:
        """Suppress some rates."""
        self.low[rows], self.high[rows], self.classes[rows], self.is_changed[rows] = 0.0, 1.0, -1, True


def coarsen_together(rates: pd.DataFrame, coarse: CoarseRates, protection: RateProtection) -> None:
    """
    Make rates coarser until no small count keeps fewer values than it must.

    Parameters
    ----------
    rates
        ``Scenario.rates``, of all grades, of shares, dated, of known size and published in some way.
    coarse
        What they are shown as; changed in place.
    protection
        The parameters.

    Notes
    -----
    One rate after the other is shown: that of all students first, then the groups from the largest to the smallest.
    Each gets the bands of the first class at which *none* of them, beside what is shown already, leaves a small count
    too few values. So the class follows from the sizes and from what is shown, and tells nothing more of the counts,
    also to one who knows this rule: the counts that look the same are all those that fit the bands.
    """
    pairs = pairs_of_cohorts(rates, coarse.students)
    coarse.hide(groups_of_longer_rates(rates, pairs, coarse.is_free))
    can = coarse.is_free & ((coarse.low > 0) | (coarse.high < 1))
    shown = rates.assign(low=np.where(can, 0.0, coarse.low), high=np.where(can, 1.0, coarse.high))
    tables = group_tables(shown, coarse.students, coarse.is_free)
    for turn in _turns(rates, tables, can, pairs):
        _show(rates, coarse, tables, turn, pairs, protection)


def _turns(rates: pd.DataFrame, tables: GroupTables, can: np.ndarray, pairs: pd.DataFrame) -> list[np.ndarray]:
    """
    Put rates in turn: positions in the tables, one of each school, year and measure at a time.

    Rates after more years come when all those after fewer are shown.
    """
    is_all = tables.breakdown < 0
    is_longer = np.isin(tables.row, pairs["row_longer"].to_numpy()) & is_all
    stage = np.zeros(int(tables.whole.max(initial=-1)) + 1)
    stage[tables.whole[is_longer]] = (
        rates["measure"].str.extract(r"(\d)")[0].astype("float64").to_numpy()[tables.row[is_longer]]
    )
    order = pd.DataFrame(
        {
            "position": np.arange(len(tables.row)),
            "whole": tables.whole,
            "stage": stage[tables.whole],
            "is_group": ~is_all,
            "students": -tables.students,
        }
    )[can[tables.row]].sort_values(["is_group", "students", "position"])
    order["turn"] = order.groupby("whole").cumcount()
    return [each["position"].to_numpy() for _, each in order.groupby(["stage", "turn"])]


def _show(
    rates: pd.DataFrame,
    coarse: CoarseRates,
    tables: GroupTables,
    positions: np.ndarray,
    pairs: pd.DataFrame,
    protection: RateProtection,
) -> None:
    """Give some rates, no two of a school, year and measure, the narrowest bands that leave enough."""
    rows = tables.row[positions]
    classes = coarse.classes[rows].copy()
    left = np.arange(len(rows))
    while len(left):
        candidates = Candidates(position=positions[left], size_class=classes[left], half=coarse.halves[rows[left]])
        left = left[~leave_enough(candidates, tables, pairs, protection)]
        classes[left] -= 1
        left = left[classes[left] >= 0]
    coarse.give_classes(rows, classes, rates, protection)
    tables.least[positions], tables.most[positions] = possible_counts(
        coarse.low[rows], coarse.high[rows], coarse.students[rows]
    )
