"""Odd and faulty student records: absent, wide and broken files, headings, formats and sets of files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from clustering.readers.published.education_data_portal_pages import MANIFEST
from tests.examples.sound_files import csv, edfi_associations, roster_files, students
from tests.faulty_files.odd_file import Content, OddFile
from tests.faulty_files.odd_others import MOVED, STUDENTS
from tests.faulty_files.odd_sources import in_folder

YEARS = (("2022-23", "0007", "08"), ("2023-24", "0010", "09"))
HEAD = "student_id,school_year,school_id,grade"


def odd_students() -> Iterator[OddFile]:
    """All of them."""
    yield from _files()
    yield from _headings()
    yield from _years()
    yield from _edfi()
    yield from _rosters()


def _records(head: str = HEAD, rows: str = "{student},{year},{school},{grade}", *years: tuple[str, str, str]) -> str:
    found = [
        rows.format(student=f"77{student:06d}", year=year, school=school, grade=grade)
        for year, school, grade in years or YEARS
        for student in range(STUDENTS)
    ]
    return " / ".join([head, *found])


SOUND = _records()


def _file(name: str, data: Content, says: str, edit: Content | None = SOUND, **more: Any) -> OddFile:
    """Student records that are read once the remedy was followed."""
    given = {"role": "students", "look": "students", "right": MOVED, "is_asked": True, **more}
    return OddFile(name=name, data=data, says=says, edit=edit, **given)


def _files() -> Iterator[OddFile]:
    sound = in_folder({"a.csv": SOUND}, "a.csv")
    yield _file("absent.csv", lambda folder: folder / "absent.csv", "cannot be opened")
    yield _file("portal", in_folder({MANIFEST: "{}"}, called="portal"), "This is a folder", sound)
    yield _file("marks.csv", f'"student"_id{SOUND}', "first row cannot be read")
    columns = ",".join(f"c{number}" for number in range(2_001))
    yield _file("wide.csv", f"{columns}{SOUND[10:]}", "more than 2,000 columns")
    long = SOUND + f' / 7,2022-23,0007,"{"8" * (9 << 20)}"'
    yield _file("long line.csv", long, "longer than 8 MiB")


def _headings() -> Iterator[OddFile]:
    same = tuple(f"same.csv:columns.{each}=grade" for each in ("grade", "school_id"))
    yield _file("same.csv", SOUND, "Two columns are set", None, options=same, later_options=())
    generic = ("lacking.csv:kind=generic",)
    lacking = SOUND.replace("school_id", "campus", 1)
    by_hand = {"=HEADING": "=campus"}
    yield _file("lacking.csv", lacking, "No column of these", None, options=generic, by_hand=by_hand)
    head = "student_id,school_year,school_id,grade,district_id,state_id"
    shared = _records(head, "{student},{year},{school},{grade},01,{school}") + " / 1,2022-23,0007,08,02,0008"
    by_hand = {"=HEADING": "=state_id"}
    yield _file("districts.csv", shared, "more than one district", SOUND, is_asked=False, by_hand=by_hand)


def _years() -> Iterator[OddFile]:
    head = "student_id,school_year,school_id,grade,entry_date"
    rows = "{student},{year},{school},{grade},{year}-09-01"
    dated = _records(head, rows, ("2022", "0007", "08"), ("2023", "0010", "09"))
    yield _file("dated.csv", dated, "The dates show", None, is_asked=False)
    others = SOUND.replace(",0007,", ",X007,").replace(",0010,", ",X010,")
    yield _file("others.csv", others, "in the schools files")


def _edfi() -> Iterator[OddFile]:
    associations = edfi_associations()
    sound = json.dumps(associations).encode()
    lacking = [{key: value for key, value in each.items() if key != "entryDate"} for each in associations]
    more: dict[str, Any] = {"right": {}}
    yield _file("no dates.json", json.dumps(lacking).encode(), "No association has this property", sound, **more)
    table = csv(students())
    large = in_folder({"large.csv": b"[" + b" " * (1 << 16)}, "large.csv", size=1 << 29)
    yield _file("large.csv", large, "larger than 256 MiB", table, **more)


def _rosters() -> Iterator[OddFile]:
    files = {name: data for name, data in roster_files() if name.startswith("2022/")}
    one = {name.partition("/")[2]: data for name, data in files.items()}
    two = one | {"users_.csv": one["users.csv"]}
    apart = dict(roster_files())
    yield _file("users_.csv", in_folder(two, "*.csv"), "two users files", in_folder(apart, "*/*.csv"), right={})
