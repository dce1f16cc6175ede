"""What a part of a record or of a checklist is: a frozen model that names every field that is missing."""

from __future__ import annotations

from typing import Any

from clustering.errors import InputError, Problem
from clustering.model.parameter_model import ParameterModel


class WrittenModel(ParameterModel):
    """Values that people write down, some of which must be there."""

    def __init__(self, /, **values: Any) -> None:
        try:
            super().__init__(**values)
        except InputError as error:
            missing = [name for name in self._required() if name not in values]
            # Of several that are missing, the parent names the first, and without its column.
            others = [problem for problem in error.problems if problem.column is not None or not missing]
            raise InputError([*map(self._missing, missing), *others]) from None

    @classmethod
    def _required(cls) -> list[str]:
        return [name for name, field in cls.model_fields.items() if field.is_required()]

    @classmethod
    def _missing(cls, name: str) -> Problem:
        remedy = f"Give it: {cls.model_fields[name].description or name}"
        return Problem(table=cls.wording.table, column=name, message="This is missing.", remedy=remedy)
