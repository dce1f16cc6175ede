"""Odd and faulty texts: options, headings, layouts of rows and columns, and tables that the library gave out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from tests.examples.sound_files import catchments, csv, membership
from tests.faulty_files.odd_file import Content, OddFile
from tests.faulty_files.odd_sources import in_folder

SOUND = "school_id,name,grades,lat,lon / 0007,Oak Middle,6-8,38.07,-98.0 / 0010,West High,9-12,38.1,-98.0"
PLACE = {"0007": (-98.0, 38.07)}
FLOWS = "origin,destination,grade,school_year,students / 0007,0010,8,2022-23,60 / 0007,0011,8,2022-23,40"
MOVED = {("0007", "0010", 2022): 60}
RATES = {"0010": 0.55, "0011": 0.8}


def odd_texts() -> Iterator[OddFile]:
    """All of them."""
    yield from _options()
    yield from _headings()
    yield from _identifiers()
    yield from _rows()
    yield from _places()
    yield from _feeder_tables()
    yield from _flows()
    yield from _own_tables()
    yield from _layouts()


def _file(name: str, data: Content, says: str, edit: Content | None = None, **more: Any) -> OddFile:
    """A file of schools that is read once the remedy was followed."""
    given = {"role": "schools", "look": "places", "right": PLACE, "is_asked": True, **more}
    return OddFile(name=f"{name}.csv", data=data, says=says, edit=edit, **given)


def _options() -> Iterator[OddFile]:
    rest: dict[str, Any] = {"table": "options", "later_options": ()}
    for name, option, says in (
        ("delimiter", "delimiter=x", "no such delimiter"),
        ("level", "level=tall", "no such level"),
        ("flavour", "flavour=1", "no such option"),
    ):
        yield _file(name, SOUND, says, options=(f"{name}.csv:{option}",), **rest)
    both = ("both.csv:columns.enrollment=name", "both.csv:columns.enrolment=name")
    yield _file("both", SOUND, "in two spellings", options=both, **rest)
    many = tuple(f"*.csv:rows.{number}=a" for number in range(201))
    yield _file("many", SOUND, "more than 200 options", options=many, **rest)
    twice = ("twice.csv:has_header=yes",) * 2
    yield _file("twice", SOUND, "given twice", options=twice, **{**rest, "later_options": twice[:1]})
    other = ("folder/absent.csv:has_header=yes",)
    yield _file("absent", SOUND, "no such file", options=other, **{**rest, "later_options": ("has_header=yes",)})
    entries = ("entries.csv:rows.grades=6-8", "entries.csv:rows.name=West High")
    yield _file("entries", SOUND, "all of these entries", options=entries, later_options=entries[:1])
    kind = ("members.csv:kind=CCD membership, long",)
    schools = {"a.csv": "NCESSCH,lat,lon / 200005000010,38.07,-98.0"}
    sound = in_folder(schools | {"members.csv": csv(membership())})
    given = in_folder(schools | {"members.csv": SOUND})
    yield _file("members", given, "not a membership file", sound, options=kind, right={})
    members = b"NCESSCH,GRADE,STUDENT_COUNT,TOTAL_INDICATOR\n" + b"\n" * (1 << 20)
    much = in_folder(schools | {"large.csv": members}, size=(1 << 34) + 1)
    yield _file("large", much, "larger than 16 GiB", sound, right={})


def _headings() -> Iterator[OddFile]:
    notes = " / ".join(f"Note {number} on how the file was made and what it holds." for number in range(1, 71))
    yield _file("deep", f"{notes} / {SOUND}", "further down than they were looked for", right=PLACE)
    yield _file("quotation mark", f'"a"b{SOUND}', "header row cannot be read", SOUND)
    long = f'{SOUND} / 0011,"{"East " * 500_000}",9-12,38.11,-98.0'
    yield _file("long cell", long, "its lines are not records", SOUND)
    years = "school_id,Grad Rate,Grad Rate 2021,Grad Rate 2022 / 0010,99,50,55 / 0011,98,75,80"
    of_rates: dict[str, Any] = {"role": "performance", "look": "rates", "right": RATES}
    yield _file("with and without year", years, "without a year", **of_rates)
    upper = "School,,2022, / school_id,name,graduation_rate,N / 0010,West High,55,100 / 0011,East High,80,100"
    yield _file("two rows", upper, "stand in rows 1 and 2", is_asked=False, **of_rates)
    interchange = b'Version 300\nCharset "Neutral"\nColumns 1\n  id Char(4)\nData\n'
    yield _file("interchange", interchange, "which is not read", catchments(), role="catchments", look="", right={})


def _identifiers() -> Iterator[OddFile]:
    rows = " / ".join(f",00{number},38.1,-98.0" for number in range(10, 30))
    more: dict[str, Any] = {"right": {"0010": (-98.0, 38.1)}, "is_asked": False}
    by_hand = {"=HEADING": "=School Code"}
    yield _file(
        "hardly any", f"NCESSCH,School Code,lat,lon / {rows}", "hardly any identifiers", by_hand=by_hand, **more
    )
    parts = "district,school,lat,lon / {},001,38.07,-98.0 / 12,002,38.1,-98.0"
    joined = {"options": ("parts.csv:columns.school_id=district+school",), "right": {"01001": (-98.0, 38.07)}}
    yield _file("parts", parts.format("1"), "not equally long", parts.format("01"), is_asked=False, **joined)


def _rows() -> Iterator[OddFile]:
    more: dict[str, Any] = {"role": "flows", "look": "students", "right": MOVED}
    by_grade = "origin,destination,school_year,grade 6,grade 7,grade 8 / 0007,0010,2022-23,0,0,60"
    by_hand = {"=HEADING": "=grade 8"}
    yield _file("by grade", by_grade, "Columns of students by grade", by_hand=by_hand, is_asked=False, **more)
    two_years = "School 2021-22,School 2022-23,grade,students / 0007,0010,8,60 / 0007,0011,8,40"
    yield _file("ends", two_years, "no column for origin", role="flows", look="", right={})
    districts = "Resident District,Serving District,students / 01,02,60"
    yield _file("districts", districts, "speaks of districts", FLOWS, **more)


def _places() -> Iterator[OddFile]:
    metres = "school_id,x,y / 0007,583960,4507523 / 0010,{},{}"
    far: dict[str, Any] = {"options": ("far.csv:crs=EPSG:26918",), "right": {"0007": (-74.01, 40.71)}}
    sound = metres.format(584000, 4507600)
    yield _file("far", metres.format("9e12", "9e12"), "no such place on the ground", sound, **far)
    places = "school_id,Location / 0007,POINT (-98.0 38.07) / 0010,{} / 0011,POINT (-98.1 38.2)"
    strange, sound = places.format("by the river"), places.format("")
    yield _file("strange place", strange, "place cannot be read", sound, is_asked=False)


def _feeder_tables() -> Iterator[OddFile]:
    more: dict[str, Any] = {"role": "flows", "look": "estimated", "right": {("0007", "0010"): True}}
    yield _file("which way", "school_id,feeder_schools / 0010,0007", "cannot be told whether", **more)
    shares = "origin,destination 1,destination 2,share / 0007,0010,0011,60 / 0008,0010,,40"
    yield _file("shares", shares, "which next school the shares", **more)
    counts = "origin,destination 1,destination 2,students moving / 0007,0010,0011,60 / 0008,0010,,40"
    yield _file("counts", counts, "no column is known", **more)
    said = ("unused shares.csv:kind=feeder table",)
    each = "origin,destination 1,destination 2,share 1,share 2 / 0007,0010,0011,60,40"
    yield _file("unused shares", shares, "shares are not used", each, is_asked=False, options=said, **more)
    unknown = "a,b / 0007,0010 / 0008,0011"
    by_hand = {"origin=HEADING": "origin=a", "destination=HEADING": "destination=b"}
    said = ("no ends.csv:kind=feeder table",)
    yield _file("no ends", unknown, "no columns for a school", by_hand=by_hand, options=said, **more)
    many = 'middle,high / "0007;0008","0010;0011"'
    one = "middle,high / 0007,0010 / 0008,0011"
    yield _file("several beside several", many, "beside several next schools", one, is_asked=False, **more)
    merged = "high,middle / 0010,0007 / ,0008 / 0011,0008"
    written = merged.replace(" / ,", " / 0010,")
    yield _file("merged cells", merged, "read as the entry above", written, is_asked=False, **more)


def _flows() -> Iterator[OddFile]:
    names = "school_name,school_id,confirmed / Oak Middle,0007,yes"
    unneeded: dict[str, Any] = {"role": "name_matches", "look": "", "right": {}, "is_asked": False}
    yield _file("no names", names, "change nothing", None, **unneeded)
    matched = (
        "From School,To School,grade,school_year,students,From Code,To Code"
        " / Oak Middle,West High,8,2022-23,60,0007,0010"
    )
    more: dict[str, Any] = {"role": "flows", "look": "students", "right": MOVED}
    yield _file("names and codes", matched, "no identifiers", **more)


def _own_tables() -> Iterator[OddFile]:
    flows = "origin,destination,kind,grade,next_grade,year,students,students_low,students_high"
    row = "0007,{},{},8,9,2022,60,60,60"
    known = row.format("0010", "promotion")
    estimate = f"{flows} / {known} / {row.format('', 'unknown destination')}"
    more: dict[str, Any] = {"role": "flows", "look": "students", "right": MOVED, "is_asked": False}
    fall = {"options": ("estimate.csv:year_convention=fall",)}
    yield _file("estimate", estimate, "The flows are an estimate", FLOWS, **fall, **more)
    links = "origin,destination,students,students_low,students_high,send_share,receive_share / 0007,0010,60,60,60,1,1"
    yield _file("links", links, "links of a proposal", FLOWS, **more | {"right": {}})
    masks = pd.DataFrame({"school_id": ["0007", "0010"], "grades_offered": [1792, 30720]})
    texts = masks.assign(grades_offered=["6-8", "9-12"])
    yield OddFile(
        role="schools",
        name="schools",
        data=masks,
        edit=texts,
        says="bit masks",
        look="grades",
        right={"0007": "6-8", "0010": "9-12"},
    )


def _layouts() -> Iterator[OddFile]:
    georgia: Mapping[str, str] = {
        "LONG_SCHOOL_YEAR": "2022-23",
        "DETAIL_LVL_DESC": "School",
        "SCHOOL_DSTRCT_CD": "00",
        "INSTN_NUMBER": "10",
        "LABEL_LVL_1_DESC": "Grad Rate -ALL Students",
        "PROGRAM_TOTAL": "55",
        "PROGRAM_PERCENT": "55",
        "TOTAL_COUNT": "100",
        "school_id": "0010",
        "graduation_rate": "55",
    }
    data = csv(pd.DataFrame([georgia]))
    more: dict[str, Any] = {"role": "performance", "look": "rates", "right": {"0010": 0.55}, "is_asked": False}
    yield _file("georgia", data, "is read as Georgia", None, **more)
    tennessee = {
        "system": "0",
        "system_name": "A",
        "school": "010",
        "subgroup": "All Students",
        "grad_cohort": "100",
        "grad_count": "55",
        "grad_rate": "55",
    }
    both = csv(pd.DataFrame([{**georgia, **tennessee}]))
    by_hand = {"kind=Georgia": "kind=Georgia: four-year cohort graduation rates"}
    yield _file("two layouts", both, "in different ways", None, by_hand=by_hand, **more | {"is_asked": True})
