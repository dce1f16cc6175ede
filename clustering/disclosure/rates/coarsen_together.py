"""Rates made coarser until all of a school together leave every small count its values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from clustering.disclosure.rates.band_edges import EndsOfBands, ends_of_bands
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

    def give_bands(self, rows: np.ndarray, classes: np.ndarray, ends: EndsOfBands, rates: pd.DataFrame) -> None:
        """Give rates the bands of some classes."""
        # From the rate itself: a band of a band would depend on both, and two of them overlap.
        low, high = (rates[name].to_numpy(dtype="float64")[rows] for name in ("low", "high"))
        bands = bands_around(low, high, ends)
        self.low[rows], self.high[rows] = bands.low, bands.high
        self.classes[rows], self.is_changed[rows] = classes, True

    def part(self, rows: np.ndarray) -> CoarseRates:
        """Some of the rates."""
        return CoarseRates(**{name: values[rows] for name, values in vars(self).items()})

    def put_back(self, part: CoarseRates, rows: np.ndarray) -> None:
        """Take over what some of the rates are shown as."""
        for name in ("low", "high", "classes", "is_changed"):
            getattr(self, name)[rows] = getattr(part, name)

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
    for turn in turns_of(rates, tables, can, pairs):
        _show(rates, coarse, tables, turn, pairs, protection)


def turns_of(rates: pd.DataFrame, tables: GroupTables, can: np.ndarray, pairs: pd.DataFrame) -> list[np.ndarray]:
    """
    Put rates in turn: that of all students first, then the groups from the largest to the smallest.

    Parameters
    ----------
    rates
        As for :func:`coarsen_together`.
    tables
        Its groups.
    can
        Which rates may be made coarser.
    pairs
        As ``pairs_of_cohorts`` finds them: rates after more years come when all those after fewer are shown.

    Returns
    -------
    turns
        Positions in the tables, one of each school, year and measure at a time.
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

    def ends_of(taken: np.ndarray, classes: np.ndarray) -> EndsOfBands:
        return ends_of_bands(classes, coarse.halves[rows[taken]], protection)

    classes = classes_that_leave_enough(positions, coarse.classes[rows], ends_of, tables, pairs, protection)
    coarse.hide(rows[classes < 0])
    other = np.flatnonzero((classes != coarse.classes[rows]) & (classes >= 0))
    coarse.give_bands(rows[other], classes[other], ends_of(other, classes[other]), rates)
    tables.least[positions], tables.most[positions] = possible_counts(
        coarse.low[rows], coarse.high[rows], coarse.students[rows]
    )


def classes_that_leave_enough(
    positions: np.ndarray,
    classes: np.ndarray,
    ends_of: Callable[[np.ndarray, np.ndarray], EndsOfBands],
    tables: GroupTables,
    pairs: pd.DataFrame,
    protection: RateProtection,
) -> np.ndarray:
    """
    Find the first class whose bands leave every small count enough values, whichever of them is shown.

    Parameters
    ----------
    positions
        Rates to show, in the tables; no two of a school, year and measure.
    classes
        Class to begin with of each.
    ends_of
        From some of the rates, positions in ``positions``, and a class for each, to the ends of bands.
    tables, pairs, protection
        As for :func:`~clustering.disclosure.rates.every_band.leave_enough`.

    Returns
    -------
    classes
        The class of each, or a smaller one; -1 where there is none.
    """
    found = classes.copy()
    left = np.arange(len(positions))
    while len(left):
        candidates = Candidates(position=positions[left], ends=ends_of(left, found[left]))
        left = left[~leave_enough(candidates, tables, pairs, protection)]
        found[left] -= 1
        left = left[found[left] >= 0]
    return found
