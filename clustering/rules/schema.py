"""The form in which people write a rule: JSON Schema, and the problems of what does not keep to it."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping
from typing import Any

import jsonschema

from clustering.columns import POINT_MEASURES
from clustering.errors import Problem
from clustering.rules.fields import CRITERION_FIELDS, EXIT_FIELDS, RULE_FIELDS


def rule_schema() -> dict[str, Any]:
    """
    Form of a rule.

    Returns
    -------
    schema
        JSON Schema (draft 2020-12) of what :func:`~clustering.read_rule` takes as JSON or TOML.
    """
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Identification rule",
        "description": "Which schools are low-performing. Fields left out have the values of docs/identification.md.",
        "type": "object",
        "additionalProperties": False,
        "properties": {**RULE_FIELDS, **CRITERION_FIELDS},
    }
    return copy.deepcopy(schema)


def problems_of(document: Mapping[str, Any]) -> list[Problem]:
    """
    Check a rule as written.

    Parameters
    ----------
    document
        Fields.

    Returns
    -------
    problems
        All of them, the field in ``column``; empty if there are none.
    """
    validator = jsonschema.Draft202012Validator(rule_schema())
    try:
        errors = sorted(validator.iter_errors(document), key=lambda error: list(map(str, error.absolute_path)))
        told = [problem for error in errors for problem in _told(error)]
    except RecursionError:
        remedy = "Give the fields of a rule; none of them holds more than a list of other tests."
        return [rule_problem(None, None, "The rule is nested too deeply.", remedy)]
    # What contradicts the rest is told as well, among the fields that can be used.
    unusable = {error.absolute_path[0] for error in errors if error.absolute_path}
    usable = {field: value for field, value in document.items() if field not in unusable}
    return [*told, *_at_odds(usable)]


def rule_problem(field: str | None, value: object, message: str, remedy: str) -> Problem:
    """A problem of one field of a rule, its value cut to what can be shown."""
    shown = None if value is None else json.dumps(value, ensure_ascii=False, default=str)[:200]
    return Problem(
        table="rule", column=None if field is None else field[:200], value=shown, message=message, remedy=remedy
    )


def _told(error: jsonschema.ValidationError) -> Iterator[Problem]:
    field = _path(error)
    if error.validator == "additionalProperties":
        known = ", ".join(sorted(error.schema["properties"]))
        for name in sorted(set(map(str, error.instance)) - set(error.schema["properties"])):
            place = f"{field}.{name}" if field else name
            value = {str(key): value for key, value in error.instance.items()}[name]
            yield rule_problem(place, value, "A rule has no such field.", f"Fields: {known}.")
    elif error.validator == "required":
        yield rule_problem(field, error.instance, "A field is missing.", f"Give {' and '.join(error.validator_value)}.")
    else:
        schema = error.parent.schema if error.parent is not None else error.schema
        wanted = schema.get("description") or _description(field)
        allowed = f" It is one of {', '.join(map(str, schema['enum']))}." if "enum" in schema else _bounds(schema)
        yield rule_problem(field or None, error.instance, "The value cannot be used.", f"{wanted}{allowed}")


def _path(error: jsonschema.ValidationError) -> str:
    parts = [f"[{part}]" if isinstance(part, int) else f".{part}" for part in error.absolute_path]
    return "".join(parts).removeprefix(".")


def _description(field: str) -> str:
    """What the outermost field says of itself, for errors deep within it."""
    name = field.replace("]", "").replace("[", ".").split(".")
    known: dict[str, Any] = {**RULE_FIELDS, **CRITERION_FIELDS}
    for part in reversed(name):
        if part in known or part in EXIT_FIELDS:
            return str((known.get(part) or EXIT_FIELDS[part]).get("description", ""))
    return "Give the fields of a rule as an object."


def _bounds(schema: Mapping[str, Any]) -> str:
    low, high = schema.get("minimum"), schema.get("maximum")
    return "" if low is None or high is None else f" It lies from {low:,g} to {high:,g}."


def _at_odds(document: Mapping[str, Any]) -> Iterator[Problem]:
    """Fields that contradict each other, in the rule and in each of its other tests."""
    tests = [("", document), *((f"also[{place}].", test) for place, test in enumerate(document.get("also", [])))]
    for prefix, test in tests:
        yield from _test_at_odds(prefix, test)
    threshold = document.get("exit", {}).get("threshold")
    if threshold is not None and not _is_in_points(document) and not 0 <= threshold <= 1:
        yield rule_problem("exit.threshold", threshold, "A rate is a share from 0 to 1.", "Write 0.68 for 68%.")


def _test_at_odds(prefix: str, test: Mapping[str, Any]) -> Iterator[Problem]:
    threshold, years = test.get("threshold"), test.get("years")
    bottom = [name for name in ("bottom_share", "bottom_count") if name in test]
    if threshold is not None and bottom:
        message = f"A test has a threshold or is of the lowest, and {bottom[0]} is given too."
        yield rule_problem(f"{prefix}threshold", threshold, message, "Leave one out; put the other in also.")
    if threshold is not None and not _is_in_points(test) and not 0 <= threshold <= 1:
        yield rule_problem(f"{prefix}threshold", threshold, "A rate is a share from 0 to 1.", "Write 0.67 for 67%.")
    measures = [test["measure"]] if isinstance(test.get("measure"), str) else test.get("measure", [])
    if len(measures) > 1 and set(measures) & set(POINT_MEASURES):
        message = "The points of an index or of growth have no mean with other measures."
        yield rule_problem(f"{prefix}measure", measures, message, "Name it alone.")
    is_pooled = test.get("average") == "pooled" or test.get("below_minimum") == "pool_years"
    if is_pooled and (len(measures) > 1 or set(measures) & set(POINT_MEASURES)):
        message = "Only rates of one measure can be pooled: they need graduates and a cohort."
        yield rule_problem(f"{prefix}measure", measures, message, "Use average mean, or one rate.")
    if threshold is None and not bottom and (prefix or set(measures) - {"graduation_4year"}):
        message = "The test has neither a threshold nor a lowest share or count."
        yield rule_problem(f"{prefix}threshold", None, message, "Give threshold, or bottom_share or bottom_count.")
    if years == "newest" and test.get("average", "latest") != "latest":
        message = "The newest rate, however old, is one year."
        yield rule_problem(f"{prefix}years", years, message, "Give the number of years.")
    minimum = test.get("minimum_years")
    if minimum is not None and isinstance(years if years is not None else 1, int) and minimum > (years or 1):
        yield rule_problem(f"{prefix}minimum_years", minimum, "It is more than years.", "Give years or fewer.")


def _is_in_points(test: Mapping[str, Any]) -> bool:
    measure = test.get("measure")
    return bool({measure} & set(POINT_MEASURES)) if isinstance(measure, str) else False
