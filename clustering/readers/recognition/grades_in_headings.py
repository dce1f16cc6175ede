"""Columns that are called by a grade: ``G09``, ``Grade 9``, ``KG``, ``9th``, ``9``, ``2022-23 Grade Nine``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from clustering.model.grades import parse_grade
from clustering.readers.recognition.group_words import GROUP_WORDS
from clustering.readers.recognition.headings import heading_key, is_grade_heading
from clustering.readers.text.year_words import YearInText, find_year

LEAST_GRADES = 3  # fewer columns may be called so by chance
_COUNT = r"(?:enroll?ments?|students|count|total|membership|member|number|num|n)"
_OFFERED = r"(?:offers?|offered|serves?|served|has|is)"
_NAMED = r"(?:p_?k_?[34]?|prek|pre_k|pre_kindergarten|prekindergarten|preschool|kg|k|kdgn?|kinder|kindergarten)"
_WORDS = "one two three four five six seven eight nine ten eleven twelve".split()
_ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split()
_NUMBER_OF_WORD = {word: str(number) for words in (_WORDS, _ORDINALS) for number, word in enumerate(words, start=1)}
_PART_OF_DAY = re.compile(r"(?:^|_)(half|full)(?:_?(?:day|time))?(?=_|$)")
_BRACKETS = re.compile(r"\[[^\]]*\]")
_HIGHEST = 12
_BARE = re.compile(r"0?[1-9]|1[0-2]")
_GRADE = re.compile(
    rf"(?:(?:{_COUNT}|{_OFFERED})_)*(?:in_)?(?:"
    rf"(?:grade|gr|g)_?(?P<numbered>\d\d?|{_NAMED})|(?P<named>{_NAMED})|(?P<ordinal>\d\d?(?:st|nd|rd|th))(?:_grade)?"
    rf"|grade_(?P<word>{'|'.join(_WORDS)})|(?P<ordinal_word>{'|'.join(_ORDINALS)})_grade"
    rf")(?:_(?:{_COUNT}|{_OFFERED}))*|{_COUNT}_(?P<padded>0[1-9]|1[0-3])|{_OFFERED}_(?P<offered>\d\d?)"
)
_MAY_BE_GRADE = re.compile(r"(?:^|_)(?:grade|gr|\w*kindergarten|kinder|k|kg|pre_?k|pk\d?|pre_?school|infants?)(?:_|$)")
_NO_GRADE = re.compile(
    rf"{GROUP_WORDS}|span|range|level|low|high|offered|rate|score|prof|math|read|retain"
    r"|(?:^|_)(?:pct|percent|p?k_\d\d?|\d\d?_\d\d?|avg|average|min|max|to|through|adm|ada|capacity|project\w*)(?:_|$)"
)


@dataclass(frozen=True)
class GradeColumn:
    """
    A column that is called by a grade.

    Parameters
    ----------
    heading
        As in the file.
    grade
        -1 (pre-kindergarten), 0 (kindergarten) to 13.
    part
        ``half`` or ``full``, of a day; blank if the heading does not say it.
    year
        The school year in the heading, if it has one.
    """

    heading: str
    grade: int
    part: str = ""
    year: YearInText | None = None

    @property
    def written_year(self) -> int | None:
        """The year as it stands in the heading."""
        return None if self.year is None else self.year.year


def columns_by_grade(headings: Sequence[str]) -> list[GradeColumn]:
    """
    Find the columns that are called by a grade.

    Parameters
    ----------
    headings
        Of the file.

    Returns
    -------
    columns
        In the order of the file; none if they are of fewer than three grades. Bare numbers count if they follow one
        another, and either kindergarten is before them or grade 12 is the last and grade 1 is not the first: 1 to 12
        alone may be months.
    """
    own = [heading for heading in headings if not is_grade_heading(heading)]  # CCD's own yes and no are read elsewhere
    found = [column for heading in own if (column := _grade_column(heading)) is not None]
    numbers = _bare_numbers(headings, has_named=bool(found))
    found += [GradeColumn(heading, grade) for heading, grade in numbers.items()]
    return found if len({column.grade for column in found}) >= LEAST_GRADES else []


def doubled_grades(columns: Sequence[GradeColumn]) -> list[str]:
    """Headings of one grade and year, unless they are those of half and of full days."""
    together: dict[tuple[int, int | None], list[GradeColumn]] = {}
    for column in columns:
        together.setdefault((column.grade, column.written_year), []).append(column)
    return [
        column.heading
        for each in together.values()
        if len(each) > 1 and sorted(column.part for column in each) != ["full", "half"]
        for column in each
    ]


def headings_like_grades(headings: Sequence[str]) -> list[str]:
    """Headings that speak of a grade in words that are not known, and not of a group of students or of a rate."""
    keys = {heading: heading_key(heading) for heading in headings}
    return [
        heading
        for heading, key in keys.items()
        if _MAY_BE_GRADE.search(key) and not _NO_GRADE.search(key) and key != "grade"
    ]


def _grade_column(heading: str) -> GradeColumn | None:
    if "%" in heading:
        return None
    grade, part = _grade_called(heading)
    if grade is not None:
        return GradeColumn(heading, grade, part)
    plain = _BRACKETS.sub(" ", heading)
    year = find_year(plain) if any(map(str.isdigit, plain)) else None
    if year is None and plain == heading:
        return None
    grade, part = _grade_called(plain if year is None else year.rest)
    return None if grade is None else GradeColumn(heading, grade, part, year)


def _grade_called(text: str) -> tuple[int | None, str]:
    """The grade that a text is called by, and the part of the day that it speaks of."""
    key = heading_key(text)
    part = _PART_OF_DAY.search(key)
    match = _GRADE.fullmatch(_PART_OF_DAY.sub("", key).strip("_"))
    if match is None:
        return None, ""
    called = next(filter(None, match.groups())).replace("_", "")
    called = _NUMBER_OF_WORD.get(called, called)
    try:
        return parse_grade("k" if called.startswith("k") else called), part.group(1) if part else ""
    except ValueError:  # grade 14
        return None, ""


def _bare_numbers(headings: Sequence[str], *, has_named: bool) -> dict[str, int]:
    """Headings that are a number alone, if they can only be grades."""
    numbers = {heading: int(heading) for heading in headings if _BARE.fullmatch(heading)}
    grades = list(numbers.values())
    if len(grades) < LEAST_GRADES or grades != list(range(grades[0], grades[-1] + 1)):
        return {}
    are_clear = has_named if grades[0] == 1 else grades[-1] == _HIGHEST
    return numbers if are_clear else {}
