"""
Reads one file that nobody vouches for, in a process that can do little else.

Run as a script in a fresh interpreter by ``clustering.io.isolation``, in a folder of its own that holds the file and
takes the answer: ``answer.arrow``, columns of text and one of WKB, and ``answer.json``, written last. It imports
nothing of this library, and only the parser of the kind of file that it was told. A parser's own words may quote the
file, so none of them leaves: a refusal is a code with counts and names, and any other failure is an exit without an
answer.
"""

from __future__ import annotations

import ctypes
import datetime as dt
import importlib
import itertools
import json
import os
import re
import resource
import signal
import struct
import sys
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

GEOMETRY = "geometry (WKB)"
_BATCH_ROWS = 8_192
_CHUNK_BYTES = 1 << 20
_WIDEST_WHOLE_NUMBER = 2.0**53
_HEADER_SEARCH_ROWS = 20
_VERTEX_BYTES = 16
_CELL = re.compile(rb"<(?:\w+:)?c\s[^>]*?\br=[\"']([A-Z]{1,3})([0-9]{1,7})[\"'](?:[^>]*[^/>])?>(?!</)")

Request = Mapping[str, Any]
Facts = dict[str, Any]


class RefusalError(Exception):
    """The file oversteps a limit or leaves a question open; ``code`` says which, ``facts`` its counts and names."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.answer = {"refusal": code, "facts": facts}


def confine(request: Request) -> list[str]:
    """Give up what parsing does not need; return the walls that this system could put up beside the limits."""
    limits = request["limits"]
    for kind, most in (
        (resource.RLIMIT_AS, limits["memory_bytes"]),
        (resource.RLIMIT_CPU, int(limits["time_limit_s"]) + 2),
        (resource.RLIMIT_FSIZE, limits["answer_bytes"]),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 64),
    ):
        hard = resource.getrlimit(kind)[1]
        bound = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (bound, bound))
    os.umask(0o077)
    if not sys.platform.startswith("linux"):
        return []
    libc = ctypes.CDLL(None, use_errno=True)
    walls = []
    if libc.unshare(0x50000000) == 0:  # CLONE_NEWUSER | CLONE_NEWNET: no network device, not even loopback
        walls.append("network namespace")
    # After unshare, which resets it: end with the thread that waits for the answer.
    libc.prctl(1, int(signal.SIGKILL), 0, 0, 0)  # PR_SET_PDEATHSIG
    if os.getppid() != request["parent"]:
        os._exit(1)
    libc.prctl(38, 1, 0, 0, 0)  # PR_SET_NO_NEW_PRIVS
    if _deny_other_files(libc, request["packages"]):
        walls.append("file rules")
    return walls


def _deny_other_files(libc: ctypes.CDLL, packages: Sequence[str]) -> bool:
    """Landlock: read programs and libraries, write the working folder, touch nothing else, connect to nothing."""
    create, add, restrict = 444, 445, 446  # the same numbers on every architecture
    version = libc.syscall(create, None, 0, 1)
    if version < 1:
        return False
    # Reading, executing and listing are bits 0, 2 and 3; each version of the interface knows more rights.
    every = (1 << {1: 13, 2: 14}.get(version, 15)) - 1
    handled = struct.pack("QQ", every, 0b11) if version >= 4 else struct.pack("Q", every)
    rules = libc.syscall(create, handled, len(handled), 0)
    if rules < 0:
        return False
    readable = {*packages, sys.prefix, sys.base_prefix, "/usr", "/lib", "/lib64", "/etc/ld.so.cache", "/dev/urandom"}
    for path, rights in [*((path, 0b1101) for path in readable), (str(Path.cwd()), every)]:
        with suppress(OSError):
            opened = os.open(path, os.O_PATH)
            allowed = rights if Path(path).is_dir() else rights & 0b101
            libc.syscall(add, rules, 1, struct.pack("=Qi", allowed, opened), 0)
            os.close(opened)
    done: int = libc.syscall(restrict, rules, 0)
    os.close(rules)
    return done == 0


def check_count(what: str, found: int, limits: Mapping[str, Any]) -> None:
    """Refuse where there are more rows, columns, cells or vertices than the limits allow."""
    if found > limits[what]:
        raise RefusalError(what, found=found, limit=limits[what])


def write_answer(
    headings: Sequence[str],
    batches: Iterable[tuple[list[Any], Any | None]],
    limits: Mapping[str, Any],
    *,
    has_geometry: bool,
) -> None:
    """Write text columns, and geometry where there is one, batch by batch, counting rows and vertices."""
    pa = importlib.import_module("pyarrow")
    check_count("columns", len(headings), limits)
    fields = [pa.field(heading, pa.string()) for heading in headings]
    if has_geometry:
        fields.append(pa.field(GEOMETRY, pa.binary()))
    schema = pa.schema(fields)
    rows = vertices = 0
    with pa.ipc.new_file("answer.arrow", schema) as sink:
        for columns, geometry in batches:
            arrays = columns if geometry is None else [*columns, geometry]
            if not arrays:
                continue
            rows += len(arrays[0])
            check_count("rows", rows, limits)
            if geometry is not None:
                vertices += geometry.nbytes // _VERTEX_BYTES
                check_count("vertices", vertices, limits)
            sink.write_batch(pa.record_batch(arrays, schema=schema))


def as_text(values: Any) -> Any | None:
    """Text of an Arrow array without loss, missing as ``""``; nothing where a type has no plain text."""
    pa, pc = importlib.import_module("pyarrow"), importlib.import_module("pyarrow.compute")
    kinds = pa.types
    if kinds.is_dictionary(values.type):
        values = values.dictionary_decode()
    if kinds.is_floating(values.type):
        text = _float_text(values)
    elif kinds.is_timestamp(values.type):
        text = pc.replace_substring_regex(values.cast(pa.string()), r"\.0+(Z?)$", r"\1")
        days = pc.match_substring_regex(text, r" 00:00:00Z?$")
        whole_days = pc.all(days, min_count=0).as_py()
        text = pc.utf8_slice_codeunits(text, 0, 10) if whole_days else pc.replace_substring(text, " ", "T")
    elif kinds.is_nested(values.type):
        return None
    else:
        # Bytes that are no UTF-8, and the few types without text, have no place in a table.
        try:
            text = values.cast(pa.string())
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
            return None
    return pc.fill_null(text, "")


def _float_text(values: Any) -> Any:
    """Shortest text that gives the same number; whole numbers without ``.0``; NaN is missing."""
    pa, pc = importlib.import_module("pyarrow"), importlib.import_module("pyarrow.compute")
    if pa.types.is_float16(values.type):
        values = values.cast(pa.float32())
    values = pc.if_else(pc.is_nan(values), None, values)
    is_whole = pc.and_(pc.equal(pc.floor(values), values), pc.less(pc.abs(values), _WIDEST_WHOLE_NUMBER))
    whole = pc.if_else(is_whole, values, None).cast(pa.int64()).cast(pa.string())
    return pc.coalesce(whole, values.cast(pa.string()))


def scan_json(path: str, limits: Mapping[str, Any]) -> None:
    """Refuse JSON that is nested too deeply or has too many arrays to be points, without parsing it."""
    numpy = importlib.import_module("numpy")
    level = vertices = 0
    inside = False
    with Path(path).open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            while chunk.endswith(b"\\") and (more := file.read(_CHUNK_BYTES)):
                chunk += more
            signs = numpy.frombuffer(chunk.replace(b"\\\\", b"__").replace(b'\\"', b"__"), dtype=numpy.uint8)
            quoted = (numpy.cumsum(signs == ord('"')) + inside) % 2 == 1
            inside = bool(quoted[-1])
            opened = ((signs == ord("[")) | (signs == ord("{"))) & ~quoted
            closed = ((signs == ord("]")) | (signs == ord("}"))) & ~quoted
            levels = level + numpy.cumsum(opened.astype(numpy.int64) - closed)
            level = int(levels[-1])
            check_count("nesting_levels", int(levels.max()), limits)
            vertices += int(((signs == ord("[")) & ~quoted).sum())
            check_count("vertices", vertices, limits)


def choose(kind: str, wanted: str | None, names: Sequence[str], tables: Sequence[str]) -> str:
    """Return the layer or sheet that was asked for, else the only table among them."""
    listed = [name[:100] for name in names[:50]]
    if wanted is not None:
        if wanted not in names:
            raise RefusalError(f"{kind} unknown", wanted=wanted[:100], names=listed)
        return wanted
    if len(tables) != 1:
        raise RefusalError(f"{kind} open" if tables else f"{kind} none", names=listed)
    return tables[0]


def read_features(request: Request) -> Facts:
    """GeoJSON, GeoPackage, FlatGeobuf or shapefile, by the one GDAL driver that is enabled."""
    if request["kind"] == "geojson":
        scan_json(request["file"], request["limits"])
    # The parser takes these along where it finds them; it does its own work without.
    blocked: dict[str, Any] = dict.fromkeys(("geopandas", "pandas", "shapely", "pyproj"))
    sys.modules.update(blocked)
    pyogrio, raw = importlib.import_module("pyogrio"), importlib.import_module("pyogrio.raw")
    for module in blocked:
        del sys.modules[module]
    if set(pyogrio.list_drivers()) != {request["driver"]}:
        raise RefusalError("drivers")
    source = request["prefix"] + request["file"]
    layers = [(str(name), geometry) for name, geometry in pyogrio.list_layers(source)]
    names = [name for name, _ in layers]
    with_geometry = [name for name, geometry in layers if geometry is not None]
    layer = choose("layer", request["layer"], names, with_geometry or names)
    options = {"DATE_AS_STRING": "YES"} if request["kind"] == "geojson" else {}
    with raw.open_arrow(
        source, layer=layer, use_pyarrow=True, datetime_as_string=True, batch_size=_BATCH_ROWS, **options
    ) as (meta, reader):
        has_geometry = meta["geometry_type"] is not None
        place = meta["geometry_name"] or "wkb_geometry"
        dropped = _write_columns(reader.schema, reader, place if has_geometry else None, request["limits"])
    return {
        "layer": layer,
        "layers": names[:1000],
        "crs": _authority(meta["crs"]) if has_geometry else None,
        "dropped": dropped,
    }


def _write_columns(schema: Any, batches: Iterable[Any], place: str | None, limits: Mapping[str, Any]) -> list[str]:
    """Write the columns that have a text, geometry from ``place``; return the others."""
    check_count("columns", len(schema.names), limits)
    pa = importlib.import_module("pyarrow")
    stream = iter(batches)
    first = next(stream, None)
    start = first if first is not None else pa.RecordBatch.from_pylist([], schema=schema)
    spots = [spot for spot, name in enumerate(schema.names) if name != place]
    kept = [spot for spot in spots if as_text(start.column(spot)) is not None]

    def texts(batch: Any) -> tuple[list[Any], Any | None]:
        columns = [as_text(batch.column(spot)) for spot in kept]
        if any(column is None for column in columns):
            raise RefusalError("bytes")
        return columns, None if place is None else batch.column(place).cast(pa.binary())

    headings = [schema.names[spot] for spot in kept]
    write_answer(headings, map(texts, itertools.chain([start], stream)), limits, has_geometry=place is not None)
    return [schema.names[spot][:100] for spot in spots if spot not in kept]


def _authority(crs: str | None) -> str | None:
    """Authority and code of a reference system; ``""`` where it is stated but has none."""
    if not crs or re.fullmatch(r"[A-Za-z]{2,10}:[0-9A-Za-z]{1,10}", crs):
        return crs or None
    pyproj = importlib.import_module("pyproj")
    try:
        found = pyproj.CRS.from_user_input(crs).to_authority()
    except pyproj.exceptions.CRSError:
        return ""
    return ":".join(found) if found else ""


def read_parquet(request: Request) -> Facts:
    """Parquet, its geometry found by GeoParquet's metadata; counts come from the footer before any page is read."""
    parquet = importlib.import_module("pyarrow.parquet")
    bounds = {"thrift_string_size_limit": 100_000_000, "thrift_container_size_limit": 1_000_000}
    with parquet.ParquetFile(request["file"], pre_buffer=False, **bounds) as file:
        limits = request["limits"]
        check_count("rows", file.metadata.num_rows, limits)
        check_count("columns", file.metadata.num_columns, limits)
        geo = json.loads((file.metadata.metadata or {}).get(b"geo", b"{}"))
        place = geo.get("primary_column")
        described = geo.get("columns", {}).get(place, {})
        if place is not None and described.get("encoding") != "WKB":
            raise RefusalError("encoding")
        schema = file.schema_arrow
        flat = [field for field in schema if not field.type.num_fields]
        batches = file.iter_batches(_BATCH_ROWS, columns=[field.name for field in flat], use_threads=False)
        dropped = _write_columns(importlib.import_module("pyarrow").schema(flat), batches, place, limits)
    nested = [field.name[:100] for field in schema if field.type.num_fields]
    return {"crs": _parquet_crs(described) if place is not None else None, "dropped": [*dropped, *nested]}


