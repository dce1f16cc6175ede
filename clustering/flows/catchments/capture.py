"""
Capture: which share of the students who would enter a school by their address are taken to do so.

Catchments tell where students have a right to go. Enrolment tells whether they can have gone there. Where more students
would enter a grade by their address than it has, the others attend another school. And who attends a choice school goes
on to a choice school, as far as those have places: families who chose once do so again.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import pandas as pd

from clustering.errors import InputError, Problem
from clustering.flows.catchments.overlaps import SENDER
from clustering.flows.catchments.student_shares import EnrolmentSources
from clustering.flows.choice_schools import tells_nothing_of_leavers
from clustering.model.grades import offers_grade
from clustering.model.ingest_report import ChoiceSchool

CaptureRule = Literal["places", "none"]
CAPTURE_RULES: tuple[CaptureRule, ...] = get_args(CaptureRule)
# How far two sums of students may differ by rounding alone.
_TOLERANCE = 1e-9
_ENTRY = ["destination", "next_grade"]
_COUNTS = ["students", "students_low", "students_high"]
ENTRY_CAPTURE_COLUMNS = ("school_id", "grade", "entrants_students", "places_students", "share")


def check_capture(capture: str) -> CaptureRule:
    """
    Refuse words that are no rule of capture.

    Raises
    ------
    InputError
        The word is none of ``CAPTURE_RULES``.
    """
    for rule in CAPTURE_RULES:
        if capture == rule:
            return rule
    message, remedy = "There is no such rule of capture.", f"Give one of {', '.join(CAPTURE_RULES)}."
    raise InputError(
        [Problem(table="parameters", column="capture", value=str(capture), message=message, remedy=remedy)]
    )


@dataclass(frozen=True, kw_only=True)
class Capture:
    """
    Who is taken to attend the school of the address, and what that rests on.

    Parameters
    ----------
    entries
        One row per receiver and grade entered, sorted: ``school_id``, ``grade``, ``entrants_students`` (by address,
        from senders of known cohorts), ``places_students`` (missing where unknown) and ``share`` [0 to 1].
    leavers
        One row per choice school and final grade, sorted: ``origin``, ``grade``, ``share`` [0 to 1] of its students who
        enter the school of their address. The others go on to choice schools.
    """

    entries: pd.DataFrame
    leavers: pd.DataFrame

    def of_entries(self) -> pd.Series:
        """Shares by ``school_id`` and ``grade``."""
        shares: pd.Series = self.entries.set_index(["school_id", "grade"])["share"]
        return shares

    def of_schools(self) -> pd.Series:
        """Shares by school; the least of a school that is entered at several grades."""
        shares: pd.Series = self.entries.groupby("school_id")["share"].min()
        return shares

    def apply(self, by_address: pd.DataFrame) -> pd.DataFrame:
        """
        Keep the students who are taken to attend the school of their address.

        Parameters
        ----------
        by_address
            Estimated flows, every student to the school of the address.

        Returns
        -------
        flows
            The same columns. The other students of a sender have a missing destination: they are promoted, and no file
            says where. A sender of whom nobody is left has no rows.
        """
        entering = _look_up(self.of_entries(), by_address, _ENTRY)
        leaving = _look_up(self.leavers.set_index(SENDER)["share"], by_address, SENDER)
        share = entering * leaving
        kept = by_address.assign(**{name: by_address[name] * share for name in _COUNTS})
        rest = by_address.assign(**{name: by_address[name] * (1 - share) for name in _COUNTS})
        keys = [name for name in by_address.columns if name not in (*_COUNTS, "destination")]
        rest = rest.groupby(keys, dropna=False)[_COUNTS].sum().reset_index()
        rest = rest.assign(destination=pd.Series(pd.NA, rest.index, dtype="str"))
        kept = kept[kept["students"] > 0]
        rest = rest[(rest["students"] > _TOLERANCE) & rest["origin"].isin(kept["origin"])]
        flows = pd.concat([kept, rest[list(by_address.columns)]], ignore_index=True).astype(by_address.dtypes.to_dict())
        order = ["origin", "destination", "grade", "next_grade", "year"]
        return flows.sort_values(order, ignore_index=True)


def no_capture() -> Capture:
    """Everybody is taken to attend the school of the address."""
    return Capture(
        entries=pd.DataFrame(columns=list(ENTRY_CAPTURE_COLUMNS)).astype({"grade": "int64", "share": "float64"}),
        leavers=pd.DataFrame(columns=[*SENDER, "share"]).astype({"grade": "int64", "share": "float64"}),
    )


def estimate_capture(by_address: pd.DataFrame, places: pd.Series, leavers: pd.DataFrame) -> Capture:
    """
    Estimate capture from the places of receivers.

    Parameters
    ----------
    by_address
        Estimated flows from senders of known cohorts, every student to the school of the address.
    places
        Students of each grade entered by ``school_id`` and ``grade``; missing where unknown.
    leavers
        Of :func:`estimate_leavers`; who does not go to the school of the address takes no place there.

    Returns
    -------
    capture
        The share of a receiver is places / entrants, at most 1. Where either is unknown it is 1: nothing is assumed.
    """
    staying = _look_up(leavers.set_index(SENDER)["share"], by_address, SENDER)
    entrants = (by_address["students"] * staying).groupby([by_address[name] for name in _ENTRY]).sum()
    table = entrants.rename_axis(["school_id", "grade"]).rename("entrants_students").reset_index()
    table = table[table["entrants_students"] > 0].astype({"grade": "int64"})
    offered = places.reindex(pd.MultiIndex.from_frame(table[["school_id", "grade"]])).to_numpy(dtype="float64")
    table = table.assign(places_students=offered, share=(offered / table["entrants_students"]).clip(upper=1).fillna(1))
    entries = table[list(ENTRY_CAPTURE_COLUMNS)].sort_values(["school_id", "grade"], ignore_index=True)
    return Capture(entries=entries, leavers=leavers)


def leavers_of_choice_schools(
    coverage: pd.DataFrame, served: Collection[str], choice: Collection[ChoiceSchool], sources: EnrolmentSources
) -> pd.DataFrame:
    """
    Estimate where those go on who leave the choice schools that have a catchment; see :func:`estimate_leavers`.

    Parameters
    ----------
    coverage
        ``origin``, ``grade``: final grades of all schools with a catchment.
    served
        Schools that any usable catchment serves.
    choice
        Schools that are no neighbourhood schools.
    sources
        Grades, districts and enrolment.
    """
    silent = {school.school_id for school in choice if tells_nothing_of_leavers(school)}
    outside = set(sources.schools.index) - (set(served) - silent)
    return estimate_leavers(coverage.loc[coverage["origin"].isin(silent), SENDER], outside, sources)


def estimate_leavers(senders: pd.DataFrame, choice: Collection[str], sources: EnrolmentSources) -> pd.DataFrame:
    """
    Estimate which share of the students of choice schools goes on to the school of the address.

    Parameters
    ----------
    senders
        ``origin``, ``grade``: final grades of choice schools.
    choice
        All listed schools that are no neighbourhood schools; students go there from anywhere in the district.
    sources
        Grades, districts and enrolment.

    Returns
    -------
    leavers
        ``origin``, ``grade``, ``share`` [0 to 1]: what is left if the choice schools of the district take as many as
        they have places in the next grade, out of all who leave one of them. Where a number is unknown the share is 0:
        nothing is said of where these students go.
    """
    senders = senders.sort_values(SENDER, ignore_index=True)
    listed = sources.schools.loc[sources.schools.index.isin(list(choice))]
    districts = _districts(sources.schools)
    table = pd.DataFrame({"school_id": listed.index, "mask": listed["grades_offered"].to_numpy()})
    table = table.merge(senders[["grade"]].drop_duplicates(), how="cross")
    has, has_next = (offers_grade(table["mask"], table["grade"] + step).to_numpy(dtype=bool) for step in (0, 1))
    leaving = _students_by_district(table[has & ~has_next], districts, sources)
    entering = table[~has & has_next].assign(grade=table["grade"] + 1)
    places = _students_by_district(entering, districts, sources).rename(lambda grade: grade - 1, level="grade")
    keys = pd.MultiIndex.from_arrays([senders["origin"].map(districts).fillna(""), senders["grade"]])
    going = (places.reindex(keys) / leaving.reindex(keys)).to_numpy()
    share = np.where(keys.isin(places.index), 1 - np.minimum(going, 1), 1.0)
    return senders[SENDER].assign(share=np.nan_to_num(share, nan=0.0))


def _districts(schools: pd.DataFrame) -> pd.Series:
    """The district of each school; where none is known, all such schools count as one."""
    named = schools["district_id"] if "district_id" in schools else pd.Series("", index=schools.index)
    districts: pd.Series = named.astype("object").fillna("")
    return districts


def _students_by_district(rows: pd.DataFrame, districts: pd.Series, sources: EnrolmentSources) -> pd.Series:
    """Students of grades of schools, added up by ``district`` and ``grade``; missing where one is unknown."""
    students = sources.places(rows).to_numpy()
    keys = [rows["school_id"].map(districts).rename("district"), rows["grade"].astype("int64")]
    summed: pd.Series = pd.Series(students, index=rows.index).groupby(keys).agg(lambda known: known.sum(skipna=False))
    return summed


def _look_up(shares: pd.Series, rows: pd.DataFrame, keys: list[str]) -> np.ndarray:
    """The share of each row; 1 where there is none."""
    wanted = pd.MultiIndex.from_arrays([rows[keys[0]].astype("object"), rows[keys[1]].astype("int64")])
    found: np.ndarray = shares.reindex(wanted).fillna(1.0).to_numpy(dtype="float64")
    return found
