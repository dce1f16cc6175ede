"""Student records that an analyst might really hold, each with one fault; none may show a student."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import replace

import pandas as pd

from tests.examples.sound_files import (
    calpads_rows,
    csv,
    edfi_associations,
    edfi_table,
    lines,
    roster,
    roster_files,
    student_ids,
    students,
    with_cell,
    workbook,
)
from tests.faulty_files.bad_file import HEADER, BadFile

_A_STUDENT = student_ids()[4]
# Column, text, words of the message, what is shown of the text, and the text that the remedy has someone write.
_CELLS = [
    ("school_year", "2022-29", "not a school year", "2022-29", "2022-23"),
    ("school_year", "1066", "not a school year", "1066", "2022-23"),
    ("school_year", "soon", "not a school year", "soon", "2022-23"),
    ("school_year", _A_STUDENT, "not a school year", None, "2022-23"),
    ("grade", "ninth", "not a grade", "ninth", "08"),
    ("grade", "99", "not a grade", "99", "08"),
    ("grade", "8.5", "not a grade", "8.5", "08"),
    ("grade", _A_STUDENT, "not a grade", None, "08"),
    ("school_id", "1.00005E+11", "not a valid school id", "1.00005E+11", "0007"),
    ("school_id", "x" * 65, "not a valid school id", None, "0007"),
    ("entry_date", "tomorrow", "not a date", "tomorrow", "2022-09-01"),
    ("entry_date", "2022-13-01", "not a date", "2022-13-01", "2022-09-01"),
    ("entry_date", _A_STUDENT, "not a date", None, "2022-09-01"),
    ("exit_date", "2023-02-31", "not a date", "2023-02-31", "2023-02-28"),
    ("exit_date", "31/02/2023", "not a date", "31/02/2023", "2023-02-28"),
    ("primary_flag", "perhaps", "not a flag of a primary enrolment", "perhaps", "yes"),
    ("primary_flag", _A_STUDENT, "not a flag of a primary enrolment", None, "no"),
]
_EDFI_CELLS = [
    ("entryDate", "2023-02-31", "not a date", "2023-02-28"),
    ("entryDate", "whenever", "not a date", "2022-08-22"),
    ("entryGradeLevelDescriptor", "Ninth of them", "not a grade", "Eighth grade"),
    ("schoolId", "2.55901E+08", "not a valid school id", "0007"),
]
# The same; positions of the cells of California's SENR file.
_CALPADS_CELLS = [
    (7, "2022-2032", "not a school year", "2022-2023"),
    (22, "20220231", "not a date", "20220815"),
    (23, "77", "not a flag of a primary enrolment", "10"),
    (24, "19", "not a grade", "08"),
    (25, "never", "not a date", "20230526"),
    (5, "6.1119E+06", "not a valid school id", "0007"),
]


def bad_student_files() -> Iterator[BadFile]:
    """All of them."""
    yield from _generic_cells()
    yield from _generic_files()
    yield from _years()
    yield from _generic_options()
    yield from _edfi()
    yield from _calpads()
    yield from _oneroster()


def _bad(
    name: str,
    data: bytes,
    words: str,
    row: int | None = None,
    column: str | None = None,
    value: str | None = None,
    mended: bytes | None = None,
) -> BadFile:
    sound = csv(students()) if mended is None else mended
    return BadFile(
        role="students", name=name, data=data, words=words, row=row, column=column, value=value, mended=sound
    )


def _generic_cells() -> Iterator[BadFile]:
    table = students().assign(entry_date="", exit_date="", primary_flag="yes")
    for number, (column, text, words, shown, then) in enumerate(_CELLS):
        data, mended = (csv(with_cell(table, 4 + number, column, each)) for each in (text, then))
        yield _bad(f"students {number} {column}.csv", data, words, 6 + number, column, shown, mended)
    rounded = csv(with_cell(students(), 9, "student_id", "1.00005E+11"))
    yield _bad("rounded.csv", rounded, "student id", 11, "student_id")
    bare = csv(students().assign(school_year=students()["school_year"].str[:4]))
    yield _bad(
        "bare year.csv", bare, "(2022, 2023) may be the year of its fall or that of its spring", None, "school_year"
    )


def _generic_files() -> Iterator[BadFile]:
    table, sound = students(), csv(students())
    head, *records = sound.splitlines(keepends=True)
    for column in ("student_id", "school_id", "grade"):
        yield _bad(f"no {column}.csv", csv(table.drop(columns=column)), "no known format of student records")
    no_year = csv(table.drop(columns="school_year"))
    lacking = _bad("no year.csv", no_year, "neither school years nor dates", None, "school_year")
    yield replace(lacking, later_options=())
    yield _bad("empty.csv", b"", "is empty")
    yield _bad("blank.csv", b" \n \n\n", "is empty")
    yield _bad("header alone.csv", head, "no records")
    yield _bad("no header.csv", b"".join(records), "no known format of student records")
    twice = sound.replace(b"school_id,grade", b"school_id,grade,grade").replace(b",08\n", b",08,08\n")
    twice = twice.replace(b",09\n", b",09,09\n")
    yield _bad("heading twice.csv", twice, "appears more than once", HEADER, "grade")
    short = b"".join([head, *records[:3], records[3].rsplit(b",", 1)[0] + b"\n", *records[4:]])
    yield _bad("short record.csv", short, "The record has 3 cells instead of 4", 5)
    long = b"".join([head, *records[:7], records[7].strip() + b",x\n", *records[8:]])
    yield _bad("long record.csv", long, "The record has 5 cells instead of 4", 9)
    yield _bad("NUL.csv", sound.replace(b",08\n", b",0\x008\n", 1), "NUL bytes")
    yield _bad("picture.csv", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4, "NUL bytes")
    yield _bad("archive.csv", gzip.compress(sound), "workbook or an archive")
    yield _bad("workbook.xlsx", workbook(a=table), "workbook or an archive")
    yield _bad("no enrolment.csv", csv(table.assign(student_id="")), "No record is an enrolment")
    same = BadFile(
        role="students",
        name="same.csv",
        data=sound,
        words="Two files have this name",
        sound_files=(("same.csv", sound),),
        mended=sound,
    )
    yield same


def _years() -> Iterator[BadFile]:
    table = students()
    words = "No two school years follow each other"
    one = _bad("one year.csv", csv(table[:30]), words, mended=csv(table[:30]))
    yield replace(one, added=(("next year.csv", csv(table[30:])),))
    later = table.assign(school_year=table["school_year"].replace("2023-24", "2024-25"))
    gap = _bad("a year between.csv", csv(later), words, mended=csv(later))
    yield replace(gap, added=(("year between.csv", csv(table[30:])),))


def _generic_options() -> Iterator[BadFile]:
    sound = csv(students())
    latin = sound.replace(b",0007,", b",\xc90007,", 1)

    def bad(
        name: str,
        option: str,
        words: str,
        row: int | None = None,
        column: str | None = None,
        value: str | None = None,
        then: str | None = None,
    ) -> BadFile:
        later = None if then is None else (f"{name}.csv:{then}",)
        data = latin if option == "encoding=utf-8" else sound
        options = (f"{name}.csv:{option}",)
        return BadFile(
            role="students",
            name=f"{name}.csv",
            data=data,
            words=words,
            row=row,
            column=column,
            value=value,
            options=options,
            later_options=later,
        )

    yield bad("encoding", "encoding=utf-9", "no encoding called 'utf-9'")
    yield bad("packed", "encoding=zlib", "no encoding called 'zlib'")
    yield bad("unmarked", "encoding=utf-16", "The text is not utf-16")
    yield bad("bytes", "encoding=utf-8", "The text is not utf-8")
    yield bad(
        "heading",
        "columns.school_id=campus",
        "with the heading set for",
        HEADER,
        "campus",
        then="columns.school_id=school_id",
    )
    yield bad(
        "canonical",
        "columns.shoe_size=school_year",
        "no column called shoe_size",
        HEADER,
        "school_year",
        then="columns.school_year=school_year",
    )
    personal = bad("personal", "columns.grade=birth_date", "it is never read", HEADER, "birth_date")
    born = csv(students().assign(birth_date="2008-01-01"))
    yield replace(personal, data=born, later_options=("personal.csv:columns.grade=grade",))
    yield bad("kind", "kind=roll call", "roll call", then="kind=generic")
    yield bad("snapshot", "snapshot=13-41", "no day of a year", None, "snapshot", "13-41", "snapshot=10-01")


def _edfi() -> Iterator[BadFile]:
    for number, (column, text, words, then) in enumerate(_EDFI_CELLS):
        data, mended = (csv(with_cell(edfi_table(), 2, column, each)) for each in (text, then))
        yield _bad(f"edfi {number}.csv", data, words, 4, column, text, mended)
    for number, (key, text, words, then) in enumerate(_EDFI_CELLS[:3]):
        data, mended = (_associations_with(key, each) for each in (text, then))
        yield _bad(f"edfi {number}.json", data, words, 3, key.lower(), text, mended)
    whole = json.dumps(edfi_associations()).encode()
    yield _bad("cut off.json", whole[:-30], "not JSON", mended=whole)
    yield _bad("not associations.json", b'[{"studentUniqueId": "7"}, 5]', "not an association", 2, mended=whole)
    yield _bad("an object.json", b'{"associations": []}', "not a JSON array", mended=whole)
    yield _bad("nothing.json", b"[]", "not a JSON array", mended=whole)
    yield _bad("nested.json", b"[" * 100_000, "not JSON", mended=whole)


def _associations_with(key: str, text: str) -> bytes:
    associations = edfi_associations()
    associations[2][key] = text
    return json.dumps(associations).encode()


def _calpads() -> Iterator[BadFile]:
    rows = calpads_rows()
    sound = lines(rows, "^")
    for position, text, words, then in _CALPADS_CELLS:
        data, mended = (lines(_with_place(rows, position, each), "^") for each in (text, then))
        yield _bad(f"senr {position}.txt", data, words, 4, str(position), text, mended)
    rows[5] = rows[5][:-1]
    short = lines(rows, "^")
    yield _bad("senr short.txt", short, "The record has 34 cells instead of 35", 6, mended=sound)


def _with_place(rows: list[list[str]], position: int, text: str) -> list[list[str]]:
    """The fourth record with another text in the cell of this position."""
    row = [*rows[3][: position - 1], text, *rows[3][position:]]
    return [*rows[:3], row, *rows[4:]]


def _oneroster() -> Iterator[BadFile]:
    def bad(
        name: str,
        words: str,
        *left_out: str,
        row: int | None = None,
        column: str | None = None,
        value: str | None = None,
        table: str = "enrollments",
        **changed: pd.DataFrame,
    ) -> BadFile:
        files = roster_files(*left_out, **{kind: csv(each) for kind, each in changed.items()})
        faulty = next((file for file in files if file[0] == f"2022/{table}.csv"), files[0])
        sound_files = tuple(file for file in files if file is not faulty)
        mended, *added = sorted(roster_files(), key=lambda file: file[0] != faulty[0])
        return BadFile(
            role="students",
            name=faulty[0],
            data=faulty[1],
            words=words,
            row=row,
            column=column,
            value=value,
            sound_files=sound_files,
            mended=mended[1],
            added=tuple(added),
        )

    tables = roster(2022)
    yield bad("users", "no users file", "users", table="orgs")
    yield bad("enrollments", "no enrollments file", "enrollments", table="users")
    dates = with_cell(tables["enrollments"], 6, "beginDate", "2022-02-31")
    yield bad("date", "not a date", row=8, column="beginDate", value="2022-02-31", enrollments=dates)
    grades = with_cell(tables["users"], 6, "grades", "wizard")
    yield bad("grade", "not a grade", row=8, column="users: grades", value="wizard", users=grades)
    lacking = tables["users"].drop(columns="grades")
    yield bad("no grades", "The users file has no column grades", table="users", row=HEADER, users=lacking)
