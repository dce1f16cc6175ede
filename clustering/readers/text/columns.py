"""A column of text that keeps each distinct text once, so that each is parsed once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

# A column as it was parsed: dictionary-encoded or not, in chunks or not.
ArrowTexts: TypeAlias = pa.StringArray | pa.DictionaryArray | pa.ChunkedArray
_EXCEL_TEXT = r'^="([^"]*)"$'
# The mark by which a spreadsheet keeps a number as text, as some programs export it: '005201. A name may begin with an
# apostrophe too, so a digit must follow.
_EXCEL_APOSTROPHE = r"^'([0-9][^']*)'?$"


@dataclass(frozen=True)
class TextColumn:
    """
    A column of text.

    Parameters
    ----------
    codes
        int32, one per record: the position of its text in ``texts``.
    texts
        The distinct texts, none missing, white space around them removed; blank is ``""``.
    """

    codes: np.ndarray
    texts: pa.StringArray

    def distinct(self) -> pd.Series:
        """The distinct texts, in the order of ``texts``."""
        return pd.Series(pd.array(self.texts, dtype="str"))

    def series(self) -> pd.Series:
        """One text per record."""
        return pd.Series(pd.array(self.texts.take(pa.array(self.codes)), dtype="str"))

    def categorical(self) -> pd.Series:
        """One text per record, as a categorical column."""
        dtype = pd.CategoricalDtype(self.distinct().array)
        return pd.Series(pd.Categorical.from_codes(self.codes, dtype=dtype))

    def spread(self, values: np.ndarray | pd.Series) -> np.ndarray:
        """Values of the distinct texts, one per record."""
        spread: np.ndarray = np.asarray(values)[self.codes]
        return spread

    def at(self, record: int) -> str:
        """Text of one record."""
        return str(self.texts[int(self.codes[record])].as_py())

    def has_only_digits(self) -> bool:
        """Whether every text is of digits, or blank; most identifiers are, and need no closer look."""
        others = self.texts.filter(pc.invert(pc.ascii_is_decimal(self.texts)))
        return len(others) <= 1 and not any(others.to_pylist())

    def is_blank(self) -> np.ndarray:
        """Whether each record's text is blank."""
        return self.spread(numpy_of(pc.equal(self.texts, "")))

    def is_first(self) -> np.ndarray:
        """Whether each record is the first of those with its text."""
        records = np.arange(len(self.codes))
        firsts = np.empty(len(self.texts), dtype="int64")
        firsts[self.codes[::-1]] = records[::-1]  # the first record is assigned last, and stays
        is_first: np.ndarray = firsts[self.codes] == records
        return is_first

    def texts_at(self, records: np.ndarray) -> pa.StringArray:
        """Texts of some records."""
        return self.texts.take(pa.array(self.codes[records]))

    def clipped(self, characters: int) -> TextColumn:
        """The column with every text cut to this many characters."""
        return from_arrow(pa.DictionaryArray.from_arrays(pa.array(self.codes), _slice(self.texts, characters)))


def numpy_of(array: pa.Array) -> np.ndarray:
    """An Arrow array as a NumPy array; null becomes NaN in numbers."""
    return np.asarray(array.to_numpy(zero_copy_only=False))


def blank_column(records: int) -> TextColumn:
    """A column in which every cell is blank."""
    return TextColumn(np.zeros(records, dtype="int32"), pa.array([""], type=pa.string()))


def arrow_texts(texts: Sequence[str] | pd.Series | pd.Index) -> pa.StringArray:
    """Texts as one Arrow array; missing is null."""
    array = pa.array(texts, type=pa.string(), from_pandas=True)
    return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array


def text_column(texts: Sequence[str] | pd.Series | pa.Array) -> TextColumn:
    """Build a column from one text per record; missing is blank."""
    plain = texts if isinstance(texts, pa.Array) else arrow_texts(texts)
    return from_arrow(plain.cast(pa.string()).fill_null("").dictionary_encode())


def from_arrow(array: ArrowTexts) -> TextColumn:
    """
    Trim the texts of an array, and unwrap the ``="0100005"`` and ``'0100005`` that keep zeros alive in Excel.

    Parameters
    ----------
    array
        Strings without nulls, dictionary-encoded or not.

    Returns
    -------
    column
        Every distinct text once.
    """
    encoded = array if pa.types.is_dictionary(array.type) else array.dictionary_encode()
    if isinstance(encoded, pa.ChunkedArray):  # only now, when only numbers are copied
        encoded = encoded.combine_chunks()
    untrimmed = encoded.dictionary.cast(pa.string())
    texts = pc.utf8_trim_whitespace(untrimmed)
    if pc.any(pc.starts_with(texts, '="')).as_py():
        texts = pc.replace_substring_regex(texts, pattern=_EXCEL_TEXT, replacement=r"\1")
    if pc.any(pc.starts_with(texts, "'")).as_py():
        texts = pc.replace_substring_regex(texts, pattern=_EXCEL_APOSTROPHE, replacement=r"\1")
    codes = numpy_of(encoded.indices).astype("int32", copy=False)
    # Texts that differed only by white space are now equal; a dictionary from outside may also repeat a text.
    may_repeat = not texts.equals(untrimmed) or encoded is array
    if len(texts) and may_repeat and pc.count_distinct(texts).as_py() < len(texts):
        unique = texts.dictionary_encode()
        codes, texts = numpy_of(unique.indices)[codes].astype("int32", copy=False), unique.dictionary
    return TextColumn(codes, texts)


def sorted_texts(texts: pa.StringArray) -> pa.StringArray:
    """The texts, sorted; the same array if they are sorted already."""
    if pc.all(pc.less_equal(texts[:-1], texts[1:])).as_py():
        return texts
    return texts.take(pc.sort_indices(texts))


def texts_of(array: ArrowTexts) -> pa.StringArray | pa.ChunkedArray:
    """The texts of an array, each at least once."""
    return array.dictionary if isinstance(array, pa.DictionaryArray) else array


def _slice(texts: pa.StringArray, characters: int) -> pa.StringArray:
    return pc.utf8_slice_codeunits(texts, 0, characters)
