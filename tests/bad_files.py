"""Files that an analyst might really hold, each with one fault, and the problem that must be told of it."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from tests.clustering.toy_district import toy_flows, toy_schools


@dataclass(frozen=True, kw_only=True)
class BadFile:
    """
    One faulty file beside sound ones.

    Parameters
    ----------
    role, name, data
        What it is given as, its name, its bytes.
    words
        Part of the message that must come.
    row, column, value
        Where the fault is; ``None`` where it is in no such place.
    options
        How the user says the file is to be read.
    """

    role: str
    name: str
    data: bytes
    words: str
    row: int | None = None
    column: str | None = None
    value: str | None = None
    options: tuple[str, ...] = ()


def csv(table: pd.DataFrame) -> bytes:
    """A table as CSV."""
    return table.to_csv(index=False, lineterminator="\n").encode()


def with_cell(table: pd.DataFrame, place: int, column: str, value: str) -> pd.DataFrame:
    """The table with one cell changed."""
    changed = table.astype("str").copy()
    changed.loc[place, column] = value
    return changed


def performance() -> pd.DataFrame:
    """Rates of the two high schools."""
    return pd.DataFrame({"school_id": ["0010", "0011"], "graduation_rate": ["55", "80"], "list": ["CSI", "no"]})


def edfacts() -> pd.DataFrame:
    """The same in EDFacts' wide form, with identifiers of NCES."""
    return pd.DataFrame(
        {
            "NCESSCH": ["200005000010", "200005000011"],
            "ALL_COHORT_1415": ["200", "300"],
            "ALL_RATE_1415": ["50-54", "80"],
            "ECD_COHORT_1415": ["100", "20"],
            "ECD_RATE_1415": ["LT50", "GE80"],
        }
    )


def membership() -> pd.DataFrame:
    """CCD membership, long, of one school."""
    rows = [("Grade 9", "60", "Subtotal 4 - By Grade"), ("Grade 10", "50", "Subtotal 4 - By Grade")]
    rows += [("No Category Codes", "110", "Education Unit Total")]
    table = pd.DataFrame(rows, columns=["GRADE", "STUDENT_COUNT", "TOTAL_INDICATOR"])
    return table.assign(SCHOOL_YEAR="2022-2023", NCESSCH="200005000010", DMS_FLAG="Reported")


def students() -> pd.DataFrame:
    """Thirty students of two years who go from Oak Middle to West High."""
    ids = [f"S{number:06d}" for number in range(30)]
    first = pd.DataFrame({"student_id": ids, "school_year": "2022-23", "school_id": "0007", "grade": "08"})
    return pd.concat([first, first.assign(school_year="2023-24", school_id="0010", grade="09")], ignore_index=True)


def crosswalk() -> pd.DataFrame:
    """A school that was renumbered; the flows of :func:`old_flows` know it by its old identifier."""
    return pd.DataFrame({"old_id": ["0901"], "new_id": ["0007"], "share": ["1"], "confirmed": ["yes"]})


def old_flows() -> pd.DataFrame:
    """The toy district's flows with an old identifier among the destinations."""
    flows = toy_flows()
    flows.loc[0, "destination"] = "0901"
    return flows


def catchments(level: str = "middle", **changes: object) -> bytes:
    """Two squares beside each other as GeoJSON."""
    schools = {"middle": [("0007", "6-8"), ("0008", "6-8")], "high": [("0010", "9-12"), ("0011", "9-12")]}[level]
    features = []
    for number, (school, grades) in enumerate(schools):
        west, east = -98.0 + number, -97.0 + number
        ring = [[west, 38.0], [east, 38.0], [east, 39.0], [west, 39.0], [west, 38.0]]
        properties: dict[str, object] = {"school_id": school, "grades": grades}
        geometry: object = {"type": "Polygon", "coordinates": [ring]}
        if number == 0:
            geometry = changes.get("geometry", geometry)
            properties |= {name: value for name, value in changes.items() if name != "geometry"}
        features.append({"type": "Feature", "properties": properties, "geometry": geometry})
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def workbook(**sheets: pd.DataFrame) -> bytes:
    """An Excel workbook."""
    whole = io.BytesIO()
    with pd.ExcelWriter(whole) as writer:
        for name, table in sheets.items():
            table.to_excel(writer, sheet_name=name, index=False)
    return whole.getvalue()


