"""
Codes and words for characteristics of a school, to the entries of the schools table.

=================  ===========================================================================================
trait              codes
=================  ===========================================================================================
``school_type``    1 regular, 2 special education, 3 vocational, 4 other or alternative (CCD and the Education
                   Data Portal); 5, a reportable program, is no school type
``title1_status``  1 targeted assistance eligible without program, 2 targeted assistance, 3 schoolwide eligible with
                   targeted assistance, 4 schoolwide eligible without program, 5 schoolwide, 6 not eligible (CCD's
                   ``TITLEISTAT``, the portal); since 2016-17 ``SWELIGTGPROG`` and the like
``virtual``        ``FULLVIRTUAL`` ... (CCD), 0 to 3 (the portal), F V C P N (California)
=================  ===========================================================================================
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import NamedTuple

import pandas as pd

_NO_ENTRY = {
    *("", ".", "-", "–", "—", "--", "†", "‡", "m", "n", "na", "n/a", "nan", "none", "null", "missing", "unknown"),
    *("not reported", "not applicable", "not available", "not specified", "suppressed"),
}
_NEGATIVE = re.compile(r"-\d+(\.0+)?")
_NUMBERED = re.compile(r"\d\s*[-–:.]\s*(?=[a-z])")  # ELSI writes "5-Title I schoolwide school"
_FRACTION = re.compile(r"(\d)\.0+")
_YES, _NO = ("yes", "y", "true"), ("no", "false")


@dataclass(frozen=True, kw_only=True)
class Trait:
    """
    How files write one characteristic of a school.

    Parameters
    ----------
    codes
        Code, in lower case, to entry; ``None`` for a known code without an entry.
    words
        Patterns in lower case text to entry; the first that matches counts.
    no
        The entry of a school without the characteristic; ``None`` if there is no such entry.
    """

    codes: Mapping[str, str | None]
    words: Sequence[tuple[str, str | None]]
    no: str | None


SCHOOL_TYPE = Trait(
    codes={
        "1": "regular",
        "2": "special education",
        "3": "career and technical",
        "4": "alternative",
        "5": None,
        "cte": "career and technical",
        "sped": "special education",
    },
    words=(
        (r"reportable program", None),
        (r"special[ -]+ed", "special education"),
        (r"alternative", "alternative"),
        (r"\bvocational|\bcareer|\btechnical", "career and technical"),
        (r"\bregular\b", "regular"),
    ),
    no=None,
)
TITLE1_STATUS = Trait(
    codes={
        "1": "title1 eligible",
        "2": "title1",
        "3": "title1",
        "4": "title1 eligible",
        "5": "title1",
        "6": "not title1",
        "tgelgbnoprog": "title1 eligible",
        "tgelgbtgprog": "title1",
        "sweligtgprog": "title1",
        "swelignoprog": "title1 eligible",
        "sweligswprog": "title1",
        "nottitle1elig": "not title1",
        "swp": "title1",
        "tas": "title1",
        **dict.fromkeys(_YES, "title1"),
        **dict.fromkeys((*_NO, "0"), "not title1"),
    },
    words=(
        (r"\bnot (a )?title|\bnon[ -]?title|\bnot eligible|\bineligible", "not title1"),
        (r"\bno program|\bnot served|\bnot participating|\bwithout (a )?program", "title1 eligible"),
        (r"school[ -]?wide|\btarget", "title1"),
        (r"\beligible", "title1 eligible"),
        (r"\btitle (i|1|one)\b|\btitle[i1]\b", "title1"),
    ),
    no="not title1",
)
VIRTUAL = Trait(
    codes={
        "fullvirtual": "virtual",
        "facevirtual": "virtual",
        "suppvirtual": "partly virtual",
        "notvirtual": "not virtual",
        "virtualyes": "virtual",
        "virtualno": "not virtual",
        **dict.fromkeys((*_YES, "1"), "virtual"),
        **dict.fromkeys((*_NO, "0"), "not virtual"),
        "2": "virtual",
        "3": "partly virtual",
        "f": "virtual",
        "v": "virtual",
        "c": "partly virtual",
        "p": "partly virtual",
    },
    words=(
        (r"\bnot (a )?virtual|\bnon[ -]?virtual|\bno virtual", "not virtual"),
        (r"\bsupplement|\bpart(ly|ial)|\bprimarily classroom|\bhybrid|\bblended", "partly virtual"),
        (r"\bexclusively|\bfull|\bprimarily|\bface[ -]to[ -]face|\bvirtual\b", "virtual"),
    ),
    no="not virtual",
)
TRAITS: Mapping[str, Trait] = {"school_type": SCHOOL_TYPE, "title1_status": TITLE1_STATUS, "virtual": VIRTUAL}


def parse_trait(texts: pd.Series, trait: str, *, is_status: bool) -> tuple[pd.Series, pd.Series]:
    """
    Read a column of one characteristic.

    Parameters
    ----------
    texts
        The distinct texts of the column.
    trait
        One of ``TRAITS``.
    is_status
        Whether the heading names a status: only then is a Title I of 1 or 2 always a code. Otherwise, in a column
        without higher codes, it is yes or no.

    Returns
    -------
    entries
        As in the schools table; missing if the text is blank or unknown.
    unknown
        ``True`` where a text is not known.
    """
    plain = texts.str.lower().str.strip().str.replace(_FRACTION, r"\1", regex=True)
    distinct = set(plain)
    codes = _codes_of(trait, distinct, is_status=is_status)
    read = {text: _entry(text, codes, TRAITS[trait].words) for text in distinct}
    entries = plain.map({text: found.entry for text, found in read.items()}).astype("str")
    return entries, ~plain.map({text: found.is_known for text, found in read.items()}).astype("bool")


def _codes_of(trait: str, texts: AbstractSet[str], *, is_status: bool) -> dict[str, str | None]:
    """Codes of one column; the meaning of a code can depend on the other codes in the column."""
    notation = TRAITS[trait]
    codes = dict(notation.codes)
    if trait == "title1_status" and not is_status and not texts & {"3", "4", "5", "6"}:
        codes |= {"1": "title1", "2": notation.no}
    if notation.no is not None and "t" in texts:  # true and false, not California's letters
        codes |= {"t": codes["true"], "f": notation.no}
    # "N" is CCD's "not applicable", but "no" in a column with other letters such as "Y".
    if notation.no is not None and any(len(text) == 1 and text.isalpha() for text in texts & codes.keys()):
        codes["n"] = notation.no
    return codes


class _Entry(NamedTuple):
    """Entry of a text, and whether the text is known."""

    entry: str | None
    is_known: bool


def _entry(text: str, codes: Mapping[str, str | None], words: Sequence[tuple[str, str | None]]) -> _Entry:
    if text in codes:
        return _Entry(codes[text], True)
    if text in _NO_ENTRY or _NEGATIVE.fullmatch(text):
        return _Entry(None, True)
    unnumbered = _NUMBERED.sub("", text, count=1)
    if unnumbered in codes:
        return _Entry(codes[unnumbered], True)
    for pattern, entry in words:
        if re.search(pattern, unnumbered):
            return _Entry(entry, True)
    return _Entry(None, False)
