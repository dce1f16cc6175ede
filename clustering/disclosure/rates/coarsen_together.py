"""Rates made coarser until all of a school together leave every small count its values."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from clustering.disclosure.rates.audit import ends_together, rates_to_coarsen
from clustering.disclosure.rates.bands import bands_around
from clustering.disclosure.rates.group_tables import group_tables, possible_counts
from clustering.disclosure.rates.linked_cohorts import groups_of_longer_rates, longer_rates_to_coarsen
from clustering.disclosure.rates.protection import RateProtection


@dataclass(kw_only=True)
class CoarseRates:
    """
    Rates that are made coarser step by step; every array has a value per rate.

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

    def coarsen(self, rows: np.ndarray, protection: RateProtection) -> None:
        """Give some rates the bands of the next smaller class in which they tell less."""
        left = rows
        while len(left):
            self.classes[left] -= 1
            gone = left[self.classes[left] < 0]
            self.hide(gone)
            left = left[self.classes[left] >= 0]
            bands = bands_around(self.low[left], self.high[left], self.halves[left], self.classes[left], protection)
            differs = (bands.low < self.low[left]) | (bands.high > self.high[left])
            wider = left[differs]
            self.low[wider], self.high[wider] = bands.low[differs], bands.high[differs]
            self.is_changed[wider] = True
            left = left[~differs]

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
        What they are shown as; changed in place. Which rate is made coarser follows from what is shown and from the
        sizes, never from the counts.
    protection
        The parameters.
    """
    coarse.hide(groups_of_longer_rates(rates, coarse.students, coarse.is_free))
    while True:
        has_changed = _coarsen_groups(rates, coarse, protection)
        ends, can = _ends_together(rates, coarse), coarse.is_free & ((coarse.low > 0) | (coarse.high < 1))
        longer = longer_rates_to_coarsen(rates, *ends, coarse.students, can, protection)
        coarse.coarsen(longer, protection)
        if not has_changed and not len(longer):
            return


def _ends_together(rates: pd.DataFrame, coarse: CoarseRates) -> tuple[np.ndarray, np.ndarray]:
    """Counts that each rate leaves possible together with all of its school, year and measure."""
    least, most = possible_counts(coarse.low, coarse.high, coarse.students)
    tables = group_tables(rates.assign(low=coarse.low, high=coarse.high), coarse.students, coarse.is_free)
    least[tables.row], most[tables.row] = ends_together(tables)
    return least, most


def _coarsen_groups(rates: pd.DataFrame, coarse: CoarseRates, protection: RateProtection) -> bool:
    """Make rates of groups coarser until each school, year and measure is sound; whether any was."""
    whole = rates.groupby(["school_id", "year", "measure"], observed=True).ngroup().to_numpy()
    concerned = np.flatnonzero(np.isin(whole, whole[coarse.is_free]))
    has_changed = False
    while len(concerned):
        shown = rates.iloc[concerned].assign(low=coarse.low[concerned], high=coarse.high[concerned])
        tables = group_tables(shown, coarse.students[concerned], coarse.is_free[concerned])
        rows = concerned[tables.row[rates_to_coarsen(tables, protection)]]
        coarse.coarsen(rows, protection)
        has_changed |= len(rows) > 0
        concerned = concerned[np.isin(whole[concerned], whole[rows])]
    return has_changed
