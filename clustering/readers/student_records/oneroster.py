"""OneRoster CSV sets: class enrolments with their users and schools, one set for each school year."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath

import numpy as np
import pandas as pd
import pyarrow as pa

from clustering.errors import InputError, Problem
from clustering.readers.student_records.delimited import as_categorical, clean_texts, read_delimited
from clustering.readers.student_records.formats import key_of
from clustering.readers.student_records.found_columns import personal_headings, warn_of_personal
from clustering.readers.student_records.layout import RecordLayout
from clustering.readers.student_records.raw_records import RecordTable

_KINDS: Mapping[str, Mapping[str, str]] = {
    "enrollments": {
        "student_id": "usersourcedid",
        "school_id": "schoolsourcedid",
        "status": "status",
        "role": "role",
        "entry_date": "begindate",
        "exit_date": "enddate",
    },
    "users": {"student_id": "sourcedid", "status": "status", "identifier": "identifier", "grade": "grades"},
    "orgs": {"school_id": "sourcedid", "status": "status", "identifier": "identifier"},
}
_OPTIONAL = {"status", "entry_date", "exit_date", "identifier"}
_MARKS = {"enrollments": "usersourcedid", "users": "orgsourcedids", "orgs": "parentsourcedid"}
_DELETED = {"tobedeleted", "inactive"}


@dataclass(frozen=True, kw_only=True, repr=False)
class RosterSet:
    """
    The files of one set.

    Parameters
    ----------
    enrollments, users, orgs
        The texts of each, one column for each canonical name; ``orgs`` is optional.
    layout
        Of the enrolments.
    headings
        Of the enrolments: canonical name to heading.
    problems
        Warnings.
    companions
        Names of the other files.
    """

    enrollments: pd.DataFrame
    users: pd.DataFrame
    orgs: pd.DataFrame | None
    layout: RecordLayout
    headings: Mapping[str, str]
    problems: tuple[Problem, ...]
    companions: tuple[str, ...]


def read_oneroster(layouts: Sequence[RecordLayout]) -> list[RecordTable]:
    """
    Read all sets among some files.

    Parameters
    ----------
    layouts
        Files of OneRoster. Those of one set are in one folder, or have the same name except for the word ``users``,
        ``orgs`` or ``enrollments``. Other files of OneRoster (classes, courses) are not needed.

    Returns
    -------
    tables
        One for each set, with one record for each class of a student. Students and schools are identified by their
        ``identifier`` (the state's or NCES' number) if all have one in all sets, else by their ``sourcedId``.

    Raises
    ------
    InputError
        A set has no users or no enrolments, or two files of a kind; or a column is missing.
    """
    grouped: dict[tuple[str, str], dict[str, list[RecordLayout]]] = {}
    for layout in layouts:
        kind = _kind_of(layout)
        if kind is not None:
            grouped.setdefault(_set_key(layout.name, kind), {}).setdefault(kind, []).append(layout)
    problems = [problem for files in grouped.values() for problem in _problems_of_set(files)]
    if problems:
        raise InputError(problems)
    sets = [_read_set({kind: files[kind][0] for kind in files}) for files in grouped.values()]
    by_identifier = _all_identified(roster.users for roster in sets)
    schools_by_identifier = all(roster.orgs is not None for roster in sets) and _all_identified(
        roster.orgs for roster in sets if roster.orgs is not None
    )
    return [_table_of_set(roster, by_identifier, schools_by_identifier) for roster in sets]


def _kind_of(layout: RecordLayout) -> str | None:
    keys = {key_of(heading) for heading in layout.headings}
    return next((kind for kind, mark in _MARKS.items() if mark in keys), None)


def _set_key(name: str, kind: str) -> tuple[str, str]:
    """Folder, and file name without the kind: equal for the files of one set."""
    path = PurePath(name)
    return str(path.parent), re.sub(rf"[ _-]*{kind}[ _-]*", "", path.stem.lower())


def _problems_of_set(files: Mapping[str, Sequence[RecordLayout]]) -> list[Problem]:
    problems = []
    name = next(iter(files.values()))[0].name
    for kind in ("enrollments", "users"):
        if kind not in files:
            message, remedy = (
                f"There is no {kind} file with this file of OneRoster.",
                "Name the files of a set together.",
            )
            problems.append(Problem(table=name, message=message, remedy=remedy))
    for kind, layouts in files.items():
        if len(layouts) > 1:
            message, remedy = f"A set has two {kind} files.", "Keep each school year's set in a folder of its own."
            problems.append(Problem(table=layouts[1].name, message=message, remedy=remedy))
    return problems


def _read_set(files: Mapping[str, RecordLayout]) -> RosterSet:
    frames: dict[str, pd.DataFrame] = {}
    found: dict[str, dict[str, str]] = {}
    problems: list[Problem] = []
    for kind, layout in files.items():
        keys = {key_of(heading).replace("_", ""): heading for heading in reversed(layout.headings)}
        found[kind] = {canonical: keys[key] for canonical, key in _KINDS[kind].items() if key in keys}
        missing = [key for canonical, key in _KINDS[kind].items() if key not in keys and canonical not in _OPTIONAL]
        if missing:
            message, remedy = f"The {kind} file has no column {', '.join(missing)}.", "Export the whole file."
            raise InputError([Problem(table=layout.name, row=1, message=message, remedy=remedy)])
        frames[kind] = _frame_of(read_delimited(layout, found[kind]))
        problems += warn_of_personal(layout.name, personal_headings(layout) if kind == "users" else ())
    enrollments = frames["enrollments"]
    students = enrollments[enrollments["role"].astype("str").str.lower() == "student"]
    return RosterSet(
        enrollments=enrollments,
        users=_only(frames["users"], "student_id", students),
        orgs=_only(frames["orgs"], "school_id", students) if "orgs" in frames else None,
        layout=files["enrollments"],
        headings=found["enrollments"],
        problems=tuple(problems),
        companions=tuple(layout.name for kind, layout in files.items() if kind != "enrollments"),
    )


def _only(frame: pd.DataFrame, key: str, students: pd.DataFrame) -> pd.DataFrame:
    """Users or schools of students' enrolments, the last record of each."""
    referenced = frame[frame[key].isin(students[key].unique())]
    return referenced.drop_duplicates(key, keep="last").reset_index(drop=True)


