"""One schools file validated: names, grades, status, coordinates, enrolment of each school."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from clustering.model.grades import grade_mask, parse_grade, parse_grade_set
from clustering.model.plain_text import plain_text
from clustering.readers.published.edfacts_vocabulary import is_all_students
from clustering.readers.recognition.file_kinds import PLAIN_KINDS
from clustering.readers.recognition.headings import grade_columns
from clustering.readers.recognition.likely_columns import likely_headings
from clustering.readers.text.columns import TextColumn, numpy_of
from clustering.readers.text.printed_marks import without_marks
from clustering.readers.text.values import parse_grades, parse_numbers, parse_unique
from clustering.validation.findings import Findings
from clustering.validation.identifiers import mark_bad_identifiers
from clustering.validation.lost_zeros import warn_of_uneven_digits
from clustering.validation.repeated_identifiers import is_unique, joining_option, unique_option
from clustering.validation.repeated_records import leave_out_same, telling_choices
from clustering.validation.schools.characteristics import read_traits
from clustering.validation.schools.grade_flags import read_grade_flags
from clustering.validation.schools.positions import read_positions
from clustering.validation.schools.status import read_status
from clustering.validation.unreadable_cells import Wording, note_unreadable

MAXIMUM_ENROLMENT_STUDENTS = 1_000_000
NO_IDENTIFIER = "The school has no identifier."
OTHER_SITE = "Another site of a school; merged into its first record."
_YES = ("yes", "y", "1", "true")
_NO = ("no", "n", "0", "false", "", "-1", "-2", "-9", "m", "not applicable", "missing")
_NOT_REPORTED = (-1, -2, -3, -9)
_NO_GRADES = "It counts as not known which grades the school offers."
_NO_GRADE_SET = Wording(
    message="The grades cannot be read.",
    form="them like PK-5 or 9 10 11 12.",
    outcome=_NO_GRADES,
    is_mark=False,
    is_refused=False,
)
_NO_GRADE = Wording(
    message="This is not a grade.",
    form="PK, KG, 1 to 13, UG or AE.",
    outcome=_NO_GRADES,
    is_mark=False,
    is_refused=False,
)
_NO_ENROLMENT = Wording(
    message="The enrolment is not a number of students.", form="a whole number, or leave the cell blank."
)
_UNSEEN = r"[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]"


@dataclass(frozen=True, kw_only=True)
class SchoolPart:
    """
    The schools of one file.

    Parameters
    ----------
    findings
        The file.
    ids
        Identifiers of the records used.
    records
        Their positions in the file.
    columns
        Canonical column to values, ``latitude`` and ``longitude`` among them; missing where the cell is blank.
    """

    findings: Findings
    ids: pa.StringArray
    records: np.ndarray
    columns: dict[str, pa.Array]


def read_school_file(findings: Findings) -> SchoolPart:
    """Validate one file of schools; problems are added to it."""
    mark_bad_identifiers(findings, "school_id", blank_is_error=False)
    warn_of_uneven_digits(findings, "school_id")
    ids = findings.texts("school_id")
    blank = ids.is_blank()
    findings.mark(
        blank,
        "school_id",
        message="The school has no identifier; its record is set aside.",
        remedy="Add the identifier of the school if the record should be used.",
        is_error=False,
    )
    findings.set_aside(blank, NO_IDENTIFIER)
    repeats = _repeats(findings, blank)
    values = {
        **{name: _text(findings, name) for name in ("name", "district_id", "district_name")},
        "status": read_status(findings),
        "grades_offered": _grades_offered(findings),
        "enrolment_students": pa.array(_enrolment(findings), from_pandas=True),
        **read_traits(findings),
        **read_positions(findings),
    }
    if repeats.any():
        values = _merged(values, ids.codes)
        findings.set_aside(repeats, OTHER_SITE)
    is_kept = findings.kept()
    records = np.flatnonzero(is_kept)
    if not is_kept.all():
        used = pa.array(records)
        values = {name: value.take(used) for name, value in values.items()}
    return SchoolPart(findings=findings, ids=ids.texts_at(records), records=records, columns=values)


def _repeats(findings: Findings, blank: np.ndarray) -> np.ndarray:
    """Records to be merged into an earlier one of the same school; without the option ``repeated`` they are errors."""
    ids = findings.texts("school_id")
    repeated, policy = _is_repeated(ids, ~blank), findings.table.options.repeated
    if policy is None and repeated.any():
        leave_out_same(findings, repeated)
        repeated = _is_repeated(ids, ~blank & findings.kept())
        if repeated.any():
            remedy = _remedy_of_repeats(findings, np.where(findings.kept() & ~blank, ids.codes, -1))
            findings.mark(repeated, "school_id", message="The identifier appears more than once.", remedy=remedy)
    later = repeated & ~ids.is_first()
    if policy is not None and later.any():
        message = f"{int(later.sum()):,} records repeat a school that has an earlier record ({policy})."
        findings.note(message, "Keep one record for each school.", column=findings.headings["school_id"])
    if policy == "first":
        findings.set_aside(later, "An earlier record of the same school counts.")
    return later if policy == "merge" else np.zeros_like(later)


def _remedy_of_repeats(findings: Findings, schools: np.ndarray) -> str:
    """What to do about schools with several records; ``schools`` is the number of the school of each record, or -1."""
    left_out = {heading for name, heading in findings.headings.items() if name != "school_year"}
    choices = telling_choices(findings, schools, left_out=left_out)
    remedy = "Keep one record for each school, or set repeated=merge for sites of one school, or repeated=first."
    repeated = pd.Series(schools).duplicated(keep=False).to_numpy() & (schools >= 0)
    have_other_names = _have_other_names(findings, schools)
    if have_other_names:
        remedy = "Keep one record for each school, or set repeated=first, or repeated=merge for sites of one school."
    option = unique_option(findings, schools >= 0) if have_other_names else None
    if option := option or joining_option(findings, repeated, is_settled=lambda ids: is_unique(ids, repeated)):
        return f"If they are different schools, set {option}. Otherwise k{remedy[1:]}"
    if not choices.choices or not choices.is_enough:
        return remedy
    if by_grade := next((each for each in choices.choices if _are_grades(each.entries)), None):
        return _remedy_of_grades(findings, by_grade.heading, remedy)
    if choices.choices[0].heading == findings.headings.get("school_year"):
        return f"Set {choices.options} to read one record for each school. Otherwise: {remedy}"
    if is_all_students(choices.choices[0].entry):  # merged, students would count twice
        return f"Set {choices.options} to read one record for each school. Otherwise keep one record for each school."
    return f"{remedy} The records differ in {choices.columns}: {choices.options} would choose one for each school."


def _have_other_names(findings: Findings, schools: np.ndarray) -> bool:
    """Whether records of one school have names that differ in their first two words: then they are hardly its sites."""
    known = [findings.headings["name"]] if "name" in findings.headings else []
    for heading in known or likely_headings("name", findings.unused_headings())[:1]:
        column = findings.table.column(heading)
        beginnings = column.distinct().str.casefold().str.split().str[:2].str.join(" ")
        names = pd.DataFrame({"school": schools, "name": beginnings.to_numpy(dtype=object)[column.codes]})
        return bool(names[schools >= 0].groupby("school")["name"].nunique().gt(1).any())
    return False


def _remedy_of_grades(findings: Findings, heading: str, remedy: str) -> str:
    """What to do about rows that are grades: of the students in each, or of the schools that offer them."""
    unused = findings.unused_headings()
    if "enrolment" in findings.headings or any(likely_headings(name, unused) for name in ("enrolment", "students")):
        grade = f"kind={PLAIN_KINDS['membership']} and columns.grade={heading}"
        return f"Set {grade} if the rows are the enrolment by grade. Otherwise k{remedy[1:]}"
    grades = f"repeated=merge and columns.grades={heading}"
    return f"Set {grades} if each row is a grade that the school offers. Otherwise keep one record for each school."


def _are_grades(entries: Sequence[str]) -> bool:
    try:
        return len(entries) > 1 and all(parse_grade(entry) is not None for entry in entries if entry != "...")
    except ValueError:
        return False


def _is_repeated(ids: TextColumn, records: np.ndarray) -> np.ndarray:
    """Whether each of some records has an identifier that another of them has too."""
    counts = np.bincount(ids.codes[records], minlength=len(ids.texts))
    repeated: np.ndarray = (counts > 1)[ids.codes] & records
    return repeated


def _merged(values: dict[str, pa.Array], codes: np.ndarray) -> dict[str, pa.Array]:
    """Give the first record of each school the grades of all its records, and the sum of their enrolment."""
    table = pd.DataFrame({"grades": numpy_of(values["grades_offered"].fill_null(0)).astype("int64")})
    masks = table["grades"].groupby(codes).transform(lambda each: np.bitwise_or.reduce(each.to_numpy()))
    enrolment = pd.Series(numpy_of(values["enrolment_students"].cast(pa.float64())))
    students = enrolment.groupby(codes).transform(lambda each: each.sum(min_count=1))
    grades = masks.to_numpy()
    return values | {
        "grades_offered": pa.array(grades, mask=grades == 0),
        "enrolment_students": pa.array(students.to_numpy(), from_pandas=True),
    }


def _text(findings: Findings, canonical: str) -> pa.Array:
    """Text without what cannot be seen; missing where blank."""
    column = findings.texts(canonical)
    texts = column.texts
    if not pc.all(pc.ascii_is_printable(texts)).as_py():
        unseen = numpy_of(pc.match_substring_regex(texts, _UNSEEN))
        shown = texts.to_pylist()
        for number in np.flatnonzero(unseen):
            shown[number] = plain_text(shown[number]).strip()
        texts = pa.array(shown, type=pa.string())
    known = pc.if_else(pc.equal(texts, ""), pa.scalar(None, pa.string()), texts)
    return known.take(pa.array(column.codes))


def _grades_offered(findings: Findings) -> pa.Array:
    """Bit masks from CCD's yes/no columns, else from a list, else from lowest and highest grade; else missing."""
    masks = np.zeros(len(findings.table), dtype="int64")
    for heading, label in grade_columns(findings.table.headings).items():
        try:
            grade = parse_grade(label)
        except ValueError:  # a column with another meaning
            continue
        if grade is not None:
            masks |= np.where(_says_yes(findings, heading), grade_mask(grade, grade), 0)
    grades = findings.texts("grades")
    listed, bad = parse_unique(findings.values("grades"), parse_grade_set)
    note_unreadable(findings, "grades", bad, _NO_GRADE_SET)
    masks = np.where(masks != 0, masks, grades.spread(listed.fillna(0).to_numpy(dtype="int64")))
    masks = np.where(masks != 0, masks, _masks_of_spans(findings))
    if not masks.any():
        masks = read_grade_flags(findings)
    return pa.array(masks, mask=masks == 0)


