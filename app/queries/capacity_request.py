"""What a request for a match or a year plan asks for that is not the default, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.queries.request_summary import changed_parameters
from clustering import MatchParameters, parameter_schema, school_year_text

# Ends of names that say a unit, which the words after the number say too.
_UNIT_SUFFIXES = ("_dollars", "_s")


def summarise_capacity_request(model: type[MatchParameters], parameters: Mapping[str, Any]) -> str:
    """
    Say what a request asks for that is not the default.

    Parameters
    ----------
    model, parameters
        As for :func:`changed_parameters`.

    Returns
    -------
    text
        Such as ``budget 15,000,000 dollars a year; allow smaller Zones; must be served zone-0010``.
    """
    properties = parameter_schema(model)["properties"]
    changed = changed_parameters(model, parameters)
    words = [_in_words(name, value, properties) for name, value in changed.items()]
    return "; ".join(words) or "all parameters as by default"


def describe_parameters(model: type[MatchParameters], document: Mapping[str, Any]) -> list[tuple[str, str]]:
    """
    Write every parameter of a result as people read it.

    Parameters
    ----------
    model
        Of the request.
    document
        Of the match or the year plan, which knows the school year that a blank ``start_year`` came to.

    Returns
    -------
    facts
        Name in words and value, in the order of the fields.
    """
    properties = parameter_schema(model)["properties"]
    facts = []
    for name, value in document["parameters"].items():
        unit = _unit_of(name, properties)
        text = _NOTHING.get(name, "none") if value in (None, []) else _written(name, value, unit)
        if name == "start_year":
            text = _start_year(value, document.get("first_fall", document.get("fall")))
        facts.append((_words_of(name, unit), text))
    return facts


_NOTHING = {
    "budget_dollars": "no limit",
    "maximum_zones_per_partner": "no limit",
    "later_cost_per_school_dollars": "as at full cost",
    "later_cost_per_student_dollars": "as at full cost",
}
# What a name says too briefly for people.
PARAMETER_WORDS = {
    "allow_smaller": "allow smaller Zones",
    "allow_parts": "allow parts of Zones",
    "force_match": "must be matched",
    "forbid_match": "must not be matched",
    "force_served": "must be served",
    "force_unserved": "must not be served",
}


def _start_year(value: int | None, fall: int | None) -> str:
    """The school year in which partners start, whoever chose it."""
    if fall is None:
        return "not known: no file tells a year"
    text = school_year_text(fall)
    return text if value is not None else f"{text}, the first school year after the newest data"


def _in_words(name: str, value: object, properties: Mapping[str, Any]) -> str:
    unit = _unit_of(name, properties)
    words = _words_of(name, unit)
    if isinstance(value, bool):
        return words if value else f"no {words}"
    return f"{words} {'none' if value in (None, []) else _written(name, value, unit)}"


def _unit_of(name: str, properties: Mapping[str, Any]) -> str:
    """Blank where there is none, or where the name says it."""
    unit = str(properties.get(name, {}).get("unit", ""))
    return "" if name.endswith(unit) else unit


def _words_of(name: str, unit: str) -> str:
    """The name in words, without the unit that stands after its value."""
    suffix = next((each for each in _UNIT_SUFFIXES if unit and name.endswith(each)), "")
    return PARAMETER_WORDS.get(name, name.removesuffix(suffix).replace("_", " "))


def _written(name: str, value: object, unit: str) -> str:
    """Numbers with their unit, lists one after the other, years as school years."""
    after = f" {unit}" if unit else ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if name == "start_year" and isinstance(value, int):
        return school_year_text(value)
    if isinstance(value, list):
        return ", ".join(_written("", each, "") for each in value) + after
    return f"{value:,.12g}{after}" if isinstance(value, int | float) else str(value)
