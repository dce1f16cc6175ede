"""How much of a plan is served at once, and when schools lose their partner: sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from clustering.capacity.matching.obstacle_sentences import plural
from clustering.capacity.plan_years.limit_sentences import named
from clustering.model.plain_text import school_year_text
from clustering.model.records import table_records


def describe_service_by_year(starts: pd.DataFrame, years: pd.DataFrame) -> tuple[str, ...]:
    """
    Say how many schools are served at once, at most and in the last year, and when contracts end.

    Parameters
    ----------
    starts, years
        Of a :class:`~clustering.YearPlan`.

    Returns
    -------
    sentences
        One for what is served at once, and one for contracts that end within the plan; none if nothing starts.
    """
    return () if starts.empty else tuple(_sentences(starts, years))


def _sentences(starts: pd.DataFrame, years: pd.DataFrame) -> Iterator[str]:
    rows = table_records(years)
    busiest, last = max(rows, key=lambda row: (row["schools_in_service"], row["students_in_service"] or 0)), rows[-1]
    yield " ".join(_at_once(busiest, last))
    leaving = [row for row in rows if row["schools_leaving"]]
    if leaving:
        whole, (first, *later) = int(starts["school_count"].sum()), leaving
        where = f"{first['schools_leaving']:,} of {plural(whole, 'school')} {_lose(first)} in fall {first['fall']}"
        parts = [where, *(f"{row['schools_leaving']:,} in fall {row['fall']}" for row in later)]
        yield f"{named(parts)}, because contracts end. The plan renews none."


def _at_once(busiest: Mapping[str, Any], last: Mapping[str, Any]) -> Iterator[str]:
    is_are = "is" if busiest["schools_in_service"] == 1 else "are"
    most, end = f"At most {_served(busiest)} {is_are} served at once", school_year_text(last["fall"])
    if _served(busiest) == _served(last):
        since = "" if busiest["fall"] == last["fall"] else f"{school_year_text(busiest['fall'])} and still in "
        yield f"{most}, in {since}{end}, the last year."
        return
    yield f"{most}, in {school_year_text(busiest['fall'])}."
    yield f"In {end}, the last year, {_served(last)} {'is' if last['schools_in_service'] == 1 else 'are'} served."


def _served(row: Mapping[str, Any]) -> str:
    schools = plural(row["schools_in_service"], "school")
    if row["students_in_service"] is None or not row["schools_in_service"]:
        return schools
    return f"{schools} with {row['students_in_service']:,.0f} students"


def _lose(row: Mapping[str, Any]) -> str:
    return "loses its partner" if row["schools_leaving"] == 1 else "lose their partner"