def _parquet_crs(described: Mapping[str, Any]) -> str | None:
    if "crs" not in described:
        return "OGC:CRS84"
    crs = described["crs"]
    if crs is None:
        return None
    return _authority(f"{crs['id']['authority']}:{crs['id']['code']}" if "id" in crs else json.dumps(crs))


def read_workbook(request: Request) -> Facts:
    """One sheet of an Excel or OpenDocument workbook: the cells' values, formulas by their last result."""
    limits = request["limits"]
    if zipfile.is_zipfile(request["file"]):
        with zipfile.ZipFile(request["file"]) as archive:
            sheets = [entry for entry in archive.infolist() if re.match(r"xl/worksheets/[^/]+\.xml$", entry.filename)]
            check_count("cells", sum(_sheet_cells(archive, entry, limits) for entry in sheets), limits)
    calamine = importlib.import_module("python_calamine")
    try:
        workbook = calamine.load_workbook(request["file"])
    except calamine.PasswordError:
        raise RefusalError("password") from None
    names = [str(name) for name in workbook.sheet_names]
    shown = [
        str(sheet.name) for sheet in workbook.sheets_metadata if sheet.visible == calamine.SheetVisibleEnum.Visible
    ]
    if request["sheet"] is None:
        loaded = {name: workbook.get_sheet_by_name(name) for name in shown}
        filled = [name for name, sheet in loaded.items() if sheet.height > 1]
        tables = [name for name in filled if loaded[name].width > 1] or filled
        name = choose("sheet", None, names, tables)
        sheet = loaded[name]
    else:
        name = choose("sheet", request["sheet"], names, names)
        sheet = workbook.get_sheet_by_name(name)
    check_count("columns", sheet.width, limits)
    check_count("cells", sheet.width * sheet.height, limits)
    header = _write_sheet(sheet, limits)
    first = (sheet.start or (0, 0))[0] + header + 2
    return {"sheet": name, "sheets": names[:1000], "first_row": first, "skipped_rows": header}


