"""The form in which people write a rule: JSON Schema, and the problems of what does not keep to it."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any

import jsonschema

from clustering.errors import Problem
from clustering.identification.rules.checks import contradictions, rule_problem, unusable_values
from clustering.identification.rules.fields import CRITERION_FIELDS, EXIT_FIELDS, RULE_FIELDS


def rule_schema() -> dict[str, Any]:
    """
    Form of a rule.

    Returns
    -------
    schema
        JSON Schema (draft 2020-12) of what :func:`~clustering.read_rule` takes as JSON or TOML.
    """
    schema = {
        "$schema": jsonschema.Draft202012Validator.META_SCHEMA["$id"],
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
    if unusable := [*unusable_values(document)]:
        return unusable
    validator = jsonschema.Draft202012Validator(rule_schema())
    errors = sorted(validator.iter_errors(document), key=lambda error: list(map(str, error.absolute_path)))
    told = [problem for error in errors for problem in _told(error)]
    # What contradicts the rest is told as well, among the fields that can be used.
    faulty = {error.absolute_path[0] for error in errors if error.absolute_path}
    if "measure" in faulty:  # whether a number is a share or points depends on it
        return told
    usable = {name: value for name, value in document.items() if name not in faulty}
    return [*told, *(each for each in contradictions(usable) if each.column not in faulty)]


def _told(error: jsonschema.ValidationError) -> Iterator[Problem]:
    field = _path(error)
    if error.validator == "additionalProperties":
        known = ", ".join(sorted(error.schema["properties"]))
        for name in sorted(set(map(str, error.instance)) - set(error.schema["properties"])):
            place = f"{field}.{name}" if field else name
            value = {str(key): value for key, value in error.instance.items()}[name]
            near = get_close_matches(name, error.schema["properties"], n=1)
            meant = f"Do you mean {near[0]}? " if near else ""
            yield rule_problem(place, value, "A rule has no such field.", f"{meant}Fields: {known}.")
    elif error.validator == "required":
        yield rule_problem(field, error.instance, "A field is missing.", f"Give {' and '.join(error.validator_value)}.")
    else:
        schema = error.parent.schema if error.parent is not None else error.schema
        wanted = schema.get("description") or _description(field)
        choices = [str(choice) for choice in schema.get("enum", ())]
        if choices and not all(choice in wanted for choice in choices):
            wanted += f" It is one of {', '.join(choices)}."
        yield rule_problem(field or None, error.instance, "The value cannot be used.", f"{wanted}{_bounds(schema)}")


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
