"""Numbers of a register: whole schools, dollars, kilometres, years, each a number or a range such as ``8-10``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from clustering.validation.findings import Findings

KM_PER_MILE = 1.609344  # exact, international mile
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}.*|[0-9]{1,2}[-/][a-z]{3,9}|[a-z]{3,9}-[0-9]{2,4}")
_UNKNOWN = frozenset(
    {"", "unknown", "not known", "n/a", "na", "tbd", "?", "-", "--", "–", "—", ".", "not stated", "not available"}
)
_NO_LIMIT = frozenset({"none", "no limit", "unlimited", "any", "no maximum", "all"})
_DIGITS = r"\$?\s*((?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?|\.[0-9]+)"


@dataclass(frozen=True, kw_only=True)
class Quantity:
    """
    What a column of numbers holds.

    Parameters
    ----------
    noun
        As a message names it: ``number of schools``.
    example
        Cells that can be read.
    least, most
        Ends of what is possible, in the unit of the contract.
    is_whole
        Whether fractions are refused.
    has_limit_words
        Whether *none* and *no limit* are taken for a missing limit.
    zero_words
        What is written for 0 on purpose. If there are any, the number 0 is refused.
    units
        Word after a number to its factor.
    """

    noun: str
    example: str
    least: float = 0.0
    most: float
    is_whole: bool = False
    has_limit_words: bool = False
    zero_words: frozenset[str] = frozenset()
    units: Mapping[str, float]


_SCHOOL_UNITS = {"schools": 1.0, "school": 1.0, "campuses": 1.0}
_DOLLAR_UNITS = {
    **dict.fromkeys(("dollars", "usd"), 1.0),
    **dict.fromkeys(("k", "thousand", "thousand dollars"), 1e3),
    **dict.fromkeys(("m", "mm", "million", "million dollars"), 1e6),
}
SCHOOLS = Quantity(noun="number of schools", example="8 or 8-10", most=100_000, is_whole=True, units=_SCHOOL_UNITS)
SCHOOL_CEILING = Quantity(
    noun="number of schools", example="20", most=100_000, is_whole=True, has_limit_words=True, units=_SCHOOL_UNITS
)
KILOMETRES = Quantity(
    noun="distance",
    example="80 or 50 miles",
    most=20_100,
    has_limit_words=True,
    units={
        **dict.fromkeys(("km", "kilometres", "kilometers"), 1.0),
        **dict.fromkeys(("mi", "mile", "miles"), KM_PER_MILE),
    },
)
YEARS = Quantity(
    noun="number of years",
    example="5",
    least=1,
    most=30,
    is_whole=True,
    units={**dict.fromkeys(("year", "years", "yr", "yrs"), 1.0), **dict.fromkeys(("month", "months"), 1 / 12)},
)
SHARE = Quantity(
    noun="number of additional schools for each school run two years",
    example="0.5 or 50%",
    most=5,
    has_limit_words=True,
    units={"%": 0.01, "percent": 0.01, "per cent": 0.01},
)
DOLLARS = Quantity(
    noun="number of dollars",
    example="$750,000 or 700,000-800,000",
    most=1e9,
    zero_words=frozenset({"none", "free", "free of charge", "no cost", "no charge", "at no cost"}),
    units=_DOLLAR_UNITS,
)


@dataclass(frozen=True, kw_only=True)
class Range:
    """Least and greatest value of a cell; the same where it holds one number, ``None`` where it is blank."""

    low: float | None
    high: float | None


class UnreadableCellError(ValueError):
    """
    A cell that is no quantity.

    Parameters
    ----------
    message, remedy
        What is wrong; what to do.
    """

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.message, self.remedy = message, remedy


def parse_quantity(text: str, quantity: Quantity, *, factor: float = 1.0) -> Range:
    """
    Read one cell.

    Parameters
    ----------
    text
        A number or two, with ``$``, thousands separators and a unit or without.
    quantity
        What it should be.
    factor
        Of a number without a unit.

    Returns
    -------
    range
        In the unit of the contract.

    Raises
    ------
    UnreadableCellError
        The text is none, runs backwards or is out of range.
    """
    cell = " ".join(text.lower().split())
    if cell in _UNKNOWN or (quantity.has_limit_words and cell in _NO_LIMIT):
        return Range(low=None, high=None)
    if cell in quantity.zero_words:
        return Range(low=0.0, high=0.0)
    remedy = f"Write {quantity.example}, or leave the cell blank if it is not known."
    match = re.fullmatch(_pattern(quantity), cell)
    if match is None:
        if _DATE.fullmatch(cell):
            message = "A spreadsheet has turned the range into a date."
            raise UnreadableCellError(message, "Format the column as text and write the range again, such as 8-10.")
        raise UnreadableCellError(f"This is not a {quantity.noun}.", remedy)
    first, first_unit, second, second_unit = match.groups()
    unit = second_unit if second is not None and first_unit is None else first_unit
    low = _value(first, unit, quantity, factor)
    high = low if second is None else _value(second, second_unit or unit, quantity, factor)
    if quantity.is_whole and (low % 1 or high % 1):
        raise UnreadableCellError(f"The {quantity.noun} is not whole.", remedy)
    if quantity.zero_words and not low:
        message = f"A {quantity.noun} of 0 is taken for a mistake: it would serve Zones whatever the budget is."
        raise UnreadableCellError(message, f"{remedy} If it costs nothing, write none.")
    if not quantity.least <= low or not high <= quantity.most:
        ends = f"{quantity.least:,g} to {quantity.most:,.0f}"
        raise UnreadableCellError(f"The {quantity.noun} is not within {ends}.", remedy)
    if low > high:
        raise UnreadableCellError("The range runs backwards.", f"Write the lesser end first: {quantity.example}.")
    return Range(low=low, high=high)


def _pattern(quantity: Quantity) -> str:
    words = "|".join(re.escape(word) for word in sorted(quantity.units, key=len, reverse=True))
    number = rf"{_DIGITS}\s*({words})?"
    return rf"{number}(?:\s*(?:-|–|—|to)\s*{number})?"


def _value(digits: str, unit: str | None, quantity: Quantity, factor: float) -> float:
    number = float(digits.replace(",", "")) * (quantity.units[unit] if unit else factor)
    # 36 months are three years, and 1.1 million is 1,100,000: not a hair more.
    return round(number, 9)


def read_quantities(findings: Findings, canonical: str, quantity: Quantity, *, factor: float = 1.0) -> pd.DataFrame:
    """
    Read a column of quantities; cells that are none are problems.

    Parameters
    ----------
    findings
        The file; problems are added.
    canonical
        The column; all cells are missing if the file has no such column.
    quantity
        What it should hold.
    factor
        Of a number without a unit.

    Returns
    -------
    ranges
        ``low`` and ``high`` per record; missing where the cell is blank or unreadable.
    """
    column = findings.texts(canonical)
    ranges: list[Range] = []
    faults: dict[tuple[str, str], list[int]] = {}
    texts = column.distinct().tolist()
    for number, text in enumerate(texts):
        try:
            ranges.append(parse_quantity(text, quantity, factor=factor))
        except UnreadableCellError as error:
            faults.setdefault((error.message, error.remedy), []).append(number)
            ranges.append(Range(low=None, high=None))
    for (message, remedy), numbers in faults.items():
        marked = pd.Series(range(len(texts))).isin(numbers)
        findings.mark_texts(marked, canonical, message=message, remedy=remedy)
    ends = {
        "low": column.spread(pd.Series([each.low for each in ranges], dtype="float64")),
        "high": column.spread(pd.Series([each.high for each in ranges], dtype="float64")),
    }
    return pd.DataFrame(ends)
