"""Reads a disclosure policy from the name of a preset, a file, text, or fields."""

from __future__ import annotations

import copy
import json
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

from pydantic.json_schema import GenerateJsonSchema

from clustering.disclosure.policy.model import NOISE, NOISE_FIELDS, POLICY_WORDING, DisclosurePolicy
from clustering.disclosure.policy.presets import preset_document, preset_names
from clustering.errors import InputError, Problem
from clustering.model.parameter_model import schema_of
from clustering.model.parameter_types import plain_value
from clustering.model.validation_errors import did_you_mean, shown_value

MAXIMUM_POLICY_CHARACTERS = 20_000


def parse_policy(source: DisclosurePolicy | str | Path | Mapping[str, Any]) -> DisclosurePolicy:
    """
    Read a disclosure policy.

    Parameters
    ----------
    source
        The name of a preset; the fields of :func:`policy_schema` as a mapping, or as text in JSON or TOML; or the path
        of a file of JSON or TOML. With ``preset`` a policy starts from that preset, and its other fields replace the
        preset's own.

    Returns
    -------
    policy
        Checked.

    Raises
    ------
    InputError
        Every field that cannot be used, by name; in ``table`` the name of the file, where there is one.
    """
    if isinstance(source, DisclosurePolicy):
        return source
    if isinstance(source, Path):
        return _policy_of_file(source)
    if isinstance(source, Mapping):
        return _policy_of(source)
    if not isinstance(source, str):
        _refuse(source, f"A policy is no {type(source).__name__}.", "Give a preset, text, a path or fields.")
    name = source.strip()
    return _policy_of({"preset": name} if name in preset_names() else _document_of(source))


def policy_schema() -> dict[str, Any]:
    """
    Form of a disclosure policy.

    Returns
    -------
    schema
        JSON Schema (draft 2020-12) of what :func:`parse_policy` takes as JSON or TOML.
    """
    return copy.deepcopy(_schema())


@cache
def _schema() -> dict[str, Any]:
    schema = schema_of(DisclosurePolicy)
    preset = {
        "type": "string",
        "enum": list(preset_names()),
        "description": "The preset to start from; the other fields replace its own.",
    }
    fields = {"preset": preset, **schema["properties"]}
    own = {"title": "Disclosure policy", "properties": fields}
    return {"$schema": GenerateJsonSchema.schema_dialect, **schema, **own}


def _policy_of_file(path: Path) -> DisclosurePolicy:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, ValueError) as error:
        _refuse(str(path), f"The file cannot be read ({type(error).__name__}).", "Name a file of JSON or TOML.")
    try:
        return _policy_of(_document_of(text))
    except InputError as error:
        raise InputError(replace(problem, table=path.name) for problem in error.problems) from None


def _policy_of(source: Mapping[str, Any]) -> DisclosurePolicy:
    document = {str(name): plain_value(value) for name, value in source.items()}
    if "preset" not in document:
        return DisclosurePolicy(**document)
    name = document.pop("preset")
    if name in preset_names() if isinstance(name, str) else False:
        return DisclosurePolicy(**_on_preset(name, document))
    hint = did_you_mean(name.lower(), preset_names()) if isinstance(name, str) else ""
    problem = Problem(
        table=POLICY_WORDING.table,
        column="preset",
        value=shown_value(name),
        message="There is no such preset.",
        remedy=f"{hint}Presets: {', '.join(preset_names())}.",
    )
    raise InputError([problem, *_problems_of(document)])


def _on_preset(name: str, document: Mapping[str, Any]) -> dict[str, Any]:
    preset = preset_document(name)
    if not document:
        return preset
    preset |= {"name": f"{name[:52]}_changed", "title": f"{preset['title']}, changed"}
    # Fields that depend on the minimum or on noise are kept only if these are not changed; so is its source.
    methods = document.get("methods", [NOISE])
    others = {"least_possible_values", "rate_bands", "source"} if "minimum_students" in document else set()
    if not isinstance(methods, list) or NOISE not in methods:
        others.update(NOISE_FIELDS)
    return {**{field: value for field, value in preset.items() if field not in others}, **document}


def _problems_of(document: Mapping[str, Any]) -> tuple[Problem, ...]:
    try:
        DisclosurePolicy(**document)
    except InputError as error:
        return error.problems
    return ()


def _document_of(text: str) -> Mapping[str, Any]:
    """Fields of a policy from text."""
    is_json = text.lstrip().startswith("{")
    if len(text) > MAXIMUM_POLICY_CHARACTERS:
        _refuse(text, f"A policy has at most {MAXIMUM_POLICY_CHARACTERS:,} characters.", "Give its fields alone.")
    if not is_json and "=" not in text:
        hint = did_you_mean(text.strip().lower(), preset_names())
        is_file = text.strip().lower().endswith((".toml", ".json"))
        in_python = " In Python, give a file as pathlib.Path." if is_file else ""
        remedy = f"{hint}Presets: {', '.join(preset_names())}. Or give the fields as JSON or TOML.{in_python}"
        _refuse(text, "This is no preset, and no policy as JSON or TOML.", remedy)
    try:
        found: dict[str, Any] = _read_json(text) if is_json else tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        message = f"This cannot be read as {'JSON' if is_json else 'TOML'}: {str(error)[:200] or 'too deep'}."
        _refuse(text, message, "Correct it there.")
    return found


def _read_json(text: str) -> dict[str, Any]:
    """Read a JSON object; refuse one with a field given twice, of which JSON would keep the last without notice."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        names = [name for name, _ in pairs]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"{', '.join(twice)[:200]} is given twice")
        return dict(pairs)

    found: dict[str, Any] = json.loads(text, object_pairs_hook=once)
    return found


def _refuse(source: object, message: str, remedy: str) -> NoReturn:
    shown = shown_value(source)
    raise InputError([Problem(table=POLICY_WORDING.table, value=shown, message=message, remedy=remedy)])
