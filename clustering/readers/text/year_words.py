"""School years in a text, as headings and cells write them: ``SY2022-23``, ``Class of 2022``, ``rate_1415``."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from functools import cache
from typing import Literal, NamedTuple

Convention = Literal["fall", "spring"]

FIRST_MONTH = 7  # a school year runs from July to June, as budgets and state collections do
EARLIEST, LATEST = 1900, 2200
# A pair without a dash, such as 1920, is a pair unless it may be a year itself.
_EARLIEST_BARE, _LATEST_BARE = 1950, 2100
_LAST_GRADE = 13  # "09-10" may be grades
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_MONTH = (
    r"(?P<month_name>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_YEAR = r"(?:19|20)\d\d"
_DATES = (
    rf"(?<![a-z0-9])(?P<year>{_YEAR})-(?P<month>\d\d?)-(?P<day>\d\d?)(?:[T ]\d\d?:[\d:.]+Z?)?",
    rf"(?<![a-z0-9])(?P<month>\d\d?)/(?P<day>\d\d?)/(?P<year>{_YEAR}|\d\d)(?: \d\d?:[\d:.]+(?: ?[ap]m)?)?",
    rf"(?<![a-z0-9]){_MONTH} ?(?:(?P<day>\d\d?)(?:st|nd|rd|th)?,? )?(?P<year>{_YEAR})",
    rf"(?<![a-z0-9])(?P<day>\d\d?)[- ]{_MONTH}[- ](?P<year>{_YEAR}|\d\d)",
    rf"(?<![a-z0-9])(?P<year>{_YEAR})(?P<month>\d\d)(?P<day>\d\d)",
)
_BARE_YEAR = rf"(?P<year>{_YEAR})(?:\.0+)?"
_DASH = r"\s*[-–—/]\s*'?|\s+to\s+"
_PAIRS = (
    rf"(?P<first>{_YEAR})(?P<sign>{_DASH}|[_ ]|)(?P<second>{_YEAR})",
    rf"(?P<first>{_YEAR})(?P<sign>{_DASH}|[_ ]|)(?P<second>\d\d)",
    r"'?(?P<first>\d\d)(?P<sign>\s*[-–—/]\s*'?|_)(?P<second>\d\d)",
    r"(?P<first>\d\d)(?P<sign>)(?P<second>\d\d)",
)
# Words that belong to a year, and which of the two calendar years of a school year they name. A fiscal year is named by
# the year in which it ends (46 states end it in June: National Association of State Budget Officers, Budget Processes).
_GAP = r"[\s_]*"
_SCHOOL_YEAR = rf"(?:school|academic){_GAP}year"
_FALL_WORDS = rf"(?:{_SCHOOL_YEAR}{_GAP})?(?:beginning|starting)(?:{_GAP}in)?|(?:fall|autumn)(?:{_GAP}of)?"
_SPRING_WORDS = (
    rf"(?:graduating{_GAP})?class{_GAP}of|(?:{_SCHOOL_YEAR}{_GAP})?(?:ending|ended)(?:{_GAP}in)?"
    rf"|spring(?:{_GAP}of)?|fiscal{_GAP}year|fy"
)
_LENGTH = "".join(rf"(?<!{number}[-_ ])" for number in (r"\d", "three", "four", "five", "six"))  # "4-year rate"
_LEAD = re.compile(
    rf"(?<![a-z])(?:(?P<fall>{_FALL_WORDS})|(?P<spring>{_SPRING_WORDS})|(?P<other>{_SCHOOL_YEAR}|sy|ay|{_LENGTH}(?:year|yr)))$",
    re.IGNORECASE,
)
_LONGEST_LEAD = 60  # in a text of very many numbers, all that stands before each would be searched again and again
_TAIL = re.compile(
    rf"{_GAP}(?:(?P<fall>fall|autumn)|(?P<spring>spring|fiscal{_GAP}year|fy|graduating{_GAP}class)"
    rf"|(?P<other>{_SCHOOL_YEAR}|sy|ay))(?![a-z])",
    re.IGNORECASE,
)
_SHORT = re.compile(
    rf"(?<![a-z])(?:{_FALL_WORDS}|{_SPRING_WORDS}|{_SCHOOL_YEAR}|sy|ay){_GAP}'?(?P<year>\d\d)(?!\d)"
    r"|(?<![a-z0-9])(?P<quoted>'\d\d)(?!\d)",
    re.IGNORECASE,
)
_ELSEWHERE = {"fall": r"(?<![a-z])(fall|autumn|october)(?![a-z])", "spring": r"(?<![a-z])spring(?![a-z])"}
_TWO_DIGITS = re.compile(r"\d\d")
_SEPARATORS = " \t_-–—,:;.|/'"


class YearInText(NamedTuple):
    """
    A school year found in a text.

    Parameters
    ----------
    year
        As written; of a pair the first, of a date the fall of its school year.
    convention
        What ``year`` is: ``fall``, ``spring``, or ``None`` if the words do not tell (a bare ``2022``, ``SY22``).
    rest
        The text without the year and the words that belong to it.
    """

    year: int
    convention: Convention | None
    rest: str

    def fall(self, convention: Convention | None = None) -> int | None:
        """Fall of the school year; ``convention`` is for a year that its words leave open, ``None`` if it is open."""
        meaning = self.convention or convention
        return None if meaning is None else self.year - (meaning == "spring")


class _Found(NamedTuple):
    """Where in the text a year stands, the year, and what it is."""

    start: int
    end: int
    year: int
    convention: Convention | None


def find_year(text: str, *, joined: bool = False) -> YearInText | None:
    """
    Find the school year in a text.

    Parameters
    ----------
    text
        A heading or a cell: ``2022-23``, ``(2021–22)``, ``SY22``, ``Grad Rate - Class of 2022``, ``ALL_RATE_1415``,
        ``FY23``, ``Fall 2022``, ``20222023``, ``10/1/2022`` ...
    joined
        Whether four digits such as ``2021`` are the pair 2020-21 (see :func:`has_joined_pairs`).

    Returns
    -------
    found
        ``None`` if the text has no year, several, or a span of more than one school year (``2019-22``).

    Notes
    -----
    Two digits count only beside a word (``SY22``) or an apostrophe (``'22``), and a pair of numbers up to 13 only if a
    word says that it is no span of grades.
    """
    if _TWO_DIGITS.search(text) is None:  # nor a year of any kind
        return None
    found = [*_dates(text), *_pairs(text, joined=joined), *_bare_years(text)]
    kept: list[_Found] = []
    for each in found:
        if not any(_overlap(each, earlier) for earlier in kept):
            kept.append(each)
        if len(kept) > 1:
            return None
    kept = kept or _short_years(text)
    if len(kept) != 1 or kept[0].year < 0:
        return None
    return _with_words(text, kept[0])


def has_joined_pairs(texts: Iterable[str]) -> bool:
    """
    Tell whether texts write school years as four digits: ``1819``, ``2122``.

    Parameters
    ----------
    texts
        Cells of a column, or headings.

    Returns
    -------
    joined
        Whether one of them has such a pair that cannot be a year. Then ``2021`` beside it is 2020-21 too.
    """
    return any(
        _year_of_pair(text, match, joined=False) is not None
        for text in texts
        for match in _alone(_PAIRS[-1]).finditer(text)
    )


def _overlap(one: _Found, other: _Found) -> bool:
    return one.start < other.end and other.start < one.end


@cache
def _alone(pattern: str) -> re.Pattern[str]:
    """A pattern that is no part of a longer number."""
    return re.compile(rf"(?<!\d)(?<!\d\.){pattern}(?!\d)(?!\.[1-9])", re.IGNORECASE)


def _dates(text: str) -> list[_Found]:
    found = []
    for pattern in _DATES:
        for match in _alone(pattern).finditer(text):
            parts = match.groupdict()
            name = parts.get("month_name")
            month = _MONTHS.index(name.lower()[:3]) + 1 if name else int(parts["month"])
            year = _century(int(parts["year"]))
            if year is None or not _is_day(year, month, int(parts["day"] or 1)):
                continue
            found.append(_Found(match.start(), match.end(), year - (month < FIRST_MONTH), "fall"))
    return found


def _is_day(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _pairs(text: str, *, joined: bool) -> list[_Found]:
    return [
        _Found(match.start(), match.end(), year, "fall")
        for pattern in _PAIRS
        for match in _alone(pattern).finditer(text)
        if (year := _year_of_pair(text, match, joined=joined)) is not None
    ]


def _year_of_pair(text: str, match: re.Match[str], *, joined: bool) -> int | None:
    """First year of a pair; -1 for a span of several years, ``None`` for two numbers that are no pair."""
    first, sign, second = match.group("first", "sign", "second")
    year = _century(int(first))
    if year is None:
        return None
    if int(second) != (year + 1 if len(second) == 4 else (year + 1) % 100):
        is_span = len(first) == 4 and bool(sign.strip(" _"))
        return -1 if is_span else None
    if len(first) == 4:
        return year
    before = text[max(0, match.start() - _LONGEST_LEAD) : match.start()]
    has_word = _LEAD.search(before.rstrip(" _")) is not None
    if not sign:
        is_year = _EARLIEST_BARE <= int(first + second) <= _LATEST_BARE
        return None if is_year and not joined else year
    return year if has_word or int(second) > _LAST_GRADE else None


def _bare_years(text: str) -> list[_Found]:
    return [_Found(match.start(), match.end(), int(match["year"]), None) for match in _alone(_BARE_YEAR).finditer(text)]


def _short_years(text: str) -> list[_Found]:
    found = []
    for match in _SHORT.finditer(text):
        group = "year" if match["year"] else "quoted"
        if (year := _century(int(match[group].lstrip("'")))) is not None:
            found.append(_Found(match.start(group), match.end(), year, None))
    return found


def _century(year: int) -> int | None:
    """A year of two digits as one from 1980 to 2049; ``None`` for other numbers of two digits."""
    if year > 99:
        return year
    return 2000 + year if year < 50 else 1900 + year if year >= 80 else None


def _with_words(text: str, found: _Found) -> YearInText:
    """Take the words that belong to a year off the text with it."""
    before, after = _without_brackets(text[: found.start], text[found.end :])
    told = set()
    if lead := _LEAD.search(before.rstrip(_SEPARATORS)):
        before = before[: lead.start()]
        told.add(lead.lastgroup)
    if tail := _TAIL.match(after):
        after = after[tail.end() :]
        told.add(tail.lastgroup)
    rest = _joined(*_without_brackets(before, after))
    return YearInText(found.year, found.convention or _told(told - {"other"}, rest), rest)


def _told(names: set[str | None], rest: str) -> Convention | None:
    """What a bare year is, by the words beside it or else by those in the rest of the text."""
    told = names or {name for name, pattern in _ELSEWHERE.items() if re.search(pattern, rest, re.IGNORECASE)}
    if len(told) != 1:
        return None
    return "fall" if "fall" in told else "spring"


def _without_brackets(before: str, after: str) -> tuple[str, str]:
    """Leave out brackets that held only a year."""
    if before.rstrip().endswith(("(", "[")) and after.lstrip().startswith((")", "]")):
        return before.rstrip()[:-1], after.lstrip()[1:]
    return before, after


def _joined(before: str, after: str) -> str:
    """Join what stood before and behind a year."""
    separator = "_" if before.endswith("_") or after.startswith("_") else " "
    parts = [before.strip(_SEPARATORS), after.strip(_SEPARATORS)]
    return separator.join(part for part in parts if part)
