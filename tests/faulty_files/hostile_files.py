"""Files that nobody should have to trust, made by code: what each would read, ask for or cost is known."""

from __future__ import annotations

import io
import itertools
import json
import sqlite3
import struct
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import geopandas as gpd
import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet
import shapely

from tests.faulty_files.lures import Lures, archive, documents, mutations

SPATIAL = {
    "geojson": ("GeoJSON", "valid.geojson"),
    "geopackage": ("GPKG", "valid.gpkg"),
    "flatgeobuf": ("FlatGeobuf", "valid.fgb"),
}
KINDS = (*SPATIAL, "shapefile archive", "parquet", "workbook")
IN_CHILD = 80
FLAT = b"fgb\x03fgb\x00"
ALTOGETHER = 200


def valid_files(folder: Path) -> dict[str, Path]:
    """A sound file of each kind, of two schools with leading zeros."""
    table = gpd.GeoDataFrame(
        {"school_id": ["0012", "NA"], "name": ["Oak", "Elm"], "enrollment": [300, 200]},
        geometry=[shapely.Point(-98, 38), shapely.Point(-98.5, 38.5)],
        crs="EPSG:4326",
    )
    paths = {}
    for kind, (driver, name) in SPATIAL.items():
        paths[kind] = folder / name
        table.to_file(paths[kind], driver=driver)
    table.to_file(folder / "schools.shp")
    parts = {path.name: path.read_bytes() for path in folder.glob("schools.*")}
    paths["shapefile archive"] = folder / "valid.zip"
    paths["shapefile archive"].write_bytes(archive(parts))
    paths["parquet"] = folder / "valid.parquet"
    table.to_parquet(paths["parquet"])
    paths["workbook"] = folder / "valid.xlsx"
    pd.DataFrame(table.drop(columns="geometry")).to_excel(paths["workbook"], index=False)
    return paths


def _geojson(lures: Lures) -> Iterator[tuple[str, bytes]]:
    def feature(geometry: str) -> bytes:
        return (
            '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"school_id":"1"},'
            f'"geometry":{geometry}}}]}}'
        ).encode()

    yield "infinite", feature('{"type":"Point","coordinates":[1e400,1]}')
    yield "not a number", feature('{"type":"Point","coordinates":[NaN,1]}')
    yield "out of range", feature('{"type":"Point","coordinates":[500,900]}')
    yield "text for numbers", feature('{"type":"Point","coordinates":["1","2"]}')
    yield "deep", feature('{"type":"Polygon","coordinates":' + "[" * 100_000 + "]" * 100_000 + "}")
    yield (
        "deep properties",
        b'{"type":"FeatureCollection","features":[' + b'{"a":' * 50_000 + b"1" + b"}" * 50_000 + b"]}",
    )
    yield "NUL", feature('{"type":"Point","coordinates":[1,2]}').replace(b'"1"', b'"\\u0000"')
    yield (
        "wide",
        feature('{"type":"Point","coordinates":[1,2]}').replace(
            b'"school_id":"1"', b",".join(b'"c%d":1' % number for number in range(5_000))
        ),
    )
    ring = ",".join(f"[{number % 90}.0,1.0]" for number in range(3_000_000))
    yield "three million vertices", feature(f'{{"type":"LineString","coordinates":[{ring}]}}')


