"""Reports that earlier versions stored, with what they had worked out of exact counts left out."""

from __future__ import annotations

import re
from dataclasses import replace

from clustering.errors import Problem
from clustering.model.ingest_report import ChoiceSchool, FlowBasis, IngestReport

_FACTS = (
    *("students_in_hundreds", "suppressed_flow_cells", "suppressed_share_of_flow_cells"),
    *("pairs_with_known_paths", "paths_known_from"),
)
_DETAILS = ("An estimate from ", "A gravity model ", "No neighbourhood schools, as far as the files tell")
_ENTRANTS = "By the flows, more students enter a grade of the school than it enrols there."
_CONSEQUENCE = "Counted flows into it stay."
_SHARE_OF_STUDENTS = re.compile(r"(?:all|\d+%) of its students(?: \(about [\d,]+\))?")


def without_earlier_counts(report: IngestReport) -> IngestReport:
    """
    Leave out of a stored report what was worked out of exact counts when the files were read.

    Parameters
    ----------
    report
        Of counted flows, stored by a version whose reports had such figures.

    Returns
    -------
    report
        As reports are now: which flows there are decides what is in it, and no count of students does.
    """
    warnings = tuple(problem for problem in report.warnings if not _rests_on_counts(problem))
    left_out = {problem.message for problem in report.warnings} - {problem.message for problem in warnings}
    return replace(
        report,
        alarms=tuple(_SHARE_OF_STUDENTS.sub("most of its students", alarm) for alarm in report.alarms),
        warnings=warnings,
        warning_counts={text: count for text, count in report.warning_counts.items() if text not in left_out},
        facts={name: value for name, value in report.facts.items() if name not in _FACTS},
        basis=_without_comparison(report.basis),
        crosswalk=(),
    )


def _rests_on_counts(problem: Problem) -> bool:
    return problem.message == _ENTRANTS or problem.message.endswith(_CONSEQUENCE)


def _without_comparison(basis: FlowBasis) -> FlowBasis:
    return replace(
        basis,
        comparison=None,
        details=tuple(detail for detail in basis.details if not detail.startswith(_DETAILS)),
        choice_schools=tuple(
            _without_counts(school) for school in basis.choice_schools if school.kind != "more entrants than places"
        ),
    )


def _without_counts(school: ChoiceSchool) -> ChoiceSchool:
    statement = f"{school.finding} {_CONSEQUENCE}" if school.finding else school.statement
    return replace(school, next_grade=None, entrants_students=None, places_students=None, statement=statement)
