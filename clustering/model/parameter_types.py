"""Types of the values of parameters: they take what notebooks pass (NumPy, pandas, sets) and refuse the rest."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Annotated, Any

import numpy as np
import pandas as pd
from pydantic import BeforeValidator, Field

from clustering.model.validation_errors import fault, unreadable

MAXIMUM_TEXT_CHARACTERS = 1_000
MAXIMUM_LIST_ENTRIES = 1_000
_DEPTH = 12  # deeper than any parameter or rule


def plain_value(value: object, depth: int = 0) -> Any:
    """
    Write a value of NumPy or pandas as one of Python: numbers, texts, lists and dictionaries.

    Parameters
    ----------
    value
        Of any kind; what is none of these stays as it is.
    depth
        How deep in a value it lies. What lies very deep is left as it is.

    Returns
    -------
    plain
        Sets as sorted lists, so that the same set is always the same list.
    """
    if isinstance(value, np.generic | np.ndarray | pd.Index | pd.Series | pd.api.extensions.ExtensionArray):
        value = value.tolist()
    if depth > _DEPTH:
        return value
    if isinstance(value, Mapping):
        return {name: plain_value(each, depth + 1) for name, each in value.items()}
    if isinstance(value, AbstractSet):
        return sorted((plain_value(each, depth + 1) for each in value), key=str)
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [plain_value(each, depth + 1) for each in value]
    return value


def without_truth_values(value: object) -> object:
    """Refuse what is no number although Python counts with it: ``True`` is not 1."""
    value = plain_value(value)
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise unreadable()
    try:
        float(value)
    except OverflowError:
        return math.inf  # out of every range
    except ValueError:
        raise unreadable() from None
    return value


def sound_characters(value: object) -> object:
    """Refuse what is no text, and texts that no file can hold."""
    if not isinstance(value, str):
        raise unreadable()
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        remedy = "Write it again: half of a character (a lone surrogate) was lost on the way."
        raise fault("The text cannot be written as UTF-8.", remedy) from None
    return value.strip()


def lifted(value: object) -> object:
    """Take ``none``, and a text of nothing, for no limit."""
    return None if isinstance(value, str) and value.strip().lower() in ("", "none") else value


def limit(value: object) -> object:
    """A number, or nothing that limits."""
    value = lifted(value)
    return None if value is None else without_truth_values(value)


def entries(value: object) -> list[Any]:
    """Entries of a list, a set, an array, an Index or a Series; a text alone is one entry. Blank ones are left out."""
    value = plain_value([value] if isinstance(value, str) else value)
    if not isinstance(value, list) or len(value) > MAXIMUM_LIST_ENTRIES:
        raise unreadable()
    return [each for each in value if not isinstance(each, str) or each.strip()]


def identifier(value: object) -> object:
    """A school id is a text; a whole number is taken for its digits."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str):
        raise fault("A school id is a text.", "Write it in quotes, with its leading zeros.")
    return value


# Stand last in an Annotated, after the bounds, which pydantic then knows to be those of the number.
NUMBER = BeforeValidator(without_truth_values)
NUMBER_OR_NONE = BeforeValidator(limit)
LIST_LENGTH = Field(max_length=MAXIMUM_LIST_ENTRIES)
ENTRIES = BeforeValidator(entries)

TruthValue = Annotated[bool, BeforeValidator(plain_value)]
Text = Annotated[str, Field(max_length=MAXIMUM_TEXT_CHARACTERS), BeforeValidator(sound_characters)]
SchoolId = Annotated[Text, BeforeValidator(identifier)]
SchoolIds = Annotated[tuple[SchoolId, ...], LIST_LENGTH, ENTRIES]
