"""Files that an analyst might really hold, each with one fault, and the problem that must be reported."""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Iterator
from dataclasses import replace

import pandas as pd

from tests.examples.sound_files import (
    catchments,
    crosswalk,
    csv,
    flow_matrix,
    membership,
    performance,
    travel_times,
    with_cell,
    workbook,
)
from tests.examples.toy_district import toy_flows, toy_schools
from tests.faulty_files.bad_file import HEADER, BadFile
from tests.faulty_files.faulty_cells import bad_cells


def bad_files() -> Iterator[BadFile]:
    """All of them."""
    yield from bad_cells()
    yield from _of_form("schools", csv(toy_schools()))
    yield from _of_form("flows", csv(toy_flows()))
    yield from _of_tables()
    yield from _of_years()
    yield from _of_membership()
    yield from _of_shapes()
    yield from _of_options()


def _of_form(role: str, sound: bytes) -> Iterator[BadFile]:
    """Faults of the file as such, whatever is in it."""
    lines = sound.split(b"\n")
    header = lines[0].split(b",")

    def bad(name: str, data: bytes, words: str, row: int | None = None, column: str | None = None) -> BadFile:
        return BadFile(
            role=role, name=f"{role}, {name}.csv", data=data, words=words, row=row, column=column, mended=sound
        )

    def alike(name: str, data: bytes, words: str, row: int, column: str, value: str | None, others: int) -> BadFile:
        return replace(bad(name, data, words, row, column), value=value, others=others)

    yield bad("empty", b"", "is empty")
    yield bad("blank", b" \n\n \n", "is empty")
    yield bad("header alone", lines[0] + b"\n", "no records")
    lost = 1 if role == "flows" else 0  # the column of the other heading is required too
    twice = sound.replace(header[1], header[0], 1)
    yield alike("heading twice", twice, "appears 2 times", HEADER, header[0].decode(), None, lost)
    yield bad("long heading", sound.replace(header[1], b"x" * 201, 1), "more than 200 characters", HEADER)
    yield bad(
        "many columns", b",".join([lines[0], *(b"c%d" % n for n in range(2_000))]) + b"\n", "more than 2,000 columns"
    )
    yield bad("short record", b"\n".join([*lines[:3], lines[3][:4], *lines[4:]]), "The record has 1 cells", 4)
    yield bad("long record", b"\n".join([*lines[:5], lines[5] + b",x", *lines[6:]]), "The record has", 6)
    yield bad("NUL", sound.replace(lines[4], lines[4] + b"\0"), "NUL bytes", 5)
    yield bad("open quotation mark", sound.replace(b"\n", b'\n"', 1), "quotation mark", 2)
    yield bad("picture", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4, "NUL bytes", 3)
    yield bad("workbook cut short", workbook(a=toy_schools())[:900], "archive is damaged")
    yield bad("tar", b"school_id.csv".ljust(257, b"\0") + b"ustar\0" + bytes(300), "NUL bytes", 1)
    yield bad("damaged archive", b"PK\x03\x04" + bytes(60), "archive is damaged")
    yield bad("archive without a table", _archive({"readme.md": b"nothing"}), "no tables")
    two = bad("archive of two tables", _archive({"a.csv": sound, "b.csv": b"p,q\n1,2\n"}), "holds 2 tables")
    yield replace(two, mended=None, by_hand={"layer=NAME": "layer=a.csv"})
    yield bad("cut off", gzip.compress(sound)[:-20], "cut off")
    blank = b"\n".join([*lines[:3], b"", b"", *lines[3:]])
    if role == "flows":
        lacking, column, old, new = "origin", "students", lines[5].split(b",")[3], b"many"
        strange = sound.replace(b"\n00", b"\nX0").replace(b",00", b",Y0")
        others = bad("only its own schools", strange, "none of its schools is in the schools files", 2, "origin")
        yield others
    else:
        lacking, column, old, new = "school_id", "lat", b"38.05", b"412"
        twice = sound + lines[1].replace(b"E1", b"E9") + b"\n"
        yield alike("the same twice", twice, "appears more than once", 2, "school_id", "0001", 1)
    words = f"file has no column for {lacking}; it has a, b, c"
    unknown = alike("no known column", b"a,b,c\n0007,0010,5\n", words, HEADER, lacking, None, 2 * lost)
    headings = b"origin,destination,students" if role == "flows" else b"school_id,b,c"
    yield replace(unknown, mended=headings + b"\n0007,0010,5\n")
    worse = blank.replace(lines[5], lines[5].replace(old, new))
    words = "not a number" if role == "flows" else "lies outside"
    yield alike("blank rows between", worse, words, 8, column, new.decode(), 0)


