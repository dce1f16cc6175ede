"""Odd and faulty tables of rates: long tables, headings, rows that are no schools, identifiers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tests.faulty_files.odd_file import Content, OddFile

RIGHT = {"0010": 0.55, "0011": 0.8}


def odd_rate_tables() -> Iterator[OddFile]:
    """All of them."""
    yield from _long_tables()
    yield from _headings()
    yield from _rows_of_no_school()
    yield from _identifiers()


def _odd(name: str, data: Content, right: Mapping[Any, Any] = RIGHT, says: str = "", **more: Any) -> OddFile:
    """A file of rates that is read as it is."""
    given = {"role": "performance", "look": "rates", **more}
    return OddFile(name=name, data=data, right=right, says=says, **given)


def _asked(name: str, data: Content, right: Mapping[Any, Any], says: str, **more: Any) -> OddFile:
    """A file of rates that is read once a remedy was followed."""
    return _odd(name, data, right, says, is_asked=True, **more)


def _long_tables() -> Iterator[OddFile]:
    groups = (
        "School ID,Student Group,Grad Rate / 0010,All Students,55 / 0010,English learners,40 / 0011,All Students,80"
    )
    right = {("0010", "all"): 0.55, ("0011", "all"): 0.8}
    yield _odd("groups.csv", groups, right, look="groups")
    kinds = (
        "School ID,Membership,Group,Grad Pct / 0010,4 Year Outcome,All Students,55"
        " / 0010,5 Year Outcome,All Students,70 / 0011,4 Year Outcome,All Students,80"
    )
    yield _odd(
        "kinds of rate.csv",
        kinds,
        {("0010", "graduation_4year"): 0.55, ("0010", "graduation_5year"): 0.7},
        look="measures",
    )
    odd = "School ID,Series,Grad Rate / 0010,Blue,55 / 0010,Green,70 / 0011,Blue,80"
    yield _asked("unknown kinds.csv", odd, RIGHT, "several records for one school")
    twice = "School ID,Grad Rate / 0010,55 / 0010,55 / 0011,80"
    yield _odd("same twice.csv", twice, RIGHT, "same")
    differs = "School ID,Grad Rate / 0010,55 / 0010,70 / 0011,80"
    yield _asked("different twice.csv", differs, RIGHT, "more than once", edit=twice)
    measures = (
        "School ID,Indicator,Value / 0010,Graduation rate,55 / 0010,Dropout rate,12"
        " / 0011,Graduation rate,80 / 0011,Dropout rate,3"
    )
    yield _odd("indicators.csv", measures, RIGHT)
    chosen = ("chosen.csv:rows.Series=Blue",)
    yield _odd("chosen.csv", odd, RIGHT, options=chosen)
    wrong = ("no such entry.csv:rows.Series=Red",)
    yield _asked("no such entry.csv", odd, RIGHT, "No record has the entry", options=wrong)


def _headings() -> Iterator[OddFile]:
    rows = " / 0010,55 / 0011,80"
    for number, head in enumerate(
        ("dbn,grad_pct", "campus,Four Year Graduation Rate", "rcdts,graduation_rate", "SCHOOL_ID,ACGR")
    ):
        yield _odd(f"known {number}.csv", head + rows)
    yield _odd("title.csv", f"Graduation / 5/14/2026 /  / School ID,Grad Rate{rows}")
    yield _odd("title of a known word.csv", f"School / 2/13/2026 /  / School ID,Grad Rate{rows}")
    yield _odd("markup.csv", f"<meta charset='utf-8'> / School ID,Grad Rate{rows}")
    yield _odd("byte order mark.csv", "\ufeffSchool ID,Grad Rate" + rows)
    yield _odd("tabs.csv", ("School ID,Grad Rate" + rows).replace(",", "\t"))
    yield _odd("pipes.csv", ("School ID,Grad Rate" + rows).replace(",", "|"))
    yield _odd("carets.csv", ("School ID,Grad Rate" + rows).replace(",", "^"))
    yield _odd("quoted.csv", 'School ID,Grad Rate / "0010","55" / "0011","80"')
    yield _odd("carriage returns.csv", ("School ID,Grad Rate" + rows + " / ").replace(" / ", "\r").encode())
    yield _odd("utf-16.csv", ("School ID,Grad Rate" + rows + " / ").replace(" / ", "\n").encode("utf-16"))
    yield _odd(
        "accents.csv",
        ("School ID,Name,Grad Rate / 0010,São Tomé,55 / 0011,Peña,80 / ").replace(" / ", "\n").encode("cp1252"),
        RIGHT,
        "cp1252",
    )
    two = "School,School,Rates,Rates / ID,Name,Graduation Rate,Cohort / 0010,West,55,100 / 0011,East,80,100"
    yield _odd("two rows.csv", two)
    unknown = "org_code,pct / 0010,55 / 0011,80"
    named = ("settled.csv:columns.school_id=org_code", "settled.csv:columns.graduation_rate=pct")
    yield _odd("settled.csv", unknown, options=named)
    yield _asked(
        "no known heading.csv",
        "place,pct / 0010,55 / 0011,80",
        {},
        "no column for school_id",
        by_hand={"=HEADING": "=place", "=NUMBER": "=1"},
    )
    misspelt = ("misspelt.csv:columns.school_id=School Id",)
    yield _asked(
        "misspelt.csv",
        "School_ID_X,Grad Rate / 0010,55 / 0011,80".replace("_X", ""),
        RIGHT,
        "There is no column",
        options=misspelt,
    )
    likely = "School ID,Graduation Pct of Cohort / 0010,55 / 0011,80"
    yield _odd("likely.csv", likely, {}, "")
    repeated = "School ID,Grad Rate,Grad Rate / 0010,55,1 / 0011,80,2"
    yield _asked("repeated heading.csv", repeated, RIGHT, "appears 2 times")
    data_cell = "sy,org,grade kind,stu_grp,grad rate / 2022-23,0010,School ID,All,55 / 2022-23,0011,name,All,80"
    yield _odd("known word in data.csv", data_cell, RIGHT, options=("known word in data.csv:columns.school_id=org",))
    far = ("beyond.csv:header_row=500",)
    yield _asked(
        "beyond.csv",
        "School ID,Grad Rate" + rows,
        RIGHT,
        "no header at row 500",
        options=far,
        by_hand={"=NUMBER": "=1"},
    )


def _rows_of_no_school() -> Iterator[OddFile]:
    head = "School ID,School,Grad Rate / 0010,West High,55 / 0011,East High,80"
    for number, row in enumerate(
        (
            ",State average,76",
            "0000,State Total,76",
            ",Statewide,76",
            "99,District Total,76",
            ",All schools,76",
            "State,State,76",
        )
    ):
        yield _odd(f"total {number}.csv", f"{head} / {row}", {"performance": 1}, look="set aside")
    for number, row in enumerate(
        (
            "* fewer than 10 students,,",
            '"Source: records office, May",,',
            "Note: rates are rounded,,",
            "Report run on 5/14/2026,,",
        )
    ):
        yield _odd(f"note {number}.csv", f"{head} / {row}", {"performance": 1}, look="set aside")
    yield _odd("blank rows.csv", head.replace(" / 0011", " /  / ,, / 0011"), {"performance": 1}, look="set aside")
    other = "School ID,Grad Rate / X1,55 / X2,80"
    sound = "School ID,Grad Rate / 0010,55 / 0011,80"
    yield _asked("other schools.csv", other, RIGHT, "none of its schools is in the schools files", edit=sound)


def _identifiers() -> Iterator[OddFile]:
    for number, mark in enumerate(("'{}", '="{}"', "#{}", "{} ", "\u00a0{}", "`{}")):
        west, east = mark.format("0010"), mark.format("0011")
        quoted = [f'"{each.replace(chr(34), 2 * chr(34))}"' for each in (west, east)]
        yield _odd(f"mark of text {number}.csv", f"school_id,graduation_rate / {quoted[0]},55 / {quoted[1]},80")
    yield _asked("lost zeros.csv", "school_id,graduation_rate / 10,55 / 11,80", RIGHT, "lost its leading zero")
    ends = "school_id,graduation_rate / 10.0,55 / 11.0,80"
    sound = "school_id,graduation_rate / 0010,55 / 0011,80"
    yield _asked("decimals.csv", ends, RIGHT, "into a number", edit=sound)
    yield _asked("no id.csv", "school_id,graduation_rate / ,55 / ,80", RIGHT, "", edit=sound)
    joined = {
        "schools": "school_id,name,grades,lat,lon / 0111100010,West,9-12,38.1,-98 / 0222200010,East,9-12,38.2,-98"
        " / 0111100007,Oak,6-8,38.3,-98",
        "flows": "origin,destination,grade,school_year,students / 0111100007,0111100010,8,2022-23,60",
    }
    right = {"0111100010": 0.55, "0222200010": 0.8}
    parts = "CountyCode,DistrictCode,SchoolCode,Grad Rate / 01,1110,0010,55 / 02,2220,0010,80"
    yield _asked("in parts.csv", parts, right, "more than once", beside=joined)
    other = "County,LEA Code,School Number,Grad Rate / 01,111,00010,55 / 02,222,00010,80"
    yield _asked("in other parts.csv", other, right, "more than once", beside=joined)
    once = "District Code,School Code,Grad Rate / 01111,00010,55 / 01111,00007,"
    yield _asked("in parts, once.csv", once, {"0111100010": 0.55}, "is in the schools files", beside=joined)
    other_column = "School ID,Ours,Grad Rate / X1,0010,55 / X2,0011,80"
    yield _asked("other column.csv", other_column, RIGHT, "is in the schools files")
