"""Odd and faulty sources: objects that are no file, paths, folders, patterns and data packages."""

from __future__ import annotations

import hashlib
import io
import json
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyarrow as pa
from shapely import Point

from clustering.readers.published.education_data_portal_pages import MANIFEST
from tests.faulty_files.lures import archive
from tests.faulty_files.odd_file import Content, OddFile, as_bytes

Made = Callable[[Path], Any]
SOUND = "school_id,name,grades,lat,lon / 0007,Oak Middle,6-8,38.07,-98.0 / 0010,West High,9-12,38.1,-98.0"
PLACE = {"0007": (-98.0, 38.07)}
TABLE = pd.DataFrame({"school_id": ["0007", "0010"], "lat": [38.07, 38.1], "lon": [-98.0, -98.0]})


def odd_sources() -> Iterator[OddFile]:
    """All of them."""
    yield from _objects()
    yield from _tables()
    yield from _paths()
    yield from _folders()
    yield from _packages()
    yield from _descriptions_beside()
    yield from _pages_of_the_portal()


def _source(name: str, data: Content, says: str, edit: Content | None = SOUND, **more: Any) -> OddFile:
    """A source of schools that is read once the remedy was followed."""
    given = {"role": "schools", "look": "places", "right": PLACE, "is_asked": True, **more}
    return OddFile(name=name, data=data, says=says, edit=edit, **given)


def as_it_is(source: Any) -> Made:
    """A source that needs no folder."""
    return lambda _: source


def in_folder(files: Mapping[str, str | bytes], given: str = "", called: str = "files", size: int = 0) -> Made:
    """
    The folder with these files; ``given`` is the path in it that is given.

    Of ``large.csv`` only the start is stored, and the file system says that it has so many bytes.
    """

    def write(folder: Path) -> Path:
        for name, content in files.items():
            path = folder / called / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(as_bytes(content))
            if name == "large.csv":
                os.truncate(path, size)
        return folder / called / given

    return write


def _objects() -> Iterator[OddFile]:
    bytes_of_it = as_bytes(SOUND)
    opened: Made = lambda _: io.BytesIO(bytes_of_it)  # noqa: E731 - each reading needs a new one
    closed = io.BytesIO(bytes_of_it)
    closed.close()
    yield _source("schools", as_it_is(bytes_of_it), "of type bytes", opened)
    yield _source("schools", as_it_is(closed), "cannot be read", opened)
    yield _source("schools", as_it_is(5), "neither a file nor a table", opened)
    yield _source("schools", as_it_is(pa.chunked_array([["0007"]])), "no table with named columns", TABLE)


def _tables() -> Iterator[OddFile]:
    twice = TABLE.assign(more="1").set_axis(["school_id", "lat", "lon", "lat"], axis="columns")
    yield _source("schools", twice, "appears more than once", TABLE)
    lists = pa.table({**{name: TABLE[name] for name in TABLE.columns}, "feeders": [["0008"], []]})
    texts = lists.set_column(3, "feeders", pa.array(["0008", ""]))
    yield _source("schools", as_it_is(lists), "without plain text", as_it_is(texts), is_asked=False)


def _paths() -> Iterator[OddFile]:
    text = as_bytes(SOUND).decode() + "\n" * 10_000
    yield _source("schools", as_it_is(text), "cannot be the path", lambda _: io.StringIO(text), table=text[:100])
    yield _source("absent.csv", lambda folder: folder / "absent.csv", "cannot be opened")
    yield _source("pipe", _pipe, "a pipe or a device")
    yield _source("large.csv", in_folder({"large.csv": SOUND}, "large.csv", size=(1 << 31) + 1), "larger than 2 GiB")


def _pipe(folder: Path) -> Path:
    os.mkfifo(folder / "pipe")
    return folder / "pipe"


def _folders() -> Iterator[OddFile]:
    table = {"a.csv": SOUND}
    notes = {"readme.md": "Schools"}
    yield _source("nothing", in_folder(notes, called="nothing"), "no file that can be read", in_folder(table))
    yield _source("*.txt", in_folder(table, "*.txt"), "No file matches", in_folder(table, "*.csv"))
    yield _source("files", in_folder(table | notes), "since they are no tables", in_folder(table), is_asked=False)
    yield _source("parts", _parts_of_shapefile, "since they are no tables", _packed_shapefile, is_asked=False, right={})
    fetched = in_folder({MANIFEST: "{}"}, called="portal")
    flows = "origin,destination,grade,school_year,students / 0007,0010,8,2022-23,60"
    moved: dict[str, Any] = {"role": "flows", "look": "students", "right": {("0007", "0010", 2022): 60}}
    yield _source("portal", fetched, "This is a folder", in_folder({"a.csv": flows}, "a.csv"), **moved)


def _parts_of_shapefile(folder: Path) -> Path:
    inner = in_folder({"a.csv": SOUND}, called="parts")(folder)
    layer = gpd.GeoDataFrame({"school_id": ["0007"]}, geometry=[Point(-98, 38.07)], crs="EPSG:4326")
    layer.to_file(inner / "places.shp")
    return Path(inner)


