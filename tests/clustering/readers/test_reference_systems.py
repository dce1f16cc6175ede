"""Reference systems understood from their text, and refused by name."""

from __future__ import annotations

import json

import numpy as np
import pyproj
import pytest
from pyproj.database import query_crs_info
from pyproj.enums import PJType

from clustering.errors import CrsError
from clustering.readers.reference_systems import MAXIMUM_CHARACTERS, parse_reference_system

FOOT_SYSTEMS = [
    each
    for each in query_crs_info(auth_name="EPSG", pj_types=[PJType.PROJECTED_CRS])
    if each.name.startswith("NAD83 /") and each.name.endswith(("(ftUS)", "(ft)"))
]
LONG_ISLAND = (
    "+proj=lcc +lat_0=40.1666666666667 +lon_0=-74 +lat_1=41.0333333333333 +lat_2=40.6666666666667 +x_0=300000 +y_0=0"
    " +datum=NAD83 +units=us-ft +no_defs"
)
LONG_ISLAND_WKT, LONG_ISLAND_JSON = pyproj.CRS("EPSG:2263").to_wkt(), pyproj.CRS("EPSG:2263").to_json()
KENTUCKY = pyproj.CRS("EPSG:2246").to_wkt("WKT1_ESRI")
GEOGRAPHIC = 'GEOGCS["g",DATUM["d",SPHEROID["s",6378137,298.257]],PRIMEM["Greenwich",0],UNIT["degree",0.01745329]%s]'
PROJECTED = f'PROJCS["p",{GEOGRAPHIC % ""},PROJECTION["Mercator_1SP"],UNIT["metre",1],EXTENSION["PROJ4","%s"]]'


def degrees(text: str, x: float, y: float) -> tuple[float, float]:
    longitude, latitude = parse_reference_system(text, "a.shp").degrees(np.array([x]), np.array([y]))
    return float(longitude[0]), float(latitude[0])


def test_systems_of_feet_are_read_from_the_text_of_arcgis() -> None:
    assert len(FOOT_SYSTEMS) > 100
    for each in FOOT_SYSTEMS[::9]:
        registered = pyproj.CRS.from_authority(each.auth_name, each.code)
        west, south, east, north = registered.area_of_use.bounds
        middle = (west + east) / 2, (south + north) / 2
        x, y = pyproj.Transformer.from_crs(4326, registered, always_xy=True).transform(*middle)
        assert degrees(registered.to_wkt("WKT1_ESRI"), x, y) == pytest.approx(middle, abs=1e-7), each.name


def test_the_text_counts_and_not_the_name_in_it() -> None:
    there = degrees(KENTUCKY, 1_640_416.667, 300_000)
    assert "1640416.667" in KENTUCKY
    # Ten feet more of false easting put a place ten feet west of where it was: here a degree is about 288,000 feet.
    longitude, latitude = degrees(KENTUCKY.replace("1640416.667", "1640426.667"), 1_640_416.667, 300_000)
    assert latitude == pytest.approx(there[1], abs=1e-7)
    assert there[0] - longitude == pytest.approx(10 * 0.3048 / (111_320 * np.cos(np.radians(there[1]))), rel=0.01)


@pytest.mark.parametrize(
    "text",
    [
        "2263",
        "urn:ogc:def:crs:EPSG::2263",
        "http" + "://www.opengis.net/def/crs/EPSG/0/2263",
        pyproj.CRS(2263).to_wkt(),
        pyproj.CRS(2263).to_wkt("WKT1_GDAL"),
        pyproj.CRS(2263).to_json(),
        LONG_ISLAND,
    ],
)
def test_a_system_is_understood_in_every_notation(text: str) -> None:
    # The false origin, where the projection puts its central meridian and latitude of origin.
    assert degrees(text, 984_250, 0) == pytest.approx((-74, 40.1666666666667), abs=1e-5)


def test_latitude_may_come_first() -> None:
    assert degrees("EPSG:4326,latitude_first", 42, -71) == (-71, 42)
    assert degrees("EPSG:2263,latitude_first", 0, 984_250) == pytest.approx((-74, 40.1666666666667), abs=1e-5)


