"""Files that nobody should have to trust, made by code: what each would read, ask for or cost is known."""

from __future__ import annotations

import gzip
import io
import itertools
import json
import random
import sqlite3
import struct
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet
import shapely

SPATIAL = {
    "geojson": ("GeoJSON", "valid.geojson"),
    "geopackage": ("GPKG", "valid.gpkg"),
    "flatgeobuf": ("FlatGeobuf", "valid.fgb"),
}
KINDS = (*SPATIAL, "shapefile archive", "parquet", "workbook")
IN_CHILD = 80
FLAT = b"fgb\x03fgb\x00"
ALTOGETHER = 200


@dataclass(frozen=True)
class Lures:
    """
    What the files try to get at.

    Parameters
    ----------
    secret
        A file with a token that must turn up nowhere.
    address
        Of a server that must not be asked.
    """

    secret: Path
    address: str


def documents(lures: Lures) -> Iterator[tuple[str, bytes]]:
    """Documents that make GDAL open something else, in the disguises that were seen to work."""
    source = f"<SrcDataSource>{lures.secret}</SrcDataSource>"
    remote = f"<SrcDataSource>/vsicurl/{lures.address}/secret.csv</SrcDataSource>"
    texts = {
        "virtual layer": f'<OGRVRTDataSource><OGRVRTLayer name="secret">{source}</OGRVRTLayer></OGRVRTDataSource>',
        "remote layer": f'<OGRVRTDataSource><OGRVRTLayer name="secret">{remote}</OGRVRTLayer></OGRVRTDataSource>',
        "pipeline": json.dumps(
            {
                "type": "gdal_streamed_alg",
                "command_line": f"gdal vector pipeline ! read {lures.secret} ! write --format stream x",
            }
        ),
        "remote pipeline": json.dumps(
            {
                "type": "gdal_streamed_alg",
                "command_line": f"gdal vector pipeline ! read {lures.address}/a ! write --format stream x",
            }
        ),
        "feature service": f"<OGRWFSDataSource><URL>{lures.address}/wfs?</URL></OGRWFSDataSource>",
        "external entity": f'<!DOCTYPE a [<!ENTITY b SYSTEM "file://{lures.secret}">]><kml><name>&b;</name></kml>',
        "next page": json.dumps(
            {"type": "FeatureCollection", "features": [], "links": [{"rel": "next", "href": lures.address}]}
        ),
    }
    for name, text in texts.items():
        plain = text.encode()
        yield name, plain
        yield f"{name}, with a mark", b"\xef\xbb\xbf" + plain
        yield f"{name}, as UTF-16", text.encode("utf-16")
        yield f"{name}, after blanks", b" \n\t" + plain
        yield f"{name}, packed", gzip.compress(plain)
        for member in ("schools.csv", "schools.geojson", "schools.gpkg", "layer.shp", "../../secret.vrt"):
            yield f"{name}, as {member} in an archive", archive({member: plain})


def _pipeline(source: str) -> str:
    return f"gdal vector pipeline ! read {source} ! write --format stream x"


