"""A column that tells of each record whether it is of a school, a district or the state."""

from __future__ import annotations

import re

import numpy as np

from clustering.readers.raw_table import RawTable
from clustering.readers.recognition.headings import heading_key

# Headings that can mean nothing else, and headings that may.
_CLEAR = re.compile(
    r"(.*_)?aggregat\w*(_.*)?|(report|reporting|entity|data|record|summary|geographic|org|rec)_?(level|type)"
)
_POSSIBLE = re.compile(
    r"level|type|entity|(agency|unit|institution|organi[sz]ation|school|row|category|site)_?(level|type)"
)
_SCHOOL = re.compile(r"(.*\b)?(schools?|campus|building|site)( ?level)?|s|sch")
_ABOVE = re.compile(
    r"(.*\b)?(districts?|state|county|region|lea|nation|national|division|agency|parish|esc|boces|city|diocese)"
    r"( ?wide)?( (level|total|totals|average|summary))?|(state|district|county)wide"
)
_LETTERS = frozenset("tcdrnl")


def records_above_schools(table: RawTable) -> np.ndarray:
    """
    Mark the records of districts, counties and states.

    Parameters
    ----------
    table
        A file.

    Returns
    -------
    marked
        One per record. A column counts only if it has both records of schools and others and, unless its heading says
        that it tells the level of a record, no entry with another meaning.
    """
    for heading in table.headings:
        key = heading_key(heading)
        is_clear = _CLEAR.fullmatch(key) is not None
        if not is_clear and _POSSIBLE.fullmatch(key) is None:
            continue
        if not table.has_few_texts(heading, 50):
            continue
        column = table.column(heading)
        texts = [" ".join(re.split(r"[\W_]+", text.lower())).strip() for text in column.texts.to_pylist()]
        above = np.array([_is_above(text, may_be_letter=is_clear or "level" in key) for text in texts], dtype=bool)
        school = np.array([_SCHOOL.fullmatch(text) is not None for text in texts], dtype=bool) & ~above
        other = ~above & ~school & (np.array(texts) != "")
        if "aggregat" in key:  # a group of districts, in the state's own words
            above, other = above | other, other & False
        if school.any() and above.any() and (is_clear or not other.any()):
            return column.spread(above)
    return np.zeros(len(table), dtype=bool)


def _is_above(text: str, *, may_be_letter: bool) -> bool:
    return _ABOVE.fullmatch(text) is not None or (may_be_letter and text in _LETTERS)
