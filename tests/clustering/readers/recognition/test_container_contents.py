"""Workbooks, spatial files, Parquet, JSON and archives: what is read of sound ones, and which faults are told."""

from __future__ import annotations

import bz2
import datetime as dt
import gzip
import json
import lzma
import os
import shutil
import struct
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import openpyxl
import pyarrow as pa
import pyarrow.parquet
import pyproj
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clustering.errors import CrsError, InputError
from clustering.readers.isolation import parent as isolation
from clustering.readers.isolation.parent import ContainerTable, ReadingLimits, read_container
from clustering.readers.read_table import read_table
from clustering.readers.recognition.containers import recognise_container, unpacked
from tests.faulty_files.hostile_files import KINDS, valid_files
from tests.faulty_files.lures import archive


def read(path: Path, container: str | None = None, **said: Any) -> ContainerTable:
    return read_container(path, name="upload", container=container or recognise_container(path), **said)


def texts(table: ContainerTable) -> dict[str, list[str]]:
    return {heading: column.to_pylist() for heading, column in table.columns.items()}


def problem_of(path: Path, container: str | None = None, **said: Any) -> str:
    with pytest.raises(InputError) as caught:
        read(path, container, **said)
    assert {problem.table for problem in caught.value.problems} == {"upload"}
    assert all(problem.remedy for problem in caught.value.problems)
    return str(caught.value)


