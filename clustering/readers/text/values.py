"""
Columns of text to numbers, student counts, grades and school years; unreadable cells are marked.

Which texts are a suppressed count is decided in ``printed_marks``; the interval that such a count stands for is in
``model/suppression.py``.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from clustering.model.grades import parse_grade
from clustering.model.suppression import SUPPRESSED_HIGH, SUPPRESSED_LOW
from clustering.readers.text.columns import arrow_texts, numpy_of
from clustering.readers.text.numbers import Decimal, number_of
from clustering.readers.text.printed_marks import suppressed_counts
from clustering.readers.text.year_words import EARLIEST, LATEST, YearInText, find_year

MAXIMUM_STUDENTS_PER_CELL = 1_000_000
# What people write for yes and no, in small letters.
YES_WORDS = frozenset({"yes", "y", "true", "1", "x"})
NO_WORDS = frozenset({"no", "n", "false", "0"})
_INTERVAL = r"^\[(?P<low>[^,\]]+), (?P<high>[^,\]]+)\]$"
_PLAIN_NUMBER = r"^-?[0-9]+(\.[0-9]+)?$"
_WHOLE_NUMBER = r"^-?[0-9]+$"


def parse_numbers(texts: pd.Series, *, decimal: Decimal | None = None) -> tuple[pd.Series, pd.Series]:
    """
    Read plain numbers.

    Parameters
    ----------
    texts
        Text of each cell; thousands separators (``1,234``) are allowed, infinity and NaN are not. See ``number_of``.
    decimal
        Decimal sign; ``None`` is a point.

    Returns
    -------
    numbers
        float64; missing where the cell is blank or unreadable.
    bad
        ``True`` where a cell is neither blank nor a finite number.
    """
    cells = arrow_texts(texts)
    # Arrow reads neither separators, nor a plus sign, nor a decimal point without digits on both sides.
    plain = pc.match_substring_regex(cells, _WHOLE_NUMBER if decimal == "comma" else _PLAIN_NUMBER)
    quick = pc.if_else(plain, cells, pa.scalar(None, pa.string())).cast(pa.float64())
    numbers = numpy_of(quick)
    for number in np.flatnonzero(numpy_of(pc.invert(plain))):
        value = number_of(cells[int(number)].as_py(), decimal)
        numbers[number] = np.nan if value is None else value
    values = pd.Series(np.where(np.isfinite(numbers), numbers, np.nan), index=texts.index)
    return values, values.isna() & (texts != "")


def plain_numbers(cells: pa.StringArray | pa.ChunkedArray) -> np.ndarray | None:
    """Numbers of cells that are all finite and plain, such as ``-76.99``; ``None`` if any is not."""
    try:
        numbers = numpy_of(cells.cast(pa.float64()))
    except pa.ArrowInvalid:  # a cell that is blank, that has separators, or that is no number
        return None
    return numbers if len(numbers) and np.isfinite(numbers).all() else None


def parse_students(texts: pd.Series, *, decimal: Decimal | None = None) -> tuple[pd.DataFrame, pd.Series]:
    """
    Read student counts; a suppressed one becomes the interval that it stands for.

    Parameters
    ----------
    texts
        Whole or, for estimates, fractional numbers; ``-1``, ``*``, ``<10``, ``S``, ``PS``, ``TFS`` ... are suppressed:
        1 to 9 students (``printed_marks.is_suppressed_count``); ``[21, 29]`` is an interval, as a Scenario's own flows
        have them.
    decimal
        As in :func:`parse_numbers`.

    Returns
    -------
    counts
        ``students`` (missing: suppressed), ``students_low``, ``students_high``.
    bad
        ``True`` where a cell is blank, negative (other than -1), above a million, or no number.
    """
    suppressed = suppressed_counts(texts)
    is_interval = texts.str.startswith("[")
    numbers, bad = parse_numbers(texts.mask(suppressed | is_interval, ""), decimal=decimal)
    bad |= (numbers < 0) | (numbers > MAXIMUM_STUDENTS_PER_CELL) | (texts == "")
    numbers = numbers.mask(bad)
    counts = pd.DataFrame(
        {
            "students": numbers,
            "students_low": numbers.mask(suppressed, SUPPRESSED_LOW),
            "students_high": numbers.mask(suppressed, SUPPRESSED_HIGH),
        }
    )
    if is_interval.any():
        bad |= _add_intervals(counts, texts[is_interval])
    return counts, bad


def _add_intervals(counts: pd.DataFrame, texts: pd.Series) -> pd.Series:
    """Fill in the ends of intervals such as ``[21, 29]``; mark those that are none."""
    ends = texts.str.extract(_INTERVAL)
    (low, bad_low), (high, bad_high) = (parse_numbers(ends[end].fillna("")) for end in ("low", "high"))
    bad = bad_low | bad_high | ~((low >= 0) & (low <= high) & (high <= MAXIMUM_STUDENTS_PER_CELL))
    counts.loc[texts.index, "students_low"] = low.mask(bad)
    counts.loc[texts.index, "students_high"] = high.mask(bad)
    return bad.reindex(counts.index, fill_value=False)


def parse_unique(texts: pd.Series, parse: Callable[[str], int | None]) -> tuple[pd.Series, pd.Series]:
    """
    Read a column, each distinct text once.

    Parameters
    ----------
    texts
        Text of each cell, as text or categories.
    parse
        Reads one text; returns ``None`` for missing, raises ``ValueError`` for unreadable.

    Returns
    -------
    values
        Int64; missing where the text is blank or unreadable.
    bad
        ``True`` where ``parse`` raised.
    """
    codes, distinct = pd.factorize(texts)
    values: list[int | None] = []
    is_bad = np.zeros(len(distinct), dtype=bool)
    for number, text in enumerate(distinct):
        try:
            values.append(parse(text))
        except ValueError:
            values.append(None)
            is_bad[number] = True
    numbers = pd.array(values, dtype="Int64").take(codes)
    return pd.Series(numbers, index=texts.index), pd.Series(is_bad[codes], index=texts.index)


def parse_grades(texts: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Read a column of grades (see ``grades.parse_grade``): Int64 values, and a mark on unreadable cells."""
    return parse_unique(texts, parse_grade)


