"""Whether any band that a rate could be shown as would leave a small count too few values, beside what is shown."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from clustering.disclosure.rates.audit import ends_together, what_wholes_tell
from clustering.disclosure.rates.band_edges import PER_CENT, EndsOfBands
from clustering.disclosure.rates.group_tables import GroupTables, possible_counts
from clustering.disclosure.rates.linked_cohorts import what_longer_rates_tell
from clustering.disclosure.rates.protection import RateProtection
from clustering.disclosure.rates.size_classes import class_of_sizes, ends_of_classes

_DIGITS = 12


@dataclass(frozen=True, kw_only=True)
class Candidates:
    """
    Rates that may be shown, at most one of each school, year and measure.

    Parameters
    ----------
    position
        In the tables of groups, which have them as suppressed so far.
    ends
        Ends of the bands that are tried of each.
    """

    position: np.ndarray
    ends: EndsOfBands


def leave_enough(
    candidates: Candidates, tables: GroupTables, pairs: pd.DataFrame, protection: RateProtection
) -> np.ndarray:
    """
    Find the rates of which every band leaves every small count enough values.

    Parameters
    ----------
    candidates
        The rates.
    tables
        What is shown of all rates of their schools.
    pairs
        As ``pairs_of_cohorts`` finds them.
    protection
        The parameters.

    Returns
    -------
    is_sound
        One per candidate. The rates' own counts are not used: bands that contradict what is shown are left out, and all
        others are tried. Where fewer than the minimum are not in a group, all sizes of its class that leave so few are
        tried, so that nothing is told of how few.
    """
    ends = ends_together(tables)
    bands = _possible_bands(candidates, _sizes_to_try(candidates, tables, protection))
    position = candidates.position[bands.owner]
    can_be = (bands.least <= ends[1][position]) & (bands.most >= ends[0][position])
    can_be |= bands.students != tables.students[position]
    bands, position = _Bands(**{name: values[can_be] for name, values in vars(bands).items()}), position[can_be]
    trials = _trials(bands, position, tables, ends)
    is_possible, is_narrow = what_wholes_tell(trials, len(bands.owner), protection)
    rows = tables.row[position]
    if len(pairs) and np.isin(rows, pairs["row_longer"].to_numpy()).any():
        fewer, of_all = _by_row(tables, ends), np.flatnonzero(trials.breakdown < 0)
        least, most = (each[of_all] for each in ends_together(trials))
        trial = trials.whole[of_all]
        longer = pd.DataFrame({"trial": trial, "row_longer": rows[trial], "least_longer": least, "most_longer": most})
        longer_tell = what_longer_rates_tell(longer.merge(pairs, on="row_longer").join(fewer, on="row"), protection)
        is_possible[longer_tell["trial"][~longer_tell["is_possible"]]] = False
        is_narrow[longer_tell["trial"][longer_tell["is_narrow"]]] = True
    is_sound = np.ones(len(candidates.position), dtype=bool)
    is_sound[bands.owner[is_possible & is_narrow]] = False
    return is_sound


@dataclass(frozen=True, kw_only=True)
class EveryBand:
    """Bands: which rate each is of, and its ends [shares]."""

    row: np.ndarray
    low: np.ndarray
    high: np.ndarray


def every_band_of(ends: EndsOfBands) -> EveryBand:
    """
    List all bands of some rates.

    Parameters
    ----------
    ends
        Ends of the bands of each.

    Returns
    -------
    bands
        ``row`` is a position in ``ends.kind``.
    """
    rows, lows, highs = [np.array([], dtype="int64")], [np.array([])], [np.array([])]
    for number in np.unique(ends.kind).tolist():
        edges = np.round(np.array(ends.edges[number]) / PER_CENT, _DIGITS)
        upper = np.where(edges[1:] == 1, 1.0, np.nextafter(edges[1:], -1))
        of_kind = np.flatnonzero(ends.kind == number)
        rows.append(np.repeat(of_kind, len(upper)))
        lows.append(np.tile(edges[:-1], len(of_kind)))
        highs.append(np.tile(upper, len(of_kind)))
    return EveryBand(row=np.concatenate(rows), low=np.concatenate(lows), high=np.concatenate(highs))


def _by_row(tables: GroupTables, ends: tuple[np.ndarray, np.ndarray]) -> pd.DataFrame:
    return pd.DataFrame({"least": ends[0], "most": ends[1]}, index=tables.row)


@dataclass(frozen=True, kw_only=True)
class _Bands:
    """Bands to try: which candidate each is of, the size of the group, and the counts in it."""

    owner: np.ndarray
    students: np.ndarray
    least: np.ndarray
    most: np.ndarray


def _sizes_to_try(candidates: Candidates, tables: GroupTables, protection: RateProtection) -> pd.DataFrame:
    """Sizes to try of each candidate: ``owner`` and ``students``."""
    students = tables.students[candidates.position]
    of_all = _of_all(tables, tables.students)[tables.whole[candidates.position]]
    own = pd.DataFrame({"owner": np.arange(len(students)), "students": students})
    is_group = tables.breakdown[candidates.position] >= 0
    few = np.flatnonzero(is_group & (of_all - students < protection.minimum_students))
    others = np.arange(protection.minimum_students)
    least, most = ends_of_classes(class_of_sizes(students[few], protection), protection)
    sizes = of_all[few][:, None] - others
    is_of_class = (sizes >= least[:, None]) & (sizes <= most[:, None]) & (sizes != students[few][:, None])
    further = pd.DataFrame({"owner": np.repeat(few, is_of_class.sum(axis=1)), "students": sizes[is_of_class]})
    return pd.concat([own, further], ignore_index=True)


def _possible_bands(candidates: Candidates, sizes: pd.DataFrame) -> _Bands:
    """All bands of the class of each candidate, at each of the sizes to try."""
    owner, students = sizes["owner"].to_numpy(), sizes["students"].to_numpy()
    found = every_band_of(candidates.ends.take(owner))
    least, most = possible_counts(found.low, found.high, students[found.row])
    return _Bands(owner=owner[found.row], students=students[found.row], least=least, most=most)


def _of_all(tables: GroupTables, values: np.ndarray) -> np.ndarray:
    """What is known of all students of each school, year and measure."""
    every = tables.breakdown < 0
    found = np.zeros(int(tables.whole.max(initial=-1)) + 1)
    found[tables.whole[every]] = values[every]
    return found


def _trials(
    bands: _Bands, position: np.ndarray, tables: GroupTables, ends: tuple[np.ndarray, np.ndarray]
) -> GroupTables:
    """
    Make a table for each band: what is shown of its school, year and measure, and the band.

    Where the band does not bound the count of all students, it tells nothing of other sets of groups: these are left
    out, and all students have the ends that all sets together leave them.
    """
    order = np.argsort(tables.whole, kind="stable")
    number = np.bincount(tables.whole)
    start = np.concatenate([[0], np.cumsum(number)])
    whole = tables.whole[position]
    trial = np.repeat(np.arange(len(position)), number[whole])
    within = np.arange(len(trial)) - np.repeat(np.cumsum(number[whole]) - number[whole], number[whole])
    taken = order[start[whole][trial] + within]
    bounds_all = _bounds_all(bands, position, tables, ends)[trial]
    is_own = (tables.breakdown[taken] == tables.breakdown[position][trial]) | (tables.breakdown[taken] < 0)
    is_band = taken == position[trial]
    # At another size of the group nothing is known of those who are not in it.
    is_other_size = (bands.students != tables.students[position])[trial]
    is_of_set = (tables.breakdown[taken] == tables.breakdown[position][trial]) & ~is_band
    kept = (bounds_all | is_own) & ~(is_other_size & is_of_set)
    trial, taken, bounds_all, is_band = trial[kept], taken[kept], bounds_all[kept], is_band[kept]
    found = tables.take(taken)
    is_fixed = ~bounds_all & (found.breakdown < 0)
    sets = int(tables.breakdown.max(initial=0)) + 1
    return GroupTables(
        row=found.row,
        whole=trial,
        breakdown=np.where(found.breakdown < 0, -1, found.breakdown + sets * trial),
        students=np.where(is_band, bands.students[trial], found.students),
        least=np.where(is_band, bands.least[trial], np.where(is_fixed, ends[0][taken], found.least)),
        most=np.where(is_band, bands.most[trial], np.where(is_fixed, ends[1][taken], found.most)),
        is_free=found.is_free,
    )


def _bounds_all(
    bands: _Bands, position: np.ndarray, tables: GroupTables, ends: tuple[np.ndarray, np.ndarray]
) -> np.ndarray:
    """Whether each band, and the set of its group, bounds the count of all students more than what is shown does."""
    whole, every = tables.whole[position], tables.breakdown < 0
    least_all, most_all, students = (_of_all(tables, values)[whole] for values in (*ends, tables.students))
    sets = int(tables.breakdown.max(initial=-1)) + 1
    members = np.flatnonzero(~every)
    least, others = (
        np.bincount(tables.breakdown[members], weights=values[members], minlength=sets)
        for values in (tables.least, tables.students - tables.most)
    )
    is_all, own = every[position], tables.breakdown[position]
    if not sets:
        return np.asarray(is_all)
    # The candidate counts in its set as suppressed: nobody at least, and no others.
    return np.asarray(
        is_all
        | (least[own] + bands.least > least_all)
        | (students - others[own] - (bands.students - bands.most) < most_all)
    )