def _sheet_cells(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, limits: Mapping[str, Any]) -> int:
    """Cells of the rectangle that a sheet's filled cells span: the parser holds them all at once."""
    columns: set[bytes] = set()
    first, last = 1 << 30, 0
    with archive.open(entry) as file:
        for piece in _pieces(file):
            found = _CELL.findall(piece)
            columns.update(letters for letters, _ in found)
            numbers = [int(number) for _, number in found]
            first, last = min([first, *numbers]), max([last, *numbers])
    if not columns:
        return 0
    places = [_column_number(letters) for letters in columns]
    check_count("columns", max(places), limits)
    return (last - first + 1) * (max(places) - min(places) + 1)


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    """The file in pieces that end before a cell begins."""
    rest = b""
    while chunk := file.read(_CHUNK_BYTES):
        text = rest + chunk
        end = text.rfind(b"<c")
        end = end if end > 0 else len(text)
        yield text[:end]
        rest = text[end:]
    yield rest


def _column_number(letters: bytes) -> int:
    """1 for A, 27 for AA."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _write_sheet(sheet: Any, limits: Mapping[str, Any]) -> int:
    """Write a sheet's records; return how many rows, such as a title, stand above its headings."""
    pa = importlib.import_module("pyarrow")
    rows = iter(sheet.iter_rows())
    top = [_cell_texts(row) for row in itertools.islice(rows, _HEADER_SEARCH_ROWS)]
    filled = [sum(map(bool, texts)) for texts in top]
    header = next(place for place, count in enumerate(filled) if 2 * count >= max(filled))
    records = _without_blank_end(itertools.chain(top[header + 1 :], map(_cell_texts, rows)))

    def batches() -> Iterator[tuple[list[Any], None]]:
        while some := list(itertools.islice(records, _BATCH_ROWS)):
            yield [pa.array(column, pa.string()) for column in zip(*some, strict=True)], None

    write_answer(top[header], batches(), limits, has_geometry=False)
    return header


