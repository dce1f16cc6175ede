"""Odd and faulty files of schools: grades, places, headings, identifiers; the files in which they come."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Mapping
from io import StringIO
from typing import Any

import pandas as pd

from tests.examples.sound_files import workbook
from tests.faulty_files.odd_file import Content, OddFile

OTHERS = " / 0008,Elm Middle,6-8,38.08,-98.0 / 0010,West High,9-12,38.10,-98.0"
HEAD = "school_id,name,grades,lat,lon"
ROWS = f"0007,Oak Middle,6-8,38.07,-98.0{OTHERS}"
PLACE = {"0007": (-98.0, 38.07)}


def odd_schools() -> Iterator[OddFile]:
    """All of them."""
    yield from _grades()
    yield from _places()
    yield from _headings()
    yield from _enrolment()
    yield from _identifiers()
    yield from _containers()
    yield from _in_memory()


def _odd(name: str, data: Content, right: Mapping[Any, Any], says: str = "", **more: Any) -> OddFile:
    """A file of schools that is read as it is."""
    return OddFile(
        **{"role": "schools", "name": name, "data": data, "right": right, "says": says, "look": "places", **more}
    )


def _asked(name: str, data: Content, right: Mapping[Any, Any], says: str, **more: Any) -> OddFile:
    """A file of schools that is read once a remedy was followed."""
    return _odd(name, data, right, says, is_asked=True, **more)


_GRADES = {
    "6-8": ("06-08", "Grades 6 to 8", "6th-8th", "6 thru 8", "6,7,8", "06;07;08", "6 | 7 | 8", "G6-G8"),
    "K-5": ("K thru 5", "KG-05", "Kindergarten-5"),
    "K-8": ("0K-08", "K8"),
    "PS-8": ("PE,PK,K-8",),
    "PS-K": ("EE,PK,KG",),
    "PK-12": ("P-12",),
    "9-12": ("9 to 12", "9–12", "09;10;11;12"),
    "9-13": ("9 to 14",),
}


def _grades() -> Iterator[OddFile]:
    each = "school_id,name,Grade Offered / 0007,Oak Middle,6 / 0007,Oak Middle,7 / 0007,Oak Middle,8 / 0010,West High,9"
    yield _asked("a row for each grade.csv", each, {"0007": "6-8", "0010": "9"}, "more than once", look="grades")
    flags = "school_id,Grade 6,Grade 7,Grade 8,Grade 9 / 0007,X,X,X, / 0010,,,,X"
    yield _odd("crosses.csv", flags, {"0007": "6-8", "0010": "9"}, "say yes or no", look="grades")
    for grades, texts in _GRADES.items():
        rows = " / ".join(f'{1000 + number},"{text}"' for number, text in enumerate(texts))
        right = {str(1000 + number): grades for number in range(len(texts))}
        yield _odd(f"grades {grades}.csv", f"school_id,grades / {rows}", right, look="grades")
    sound = {"0010": "9-12", "0008": "6-8"}
    for number, text in enumerate(("8-Jun", "M-8", "6/8", "K5", "primary")):
        rows = ROWS.replace("6-8", text, 1)
        yield _odd(f"strange grades {number}.csv", f"{HEAD} / {rows}", sound, "grades cannot be read", look="grades")
    ends = "school_id,name,Low Grade,High Grade / 0007,Oak,06,08 / 0010,West,09,12"
    yield _odd("lowest and highest.csv", ends, {"0007": "6-8", "0010": "9-12"}, look="grades")


def _places() -> Iterator[OddFile]:
    minutes = ROWS.replace("38.07,-98.0", "38\u00b004'12\"N,98\u00b000'00\"W").replace('"', '""')
    yield _odd(
        "minutes.csv",
        f"{HEAD} / {minutes}".replace("38\u00b0", '"38\u00b0').replace("N,98", 'N","98').replace("W /", 'W" /'),
        PLACE,
    )
    minus = f"{HEAD} / {ROWS.replace('-98.0', '98.0')}"
    yield _asked("no minus.csv", minus, PLACE, "lack their minus sign")
    table = "School ID,School Name,Grades,{} / 0007,Oak,6-8,{} / 0010,West,9-12,{}"
    right = {"0007": (-71.1, 42.1), "0010": (-71.12, 42.12)}
    for number, (heading, first, second) in enumerate(
        (
            ("Location", '"(42.1, -71.1)"', '"(42.12, -71.12)"'),
            ("Location", '"1 Main St (42.1, -71.1)"', '"2 Main St (42.12, -71.12)"'),
            ("the_geom", "POINT (-71.1 42.1)", "POINT (-71.12 42.12)"),
            ("the_geom", "POINT(-71.1 42.1)", "POINT(-71.12 42.12)"),
            ("geom", '"SRID=4326;POINT (-71.1 42.1)"', '"SRID=4326;POINT (-71.12 42.12)"'),
            ("Lat,Long", "42.1,-71.1", "42.12,-71.12"),
            ("Y,X", "42.1,-71.1", "42.12,-71.12"),
            ("lat,lon", "42.1000,-71.1000", "42.1200,-71.1200"),
        )
    ):
        yield _odd(f"place {number}.csv", table.format(heading, first, second), right)
    likely = table.format("Place_Latitude_Deg,Place_Longitude_Deg", "42.10,-71.10", "42.12,-71.12")
    yield _odd("likely places.csv", likely, {}, "No coordinates were recognised")
    exchanged = f"{HEAD} / {ROWS}".replace("lat,lon", "lon,lat")
    yield _asked("exchanged.csv", exchanged, PLACE, "exchanged")
    feet = "school_id,name,grades,X Coordinate,Y Coordinate / 0007,Oak,6-8,987654,203456 / 0010,West,9-12,990000,205000"
    yield _asked("state plane.csv", feet, {"0007": (-73.99, 40.73)}, "", by_hand={"EPSG:NUMBER": "EPSG:2263"})
    named = ("state plane named.csv:crs=EPSG:2263",)
    yield _odd("state plane named.csv", feet, {"0007": (-73.99, 40.73)}, options=named)
    useless = ("crs.csv:crs=EPSG:2263",)
    yield _asked(
        "crs.csv",
        "school_id,name,grades,down,across / 0007,Oak,6-8,203456,987654",
        {"0007": (-73.99, 40.73)},
        "",
        options=useless,
        by_hand={"latitude=HEADING": "latitude=down", "longitude=HEADING": "longitude=across"},
    )
    point = {"type": "Point", "coordinates": [-98.0, 38.07]}
    yield _odd("points.geojson", _features(point), PLACE)
    turned = {"type": "Point", "coordinates": [38.07, -98.0]}
    yield _asked("latitude first.geojson", _features(turned), PLACE, "", look="places")
    yield _odd(
        "points in objects.json",
        json.dumps([{"school_id": "0007", "grades": "6-8", "location": point}]).encode(),
        PLACE,
    )
    yield _odd(
        "records.json", json.dumps([{"school_id": "0007", "grades": "6-8", "lat": 38.07, "lon": -98.0}]).encode(), PLACE
    )
    esri = {
        "geometryType": "esriGeometryPoint",
        "spatialReference": {"wkid": 4326},
        "fields": [{"name": "school_id", "type": "esriFieldTypeString"}],
        "features": [{"attributes": {"school_id": "0007"}, "geometry": {"x": -98.0, "y": 38.07}}],
    }
    yield _odd("arcgis.json", json.dumps(esri).encode(), PLACE)
    topo = {
        "type": "Topology",
        "arcs": [],
        "objects": {
            "schools": {
                "type": "GeometryCollection",
                "geometries": [{"type": "Point", "coordinates": [-98.0, 38.07], "properties": {"school_id": "0007"}}],
            }
        },
    }
    yield _odd("topology.json", json.dumps(topo).encode(), PLACE)
    kml = (
        '<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document><Placemark>'
        '<name>Oak</name><ExtendedData><Data name="school_id"><value>0007</value></Data></ExtendedData>'
        "<Point><coordinates>-98.0,38.07</coordinates></Point></Placemark></Document></kml>"
    )
    yield _odd("placemarks.kml", kml.encode(), PLACE)


def _features(*geometries: Mapping[str, Any]) -> bytes:
    features = [
        {"type": "Feature", "properties": {"school_id": f"{number:04d}", "grades": "6-8"}, "geometry": geometry}
        for number, geometry in enumerate(geometries, start=7)
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def _headings() -> Iterator[OddFile]:
    for number, head in enumerate(
        (
            "dbn,Publication Name,gradespan,Lat,Lng",
            "campus,School Name,Grade Range,Latitude,Longitude",
            "NCESSCH,SCH_NAME,grades,LAT,LON",
            "CDS_Code,School,GSserved,Latitude,Longitude",
        )
    ):
        yield _odd(f"schools headings {number}.csv", f"{head} / {ROWS}", PLACE)
    yield _odd(
        "one word above.csv",
        f"Enrollment / 2/13/2026 /  / {HEAD},Enrollment / 0007,Oak,6-8,38.07,-98.0,9 / 0010,West,9-12,38.1,-98,9",
        PLACE,
    )
    yield _odd("markup above.csv", f"<div> / {HEAD} / {ROWS}", PLACE)
    yield _odd(
        "totals below.csv",
        f'{HEAD} / {ROWS} / 0000,State Total,9-12,, / "Source: records office, May",,,,',
        {"schools": 2},
        look="set aside",
    )
    yield _odd(
        "one more column.csv", f"{HEAD} / {ROWS}".replace("lat,lon", "lat,lon,").replace(",-98.0", ",-98.0,"), PLACE
    )
    alone = "Lat,Long,Title / 38.07,-98.0,Oak / 38.1,-98.0,West"
    yield _asked(
        "no identifier.csv",
        alone,
        {"Oak": (-98.0, 38.07)},
        "no column for school_id",
        by_hand={"=HEADING": "=Title", "=NUMBER": "=1"},
    )
    unread = "org,name,grades,down,across / 0007,Oak,6-8,38.07,-98 / 0010,West,9-12,38.1,-98"
    said = tuple(f"all named.csv:columns.{each}" for each in ("school_id=org", "latitude=down", "longitude=across"))
    yield _odd("all named.csv", unread, PLACE, options=said)
    no_header = "0007,Oak,38.07,-98 / 0010,West,38.1,-98"
    named = tuple(
        f"no header.csv:{each}"
        for each in (
            "has_header=no",
            "columns.school_id=column 1",
            "columns.latitude=column 3",
            "columns.longitude=column 4",
        )
    )
    yield _odd("no header.csv", no_header, PLACE, options=named)


def _enrolment() -> Iterator[OddFile]:
    for number, headings in enumerate(
        (
            ("Enrollment 2021-22", "Enrollment 2022-23"),
            ("2021-22 Enrollment", "2022-23 Enrollment"),
            ("enrollment_2122", "enrollment_2223"),
            ("SY2021-22 enrollment", "SY2022-23 enrollment"),
        )
    ):
        data = "school_id,grades,{},{} / 0007,6-8,400,500 / 0010,9-12,800,900".format(*headings)
        yield _odd(f"enrolment of years {number}.csv", data, {"0007": 500, "0010": 900}, look="enrolment")
    for number, text in enumerate(("1,200", "1200.0", "1 200")):
        yield _odd(
            f"enrolment {number}.csv",
            f'school_id,grades,enrollment / 0007,6-8,"{text}" / 0010,9-12,900',
            {"0007": 1200},
            look="enrolment",
        )
    by_grade = "school_id,G06,G07,G08 / 0007,100,110,120 / 0008,90,80,70"
    yield _odd("by grade.csv", by_grade, {("0007", 8): 120}, look="grade enrolment")


def _identifiers() -> Iterator[OddFile]:
    for number, mark in enumerate(("'{}", '"=""{}"""', "#{}", "{}   ")):
        yield _odd(f"school text {number}.csv", f"{HEAD} / {ROWS}".replace("0007", mark.format("0007")), PLACE)
    twice = f"{HEAD} / {ROWS} / 0007,Oak Middle,6-8,38.07,-98.0"
    yield _odd("school twice.csv", twice, PLACE)
    sites = f"{HEAD} / {ROWS} / 0007,Oak Middle North,5,38.07,-98.0"
    yield _asked("sites.csv", sites, {"0007": "5-8"}, "more than once", look="grades", by_hand={})
    parts = "District Code,School Code,name,grades / 01,001,Oak,6-8 / 02,001,West,9-12"
    yield _asked("parts of schools.csv", parts, {"01001": "6-8", "02001": "9-12"}, "more than once", look="grades")
    numbers = f"{HEAD} / {ROWS}".replace("0007", "1.00005E+11")
    yield _asked("rounded.csv", numbers, PLACE, "into a number", edit=f"{HEAD} / {ROWS}")
    uneven = "school_id,grades / 1611190106401,9-12 / 1611190106402,9-12 / 19647330106403,9-12"
    yield _odd("uneven digits.csv", uneven, {"19647330106403": "9-12"}, "zeros in front may be lost", look="grades")
    digits = ("fourteen digits.csv:identifier_digits=14",)
    yield _odd("fourteen digits.csv", uneven, {"01611190106401": "9-12"}, look="grades", options=digits)
    own = "school_id,grades,lat,lon / 010100010034,9-12,42.65,-73.75 / 010100010035,6-8,42.66,-73.76"
    yield _odd("own twelve digits.csv", own, {"010100010034": (-73.75, 42.65)})


def _containers() -> Iterator[OddFile]:
    text = f"{HEAD} / {ROWS} / ".replace(" / ", "\n")
    table = pd.read_csv(StringIO(text), dtype=str)
    yield _odd("schools.csv.gz", gzip.compress(text.encode(), mtime=0), PLACE)
    yield _odd("named as text.csv", workbook(a=table), PLACE)
    yield _asked("two sheets.xlsx", workbook(a=table, b=table), PLACE, "several sheets", by_hand={"=NAME": "=a"})
    yield _odd("sheet named.xlsx", workbook(a=table, b=table), PLACE, options=("sheet named.xlsx:sheet=b",))


def _in_memory() -> Iterator[OddFile]:
    table = pd.read_csv(StringIO(f"{HEAD} / {ROWS} / ".replace(" / ", "\n")), dtype=str)
    yield _odd("schools", table, PLACE)
    yield _asked(
        "schools",
        table.rename(columns={"school_id": "place"}),
        {"0007": (-98.0, 38.07)},
        "",
        by_hand={"=HEADING": "=place", "=NUMBER": "=1"},
    )
    yield _odd("schools", table.assign(lat=table["lat"].astype(float), lon=table["lon"].astype(float)), PLACE)
