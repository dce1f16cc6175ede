"""Who enters the anchors of a Zone: how many of their entry grades are known, and what unlisted schools send."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from clustering.zones.feeder_graph import FeederTables
from clustering.zones.request import ZoneRequest

# Some students of an entry grade repeat it or come from elsewhere. Where fewer than this share of the grade are known
# to come from another school, the flows leave most of its students out.
LEAST_KNOWN_SHARE = 0.5


@dataclass(frozen=True, kw_only=True)
class UnlistedSender:
    """
    A school that the schools files do not list.

    Parameters
    ----------
    label
        Its identifier as the flows have it, behind its name if they give one.
    students
        Whom it sends to the anchors, per year.
    """

    label: str
    students: float


@dataclass(frozen=True, kw_only=True)
class Entrants:
    """
    Students who enter an anchor, or several that share a Zone, per year.

    Parameters
    ----------
    anchor_count
        Anchors.
    entering_students
        Those who are known to come from another school.
    entry_grade_students
        Students in the entry grades of the anchors; ``None`` if no file tells.
    unlisted_students
        Those of the entering students whom schools send that the schools files do not list.
    unlisted_sender
        The one of these schools that sends most; ``None`` if none does.
    is_uncertain
        Whether the entering students rest on counts that are intervals.
    """

    anchor_count: int
    entering_students: float
    entry_grade_students: float | None
    unlisted_students: float
    unlisted_sender: UnlistedSender | None
    is_uncertain: bool


def find_entrants(
    tables: FeederTables, groups: Mapping[str, Sequence[str]], request: ZoneRequest
) -> Mapping[str, Entrants]:
    """
    Add up who enters each group of anchors.

    Parameters
    ----------
    tables
        The feeder graph.
    groups
        The anchors that share a Zone, by the first of them; each anchor in one group.
    request
        Knows the positions of schools, and names of unlisted ones.

    Returns
    -------
    entrants
        By the first anchor of each group.
    """
    leading = {each: first for first, group in groups.items() for each in group}
    senders = _largest_unlisted_senders(tables, leading, request.unlisted_names)
    columns = [
        "entering_students",
        "entering_students_low",
        "entering_students_high",
        "entry_grade_students",
        "unlisted_entering_students",
    ]
    # By position: to look identifiers up takes longer than all the rest.
    totals = tables.totals[columns].take(request.positions_of(list(leading)))
    sums = totals.groupby(pd.Index(list(leading.values())), sort=False).sum()
    return {
        first: Entrants(
            anchor_count=len(groups[first]),
            entering_students=entering,
            entry_grade_students=in_grade if in_grade > 0 else None,
            unlisted_students=unlisted,
            unlisted_sender=senders.get(first),
            is_uncertain=low != high,
        )
        for first, entering, low, high, in_grade, unlisted in sums.itertuples(name=None)
    }


def _largest_unlisted_senders(
    tables: FeederTables, leading: Mapping[str, str], names: Mapping[str, str]
) -> dict[str, UnlistedSender]:
    """The unlisted school that sends most students to each group of anchors."""
    senders = tables.unlisted_senders
    if senders is None or senders.empty:
        return {}
    of_groups = senders.assign(anchor=senders["destination"].map(leading)).dropna(subset="anchor")
    sums = pd.DataFrame(of_groups.groupby(["anchor", "origin"], as_index=False)["students"].sum())
    largest = sums.sort_values(["anchor", "students", "origin"], ascending=[True, False, True])
    rows = largest.drop_duplicates("anchor")[["anchor", "origin", "students"]].itertuples(index=False)
    return {
        anchor: UnlistedSender(label=f"{names[origin]} ({origin})" if origin in names else origin, students=students)
        for anchor, origin, students in rows
    }


def describe_entrants(entrants: Entrants) -> list[str]:
    """Say in up to two sentences what the known entrants leave out, and what unlisted schools send."""
    return [*_describe_entry_grade(entrants), *_describe_unlisted(entrants)]


def _describe_entry_grade(entrants: Entrants) -> list[str]:
    in_grade = entrants.entry_grade_students
    if in_grade is None or entrants.entering_students >= LEAST_KNOWN_SHARE * in_grade:
        return []
    grades = "Its entry grade has"
    if entrants.anchor_count > 1:
        grades = f"The entry grades of its {entrants.anchor_count} anchors together have"
    if not entrants.entering_students:
        return [f"{grades} about {in_grade:,.0f} students, and for none of them the files tell the school before."]
    known = f"{'about ' if entrants.is_uncertain else ''}{entrants.entering_students:,.0f}"
    return [f"{grades} about {in_grade:,.0f} students, and only for {known} the files tell the school before."]


def _describe_unlisted(entrants: Entrants) -> list[str]:
    students, sender = entrants.unlisted_students, entrants.unlisted_sender
    if students <= 0:
        return []
    about = "about " if entrants.is_uncertain else ""
    where = "it" if entrants.anchor_count == 1 else "its anchors"
    sentence = (
        f"Schools that are not in the schools files send {about}{students:,.0f} of the"
        f" {entrants.entering_students:,.0f} students who are known to enter {where} from another school"
    )
    if sender is None:
        return [f"{sentence}."]
    if sender.students >= students:
        return [f"{sentence}, all of them {sender.label}."]
    which = "most of them" if sender.students > students / 2 else "the largest part"
    return [f"{sentence}, {which} {sender.label} ({sender.students:,.0f})."]