def archive(members: dict[str, bytes], *, level: int = 1) -> bytes:
    """A ZIP archive."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as pack:
        for name, data in members.items():
            pack.writestr(name, data)
    return whole.getvalue()


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


def mutations(data: bytes, count: int, *, seed: int, keep: int = 0) -> Iterator[tuple[str, bytes]]:
    """Truncated, bit-flipped, overwritten and doubled copies; the first ``keep`` bytes stay as they are."""
    chance = random.Random(seed)
    for number in range(count):
        changed = bytearray(data)
        place = chance.randrange(keep, max(keep + 1, len(data)))
        how = ("cut", "flipped", "overwritten", "doubled")[number % 4]
        if how == "cut":
            del changed[place:]
        elif how == "flipped":
            for _ in range(1 + number % 7):
                changed[chance.randrange(keep, len(data))] ^= 1 << chance.randrange(8)
        elif how == "overwritten":
            span = chance.randrange(1, 64)
            changed[place : place + span] = chance.choice([b"\0", b"\xff", b"<", b"[", b"\x7f"]) * span
        else:
            changed[place:place] = data[place:]
        yield f"{how} {number}", bytes(changed)


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
    ring = ",".join(f"[{number % 90}.0,1.0]" for number in range(10_000_000))
    yield "ten million vertices", feature(f'{{"type":"LineString","coordinates":[{ring}]}}')


def _geopackage(lures: Lures, valid: bytes, folder: Path) -> Iterator[tuple[str, bytes]]:
    statements = {
        "extension": "CREATE VIEW v AS SELECT load_extension('mod_spatialite')",
        "other file": f"CREATE VIEW v AS SELECT ogr_layer_Extent('{lures.secret}')",
        "virtual table": f"CREATE VIRTUAL TABLE v USING VirtualOGR('{lures.secret}')",
        "text file": f"CREATE VIEW v AS SELECT readfile('{lures.secret}') AS a",
        "trigger": "CREATE TRIGGER t AFTER INSERT ON valid BEGIN SELECT load_extension('x'); END",
        "endless": ("CREATE VIEW v AS WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT n FROM r"),
    }
    for name, statement in statements.items():
        path = folder / "changed.gpkg"
        path.write_bytes(valid)
        with sqlite3.connect(path) as database:
            try:
                database.execute(statement)
            except sqlite3.Error:
                continue
            listed = (
                "INSERT OR IGNORE INTO gpkg_contents (table_name, data_type, identifier) VALUES ('v','attributes','v')"
            )
            database.execute(listed)
            database.commit()
        yield name, path.read_bytes()
    path = folder / "changed.gpkg"
    path.write_bytes(valid)
    with sqlite3.connect(path) as database:
        for trigger in ("rtree_valid_geom_update1", "rtree_valid_geom_update6", "rtree_valid_geom_update7"):
            database.execute(f"DROP TRIGGER IF EXISTS {trigger}")
        for number, blob in enumerate((b"GP\0\1" + b"\xff" * 40, b"\0" * 8, b"GP" + bytes(200))):
            names = [row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type='trigger'")]
            for name in names:
                database.execute(f'DROP TRIGGER "{name}"')
            database.execute("UPDATE valid SET geom = ? WHERE fid = ?", (blob, number % 2 + 1))
    database.close()
    yield "bad well-known binary", path.read_bytes()


def _workbook(lures: Lures, valid: bytes) -> Iterator[tuple[str, bytes]]:
    def changed(**parts: bytes) -> bytes:
        with zipfile.ZipFile(io.BytesIO(valid)) as pack:
            members = {name: pack.read(name) for name in pack.namelist()}
        return archive(
            {**members, **{name.replace("__", "/").replace("_x", ".x"): data for name, data in parts.items()}}
        )

    space = b"http" + b"://schemas.openxmlformats.org/spreadsheetml/2006/main"
    sheet = b'<worksheet xmlns="' + space + b'"><sheetData>%s</sheetData></worksheet>'
    yield "last cell", changed(xl__worksheets__sheet1_xml=sheet % LAST_CELL)
    yield (
        "two corners",
        changed(xl__worksheets__sheet1_xml=sheet % (b'<row r="1"><c r="A1"><v>1</v></c></row>' + LAST_CELL)),
    )
    entity = f'<!DOCTYPE a [<!ENTITY b SYSTEM "file://{lures.secret}">]>'.encode()
    cell = b'<row r="1"><c r="A1" t="inlineStr"><is><t>&b;</t></is></c></row>'
    yield "external entity", changed(xl__worksheets__sheet1_xml=entity + sheet % cell)
    laughs = b"<!DOCTYPE a [<!ENTITY l0 'lol'>" + b"".join(
        b"<!ENTITY l%d '%s'>" % (level, b"&l%d;" % (level - 1) * 10) for level in range(1, 10)
    )
    yield "laughs", changed(xl__worksheets__sheet1_xml=laughs + b"]>" + sheet % cell.replace(b"&b;", b"&l9;"))
    link = f'<Relationships><Relationship Id="r" TargetMode="External" Target="file://{lures.secret}"/></Relationships>'
    yield "external link", archive({"xl/workbook.xml": link.encode(), "[Content_Types].xml": b"<Types/>"})
    yield "zeros", changed(xl__worksheets__sheet1_xml=sheet % (b" " * 300_000_000))
    yield "no sheet", archive({"xl/workbook.xml": b"<workbook/>"})
    wide = openpyxl.Workbook()
    wide.active.append(list(range(3_000)))
    whole = io.BytesIO()
    wide.save(whole)
    yield "three thousand columns", whole.getvalue()


LAST_CELL = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'


def _parquet(valid: bytes) -> Iterator[tuple[str, bytes]]:
    for name, table in {
        "fifty million rows": pa.table({"a": pa.DictionaryArray.from_arrays(pa.array([0] * 6_000_000), ["x"])}),
        "nested": pa.table({"a": [[[1]]], "b": [{"c": 1}]}),
        "no columns": pa.table({}),
        "wide": pa.table({f"c{number}": [1] for number in range(3_000)}),
        "bytes": pa.table({"a": [b"\xff\xfe"], "geometry": [b"\1\2"]}),
    }.items():
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
        told, data = list(mutations(members[name], 8, seed=number))[number % 8]
        yield f"{name} {told} {number}", archive({**members, name: data})


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
        Name, bytes, and whether the child is to be given the file whatever the file looks like.
    """
    special: dict[str, Callable[[], Iterator[tuple[str, bytes]]]] = {
        "geojson": lambda: _geojson(lures),
        "geopackage": lambda: _geopackage(lures, valid, folder),
        "flatgeobuf": lambda: iter([("no features", FLAT + bytes(40)), ("huge header", FLAT + b"\xff" * 64)]),
        "shapefile archive": lambda: _shapefile(lures, valid),
        "parquet": lambda: _parquet(valid),
        "workbook": lambda: _workbook(lures, valid),
    }
    own = [(name, data, True) for name, data in special[kind]()]
    disguised = [(name, data, number % 10 == 0) for number, (name, data) in enumerate(documents(lures))]
    in_child = len(own) + sum(told for _, _, told in disguised)
    bent = [(name, data, True) for name, data in _bent(kind, valid, IN_CHILD - in_child)]
    broken = [
        (f"headless {name}", bytes(8) + data[8:], False)
        for name, data in mutations(valid, ALTOGETHER - len(own) - len(disguised) - len(bent), seed=2)
    ]
    return [*own, *disguised, *bent, *broken]