def _geopackage(lures: Lures, valid: bytes, folder: Path) -> Iterator[tuple[str, bytes]]:
    """Files whose only layer is a view or a virtual table, and one with a trigger."""
    views = {
        "plain view": "SELECT fid, name AS seen FROM valid",
        "extension": "SELECT fid, load_extension('mod_spatialite') AS a FROM valid",
        "other file": f"SELECT fid, ogr_layer_Extent('{lures.secret}') AS a FROM valid",
        "other layer": f"SELECT fid, ogr_geocode('{lures.address}') AS a FROM valid",
        "text file": f"SELECT fid, readfile('{lures.secret}') AS a FROM valid",
        "large blob": "SELECT fid, hex(zeroblob(900000000)) AS a FROM valid",
        "endless": "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT n AS fid FROM r",
    }
    statements = {
        **{name: f"CREATE VIEW v AS {view}" for name, view in views.items()},
        "virtual table": f"CREATE VIRTUAL TABLE v USING VirtualOGR('{lures.secret}')",
        "virtual service": f"CREATE VIRTUAL TABLE v USING VirtualOGR('{lures.address}')",
    }
    listing = (
        "DELETE FROM gpkg_geometry_columns; DELETE FROM gpkg_contents; INSERT INTO gpkg_contents "
        "(table_name, data_type, identifier, srs_id) VALUES ('v', 'attributes', 'v', 0)"
    )
    for name, statement in statements.items():
        kind = "view" if "VIEW" in statement else "table"
        escaped = statement.replace("'", "''")
        forged = f"INSERT INTO sqlite_master VALUES ('{kind}', 'v', 'v', 0, '{escaped}')"
        yield name, _changed(valid, folder, f"PRAGMA writable_schema = 1; {listing}; {forged}")
    yield (
        "trigger",
        _changed(valid, folder, "CREATE TRIGGER t AFTER INSERT ON valid BEGIN SELECT load_extension('x'); END"),
    )
    header = b"GP\0\1" + bytes(4)
    for name, blob in {
        "bad well-known binary": header + b"\xff" * 40,
        "nested geometry": header + NESTED,
        "no header": bytes(8),
        "countless points": header + struct.pack("<BII", 1, 2, 0xFFFFFFFF),
    }.items():
        yield name, _changed(valid, folder, f"UPDATE valid SET geom = x'{blob.hex()}' WHERE fid = 1")


def _changed(valid: bytes, folder: Path, script: str) -> bytes:
    path = folder / "changed.gpkg"
    path.write_bytes(valid)
    with closing(sqlite3.connect(path)) as database:
        # Nobody needs the file after a power cut, and each statement would wait for the disk.
        database.execute("PRAGMA synchronous = OFF")
        # Triggers keep the spatial index with functions that only GDAL has.
        for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f'DROP TRIGGER "{name}"')
        database.executescript(script)
        database.commit()
    return path.read_bytes()


def _flatgeobuf(valid: bytes) -> Iterator[tuple[str, bytes]]:
    yield "no features", FLAT + bytes(40)
    yield "huge header", FLAT + b"\xff" * 64
    for position in range(8, min(len(valid), 8 + 4 * 60), 4):
        count = b"\xff\xff\xff\x7f" if position % 8 else b"\xff\xff\xff\xff"
        yield f"huge number at {position}", valid[:position] + count + valid[position + 4 :]


def _workbook(lures: Lures, valid: bytes) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(io.BytesIO(valid)) as pack:
        members = {name: pack.read(name) for name in pack.namelist()}

    def changed(first_sheet: bytes, **parts: bytes) -> bytes:
        return archive({**members, SHEET: first_sheet, **parts})

    space = b"http" + b"://schemas.openxmlformats.org/spreadsheetml/2006/main"
    sheet = b'<worksheet xmlns="' + space + b'"><sheetData>%s</sheetData></worksheet>'
    yield "last cell", changed(sheet % LAST_CELL)
    yield (
        "two corners",
        changed(sheet % (b'<row r="1"><c r="A1"><v>1</v></c></row>' + LAST_CELL)),
    )
    entity = f'<!DOCTYPE a [<!ENTITY b SYSTEM "file://{lures.secret}">]>'.encode()
    cell = b'<row r="1"><c r="A1" t="inlineStr"><is><t>&b;</t></is></c></row>'
    yield "external entity", changed(entity + sheet % cell)
    laughs = b"<!DOCTYPE a [<!ENTITY l0 'lol'>" + b"".join(
        b"<!ENTITY l%d '%s'>" % (level, b"&l%d;" % (level - 1) * 10) for level in range(1, 10)
    )
    yield "laughs", changed(laughs + b"]>" + sheet % cell.replace(b"&b;", b"&l9;"))
    link = f'<Relationships><Relationship Id="r" TargetMode="External" Target="file://{lures.secret}"/></Relationships>'
    yield "external link", archive({"xl/workbook.xml": link.encode(), "[Content_Types].xml": b"<Types/>"})
    for target in (f"file://{lures.secret}", f"../../../../../..{lures.secret}", f"{lures.address}/sheet1.xml"):
        related = members[RELATIONS].replace(b"/xl/worksheets/sheet1.xml", target.encode())
        yield f"sheet at {target[:8]}", archive({**members, RELATIONS: related})
    corners = sheet % (b'<row r="1"><c r="A1"><v>1</v></c></row>' + LAST_CELL)
    # The same cells, written so that a search for them may miss them.
    moved = members[RELATIONS].replace(b"/xl/worksheets/sheet1.xml", b"/xl/other/sheet1.xml")
    yield "corners of a sheet elsewhere", archive({**members, RELATIONS: moved, "xl/other/sheet1.xml": corners})
    yield "corners in small letters", changed(corners.replace(b"XFD", b"xfd"))
    yield "corners with blanks", changed(corners.replace(b"r=", b"r = "))
    yield "corners with a prefix", changed(corners.replace(b"<", b"<x:").replace(b"<x:/", b"</x:"))
    yield "corners without a name", changed(corners.replace(b' r="XFD1048576"', b""))
    repeated = (
        '<office:document-content><office:body><office:spreadsheet><table:table table:name="a"><table:table-row '
        'table:number-rows-repeated="1048576"><table:table-cell table:number-columns-repeated="16384" '
        'office:value-type="float" office:value="1"/></table:table-row></table:table></office:spreadsheet>'
        "</office:body></office:document-content>"
    )
    mimetype = b"application/vnd.oasis.opendocument.spreadsheet"
    yield "repeated cells", archive({"mimetype": mimetype, "content.xml": repeated.encode()})
    shared = b'<sst xmlns="' + space + b'" count="4294967295" uniqueCount="4294967295"><si><t>a</t></si></sst>'
    yield "countless texts", changed(sheet % b"", **{"xl/sharedStrings.xml": shared})
    texts = b'<sst xmlns="' + space + b'"><si><t>' + b"a" * 400_000_000 + b"</t></si></sst>"
    yield "one long text", changed(sheet % b"", **{"xl/sharedStrings.xml": texts})
    yield "zeros", changed(sheet % (b" " * 300_000_000))
    yield "no sheet", archive({"xl/workbook.xml": b"<workbook/>"})
    wide = openpyxl.Workbook()
    wide.active.append(list(range(3_000)))
    whole = io.BytesIO()
    wide.save(whole)
    yield "three thousand columns", whole.getvalue()


