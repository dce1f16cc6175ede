"""Grades as numbers, sets of grades as bit masks, and the level of a school from the grades it offers."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

PRESCHOOL, PREKINDERGARTEN, KINDERGARTEN = -2, -1, 0
LAST_GRADE = 13
_LAST_YEAR = 14  # early colleges count their years on; all after grade 12 is one grade here
HIGH_SCHOOL_GRADES = (9, 10, 11, 12)
LAST_FEEDING_GRADE = 11  # whoever leaves after grade 12 is promoted into no school

_NAMES = {
    "ps": PRESCHOOL,
    "pe": PRESCHOOL,
    "ee": PRESCHOOL,  # early education: Texas Education Agency, data standards, code table C050
    "ec": PRESCHOOL,
    "ece": PRESCHOOL,
    "earlychildhood": PRESCHOOL,
    "earlyeducation": PRESCHOOL,
    "p3": PRESCHOOL,
    "preschool": PRESCHOOL,
    "preschl": PRESCHOOL,
    "k3": PRESCHOOL,
    "3k": PRESCHOOL,
    "p": PREKINDERGARTEN,
    "pk": PREKINDERGARTEN,
    "pk3": PRESCHOOL,
    "pk4": PREKINDERGARTEN,
    "p4": PREKINDERGARTEN,
    "k4": PREKINDERGARTEN,
    "prek": PREKINDERGARTEN,
    "prekindergarten": PREKINDERGARTEN,
    "tk": PREKINDERGARTEN,
    "transitionalkindergarten": PREKINDERGARTEN,
    "k": KINDERGARTEN,
    "kg": KINDERGARTEN,
    "0k": KINDERGARTEN,
    "k5": KINDERGARTEN,  # of five-year-olds, beside K3 and K4
    "kf": KINDERGARTEN,  # the whole day and half of it: CCD and Pennsylvania's reports of enrolment
    "kh": KINDERGARTEN,
    "kn": KINDERGARTEN,
    "ki": KINDERGARTEN,  # North Carolina's membership by school and day
    "kk": KINDERGARTEN,  # Georgia Department of Education, counts of full-time equivalents by grade
    "kindergarten": KINDERGARTEN,
}
_UNGRADED = {
    "",
    "ug",
    "un",
    "ungraded",
    "ae",
    "ao",
    "a",
    "o",
    "adult",
    "adulteducation",
    "se",  # special education without a grade, as New York City writes it
    "votech",
    "vocational",
    "n",
    "m",
    "na",
    "notapplicable",
    "none",
    "pg",
    "postgraduate",
}


_SIGNED_RANGE = re.compile(r"(-?[12])-([0-9]{1,2})")  # -1 is pre-kindergarten in the Urban Institute's files
# K8 is K-8; K5 alone is not: K3, K4 and K5 are also kindergartens by age.
_JOINED_SET = re.compile(r"(P?K)-?([6-9]|1[0-2])", re.IGNORECASE)
_UNCLEAR_SET = re.compile(r"P?K[125]", re.IGNORECASE)
_SLASHED_PAIR = re.compile(r"([0-9]{1,2})/([0-9]{1,2})")
# Signs that stand for none in published tables.
_NO_GRADE = {"", "-", "--", "–", "—", ".", "†", "‡"}


def parse_grade(text: str) -> int | None:
    """
    Read one grade.

    Parameters
    ----------
    text
        As published: ``PK``, ``KG``, ``09``, ``9``, ``9.0``, ``Grade 9``, ``9th``, ``10th grade``; ``-1`` is
        pre-kindergarten and ``0`` kindergarten, as in the Urban Institute's files.

    Returns
    -------
    grade
        -2 preschool, -1 pre-kindergarten, 0 kindergarten, 1 to 12, 13 for 13 and 14; ``None`` for ungraded, adult or
        blank.

    Raises
    ------
    ValueError
        The text is none of these.
    """
    key = re.sub(r"[^a-z0-9.\-]", "", text.lower())
    key = re.sub(r"^(grades?|gr\.?|g)(?=[0-9kp])|(st|nd|rd|th)?(grades?)?$|\.0+$", "", key)
    compact = re.sub(r"-(?![0-9])|\.", "", key)  # K-3 is no K3
    if not compact and text.strip() not in _NO_GRADE:
        raise ValueError(f"not a grade: {text!r}")
    if compact in _NAMES:
        return _NAMES[compact]
    if compact in _UNGRADED:
        return None
    if re.fullmatch(r"-?\d{1,2}", key) and PRESCHOOL <= int(key) <= _LAST_YEAR:
        return min(int(key), LAST_GRADE)
    raise ValueError(f"not a grade: {text!r}")


def grade_mask(low: int, high: int) -> int:
    """Bit mask of all grades from ``low`` to ``high``; bit ``grade + 2`` stands for a grade."""
    return sum(1 << (grade - PRESCHOOL) for grade in range(low, high + 1))


def parse_grade_set(text: str) -> int:
    """
    Read the grades a school offers, listed or as ranges, into a bit mask.

    Parameters
    ----------
    text
        For example ``01 02 03 KG PK``, ``PK-5``, ``pre K-8``, ``9, 10, 11, 12``, ``K-2; 4``, ``Grades 6 to 8``,
        ``6th - 8th grade`` or ``K8``.

    Returns
    -------
    mask
        0 if the text names no grade.

    Raises
    ------
    ValueError
        A part of the text is not a grade, or the text has several meanings: ``6/8``, and ``K5`` by itself, which may
        be K-5 or the kindergarten of five-year-olds.
    """
    plain = _plain_set(text)
    if joined := _JOINED_SET.fullmatch(plain):
        plain = "-".join(joined.groups())
    if ((pair := _SLASHED_PAIR.fullmatch(plain)) and int(pair[2]) - int(pair[1]) != 1) or _UNCLEAR_SET.fullmatch(plain):
        raise ValueError(f"grades with several meanings: {text!r}")
    mask = 0
    for part in re.split(r"[\s,;|/&+]+", plain):
        if (
            re.sub(r"[^a-z]", "", part.lower()) in _UNGRADED
            and not re.search(r"\d", part)
            and "-" not in part.strip("-")
        ):
            continue
        mask |= _mask_of_part(part)
    return mask


def _plain_set(text: str) -> str:
    """A set of grades in one notation: PK for pre-kindergarten, a dash for ranges, no words such as "grades"."""
    words = re.sub(r"^P-K-", "PK-", re.sub(r"[–—−]", "-", text.strip()), flags=re.IGNORECASE)
    words = re.sub(r"\bpre[\s-]*k(indergarten)?\b", "PK", words, flags=re.IGNORECASE)
    words = re.sub(r"\btransitional kindergarten\b", "TK", words, flags=re.IGNORECASE)
    words = re.sub(r"\b(grades?|gr)\b\.?:?|\band\b", " ", words, flags=re.IGNORECASE).strip()
    return re.sub(r"(?<=\w)\s*(?:-|\b(?:to|through|thru)\b)\s*(?=\w)", "-", words, flags=re.IGNORECASE)


def _mask_of_part(part: str) -> int:
    """Bit mask of one grade or one range."""
    ends = _SIGNED_RANGE.fullmatch(part)
    texts = ends.groups() if ends else part.split("-") if not part.startswith("-") else [part]
    grades = [parse_grade(end) for end in texts]
    known = [grade for grade in grades if grade is not None]
    if len(grades) > 2 or len(known) == 1 < len(grades):
        raise ValueError(f"not a range of grades: {part!r}")
    if not known:
        return 0
    if known[0] > known[-1]:
        raise ValueError(f"a range of grades that runs backwards: {part!r}")
    return grade_mask(known[0], known[-1])


def offers_grade(masks: pd.Series, grades: pd.Series) -> pd.Series:
    """
    Tell, element by element, whether a set of grades has a grade.

    Parameters
    ----------
    masks
        Bit masks; missing is an unlisted school.
    grades
        Grades, -2 to 13; missing allowed.

    Returns
    -------
    offered
        ``False`` where either is missing.
    """
    known = masks.notna() & grades.notna()
    shifts = (grades.fillna(PRESCHOOL).astype("int64") - PRESCHOOL).clip(0, 30)
    bits = (masks.fillna(0).to_numpy(dtype="int64") >> shifts.to_numpy()) & 1
    return known & pd.Series(bits == 1, index=masks.index)


def highest_grade(masks: pd.Series) -> pd.Series:
    """Highest grade of each bit mask, as Int64; missing where the mask is 0 or missing."""
    values = masks.fillna(0).to_numpy(dtype="int64")
    exponents = np.frexp(values.astype("float64"))[1] - 1 + PRESCHOOL
    return pd.Series(exponents, index=masks.index, dtype="Int64").mask(values == 0)


def lowest_grade(masks: pd.Series) -> pd.Series:
    """Lowest grade of each bit mask, as Int64; missing where the mask is 0 or missing."""
    values = masks.fillna(0).to_numpy(dtype="int64")
    return highest_grade(pd.Series(values & -values, index=masks.index))


def final_grades_from(masks: np.ndarray, grades: np.ndarray) -> np.ndarray:
    """
    Find the final grade that students reach who are in a grade of a school.

    Parameters
    ----------
    masks
        Bit masks of the grades offered; 0 where they are unknown.
    grades
        A grade for each, -2 to 13.

    Returns
    -------
    final
        int64: the first grade from there on after which the school does not offer the next one: 2 for a kindergartner
        of a school with the grades K-2 and 6-8.
    """
    above = masks.astype("int64") >> (grades.astype("int64") - PRESCHOOL + 1)
    final: np.ndarray = grades + np.bitwise_count(above & ~(above + 1)).astype("int64")
    return final


def level_of(mask: int) -> str:
    """Level of a school (``columns.LEVELS``) from the kindergarten to twelfth grades it offers."""
    offered = [grade for grade in range(KINDERGARTEN, 13) if mask >> (grade - PRESCHOOL) & 1]
    if not offered:
        return "other"
    lowest, highest = offered[0], offered[-1]
    if highest >= HIGH_SCHOOL_GRADES[0]:
        return "high" if lowest >= HIGH_SCHOOL_GRADES[0] else "middle-high" if lowest >= 4 else "all-grades"
    if lowest >= 5:
        return "middle"
    if lowest == 4:
        return "middle" if highest >= 7 else "elementary"
    return "elementary-middle" if highest >= 7 else "elementary"


def format_grades(mask: int) -> str:
    """Grades of a bit mask as people write them: ``PK-5``, ``9-12``, ``K-2, 4``; empty for none."""
    labels = {PRESCHOOL: "PS", PREKINDERGARTEN: "PK", KINDERGARTEN: "K"}
    runs: list[list[int]] = []
    for grade in range(PRESCHOOL, LAST_GRADE + 1):
        if mask >> (grade - PRESCHOOL) & 1:
            if runs and runs[-1][-1] == grade - 1:
                runs[-1].append(grade)
            else:
                runs.append([grade])
    texts = [[labels.get(grade, str(grade)) for grade in (run[0], run[-1])] for run in runs]
    return ", ".join(first if first == last else f"{first}-{last}" for first, last in texts)
