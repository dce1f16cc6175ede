"""Odd and faulty files of flows, as rows, by year and as a matrix."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tests.faulty_files.odd_file import SOUND, Content, OddFile

WEST, EAST = ("0007", "0010", 2022), ("0007", "0011", 2022)
RIGHT = {WEST: 60, EAST: 40}
HEAD = "origin,destination,grade,school_year,students"
ROWS = "0007,0010,8,2022-23,60 / 0007,0011,8,2022-23,40"


def odd_flows() -> Iterator[OddFile]:
    """All of them."""
    yield from _years()
    yield from _columns_of_years()
    yield from _headings()
    yield from _counts()
    yield from _identifiers()
    yield from _matrices()


def _odd(name: str, data: Content, right: Mapping[Any, Any] = RIGHT, says: str = "", **more: Any) -> OddFile:
    """A file of flows that is read as it is."""
    return OddFile(
        **{"role": "flows", "name": name, "data": data, "right": right, "says": says, "look": "students", **more}
    )


def _asked(name: str, data: Content, right: Mapping[Any, Any], says: str, **more: Any) -> OddFile:
    """A file of flows that is read once a remedy was followed."""
    return _odd(name, data, right, says, is_asked=True, **more)


def _years() -> Iterator[OddFile]:
    for number, year in enumerate(
        (
            "2022-23",
            "2022-2023",
            "SY2022-23",
            "SY 2022-2023",
            "22-23",
            "20222023",
            "FY23",
            "Fall 2022",
            "Spring 2023",
            "2022/23",
        )
    ):
        yield _odd(f"year {number}.csv", f"{HEAD} / {ROWS.replace('2022-23', year)}")
    for number, year in enumerate(("2022", "SY22", "2022.0", "22")):
        yield _asked(
            f"bare year {number}.csv", f"{HEAD} / {ROWS.replace('2022-23', year)}", RIGHT, "may be the school year"
        )
    for heading in ("fall_year", "ea_year"):
        yield _odd(f"{heading}.csv", f"{HEAD} / {ROWS}".replace("school_year", heading).replace("2022-23", "2022"))
    spring = f"{HEAD} / {ROWS}".replace("school_year", "spring_year").replace("2022-23", "2023")
    yield _odd("spring_year.csv", spring)
    yield _asked(
        "no year.csv",
        f"{HEAD} / {ROWS.replace('2022-23', 'soon')}",
        RIGHT,
        "not a school year",
        edit=f"{HEAD} / {ROWS}",
    )


def _columns_of_years() -> Iterator[OddFile]:
    right = {("0007", "0010", 2021): 50, WEST: 60, ("0007", "0011", 2021): 30, EAST: 40}
    table = "origin,destination,grade,{},{} / 0007,0010,8,50,60 / 0007,0011,8,30,40"
    for number, headings in enumerate(
        (
            ("students_2021_22", "students_2022_23"),
            ("Students 2021-22", "Students 2022-23"),
            ("2021-22 students", "2022-23 students"),
            ("2021-22", "2022-23"),
            ("students (2021-22)", "students (2022-23)"),
            ("students SY2021-22", "students SY2022-23"),
            ("count_2122", "count_2223"),
            ("FY22 students", "FY23 students"),
        )
    ):
        yield _odd(f"columns of years {number}.csv", table.format(*headings), right)
    for number, headings in enumerate(
        (("students_2021", "students_2022"), ("2021", "2022"), ("students 21", "students 22"))
    ):
        yield _asked(f"columns of bare years {number}.csv", table.format(*headings), right, "may be the school year")


def _headings() -> Iterator[OddFile]:
    for number, names in enumerate(
        (
            ("from", "to"),
            ("Sending School", "Receiving School"),
            ("Home School ID", "Attended School ID"),
            ("school_id", "next_school"),
        )
    ):
        head = HEAD.replace("origin", names[0]).replace("destination", names[1])
        yield _odd(f"headings {number}.csv", f"{head} / {ROWS}")
    yield _asked(
        "unknown ends.csv",
        f"{HEAD} / {ROWS}".replace("origin", "sch A").replace("destination", "sch B"),
        RIGHT,
        "no column for",
        by_hand={
            "columns.origin=HEADING": "columns.origin=sch A",
            "columns.destination=HEADING": "columns.destination=sch B",
            "=NUMBER": "=1",
        },
    )
    yield _asked(
        "unknown count.csv",
        f"{HEAD} / {ROWS}".replace("students", "how many"),
        RIGHT,
        "number of students",
        by_hand={"=HEADING": "=how many", "=NUMBER": "=1"},
    )
    yield _asked(
        "likely count.csv", f"{HEAD} / {ROWS}".replace("students", "Students Moving"), RIGHT, "number of students"
    )
    yield _odd("title.csv", f"Promotions / 5/1/2023 /  / {HEAD} / {ROWS}")
    yield _odd("semicolons.csv", f"{HEAD} / {ROWS}".replace(",", ";"))
    yield _odd("totals.csv", f"{HEAD} / {ROWS} / Total,,,,100", {"flows": 1}, look="set aside")
    yield _odd("notes.csv", f'{HEAD} / {ROWS} / "Source: records office, May",,,,', {"flows": 1}, look="set aside")
    twice = f"{HEAD},students / " + ROWS.replace("60", "60,1").replace("40", "40,2")
    yield _asked("students twice.csv", twice, RIGHT, "appears 2 times")


def _counts() -> Iterator[OddFile]:
    ends = ("0007", "0010")
    for text, low, high in (
        ("*", 1, 9),
        ("<10", 1, 9),
        ("-1", 1, 9),
        ("1,060", 1060, 1060),
        ("60.0", 60, 60),
        ("1 060", 1060, 1060),
    ):
        rows = ROWS.replace(",60", f',"{text}"')
        yield _odd(f"count {text}.csv", f"{HEAD} / {rows}", {ends: (low, high)}, look="hidden students")
    for text in ("~", "NC", "s"):
        rows = ROWS.replace(",60", f",{text}")
        yield _odd(
            f"mark {text} named.csv",
            f"{HEAD} / {rows}",
            {ends: (1, 9)},
            look="hidden students",
            options=(f"mark {text} named.csv:suppressed={text}",),
        )
    for text in ("MSK", "hidden"):
        rows = ROWS.replace(",60", f",{text}")
        yield _asked(
            f"mark {text}.csv", f"{HEAD} / {rows}", {ends: (1, 9)}, "not a number of students", look="hidden students"
        )
    yield _asked(
        "comma mark.csv",
        f"{HEAD} / {ROWS.replace(',60', chr(44) + chr(34) + '6,0,0' + chr(34))}",
        RIGHT,
        "not a number of students",
        edit=f"{HEAD} / {ROWS}",
    )
    for number, grade in enumerate(("8", "08", "Grade 8", "8th", "G08")):
        yield _odd(f"grade {number}.csv", f"{HEAD} / {ROWS.replace(',8,', f',{grade},')}")
    yield _asked("grade word.csv", f"{HEAD} / {ROWS.replace(',8,', ',eight,')}", RIGHT, "not a grade")


def _identifiers() -> Iterator[OddFile]:
    for number, mark in enumerate(("'{}", "{} ", "#{}")):
        rows = ROWS.replace("0007", mark.format("0007")).replace("0010", mark.format("0010"))
        yield _odd(f"mark of text {number}.csv", f"{HEAD} / {rows}", {WEST: 60})
    lost = ROWS.replace("0007", "7").replace("0010", "10").replace("0011", "11")
    yield _asked("lost zeros.csv", f"{HEAD} / {lost}", RIGHT, "lost its leading zero")
    yield _asked("zeros of one end.csv", f"{HEAD} / {ROWS.replace('0007', '7')}", RIGHT, "lost its leading zero")
    listed = SOUND["schools"].replace("0007", "7").replace("0008", "8").replace("0010", "10").replace("0011", "11")
    yield _asked("right zeros.csv", f"{HEAD} / {ROWS}", RIGHT, "leading zeros", beside={"schools": listed})
    dots = ROWS.replace("0007", "7.0")
    yield _asked("decimals.csv", f"{HEAD} / {dots}", RIGHT, "into a number", edit=f"{HEAD} / {ROWS}")
    other = ROWS.replace("0007", "X7").replace("0010", "X10").replace("0011", "X11")
    yield _asked("other schools.csv", f"{HEAD} / {other}", RIGHT, "is in the schools files", edit=f"{HEAD} / {ROWS}")
    yield _asked(
        "no id.csv", f"{HEAD} / {ROWS} / ,0010,8,2022-23,5", RIGHT, "identifier is missing", edit=f"{HEAD} / {ROWS}"
    )


def _matrices() -> Iterator[OddFile]:
    right = {("0007", "0010"): (60, 60), ("0008", "0011"): (10, 10)}
    yield _odd("matrix.csv", "origin,0010,0011 / 0007,60,40 / 0008,90,10", right, look="hidden students")
    yield _odd(
        "matrix, other.csv",
        "origin,0010,0011,Out of district / 0007,60,40,5 / 0008,90,10,7",
        right,
        look="hidden students",
    )
    yield _odd(
        "matrix, total.csv", "origin,0010,0011,Total / 0007,60,40,100 / 0008,90,10,100", right, look="hidden students"
    )
    yield _odd("matrix, blank.csv", "origin,0010,0011 / 0007,60, / 0008,90,10", right, look="hidden students")
    yield _odd(
        "matrix, hidden.csv",
        "origin,0010,0011 / 0007,60,* / 0008,90,10",
        right | {("0007", "0011"): (1, 9)},
        look="hidden students",
    )
    unknown = "place,0010,0011 / 0007,60,40 / 0008,90,10"
    yield _asked(
        "matrix, unknown.csv",
        unknown,
        right,
        "no column for",
        look="hidden students",
        by_hand={"columns.origin=HEADING": "columns.origin=place", "=NUMBER": "=1"},
    )
