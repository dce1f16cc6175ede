"""How much of a plan is served at once, and when contracts are renewed or end: sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from clustering.capacity.matching.obstacle_sentences import all_of, plural
from clustering.capacity.plan_years.parameters import PlanYearsParameters
from clustering.model.plain_text import school_year_text
from clustering.model.records import table_records


def describe_service_by_year(
    starts: pd.DataFrame, years: pd.DataFrame, parameters: PlanYearsParameters
) -> tuple[str, ...]:
    """
    Say how many schools are served at once, at most and in the last year, and when contracts are renewed or end.

    Parameters
    ----------
    starts, years
        Of a :class:`~clustering.YearPlan`.
    parameters
        Its request.

    Returns
    -------
    sentences
        One for what is served at once, and one each for contracts that are renewed and that end within the plan; none
        if nothing starts.
    """
    return () if starts.empty else tuple(_sentences(starts, years, parameters))


def _sentences(starts: pd.DataFrame, years: pd.DataFrame, parameters: PlanYearsParameters) -> Iterator[str]:
    rows = table_records(years)
    busiest, last = max(rows, key=lambda row: (row["schools_in_service"], row["students_in_service"] or 0)), rows[-1]
    yield " ".join(_at_once(busiest, last))
    renewing = [row for row in rows if row["zones_renewed"]]
    if renewing:
        yield _describe_renewals(renewing)
    leaving = [row for row in rows if row["schools_leaving"]]
    if leaving:
        whole, (first, *later) = int(starts["school_count"].sum()), leaving
        where = f"{first['schools_leaving']:,} of {plural(whole, 'school')} {_lose(first)} in fall {first['fall']}"
        parts = [where, *(f"{row['schools_leaving']:,} in fall {row['fall']}" for row in later)]
        yield f"{all_of(parts)}, because contracts end." + (
            "" if parameters.renewals else " The request allows no renewal."
        )


def _describe_renewals(renewing: list[dict[str, Any]]) -> str:
    first, *later = renewing
    count = first["zones_renewed"]
    parts = [f"{plural(count, 'contract')} {'is' if count == 1 else 'are'} renewed in fall {first['fall']}"]
    parts += [f"{row['zones_renewed']:,} in fall {row['fall']}" for row in later]
    return f"{all_of(parts)}. Each renewal depends on the reviews before it, which no plan can foresee."


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
