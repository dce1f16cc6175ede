"""Student ids to numbers that reveal nothing; the texts of ids go no further than this module."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute

from clustering.readers.student_records.delimited import clean_texts

# A number of 17 digits, with a 1 before it, still fits into 63 bits.
MAXIMUM_DIGITS = 17
_ZERO, _NINE = ord("0"), ord("9")
_ROUNDED = r"^\d(?:\.\d+)?[eE]\+?\d+$"


@dataclass(frozen=True, kw_only=True)
class StudentNumbers:
    """
    Numbers of the students of all records.

    Parameters
    ----------
    numbers
        uint64, from 0; the same number only for the same text: ``0012``, ``12`` and ``NA`` are three students.
    is_blank
        Records without an id.
    is_rounded
        Records whose id a spreadsheet turned into ``1.00005E+11``, so that several students share it.
    """

    numbers: np.ndarray
    is_blank: np.ndarray
    is_rounded: np.ndarray


def number_students(ids: pa.ChunkedArray) -> StudentNumbers:
    """
    Number the students.

    Parameters
    ----------
    ids
        Text of the id of each record, of all files.

    Returns
    -------
    students
        One number for each record.
    """
    digits = [_numbers_of_digits(chunk) for chunk in ids.chunks]
    if all(numbers is not None for numbers in digits):
        numbers = np.concatenate([numbers for numbers in digits if numbers is not None])
        is_blank = numbers == 1
        lowest = numbers[~is_blank].min(initial=np.iinfo(np.int64).max)
        np.subtract(numbers, lowest, out=numbers)
        numbers[is_blank] = 0
        is_rounded = np.zeros(len(numbers), dtype=bool)
        return StudentNumbers(numbers=numbers.view(np.uint64), is_blank=is_blank, is_rounded=is_rounded)
    # All chunks share one dictionary, which is complete in the last chunk.
    encoded = ids.dictionary_encode()
    codes = np.concatenate([chunk.indices.to_numpy(zero_copy_only=False) for chunk in encoded.chunks])
    texts = encoded.chunk(encoded.num_chunks - 1).dictionary
    cleaned = clean_texts(texts)
    if not cleaned.equals(texts):
        unique = cleaned.dictionary_encode()
        texts, codes = unique.dictionary, unique.indices.to_numpy(zero_copy_only=False)[codes]
    is_blank = np.asarray(pa.compute.equal(texts, ""))[codes]
    is_rounded = np.asarray(pa.compute.match_substring_regex(texts, _ROUNDED))[codes]
    return StudentNumbers(numbers=codes.astype(np.uint64), is_blank=is_blank, is_rounded=is_rounded)


def _numbers_of_digits(texts: pa.StringArray) -> np.ndarray | None:
    """
    Whole numbers of texts of digits, each with a 1 before it, so that leading zeros count.

    ``None`` if a text has another sign or is too long. A blank text becomes 1.
    """
    _, offset_buffer, data_buffer = texts.buffers()
    offsets = np.frombuffer(offset_buffer, dtype=np.int32)[texts.offset : texts.offset + len(texts) + 1]
    lengths = np.diff(offsets)
    if data_buffer is None:
        return np.ones(len(texts), dtype=np.int64)
    signs = np.frombuffer(data_buffer, dtype=np.uint8)[offsets[0] : offsets[-1]]
    if len(signs) and (signs.min() < _ZERO or signs.max() > _NINE):
        return None
    shortest, longest = int(lengths.min(initial=MAXIMUM_DIGITS)), int(lengths.max(initial=0))
    if longest > MAXIMUM_DIGITS:
        return None
    filled = texts if shortest > 0 else pa.compute.if_else(pa.array(lengths > 0), texts, "0")
    numbers = np.asarray(filled.cast(pa.int64()))
    return numbers + (10**longest if shortest == longest else 10 ** lengths.astype(np.int64))
