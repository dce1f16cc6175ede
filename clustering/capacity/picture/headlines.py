"""What a commissioner needs to know of a picture, and what is to be read with its numbers: sentences."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from clustering.capacity.need.need_notes import describe_unknown
from clustering.capacity.need.zone_needs import ZoneNeeds
from clustering.capacity.picture.picture import PictureKind, StatePicture
from clustering.capacity.picture.service import Service
from clustering.capacity.plan_years.year_plan import FIRST_YEARS
from clustering.capacity.plan_years.years_to_reach_all import YearsToReachAll
from clustering.model.disclosure_setting import is_exact
from clustering.model.plain_text import plain_text, school_year_text
from clustering.model.records import table_records

# From this share on, one partner that fails takes most of the work with it.
TOO_MUCH_SHARE = 0.5
_COUNTED = (
    "Each school and its students are counted once. Where a Zone is served in a smaller variant, the schools of that"
    " variant are served and its other schools are not. A school of several levels counts in each of them."
)
_PROTECTED = (
    "A sum takes a protected count at the middle of its interval. Sums of students below the mark are therefore about"
    " right, and they give no small count away."
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
    parts = {str(part): row for part, row in zip(picture.totals.index, table_records(picture.totals), strict=True)}
    served, everything = parts["served"], parts["all"]
    students_served = served["students"] if served["zones"] else 0.0
    students = (
        ""
        if everything["students"] is None
        else f" and {count_text(students_served)} of {count_text(everything['students'])} students"
    )
    have, falls = "have a partner", table_records(picture.falls)
    within = ""
    if picture.kind == "year plan":
        have, within = f"start{_last_start(service)}", _within(falls)
    yield (
        f"{within}{served['zones']:,} of {everything['zones']:,} Zones {have}:"
        f" {served['schools']:,} of {everything['schools']:,} schools{students}."
    )
    trimmed = int((service.served["variant"] != "as proposed").sum())
    if trimmed:
        yield f"{trimmed:,} {'Zone is' if trimmed == 1 else 'Zones are'} served in a smaller variant or in parts."
    yield from service.sentences
    if falls:
        yield _describe_capacity(falls, picture.kind)
        yield _describe_cost(falls, service)
    if len(picture.partners) and picture.partners["share_of_served_schools"].iloc[0] > TOO_MUCH_SHARE:
        first = table_records(picture.partners)[0]
        share = first["share_of_served_schools"]
        part, work = ("all", "all") if share == 1 else (f"{share:.0%}", "most")
        yield f"{plain_text(first['name'])} runs {part} of the schools served. If it fails, {work} of the work stops."
    if picture.years_to_reach_all is not None:
        yield picture.years_to_reach_all


def _within(falls: Sequence[Mapping[str, Any]]) -> str:
    return f"In the {len(falls)} school years from {school_year_text(falls[0]['fall'])}, "


def _last_start(service: Service) -> str:
    """When the last Zone of a plan starts, after a comma."""
    starts = service.served["start_fall"].dropna().astype(int)
    if starts.empty:
        return ""
    first, last = int(starts.min()), int(starts.max())
    return f", all in {school_year_text(last)}" if first == last else f", the last in {school_year_text(last)}"


def _describe_capacity(falls: Sequence[Mapping[str, Any]], kind: PictureKind) -> str:
    busiest = max(falls, key=lambda fall: fall["schools"])
    when = "" if busiest["fall"] is None else f" in {school_year_text(busiest['fall'])}"
    eligible, free = busiest["schools_eligible"], busiest["schools_free"]
    others = (
        "" if eligible == free else f" Partners that may run no Zone here have room for {free - eligible:,.0f} more."
    )
    return (
        f"Partners that may run a Zone here can take on {eligible:,.0f} schools{when}, as far as the register says. The"
        f" {'match' if kind == 'match' else 'plan'} uses {busiest['schools']:,.0f} of them.{others}"
    )


def _describe_cost(falls: Sequence[Mapping[str, Any]], service: Service) -> str:
    total = sum(fall["cost_dollars"] for fall in falls)
    if service.served.empty:
        return f"It costs nothing, because no Zone {'has a partner' if service.kind == 'match' else 'starts'}."
    if len(falls) == 1:
        return f"A year at full cost comes to {dollars_text(total)}."
    most, after = max(fall["cost_dollars"] for fall in falls), service.cost_afterwards_dollars
    first, last = school_year_text(falls[0]["fall"]), school_year_text(falls[-1]["fall"])
    of_first = sum(fall["cost_dollars"] for fall in falls[:FIRST_YEARS])
    early = f", {dollars_text(of_first)} of it in the first three school years" if len(falls) > FIRST_YEARS else ""
    return (
        f"From {first} to {last} it costs {dollars_text(total)}{early}. No school year costs more"
        f" than {dollars_text(most)}."
        + (" Planning is counted without cost." if service.planning_is_free else "")
        + (f" After the last year, contracts already signed cost {dollars_text(after)} more." if after > 0 else "")
    )


def describe_reach(reach: YearsToReachAll | str | None, service: Service) -> str | None:
    """
    Say when every Zone could be reached by a plan made for that, and what the plan of the picture does.

    Parameters
    ----------
    reach
        What ``years_to_reach_all`` answers; a sentence stays as it is.
    service
        What the picture is drawn of.

    Returns
    -------
    sentence
        With the Zones that can never start; ``None`` where nothing was worked out.
    """
    if reach is None or isinstance(reach, str):
        return reach
    unreachable = reach.zones_in_all - reach.zones_reachable
    in_all = f"{reach.zones_in_all:,} Zones"
    rest = f" {unreachable:,} of {in_all} can never start: no partner can run them." if unreachable else ""
    if reach.zones_reachable == 0:
        return f"None of the {in_all} can ever start."
    if reach.status == "time limit" or (reach.status == "optimal" and reach.fall is None):
        return f"When every Zone could be reached was not found within the time limit.{rest}"
    if reach.fall is None or reach.years is None:
        return f"Even {reach.longest} years do not reach every Zone that a partner can run.{rest}"
    every = f"all {reach.zones_reachable:,} Zones{' that a partner can run' if unreachable else ''}"
    if reach.zones_reachable == 1:
        every = f"the 1 Zone{' that a partner can run' if unreachable else ''}"
    started = service.served["zone_id"].nunique()
    own = f" This plan starts {started:,}{_last_start(service)}." if service.kind == "year plan" else ""
    return (
        f"A plan made to start every Zone as soon as possible could reach {every} by"
        f" {school_year_text(reach.fall)}, in {reach.years} years, with the capacity, growth and money stated."
        f"{own}{rest}"
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
    if not is_exact(needs.disclosure):
        own.append(_PROTECTED)
    own += describe_unknown(needs.variants, needs.zones)
    headlines = set(service.sentences)
    return tuple(dict.fromkeys(note for note in [*own, *service.notes] if note not in headlines))


def count_text(students: float | None) -> str:
    """Write a number of students; a dash where it is unknown."""
    return "–" if students is None or math.isnan(students) else f"{students:,.0f}"


def dollars_text(dollars: float | None) -> str:
    """Write a sum of money for people: ``$63.4 million``, ``$750,000``; a dash where it is unknown."""
    if dollars is None or math.isnan(dollars):
        return "–"
    if abs(dollars) < 1e6:
        return f"${dollars:,.0f}"
    # Halves go up, so that the amounts of a table add up as readers round them.
    digits = 2 if abs(dollars) < 1e7 else 1
    millions = f"{math.floor(dollars / 10 ** (6 - digits) + 0.5) / 10**digits:,.{digits}f}"
    return f"${millions.rstrip('0').rstrip('.')} million"