def _frame_of(texts: Mapping[str, pa.ChunkedArray]) -> pd.DataFrame:
    columns = {}
    for name, column in texts.items():
        is_text = pa.types.is_string(column.type)
        columns[name] = pd.Series(pd.array(clean_texts(column), dtype="str") if is_text else as_categorical(column))
    return pd.DataFrame(columns)


def _all_identified(frames: Iterable[pd.DataFrame]) -> bool:
    return all(
        "identifier" in frame and (texts := frame["identifier"].astype("str")).ne("").all() and texts.is_unique
        for frame in frames
    )


def _table_of_set(roster: RosterSet, by_identifier: bool, schools_by_identifier: bool) -> RecordTable:
    enrollments, users = roster.enrollments, roster.users
    # The last entry, at position -1, is for enrolments whose user is not in the users file.
    user = pd.Index(users["student_id"]).get_indexer(enrollments["student_id"])
    ids = np.append(_texts(users, "identifier" if by_identifier else "student_id"), "")
    grades = np.append([_highest(text) for text in _texts(users, "grade")], "")
    user_status = np.append(_texts(users, "status"), "user is not in the users file")
    status = _texts(enrollments, "status")
    is_deleted = pd.Series(status).str.lower().isin(_DELETED).to_numpy()
    cells = {
        "status": _categorical(np.where(is_deleted, status, user_status[user])),
        "role": enrollments["role"].array,
        "school_id": _schools_of(roster, schools_by_identifier),
        "grade": _categorical(grades[user]),
        **{name: enrollments[name].array for name in ("entry_date", "exit_date") if name in enrollments},
    }
    # A record whose user is missing is set aside later; until then it keeps its own id.
    student_ids = np.where(user >= 0, ids[user], _texts(enrollments, "student_id"))
    return RecordTable(
        name=roster.layout.name,
        record_format=roster.layout.record_format,
        first_row=roster.layout.first_row,
        cells=cells,
        student_ids=pa.chunked_array([pa.array(student_ids, pa.string())]),
        headings={
            **roster.headings,
            "student_id": "users: identifier" if by_identifier else roster.headings["student_id"],
            "school_id": "orgs: identifier" if schools_by_identifier else roster.headings["school_id"],
            "grade": "users: grades",
        },
        unused=tuple(heading for heading in roster.layout.headings if heading not in roster.headings.values()),
        encoding=roster.layout.encoding,
        delimiter=roster.layout.delimiter,
        problems=roster.problems,
        companions=roster.companions,
    )


def _texts(frame: pd.DataFrame, column: str) -> np.ndarray:
    """Texts of a column; all blank if the file has no such column."""
    return frame[column].astype("str").to_numpy(dtype=object) if column in frame else np.full(len(frame), "", object)


def _categorical(texts: np.ndarray) -> pd.Categorical:
    return pd.Categorical(pd.array(texts, dtype="str"))


def _highest(grades: str) -> str:
    """The last of a list of grades; lists run from the lowest to the highest."""
    return grades.rpartition(",")[2].strip()


def _schools_of(roster: RosterSet, by_identifier: bool) -> pd.Categorical:
    schools = _texts(roster.enrollments, "school_id")
    if not by_identifier or roster.orgs is None:
        return _categorical(schools)
    identifiers = dict(zip(_texts(roster.orgs, "school_id"), _texts(roster.orgs, "identifier"), strict=True))
    return _categorical(np.array([identifiers.get(text, text) for text in schools], dtype=object))
