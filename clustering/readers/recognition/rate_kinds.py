"""Words in a long table that say what kind of rate a row holds: ``5 Year Outcome``, ``Dropout rate`` ..."""

from __future__ import annotations

import re
from collections.abc import Iterable

from clustering.readers.recognition.headings import heading_key

OTHER_KIND = ""  # a kind of rate or count that is not read
# Headings of a column that holds numbers of any kind, and of the column that says which kind each is.
VALUE_HEADINGS = (
    *("value", "rate", "percent", "pct", "percentage", "result", "indicator_value", "measure_value", "metric_value"),
    *("data_value", "statistic_value", "outcome_rate", "outcome_percent", "outcome_pct"),
)
_MEASURE_HEADING = re.compile(
    r"(^|_)(measure|metric|indicator|outcome|statistic|data_description|rate_type)(_|$)"
    r"|(ending|exit|completion|graduation)_status$"
)
_YEARS = re.compile(r"(?<![a-z0-9])(?P<years>three|four|five|six|[3-6])[\s_-]*(years?|yrs?)(?![a-z])")
_NUMBERS = {"three": "3", "four": "4", "five": "5", "six": "6"}
_OTHER = re.compile(
    r"drop[\s-]*out|still (enrolled|in school)|continu|(?<![a-z])(ged|hiset|iep|non)(?![a-z])|certificate|equivalen"
    r"|transfer|not (a )?graduat|did not|unknown|attend|absen|number|count"
    r"|(?<![a-z])(n|cohort size|students in)(?![a-z])"
    r"|(?<![a-z])(rank\w*|points?|percentile|target|goal|change|improvement|gap|index|rating)(?![a-z])"
    r"|suspen|college|completion|completer|diploma type|aspir|post-?second|[3-6][\s-]*(and|or|to|&|/)[\s-]*[3-6]"
)
_GRADUATION = re.compile(r"graduat(ion|ed|es)|(?<![a-z])graduate$|grad(\.|uation)? rate|(?<![a-z])(acgr|grad)(?![a-z])")

# Numbers of years stand alone under GradRateType, Cohort Length, Number of Years.
_LENGTH_HEADING = re.compile(
    r"(cohort|rate|grad\w*)_?(type|length|years?|yrs?)$|(number|num|no|n)_of_years$|^years?_?(to|of)_grad\w*$"
)
_LENGTH = re.compile(r"([3-7])(\.0)?")
# What became of students who did not graduate.
_OTHER_OUTCOME = re.compile(
    r"drop[\s-]*(ped )?out|still (enrolled|in school)|continu|did not|not (a )?graduat|non[\s-]*graduat|withdr[ae]w"
)


def kind_of_entry(entry: str) -> str | None:
    """
    Say which graduation rate an entry names.

    Parameters
    ----------
    entry
        ``4 Year Outcome``, ``Graduation rate``, ``Dropout rate`` ...

    Returns
    -------
    kind
        ``graduation_4year`` and the like; ``OTHER_KIND`` for another rate or count; ``None`` for words that say
        nothing of it. A graduation rate without a number of years is that of four, as EDFacts defines it.
    """
    words = " ".join(entry.lower().split())
    if _OTHER.search(words):
        return OTHER_KIND
    numbers = {_NUMBERS.get(match["years"], match["years"]) for match in _YEARS.finditer(words)}
    if len(numbers) > 1:
        return OTHER_KIND
    if numbers:
        return f"graduation_{numbers.pop()}year"
    return "graduation_4year" if _GRADUATION.search(words) else None


def tell_outcomes(entries: Iterable[str]) -> bool:
    """Whether some of the entries of a column name what became of students who did not graduate."""
    return any(_OTHER_OUTCOME.search(entry.lower()) for entry in entries)


def are_lengths(heading: str, entries: Iterable[str]) -> bool:
    """Whether a column holds the number of years within which students graduate, as numbers alone."""
    entries = list(entries)
    is_called_length = _LENGTH_HEADING.search(heading_key(heading)) is not None
    return is_called_length and bool(entries) and all(map(_LENGTH.fullmatch, entries))


def kind_of_length(entry: str) -> str:
    """Which graduation rate a number of years names; ``OTHER_KIND`` for one that is not read."""
    years = entry[0]
    return f"graduation_{years}year" if years in _NUMBERS.values() else OTHER_KIND


def tells_kind(heading: str, entries: Iterable[str], *, of_values: bool) -> bool:
    """
    Tell whether a column says what kind of rate each row holds.

    Parameters
    ----------
    heading
        Of the column.
    entries
        Its distinct ones.
    of_values
        Whether the numbers stand in a column of any kind (``VALUE_HEADINGS``). Then the column may have entries that
        are no graduation rate, of which nothing is known.

    Returns
    -------
    tells
        ``False`` if a cell is blank, if no entry is a graduation rate, or if all are the usual one of four years. Words
        without a number of years count only under a heading such as ``measure`` or ``outcome``: elsewhere they may say
        why a school is on a list.
    """
    entries = list(entries)
    if are_lengths(heading, entries):
        return set(entries) != {"4"}
    kinds = {entry: kind_of_entry(entry) for entry in entries}
    known = set(kinds.values()) - {None, OTHER_KIND}
    if "" in kinds or not known or set(kinds.values()) == {"graduation_4year"}:
        return False
    if _MEASURE_HEADING.search(heading_key(heading)):
        return of_values or None not in kinds.values()
    return None not in kinds.values() and any(_YEARS.search(entry.lower()) for entry in kinds)
