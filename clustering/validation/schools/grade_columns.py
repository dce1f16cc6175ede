"""A column for each grade in a plain schools file (``G09``, ``Grade 9``, ``KG``, ``9th``): students, or yes and no."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import pandas as pd
import pyarrow as pa

from clustering.model.grades import grade_mask, parse_grade
from clustering.readers.recognition.file_kinds import PLAIN_KINDS
from clustering.readers.recognition.headings import heading_key, is_grade_heading
from clustering.readers.text.values import NO_WORDS, YES_WORDS, parse_school_year, parse_students, parse_unique
from clustering.validation.findings import Findings

LEAST_GRADES = 3  # fewer columns may be called so by chance
_COLUMNS = ["school_id", "year", "grade", "students"]
_COUNT = r"(?:enroll?ments?|students|count|total|membership|member|number|num|n)"
_OFFERED = r"(?:offers?|offered|serves?|served|has|is)"
_NAMED = r"(?:pk_?[34]?|prek|pre_k|pre_kindergarten|prekindergarten|preschool|kg|k|kdgn?|kinder|kindergarten)"
_PART_OF_DAY = re.compile(r"_?(half|full)_day")
_HIGHEST = 12
_BARE = re.compile(r"0?[1-9]|1[0-2]")
_GRADE = re.compile(
    rf"(?:(?:{_COUNT}|{_OFFERED})_)*(?:in_)?(?:"
    rf"(?:grade|gr|g)_?(?P<numbered>\d\d?|{_NAMED})|(?P<named>{_NAMED})|(?P<ordinal>\d\d?(?:st|nd|rd|th))(?:_grade)?"
    rf")(?:_(?:{_COUNT}|{_OFFERED}))*|{_COUNT}_(?P<padded>0[1-9]|1[0-3])|{_OFFERED}_(?P<offered>\d\d?)"
)


def headings_by_grade(headings: Sequence[str]) -> dict[str, int]:
    """
    Find the headings that are called by a grade, with the grade.

    None if there are fewer than three, or one grade twice, unless those are for half and full days. Bare numbers count
    if they follow one another, and either kindergarten is before them or grade 12 is the last and grade 1 is not the
    first: 1 to 12 alone may be months.
    """
    found: dict[str, int] = {}
    parts: dict[int, list[str]] = {}
    for heading in headings:
        key = "" if is_grade_heading(heading) else heading_key(heading)  # CCD's own yes and no are read elsewhere
        part = _PART_OF_DAY.search(key)
        if (grade := _grade_called(_PART_OF_DAY.sub("", key))) is not None:
            found[heading] = grade
            parts.setdefault(grade, []).append(part.group(1) if part else "")
    numbers = _bare_numbers(headings, has_named=bool(found))
    for heading, grade in numbers.items():
        found[heading] = grade
        parts.setdefault(grade, []).append("")
    is_clear = all(len(each) == 1 or sorted(each) == ["full", "half"] for each in parts.values())
    return found if is_clear and len(parts) >= LEAST_GRADES else {}


def _grade_called(key: str) -> int | None:
    match = _GRADE.fullmatch(key)
    if match is None:
        return None
    text = next(filter(None, match.groups())).replace("_", "")
    try:
        return parse_grade("k" if text.startswith("k") else text)
    except ValueError:  # grade 14
        return None


def _bare_numbers(headings: Sequence[str], *, has_named: bool) -> dict[str, int]:
    """Headings that are a number alone, if they can only be grades."""
    numbers = {heading: int(heading) for heading in headings if _BARE.fullmatch(heading)}
    grades = list(numbers.values())
    if len(grades) < LEAST_GRADES or grades != list(range(grades[0], grades[-1] + 1)):
        return {}
    is_told = has_named if grades[0] == 1 else grades[-1] == _HIGHEST
    return numbers if is_told else {}


def read_grade_columns(findings: Findings) -> pd.DataFrame:
    """
    Read enrolment by grade from a plain file of schools.

    Parameters
    ----------
    findings
        A validated file of schools; the columns are added to its headings, and a warning counts cells that cannot be
        read.

    Returns
    -------
    enrolment
        ``school_id``, ``year`` (fall; missing where the file does not say it), ``grade`` and ``students`` [missing:
        suppressed or not known], for the records used; no rows if columns called by a grade hold anything but counts,
        such as yes and no.
    """
    empty = pd.DataFrame(columns=_COLUMNS)
    by_grade = headings_by_grade(findings.table.headings) if findings.table.kind == PLAIN_KINDS["schools"] else {}
    taken = set(findings.headings.values())
    parts, unreadable = [], 0
    for heading, grade in by_grade.items():
        if heading in taken:
            continue
        column = findings.table.column(heading)
        counts, bad = parse_students(column.distinct())
        students = column.spread(counts["students"].mask(bad))
        unreadable += int((column.spread(bad) & ~column.is_blank()).sum())
        parts.append(pd.DataFrame({"grade": grade, "students": students}))
    if len(parts) < LEAST_GRADES or not _are_counts(parts, unreadable):
        return empty
    for heading, grade in by_grade.items():
        findings.headings.setdefault(f"enrolment, grade {grade}", heading)
    if unreadable:
        message = f"{unreadable:,} cells of the enrolment by grade are no number of students; they count as not known."
        findings.note(message, "Write whole numbers, or * for a suppressed one.", column=next(iter(by_grade)))
    ids, year, kept = findings.column("school_id"), _years(findings), findings.kept()
    if findings.table.options.repeated == "merge":  # the sites of a school have its students together
        kept = (ids != "").to_numpy()
        year = year.groupby(ids).transform("first")
    table = pd.concat([part.assign(school_id=ids, year=year)[kept] for part in _whole_grades(parts)])
    return table.groupby(_COLUMNS[:3], dropna=False, sort=False)[["students"]].sum(min_count=1).reset_index()


def _whole_grades(parts: Sequence[pd.DataFrame]) -> list[pd.DataFrame]:
    """One table for each grade: half and full days are added up, and the sum is not known if one of them is not."""
    by_grade: dict[int, pd.DataFrame] = {}
    for part in parts:
        grade = int(part["grade"].iloc[0])
        before = by_grade.get(grade)
        by_grade[grade] = part if before is None else part.assign(students=before["students"] + part["students"])
    return list(by_grade.values())


def _are_counts(parts: Sequence[pd.DataFrame], unreadable: int) -> bool:
    """Whether the columns hold numbers of students, and not flags or words."""
    students = pd.concat([part["students"] for part in parts])
    known = int(students.notna().sum())
    return known > unreadable and bool((students > 1).any())


def _years(findings: Findings) -> pd.Series:
    """Falls of the school years of a file; a bare year that may be either is missing."""
    column, convention = findings.texts("school_year"), findings.table.options.year_convention
    texts = column.distinct()
    is_clear = texts.str.contains(r"\d\D+\d") | (convention is not None)
    falls, _ = parse_unique(texts.where(is_clear, ""), lambda text: parse_school_year(text, convention or "fall"))
    return pd.Series(column.spread(falls.to_numpy(dtype="float64", na_value=np.nan))).astype("Int64")


def read_grade_flags(findings: Findings) -> np.ndarray:
    """
    Read which grades the schools offer from columns called by a grade that hold yes and no, or a cross and nothing.

    Parameters
    ----------
    findings
        A plain file of schools; the columns are added to its headings, with a warning that names them.

    Returns
    -------
    masks
        Bit mask of the grades of each record (int64); 0 if there are no such columns.
    """
    masks = np.zeros(len(findings.table), dtype="int64")
    by_grade = headings_by_grade(findings.table.headings) if findings.table.kind == PLAIN_KINDS["schools"] else {}
    taken = set(findings.headings.values())
    columns = {heading: findings.table.column(heading) for heading in by_grade if heading not in taken}
    grades = {by_grade[heading] for heading in columns}
    if len(grades) < LEAST_GRADES or max(grades) - min(grades) >= len(grades):  # a gap: not all columns are known
        return masks
    if not _are_flags([text for each in columns.values() for text in each.texts]):
        return masks
    for heading, column in columns.items():
        offered = column.spread(column.distinct().str.lower().isin(YES_WORDS).to_numpy())
        masks |= np.where(offered, grade_mask(by_grade[heading], by_grade[heading]), 0)
        findings.headings.setdefault(f"offers grade {by_grade[heading]}", heading)
    message = f"The grades were taken from columns that say yes or no for each: {', '.join(columns)[:200]}."
    findings.note(
        message, "Nothing needs to be done if they say which grades a school offers.", column=next(iter(columns))
    )
    return masks


def _are_flags(cells: Sequence[pa.StringScalar]) -> bool:
    """Whether cells say yes and no, or yes and nothing; no file has classes of one student and none only."""
    words = {cell.as_py().lower() for cell in cells}
    return bool(words & YES_WORDS) and len(words) > 1 and words <= {*YES_WORDS, *NO_WORDS, ""}