def parse_school_year(text: str, convention: str = "fall") -> int | None:
    """
    Read a school year as the year of its fall.

    Parameters
    ----------
    text
        ``2022-23``, ``SY2022-23``, ``22-23``, ``Class of 2023``, ``FY23``, ``10/1/2022``, a bare ``2022`` or any other
        form that ``year_words.find_year`` knows.
    convention
        What a bare year is: ``fall`` or ``spring`` (2022 is then the school year 2021-22).

    Returns
    -------
    year
        2022 for each of the first six; ``None`` for blank.

    Raises
    ------
    ValueError
        Another text, or one that has more than a year in it.
    """
    if text == "":
        return None
    found = year_in_cell(text)
    if found is None:
        raise ValueError(f"not a school year: {text!r}")
    return found.year - (found.convention == "spring" or (found.convention is None and convention == "spring"))


def year_in_cell(text: str) -> YearInText | None:
    """The school year that a cell of years holds; ``None`` for any other text."""
    if is_bare_year(text):  # the usual case, and years before 1950 are no pairs here
        return YearInText(int(text[:4]), None, "")
    found = find_year(text) or find_year(f"SY {text}")  # in a column of years 09-10 is no span of grades
    return found if found is not None and not found.rest.strip("()[] ") and EARLIEST <= found.year <= LATEST else None


def is_bare_year(text: str) -> bool:
    """Whether a text is one year, such as ``2022``."""
    return re.fullmatch(r"\d{4}(\.0)?", text, re.ASCII) is not None and EARLIEST <= int(text[:4]) <= LATEST
