"""How the input was read: what was understood of each file, what was left out and why, what the flows rest on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from clustering.errors import Problem, ProblemKind, problem_kinds

# Files whose number of rows is told to nobody but the person who holds them. A row of student records is about one
# student. Flows have a row for those who left a grade where anybody left, and none where nobody did.
ROLES_OF_STUDENTS = ("students", "flows")


@dataclass(frozen=True, kw_only=True)
class SourceFile:
    """
    What was understood of one file.

    Parameters
    ----------
    role
        What it was read as: ``schools``, ``flows``, ``feeder_table``, ``performance``, ``membership``, ``students``,
        ``catchments``, ``population``, ``crosswalk``, ``travel_times``, ``assessments`` or ``progress``.
    name
        The file's own name, without folders.
    kind
        The published form it was recognised as (``CCD directory``), or a plain table of its role.
    container
        ``text``, ``workbook``, ``geojson``, ``geopackage`` ...; ``DataFrame`` for a table of a notebook.
    sha256
        Hash of the bytes read, as hexadecimal text.
    encoding, delimiter
        As recognised, or as the caller said; blank for what is not text.
    header_row
        Row of the header; ``None`` without one.
    columns
        Canonical name to heading in the file, for each column recognised; ``official:NAME`` for an official list.
    unused_columns
        Headings that nothing was taken from: those not in ``columns``.
    rows_read, rows_used, rows_set_aside
        Records after the header; ``rows_used + rows_set_aside == rows_read``.
    set_aside_reasons
        Reason to number of rows.
    likely_columns
        Heading to the canonical column that it looks like, of columns that were not used: ``columns.NAME=HEADING``
        takes it.
    """

    role: str
    name: str
    kind: str
    container: str
    sha256: str
    encoding: str
    delimiter: str
    header_row: int | None
    columns: Mapping[str, str]
    unused_columns: tuple[str, ...]
    rows_read: int
    rows_used: int
    rows_set_aside: int
    set_aside_reasons: Mapping[str, int]
    likely_columns: Mapping[str, str] = field(default_factory=dict)


def parse_source_file(document: Mapping[str, Any]) -> SourceFile:
    """Read a SourceFile back from the plain values that ``dataclasses.asdict`` and JSON made of it."""
    return SourceFile(**{**document, "unused_columns": tuple(document["unused_columns"])})


@dataclass(frozen=True, kw_only=True)
class SetAsideRow:
    """
    A row that was read and not used.

    Parameters
    ----------
    file
        Name of the file.
    row
        Its row, as a spreadsheet shows it.
    reason
        A sentence.
    """

    file: str
    row: int
    reason: str


ChoiceKind = Literal[
    "covers catchments", "more entrants than places", "school type", "open enrolment", "named by the user"
]


@dataclass(frozen=True, kw_only=True)
class ChoiceSchool:
    """
    A school that is no neighbourhood school, as far as the files tell: students come by choice, or from everywhere.

    Parameters
    ----------
    school_id
        The school.
    kind
        How that was found: its catchment covers those of several schools, far more students would enter than it has
        places, its type, open enrolment; or the user named it.
    is_excluded
        Whether an estimate leaves it out as a receiver; ``False`` beside counted flows, which always stay.
    next_grade
        The grade entered; ``None`` where the finding is not about a grade.
    entrants_students
        Students a year who enter by the counted flows (the middle of what these leave open, protected) or, without any,
        who would enter by its catchment; ``None`` if unknown.
    places_students
        Students of the grade entered, or enrolment by number of grades; ``None`` if unknown.
    covered
        Schools whose catchments its own covers.
    finding
        What shows it, in a sentence; empty in reports of earlier versions, and where the user alone named it.
    statement
        The finding and what follows from it, in sentences, to be shown.
    """

    school_id: str
    kind: ChoiceKind
    is_excluded: bool
    next_grade: int | None = None
    entrants_students: float | None = None
    places_students: float | None = None
    covered: tuple[str, ...] = ()
    finding: str = ""
    statement: str


ESTIMATES = ("catchments", "feeder table", "gravity")


@dataclass(frozen=True, kw_only=True)
class FlowBasis:
    """
    What the flows rest on: counted students, or an estimate, which everything that shows them says.

    Parameters
    ----------
    method
        ``recorded`` (tables of counts or student records); ``catchments``, ``feeder table`` or ``gravity`` if they are
        estimated; ``none`` without flows.
    statement
        A sentence for everything that shows the flows.
    comparison
        How far the estimate is from recorded flows where there are any to compare, as plain values
        (``flows.comparison.FlowComparison``); ``None`` otherwise.
    details
        Sentences on parameters and assumptions.
    choice_schools
        Schools found to be no neighbourhood schools, sorted by identifier; each once.
    """

    method: Literal["recorded", "catchments", "feeder table", "gravity", "none"] = "recorded"
    statement: str = "Flows are counts of students, as the files give them."
    comparison: Mapping[str, Any] | None = None
    details: tuple[str, ...] = ()
    choice_schools: tuple[ChoiceSchool, ...] = ()

    @property
    def is_estimated(self) -> bool:
        """Whether there are flows for which no student was counted."""
        return self.method in ESTIMATES


@dataclass(frozen=True, kw_only=True)
class IngestReport:
    """
    How the input was read: the same object in the library, over HTTP, on the page and on the command line.

    As ``read_scenario`` makes it, which flows there are decides what is in it, and no count of students does, but for
    ``student_records`` and the rows of files of student records. ``report_with_counts`` adds what depends on counts.

    Parameters
    ----------
    alarms
        What may make the files unfit for their purpose, a sentence or two each, with numbers; shown above everything
        else.
    files
        One :class:`SourceFile` per file, in the order given.
    warnings
        Problems that did not stop the work (``is_error`` is ``False``): the first 100 of each kind and file, of which
        the last counts the others (``further_records``).
    warning_counts
        Message to number of times it was given, in all files.
    flow_rows
        Flow kind (``columns.FLOW_KINDS``) to number of rows.
    flow_students_low, flow_students_high
        Flow kind to the least and the greatest number of students that all its rows together may be of; empty until
        ``report_with_counts`` adds up the base.
    facts
        Sentence-ready counts: schools, schools without coordinates, years, suppressed rows ...
    student_records
        What became of the students of student records: reason to students, exact. For the person who holds the files:
        documents leave it out.
    set_aside
        The rows left out, with the reason; at most 100,000 of a file, ``SourceFile.set_aside_reasons`` counts all.
    basis
        What the flows rest on.
    unknown_promotions
        Listed schools of which an estimate does not know where their students go on, sorted by id: mostly those without
        a catchment. Their promotions are unknown, not none.
    unlisted_names
        Names of schools that the schools files do not list, by identifier, as far as the flow files give them.
    crosswalk
        Schools of earlier years that may be schools of today (``crosswalk``), proposed and not applied: for the user to
        confirm. Empty until ``report_with_counts`` proposes them: their evidence is shares of students.
    """

    alarms: tuple[str, ...] = ()
    files: tuple[SourceFile, ...]
    warnings: tuple[Problem, ...]
    warning_counts: Mapping[str, int]
    flow_rows: Mapping[str, int]
    facts: Mapping[str, Any]
    flow_students_low: Mapping[str, float] = field(default_factory=dict)
    flow_students_high: Mapping[str, float] = field(default_factory=dict)
    student_records: Mapping[str, int] = field(default_factory=dict)
    set_aside: tuple[SetAsideRow, ...] = ()
    basis: FlowBasis = FlowBasis()
    unknown_promotions: tuple[str, ...] = ()
    unlisted_names: Mapping[str, str] = field(default_factory=dict)
    crosswalk: tuple[Mapping[str, Any], ...] = ()

    @property
    def warning_kinds(self) -> tuple[ProblemKind, ...]:
        """The warnings by file and kind, each with its true number and its first examples."""
        return problem_kinds(self.warnings)