_SCHOOL_CELLS = [
    ("lat", "412", "outside -90 to 90"),
    ("lat", "-90.01", "outside -90 to 90"),
    ("lat", "north", "not a number"),
    ("lat", "38,5", "not a number"),
    ("lat", "38.5N", "not a number"),
    ("lat", "inf", "not a number"),
    ("lat", "NaN", "not a number"),
    ("lat", "1e999", "not a number"),
    ("lon", "-181", "outside -180 to 180"),
    ("lon", "180.5", "outside -180 to 180"),
    ("lon", "98W", "not a number"),
    ("lon", "0x10", "not a number"),
    ("grades", "6 to what", "grades cannot be read"),
    ("grades", "12-9", "grades cannot be read"),
    ("grades", "14", "grades cannot be read"),
    ("grades", "K-5-8", "grades cannot be read"),
    ("grades", "primary", "grades cannot be read"),
    ("enrollment", "-5", "not a number of students"),
    ("enrollment", "many", "not a number of students"),
    ("enrollment", "2000000", "not a number of students"),
    ("enrollment", "1e999", "not a number of students"),
    ("school_id", "1.00005E+11", "turned the identifier into a number"),
    ("school_id", "3.0", "turned the identifier into a number"),
    ("school_id", "x" * 65, "longer than 64 characters"),
    ("school_id", "00\u200b03", "control characters"),
    ("school_id", "0001", "stands more than once"),
    ("name", "x" * 501, "longer than 500 characters"),
    ("name", "Oak\nElm", "holds a line break"),
    ("graduation_rate", "about half", "graduation rate cannot be read"),
    ("graduation_rate", "101", "graduation rate cannot be read"),
    ("graduation_rate", "-5", "graduation rate cannot be read"),
    ("graduation_rate", "69-60", "graduation rate cannot be read"),
    ("graduation_rate", "XX80", "graduation rate cannot be read"),
]
_FLOW_CELLS = [
    ("students", "-5", "not a number of students"),
    ("students", "-2", "not a number of students"),
    ("students", "", "not a number of students"),
    ("students", "sixty", "not a number of students"),
    ("students", "1000001", "not a number of students"),
    ("students", "inf", "not a number of students"),
    ("students", "12 students", "not a number of students"),
    ("students", "<5", "not a number of students"),
    ("students", "1_000", "not a number of students"),
    ("grade", "fifth", "not a grade"),
    ("grade", "14", "not a grade"),
    ("grade", "K-5", "not a grade"),
    ("grade", "-4", "not a grade"),
    ("next_grade", "99", "not a grade"),
    ("next_grade", "?", "not a grade"),
    ("school_year", "2022-24", "not a school year"),
    ("school_year", "22-23", "not a school year"),
    ("school_year", "2023-22", "not a school year"),
    ("school_year", "SY23", "not a school year"),
    ("school_year", "1066", "not a school year"),
    ("origin", "", "identifier is missing"),
    ("origin", "1", "lost its leading zero"),
    ("origin", "1.0", "turned the identifier into a number"),
    ("origin", "x" * 65, "longer than 64 characters"),
    ("destination", "7", "lost its leading zero"),
    ("destination", "10", "lost its leading zero"),
    ("destination", "x" * 501, "longer than 500 characters"),
]
_RATE_CELLS = [
    ("graduation_rate", "about half", "graduation rate cannot be read"),
    ("graduation_rate", "93*", "graduation rate cannot be read"),
    ("graduation_rate", "120", "graduation rate cannot be read"),
    ("graduation_rate", "80-70", "graduation rate cannot be read"),
    ("graduation_rate", ">=", "graduation rate cannot be read"),
    ("graduation_rate", "LE", "graduation rate cannot be read"),
    ("school_id", "", "identifier is missing"),
    ("school_id", "1.00005E+11", "turned the identifier into a number"),
    ("school_id", "x" * 65, "longer than 64 characters"),
]
_EDFACTS_CELLS = [
    ("ALL_RATE_1415", "XX", "rate cannot be read"),
    ("ALL_RATE_1415", "GE101", "rate cannot be read"),
    ("ALL_RATE_1415", "21-", "rate cannot be read"),
    ("ECD_RATE_1415", "eighty", "rate cannot be read"),
    ("ALL_COHORT_1415", "many", "size of the cohort cannot be read"),
    ("ALL_COHORT_1415", "1.5", "size of the cohort cannot be read"),
    ("ALL_COHORT_1415", "900000000", "size of the cohort cannot be read"),
    ("NCESSCH", "20000500010", "lost its leading zero"),
    ("NCESSCH", "2.00005E+11", "turned the identifier into a number"),
]
_CROSSWALK_CELLS = [
    ("old_id", "", "identifier is missing"),
    ("old_id", "9.0", "turned the identifier into a number"),
    ("share", "half", "share"),
    ("share", "-1", "share"),
    ("share", "0.5", "add up"),
    ("confirmed", "perhaps", "neither yes nor no"),
]


