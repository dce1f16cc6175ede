"""Odd and faulty files of student records, official lists and names of schools; archives, and tables in memory."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping
from typing import Any

import geopandas as gpd
import pandas as pd
from shapely import box

from tests.faulty_files.odd_file import OddFile

STUDENTS = 20
MOVED = {("0007", "0010", 2022): STUDENTS}
FLOWS = "origin,destination,grade,school_year,students / 0007,0010,8,{},{}"


def odd_others() -> Iterator[OddFile]:
    """All of them."""
    yield from _students()
    yield from _lists()
    yield from _names()
    yield from _archives()
    yield from _in_memory()


def _odd(role: str, name: str, data: Any, right: Mapping[Any, Any], says: str = "", **more: Any) -> OddFile:
    """A file that is read as it is."""
    return OddFile(role=role, name=name, data=data, right=right, says=says, **{"look": "students", **more})


def _records(head: str, years: tuple[str, str], grades: tuple[str, str] = ("08", "09")) -> str:
    places = zip(years, ("0007", "0010"), grades, strict=True)
    rows = [f"77{student:06d},{year},{school},{grade}" for year, school, grade in places for student in range(STUDENTS)]
    return " / ".join([head, *rows])


def _students() -> Iterator[OddFile]:
    head, years = "student_id,school_year,school_id,grade", ("2022-23", "2023-24")
    for number, each in enumerate((head, "SSID,Academic Year,School Code,Grade Level", "Student ID,SY,NCESSCH,Grade")):
        yield _odd("students", f"students {number}.csv", _records(each, years), MOVED)
    for number, grades in enumerate((("8", "9"), ("Grade 8", "Grade 9"), ("8th", "9th"))):
        yield _odd("students", f"grades of students {number}.csv", _records(head, years, grades), MOVED)
    asked = {"is_asked": True}
    bare = _records(head, ("2022", "2023"))
    yield _odd("students", "bare years.csv", bare, MOVED, "of one number", **asked)
    unknown = _records("pupil,school_year,campus,grade", years)
    names = {"student_id=HEADING": "student_id=pupil", "school_id=HEADING": "school_id=campus"}
    filled = {**names, "grade=HEADING": "grade=grade"}
    yield _odd("students", "unknown.csv", unknown, MOVED, "no known format", by_hand=filled, **asked)
    wrong = ("misnamed.csv:columns.school_id=campus",)
    by_hand = {"=HEADING": "=school_id"}
    sound = _records(head, years)
    yield _odd("students", "misnamed.csv", sound, MOVED, "heading set", options=wrong, by_hand=by_hand, **asked)
    strange = sound.replace(",08", ",eighth", 1)
    yield _odd("students", "strange grade.csv", strange, MOVED, "not a grade", edit=sound, **asked)


def _lists() -> Iterator[OddFile]:
    right = {"0010": "CSI"}
    for number, rest in enumerate((" / 0011,no", " / 0011,", "", " / 0007,TSI")):
        data = f"school_id,identified / 0010,CSI{rest}"
        yield _odd("performance", f"list {number}.csv", data, right, look="identified")
    unlisted = "school_id,identified / X1,CSI / X2,TSI"
    sound, says = "school_id,identified / 0010,CSI", "is in the schools files"
    yield _odd("performance", "list of others.csv", unlisted, right, says, look="identified", is_asked=True, edit=sound)


def _names() -> Iterator[OddFile]:
    """Files with names and no identifiers, joined by the matches that a message tells to confirm."""
    confirmed = "school_name,school_id,confirmed / West High,0010,yes / Oak Middle,0007,yes / East High,0011,yes"
    joined: dict[str, Any] = {"is_asked": True, "added": {"name_matches": confirmed}, "says": "no identifiers"}
    rates = "School Name,Grad Rate / West High,55 / East High,80"
    yield _odd("performance", "names.csv", rates, {"0010": 0.55, "0011": 0.8}, look="rates", **joined)
    flows = "From School,To School,grade,school_year,students / Oak Middle,West High,8,2022-23,20"
    yield _odd("flows", "names of both.csv", flows, MOVED, **joined)
    unsure = {"name_matches": confirmed.replace("0011,yes", "0011,perhaps")}
    sound = {"name_matches": confirmed}
    given: dict[str, Any] = {"is_asked": True, "beside": unsure, "added": sound, "look": "rates"}
    yield _odd("performance", "unsure names.csv", rates, {"0010": 0.55}, **given)


def _archives() -> Iterator[OddFile]:
    years = {f"{year}.csv": FLOWS.format(year, 20) for year in ("2021-22", "2022-23")}
    both = {**MOVED, ("0007", "0010", 2021): STUDENTS}
    yield _odd("flows", "years.zip", _archive(years), both)
    kinds = {"a.csv": FLOWS.format("2022-23", 20), "b.csv": "p,q / 1,2"}
    chosen = {"is_asked": True, "by_hand": {"=NAME": "=a.csv"}}
    yield _odd("flows", "kinds.zip", _archive(kinds), MOVED, "2 tables", **chosen)
    yield _odd("flows", "one kind.zip", _archive({"a.csv": kinds["a.csv"], "readme.md": "Flows"}), MOVED)


def _archive(members: Mapping[str, str]) -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        for name, text in members.items():
            archive.writestr(name, text.replace(" / ", "\n") + "\n")
    return whole.getvalue()


def _in_memory() -> Iterator[OddFile]:
    """Tables in memory, which messages and options call by their role."""
    flows = pd.DataFrame({"origin": ["0007"], "destination": ["0010"], "grade": [8], "students": [20]})
    yield _odd("flows", "flows", flows.assign(school_year="2022-23"), MOVED)
    yield _odd("flows", "flows", flows.assign(school_year=2022), MOVED, "may be the school year", is_asked=True)
    unread = flows.assign(school_year="2022-23").rename(columns={"students": "Students Moving"})
    yield _odd("flows", "flows", unread, MOVED, "number of students", is_asked=True)
    rates = pd.DataFrame({"school_id": ["0010", "0011"], "graduation_rate": [0.55, 0.8]})
    yield _odd("performance", "performance", rates, {"0010": 0.55, "0011": 0.8}, look="rates")
    lost = rates.assign(school_id=[10, 11])
    right = {"0010": 0.55, "0011": 0.8}
    yield _odd("performance", "performance", lost, right, "leading zero", look="rates", is_asked=True)
    polygons = [box(-98, 38, -97, 39), box(-97, 38, -96, 39)]
    layer = gpd.GeoDataFrame({"school_id": ["0007", "0008"], "grades": "6-8"}, geometry=polygons)
    touching: dict[str, Any] = {"look": "touching", "right": {("0007", "0008"): True}}
    yield OddFile(role="catchments", name="catchments", data=layer.set_crs("EPSG:4326"), **touching)
    asked: dict[str, Any] = {"is_asked": True, "by_hand": {"EPSG:NUMBER": "EPSG:4326"}}
    yield OddFile(role="catchments", name="catchments", data=layer, says="reference system", **touching, **asked)
