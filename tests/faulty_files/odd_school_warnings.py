"""Schools and enrolment that are read with a warning, or refused, each with what the message tells to do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import geopandas as gpd
from shapely import Point

from tests.faulty_files.odd_file import SOUND, Content, OddFile


def odd_school_warnings() -> Iterator[OddFile]:
    """All of them."""
    yield from _schools()
    yield from _repeated_schools()
    yield from _grade_columns()
    yield from _memberships()


def _school(name: str, data: Content, says: str, **more: Any) -> OddFile:
    return OddFile(
        **{
            "role": "schools",
            "name": name,
            "data": data,
            "says": says,
            "look": "grades",
            "right": {"0010": "9-12"},
            **more,
        }
    )


def _schools() -> Iterator[OddFile]:
    head = "school_id,grades,lowest_grade,highest_grade,school_type,opened_year,status,lat,lon,enrollment / "
    head += " / ".join(f"{each},9-12,,,Regular School,2001,Open,38.1,-98.0,900" for each in ("0010", "0011", "0012"))
    wrong = f"{head} / 0007,,8,6,Blue,soon,Blue,north,-98.0,many"
    mended = f"{head} / 0007,,6,8,Regular School,2019-08-15,Closed,38.0,-98.0,100"
    said = (
        "no known word for the school type",
        "neither a year nor a date of opening",
        "status that is not known",
        "lowest grade is above",
        "latitude is not a number",
        "not a number of students",
    )
    yield _school("a school.csv", wrong, said, edit=mended)
    offered = "NCESSCH,SCH_NAME,G_6_OFFERED,G_7_OFFERED,G_9_OFFERED / 200005000007,Oak,{0},Yes,No"
    offered += " / 200005000010,West,No,No,Yes"
    yield _school(
        "offered.csv",
        offered.format("Perhaps"),
        "neither yes nor no",
        edit=offered.format("Yes"),
        right={"200005000010": "9"},
    )
    areas = 'school_id,grades,the_geom / 0010,9-12,"{0}"'
    area = areas.format("POLYGON ((-98 38, -97 38, -97 39, -98 38))")
    yield _school("areas.csv", area, "geometry is not a point", edit=areas.format("POINT (-97.3 38.3)"))
    places = gpd.GeoDataFrame({"school_id": ["0010"], "grades": "9-12"}, geometry=[Point(-97.3, 38.3)], crs="EPSG:4326")
    both = places.assign(lat="38.1", lon="-98.0")
    yield _school("schools", both, "coordinate columns and the geometry", edit=places)


def _repeated_schools() -> Iterator[OddFile]:
    years = "school_id,name,school_year,grades / 0007,Oak,2021-22,6-7 / 0007,Oak,2022-23,6-8 / 0010,West,2022-23,9-12"
    yield _school("years of schools.csv", years, "more than once", is_asked=True, right={"0007": "6-8"})
    groups = "school_id,name,grades,Student Group / 0007,Oak,6-8,All Students / 0007,Oak,6-8,Hispanic"
    groups += " / 0010,West,9-12,All Students"
    yield _school("groups of schools.csv", groups, "more than once", is_asked=True)
    sites = "school_id,name,grades,Wing / 0007,Oak,6-7,North / 0007,Oak,8,South / 0010,West,9-12,North"
    yield _school("wings.csv", sites, "more than once", is_asked=True, right={"0007": "6-8"})
    grades = "school_id,name,Tested Grade,Pupils There / 0007,Oak,6,100 / 0007,Oak,7,110 / 0010,West,9,200"
    yield _school(
        "students of grades.csv",
        grades,
        "more than once",
        is_asked=True,
        right={("0007", 7): 110},
        look="grade enrolment",
        added={"schools": SOUND["schools"]},
    )


def _grade_columns() -> Iterator[OddFile]:
    sound = "school_id,grades,G06,G07,G08 / 0007,6-8,{0},110,120 / 0010,9-12,0,0,0"
    yield _school("cell of a grade.csv", sound.format("many"), "are no number of students", edit=sound.format("*"))
    double = sound.replace("G08", "G08,Grade 8").replace("120", "120,60").replace("0,0,0", "0,0,0,0").format(100)
    yield _school("grade twice.csv", double, "Several columns are of one grade", edit=sound.format(100))
    odd = sound.replace("G06,G07,G08", "Grade Six Sum,Grade Seven Sum,Grade Eight Sum").format(100)
    yield _school("spoken grades.csv", odd, "speak of a grade and were not read", edit=sound.format(100))


def _memberships() -> Iterator[OddFile]:
    head = "school_id,grade,school_year,{0}students / 0007,8,2022-23,{1}100"
    more: dict[str, Any] = {
        "look": "grade enrolment",
        "right": {("0007", 8): 100},
        "beside": {"schools": SOUND["schools"]},
    }
    sound = head.format("", "")
    twice = f"{sound} / 0007,8,2022-23,50"
    yield _school(
        "two counts.csv",
        twice,
        "several records of the same school, grade",
        is_asked=True,
        edit=sound,
        options=("two counts.csv:kind=table of grade enrolment",),
        **more,
    )
    options = {"options": ("two cells.csv:kind=table of grade enrolment",), **more}
    others = "".join(f" / 0007,{each},2022-23,90" for each in range(1, 7))
    cells = f"{sound}{others} / 0008,eighth,2022-23,70 / 0008,7,2022-23,many"
    mended = f"{sound}{others} / 0008,8,2022-23,70 / 0008,7,2022-23,80"
    yield _school("two cells.csv", cells, ("not a grade", "not a number of students"), edit=mended, **options)
    groups = head.format("Sex,", "All,") + " / 0007,8,2022-23,Female,50"
    yield _school(
        "counts by sex.csv",
        groups,
        "they differ in",
        is_asked=True,
        options=("counts by sex.csv:kind=table of grade enrolment",),
        **more,
    )
    ccd = "{0}NCESSCH,GRADE,STUDENT_COUNT,TOTAL_INDICATOR,DMS_FLAG"
    ccd += " / {1}200005000010,Grade 9,60,Subtotal 4 - By Grade,Reported"
    total = " / {1}200005000010,No Category Codes,60,Education Unit Total,Reported"
    year = ("SCHOOL_YEAR,", "2022-2023,")
    schools = "NCESSCH,SCH_NAME,grades / 200005000010,West,9"
    of_nces: dict[str, Any] = {"right": {}, "look": "", "beside": {"schools": schools}}
    said = ("The file has no totals", "does not show its school year")
    yield _school("no totals.csv", ccd.format("", ""), said, edit=(ccd + total).format(*year), **of_nces)