SHEET, RELATIONS = "xl/worksheets/sheet1.xml", "xl/_rels/workbook.xml.rels"
# A hundred thousand collections, each in the one before: parsers that recurse run out of stack.
NESTED = struct.pack("<BII", 1, 7, 1) * 100_000 + struct.pack("<BIdd", 1, 1, -98, 38)
LAST_CELL = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'


def _parquet(lures: Lures, valid: bytes) -> Iterator[tuple[str, bytes]]:
    for name, table in {
        "six million rows": pa.table({"a": pa.DictionaryArray.from_arrays(pa.array([0] * 6_000_000), ["x"])}),
        "long texts": pa.table({"a": pa.DictionaryArray.from_arrays(pa.array([0] * 4_000_000), ["x" * 1_000])}),
        "nested": pa.table({"a": [[[1]]], "b": [{"c": 1}]}),
        "no columns": pa.table({}),
        "wide": pa.table({f"c{number}": [1] for number in range(3_000)}),
        "bytes": pa.table({"a": [b"\xff\xfe"], "geometry": [b"\1\2"]}),
    }.items():
        whole = io.BytesIO()
        pyarrow.parquet.write_table(table, whole)
        yield name, whole.getvalue()
    columns = {"binary": {"encoding": "WKB", "crs": None}}
    for name, binary, described in (
        ("nested geometry", NESTED, {"primary_column": "binary", "columns": columns}),
        ("countless parts", struct.pack("<BII", 1, 6, 0xFFFFFFFF), {"primary_column": "binary", "columns": columns}),
        ("no such column", b"", {"primary_column": "x", "columns": {"x": {"encoding": "WKB"}}}),
        ("a list for a column", b"", {"primary_column": ["binary"], "columns": []}),
        (
            "an address for a system",
            struct.pack("<BIdd", 1, 1, -98, 38),
            {
                "primary_column": "binary",
                "columns": {
                    "binary": {
                        **columns["binary"],
                        "crs": {"id": {"authority": "http", "code": f"//{lures.address}/{lures.secret}"}},
                    }
                },
            },
        ),
    ):
        table = pa.table({"binary": pa.array([binary], pa.binary())}).replace_schema_metadata(
            {"geo": json.dumps(described)}
        )
        whole = io.BytesIO()
        pyarrow.parquet.write_table(table, whole)
        yield name, whole.getvalue()
    yield "footer beyond its file", valid[:-8] + struct.pack("<I", 0x7FFFFFFF) + b"PAR1"
    yield "footer of nothing", b"PAR1" + struct.pack("<I", 0) + b"PAR1"


