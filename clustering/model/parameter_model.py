"""What every set of parameters is: a frozen pydantic model that raises our own errors, all of them at once."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, ValidationError

from clustering.errors import InputError, Problem
from clustering.model.arguments import of_type
from clustering.model.json_schema import WithoutTitles, without_references
from clustering.model.spelling import british
from clustering.model.validation_errors import Wording, problems_of, shown_value


class ParameterModel(BaseModel):
    """
    Values that people set by name. They are checked when they are made and never change afterwards.

    A subclass states each field once: type, bounds, unit, default and description. OpenAPI, ``--help`` and the remedies
    of problems come from there.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
    wording: ClassVar[Wording] = Wording(table="parameters", noun="parameter")

    def __init__(self, /, **values: Any) -> None:
        sound = {name.encode("utf-8", "replace").decode("utf-8"): value for name, value in values.items()}
        values, problems = _with_british_names(sound, self.wording)
        try:
            super().__init__(**values)
        except ValidationError as error:
            problems += problems_of(error, values, schema_of(type(self)), self.wording)
            problems += self._problems_of_the_rest(values, error)
        if problems:
            raise InputError(problems)

    @classmethod
    def given(cls, parameters: Self | Mapping[str, object] | None) -> Self:
        """
        Take the parameters that a caller in Python gives.

        Parameters
        ----------
        parameters
            Parameters, or their names and values; ``None`` means the defaults.

        Returns
        -------
        parameters
            Checked.

        Raises
        ------
        InputError
            Unknown names, unreadable or out-of-range values: all of them at once.
        TypeError
            It is anything else.
        """
        if parameters is None or isinstance(parameters, Mapping):
            return cls(**{str(name): value for name, value in (parameters or {}).items()})
        return of_type("parameters", parameters, cls, f"{cls.__name__}, or a dictionary of names and values")

    def with_changes(self, /, **changes: Any) -> Self:
        """
        Make the same with some fields changed.

        Parameters
        ----------
        **changes
            Values by name of the field.

        Returns
        -------
        changed
            Checked as a new one is.

        Raises
        ------
        InputError
            The values cannot be used.
        """
        changed = set(map(british, changes))
        return type(self)(**{name: value for name, value in vars(self).items() if name not in changed}, **changes)

    def values_without(self, *names: str) -> tuple[Any, ...]:
        """Values of all other fields, in their order: equal for two requests that differ in these fields alone."""
        return tuple(value for name, value in vars(self).items() if name not in names)

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:  # noqa: ARG002
        """Copy, with changes that are checked: pydantic itself would take any."""
        return self.with_changes(**(update or {}))

    @classmethod
    def _problems_of_the_rest(cls, values: Mapping[str, Any], error: ValidationError) -> list[Problem]:
        """What the other fields contradict: pydantic compares fields only if each of them is sound by itself."""
        faulty = {str(details["loc"][0]) for details in error.errors(include_url=False) if details["loc"]}
        rest = {name: value for name, value in values.items() if name not in faulty}
        # Without a field that must be there, the others cannot be compared.
        if not faulty or any(field.is_required() for name, field in cls.model_fields.items() if name in faulty):
            return []
        try:
            cls(**rest)
        except InputError as rest:
            return [problem for problem in rest.problems if problem.column not in faulty]
        return []


@cache
def schema_of(model: type[BaseModel]) -> dict[str, Any]:
    """JSON Schema of a model, without references and without titles that repeat the names."""
    return without_references(model.model_json_schema(schema_generator=WithoutTitles))


def _with_british_names(values: Mapping[str, Any], wording: Wording) -> tuple[dict[str, Any], list[Problem]]:
    """Names as the code spells them, and a problem for each that stands in both spellings."""
    spelled = {name: british(name) for name in values}
    problems = [
        Problem(
            table=wording.table,
            column=spelled[name],
            value=shown_value(value),
            message=f"The {wording.noun} is given in two spellings.",
            remedy=f"Give {spelled[name]} or {name}.",
        )
        for name, value in values.items()
        if name != spelled[name] and spelled[name] in values
    ]
    return {spelled[name]: value for name, value in values.items()}, problems
