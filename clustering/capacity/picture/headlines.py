"""What a commissioner needs to know of a picture, and what is to be read with its numbers: sentences."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from clustering.capacity.need.need_notes import describe_unknown
from clustering.capacity.need.zone_needs import ZoneNeeds
from clustering.capacity.picture.picture import StatePicture
from clustering.capacity.picture.service import Service
from clustering.model.plain_text import plain_text

# From this share on, one partner that fails takes most of the work with it.
TOO_MUCH_SHARE = 0.5
_COUNTED = (
    "Schools and students are counted once each, by school. Of a Zone served in a smaller variant the schools of that"
    " variant are served, and its others are not. A school of several levels counts in each level."
)
_PROTECTED = (
    "Counts that are protected enter sums by the middle of their interval, so sums of students below the mark are about"
    " right and give no small count away."
)


def describe_picture(picture: StatePicture, service: Service) -> tuple[str, ...]:
    """
    Say in a few sentences what a picture shows.

    Parameters
    ----------
    picture
        Its tables.
    service
        What it was drawn of.

    Returns
    -------
    headlines
        Need served, capacity used, cost, concentration, and the way to all Zones, one sentence or two each.
    """
    return tuple(_headlines(picture, service))


def _headlines(picture: StatePicture, service: Service) -> Iterator[str]:
    totals = picture.totals
    served, everything = totals.loc["served"], totals.loc["all"]
    students = (
        ""
        if pd.isna(everything["students"])
        else f" and {count_text(served['students'])} of {count_text(everything['students'])} students"
    )
    have = "have a partner" if picture.kind == "match" else "start with a partner within the plan"
    yield (
        f"{served['zones']:,.0f} of {everything['zones']:,.0f} Zones {have}:"
        f" {served['schools']:,.0f} of {everything['schools']:,.0f} schools{students}."
    )
    trimmed = int((service.served["variant"] != "as proposed").sum())
    if trimmed:
        yield f"{_counted(trimmed, 'Zone is', 'Zones are')} served in a smaller variant or in parts."
    yield from _capacity(picture)
    yield from _cost(picture, service)
    if len(picture.partners) and picture.partners["share_of_served_schools"].iloc[0] > TOO_MUCH_SHARE:
        first = picture.partners.iloc[0]
        yield (
            f"{plain_text(first['name'])} runs {first['share_of_served_schools']:.0%} of the schools served. If it"
            " fails, most of the work stops."
        )
    if picture.years_to_reach_all is not None:
        yield picture.years_to_reach_all


def _capacity(picture: StatePicture) -> Iterator[str]:
    falls = picture.falls
    if falls.empty:
        return
    busiest = falls.loc[falls["schools"].idxmax()]
    when = "" if pd.isna(busiest["fall"]) else f" in {school_year(int(busiest['fall']))}"
    yield (
        f"Partners can take on {busiest['schools_free']:,.0f} schools{when}, as far as the register says, and run"
        f" {busiest['schools']:,.0f} then."
    )


def _cost(picture: StatePicture, service: Service) -> Iterator[str]:
    falls = picture.falls
    total = falls["cost_dollars"].sum()
    if len(falls) == 1:
        yield f"A year at full cost takes {dollars_text(total)}."
        return
    first, last = int(falls["fall"].iloc[0]), int(falls["fall"].iloc[-1])
    dearest = falls.loc[falls["cost_dollars"].idxmax()] if len(falls) else None
    after = service.cost_afterwards_dollars
    yield (
        f"From {school_year(first)} to {school_year(last)} it costs {dollars_text(total)}, most in"
        f" {school_year(int(dearest['fall']))} ({dollars_text(dearest['cost_dollars'])})."
        + (f" Contracts that go on afterwards cost {dollars_text(after)} more." if after > 0 else "")
    )


def note_picture(needs: ZoneNeeds, service: Service) -> tuple[str, ...]:
    """
    Say how the numbers of a picture are to be read.

    Parameters
    ----------
    needs, service
        What it was drawn of.

    Returns
    -------
    notes
        A sentence or two each; those of the answer last.
    """
    own = [_COUNTED]
    if needs.disclosure == "protected":
        own.append(_PROTECTED)
    own += describe_unknown(needs.variants, needs.zones)
    return tuple(dict.fromkeys([*own, *service.notes]))


def school_year(fall: int) -> str:
    """Write a school year as people do: 2026 is ``2026-27``."""
    return f"{fall}-{(fall + 1) % 100:02d}"


def count_text(students: float) -> str:
    """Write a number of students; a dash where it is unknown."""
    return "–" if pd.isna(students) else f"{students:,.0f}"


def dollars_text(dollars: float) -> str:
    """Write a sum of money for people: ``$63.4 million``, ``$750,000``; a dash where it is unknown."""
    if pd.isna(dollars):
        return "–"
    if abs(dollars) < 1e6:
        return f"${dollars:,.0f}"
    millions = f"{dollars / 1e6:,.2f}" if abs(dollars) < 1e7 else f"{dollars / 1e6:,.1f}"
    return f"${millions.rstrip('0').rstrip('.')} million"


def _counted(count: int, one: str, several: str) -> str:
    return f"{count:,} {one if count == 1 else several}"