def _packed_shapefile(folder: Path) -> Path:
    inner = _parts_of_shapefile(folder)
    parts = {path.name: path.read_bytes() for path in inner.glob("places.*")}
    for path in inner.glob("places.*"):
        path.unlink()
    (inner / "places.zip").write_bytes(archive(parts))
    return inner


def _package(resources: Any, **files: str) -> dict[str, str | bytes]:
    tables = {f"{name}.csv": text for name, text in (files or {"a": SOUND}).items()}
    return {**tables, "datapackage.json": json.dumps({"resources": resources})}


def _packages() -> Iterator[OddFile]:
    a, b = {"name": "a", "path": "a.csv"}, {"name": "b", "path": "b.csv"}
    sound = in_folder(_package([a]))
    two = _package([a, b], a=SOUND, b=SOUND)
    name = "datapackage.json"
    yield _source(name, in_folder(two), "none is called schools", in_folder(two, "a.csv"))
    for number, path in enumerate(("../a.csv", "/a.csv", 5)):
        given = in_folder(_package([{"name": "a", "path": path}]), called=f"out {number}")
        yield _source(name, given, "no path below the folder", sound)
    yield _source(name, _link_out, "leads out of the folder", sound)
    yield _source(name, in_folder({"a.csv": SOUND, name: "{"}), "cannot be read as JSON", sound)
    yield _source(name, in_folder({"a.csv": SOUND, name: "{}"}, name), "no list of resources", sound)


def _link_out(folder: Path) -> Path:
    (folder / "a.csv").write_bytes(as_bytes(SOUND))
    package = in_folder({"datapackage.json": json.dumps({"resources": [{"path": "a.csv"}]})})(folder)
    (package / "a.csv").symlink_to(folder / "a.csv")
    return Path(package)


def _descriptions_beside() -> Iterator[OddFile]:
    more: dict[str, Any] = {"is_asked": False}
    resource = {"name": "a", "path": "a.csv"}
    sound = in_folder(_package([resource]), "a.csv")
    broken = in_folder({"a.csv": SOUND, "datapackage.json": "{"}, "a.csv")
    yield _source("a.csv", broken, "beside the file is not used", sound, **more)
    for dialect, says in (
        ({"quoteChar": "'"}, "sets quoteChar, which is not followed"),
        ({"delimiter": "~"}, "sets delimiter, which is not followed"),
    ):
        given = in_folder(_package([{**resource, "dialect": dialect}]), "a.csv")
        yield _source("a.csv", given, says, sound, **more)


_PAGE = {"ncessch": "200005000007", "school_name": "Oak", "year": 2022, "latitude": 38.07, "longitude": -98.0}


def _page(records: Any, count: int | None = 1) -> bytes:
    return json.dumps({"count": count, "results": records}).encode()


def _pages_of_the_portal() -> Iterator[OddFile]:
    right = {"200005000007": (-98.0, 38.07)}
    directory = {**_PAGE, "lowest_grade_offered": 6, "highest_grade_offered": 8, "ncessch_num": 200005000007}
    sound = _page([directory])

    def page(name: str, data: Content, says: str, edit: Content | None = sound, **more: Any) -> OddFile:
        return _source(name, data, says, edit, right=right, **more)

    yield page("fewer.json", _page([directory], 2), "the portal announced")
    yield page("nested.json", _page([{**directory, "ncessch": [1]}]), "a list or another record")
    yield page("no list.json", _page({"count": 1}), "no list of records called results")
    yield page("cut off page.json", sound[:-5], "is not JSON")
    yield page("wide.json", _page([{**directory, **dict.fromkeys(map(str, range(2_000)), 1)}]), "more than 2,000")
    coded = _page([{**directory, "lowest_grade_offered": -2}])
    yield page("coded page.json", coded, "hold a code", None, is_asked=False)
    said = ("unknown page.csv:kind=Education Data Portal directory",)
    more: dict[str, Any] = {"options": said, "later_options": ()}
    yield _source("unknown page.csv", SOUND, "no known table of the portal", None, **more)
    tests = {"ncessch": "200005000007", "year": 2022, "math_test_pct_prof_low": 5}
    yield page("no reading.json", _page([tests]), "no known table of the portal")
    pages = {"page-0001.json": sound}
    for name, manifest, says in (
        ("no manifest", "{", "no readable manifest"),
        ("not whole", json.dumps({"complete": False, "pages": []}), "not fetched completely"),
        ("missing", _manifest("page-0002.json", sound), "is missing"),
        ("changed", _manifest("page-0001.json", b"{}"), "was changed"),
    ):
        given = in_folder({**pages, MANIFEST: manifest}, called=name)
        yield page(name, given, says, in_folder({**pages, MANIFEST: _manifest("page-0001.json", sound)}))


def _manifest(name: str, content: bytes) -> str:
    return json.dumps({"complete": True, "pages": [{"file": name, "sha256": hashlib.sha256(content).hexdigest()}]})
