"""The four formats of student enrolment records: headings, codes, grades, and which records are no enrolment."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from clustering.model.grades import KINDERGARTEN, PREKINDERGARTEN, PRESCHOOL, parse_grade

FORMATS = ("generic", "edfi", "calpads", "oneroster")

# The columns that are read, whatever the format. No others are.
COLUMNS = (
    "student_id",
    "school_year",
    "district_id",
    "school_id",
    "grade",
    "entry_date",
    "exit_date",
    "exit_code",
    "primary_flag",
    "entry_code",
    "status",
    "role",
)
REQUIRED = ("student_id", "school_id", "grade")

# Headings of each canonical column, best first. They are compared in lower case, with every other sign as "_".
GENERIC_ALIASES: Mapping[str, Sequence[str]] = {
    "student_id": (
        *(
            "student_id",
            "studentid",
            "state_student_id",
            "state_id",
            "statewide_student_id",
            "statewide_student_identifier",
        ),
        *(
            "ssid",
            "sasid",
            "suid",
            "uid",
            "hashed_student_id",
            "student_key",
            "student_number",
            "student_no",
            "pupil_id",
        ),
        *("student_identifier", "studentpersonalrefid", "stn", "student_number_identifier_florida", "studentnumber"),
        *("student", "student_unique_id", "studentuniqueid", "research_id", "local_student_id", "person_id", "id"),
    ),
    "school_year": (
        *("school_year", "schoolyear", "academic_year", "academicyear", "school_yr", "acad_year", "sy", "year", "yr"),
        *("snapshot_year", "collection_year"),
    ),
    "district_id": ("district_id", "lea_id", "leaid", "district_code", "lea_code", "district_number", "district"),
    "school_id": (
        *("school_id", "schoolid", "ncessch", "nces_school_id", "school_code", "schoolcode", "school_number", "sch_id"),
        *("school_identifier", "schoolinforefid", "schoolnumber", "campus_id_of_enrollment", "campus_code"),
        *("school_number_current_enrollment", "rcdts_for_serving_school", "serving_school_id", "enrolled_school_id"),
        *("school_of_attendance", "attending_school_id", "attendance_school_id", "building_id", "campus_id", "school"),
    ),
    "grade": (
        "grade",
        "grade_level",
        "gradelevel",
        "grade_code",
        "entry_grade_level",
        "entry_grade",
        "grd",
        "gradelvl",
        "grade_lvl",
        "grade_level_code",
        "gradeleveldescriptor",
        "yearlevel",
    ),
    "entry_date": (
        *("entry_date", "entrydate", "enrollment_date", "enrolment_date", "enroll_date", "start_date", "startdate"),
        *("begin_date", "enrollment_start_date", "enrolment_start_date", "date_entered", "admission_date"),
        *("enrollment_entry_date", "enter_date", "enterdate"),
    ),
    "exit_date": (
        *("exit_date", "exitdate", "withdrawal_date", "withdraw_date", "exit_withdraw_date", "exit_withdrawal_date"),
        *("end_date", "enddate", "enrollment_end_date", "enrolment_end_date", "leave_date", "date_exited"),
        *("enrollment_exit_date", "exitwithdrawdate", "leavedate"),
    ),
    "exit_code": (
        *(
            "exit_code",
            "exitcode",
            "exit_type",
            "exit_reason",
            "exit_reason_code",
            "withdrawal_code",
            "withdrawal_reason",
        ),
        *("exit_withdrawal_type", "leave_code", "exit_or_withdrawal_type", "exitwithdrawtypedescriptor"),
        *("exitreasoncode", "exittype"),
    ),
    "primary_flag": (
        *("primary_flag", "primary", "is_primary", "primary_school", "primary_enrollment", "primary_enrolment"),
        *("responsible_school", "primary_school_indicator", "enrollment_type", "service_type"),
    ),
}
EDFI_ALIASES: Mapping[str, Sequence[str]] = {
    "student_id": ("studentuniqueid", "studentreference_studentuniqueid", "student_unique_id"),
    "school_id": ("schoolid", "schoolreference_schoolid", "school_id"),
    "school_year": ("schoolyear", "schoolyeartypereference_schoolyear", "school_year"),
    "grade": ("entrygradeleveldescriptor", "entrygradeleveldescriptorid", "entry_grade_level_descriptor"),
    "entry_date": ("entrydate", "entry_date"),
    "exit_date": ("exitwithdrawdate", "exit_withdraw_date"),
    "exit_code": ("exitwithdrawtypedescriptor", "exit_withdraw_type_descriptor"),
    "entry_code": ("entrytypedescriptor", "entry_type_descriptor"),
    "primary_flag": ("primaryschool", "primary_school"),
}

# California's SENR file has no header row. These are the positions of its cells, from 1, in CALPADS' order of fields:
# record type, transaction, local record id, reporting LEA, school, nonpublic school, academic year, SSID, local id,
# four names, three aliases, birth date, gender, three of birthplace, start date, status, grade, exit date, exit reason.
# The numbers printed in its documents have shifted over the years; ``columns`` overrides a position.
CALPADS_POSITIONS: Mapping[str, int] = {
    "role": 1,
    "status": 2,
    "district_id": 4,
    "school_id": 5,
    "school_year": 7,
    "student_id": 8,
    "entry_date": 22,
    "primary_flag": 23,
    "grade": 24,
    "exit_date": 25,
    "exit_code": 26,
}
CALPADS_PERSONAL_POSITIONS = range(9, 22)

# Columns that identify a student. They are never read; the report names them.
_PERSONAL = re.compile(
    r"(^|_)((first|last|middle|given|family|preferred|legal|maiden|full|alias|nick|student|pupil|birth|parent|guardian|mother"
    r"|father)_?(legal_)?(first_|middle_|last_)?names?|surname|name_suffix|name|lname|fname|mname|dob|birth_?date|date_of_birth"
    r"|birth_?(day|city|state|country|place)|birthdate|ssn|social_security(_number)?|(street_|home_|mailing_)?address|phone"
    r"|telephone|sms|email|e_mail|username|user_name|password|guardian|mother|father)($|_)"
)
_NOT_PERSONAL = re.compile(r"(^|_)(school|district|lea|campus|building|county|state|org)_?(legal_)?name")


@dataclass(frozen=True, kw_only=True)
class RecordFormat:
    """
    How one format of records is read.

    Parameters
    ----------
    name
        One of ``FORMATS``.
    aliases
        Canonical column to headings.
    grades
        Grades that this format writes in its own way, in lower case; ``None`` is ungraded.
    set_aside
        For a canonical column, a function of its text that returns why the record is no enrolment, ``None`` if it is
        one, and raises ``ValueError`` if the text cannot be in this column.
    primary, not_primary
        Texts of the primary flag, in lower case.
    """

    name: str
    aliases: Mapping[str, Sequence[str]]
    grades: Mapping[str, int | None] = field(default_factory=dict)
    set_aside: Mapping[str, Callable[[str], str | None]] = field(default_factory=dict)
    primary: frozenset[str] = frozenset({"y", "yes", "1", "true", "t", "p", "primary"})
    not_primary: frozenset[str] = frozenset({"n", "no", "0", "false", "f", "s", "secondary", ""})


def key_of(heading: str) -> str:
    """Heading in lower case, with every other sign as ``_``."""
    return re.sub(r"[^a-z0-9]+", "_", heading.lower()).strip("_")


def is_personal(heading: str) -> bool:
    """Whether a heading is for a name, date or place of birth, social security number, or contact of a person."""
    split = key_of(re.sub(r"(?<=[a-z])(?=[A-Z])", "_", heading))
    return _PERSONAL.search(_NOT_PERSONAL.sub("_", split)) is not None


def code_of(text: str) -> str:
    """Code of a descriptor such as ``uri://ed-fi.org/ExitWithdrawTypeDescriptor#No show``: the text after ``#``."""
    return text.rpartition("#")[2].strip()


