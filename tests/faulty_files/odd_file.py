"""What an odd file is: read rightly as it is, or once the remedy of its message has been followed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from clustering import Scenario
from clustering.model.grades import format_grades

Content = str | bytes | pd.DataFrame | Callable[[Path], Any]


@dataclass(frozen=True, kw_only=True)
class OddFile:
    """
    One odd or faulty file among sound ones.

    Parameters
    ----------
    role, name, data
        The parameter that takes it; its name; its bytes, text or table. In a text `` / `` ends a row. Anything else is
        made by a function of a new folder, such as a folder of files; what it makes is given as it is.
    look, right
        What is looked at (:data:`LOOKS`), and what must be there, among others.
    then
        What must be there once the remedy of a warning has been followed.
    says
        Words of a warning, or of the error if the file is asked about; those of several where one remedy follows them
        all; empty where nothing needs to be said.
    is_asked
        Whether the file is not read before a remedy is followed.
    options
        The options that the user has given from the start.
    by_hand
        A part of a typed option, such as ``columns.school_id=HEADING``, to what a reader of the message puts there.
    edit
        The file as someone leaves it who follows a remedy that tells to change it.
    later_options
        The options that the user then gives, where a remedy is about one that was given.
    added
        Files of other roles that a remedy tells to add.
    beside
        Files of other roles, in place of the sound ones; none of a role whose text is empty. One of its own role stands
        beside it.
    table
        What problems call it, where that is not its name.
    """

    role: str
    name: str
    data: Content
    look: str = ""
    right: Mapping[Any, Any] = field(default_factory=dict)
    then: Mapping[Any, Any] = field(default_factory=dict)
    says: str | tuple[str, ...] = ""
    is_asked: bool = False
    options: tuple[str, ...] = ()
    by_hand: Mapping[str, str] = field(default_factory=dict)
    edit: Content | None = None
    later_options: tuple[str, ...] | None = None
    added: Mapping[str, Content] = field(default_factory=dict)
    beside: Mapping[str, Content] = field(default_factory=dict)
    table: str = ""


SOUND: Mapping[str, str] = {
    "schools": "school_id,name,lat,lon,grades,enrollment / 0007,Oak Middle,38.07,-98.0,6-8,500"
    " / 0008,Elm Middle,38.08,-98.0,6-8,400 / 0010,West High,38.10,-98.0,9-12,900"
    " / 0011,East High,38.11,-98.0,9-12,800",
    "flows": "origin,destination,grade,school_year,students / 0007,0010,8,2022-23,60 / 0007,0011,8,2022-23,40"
    " / 0008,0010,8,2022-23,90 / 0008,0011,8,2022-23,10",
}


def as_bytes(content: str | bytes) -> bytes:
    """A text of the corpus, whose rows end with `` / ``."""
    return content.replace(" / ", "\n").encode() + b"\n" if isinstance(content, str) else content


def _rates(scenario: Scenario) -> dict[Any, Any]:
    table = scenario.performance
    is_exact = table["graduation_rate_status"] == "exact"
    return table["graduation_rate_low"].round(4).where(is_exact, table["graduation_rate_status"]).to_dict()


def _bands(scenario: Scenario) -> dict[Any, Any]:
    table = scenario.performance
    ends = table[["graduation_rate_low", "graduation_rate_high"]].round(4)
    return dict(zip(table.index, ends.itertuples(index=False, name=None), strict=True))


def _rates_by_year(scenario: Scenario) -> dict[Any, Any]:
    table = scenario.rates
    return {(row.school_id, row.year): round(row.exact, 4) for row in table.itertuples() if row.subgroup == "all"}


def _groups(scenario: Scenario) -> dict[Any, Any]:
    table = scenario.rates
    return {(row.school_id, row.subgroup): round(row.exact, 4) for row in table.itertuples()}


def _measures(scenario: Scenario) -> dict[Any, Any]:
    return {(row.school_id, row.measure): round(row.exact, 4) for row in scenario.rates.itertuples()}


def _students(scenario: Scenario) -> dict[Any, Any]:
    rows = scenario.flows.itertuples()
    return {(row.origin, row.destination, row.year): row.students for row in rows}


def _estimated(scenario: Scenario) -> dict[Any, Any]:
    return {(row.origin, row.destination): True for row in scenario.flows.itertuples()}


def _sent(scenario: Scenario) -> dict[Any, Any]:
    """Whether students go from one school to another, however many."""
    rows = scenario.flows.itertuples()
    return {(row.origin, row.destination): row.students > 0 for row in rows}


def _hidden(scenario: Scenario) -> dict[Any, Any]:
    rows = scenario.flows.itertuples()
    return {(row.origin, row.destination): (row.students_low, row.students_high) for row in rows}


def _grades(scenario: Scenario) -> dict[Any, Any]:
    return dict(scenario.schools["grades_offered"].map(format_grades))


def _places(scenario: Scenario) -> dict[Any, Any]:
    known = scenario.schools.geometry.dropna()
    return {school: (round(point.x, 2), round(point.y, 2)) for school, point in known.items()}


def _column(name: str) -> Callable[[Scenario], dict[Any, Any]]:
    return lambda scenario: scenario.schools[name].to_dict()


def _touching(scenario: Scenario) -> dict[Any, Any]:
    return {(row.school_id, row.neighbour_id): True for row in scenario.contiguity.itertuples()}


def _minutes(scenario: Scenario) -> dict[Any, Any]:
    return {(row.origin, row.destination): row.minutes for row in scenario.travel_times.itertuples()}


def _set_aside(scenario: Scenario) -> dict[Any, Any]:
    return {file.role: file.rows_set_aside for file in scenario.report.files}


def _enrolled(scenario: Scenario) -> dict[Any, Any]:
    return {(row.school_id, row.grade): row.students for row in scenario.grade_enrolment.itertuples()}


def _identified(scenario: Scenario) -> dict[Any, Any]:
    return scenario.performance["identified"].dropna().to_dict()


LOOKS: Mapping[str, Callable[[Scenario], dict[Any, Any]]] = {
    "rates": _rates,
    "bands": _bands,
    "rates by year": _rates_by_year,
    "groups": _groups,
    "measures": _measures,
    "students": _students,
    "sent": _sent,
    "hidden students": _hidden,
    "estimated": _estimated,
    "grades": _grades,
    "places": _places,
    "names": _column("name"),
    "identified": _identified,
    "enrolment": _column("enrolment_students"),
    "touching": _touching,
    "minutes": _minutes,
    "set aside": _set_aside,
    "grade enrolment": _enrolled,
}