def written(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def workbook(folder: Path, **sheets: list[list[Any]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(folder / "book.xlsx")
    return folder / "book.xlsx"


def parquet(folder: Path, table: pa.Table) -> Path:
    pyarrow.parquet.write_table(table, folder / "table.parquet")
    return folder / "table.parquet"


def geoparquet(folder: Path, shapes: list[bytes | None]) -> Path:
    told = {"version": "1.0.0", "primary_column": "place", "columns": {"place": {"encoding": "WKB"}}}
    table = pa.table({"school_id": [f"{n:03d}" for n in range(len(shapes))], "place": pa.array(shapes, pa.binary())})
    return parquet(folder, table.replace_schema_metadata({"geo": json.dumps(told)}))


def geojson(folder: Path, *features: tuple[str, str], **members: Any) -> Path:
    told = ",".join(f'{{"type":"Feature","properties":{has},"geometry":{shape}}}' for has, shape in features)
    more = "".join(f"{json.dumps(name)}:{json.dumps(value)}," for name, value in members.items())
    text = f'{{"type":"FeatureCollection",{more}"features":[{told}]}}'
    return written(folder, "places.geojson", text.encode())


POINT = '{"type":"Point","coordinates":[-98,38]}'


@pytest.fixture(scope="module")
def valid(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return valid_files(tmp_path_factory.mktemp("valid"))


@pytest.mark.parametrize("kind", KINDS)
def test_a_container_is_told_by_its_bytes(kind: str, valid: dict[str, Path], tmp_path: Path) -> None:
    disguised = tmp_path / "innocent.csv"
    shutil.copyfile(valid[kind], disguised)
    assert recognise_container(disguised) == kind


@pytest.mark.parametrize(
    ("content", "container"),
    [
        (b"school_id,name\n1,Oak\n", "text"),
        (b"", "text"),
        (b'\xef\xbb\xbf {"type": "FeatureCollection", "features": []}', "geojson"),
        (b'{"type": "gdal_streamed_alg", "command_line": "x"}', "json"),
        (b'[{"school_id": "1", "coordinates": "none"}]', "json"),
        (gzip.compress(b"a,b\n"), "gzip"),
        (archive({"schools.csv": b"a,b\n"}), "archive"),
        (b"PK\x03\x04 and nothing more", "archive"),
    ],
)
def test_other_containers_too(content: bytes, container: str, tmp_path: Path) -> None:
    assert recognise_container(written(tmp_path, "input", content)) == container


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_read_is_what_was_written(kind: str, valid: dict[str, Path]) -> None:
    table = read(valid[kind])
    assert texts(table) == {"school_id": ["0012", "NA"], "name": ["Oak", "Elm"], "enrollment": ["300", "200"]}
    if kind != "workbook":
        assert table.geometry is not None
        assert shapely.get_coordinates(table.geometry).tolist() == [[-98, 38], [-98.5, 38.5]]


def test_values_of_every_type_become_text_without_loss(tmp_path: Path) -> None:
    table = pa.table(
        {
            "text": ["0012", None, "NA"],
            "float": [12.0, None, 0.1],
            "small": pa.array([1.5, 2.0, None], pa.float32()),
            "not a number": [float("nan"), 1.0, 2.0],
            "large": pa.array([2**62, None, -1], pa.int64()),
            "flag": [True, None, False],
            "day": pa.array([0, None, 19_000], pa.date32()),
            "moment": pa.array([0, None, 1_500], pa.timestamp("ms")),
            "midnight": pa.array([0, 86_400, None], pa.timestamp("s")),
            "price": pa.array(["5.00", None, "1.10"]).cast(pa.decimal128(5, 2)),
            "word": pa.array(["x", None, "x"]).dictionary_encode(),
            "bytes": [b"plain", b"text", None],
            "list": [[1], [2], None],
        }
    )
    read_back = read(parquet(tmp_path, table))
    assert read_back.dropped == ("list",)
    assert texts(read_back) == {
        "text": ["0012", "", "NA"],
        "float": ["12", "", "0.1"],
        "small": ["1.5", "2", ""],
        "not a number": ["", "1", "2"],
        "large": ["4611686018427387904", "", "-1"],
        "flag": ["true", "", "false"],
        "day": ["1970-01-01", "", "2022-01-08"],
        "moment": ["1970-01-01T00:00:00", "", "1970-01-01T00:00:01.500"],
        "midnight": ["1970-01-01", "1970-01-02", ""],
        "price": ["5.00", "", "1.10"],
        "word": ["x", "", "x"],
        "bytes": ["plain", "text", ""],
    }


def test_cells_of_a_workbook_become_text(tmp_path: Path) -> None:
    rows = [["id", "n", "share", "flag", "day"], ["0012", 300.0, 0.25, True, dt.date(2022, 9, 1)], ["NA"]]
    table = read(workbook(tmp_path, Data=rows))
    assert texts(table) == {
        "id": ["0012", "NA"],
        "n": ["300", ""],
        "share": ["0.25", ""],
        "flag": ["true", ""],
        "day": ["2022-09-01", ""],
    }


def test_a_title_above_and_blank_rows_around_a_sheets_table_keep_its_row_numbers(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    cells = {"C3": "A title", "C5": "id", "D5": "name", "C6": "01", "D6": "Oak", "C8": "02", "D8": "Elm"}
    for place, value in cells.items():
        book.active[place] = value
    book.save(tmp_path / "book.xlsx")
    table = read(tmp_path / "book.xlsx")
    assert (table.header_row, table.first_row) == (5, 6)
    assert texts(table) == {"id": ["01", "", "02"], "name": ["Oak", "", "Elm"]}


def test_several_sheets_are_asked_about_and_one_beside_notes_is_not(tmp_path: Path) -> None:
    table = [["id", "name"], ["1", "Oak"]]
    two = workbook(tmp_path, First=table, Second=[["id", "name"], ["2", "Elm"]])
    assert "First, Second" in problem_of(two)
    assert texts(read(two, sheet="Second"))["id"] == ["2"]
    assert "'Third'" in problem_of(two, sheet="Third")
    assert read(workbook(tmp_path, Notes=[["Read me"], ["first"]], Schools=table)).layer == "Schools"


def test_a_blank_heading_gets_a_name_and_a_doubled_one_is_refused(tmp_path: Path) -> None:
    blank = workbook(tmp_path, Data=[["id", None, "grade"], ["1", "Oak", "9"]])
    assert texts(read(blank)) == {"id": ["1"], "unnamed column 1": ["Oak"], "grade": ["9"]}
    doubled = workbook(tmp_path, Data=[["id", " name", "name "], ["1", "Oak", "Elm"]])
    assert "row 1, column name" in problem_of(doubled)
    assert "column id" in problem_of(parquet(tmp_path, pa.table([["1"], ["2"]], names=["id", "id"])))


def test_no_heading_is_mistaken_for_geometry(tmp_path: Path) -> None:
    rows = [["id", "geometry", "geometry (WKB)"], ["1", "x", "y"]]
    table = read(workbook(tmp_path, Data=rows))
    assert table.geometry is None
    assert texts(table) == {"id": ["1"], "geometry": ["x"], "geometry (WKB)": ["y"]}
    places = read(geojson(tmp_path, ('{"geometry": "a", "wkb_geometry": "b", "OGC_FID": "c"}', POINT)))
    assert texts(places) == {"geometry": ["a"], "wkb_geometry": ["b"], "OGC_FID": ["c"]}
    assert shapely.get_coordinates(places.geometry).tolist() == [[-98, 38]]


def test_nul_bytes_are_refused(tmp_path: Path) -> None:
    assert "NUL" in problem_of(parquet(tmp_path, pa.table({"id": ["1\0002"]})))


@pytest.mark.parametrize("number", ["1234567890123456789", "-99999999999999999999"])
def test_a_number_that_would_be_rounded_is_refused(number: str, tmp_path: Path) -> None:
    assert "18 digits" in problem_of(geojson(tmp_path, (f'{{"id": {number}}}', POINT)))
    quoted = geojson(tmp_path, (f'{{"id": "{number}", "note": "see {number}, too"}}', POINT))
    assert texts(read(quoted))["id"] == [number]
    listed = written(tmp_path, "records.json", f'[{{"id": {number}}}]'.encode())
    assert texts(read(listed)) == {"id": [number]}


def test_long_coordinates_are_no_long_numbers(tmp_path: Path) -> None:
    shape = '{"type":"Point","coordinates":[-98.1234567890123456789,38.00000000000000000001]}'
    table = read(geojson(tmp_path, ('{"id": "1"}', shape)))
    assert shapely.get_coordinates(table.geometry) == pytest.approx(np.array([[-98.123456789, 38]]))


def test_projected_shapes_come_to_longitude_and_latitude(tmp_path: Path) -> None:
    x, y = pyproj.Transformer.from_crs(4326, 26914, always_xy=True).transform(-98.5, 38.25)
    gpd.GeoDataFrame({"id": ["1"]}, geometry=[shapely.Point(x, y, 7)], crs=26914).to_file(tmp_path / "a.gpkg")
    table = read(tmp_path / "a.gpkg")
    assert table.crs == "EPSG:26914"
    assert shapely.get_coordinates(table.geometry, include_z=True).tolist()[0][:2] == pytest.approx([-98.5, 38.25])
    assert not shapely.has_z(table.geometry).any()


def test_a_missing_reference_system_is_asked_for_and_can_be_said(tmp_path: Path) -> None:
    gpd.GeoDataFrame({"id": ["1"]}, geometry=[shapely.Point(-98, 38)]).to_parquet(tmp_path / "a.parquet")
    with pytest.raises(CrsError, match="crs=EPSG:NUMBER"):
        read(tmp_path / "a.parquet")
    said = read(tmp_path / "a.parquet", crs="EPSG:4269")
    assert shapely.get_coordinates(said.geometry) == pytest.approx(np.array([[-98, 38]]), abs=1e-4)


@pytest.mark.parametrize(
    "crs",
    [
        "+proj=longlat +nadgrids=/etc/hostname",
        "+init=/etc/hostname:1",
        "/etc/hostname",
        "http" + "://127.0.0.1:1/",
        "EPSG:5703",  # heights
        "EPSG:4978",  # from the centre of the Earth
        "EPSG:0",
        "nothing of the kind",
        "x" * 100_000,
    ],
)
def test_what_is_no_reference_system_by_name_is_refused(crs: str, tmp_path: Path) -> None:
    with pytest.raises(CrsError, match="not known"):
        read(geojson(tmp_path, ('{"id": "1"}', POINT)), crs=crs)


def test_coordinates_off_the_globe_are_told_row_by_row(tmp_path: Path) -> None:
    far = '{"type":"Point","coordinates":[500,1]}'
    told = problem_of(geojson(tmp_path, ("{}", POINT), ("{}", far), ("{}", far)))
    assert "row 2" in told
    assert "row 3" in told
    assert "row 1" not in told


def nested(levels: int) -> bytes:
    return b"\1\7\0\0\0\1\0\0\0" * levels + struct.pack("<BIdd", 1, 1, 1.0, 2.0)


@pytest.mark.parametrize("levels", [100, 5_000, 20_000, 1_000_000])
def test_nested_shapes_do_not_reach_whoever_asked(levels: int, tmp_path: Path) -> None:
    problem_of(geoparquet(tmp_path, [nested(levels)]))


def test_control_nested_shapes_kill_whoever_parses_them() -> None:
    code = "import shapely; shapely.from_wkb(bytes.fromhex('010700000001000000') * 100_000)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).returncode < 0


def test_shapes_that_cannot_be_read_are_told_and_missing_ones_are_none(tmp_path: Path) -> None:
    point = shapely.to_wkb(shapely.Point(-98, 38))
    told = problem_of(geoparquet(tmp_path, [point, None, b"", b"\1\2\0", b"\1\2\0\0\0\xff\xff\xff\x7f" + bytes(64)]))
    assert [row for row in range(1, 6) if f"row {row}," in told] == [3, 4, 5]
    sound = read(geoparquet(tmp_path, [point, None, shapely.to_wkb(shapely.GeometryCollection([shapely.Point(1, 2)]))]))
    assert sound.geometry is not None
    assert [None if shape is None else shape.geom_type for shape in sound.geometry] == [
        "Point",
        None,
        "GeometryCollection",
    ]


@pytest.mark.parametrize(
    ("limits", "told"),
    [
        ({"rows": 1}, "records"),
        ({"columns": 2}, "columns"),
        ({"nesting_levels": 3}, "levels"),
        ({"vertices": 1}, "vertices"),
    ],
)
def test_each_limit_is_told(limits: dict[str, int], told: str, tmp_path: Path) -> None:
    path = geojson(tmp_path, *[('{"a": 1, "b": 2, "c": 3}', POINT)] * 3)
    assert told in problem_of(path, limits=ReadingLimits(**limits))


def test_rows_of_parquet_are_counted_before_they_are_read(tmp_path: Path) -> None:
    path = parquet(tmp_path, pa.table({"a": pa.array(["x"] * 2_000_000)}))
    with pytest.raises(InputError, match="2,000,000 records; 1,000 are allowed"):
        read(path, limits=ReadingLimits(rows=1_000))


def test_a_layer_is_asked_for_where_there_are_several(tmp_path: Path) -> None:
    table = gpd.GeoDataFrame({"id": ["1"]}, geometry=[shapely.Point(-98, 38)], crs=4326)
    for layer in ("elementary", "high"):
        table.to_file(tmp_path / "a.gpkg", layer=layer)
    assert "elementary, high" in problem_of(tmp_path / "a.gpkg")
    assert read(tmp_path / "a.gpkg", layer="high").layers == ("elementary", "high")


def test_equal_names_in_two_folders_of_an_archive_are_two_shapefiles(valid: dict[str, Path], tmp_path: Path) -> None:
    with zipfile.ZipFile(valid["shapefile archive"]) as pack:
        parts = {name: pack.read(name) for name in pack.namelist()}
    both = {f"{folder}/{name}": data for folder in ("a", "b") for name, data in parts.items()}
    path = written(tmp_path, "two.zip", archive(both))
    assert "a/schools, b/schools" in problem_of(path)
    assert read(path, layer="b/schools").layer == "b/schools"


def refusal_of_archive(path: Path) -> str:
    start = time.monotonic()
    with pytest.raises(InputError) as caught, unpacked(path, "upload"):
        pass
    assert time.monotonic() - start < 5
    return str(caught.value)


def giant_directory(entries: int, *, long: bool) -> bytes:
    """An archive of nothing but a directory, whose size its end tells in 4 bytes or in 8."""
    entry = struct.pack("<I6H3I5H2I", 0x02014B50, 20, 20, *[0] * 7, 1, *[0] * 6) + b"a"
    start = b"PK\3\4" + bytes(26)
    size, place = entries * len(entry), len(start)
    ends = struct.pack("<IQ2H2I4Q", 0x06064B50, 44, 45, 45, 0, 0, entries, entries, size, place)
    ends += struct.pack("<IIQI", 0x07064B50, 0, place + size, 1)
    last = struct.pack("<I4H2IH", 0x06054B50, 0, 0, 1 if long else 65_535, 1 if long else 65_535, size, place, 0)
    return start + entry * entries + (ends if long else b"") + last


@pytest.mark.parametrize("long", [True, False])
def test_an_archive_with_a_giant_directory_is_not_opened(long: bool, tmp_path: Path) -> None:
    path = written(tmp_path, "directory.zip", giant_directory(1_000_000, long=long))
    assert "more than 5,000 members" in refusal_of_archive(path)


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_an_archive_packed_in_another_way_is_refused(method: int, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w", method) as pack:
        pack.writestr("schools.csv", "id,name\n1,Oak\n")
    assert "packed in a way" in refusal_of_archive(tmp_path / "a.zip")


def test_an_archive_that_unpacks_to_too_much_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, "a.zip", archive({"schools.csv": bytes(200_000_000)}, level=9))
    assert "Unpacked" in refusal_of_archive(path)


def test_a_hundred_thousand_streams_in_one_gzip_file_are_read_in_time(tmp_path: Path) -> None:
    path = written(tmp_path, "a.csv.gz", gzip.compress(b"id,name\n1,Oak\n") + gzip.compress(b"") * 100_000)
    start = time.monotonic()
    assert read_table(path).column("name").series().tolist() == ["Oak"]
    assert time.monotonic() - start < 5


@pytest.mark.parametrize("content", [bz2.compress(b"id\n1\n"), lzma.compress(b"id\n1\n"), b"%PDF-1.7\n\xff\0"])
def test_what_is_not_read_is_no_table(content: bytes, tmp_path: Path) -> None:
    with pytest.raises(InputError):
        read_table(written(tmp_path, "a.csv", content))


# A stand-in for a parser that was taken over: it tries what the walls should stop, and tells.
INTRUDER = """
import os, socket, sys
sys.path.insert(0, {library!r})
sys.argv = ["reader"]
import json
from types import ModuleType
hollow = ModuleType("clustering"); hollow.__path__ = [{package!r}]; sys.modules["clustering"] = hollow
from clustering.readers.isolation.child import reading
def intrude(request):
    told = []
    for path in ({secret!r}, "/etc/passwd", "/proc/self/environ"):
        try: told.append(open(path).read())
        except OSError: told.append("denied")
    try: socket.create_connection(("127.0.0.1", {port}), timeout=2); told.append("connected")
    except OSError: told.append("denied")
    try: open({outside!r}, "w"); told.append("written")
    except OSError: told.append("denied")
    return {{"told": told, "names": sorted(os.environ)}}
reading.READERS = {{"json": intrude}}
reading.read_request()
"""


def test_a_parser_that_was_taken_over_finds_walls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = written(tmp_path, "secret", b"TOKEN")
    package = Path(isolation.__file__).resolve().parents[2]
    work = tmp_path / "work"
    work.mkdir()
    code = INTRUDER.format(
        library=str(package.parent),
        package=str(package),
        secret=str(secret),
        port=1,
        outside=str(tmp_path / "outside"),
    )
    script = written(tmp_path, "intruder.py", code.encode())
    monkeypatch.setattr(isolation, "_SCRIPT", script)
    monkeypatch.setenv("SERVICE_SECRET", "TOKEN")
    request = {
        "kind": "json",
        "driver": "",
        "parent": os.getpid(),
        "packages": isolation._package_folders(),
        "limits": {"memory_bytes": 1 << 30, "time_limit_s": 20.0, "answer_bytes": 1 << 20},
    }
    facts = isolation._run(request, work, "upload", ReadingLimits())
    answer = json.loads((work / "answer.json").read_text())
    assert "SERVICE_SECRET" not in facts["names"]
    if "file rules" not in answer["walls"]:
        pytest.skip("this system cannot deny files to a process")
    assert facts["told"] == ["denied"] * 5
    assert not (tmp_path / "outside").exists()


@pytest.mark.parametrize("what", ["link", "pipe"])
def test_an_answer_that_is_no_plain_file_is_not_followed(what: str, tmp_path: Path) -> None:
    answer = tmp_path / "answer.json"
    if what == "link":
        answer.symlink_to("/etc/passwd")
    else:
        os.mkfifo(answer)
    with pytest.raises(OSError, match="no plain file"):
        isolation._plain_bytes(answer)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    kind=st.sampled_from(KINDS),
    place=st.floats(0, 1, exclude_max=True),
    patch=st.binary(max_size=12),
    drop=st.integers(0, 12),
)
def test_a_changed_file_is_read_or_refused(
    kind: str, place: float, patch: bytes, drop: int, valid: dict[str, Path], tmp_path: Path
) -> None:
    content = valid[kind].read_bytes()
    start = int(place * len(content))
    path = written(tmp_path, "changed", content[:start] + patch + content[start + drop :])
    for container in {kind, recognise_container(path)} - {"text", "gzip", "archive"}:
        try:
            table = read(path, container)
        except InputError:
            continue
        lengths = {len(column) for column in table.columns.values()}
        assert len(lengths | ({len(table.geometry)} if table.geometry is not None else set())) <= 1


@given(
    content=st.binary(max_size=200), head=st.sampled_from([b"", b"PK\3\4", b"\x1f\x8b", b"{", b"[", b"fgb\3", b"PAR1"])
)
def test_any_bytes_are_recognised_as_something(
    content: bytes, head: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = written(tmp_path_factory.getbasetemp(), "any", head + content)
    assert recognise_container(path) in {*KINDS, "text", "json", "gzip", "archive"}


def test_a_workbook_in_an_archive_is_read(tmp_path: Path) -> None:
    book = workbook(tmp_path, Data=[["school_id", "name"], ["0012", "Oak"]]).read_bytes()
    table = read_table(written(tmp_path, "a.zip", archive({"folder/schools.xlsx": book})))
    assert table.column("school_id").series().tolist() == ["0012"]


def open_document(folder: Path, *rows: str) -> Path:
    names = ("office", "table", "text")
    spaces = " ".join(f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in names)
    content = (
        f"<office:document-content {spaces}><office:body><office:spreadsheet>"
        f'<table:table table:name="Schools">{"".join(rows)}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    kind = b"application/vnd.oasis.opendocument.spreadsheet"
    manifest = b'<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    members = {"mimetype": kind, "META-INF/manifest.xml": manifest, "content.xml": content.encode()}
    return written(folder, "schools.ods", archive(members))


def open_document_row(*cells: str, times: int = 1, cell_times: int = 1) -> str:
    repeated = f'table:number-columns-repeated="{cell_times}" office:value-type="string"'
    inside = "".join(f"<table:table-cell {repeated}><text:p>{cell}</text:p></table:table-cell>" for cell in cells)
    return f'<table:table-row table:number-rows-repeated="{times}">{inside}</table:table-row>'


def test_an_open_document_is_read_and_one_that_repeats_without_end_is_not(tmp_path: Path) -> None:
    rows = [open_document_row("school_id", "name"), open_document_row("0012", "Oak"), open_document_row("NA", "Elm")]
    assert texts(read(open_document(tmp_path, *rows))) == {"school_id": ["0012", "NA"], "name": ["Oak", "Elm"]}
    problem_of(open_document(tmp_path, *rows, open_document_row("x", times=1 << 20, cell_times=1 << 14)))


def test_a_reference_system_without_a_name_is_asked_for(valid: dict[str, Path], tmp_path: Path) -> None:
    own = pyproj.CRS.from_user_input("+proj=lcc +lat_1=33.1 +lat_2=45.2 +lon_0=-97.3 +datum=NAD83")
    with zipfile.ZipFile(valid["shapefile archive"]) as pack:
        parts = {name: pack.read(name) for name in pack.namelist()}
    esri = {**parts, "schools.prj": pyproj.CRS.from_epsg(4269).to_wkt("WKT1_ESRI").encode()}
    assert read(written(tmp_path, "named.zip", archive(esri))).crs == "EPSG:4269"
    unnamed = {**parts, "schools.prj": own.to_wkt("WKT1_ESRI").encode()}
    with pytest.raises(CrsError, match="has no name"):
        read(written(tmp_path, "unnamed.zip", archive(unnamed)))
