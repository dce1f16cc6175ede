"""
Rates for the public made of what staff are shown, so that both tables together tell no more than staff's.

A band for the public is made of whole bands of staff's. Which ends it may have therefore depends on staff's class, and
that depends on the bands that staff were shown before. The public must not learn these from the ends. So all tables
that staff may have beside what the public is shown are listed, and only ends that all of them have are used.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from clustering.disclosure.rates.audit import ends_together
from clustering.disclosure.rates.band_edges import (
    DIGITS_OF_HALVES,
    PER_CENT,
    Edges,
    EndsOfBands,
    ends_of_bands,
    shared_edges,
)
from clustering.disclosure.rates.bands import bands_around
from clustering.disclosure.rates.coarsen_together import CoarseRates, classes_that_leave_enough, turns_of
from clustering.disclosure.rates.every_band import every_band_of
from clustering.disclosure.rates.group_tables import GroupTables, group_tables, possible_counts
from clustering.disclosure.rates.linked_cohorts import groups_of_longer_rates, pairs_of_cohorts
from clustering.disclosure.rates.protection import RateProtection
from clustering.disclosure.rates.size_classes import classes_of_class
from clustering.disclosure.rates.staff_tables import StaffTables, one_table_each

# Of one school, year and measure. With more, no further rate of it is shown to the public.
MOST_STAFF_TABLES = 50
RATES_AT_ONCE = 2_000
_SAME = 1e-9
_NO_ENDS: Edges = (0.0, PER_CENT)


def coarsen_within(
    rates: pd.DataFrame, staff: CoarseRates, public: CoarseRates, within: RateProtection, protection: RateProtection
) -> None:
    """
    Make rates for the public coarser until no small count keeps fewer values than it must.

    Parameters
    ----------
    rates
        As for ``coarsen_together``.
    staff
        What they are shown as to staff one by one; changed in place.
    public
        What they are shown as to the public one by one; changed in place.
    within
        The parameters for staff.
    protection
        The parameters for the public.

    Notes
    -----
    One rate after the other, in the order for staff. Sizes, and what the public is shown already, say which tables
    staff may have; these say which classes the next rate may have in them. The public gets bands that are made of whole
    ones of each of these classes, and of which none leaves a small count too few values. So the ends follow from the
    sizes and from what the public is shown. Where staff may have very many tables, no further rate is shown. Rates
    after more years are suppressed where the same cohort has one after fewer.
    """
    for rows in _schools_together(rates):
        of_staff, of_public = staff.part(rows), public.part(rows)
        _coarsen_some(rates.iloc[rows], of_staff, of_public, within, protection)
        staff.put_back(of_staff, rows)
        public.put_back(of_public, rows)


def _schools_together(rates: pd.DataFrame) -> list[np.ndarray]:
    """Positions of the rates of some schools at a time: the tables that staff may have are many."""
    school = pd.factorize(rates["school_id"], sort=True)[0]
    order = np.argsort(school, kind="stable")
    begins = np.flatnonzero(np.diff(school[order], prepend=-1))
    blocks = np.unique(begins // RATES_AT_ONCE, return_index=True)[1]
    return np.split(order, begins[blocks][1:]) if len(order) else []


def _coarsen_some(
    rates: pd.DataFrame, staff: CoarseRates, public: CoarseRates, within: RateProtection, protection: RateProtection
) -> None:
    """Make the rates of some schools coarser."""
    pairs = pairs_of_cohorts(rates, public.students)
    is_free = staff.is_free | public.is_free
    longer = pairs["row_longer"].unique().astype("int64")
    hidden = np.union1d(groups_of_longer_rates(rates, pairs, is_free), longer[is_free[longer]]).astype("int64")
    staff.hide(hidden)
    public.hide(hidden)
    showing = _Showing(
        rates=rates,
        staff=staff,
        public=public,
        within=within,
        protection=protection,
        is_of_staff=_may_change(staff),
        is_of_public=_may_change(public),
        tables=_tables(rates, public),
        no_pairs=pairs.iloc[:0],
    )
    tables = showing.tables
    found = one_table_each(_tables(rates, staff))
    for turn in turns_of(rates, tables, showing.is_of_staff | showing.is_of_public, showing.no_pairs):
        found = _show(showing, found, turn)


@dataclass(frozen=True, kw_only=True)
class _Showing:
    """What the rates are shown as, to both audiences, and the tables of groups for the public."""

    rates: pd.DataFrame
    staff: CoarseRates
    public: CoarseRates
    within: RateProtection
    protection: RateProtection
    is_of_staff: np.ndarray
    is_of_public: np.ndarray
    tables: GroupTables
    no_pairs: pd.DataFrame


def _may_change(coarse: CoarseRates) -> np.ndarray:
    return np.asarray(coarse.is_free & ((coarse.low > 0) | (coarse.high < 1)))


def _tables(rates: pd.DataFrame, coarse: CoarseRates) -> GroupTables:
    """Tables of groups in which the rates that may change are suppressed."""
    may = _may_change(coarse)
    shown = rates.assign(low=np.where(may, 0.0, coarse.low), high=np.where(may, 1.0, coarse.high))
    return group_tables(shown, coarse.students, coarse.is_free)


def _show(showing: _Showing, staff: StaffTables, turn: np.ndarray) -> StaffTables:
    """Show the public some rates, no two of a school, year and measure; answer the tables that staff may then have."""
    turn_of = np.full(int(showing.tables.whole.max()) + 1, -1)
    turn_of[showing.tables.whole[turn]] = np.arange(len(turn))
    staff = staff.repeated(np.flatnonzero(turn_of[staff.owner] >= 0))
    of = turn_of[staff.owner]
    row, position = showing.tables.row[turn], staff.position(np.arange(len(of)), turn[of])
    classes = _classes_of_staff(showing, staff, row[of], position)
    _show_public(showing, turn, _ends_of_all(showing, row, of, classes))
    return _staff_tables_beside(showing, staff, row[of], position, classes)


def _classes_of_staff(showing: _Showing, staff: StaffTables, row: np.ndarray, position: np.ndarray) -> np.ndarray:
    """The class whose bands staff are shown of a rate in each of the tables that they may have; -1 for none."""
    found = np.full(len(row), -1)
    taken = np.flatnonzero(showing.is_of_staff[row])

    def ends_of(some: np.ndarray, classes: np.ndarray) -> EndsOfBands:
        return ends_of_bands(classes, showing.staff.halves[row[taken[some]]], showing.within)

    found[taken] = classes_that_leave_enough(
        position[taken], showing.staff.classes[row[taken]], ends_of, staff.tables, showing.no_pairs, showing.within
    )
    return found


def _ends_of_all(showing: _Showing, row: np.ndarray, of: np.ndarray, classes: np.ndarray) -> list[Edges | None]:
    """The ends that a rate has in all tables that staff may have; ``None`` where staff are shown it as published."""
    pairs = np.unique(np.column_stack([of, classes]), axis=0)
    classes_of: dict[int, list[int]] = {}
    for number, size_class in pairs.tolist():
        classes_of.setdefault(number, []).append(size_class)
    halves, own = showing.staff.halves[row].tolist(), showing.public.classes[row].tolist()
    found: list[Edges | None] = []
    for number, is_of_staff in enumerate(showing.is_of_staff[row].tolist()):
        possible = classes_of.get(number, [-1])  # too many tables to list: nothing is known
        if not is_of_staff:
            found.append(None)
        elif min(possible) < 0:
            found.append(_NO_ENDS)
        else:  # and those of the classes that the size may have, so that a band tells no more of the size
            sizes = classes_of_class(own[number], showing.protection, showing.within) if own[number] >= 0 else ()
            half = round(halves[number], DIGITS_OF_HALVES)
            found.append(shared_edges({*possible, *sizes}, half, showing.within))
    return found


def _show_public(showing: _Showing, turn: np.ndarray, among: list[Edges | None]) -> None:
    """Give the public the narrowest bands with some of these ends that leave enough."""
    public, tables, row = showing.public, showing.tables, showing.tables.row[turn]
    taken = np.flatnonzero(showing.is_of_public[row])

    def ends_of(some: np.ndarray, classes: np.ndarray) -> EndsOfBands:
        rates = taken[some]
        return ends_of_bands(
            classes, public.halves[row[rates]], showing.protection, [among[each] for each in rates.tolist()]
        )

    classes = classes_that_leave_enough(
        turn[taken], public.classes[row[taken]], ends_of, tables, showing.no_pairs, showing.protection
    )
    public.hide(row[taken[classes < 0]])
    left = np.flatnonzero(classes >= 0)
    public.give_bands(row[taken[left]], classes[left], ends_of(left, classes[left]), showing.rates)
    rows = row[taken]
    tables.least[turn[taken]], tables.most[turn[taken]] = possible_counts(
        public.low[rows], public.high[rows], public.students[rows]
    )


def _staff_tables_beside(
    showing: _Showing, staff: StaffTables, row: np.ndarray, position: np.ndarray, classes: np.ndarray
) -> StaffTables:
    """Make the tables that staff may have once they are shown a rate: those beside the band of the public."""
    is_shown = np.flatnonzero(classes >= 0)
    ends = ends_of_bands(classes[is_shown], showing.staff.halves[row[is_shown]], showing.within)
    bands = every_band_of(ends)
    number, low, high = bands.row, bands.low, bands.high
    parent = is_shown[number]
    rate = row[parent]
    can_be = _fit_published(showing, rate, low, high, ends.take(number))
    least, most = possible_counts(low, high, showing.staff.students[rate])
    ends_now = ends_together(staff.tables)
    can_be &= (least <= ends_now[1][position[parent]]) & (most >= ends_now[0][position[parent]])
    can_be &= (low >= showing.public.low[rate] - _SAME) & (high <= showing.public.high[rate] + _SAME)
    unchanged = np.flatnonzero(classes < 0)
    parents = np.concatenate([unchanged, parent[can_be]])
    found = staff.repeated(parents)
    new = np.arange(len(unchanged), len(parents))
    # The rate has the same position in a table as in its parent.
    found.with_counts(found.start[new] + (position - staff.start)[parents[new]], least[can_be], most[can_be])
    number_of = np.bincount(found.owner, minlength=int(staff.owner.max(initial=0)) + 1)
    number_of[staff.owner[is_shown[_may_straddle(showing, row[is_shown], ends)]]] = MOST_STAFF_TABLES + 1
    return found.repeated(np.flatnonzero(number_of[found.owner] <= MOST_STAFF_TABLES))


def _fit_published(
    showing: _Showing, rate: np.ndarray, low: np.ndarray, high: np.ndarray, ends: EndsOfBands
) -> np.ndarray:
    """
    Find the bands that may be those of a rate that the file gives as a band: the first it touches, widened to all.

    Everybody may know the band of the file. ``low`` and ``high`` are changed in place; of numbers all bands may be.
    """
    is_band = (showing.rates["status"] == "range").to_numpy()[rate]
    rows = np.flatnonzero(is_band)
    published_low, published_high = (
        showing.rates[name].to_numpy(dtype="float64")[rate[rows]] for name in ("low", "high")
    )
    bands = bands_around(published_low, published_high, ends.take(rows))
    found = np.asarray(~is_band)
    found[rows] = np.abs(low[rows] - bands.low) < _SAME
    low[rows], high[rows] = bands.low, bands.high
    return found


def _may_straddle(showing: _Showing, row: np.ndarray, ends: EndsOfBands) -> np.ndarray:
    """Whether a rounded number may lie in two bands: it is rounded to five points, and bands end at every second."""
    is_rounded = (showing.rates["status"] == "exact").to_numpy()[row] & (showing.staff.halves[row] > _SAME)
    found = np.zeros(len(row), dtype=bool)
    for each in np.flatnonzero(is_rounded).tolist():
        half = showing.staff.halves[row[each]]
        steps = (np.array(ends.edges[ends.kind[each]][1:-1]) + half) / (2 * half)
        found[each] = bool((np.abs(steps - np.round(steps)) > _SAME / half).any())
    return found