def _says_yes(findings: Findings, heading: str) -> np.ndarray:
    """Whether each cell of a column says yes."""
    cells = findings.table.encoded[heading]
    yes = pc.equal(cells, "Yes")
    if pc.all(pc.or_(yes, pc.equal(cells, "No"))).as_py():  # as CCD writes it
        return numpy_of(yes)
    column = findings.table.column(heading)
    texts = [text.lower() for text in column.texts.to_pylist()]
    if unknown := [text for text in texts if text not in (*_YES, *_NO)]:
        count = int(column.spread(np.isin(texts, unknown)).sum())
        message = f"{count:,} cells are neither yes nor no ({', '.join(unknown[:5])[:100]}); they count as no."
        findings.note(message, "Write Yes or No for each grade.", column=heading)
    return column.spread(np.isin(texts, _YES))


def _masks_of_spans(findings: Findings) -> np.ndarray:
    missing = 99
    ends = []
    for canonical in ("lowest_grade", "highest_grade"):
        column = findings.texts(canonical)
        grades, bad = parse_grades(findings.values(canonical))
        note_unreadable(findings, canonical, bad, _NO_GRADE)
        ends.append(column.spread(grades.fillna(missing).to_numpy(dtype="int64")))
    lowest, highest = ends
    known = (lowest != missing) & (highest != missing)
    findings.mark(
        known & (lowest > highest),
        "lowest_grade",
        message=f"The lowest grade is above the highest. {_NO_GRADES}",
        remedy="Put the two grades in order.",
        is_error=False,
    )
    # Bits from the lowest to the highest grade, as in grades.grade_mask.
    spans = (np.int64(1) << np.clip(highest + 3, 0, 40)) - (np.int64(1) << np.clip(lowest + 2, 0, 40))
    return np.where(known & (lowest <= highest), spans, 0)


def _enrolment(findings: Findings) -> np.ndarray:
    column = findings.texts("enrolment")
    by_year = findings.by_year.get("enrolment", {})
    if len(by_year) > 1:
        heading = findings.headings["enrolment"]
        earlier = [other for other in by_year.values() if other != heading]
        message = f"Of the enrolment by year the latest is used: {heading}."
        findings.note(message, f"Set columns.enrolment={earlier[-1]} to use an earlier one.", column=heading)
    texts = findings.values("enrolment")
    students, bad = parse_numbers(texts, decimal=findings.table.options.decimal)
    bad = without_marks(bad, texts)
    is_no_count = (students < 0) | (students > MAXIMUM_ENROLMENT_STUDENTS)
    note_unreadable(findings, "enrolment", bad | (is_no_count & ~students.isin(_NOT_REPORTED)), _NO_ENROLMENT)
    return column.spread(students.mask(is_no_count))
