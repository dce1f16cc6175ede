"""
Columns of text to numbers, student counts, grades and school years; unreadable cells are marked.

Which texts are a suppressed count is decided here (``_SUPPRESSED``, :func:`parse_students`); the interval that such a
count stands for is in ``model/suppression.py``.
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

MAXIMUM_STUDENTS_PER_CELL = 1_000_000
# What people write for yes and no, in small letters.
YES_WORDS = frozenset({"yes", "y", "true", "1", "x"})
NO_WORDS = frozenset({"no", "n", "false", "0"})
_INTERVAL = r"^\[(?P<low>[^,\]]+), (?P<high>[^,\]]+)\]$"
_PLAIN_NUMBER = r"^-?[0-9]+(\.[0-9]+)?$"
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
_SUPPRESSED = {"-1", "-1.0", "*", "**", "s", "ps", "ds", "<10", "n<10", "< 10", "1-9", "‡", "suppressed"}


def parse_numbers(texts: pd.Series) -> tuple[pd.Series, pd.Series]:
    """
    Read plain numbers.

    Parameters
    ----------
    texts
        Text of each cell; thousands separators (``1,234``) are allowed, infinity and NaN are not.

    Returns
    -------
    numbers
        float64; missing where the cell is blank or unreadable.
    bad
        ``True`` where a cell is neither blank nor a finite number.
    """
    cells = arrow_texts(texts)
    if pc.any(pc.match_substring(cells, ",")).as_py():
        cells = arrow_texts(texts.str.replace(r"(?<=\d),(?=\d{3}\b)", "", regex=True))
    # Arrow reads neither a plus sign nor a decimal point without digits on both sides.
    plain = pc.match_substring_regex(cells, _PLAIN_NUMBER)
    quick = pc.if_else(plain, cells, pa.scalar(None, pa.string())).cast(pa.float64())
    numbers = numpy_of(quick)
    for number in np.flatnonzero(numpy_of(pc.invert(plain))):
        text = cells[int(number)].as_py()
        numbers[number] = float(text) if _NUMBER.fullmatch(text) else np.nan
    values = pd.Series(np.where(np.isfinite(numbers), numbers, np.nan), index=texts.index)
    return values, values.isna() & (texts != "")


def plain_numbers(cells: pa.StringArray | pa.ChunkedArray) -> np.ndarray | None:
    """Numbers of cells that are all finite and plain, such as ``-76.99``; ``None`` if any is not."""
    try:
        numbers = numpy_of(cells.cast(pa.float64()))
    except pa.ArrowInvalid:  # a cell that is blank, that has separators, or that is no number
        return None
    return numbers if len(numbers) and np.isfinite(numbers).all() else None


def parse_students(texts: pd.Series) -> tuple[pd.DataFrame, pd.Series]:
    """
    Read student counts; a suppressed one becomes the interval that it stands for.

    Parameters
    ----------
    texts
        Whole or, for estimates, fractional numbers; ``-1``, ``*``, ``<10``, ``S``, ``PS``, ``DS`` are suppressed:
        1 to 9 students; ``[21, 29]`` is an interval, as a Scenario's own flows have them.

    Returns
    -------
    counts
        ``students`` (missing: suppressed), ``students_low``, ``students_high``.
    bad
        ``True`` where a cell is blank, negative (other than -1), above a million, or no number.
    """
    suppressed = texts.str.lower().isin(_SUPPRESSED)
    is_interval = texts.str.startswith("[")
    numbers, bad = parse_numbers(texts.mask(suppressed | is_interval, ""))
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
        ``2022-23``, ``2022-2023``, ``2022/23`` or a bare ``2022``.
    convention
        What a bare year is: ``fall`` or ``spring`` (2022 is then the school year 2021-22).

    Returns
    -------
    year
        2022 for each of the first three; ``None`` for blank.

    Raises
    ------
    ValueError
        Another text, or the second year does not follow the first.
    """
    if text == "":
        return None
    match = re.fullmatch(r"(\d{4})(?:\.0|\s*[-–/]\s*(\d{2}|\d{4}))?", text)
    if match is None or not 1900 <= int(match.group(1)) <= 2200:
        raise ValueError(f"not a school year: {text!r}")
    following = match.group(2)
    if following is not None and int(following) % 100 != (int(match.group(1)) + 1) % 100:
        raise ValueError(f"not two years in a row: {text!r}")
    return int(match.group(1)) - (following is None and convention == "spring")