def _shapefile(lures: Lures, valid: bytes) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(io.BytesIO(valid)) as pack:
        parts = {name: pack.read(name) for name in pack.namelist()}
    table = parts["schools.dbf"]
    yield "a virtual sibling", archive({**parts, "schools.vrt": str(lures.secret).encode()})
    yield "strange code page", archive({**parts, "schools.cpg": b"../../../" + b"A" * 100_000})
    yield "huge reference system", archive({**parts, "schools.prj": b"GEOGCS[" * 100_000})
    yield "a grid for a system", archive({**parts, "schools.prj": f"+proj=longlat +nadgrids={lures.secret}".encode()})
    yield "an address for a system", archive({**parts, "schools.prj": f"{lures.address}/epsg/4326".encode()})
    yield "no table", archive({name: data for name, data in parts.items() if not name.endswith(".dbf")})
    yield "no index", archive({name: data for name, data in parts.items() if not name.endswith(".shx")})
    yield (
        "records without end",
        archive({**parts, "schools.dbf": table[:4] + b"\xff" * 8 + table[12:]}),
    )
    yield "zeros", archive({**parts, "schools.dbf": parts["schools.dbf"] + bytes(400_000_000)})
    yield "an archive in it", archive({"inner.zip": valid})
    yield "many members", archive({f"{number}.shp": b"" for number in range(6_000)})
    linked = zipfile.ZipInfo("schools.shp")
    linked.external_attr = 0o120777 << 16
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as pack:
        pack.writestr(linked, str(lures.secret))
        pack.writestr("/etc/schools.dbf", parts["schools.dbf"])
    yield "a link", whole.getvalue()


def _bent(kind: str, valid: bytes, count: int) -> Iterator[tuple[str, bytes]]:
    """Mutations that a parser gets to see: of an archive its parts are changed, not the archive around them."""
    if kind not in ("shapefile archive", "workbook"):
        yield from mutations(valid, count, seed=1, keep=16)
        return
    with zipfile.ZipFile(io.BytesIO(valid)) as pack:
        members = {name: pack.read(name) for name in pack.namelist()}
    chosen = [name for name in members if name.endswith((".shp", ".dbf", ".shx", "sheet1.xml", "workbook.xml"))]
    for number, name in zip(range(count), itertools.cycle(chosen), strict=False):
        change, data = list(mutations(members[name], 8, seed=number))[number % 8]
        yield f"{name} {change} {number}", archive({**members, name: data})


def special_files(kind: str, lures: Lures, valid: bytes, folder: Path) -> Iterator[tuple[str, bytes]]:
    """Files that are hostile in ways of one kind, each made when it is asked for; arguments as of ``hostile_files``."""
    special: dict[str, Callable[[], Iterator[tuple[str, bytes]]]] = {
        "geojson": lambda: _geojson(lures),
        "geopackage": lambda: _geopackage(lures, valid, folder),
        "flatgeobuf": lambda: _flatgeobuf(valid),
        "shapefile archive": lambda: _shapefile(lures, valid),
        "parquet": lambda: _parquet(lures, valid),
        "workbook": lambda: _workbook(lures, valid),
    }
    return special[kind]()


def hostile_files(kind: str, lures: Lures, valid: bytes, folder: Path) -> list[tuple[str, bytes, bool]]:
    """
    At least 200 files of one kind, the last of them for the child itself.

    Parameters
    ----------
    kind
        One of ``KINDS``.
    lures
        What they try to get at.
    valid
        A sound file of the kind.
    folder
        For files that are made by changing one on disk.

    Returns
    -------
    files
        Name, bytes, and whether the file goes to the child process, whatever it looks like.
    """
    own = [(name, data, True) for name, data in special_files(kind, lures, valid, folder)]
    # Each document plain, with a mark, as UTF-16 and after blanks; a shapefile only ever comes out of an archive.
    direct = (8,) if kind == "shapefile archive" else (0, 1, 2, 3)
    disguised = [(name, data, number % 10 in direct) for number, (name, data) in enumerate(documents(lures))]
    in_child = len(own) + sum(is_for_child for _, _, is_for_child in disguised)
    bent = [(name, data, True) for name, data in _bent(kind, valid, IN_CHILD - in_child)]
    broken = [
        (f"headless {name}", bytes(8) + data[8:], False)
        for name, data in mutations(valid, ALTOGETHER - len(own) - len(disguised) - len(bent), seed=2)
    ]
    return [*own, *disguised, *bent, *broken]