def _archive(members: dict[str, bytes]) -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as pack:
        for name, data in members.items():
            pack.writestr(name, data)
    return whole.getvalue()


def _of_tables() -> Iterator[BadFile]:
    for role, table, names in (
        ("schools", toy_schools(), ["school_id"]),
        ("flows", toy_flows(), ["origin", "destination"]),
        ("performance", performance(), ["school_id"]),
        ("crosswalk", crosswalk(), ["old_id", "new_id"]),
        ("travel_times", travel_times(), ["origin", "destination", "minutes"]),
    ):
        for lacking in names:
            data = csv(table.drop(columns=lacking))
            name = "travel_time" if lacking == "minutes" else lacking
            words, column = f"This {role.replace('_', ' ')} file has no column for {name}", name
            if role == "schools":  # joined by name, if that is confirmed
                words, column = "The file has no identifiers of schools, but names", "name"
            bad = BadFile(role=role, name=f"{role} without {name}.csv", data=data, words=words, row=1, column=column)
            yield replace(bad, mended=csv(table))
    twice = csv(pd.concat([performance(), performance().iloc[[0]].assign(graduation_rate="60")]))
    words = "appears more than once"
    yield BadFile(
        role="performance",
        name="twice.csv",
        data=twice,
        words=words,
        row=2,
        column="school_id",
        value="0010",
        others=1,
        mended=csv(performance()),
    )
    both = csv(with_cell(performance(), 0, "graduation_rate", "0.55"))
    yield BadFile(role="performance", name="both units.csv", data=both, words="both shares", column="graduation_rate")
    dates = csv(performance().assign(graduation_rate=["14-Oct", "14-Oct"]))
    yield BadFile(
        role="performance",
        name="dates.csv",
        data=dates,
        words="graduation rate cannot be read",
        row=2,
        column="graduation_rate",
        value="14-Oct",
        mended=csv(performance().assign(graduation_rate=["10-14", "10-14"])),
    )
    ones = performance().assign(graduation_rate=["1", "0"])
    yield BadFile(role="performance", name="ones.csv", data=csv(ones), words="one percent", column="graduation_rate")
    matrix = flow_matrix()
    worse, words = csv(with_cell(matrix, 1, "0007", "many")), "not a number of students"
    yield BadFile(role="flows", name="matrix.csv", data=worse, words=words, row=3, column="0007", value="many")
    blank = with_cell(matrix, 0, "origin", "")
    yield BadFile(
        role="flows",
        name="matrix, blank.csv",
        data=csv(blank),
        words="identifier is missing",
        row=2,
        column="origin",
        value="",
        mended=csv(matrix),
    )


def _of_years() -> Iterator[BadFile]:
    for number, year in enumerate(("2022", "2023.0")):
        data = csv(toy_flows().assign(school_year=year))
        words = f"The year {year[:4]} may be the school year"
        yield BadFile(role="flows", name=f"bare year {number}.csv", data=data, words=words, column="school_year")


def _of_membership() -> Iterator[BadFile]:
    table = membership()

    def bad(name: str, changed: pd.DataFrame, words: str, column: str | None = None) -> BadFile:
        return BadFile(
            role="membership", name=f"{name}.csv", data=csv(changed), words=words, column=column, mended=csv(table)
        )

    twice = pd.concat([table, table.iloc[[0]]])
    words, school = "more than once in the same aggregation", "200005000010"
    yield replace(bad("twice", twice, words, "NCESSCH"), row=2, value=school, others=1)
    years = with_cell(table, 1, "SCHOOL_YEAR", "2021-2022")
    yield bad("two years", years, "The file has several years (2021, 2022)")
    other = table.assign(TOTAL_INDICATOR="Education Unit Total by sex")
    yield bad("bare year", table.assign(SCHOOL_YEAR="2022"), "The year 2022 may be that of the fall")
    cut = BadFile(role="membership", name="cut off.csv", data=csv(table)[:-25], words="The record has 4 cells", row=4)
    yield replace(cut, mended=csv(table))
    latin = csv(table).replace(b"Reported\n", b"Rep\xf6rted\n", 1)
    yield BadFile(role="membership", name="latin.csv", data=latin, words="The file is not delimited text in utf-8")
    coded = BadFile(role="membership", name="coded.csv", data=csv(table), words="no encoding called 'utf-9'")
    yield replace(coded, options=("coded.csv:encoding=utf-9",))
    yield bad("no totals", other, "neither totals nor subtotals by grade", "TOTAL_INDICATOR")


