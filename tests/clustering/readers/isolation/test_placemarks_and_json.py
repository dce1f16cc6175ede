"""KML, TopoJSON, ArcGIS JSON, sequences of GeoJSON and its reference systems: what is read, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import shapely

from clustering.readers.isolation.child.answers import CodedError
from clustering.readers.isolation.child.json_members import said_in_json
from clustering.readers.isolation.child.topology_arcs import check_arcs
from clustering.readers.isolation.errors_of_codes import error_of_code
from clustering.readers.raw_table import RawTable
from clustering.readers.read_table import read_table
from clustering.readers.recognition.containers import recognise_container
from tests.examples.container_files import problem_of, read, texts, written
from tests.faulty_files.lures import archive

pytestmark = pytest.mark.usefixtures("warm_children")

POINT = {"type": "Point", "coordinates": [-98, 38]}
SQUARE = "-98,38 -97,38 -97,39 -98,39 -98,38"
RING = f"<LinearRing><coordinates>{SQUARE}</coordinates></LinearRing>"
AREA = f"<Polygon><outerBoundaryIs>{RING}</outerBoundaryIs></Polygon>"
DATA = '<Data name="{}"><value>1</value></Data>'
PLACE = "<Point><coordinates> -98,38,0 </coordinates></Point>"


def kml(*placemarks: str, above: str = "") -> bytes:
    body = "".join(f"<Placemark>{each}</Placemark>" for each in placemarks)
    space = "http" + "://www.opengis.net/kml/2.2"
    return f'<?xml version="1.0"?>{above}<kml xmlns="{space}"><Document>{body}</Document></kml>'.encode()


def feature(**members: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": {"school_id": "0012"}, "geometry": POINT, **members}


def topology(arcs: Any, geometry: Any, **members: Any) -> bytes:
    shapes = {"type": "GeometryCollection", "geometries": [{"properties": {"school_id": "0012"}, **geometry}]}
    return json.dumps({"type": "Topology", "objects": {"high": shapes}, "arcs": arcs, **members}).encode()


def esri(geometry: Any, **members: Any) -> bytes:
    fields = [{"name": "school_id", "type": "esriFieldTypeString", "length": 10}]
    features = [{"attributes": {"school_id": "0012"}, "geometry": geometry}]
    return json.dumps({"fields": fields, "features": features, **members}).encode()


def test_placemarks_are_read_with_all_that_they_say(tmp_path: Path) -> None:
    undeclared = '<ExtendedData><SchemaData schemaUrl="#no"><SimpleData name="school_id">0012</SimpleData></SchemaData>'
    said = (
        '<ExtendedData><Data name="school_id"><value>0013</value></Data><Data name="Name"><value>Elm &amp; Oak</value>'
    )
    content = kml(
        f"<name>Oak</name>{undeclared}</ExtendedData>{PLACE}",
        f"<name>label</name>{said}</Data></ExtendedData><MultiGeometry>{AREA}{AREA}</MultiGeometry>",
        "<name>nowhere</name>",
    )
    path = written(tmp_path, "places.csv", content)
    assert recognise_container(path) == "kml"
    table = read(path)
    assert texts(table) == {"name": ["Oak", "Elm & Oak", "nowhere"], "school_id": ["0012", "0013", ""]}
    assert table.geometry is not None
    assert [each and each.geom_type for each in table.geometry] == ["Point", "MultiPolygon", None]
    assert table.geometry[0].equals(shapely.Point(-98, 38))
    assert table.geometry[1].geoms[1].equals(shapely.box(-98, 38, -97, 39))
    packed = written(tmp_path, "places.kmz", archive({"doc.kml": content, "files/other.kml": b"", "icon.png": b""}))
    assert read_table(packed).column("school_id").series().tolist() == ["0012", "0013", ""]


def test_holes_of_a_placemark_are_holes(tmp_path: Path) -> None:
    hole = SQUARE.replace("-98", "-97.8").replace("-97,", "-97.2,").replace("38", "38.2").replace("39", "38.8")
    inner = f"<innerBoundaryIs><LinearRing><coordinates>{hole}</coordinates></LinearRing></innerBoundaryIs>"
    path = written(tmp_path, "a.kml", kml(AREA.replace("</Polygon>", f"{inner}</Polygon>"), f"{RING}"))
    table = read(path)
    assert table.geometry is not None
    assert table.geometry[0].area == pytest.approx(1 - 0.6 * 0.6)
    assert table.geometry[1].geom_type == "LineString"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (kml(PLACE, above='<!DOCTYPE kml [<!ENTITY b SYSTEM "file:///etc/hostname">]>'), "document type"),
        (kml("<name>&l9;</name>", above="<!DOCTYPE k [<!ENTITY l0 'lol'>]>"), "document type"),
        (kml("<NetworkLink><Link><href>places.kml</href></Link></NetworkLink>"), "network link"),
        (kml("<Folder>" * 100 + "</Folder>" * 100), "levels of brackets"),
        (kml("<Point><coordinates>west,north</coordinates></Point>"), "placemark 1 are no numbers"),
        (kml("<Point><coordinates>-98</coordinates></Point>"), "placemark 1 are no numbers"),
        (kml("<Point><coordinates>nan,1e999</coordinates></Point>"), "not finite"),
        (kml(AREA.replace(SQUARE, "1,1 2,2")), "cannot be read"),
        (kml(), "no placemarks"),
        (kml(PLACE)[:-20], "no sound XML"),
        (kml("<name>&undefined;</name>"), "no sound XML"),
        (kml("<ExtendedData>" + "".join(map(DATA.format, range(2_100))) + "</ExtendedData>"), "columns"),
    ],
)
def test_a_faulty_or_hostile_kml_is_refused(content: bytes, why: str, tmp_path: Path) -> None:
    assert why in problem_of(written(tmp_path, "a.kml", content), "kml")


def test_topojson_is_read_with_its_transform(tmp_path: Path) -> None:
    arcs = [[[0, 0], [100, 0], [0, 100], [-100, 0], [0, -100]]]
    content = topology(
        arcs, {"type": "Polygon", "arcs": [[0]]}, transform={"scale": [0.01, 0.01], "translate": [-98, 38]}
    )
    path = written(tmp_path, "a.json", content)
    assert recognise_container(path) == "topojson"
    table = read(path)
    assert texts(table)["school_id"] == ["0012"]
    assert table.geometry is not None
    assert table.geometry[0].equals(shapely.box(-98, 38, -97, 39))


ARC = [[[0, 0], [1, 1]]]
FAR = {"scale": [1e308] * 2, "translate": [1e308] * 2}
DEEP = json.loads("[" * 100 + "]" * 100)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (topology(ARC, {"type": "Point", "coordinates": [1, 1]}, transform=FAR), "not finite"),
        (topology([[[600, 400], [900, 1]]], {"type": "LineString", "arcs": [0]}), "outside -180 to 180"),
        (topology(ARC, {"type": "MultiPolygon", "arcs": DEEP}), "levels of brackets"),
        (topology(ARC, {"type": "Polygon", "arcs": [[7, -9]]}), "names arc 7"),
        (topology(ARC, {"type": "Polygon", "arcs": [[1e300, 0.5, "0"]]}), ""),
        (topology(["a", None, {"b": 1}], {"type": "Polygon", "arcs": [[0, 1, 2]]}), ""),
    ],
)
def test_a_hostile_topology_is_refused_or_gives_no_place(content: bytes, why: str, tmp_path: Path) -> None:
    path = written(tmp_path, "a.json", content)
    if why:
        assert why in problem_of(path, "topojson")
        return
    geometry = read(path, "topojson").geometry
    assert geometry is not None
    assert (shapely.is_missing(geometry) | shapely.is_empty(geometry)).all()


@pytest.mark.parametrize(
    ("system", "x", "y"),
    [
        ({"wkid": 4326}, -74, 40.1666666667),
        ({"wkid": 102718, "latestWkid": 2263}, 984250, 0),
        ({"wkid": 102718}, 984250, 0),
        ({"wkt": "PRJ"}, 984250, 0),
    ],
)
def test_arcgis_json_is_read_in_its_system(system: dict[str, Any], x: float, y: float, tmp_path: Path) -> None:
    import pyproj  # noqa: PLC0415 (only this test needs the text)

    told = {"wkt": pyproj.CRS(2263).to_wkt("WKT1_ESRI")} if "wkt" in system else system
    content = esri({"x": x, "y": y}, geometryType="esriGeometryPoint", spatialReference=told)
    path = written(tmp_path, "a.json", content)
    assert recognise_container(path) == "arcgis json"
    table = read(path)
    assert texts(table) == {"school_id": ["0012"]}
    assert table.geometry is not None
    assert shapely.get_coordinates(table.geometry)[0] == pytest.approx((-74, 40.1666666667), abs=1e-5)


def test_a_file_that_a_server_cut_off_is_said_to_be_so(tmp_path: Path) -> None:
    whole: dict[str, Any] = {"geometryType": "esriGeometryPoint", "spatialReference": {"wkid": 4326}}
    content = esri({"x": -98, "y": 38}, **whole, exceededTransferLimit=True)
    table: RawTable = read_table(written(tmp_path, "a.json", content))
    assert any("not whole" in problem.message for problem in table.problems)
    assert read_table(written(tmp_path, "b.json", esri({"x": -98, "y": 38}, **whole))).problems == ()


@pytest.mark.parametrize("sign", ["", "\x1e"])
def test_a_sequence_of_features_is_read(sign: str, tmp_path: Path) -> None:
    long = {"type": "LineString", "coordinates": [[-98, 38], [-97, 38]] * 5_000}  # beyond what is looked at first
    lines = [feature(geometry=long), feature(properties={"school_id": "0013"})]
    path = written(tmp_path, "a.geojson", "".join(f"{sign}{json.dumps(each)}\n" for each in lines).encode())
    assert recognise_container(path) == "geojson sequence"
    table = read(path)
    assert texts(table) == {"school_id": ["0012", "0013"]}


def test_the_system_that_geojson_names_is_never_passed_over(tmp_path: Path) -> None:
    def system(name: str) -> Path:
        crs = {"type": "name", "properties": {"name": name}}
        content = {"type": "FeatureCollection", "crs": crs, "features": [feature()]}
        return written(tmp_path, "a.geojson", json.dumps(content).encode())

    assert read(system("urn:ogc:def:crs:OGC:1.3:CRS84")).crs == "OGC:CRS84"
    assert "'My own grid' is not a known" in problem_of(system("My own grid"))
    assert read(system("My own grid"), crs="EPSG:4326").crs == "EPSG:4326"


def test_exchanged_coordinates_are_named_and_can_be_exchanged_back(tmp_path: Path) -> None:
    content = {"type": "FeatureCollection", "features": [feature(geometry={"type": "Point", "coordinates": [38, -98]})]}
    path = written(tmp_path, "a.geojson", json.dumps(content).encode())
    told = problem_of(path)
    assert "exchanged" in told
    crs = told.rpartition("crs=")[2].removesuffix(".")
    table = read(path, crs=crs)
    assert table.geometry is not None
    assert table.geometry[0].equals(shapely.Point(-98, 38))


def test_an_unclosed_reference_system_does_not_take_the_square_of_its_length(tmp_path: Path) -> None:
    collection = {"type": "FeatureCollection", "features": [feature()]}
    content = json.dumps(collection)[:-1] + ', "crs": ["' + '"crs":{' * 5_000 + "x" * 60_000 + '"]}'
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path)
        Path("input.geojson").write_text(content)
        request = {"kind": "geojson", "file": "input.geojson", "limits": {"nesting_levels": 60, "vertices": 99}}
        said = said_in_json(request)
    assert said == {"is_cut_off": False, "crs": None}


def test_the_attributes_of_a_placemark_are_counted_as_they_come(tmp_path: Path) -> None:
    many = "".join(f'<Data name="n{number}"><value>1</value></Data>' for number in range(2_001))
    path = written(tmp_path, "a.kml", kml(f"<ExtendedData>{many}</ExtendedData>{PLACE}"))
    assert "columns" in problem_of(path, "kml")


@pytest.mark.parametrize(
    ("arcs", "index", "why"),
    [
        (ARC, 7, "names arc 7; the TopoJSON has 1 arcs"),
        (ARC, -2, "names arc -2"),
        (None, 0, "has 0 arcs"),
    ],
)
def test_an_arc_that_is_not_there_is_an_error(arcs: Any, index: int, why: str, tmp_path: Path) -> None:
    content = {
        "type": "Topology",
        "arcs": arcs,
        "objects": {"zones": {"type": "GeometryCollection", "geometries": [{"type": "Polygon", "arcs": [[index]]}]}},
    }
    path = tmp_path / "a.json"
    path.write_text(json.dumps(content))
    with pytest.raises(CodedError) as caught:
        check_arcs(str(path))
    assert why in str(error_of_code("arcs", caught.value.answer["facts"], "a.json"))
