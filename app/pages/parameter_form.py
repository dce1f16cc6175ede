"""Forms made from a set of parameters: an input for each of the main ones, the others typed as name=value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from app.queries.capacity_request import PARAMETER_WORDS
from clustering import parameter_schema, split_settings

MORE = "more"


@dataclass(frozen=True, kw_only=True)
class FormField:
    """
    An input of a form.

    Parameters
    ----------
    name, label
        The parameter, and what stands before its input: amounts of money with their unit.
    hint
        Its description.
    choices
        What can be chosen; empty where anything can be written.
    is_checkbox
        Whether it is true or false.
    value
        What stands in it: as it was sent, or the default.
    """

    name: str
    label: str
    hint: str
    choices: tuple[str, ...]
    is_checkbox: bool
    value: Any


def form_fields(parameters: type[BaseModel], names: Iterable[str], form: Mapping[str, str] | None) -> list[FormField]:
    """
    Make the inputs of a form.

    Parameters
    ----------
    parameters
        Where the parameters are described.
    names
        Those that get an input.
    form
        As it was sent and comes back with problems; ``None`` for a new one, which has the defaults.

    Returns
    -------
    fields
        In the order of ``names``.
    """
    properties = parameter_schema(parameters)["properties"]  # type: ignore[arg-type]
    return [_field(name, properties[name], form) for name in names]


def parameters_of_form(parameters: type[BaseModel], names: Sequence[str], form: Mapping[str, str]) -> dict[str, object]:
    """
    Take the parameters of a form.

    Parameters
    ----------
    parameters, names
        As for :func:`form_fields`.
    form
        As it was sent. A blank field keeps its default.

    Returns
    -------
    values
        Texts and truth values by name, those of the field ``more`` among them.

    Raises
    ------
    InputError
        A text of the field ``more`` is no ``name=value``.
    """
    fields = form_fields(parameters, names, form)
    boxes: dict[str, object] = {field.name: field.name in form for field in fields if field.is_checkbox}
    written = {field.name: form[field.name] for field in fields if not field.is_checkbox and field.name in form}
    given = {name: value for name, value in written.items() if value.strip()}
    lines = [line for line in form.get(MORE, "").splitlines() if line.strip()]
    return {**boxes, **given, **split_settings(lines)}


def _field(name: str, schema: Mapping[str, Any], form: Mapping[str, str] | None) -> FormField:
    default, is_checkbox = schema["default"], isinstance(schema["default"], bool)
    if form is not None:
        value: Any = name in form if is_checkbox else form.get(name, "")
    elif is_checkbox:
        value = default
    else:
        value = "" if default is None else f"{default:.12g}" if isinstance(default, int | float) else _text(default)
    words = PARAMETER_WORDS.get(name, name.removesuffix("_dollars").replace("_", " "))
    words = words[:1].upper() + words[1:]
    return FormField(
        name=name,
        label=f"{words}, {schema['unit']}" if name.endswith("_dollars") else words,
        hint=schema["description"].replace("None is", "Blank is"),
        choices=tuple(schema.get("enum", ())),
        is_checkbox=is_checkbox,
        value=value,
    )


def _text(default: object) -> str:
    return ",".join(map(str, default)) if isinstance(default, list) else str(default)
