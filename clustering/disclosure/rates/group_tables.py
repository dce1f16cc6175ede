"""
The rates of all students and of groups of a school, as tables of which the parts add up to the whole.

All students are the two sexes together, or all races; of any other group there are those who are in it and those who
are not, whether the file gives their rate or leaves it to be worked out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

_ONE_COUNT = 1e-9
_DIGITS = 12
_SEXES = ("M", "F")
_RACES = ("MAM", "MAS", "MBL", "MHI", "MTR", "MWH")
# Races in words that have no code: Native Hawaiian, Pacific Islander, Filipino, of unknown race.
_RACE_WORDS = re.compile(
    r".*(native|pacific island|hawaiian|filipino|asian|\brace|ethnic|middle eastern).*", re.IGNORECASE
)
ALL, SEX, RACE, ALONE = range(4)


@dataclass(kw_only=True)
class GroupTables:
    """
    Rates of groups with their tables; every array has a value per rate.

    Parameters
    ----------
    row
        Position in the table of rates.
    whole
        Number of the school, year and measure.
    breakdown
        Number of the set of groups that do not overlap; -1 for all students.
    students, least, most
        Size of the group, and the counts that its rate leaves possible to one who knows the size.
    is_free
        Whether the rate may be made coarser: it is not a band that the file published.
    """

    row: np.ndarray
    whole: np.ndarray
    breakdown: np.ndarray
    students: np.ndarray
    least: np.ndarray
    most: np.ndarray
    is_free: np.ndarray

    def take(self, rows: np.ndarray) -> GroupTables:
        """Some of the rates."""
        return GroupTables(**{name: values[rows] for name, values in vars(self).items()})


def possible_counts(low: np.ndarray, high: np.ndarray, students: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """
    Find the least and the greatest count that a rate leaves possible.

    Parameters
    ----------
    low, high
        Ends of the rate [shares]; one next to a round number leaves that number out. NaN for a suppressed rate.
    students
        Size of the group.

    Returns
    -------
    least, most
        Whole numbers of students; where no whole number makes the rate, those on either side of it.
    """
    low, high = np.nan_to_num(low, nan=0.0), np.nan_to_num(high, nan=1.0)
    top, bottom = np.round(high, _DIGITS), np.round(low, _DIGITS)
    is_open = (low < high) & (high == np.nextafter(top, -1))
    least = np.ceil(bottom * students - _ONE_COUNT)
    most = np.where(is_open, np.ceil(top * students - _ONE_COUNT) - 1, np.floor(top * students + _ONE_COUNT))
    is_none = most < least
    return np.where(is_none, most, least).clip(0, students), np.where(is_none, least, most).clip(0, students)


def group_tables(rates: pd.DataFrame, students: np.ndarray, is_free: np.ndarray) -> GroupTables:
    """
    Put the rates of groups together with those of all students of their schools.

    Parameters
    ----------
    rates
        Dated rates of all grades, in shares.
    students, is_free
        One per rate, as in :class:`GroupTables`.

    Returns
    -------
    tables
        Rates of known size of the schools, years and measures that have one of all students; a group larger than these
        is left out.
    """
    whole = rates.groupby(["school_id", "year", "measure"], dropna=False, observed=True).ngroup().to_numpy()
    is_all = (rates["subgroup"] == "all").to_numpy()
    size_of_all = np.full(int(whole.max(initial=-1)) + 1, np.nan)
    size_of_all[whole[is_all]] = students[is_all]
    rows = np.flatnonzero(students <= size_of_all[whole])
    whole, students, is_all = whole[rows], students[rows], is_all[rows]
    low, high = (rates[end].to_numpy(dtype="float64")[rows] for end in ("low", "high"))
    least, most = possible_counts(low, high, students)
    kinds = _kinds(rates["subgroup"].iloc[rows])
    return GroupTables(
        row=rows,
        whole=whole,
        breakdown=_breakdowns(whole, kinds, students, size_of_all[whole]),
        students=students,
        least=least,
        most=most,
        is_free=is_free[rows],
    )


def _kinds(subgroups: pd.Series) -> np.ndarray:
    codes, names = pd.factorize(subgroups)
    found = np.array([_kind(str(name)) for name in names], dtype="int64")
    return found[codes]


def _kind(subgroup: str) -> int:
    if subgroup == "all":
        return ALL
    if subgroup in _SEXES:
        return SEX
    return RACE if subgroup in _RACES or _RACE_WORDS.fullmatch(subgroup) else ALONE


def _breakdowns(whole: np.ndarray, kinds: np.ndarray, students: np.ndarray, of_all: np.ndarray) -> np.ndarray:
    """
    Number the sets of groups that do not overlap.

    Sexes and races are sets, unless they are more than all students. Of other groups two are a set if together they
    are as many as all: those who are economically disadvantaged and those who are not.
    """
    table = pd.DataFrame({"whole": whole, "kind": kinds, "students": students, "of_all": of_all})
    sums = table.groupby(["whole", "kind"])["students"].transform("sum")
    is_set = table["kind"].isin([SEX, RACE]) & (sums <= table["of_all"])
    alone = pd.Series([f"alone {position}" for position in range(len(table))], dtype="str")
    names = table["kind"].astype("str").where(is_set, alone).to_numpy(dtype="object", copy=True)
    rest = table[~is_set & (table["kind"] != ALL)].reset_index(names="position")
    pairs = rest.merge(rest, on="whole", suffixes=("", "_other"))
    pairs = pairs[
        (pairs["position"] < pairs["position_other"]) & (pairs["students"] + pairs["students_other"] == pairs["of_all"])
    ]
    pairs = pairs.drop_duplicates("position").drop_duplicates("position_other")
    pairs = pairs[~pairs["position_other"].isin(pairs["position"])]
    names[pairs["position_other"].to_numpy()] = names[pairs["position"].to_numpy()]
    numbers = table.assign(name=names).groupby(["whole", "name"]).ngroup().to_numpy()
    return np.where(kinds == ALL, -1, numbers)
