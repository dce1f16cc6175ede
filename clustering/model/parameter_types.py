"""Types of the values of parameters: they take what notebooks pass (NumPy, pandas, sets) and refuse the rest."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from decimal import Decimal
from typing import Annotated, Any

import numpy as np
import pandas as pd
from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from clustering.model.validation_errors import fault, unreadable

MAXIMUM_TEXT_CHARACTERS = 1_000
MAXIMUM_LIST_ENTRIES = 1_000
# Dollars: thousands with commas; a point before thousands, or a zero in front; an amount of a list; an amount in words.
_THOUSANDS = re.compile(r"-?[1-9][0-9]{0,2}(,[0-9]{3})+(\.[0-9]{1,2})?")
_MISREAD = re.compile(r"[0-9]\.[0-9]{3}(?![0-9])|^0[0-9]")
_AMOUNT = re.compile(r"\$?\s?[1-9][0-9]{0,2}(?:,[0-9]{3})+(?![0-9])[^,]*|[^,]+")
_IN_WORDS = re.compile(r"(-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+))\s?([a-z]+)")
_WORTH = {
    **dict.fromkeys(("k", "thousand"), 1_000),
    **dict.fromkeys(("m", "mm", "mio", "million", "millions"), 1_000_000),
    **dict.fromkeys(("b", "bn", "billion", "billions"), 1_000_000_000),
}
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
    if isinstance(value, str) and ("_" in value or not value.isascii()):  # Python alone reads 1_0 as ten
        raise unreadable()
    try:
        number = float(value)
    except OverflowError:
        return math.inf  # out of every range
    except ValueError:
        raise unreadable() from None
    return value if number else 0  # -0 is 0, and so is the answer


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


def stripped(value: object) -> object:
    """A plain value; a text without blanks around it."""
    plain = plain_value(value)
    return plain.strip() if isinstance(plain, str) else plain


def lifted(value: object) -> object:
    """Take ``none``, and a text of nothing, for no limit."""
    return None if isinstance(value, str) and value.strip().lower() in ("", "none") else value


def limit(value: object) -> object:
    """A number, or nothing that limits."""
    value = lifted(value)
    return None if value is None else without_truth_values(value)


def dollars(value: object) -> object:
    """
    A number of dollars; a text may have a dollar sign in front, commas between thousands, and ``million`` behind.

    ``$15M``, ``15 million`` and ``1.3 million dollars`` are read, and so are thousands (``k``) and billions. What could
    be two numbers is refused: ``20,00``, ``1.000,50``, and ``1.000``, which is a thousand in many countries.
    """
    if not isinstance(value, str):
        return without_truth_values(value)
    text = re.sub(r"\s*dollars?$", "", value.strip().lower()).removeprefix("$").strip()
    number = text.rstrip("abcdefghijklmnopqrstuvwxyz ")
    if _MISREAD.search(number) or ("," in text and not _THOUSANDS.fullmatch(number)):
        message = "The amount has a comma, a point or a zero where it may be misread."
        remedy = "Write 20000000, 20,000,000 or $20,000,000: commas between thousands, a point before cents alone."
        raise fault(message, remedy)
    text = text.replace(",", "")
    in_words = _IN_WORDS.fullmatch(text)
    if in_words and in_words[2] in _WORTH:  # 1.1 million are 1,100,000: not a hair more
        return without_truth_values(float(Decimal(in_words[1]) * _WORTH[in_words[2]]))
    try:
        return without_truth_values(text)
    except PydanticCustomError:
        remedy = "Write dollars like 15000000, $15,000,000, $15M or 1.3 million."
        raise fault("This is not a number of dollars.", remedy) from None


def dollar_limit(value: object) -> object:
    """A number of dollars as :func:`dollars` reads it, or nothing that limits."""
    value = lifted(value)
    return None if value is None else dollars(value)


def dollar_amounts(value: object) -> list[Any]:
    """
    Amounts of a list, or of a text with ``;`` or commas between them, in their order; equal ones stay.

    A comma between thousands is none between amounts: ``20,000,000, 25,000,000`` are two.
    """
    if isinstance(value, str):
        if value.strip().lower() in ("", "none"):
            return []
        return [amount for part in re.split(r";|,\s", value) for amount in _AMOUNT.findall(part.strip())]
    plain = plain_value(value)
    if not isinstance(plain, list):
        raise unreadable()
    return plain


def entries(value: object) -> list[Any]:
    """
    Entries of a list, a set, an array, an Index, a Series, or of a text with commas; none blank, none twice.

    In a text, an entry that has a comma itself stands in double quotes, ``"a,b",c``; ``none`` is no entry.
    """
    if isinstance(value, str):
        return [_unquoted(part) for part in _parts(value)]
    return _listed(value)


def groups(value: object) -> list[Any]:
    """Entries as :func:`entries` gives them; those of a text keep their quotes, which a group of ids needs."""
    return _parts(value) if isinstance(value, str) else _listed(value)


def entries_or_all(value: object) -> list[Any]:
    """Entries of a list that limits nothing when it is empty: ``all`` is no entry."""
    return [] if isinstance(value, str) and value.strip().lower() == "all" else entries(value)


def _listed(value: object) -> list[Any]:
    plain = plain_value(value)
    if not isinstance(plain, list):
        raise unreadable()
    if len(plain) > MAXIMUM_LIST_ENTRIES:  # refused for its length, before more is done with it
        return plain
    kept = [each for each in plain if not isinstance(each, str) or each.strip()]
    return [each for position, each in enumerate(kept) if each not in kept[:position]]


def _parts(text: str) -> list[str]:
    if text.strip().lower() == "none":
        return []
    if text.count('"') % 2:
        remedy = 'Give quotes in pairs, around an entry that has a comma or a +: "a,b",c.'
        raise fault("The value cannot be read.", remedy)
    parts = [part.strip() for part in re.findall(r'(?:"[^"]*"|[^",])+', text)]
    return list(dict.fromkeys(part for part in parts if part))


def _unquoted(text: str) -> str:
    is_quoted = len(text) > 1 and text[0] == text[-1] == '"'
    return text[1:-1].replace('""', '"') if is_quoted else text


def identifier(value: object) -> object:
    """A school id is a text: a number has lost its leading zeros."""
    if not isinstance(value, str):
        raise fault("A school id is a text.", "Write it in quotes, with its leading zeros.")
    return value


# Stand last in an Annotated, after the bounds, which pydantic then knows to be those of the number.
NUMBER = BeforeValidator(without_truth_values)
NUMBER_OR_NONE = BeforeValidator(limit)
DOLLARS = BeforeValidator(dollars)
DOLLARS_OR_NONE = BeforeValidator(dollar_limit)
DOLLAR_AMOUNTS = BeforeValidator(dollar_amounts)
LIST_LENGTH = Field(max_length=MAXIMUM_LIST_ENTRIES)
ENTRIES = BeforeValidator(entries)
ENTRIES_OR_ALL = BeforeValidator(entries_or_all)
GROUPS = BeforeValidator(groups)

# A choice, or true or false, may have blanks around it, as a number may.
CHOICE = BeforeValidator(stripped)

TruthValue = Annotated[bool, CHOICE]
Text = Annotated[str, Field(max_length=MAXIMUM_TEXT_CHARACTERS), BeforeValidator(sound_characters)]
SchoolId = Annotated[Text, BeforeValidator(identifier)]
SchoolIds = Annotated[tuple[SchoolId, ...], LIST_LENGTH, ENTRIES]