def _without_blank_end(rows: Iterable[list[str]]) -> Iterator[list[str]]:
    waiting: list[list[str]] = []
    for row in rows:
        waiting.append(row)
        if any(row):
            yield from waiting
            waiting.clear()


def _cell_texts(row: Iterable[Any]) -> list[str]:
    return [value if isinstance(value, str) else _cell_text(value) for value in row]


def _cell_text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < _WIDEST_WHOLE_NUMBER:
        return str(int(value))
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat()
    return str(value)


def read_records(request: Request) -> Facts:
    """A JSON list of records, alone or under ``results``; numbers keep the digits they are written with."""
    scan_json(request["file"], request["limits"])
    with Path(request["file"]).open(encoding="utf-8-sig") as file:
        content = json.load(file, parse_int=str, parse_float=str, parse_constant=lambda constant: "")
    records = content.get("results") if isinstance(content, dict) else content
    if not isinstance(records, list) or not records or not all(isinstance(record, dict) for record in records):
        raise RefusalError("records")
    headings = list(dict.fromkeys(itertools.chain.from_iterable(records)))
    check_count("columns", len(headings), request["limits"])
    pa = importlib.import_module("pyarrow")

    def batches() -> Iterator[tuple[list[Any], None]]:
        for start in range(0, len(records), _BATCH_ROWS):
            some = records[start : start + _BATCH_ROWS]
            yield [pa.array([_json_text(record.get(key)) for record in some], pa.string()) for key in headings], None

    write_answer(headings, batches(), request["limits"], has_geometry=False)
    return {}


def _json_text(value: Any) -> str:
    if isinstance(value, str):
        return value
    return "" if value is None else json.dumps(value, ensure_ascii=False)


READERS: Mapping[str, Callable[[Request], Facts]] = {
    "geojson": read_features,
    "geopackage": read_features,
    "flatgeobuf": read_features,
    "shapefile archive": read_features,
    "parquet": read_parquet,
    "workbook": read_workbook,
    "json": read_records,
}


def main() -> None:
    """Take the request from standard input, read, and leave the answer in the working folder."""
    request = json.load(sys.stdin)
    walls = confine(request)
    sys.path.extend(path for path in request["packages"] if path not in sys.path)
    try:
        answer: dict[str, Any] = {"facts": READERS[request["kind"]](request)}
    except RefusalError as refusal:
        answer = refusal.answer
    except MemoryError:
        answer = {"refusal": "memory", "facts": {}}
    answer["walls"] = walls
    Path("answer.json").write_text(json.dumps(answer), encoding="utf-8")


if __name__ == "__main__":
    main()
