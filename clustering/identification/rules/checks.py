"""Faults of a rule that its form lets pass: fields that contradict each other, and numbers that are none."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from clustering.errors import Problem
from clustering.model.columns import POINT_MEASURES

_GREATEST_DEPTH = 8  # rules need four
_GREATEST_NUMBER = 1e15  # above it, not every whole number is a float


def rule_problem(field: str | None, value: object, message: str, remedy: str) -> Problem:
    """A problem of one field of a rule, its value cut to what can be shown."""
    shown = value if value is None or isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return Problem(
        table="rule",
        column=None if field is None else field[:200],
        value=None if shown is None else shown[:200],
        message=message,
        remedy=remedy,
    )


def unusable_values(value: object, field: str = "", depth: int = 0) -> Iterator[Problem]:
    """
    Find numbers that are none (NaN, infinity, whole numbers beyond all floats), and fields nested too deeply.

    Comparisons let the former pass, and the latter are too much for whatever walks through them.

    Parameters
    ----------
    value
        A rule as written, or a part of it.
    field
        The name of that part.
    depth
        How deep in the rule it is.

    Yields
    ------
    problem
        One per value.
    """
    parts: Iterator[tuple[str, object]] = iter(())
    if isinstance(value, Mapping):
        parts = ((f"{field}.{name}" if field else str(name), part) for name, part in value.items())
    elif isinstance(value, list | tuple):
        parts = ((f"{field}[{number}]", part) for number, part in enumerate(value))
    elif isinstance(value, int | float) and not abs(value) <= _GREATEST_NUMBER:
        shown = str(value) if isinstance(value, float) else "a number of very many digits"
        yield rule_problem(field, shown, "The value is no number that can be used.", "Give a finite number.")
    for name, part in parts:
        if depth == _GREATEST_DEPTH:
            yield rule_problem(name, None, "Fields are nested too deeply.", "Give the fields of rule_schema().")
            return
        yield from unusable_values(part, name, depth + 1)


def contradictions(document: Mapping[str, Any]) -> Iterator[Problem]:
    """
    Find fields that contradict each other, in a rule and in each of its other tests.

    Parameters
    ----------
    document
        A rule as written, valid by its schema.

    Yields
    ------
    problem
        One per field.
    """
    tests = [("", document), *((f"also[{number}].", test) for number, test in enumerate(document.get("also", [])))]
    for prefix, test in tests:
        yield from _test_at_odds(prefix, test)
    leaving = document.get("exit", {})
    threshold, gain = leaving.get("threshold"), leaving.get("minimum_gain_of_gap")
    if threshold is not None and not is_in_points(document) and not 0 <= threshold <= 1:
        yield rule_problem("exit.threshold", threshold, "A rate is a share from 0 to 1.", "Write 0.68 for 68%.")
    scales = {is_in_points(test) for _, test in tests}
    if threshold is not None and len(scales) > 1:
        message = "The rule tests both shares and points, and one number cannot be both."
        yield rule_problem("exit.threshold", threshold, message, "Leave it out: no longer meeting the rule is enough.")
    if gain is not None and is_in_points(document):
        message = "The points of an index or of growth have no gap to 100 per cent."
        yield rule_problem("exit.minimum_gain_of_gap", gain, message, "Leave it out, or use a rate.")


def _test_at_odds(prefix: str, test: Mapping[str, Any]) -> Iterator[Problem]:
    threshold, years = test.get("threshold"), test.get("years")
    bottom = [name for name in ("bottom_share", "bottom_count") if name in test]
    if threshold is not None and bottom:
        message = f"A test has a threshold or is of the lowest, and {bottom[0]} is given too."
        yield rule_problem(f"{prefix}threshold", threshold, message, "Leave one out; a second test goes into also.")
    if threshold is not None and not is_in_points(test) and not 0 <= threshold <= 1:
        yield rule_problem(f"{prefix}threshold", threshold, "A rate is a share from 0 to 1.", "Write 0.67 for 67%.")
    measures = _measures(test)
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
    if minimum is not None and minimum > (1 if years in (None, "newest") else years):
        yield rule_problem(f"{prefix}minimum_years", minimum, "It is more than years.", "Give years or fewer.")


def is_in_points(test: Mapping[str, Any]) -> bool:
    """Whether a test, as written, is of points of a state's own scale rather than of shares."""
    return bool(set(_measures(test)) & set(POINT_MEASURES))


def _measures(test: Mapping[str, Any]) -> list[str]:
    measure = test.get("measure", [])
    several = measure if isinstance(measure, list) else [measure]
    return [each for each in several if isinstance(each, str)]