def bad_files() -> Iterator[BadFile]:
    """All of them."""
    yield from _cells("schools", toy_schools(), _SCHOOL_CELLS, place=9)
    yield from _cells("flows", toy_flows(), _FLOW_CELLS, place=3)
    yield from _cells("performance", performance(), _RATE_CELLS, place=1)
    yield from _cells("edfacts", edfacts(), _EDFACTS_CELLS, place=0)
    yield from _cells("crosswalk", crosswalk(), _CROSSWALK_CELLS, place=0)
    yield from _of_form("schools", csv(toy_schools()))
    yield from _of_form("flows", csv(toy_flows()))
    yield from _of_tables()
    yield from _of_years()
    yield from _of_students()
    yield from _of_membership()
    yield from _of_shapes()
    yield from _of_options()


def _cells(role: str, table: pd.DataFrame, cells: list[tuple[str, str, str]], *, place: int) -> Iterator[BadFile]:
    for number, (column, value, words) in enumerate(cells):
        data = csv(with_cell(table, place, column, value))
        name = f"{role} {number} {column}.csv"
        yield BadFile(role=role, name=name, data=data, words=words, row=place + 2, column=column, value=value[:200])


def _of_form(role: str, sound: bytes) -> Iterator[BadFile]:
    """Faults of the file as such, whatever is in it."""
    lines = sound.split(b"\n")
    header = lines[0].split(b",")

    def bad(name: str, data: bytes, words: str, row: int | None = None, column: str | None = None) -> BadFile:
        return BadFile(role=role, name=f"{role}, {name}.csv", data=data, words=words, row=row, column=column)

    yield bad("empty", b"", "is empty")
    yield bad("blank", b" \n\n \n", "is empty")
    yield bad("header alone", lines[0] + b"\n", "no records")
    yield bad("heading twice", sound.replace(header[1], header[0], 1), "stands 2 times", 1, header[0].decode())
    yield bad("long heading", sound.replace(header[1], b"x" * 201, 1), "more than 200 characters")
    yield bad(
        "many columns", b",".join([lines[0], *(b"c%d" % n for n in range(2_000))]) + b"\n", "more than 2,000 columns"
    )
    yield bad("short record", b"\n".join([*lines[:3], b"0001", *lines[3:]]), "The record has 1 cells", 4)
    yield bad("long record", b"\n".join([*lines[:5], lines[5] + b",x", *lines[6:]]), "The record has", 6)
    yield bad("NUL", sound.replace(lines[4], lines[4] + b"\0"), "NUL bytes", 5)
    yield bad("open quotation mark", sound.replace(b"\n", b'\n"', 1), "")
    yield bad("picture", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4, "")
    yield bad("damaged archive", b"PK\x03\x04" + bytes(60), "archive is damaged")
    yield bad("archive without a table", _archive({"readme.md": b"nothing"}), "no tables")
    yield bad("archive of two tables", _archive({"a.csv": sound, "b.csv": sound}), "holds 2 tables")
    yield bad("cut off", gzip.compress(sound)[:-20], "cut off")
    yield bad("no known column", b"a,b\np,q\n", "No column of this")
    blank = b"\n".join([*lines[:3], b"", b"", *lines[3:]])
    if role == "flows":
        worse = blank.replace(lines[5], lines[5].replace(lines[5].split(b",")[3], b"many"))
        yield bad("blank rows between", worse, "not a number of students", 8, "students")
        yield bad(
            "only its own schools", sound.replace(b"\n00", b"\nX0").replace(b",00", b",Y0"), "None of the schools"
        )
    else:
        worse = blank.replace(lines[5], lines[5].replace(b"38.05", b"north"))
        yield bad("blank rows between", worse, "not a number", 8, "lat")


