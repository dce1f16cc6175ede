"""What a register, a match and a year plan come to, in a sentence or two each."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from clustering import school_year_text

_NAMED = 10
_FIRST_YEARS = 3
_FAR_YEARS = 10  # a first school year that is more years away is likely a slip of the pen
_FIRST_MONTH = 8  # of a school year, where the request does not say it
_NEED_WORDS = {"students": "students", "students_below": "students below the mark", "lowest_rates": "points of need"}
_NEED_YEARS_WORDS = {
    "students": "student-years",
    "students_below": "student-years below the mark",
    "lowest_rates": "points of need times years served",
}


def describe_register(counts: Mapping[str, Any]) -> str:
    """
    Say how many partners a register has, and what they can run.

    Parameters
    ----------
    counts
        Of ``clustering.register_document``.

    Returns
    -------
    statement
        Such as ``8 Lead Partners can take on 46 more schools. 6 of them can be matched, with 30 of these schools.``
    """
    lead, able = counts["lead_partners"], counts["lead_partners_without_obstacle"]
    more = _counted(counts["schools_free"], "more school")
    statement = f"{_counted(lead, 'Lead Partner')} can take on {more}. {able:,} of them can be matched"
    usable = counts.get("schools_free_without_obstacle")  # registers stored by an earlier version do not say it
    statement += "." if usable is None or not able else f", with {usable:,.0f} of these schools."
    if unknown := counts["lead_partners_with_unknown_capacity"]:
        statement += f" The capacity of {unknown:,} is not known."
    return statement


def describe_match(document: Mapping[str, Any]) -> str:
    """
    Say what a match serves, at what cost, and how good it is.

    Parameters
    ----------
    document
        As ``clustering.match_document`` writes it.

    Returns
    -------
    statement
        Two sentences, three where no Zone has a partner.
    """
    solution = document["solution"]
    need = _NEED_WORDS[document["parameters"]["need"]]
    served = (
        f"With a Lead Partner{_from_fall(document)}: {solution['zones_served']:,} of"
        f" {_counted(solution['zones_in_all'], 'Zone')},"
        f" {solution['need_served']:,.0f} of {solution['need_in_all']:,.0f} {need}, in"
        f" {_counted(solution['schools_served'], 'school')}"
    )
    if not solution["zones_served"]:
        return f"{served}. It costs nothing, because no Zone has a partner. {_proof(solution)}"
    return f"{served}, for ${solution['cost_dollars']:,.0f} a year. {_proof(solution)}"


def describe_year_plan(document: Mapping[str, Any]) -> str:
    """
    Say what a year plan serves, at what cost, and how good it is.

    Parameters
    ----------
    document
        As ``clustering.year_plan_document`` writes it.

    Returns
    -------
    statement
        Two sentences, three where no Zone starts.
    """
    solution, starts, not_started = document["solution"], document["starts"], document["never_started"]
    zones = len({row["zone_id"] for row in starts})
    words = _NEED_YEARS_WORDS if document["parameters"]["count_by"] == "years served" else _NEED_WORDS
    counted = words[document["parameters"]["need"]]
    early = (
        f", ${solution['first_three_years_cost_dollars']:,.0f} of it in the first three school years"
        if len(document["years"]) > _FIRST_YEARS
        else ""
    )
    planned = (
        f"In the {len(document['years'])} school years from {school_year_text(document['first_fall'])}, {zones:,} of"
        f" {_counted(zones + len(not_started), 'Zone')} {'starts' if zones == 1 else 'start'}:"
        f" {solution['need']:,.0f} {counted}"
    )
    if not zones:
        return f"{planned}. It costs nothing, because no Zone starts. {_proof(solution)}"
    free = ", planning counted without cost" if document["planning_is_free"] else ""
    schools = _counted(sum(row["school_count"] for row in starts), "school")
    return f"{planned}, in {schools}, for ${solution['cost_dollars']:,.0f} in all{early}{free}. {_proof(solution)}"


def describe_years_to_reach_all(document: Mapping[str, Any]) -> str:
    """
    Say how long it takes until every Zone has started.

    Parameters
    ----------
    document
        As ``clustering.years_to_reach_all_document`` writes it.

    Returns
    -------
    statement
        One or two sentences.
    """
    zones, never = document["zones_reachable"], document["never"]
    if document["status"] == "optimal" and document["fall"] is not None:
        statement = f"All {zones:,} Zones that can start have started by the fall of {document['fall']}."
    elif document["status"] == "not reached":
        statement = f"{document['longest']:,} years are too few for all {zones:,} Zones that can start."
    elif zones == 0:
        statement = "No Zone can ever start."
    else:
        statement = "Time ran out before the number of years was proved."
    if never:
        names = ", ".join(f"{each['zone_name']} ({each['zone_id']})" for each in never[:_NAMED])
        more = f" and {len(never) - _NAMED:,} more" if len(never) > _NAMED else ""
        statement += f" These can never start: {names}{more}."
    return statement


def warn_of_first_year(document: Mapping[str, Any], today: date) -> str | None:
    """
    Warn of a match or a year plan whose first school year is past or far off.

    A plan whose first school year goes into planning can still be followed while that year runs.

    Parameters
    ----------
    document
        As ``clustering.match_document`` or ``clustering.year_plan_document`` writes it.
    today
        The date to compare with.

    Returns
    -------
    warning
        A sentence or two; ``None`` where the first school year is near enough, or unknown.
    """
    fall, what = (document["first_fall"], "plan") if "first_fall" in document else (document["fall"], "match")
    if fall is None:
        return None
    month = document["parameters"].get("first_month", _FIRST_MONTH)
    next_fall = today.year + (date(today.year, month, 1) < today)
    earliest = next_fall - bool(document["parameters"].get("planning_years", 0))
    if fall < earliest:
        return (
            f"The {what} begins in the fall of {fall}, which is past: today is {today.isoformat()}. Set start_year to"
            f" {earliest} or later for one that can still be followed."
        )
    if fall > next_fall + _FAR_YEARS:
        return (
            f"The {what} begins in the fall of {fall}, which is {fall - today.year} years from now. If that is a slip,"
            " set start_year to the year that is meant."
        )
    return None


def _from_fall(document: Mapping[str, Any]) -> str:
    return "" if document["fall"] is None else f" from the fall of {document['fall']}"


def _proof(solution: Mapping[str, Any]) -> str:
    if solution["status"] == "optimal":
        return "Proved optimal: nothing else serves more need."
    return f"Best found in time, within {solution['gap']:.2%} of the optimum."


def _counted(count: float, noun: str) -> str:
    return f"{count:,.0f} {noun}{'' if count == 1 else 's'}"
