"""Headings of rates and of the counts behind them: which students and how many years each is of."""

from __future__ import annotations

import re
from collections.abc import Sequence

from clustering.readers.recognition.group_words import GROUP_LETTERS, GROUP_WORDS
from clustering.readers.recognition.likely_columns import words_of

# Words that most headings of rates and counts have, whichever students they count.
_COUNTED = re.compile(
    r"grads?|graduat\w*|cohort|adjusted|adj|acgr|rates?|pct|percent\w*|counts?|cnt|n|num(ber)?|size|students?|pupils?|all"
    r"|total|overall|school|denom\w*|numer\w*|of|in|the|who"
)
_OTHER_YEARS = {"3", "5", "6", "7", "extended"}
_SAME_WORDS = {
    "three": "3",
    "four": "4",
    "five": "5",
    "six": "6",
    "seven": "7",
    "yr": "year",
    "years": "year",
    "y": "year",
}
_OF_GROUP_OR_PLACE = rf"{GROUP_WORDS}|(^|_)({GROUP_LETTERS})(_|$)|econ|disab|state|district"


def order_of_rates(heading: str) -> tuple[bool, int]:
    """Key by which a rate of all students in four years comes first; then those with the fewest further words."""
    words = words_of(heading)
    further = _further_words(words)
    return re.search(_OF_GROUP_OR_PLACE, words) is not None or bool(_OTHER_YEARS & further), len(further)


def is_of_group_or_other_years(heading: str) -> bool:
    """Whether a heading says that its rate is that of a group or a place, or of another number of years than four."""
    words = words_of(heading)
    further = _further_words(words)
    is_of_other_years = "extended" in further or ("year" in further and bool(_OTHER_YEARS & further))
    return re.search(_OF_GROUP_OR_PLACE, words) is not None or is_of_other_years


def paired_counts(graduates: Sequence[str], cohorts: Sequence[str]) -> tuple[str, str] | None:
    """
    Choose the headings of a count of graduates and of the cohort that it is a part of.

    Parameters
    ----------
    graduates, cohorts
        Headings that may be one.

    Returns
    -------
    pair
        Of the same students in four years: all further words of the two are the same. ``None`` if no two are.
    """
    pairs = [
        (graduate, cohort)
        for graduate in graduates
        for cohort in cohorts
        if _further_words(words_of(graduate)) == _further_words(words_of(cohort))
        and not _OTHER_YEARS & _further_words(words_of(graduate))
    ]
    return min(pairs, key=lambda pair: order_of_rates(pair[0]), default=None)


def _further_words(words: str) -> set[str]:
    """Words of a heading of a rate or a count that say which students and years it is of; ``4YR`` is two."""
    known = re.sub(r"(?<=\d)(?=[a-z])", "_", words).split("_")
    return {_SAME_WORDS.get(word, word) for word in known if word and not _COUNTED.fullmatch(word)}