def _archive(members: dict[str, bytes]) -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as pack:
        for name, data in members.items():
            pack.writestr(name, data)
    return whole.getvalue()


def _of_tables() -> Iterator[BadFile]:
    for role, table, names in (
        ("schools", toy_schools(), ["school_id"]),
        ("flows", toy_flows(), ["origin", "destination", "students"]),
        ("performance", performance(), ["school_id"]),
        ("crosswalk", crosswalk(), ["old_id", "new_id"]),
    ):
        for name in names:
            data = csv(table.drop(columns=name))
            words = f"No column of this {role} file gives {name}"
            yield BadFile(role=role, name=f"{role} without {name}.csv", data=data, words=words, row=1, column=name)
    twice = csv(pd.concat([performance(), performance().iloc[[0]]]))
    words = "more than one record"
    yield BadFile(
        role="performance", name="twice.csv", data=twice, words=words, row=2, column="school_id", value="0010"
    )
    both = csv(with_cell(performance(), 0, "graduation_rate", "0.55"))
    yield BadFile(role="performance", name="both units.csv", data=both, words="both shares", column="graduation_rate")
    dates = csv(with_cell(performance(), 0, "graduation_rate", "14-Oct"))
    yield BadFile(role="performance", name="dates.csv", data=dates, words="into dates", column="graduation_rate")
    ones = performance().assign(graduation_rate=["1", "0"])
    yield BadFile(role="performance", name="ones.csv", data=csv(ones), words="one per cent", column="graduation_rate")
    matrix = (
        toy_flows().pivot_table(index="origin", columns="destination", values="students", aggfunc="first").reset_index()
    )
    worse = with_cell(matrix.fillna(""), 1, "0007", "many")
    words = "not a number of students"
    yield BadFile(role="flows", name="matrix.csv", data=csv(worse), words=words, row=3, column="students", value="many")
    blank = with_cell(matrix.fillna(""), 0, "origin", "")
    yield BadFile(
        role="flows",
        name="matrix, blank.csv",
        data=csv(blank),
        words="identifier is missing",
        row=2,
        column="origin",
        value="",
    )


def _of_years() -> Iterator[BadFile]:
    for number, year in enumerate(("2022", "2023.0")):
        data = csv(toy_flows().assign(school_year=year))
        words = f"The year {year[:4]} may be the school year"
        yield BadFile(role="flows", name=f"bare year {number}.csv", data=data, words=words, column="school_year")


def _of_students() -> Iterator[BadFile]:
    table = students()

    def bad(name: str, changed: pd.DataFrame, words: str, row: int | None = None) -> BadFile:
        return BadFile(role="students", name=f"{name}.csv", data=csv(changed), words=words, row=row)

    for column in ("student_id", "school_id", "grade"):
        yield bad(f"no {column}", table.drop(columns=column), "")
    yield bad("bare year", table.assign(school_year=table["school_year"].str[:4]), "year")
    yield bad("year", with_cell(table, 3, "school_year", "2022-29"), "year", 5)
    yield bad("grade", with_cell(table, 4, "grade", "ninth"), "grade", 6)
    yield bad("mangled school", with_cell(table, 5, "school_id", "1.00005E+11"), "no school id", 7)
    yield bad("entry", with_cell(table.assign(entry_date="2022-08-20"), 6, "entry_date", "tomorrow"), "", 8)
    yield bad("exit", with_cell(table.assign(exit_date="2023-06-10"), 7, "exit_date", "2023-02-31"), "", 9)
    yield BadFile(role="students", name="empty.csv", data=b"", words="")
    yield BadFile(role="students", name="header.csv", data=b"student_id,school_year,school_id,grade\n", words="")
    ragged = csv(table).replace(b"\n", b",x\n", 3)
    yield BadFile(role="students", name="ragged.csv", data=ragged[ragged.index(b"\n") + 1 :], words="")


