"""From pydantic's validation errors to our problems: every fault by its name, with what would be accepted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from clustering.errors import InputError, Problem

MAXIMUM_SHOWN_CHARACTERS = 200
_RANGE_ERRORS = ("greater_than", "greater_than_equal", "less_than", "less_than_equal", "finite_number")
_LENGTH_ERRORS = {"string_too_long": "characters", "too_long": "entries"}
_ABSENT = object()
_KINDS = {
    "integer": "a whole number",
    "number": "a number",
    "array": "a list",
    "string": "a text",
    "boolean": "true or false",
}


@dataclass(frozen=True, kw_only=True)
class Wording:
    """
    What the problems of a model call its parts.

    Parameters
    ----------
    table
        ``Problem.table``.
    noun
        What one field is called: ``parameter``, ``option``.
    numbers_entries
        Whether an entry of a list is named by its position, ``exclude[0]``, or by the list alone.
    describes_fields
        Whether remedies are the descriptions of the fields.
    """

    table: str
    noun: str
    numbers_entries: bool = False
    describes_fields: bool = False


def fault(message: str, remedy: str) -> PydanticCustomError:
    """
    Make the error that a validator raises to say in its own words what is wrong.

    Parameters
    ----------
    message, remedy
        As of a :class:`~clustering.errors.Problem`.

    Returns
    -------
    error
        To be raised.
    """
    return PydanticCustomError("fault", "{message}", {"message": message, "remedy": remedy})


def unreadable() -> PydanticCustomError:
    """Make the error that a validator raises for a value of the wrong kind; the field says which is right."""
    return PydanticCustomError("unreadable", "The value cannot be read.")


def problems_of(
    error: ValidationError, values: Mapping[str, object], schema: Mapping[str, Any], wording: Wording
) -> list[Problem]:
    """
    Translate a validation error.

    Parameters
    ----------
    error
        From making a model.
    values
        What it was made of.
    schema
        JSON Schema of the model.
    wording
        What its problems call its parts.

    Returns
    -------
    problems
        One per fault, its field in ``column``. Alternatives for one field that all fail are one fault.
    """
    faults: dict[str, _Fault] = {}
    for details in error.errors(include_url=False):
        if details["type"] == "default_factory_not_called":  # the field that it waits for has its own problem
            continue
        found = _locate(details, values, schema)
        faults.setdefault(found.path, found)
    return [problem for found in faults.values() for problem in _problems_of_fault(found, wording)]


def shown_value(value: object) -> str | None:
    """Write a value as far as it can be shown; ``None`` stays ``None``."""
    if value is None:
        return None
    try:
        return sound_text(str(value))
    except (ValueError, RecursionError):  # Python writes no whole number of more than 4,300 digits
        return "a number of very many digits"


def sound_text(text: str) -> str:
    """The first characters of a text, with ``?`` for those that UTF-8 cannot hold."""
    return text[:MAXIMUM_SHOWN_CHARACTERS].encode("utf-8", "replace").decode("utf-8")


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Begin a remedy with the nearest known name; empty if none is near."""
    near = get_close_matches(name[:MAXIMUM_SHOWN_CHARACTERS], list(known), n=1)
    return f"Did you mean {near[0]}? " if near else ""


@dataclass(frozen=True, kw_only=True)
class _Fault:
    """One fault: where it lies, the value there, and what the JSON schema says of the field and of what holds it."""

    details: ErrorDetails
    path: str
    value: object
    schema: Mapping[str, Any]
    holder: Mapping[str, Any]

    @property
    def name(self) -> str:
        """The last name of the location, which is the one that is unknown or missing."""
        return str(self.details["loc"][-1])


def _locate(details: ErrorDetails, values: Mapping[str, object], root: Mapping[str, Any]) -> _Fault:
    """Follow the location of an error through the values; names in it that are not there are pydantic's own tags."""
    path, schema, holder = "", root, root
    value: object = values
    for part in details["loc"]:
        if isinstance(part, int):
            path, inner = f"{path}[{part}]", details["input"]
            if isinstance(value, list | tuple) and part < len(value):
                inner = value[part]
        else:
            inner = value.get(part, _ABSENT) if isinstance(value, Mapping) else _ABSENT
            if inner is _ABSENT:  # the fault of an alternative is one of the whole
                break
            path = f"{path}.{part}" if path else part
        holder, schema = schema, _schema_at(schema, part, root)
        value = inner
    return _Fault(details=details, path=path, value=value, schema=schema, holder=holder)


