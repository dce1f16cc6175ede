"""
The codes and words in which files say what a school is, to the entries of the schools table.

=================  ===========================================================================================
trait              codes
=================  ===========================================================================================
``school_type``    1 regular, 2 special education, 3 vocational, 4 other or alternative (CCD and the Education
                   Data Portal); 5, a reportable program, is no kind of school
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

import pandas as pd

_NOT_SAID = {
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
    How one trait of a school is written.

    Parameters
    ----------
    codes
        Code, in lower case, to entry; ``None`` for one that is known and stands for no entry.
    words
        Patterns searched for in lower case text, the first that is found counting.
    no
        The entry of a school that does not have the trait; ``None`` where there is no such entry.
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
    Read what a column says of its schools.

    Parameters
    ----------
    texts
        The distinct texts of the column.
    trait
        One of ``TRAITS``.
    is_status
        Whether the heading promises a status: only then a Title I of 1 or 2 is always a code. In a column without
        higher codes it is yes or no otherwise.

    Returns
    -------
    entries
        As in the schools table; missing where the text says nothing, or cannot be read.
    unknown
        ``True`` where a text says something that cannot be read.
    """
    plain = texts.str.lower().str.strip().str.replace(_FRACTION, r"\1", regex=True)
    said = set(plain)
    codes = _codes_of(trait, said, is_status=is_status)
    read = {text: _entry(text, codes, TRAITS[trait].words) for text in said}
    entries = plain.map({text: entry for text, (entry, _) in read.items()}).astype("str")
    return entries, ~plain.map({text: is_known for text, (_, is_known) in read.items()}).astype("bool")


def _codes_of(trait: str, said: AbstractSet[str], *, is_status: bool) -> dict[str, str | None]:
    """Codes of one column: what a sign means can depend on the others that stand beside it."""
    form = TRAITS[trait]
    codes = dict(form.codes)
    if trait == "title1_status" and not is_status and not said & {"3", "4", "5", "6"}:
        codes |= {"1": "title1", "2": form.no}
    if form.no is not None and "t" in said:  # true and false, not California's letters
        codes |= {"t": codes["true"], "f": form.no}
    # "N" is CCD's "not applicable", and "no" beside other letters such as "Y".
    if form.no is not None and any(len(text) == 1 and text.isalpha() for text in said & codes.keys()):
        codes["n"] = form.no
    return codes


def _entry(
    text: str, codes: Mapping[str, str | None], words: Sequence[tuple[str, str | None]]
) -> tuple[str | None, bool]:
    """Entry of a text, and whether the text is known at all."""
    if text in codes:
        return codes[text], True
    if text in _NOT_SAID or _NEGATIVE.fullmatch(text):
        return None, True
    unnumbered = _NUMBERED.sub("", text, count=1)
    if unnumbered in codes:
        return codes[unnumbered], True
    for pattern, entry in words:
        if re.search(pattern, unnumbered):
            return entry, True
    return None, False