def _of_membership() -> Iterator[BadFile]:
    table = membership()
    for number, (column, value, words) in enumerate(
        [
            ("STUDENT_COUNT", "many", "not a number of students"),
            ("STUDENT_COUNT", "-5", "not a number of students"),
            ("GRADE", "Grade 99", "grade"),
        ]
    ):
        data = csv(with_cell(table, 0, column, value))
        yield BadFile(role="membership", name=f"membership {number}.csv", data=data, words=words, row=2, column=column)
    twice = csv(pd.concat([table, table.iloc[[0]]]))
    yield BadFile(role="membership", name="membership twice.csv", data=twice, words="more than once")
    mangled = csv(with_cell(table, 0, "NCESSCH", "2.00005E+11"))
    yield BadFile(
        role="membership",
        name="membership id.csv",
        data=mangled,
        words="no NCES school identifier",
        row=2,
        column="NCESSCH",
    )


def _of_shapes() -> Iterator[BadFile]:
    line = {"type": "LineString", "coordinates": [[-98.0, 38.0], [-97.0, 38.0]]}

    def bad(name: str, data: bytes, words: str, row: int | None = None, column: str | None = None) -> BadFile:
        return BadFile(role="catchments", name=f"{name}.geojson", data=data, words=words, row=row, column=column)

    yield bad("line", catchments(geometry=line), "polygon", 1)
    yield bad("nothing", catchments(geometry=None), "", 1)
    far = {"type": "Polygon", "coordinates": [[[500.0, 0.0], [501.0, 0.0], [501.0, 1.0], [500.0, 0.0]]]}
    yield bad("outside", catchments(geometry=far), "outside -180 to 180", 1, "geometry")
    yield bad("grades", catchments(grades="first to last"), "grades cannot be read", 1, "grades")
    yield bad("no id", catchments(school_id=""), "identifier is missing", 1, "school_id")
    yield bad("no features", b'{"type":"FeatureCollection","features":[]}', "")
    yield bad("not GeoJSON", b'{"type":"FeatureCollection","features":[{"type":"Feature"', "")
    yield BadFile(role="catchments", name="table.csv", data=csv(toy_schools()), words="no geometry")
    people = pd.DataFrame({"latitude": ["38.5", "38.6"], "longitude": ["-97.5", "-96.5"], "population": ["10", "20"]})
    for number, (column, value, words) in enumerate(
        [
            ("population", "many", "not a number of people"),
            ("population", "-1", "not a number of people"),
            ("latitude", "412", "not a number from -90 to 90"),
            ("longitude", "west", "not a number from -180 to 180"),
        ]
    ):
        data = csv(with_cell(people, 1, column, value))
        name = f"population {number}.csv"
        yield BadFile(role="population", name=name, data=data, words=words, row=3, column=column, value=value)


def _of_options() -> Iterator[BadFile]:
    sound, book = csv(toy_schools()), workbook(a=toy_schools(), b=toy_schools())

    def bad(name: str, data: bytes, words: str, option: str) -> BadFile:
        return BadFile(role="schools", name=name, data=data, words=words, options=(f"{name}:{option}",))

    yield bad("encoding.csv", sound, "no encoding called", "encoding=utf-9")
    yield bad("wrong.csv", sound.replace(b"E1", b"\xff\xfe"), "not utf-8", "encoding=utf-8")
    yield bad("column.csv", sound, "There is no column", "columns.school_id=school")
    yield bad("name.csv", sound, "has no column called", "columns.flavour=name")
    yield bad("sheet.xlsx", book, "There is no sheet", "sheet=c")
    yield bad("delimiter.csv", sound, "No column of this schools file", "delimiter=pipe")
    yield bad("form.csv", sound, "There is no form called", "kind=foo")
    yield bad("header.csv", sound, "No column of this schools file", "has_header=no")
    yield BadFile(role="schools", name="two sheets.xlsx", data=book, words="several sheets")
    for number, text in enumerate(("flavour=1", "no sign", "has_header=perhaps", "header_row=0", "delimiter=x")):
        option = (f"sound.csv:{text}",)
        yield BadFile(
            role="schools", name="sound.csv", data=sound, words=" ", options=option, column=f"option {number}"
        )