def test_heights_are_left_out_of_a_system_that_has_them() -> None:
    assert degrees("EPSG:6349", -71, 42) == pytest.approx((-71, 42), abs=1e-6)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("EPSG:4978", r"'EPSG:4978' \(Geocentric CRS\)"),
        ("EPSG:5703", r"'EPSG:5703' \(Vertical CRS\)"),
        ('LOCAL_CS["Floor plan",UNIT["metre",1]]', r"'Floor plan' \(Engineering CRS\)"),
        (GEOGRAPHIC.replace('"g"', '"Undefined geographic SRS"') % "", "Undefined geographic SRS"),
        ("nothing of the kind", "nothing of the kind"),
        ("PROJCS[", "not a known"),
        ("GEOGCS[" * 2_000, "not a known"),
        ('{"a":' * 3_000, "not a known"),
        ("x" * (MAXIMUM_CHARACTERS + 1), "not a known"),
        (KENTUCKY + " " * MAXIMUM_CHARACTERS + "]", "not a known"),
        ("+init=/etc/hostname:1", "not a known"),
        ("+proj=pipeline +step +proj=longlat", "not a known"),
        ("+proj=longlat +nadgrids=/etc/hostname", "file of shifts"),
        ("+proj=longlat +ellps=clrk66 +nadgrids=conus", "file of shifts"),
        (GEOGRAPHIC % ',EXTENSION["PROJ4","+proj=longlat +nadgrids=/etc/hostname"]', "file of shifts"),
        (PROJECTED % "+proj=merc +nadgrids=conus", "file of shifts"),
        (PROJECTED % "+init=/etc/hostname:1", "not a known"),
    ],
)
def test_what_is_no_system_of_places_is_refused_by_name(text: str, why: str) -> None:
    with pytest.raises(CrsError, match=why) as caught:
        parse_reference_system(text, "a.shp")
    assert "EPSG:NUMBER" in caught.value.problems[0].remedy


def test_a_datum_without_a_known_shift_is_said_to_be_approximate() -> None:
    assert parse_reference_system("+proj=longlat +ellps=intl", "a.shp").is_approximate
    assert not parse_reference_system("EPSG:4267", "a.shp").is_approximate
    # Any datum on the ellipsoid of today is within metres.
    assert not parse_reference_system("+proj=longlat +ellps=GRS80", "a.shp").is_approximate


def test_places_far_from_where_a_projection_is_used_are_refused() -> None:
    system = parse_reference_system("EPSG:2263", "a.csv")
    system.check_area(np.array([-73.9, np.nan, 10.0]), np.array([40.7, np.nan, 50.0]), "a.csv")
    with pytest.raises(CrsError, match="No place lies where EPSG:2263 is used"):
        system.check_area(np.array([-77.5, np.inf]), np.array([35.1, np.inf]), "a.csv")


def bound(method: str, value: str) -> str:
    """PROJJSON of a system that is bound to another by a file."""
    transformation = {"name": "t", "method": {"name": method}, "parameters": [{"name": "file", "value": value}]}
    source, target = (json.loads(pyproj.CRS.from_epsg(code).to_json()) for code in (4267, 4326))
    document = {"type": "BoundCRS", "source_crs": source, "target_crs": target, "transformation": transformation}
    return json.dumps(document)


@pytest.mark.parametrize(
    "text",
    [
        "+proj=defmodel +model=FILE",
        "+proj=ob_tran +o_proj=defmodel +model=FILE",
        PROJECTED % "+proj=defmodel +model=FILE",
        PROJECTED % "+proj=tinshift +file=FILE",
        LONG_ISLAND_WKT.replace("Lambert Conic Conformal (2SP)", "PROJ defmodel model=FILE"),
        LONG_ISLAND_JSON.replace("Lambert Conic Conformal (2SP)", "PROJ defmodel model=FILE"),
        LONG_ISLAND_JSON.replace("Lambert Conic Conformal (2SP)", r"PROJ d\u0065fmodel m\u006fdel=FILE"),
        bound("NTv2", "FILE"),
        bound("NTv2", "FILE").replace('"value"', r'"v\u0061lue"'),
    ],
)
def test_proj_never_sees_a_text_that_names_a_file(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    monkeypatch.setattr(pyproj.CRS, "from_user_input", seen.append)
    with pytest.raises(CrsError):
        parse_reference_system(text.replace("FILE", "/etc/hostname"), "a.shp")
    assert seen == []


def test_a_name_with_an_accent_is_understood_with_its_escapes() -> None:
    text = LONG_ISLAND_JSON.replace("NAD83 / New York", "NAD83 / Montr\\u00e9al")
    assert parse_reference_system(text, "a.shp").name.startswith("NAD83 / Montréal")
