"""
Which canonical column a heading may stand for that is no known heading, by its words, its letters, and its cells.

A guess is never read: it is named to the user, with the option that takes the column.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Container, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache

from clustering.model.grades import parse_grade_set
from clustering.model.spelling import british
from clustering.readers.recognition.aliases import ALIASES
from clustering.readers.recognition.capacity_aliases import PARTNER_WORDS, PREFERENCE_WORDS
from clustering.readers.recognition.group_words import GROUP_LETTERS, GROUP_WORDS
from clustering.readers.recognition.likely_cells import (
    COUNT,
    DEGREES,
    ID,
    LEVEL,
    MARKS,
    RATE,
    STATUS,
    TEXT,
    YEAR,
    are_points,
    without_unknown_marks,
)

_LEAST_LIKENESS = 0.85  # of a heading with a letter or two wrong
_MAXIMUM_CHARACTERS = 60
_WORDS = {"partners": PARTNER_WORDS, "preferences": PREFERENCE_WORDS}


@dataclass(frozen=True)
class _Likeness:
    """Words of a heading that may stand for a column, words that speak against it, and what its cells look like."""

    words: re.Pattern[str]
    cells: re.Pattern[str] | None  # None: grades
    others: re.Pattern[str] | None = None

    def fits(self, words: str) -> bool:
        """Whether a heading, as words joined by ``_``, may stand for the column."""
        return self.words.search(words) is not None and not (self.others and self.others.search(words))


def _like(words: str, cells: re.Pattern[str] | None, others: str = "") -> _Likeness:
    return _Likeness(re.compile(words), cells, re.compile(others) if others else None)


_PER_CENT = r"(rate|pct|percent)"
_GRADUATION = rf"grad(?!e).*{_PER_CENT}|{_PER_CENT}.*grad(?!e)|acgr"
# A "cohort graduation rate" is a rate; "graduation rate, cohort count" and a percentile of the rate are none.
_NO_GRADUATION = (
    r"drop|attend|non_?grad|not_|teacher|proficien|denom|_(lo|hi|low|high|n|d|cnt|count|num|numer\w*)$"
    r"|cohort_(count|cnt|size|num\w*|n|total|students?)(_|$)|rate_cohort$"
    r"|prior|previous|last_year|baseline|expected|predicted|projected"
    r"|colou?r|percentile|change|improve|(^|_)(gap|growth|difference|index|ratings?|stars?|score)(_|$)"
    r"|(^|_)(rank\w*|target|goal|points|pts|seven_year|7_?y(ea)?r)(_|$)|(rate|grad\w*)_(type|length|years?)$"
)
_OF_GROUPS = rf"{GROUP_WORDS}|(^|_)({GROUP_LETTERS}|pct|percent|rate|grades?)(_|$)|econ|disab"
_SCHOOL = r"(school|schl|sch|campus|building|bldg|site|org|institution|facility|entity|aggregation)"
_CODE = r"(id|ids|code|cd|num|number|no|nbr|key|irn|identifier)"
_DISTRICT = r"(district|dist|lea|corp|corporation|division|system|county_district)"
_SCHOOL_DISTRICT = r"^school_(system|corp\w*|division)(_|$)"
_ORIGIN = r"(^|_)(origin|from|sending|sender|feeder|home|resid\w*|zoned|prior|previous|last|old|current)(_|$)"
_DESTINATION = r"(^|_)(dest\w*|to|receiv\w*|next|attend\w*|enrolled|new|future)(_|$)"
_OF_LEVEL = rf"(_school)?(_({_CODE}|dbn))?$"
# Students who may come one day, or find a seat, are not enrolled; and between districts no school feeds another.
_NOT_ENROLLED = r"project|forecast|predict|plann|proposed|expected|estimat|target|goal|capacity|seats?(_|$)"
_OF_DISTRICT = r"^(?!.*(school|campus|building|dbn)).*(^|_)(district|dist|lea|leaid|corp|corporation)(_|$)"
_OF_PLACE = r"(intpt|cent\w*|site|bldg|building|sch|school|gis|gps|phys\w*|pt|addr\w*|geo\w*|map)"
_OF_SYSTEM = r"(wgs_?84|nad_?(83|27)|dd|gps|geo\w*|map|gis|utm|sp|spc|state_?plane)"
_OF_GRID = r"(utm|sp|spc|state_?plane|nad(83|27)?|proj\w*|map|gis)"
# A heading that says graduation rate is named even if many of its cells are marks of the state.
_LEAST_FITTING: Mapping[re.Pattern[str] | None, float] = {RATE: 0.5}
# In this order: the first that fits counts.
_LIKENESSES: Mapping[str, _Likeness] = {
    **{
        f"{number}_year_graduation_rate": _like(
            rf"^(?=.*({digit}|{number})_?y(ea)?r).*({_GRADUATION})", RATE, _NO_GRADUATION
        )
        for number, digit in (("three", 3), ("five", 5), ("six", 6))
    },
    "graduation_rate": _like(_GRADUATION, RATE, _NO_GRADUATION),
    "proficiency_mathematics": _like(r"math.*(profic|pct_prof)|(profic|pct_prof).*math", RATE),
    "proficiency_reading": _like(r"(read|ela(_|$)|rla|english).*profic|profic.*(read|ela(_|$)|rla|english)", RATE),
    "graduates": _like(
        r"graduates|graduated|(^|_)grads(_|$)|num(ber)?_(of_)?grad(?!e)|grad(?!e)\w*_(count|num)",
        COUNT,
        "non|not|pct|rate",
    ),
    "cohort": _like(
        r"cohort|grad(?!e)\w*_denom", COUNT, "rate|pct|percent|^year|(cohort|class|school|entry)_?year|years?$"
    ),
    "latitude": _like(
        rf"latitude|(^|_){_OF_PLACE}?lat(_|$)|(^|_){_OF_GRID}_?(y|n|northings?)$|^y_{_OF_SYSTEM}$|northing",
        DEGREES,
        "mail",
    ),
    "longitude": _like(
        rf"longitude|(^|_){_OF_PLACE}?(lon|lng|long)(_|$)|(^|_){_OF_GRID}_?(x|e|eastings?)$|^x_{_OF_SYSTEM}$|easting",
        DEGREES,
        "name|mail",
    ),
    "status": _like(
        r"(^|_)status(_|$)|clos(e|ed|ing|ure)_?(date|day)|date_?clos|^closed$|operational",
        STATUS,
        r"title|charter|magnet|virtual",
    ),
    "level": _like(
        r"(^|_)(level|lvl|type|tier|category)\d?(_|$)|(zone|school|sch|boundary|area)_?(type|level|lvl)$",
        LEVEL,
        r"(^|_)(grade|grd)s?_",
    ),
    "lowest_grade": _like(
        r"(low|min|from|start|strt|beg|first).*(grade?s?|grd)(_|$)|grade.*(_low\w*|min|from|start)", None
    ),
    "highest_grade": _like(
        r"(high|max|to|end|last).*(grade?s?|grd)(_|$)|grade.*(_high\w*|max|_to|end)", None, "school"
    ),
    "grades": _like(
        r"gr(ade|d)s?_?(span|range|rng|level|lvl|config)|grades?_.*(offer|serv|incl)|(^|_)grades(_|$)|^(grade|grds?)$",
        None,
    ),
    "next_grade": _like(rf"^(?=.*grade).*({_DESTINATION})", None),
    "grade": _like(r"(^|_)(grade|grd|gr)(_|$)", None),
    "enrolment": _like(
        r"enrol|(^|_)enr(_|$)|membership|(^|_)adm(_|$)|head_?count|pupils"
        r"|(student|pupil).*(count|total|num)|(count|total|num).*(student|pupil)"
        r"|^(grand_|school_)?total(_(p?k|pre_?k)_?(to_)?1[23])?$|^(p?k|pre_?k)_?(to_)?1[23]_total$",
        COUNT,
        rf"{_OF_GROUPS}|{_NOT_ENROLLED}",
    ),
    "origin": _like(
        rf"{_ORIGIN}|^(elementary|middle|junior_high|es|ms){_OF_LEVEL}",
        ID,
        rf"(^|_)year$|^year|grade|name|{_OF_DISTRICT}",
    ),
    "destination": _like(
        rf"{_DESTINATION}|^(high|senior_high|hs){_OF_LEVEL}", ID, rf"(^|_)year$|^year|grade|name|{_OF_DISTRICT}"
    ),
    "old_id": _like(r"(^|_)(old|former|previous|prior|from|closed)(_|$)", ID, r"(^|_)year$|^year|grade|name"),
    "new_id": _like(r"(^|_)(new|current|successor|to|present|receiving)(_|$)", ID, r"(^|_)year$|^year|grade|name"),
    "travel_time": _like(r"minute|second|(^|_)(time|mins?|secs?|duration)(_|$)", re.compile(r"\d+(\.\d+)?"), "year"),
    "students": _like(
        r"student|pupil|count|(^|_)(n|num|number|total|promoted|moved|headcount)(_|$)",
        COUNT,
        rf"{_CODE}$|name|year|male",
    ),
    "population": _like(r"pop|child|resident|student|people|persons", re.compile(r"[\d,]+(\.\d+)?")),
    "school_id": _like(
        rf"{_SCHOOL}(.*_)?{_CODE}(_(nces|state|sea|local))?$|{_SCHOOL}.*{_SCHOOL}{_CODE}$|^(fac|facility)_?(id|no|num|code)$"
        r"|(^|_)(dbn|ncesid|cds|cdscode|rcdts|irn|ncessch|beds|beds_?code|cdcode|campus|co_?dist_?sch)(_|$)",
        ID,
        rf"^{_DISTRICT}|{_SCHOOL_DISTRICT}|district|(^|_)(name|phone|zip|year|type|level|grade)(_|$)",
    ),
    "district_id": _like(
        rf"{_DISTRICT}.*{_CODE}$|leaid",
        ID,
        r"(^|_)school(?!_(system|corp|div))|name|congress|council|legisl|senate|house",
    ),
    "district_name": _like(rf"(^|_){_DISTRICT}.*name|^district$", TEXT, "school_name|congress|council|legisl"),
    "name": _like(rf"{_SCHOOL}.*name|^(long|full|official)_?name$|^(school|campus|building)$", TEXT, _DISTRICT),
    **dict.fromkeys(
        ("year", "school_year"), _like(r"(^|_)(year|yr|sy|schoolyear|cohort_year)(_|$)", YEAR, "birth|open")
    ),
}
# A wrong choice among rates decides which schools are low-performing: others are named even if one is read.
NAMED_BESIDE = frozenset(name for name in _LIKENESSES if name.endswith("graduation_rate"))


def likely_columns(headings: Sequence[str], role: str, *, found: Container[str]) -> dict[str, str]:
    """
    Guess what columns are that were not recognised.

    Parameters
    ----------
    headings
        Of these columns.
    role
        A key of ``aliases.ALIASES``.
    found
        Canonical columns that the file has otherwise.

    Returns
    -------
    likely
        Heading to canonical column, only of those that the file lacks; of graduation rates also further ones.
    """
    likely = {}
    for heading in headings:
        words = words_of(heading)
        canonical = next((name for name, likeness in _likenesses(role).items() if likeness.fits(words)), None)
        if canonical is not None and (canonical not in found or canonical in NAMED_BESIDE):
            likely[heading] = canonical
    return likely


def likely_headings(canonical: str, headings: Sequence[str]) -> list[str]:
    """Headings that a canonical column may have, in the order of the file."""
    likeness = _LIKENESSES.get(canonical)
    return [] if likeness is None else [heading for heading in headings if likeness.fits(words_of(heading))]


def is_district_of_students(heading: str) -> bool:
    """Whether a heading is that of districts from which or into which students go."""
    words = words_of(heading)
    return re.search(_OF_DISTRICT, words) is not None and re.search(rf"{_ORIGIN}|{_DESTINATION}", words) is not None


def holds_likely_cells(canonical: str, texts: Collection[str]) -> bool | None:
    """
    Tell whether most cells look like those of a canonical column; ``None`` if all are blank or marks.

    Among rates and counts, a few texts without a digit are marks too. Only whole numbers up to 10 are points.
    """
    values = [text for text in texts if text and not MARKS.fullmatch(text)]
    cells = _LIKENESSES[canonical].cells
    if cells in (RATE, COUNT):
        values = without_unknown_marks(values)
    if not values:
        return None
    if cells is RATE and are_points(values):
        return False
    fitting = sum(_has_grades(text) if cells is None else cells.fullmatch(text) is not None for text in values)
    return fitting >= _LEAST_FITTING.get(cells, 0.8) * len(values)


def like_known_heading(key: str, role: str, *, found: Container[str], compares_letters: bool) -> str | None:
    """
    Find the canonical column of a register of partners or preferences that a heading may stand for.

    Parameters
    ----------
    key
        Of the heading of a column that was not used (``headings.heading_key``), in British spelling.
    role
        ``partners`` or ``preferences``.
    found
        Canonical columns that the file has otherwise. If it lacks one, a single telling word is enough.
    compares_letters
        Whether to look for known headings with a letter or two wrong, which is slow.

    Returns
    -------
    canonical
        ``None`` if the heading is like none.
    """
    aliases = ALIASES[role]
    missing = {name: words for name, words in aliases.items() if name not in found}
    for candidates in (missing, aliases):  # a column that the file lacks is the likelier one
        if same := _same_heading(key, candidates):
            return same
    words_of_key = set(key.split("_"))
    if told := next(
        (name for name, words in _WORDS[role].items() if name in missing and words_of_key & {*words}), None
    ):
        return told
    if not compares_letters or len(key) > _MAXIMUM_CHARACTERS:
        return None
    of_alias = {british(alias): name for name, each in reversed(list(aliases.items())) for alias in each}
    near = get_close_matches(key, of_alias, n=1, cutoff=_LEAST_LIKENESS)
    return of_alias[near[0]] if near else None


def words_of(heading: str) -> str:
    """The words of a heading in lower case and British spelling, joined by ``_``; ``GradRate`` are two."""
    words = re.findall(
        r"[^\W_]+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", heading.replace("%", " percent ").replace("#", " number "))
    )
    return british("_".join(words).lower())


@cache
def _likenesses(role: str) -> Mapping[str, _Likeness]:
    return {name: likeness for name, likeness in _LIKENESSES.items() if name in ALIASES[role]}


def _same_heading(key: str, aliases: Mapping[str, Sequence[str]]) -> str | None:
    # "Partner" is a heading of two columns: beside an identifier it is the name, which comes later.
    matches = [name for name, each in aliases.items() if key in map(british, each)]
    return matches[-1] if matches else None


def _has_grades(text: str) -> bool:
    try:
        return parse_grade_set(text) != 0
    except ValueError:
        return False