def _schema_at(schema: Mapping[str, Any], part: str | int, root: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a JSON schema says of a key or an entry; empty if nothing."""
    for option in _alternatives(schema):
        inner = option.get("items") if isinstance(part, int) else option.get("properties", {}).get(part)
        if inner is None:
            continue
        return {**root["$defs"][inner["$ref"].rpartition("/")[2]], **inner} if "$ref" in inner else dict(inner)
    return {}


def _alternatives(schema: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    return [each for each in schema.get("anyOf", [schema]) if each.get("type") != "null"]


def _problems_of_fault(found: _Fault, wording: Wording) -> Iterator[Problem]:
    kind, context = found.details["type"], found.details.get("ctx", {})
    message, remedy = _describe_value(found), _remedy(found, wording)
    cause = context.get("error")
    if isinstance(cause, InputError):
        yield from (_of_field(found.path, problem, wording) for problem in cause.problems)
        return
    if cause is not None:
        remedy = f"Give {cause}."
    elif kind == "fault":
        message, remedy = context["message"], context["remedy"]
    elif kind == "extra_forbidden":
        known = list(found.holder.get("properties", ()))
        message = f"There is no such {wording.noun}."
        remedy = f"{did_you_mean(found.name, known)}Known: {', '.join(known)}."
    elif kind == "missing":
        message, remedy = f"The {wording.noun} has no {found.name}.", f"Give {found.name}."
    column = found.path if wording.numbers_entries else found.path.partition("[")[0]
    yield Problem(
        table=wording.table,
        column=sound_text(column) or None,
        value=shown_value(found.value) if column else None,
        message=message,
        remedy=remedy,
    )


def _of_field(path: str, problem: Problem, wording: Wording) -> Problem:
    """A problem of a part of a field, such as of a field of a rule, as a problem of the field itself."""
    if not path:
        return problem
    inner = "" if problem.column in (None, "identification") else f".{problem.column}"
    return replace(problem, table=wording.table, column=f"{path}{inner}")


def _remedy(found: _Fault, wording: Wording) -> str:
    """What would be accepted: what the field says of itself, or its kind and range."""
    accepted = [_accepted(each) for each in _alternatives(found.schema)]
    choices = [choice for each in _alternatives(found.schema) for choice in each.get("enum", ())]
    hint = did_you_mean(found.value, choices) if isinstance(found.value, str) and choices else ""
    description = found.schema.get("description", "") if wording.describes_fields else ""
    if description and all(str(choice) in description for choice in choices) and "minimum" not in found.schema:
        return f"{hint}{description}"
    return f"{hint}{description} Give {' or '.join(accepted)}.".replace("  ", " ").strip()


def _describe_value(found: _Fault) -> str:
    """Say what is wrong with a value that pydantic refuses by itself."""
    kind = found.details["type"]
    if kind == "literal_error":
        return "There is no such choice."
    if kind in _RANGE_ERRORS:
        return "The value is out of range."
    if kind in _LENGTH_ERRORS:
        return f"This is too long: at most {found.details['ctx']['max_length']:,} {_LENGTH_ERRORS[kind]}."
    if kind in ("string_too_short", "too_short"):
        return "This is empty."
    if kind == "string_pattern_mismatch":
        return "The value cannot be used." if str(found.value).strip() else "This is blank."
    kinds = {_KINDS.get(str(each.get("type"))) for each in _alternatives(found.schema)}
    (wanted,) = kinds if len(kinds) == 1 else {None}
    return "The value cannot be read." if wanted is None else f"This is not {wanted}."


def _accepted(schema: Mapping[str, Any]) -> str:
    """Say in words what a JSON schema of one type accepts."""
    if "enum" in schema or "const" in schema:
        *others, last = map(str, schema.get("enum", [schema.get("const")]))
        return f"{', '.join(others)} or {last}" if others else last
    if schema.get("type") in ("integer", "number"):
        low, high = schema.get("minimum"), schema.get("maximum")
        span = "" if low is None or high is None else f" from {low:,.15g} to {high:,.15g}"
        return f"{_KINDS[schema['type']]}{span}"
    if schema.get("type") == "array":
        most = schema.get("maxItems")
        return f"{_KINDS['array']}{'' if most is None else f' of at most {most:,} entries'}"
    if schema.get("type") == "string":
        most = schema.get("maxLength")
        return f"{_KINDS['string']}{'' if most is None else f' of at most {most:,} characters'}"
    return {"boolean": _KINDS["boolean"], "object": "names with values"}.get(str(schema.get("type")), "another value")