def _of_shapes() -> Iterator[BadFile]:
    line = {"type": "LineString", "coordinates": [[-98.0, 38.0], [-97.0, 38.0]]}

    def bad(
        name: str, data: bytes, words: str, row: int | None = None, column: str | None = None, value: str | None = None
    ) -> BadFile:
        name = f"{name}.geojson"
        return BadFile(
            role="catchments",
            name=name,
            data=data,
            words=words,
            row=row,
            column=column,
            value=value,
            mended=catchments(),
        )

    yield bad("line", catchments(geometry=line), "The geometry is not a polygon", 1, "school_id", "0007")
    yield bad("nothing", catchments(geometry=None), "The catchment has no geometry", 1, "school_id", "0007")
    far = {"type": "Polygon", "coordinates": [[[500.0, 0.0], [501.0, 0.0], [501.0, 1.0], [500.0, 0.0]]]}
    yield bad("outside", catchments(geometry=far), "outside -180 to 180", 1, "geometry")
    yield bad("no features", b'{"type":"FeatureCollection","features":[]}', "no records")
    yield bad("not GeoJSON", b'{"type":"FeatureCollection","features":[{"type":"Feature"', "cannot be read as geojson")
    areas = 'school_id,grades,geometry\n0007,6-8,"POLYGON ((-98 38, -97 38, -97 39, -98 39, -98 38))"\n'
    table = BadFile(role="catchments", name="table.csv", data=csv(toy_schools()), words="no geometry")
    yield replace(table, mended=areas.encode())


def _of_options() -> Iterator[BadFile]:
    sound, book = csv(toy_schools()), workbook(a=toy_schools(), b=toy_schools())

    def bad(
        name: str, data: bytes, option: str, words: str, row: int | None = None, column: str | None = None
    ) -> BadFile:
        options = (f"{name}:{option}",)
        return BadFile(role="schools", name=name, data=data, words=words, row=row, column=column, options=options)

    def filled(bad: BadFile, part: str, put: str) -> BadFile:
        return replace(bad, by_hand={part: put})

    lacking = "This schools file has no column for school_id"
    yield bad("encoding.csv", sound, "encoding=utf-9", "no encoding called")
    yield filled(bad("form.csv", sound, "kind=foo", "There is no kind of file called"), "NAME", "table of schools")
    yield bad("codec.csv", sound, "encoding=base64", "no encoding called")
    yield bad("wrong.csv", sound.replace(b"E1", b"\xff\xfe"), "encoding=utf-8", "not utf-8", 2)
    yield bad("ascii.csv", sound.replace(b"E2", "É".encode()), "encoding=ascii", "not ascii", 3)
    yield bad("column.csv", sound, "columns.school_id=school", "There is no column", HEADER, "school")
    flavour = bad("name.csv", sound, "columns.flavour=name", "has no column called", HEADER, "name")
    yield replace(flavour, later_options=("name.csv:columns.name=name",))
    yield filled(bad("sheet.xlsx", book, "sheet=c", "There is no sheet"), "sheet=NAME", "sheet=b")
    yield bad("delimiter.csv", sound, "delimiter=pipe", lacking, HEADER, "school_id")
    yield filled(bad("header.csv", sound, "has_header=no", lacking, None, "school_id"), "HEADING", "column 1")
    yield filled(bad("row.csv", sound, "header_row=2", lacking, 2, "school_id"), "NUMBER", "1")
    yield filled(bad("beyond.csv", sound, "header_row=500", "There is no header at row 500"), "NUMBER", "1")
    yield from _of_options_to_leave_out()
    two = BadFile(role="schools", name="two sheets.xlsx", data=book, words="several sheets")
    yield filled(two, "sheet=NAME", "sheet=a")


def _of_options_to_leave_out() -> Iterator[BadFile]:
    """Options that the file has no use for, or that another one should take the place of."""
    for role, name, option, words, column, then in (
        ("flows", "no matrix.csv", "kind=matrix", "no column for a destination", None, None),
        ("schools", "texas.csv", "kind=Texas: four-year graduation rates by campus", "is not laid out as", None, None),
        ("schools", "no group.csv", "rows.Group=All", "There is no column 'Group'", "Group", "rows.district_id=01"),
        ("schools", "no entry.csv", "rows.name=Nobody", "No record has the entry", "name", None),
    ):
        data = csv(toy_flows() if role == "flows" else toy_schools())
        bad = BadFile(role=role, name=name, data=data, words=words, column=column, options=(f"{name}:{option}",))
        yield replace(bad, later_options=() if then is None else (f"{name}:{then}",))
    of_times = BadFile(role="schools", name="no unit.csv", data=csv(toy_schools()), words="was not used", column="unit")
    yield replace(of_times, value="minutes", options=("no unit.csv:unit=minutes",), later_options=())