def read_grade(record_format: RecordFormat, text: str) -> int | None:
    """
    Read a grade as a format writes it.

    Parameters
    ----------
    record_format
        Its own grades come before those of ``grades.parse_grade``.
    text
        For example ``09``, ``KG`` or ``uri://ed-fi.org/GradeLevelDescriptor#Ninth grade``.

    Returns
    -------
    grade
        See ``grades.parse_grade``.

    Raises
    ------
    ValueError
        It is no grade.
    """
    code = code_of(text)
    lower = code.lower()
    return record_format.grades[lower] if lower in record_format.grades else parse_grade(code)


def _no_show(text: str) -> str | None:
    compact = re.sub(r"[^a-z0-9]", "", code_of(text).lower())
    return "no-show" if compact in {"noshow", "n420", "n470"} else None


def _edfi_exit(text: str) -> str | None:
    return "invalid enrolment" if code_of(text).lower() == "invalid enrollment" else _no_show(text)


def _calpads_exit(text: str) -> str | None:
    if text and not re.fullmatch(r"[ENT]\d{3}", text.upper()):
        raise ValueError(f"not an exit reason: {text!r}")
    return _no_show(text)


def _deletion(text: str) -> str | None:
    return "record that deletes another" if text.upper() == "D" else None


def _other_record_type(text: str) -> str | None:
    return None if text.upper().startswith(("SENR", "CENR")) else "record of another type"


