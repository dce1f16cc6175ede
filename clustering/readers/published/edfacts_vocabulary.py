"""Words of ED Data Express to EDFacts' measures, student groups and grades."""

from __future__ import annotations

import re

ALL_STUDENTS = "all"
ALL_GRADES = "all"

# EDFacts' data groups: graduation rates in four, five and six years; achievement in mathematics and in reading; the
# others are the cohorts behind the rates, and participation in the assessments.
_GRADUATION_GROUPS = {"695": "graduation_4year", "697": "graduation_5year", "755": "graduation_6year"}
_GRADUATION_WORDS = {
    word: f"graduation_{years}year"
    for number, years in (("three", "3"), ("four", "4"), ("five", "5"), ("six", "6"))
    for word in (number, years)
}
_ACHIEVEMENT_GROUPS = {"583", "584"}
_OTHER_DATA_GROUPS = {"696", "698", "756", "588", "589"}
# Words of ED Data Express for the groups of the wide files. Other groups keep their published words.
_GROUPS = {
    r"(all|all (students?|pupils)( in (the )?(school|lea|sea|district|state))?|not applicable)?": ALL_STUDENTS,
    r"totals?|total students?|(total|overall) \(?all students\)?|(total|overall)[ -]+all students": ALL_STUDENTS,
    r"ta|tot|overall|all students \(?total\)?|all student groups|all groups|whole school|school[- ]?wide": ALL_STUDENTS,
    r"[a-z/ ]{2,30}: ?(all|all students|total|overall)": ALL_STUDENTS,
    r"american indian.*": "MAM",
    r"asian ?/ ?pacific islander": "MAS",
    r"black.*": "MBL",
    r"hispanic.*": "MHI",
    r"multicultural.*|two or more races|multiracial": "MTR",
    r"white.*": "MWH",
    r"(children|students) with (one or more )?disabilit.*": "CWD",
    r"economically disadvantaged.*": "ECD",
    r"limited english proficien.*|english learners?.*": "LEP",
    r"foster care.*|.* in foster care": "FCS",
    r"homeless.*": "HOM",
    r"migrat.*|migrant.*": "MIG",
    r"military.*": "MIL",
    r"female": "F",
    r"male": "M",
}


def measure_of_words(group: str, description: str, subject: str, outcome: str) -> str:
    """Measure of a row of ED Data Express, by EDFacts' number of the data group or by its words; blank for others."""
    groups = set(re.findall(r"\d{3}", group))
    if len(known := groups & _GRADUATION_GROUPS.keys()) == 1:
        return _GRADUATION_GROUPS[known.pop()]
    words = description.lower()
    if "graduation" in words and not groups & _ACHIEVEMENT_GROUPS:
        is_rate = "rate" in words and (bool(known) or not groups & _OTHER_DATA_GROUPS)
        years = re.search(r"\b(three|four|five|six|[3-6])[- ]year", words)
        return _GRADUATION_WORDS[years.group(1)] if is_rate and years else ""
    of_outcome = outcome.lower()
    is_share = "proficient" in of_outcome and "not" not in of_outcome and "below" not in of_outcome
    is_share |= of_outcome in ("", "not applicable") and bool(groups & _ACHIEVEMENT_GROUPS)
    if not is_share or groups & _OTHER_DATA_GROUPS or "participa" in words:
        return ""
    lower = subject.lower()
    if lower.startswith("math") or (not lower and "583" in groups):
        return "proficiency_mathematics"
    if lower.startswith(("reading", "language arts", "english")) or (not lower and "584" in groups):
        return "proficiency_reading"
    return ""


def group_of_members(*members: str) -> str:
    """Group of a row that several columns narrow down; blank if one of them is missing."""
    parts = list(dict.fromkeys(group_of_words(member) for member in members))
    if any(part.lower() == "missing" for part in parts):
        return ""
    return "; ".join(part for part in parts if part != ALL_STUDENTS) or ALL_STUDENTS


def group_of_words(words: str) -> str:
    """
    EDFacts' code of a group of students.

    Parameters
    ----------
    words
        ``All Students in School``, ``Children with disabilities``, ``MBL`` ...

    Returns
    -------
    code
        ``all``, ``MBL``, ``CWD`` ...; the words themselves for a group that is not in the wide files.
    """
    return next((code for pattern, code in _GROUPS.items() if re.fullmatch(pattern, _plain(words))), words)


def is_all_students(words: str) -> bool:
    """Whether words name all students together; blank says nothing."""
    return words.lower() not in ("", "not applicable") and group_of_words(words) == ALL_STUDENTS


def is_known_group(words: str) -> bool:
    """Whether words, or one of EDFacts' codes, name a group of students."""
    return words.upper() in _GROUPS.values() or any(re.fullmatch(pattern, _plain(words)) for pattern in _GROUPS)


def _plain(words: str) -> str:
    return " ".join(words.lower().split())


def grade_of_words(words: str) -> str:
    """Grade of an assessment: ``all``, ``03`` ... ``08``, ``HS``, or the words themselves."""
    lower = words.lower()
    if lower in ("", "all grades", "all", "not applicable"):
        return ALL_GRADES
    if match := re.fullmatch(r"grade (\d+)", lower):
        return f"{int(match.group(1)):02d}"
    return "HS" if lower in ("high school", "grade hs", "grades 9-12", "hs") else words