def _not_active(text: str) -> str | None:
    known = {"": None, "active": None, "tobedeleted": "marked to be deleted", "inactive": "marked to be deleted"}
    return known.get(text.lower(), text)


def _other_role(text: str) -> str | None:
    return None if text.lower() == "student" else "role is not student"


_ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split()
EDFI_GRADES: Mapping[str, int | None] = {
    **{f"{ordinal} grade": number for number, ordinal in enumerate(_ORDINALS, start=1)},
    "kindergarten": KINDERGARTEN,
    "transitional kindergarten": PREKINDERGARTEN,
    "preschool/prekindergarten": PREKINDERGARTEN,
    "preschool": PRESCHOOL,
    "early education": PRESCHOOL,
    "infant/toddler": None,
    "no grade level": None,
    "other": None,
    "postsecondary": None,
    "adult education": None,
    "ungraded": None,
}
# California: infants, toddlers, ungraded elementary and secondary, adults.
CALPADS_GRADES: Mapping[str, int | None] = {"ps": PRESCHOOL, **dict.fromkeys(("in", "td", "ue", "us", "ad"))}
# CEDS, which OneRoster uses: "PR" is preschool, "PS" comes after school.
ONEROSTER_GRADES: Mapping[str, int | None] = {"pr": PRESCHOOL, **dict.fromkeys(("it", "ps", "other"))}

GENERIC = RecordFormat(name="generic", aliases=GENERIC_ALIASES, set_aside={"exit_code": _no_show})
EDFI = RecordFormat(name="edfi", aliases=EDFI_ALIASES, grades=EDFI_GRADES, set_aside={"exit_code": _edfi_exit})
CALPADS = RecordFormat(
    name="calpads",
    aliases={canonical: (str(position),) for canonical, position in CALPADS_POSITIONS.items()},
    grades=CALPADS_GRADES,
    set_aside={"role": _other_record_type, "status": _deletion, "exit_code": _calpads_exit},
    primary=frozenset({"10"}),
    not_primary=frozenset({"20", "30", "40", "50", ""}),
)
ONEROSTER = RecordFormat(
    name="oneroster",
    aliases={},
    grades=ONEROSTER_GRADES,
    set_aside={"role": _other_role, "status": _not_active},
)
FORMAT_OF = {record_format.name: record_format for record_format in (GENERIC, EDFI, CALPADS, ONEROSTER)}
