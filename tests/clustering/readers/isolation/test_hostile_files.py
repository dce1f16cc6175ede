"""Hostile files of every kind: nothing planted is read, nothing is asked for, nothing outlives its limits."""

from __future__ import annotations

import gzip
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from clustering.errors import InputError
from clustering.readers.isolation import parent as isolation
from clustering.readers.isolation.container_table import ContainerTable, ReadingLimits
from clustering.readers.isolation.parent import read_container
from clustering.readers.isolation.warm_children import WarmChildren
from clustering.readers.raw_table import RawTable
from clustering.readers.read_table import read_table
from tests.faulty_files.hostile_files import ALTOGETHER, IN_CHILD, KINDS, NESTED, hostile_files, special_files
from tests.faulty_files.lures import Lures, documents, mutations

TOKEN = "TOKEN-7f3a91"
LEAST_CHILDREN = 60
LEAST_STARTED = 4
# Every so many files one goes to a child that starts; the rest go to forks, which are confined in the same way.
# Disguises repeat after ten files and mutations after four: seventeen gets to all of them.
STARTED_EVERY = 17
DECLARED = "declared upload"
# What never ends is stopped at the limit: there a short one tells as much.
ENDLESS, SHORT_LIMIT_S = "endless", 2.0
NAMES = {"geojson": "schools.geojson", "geopackage": "schools.gpkg", "flatgeobuf": "schools.fgb"}


class Canary(ThreadingHTTPServer):
    """A server that counts who connects, whatever is said then."""

    requests = 0

    def verify_request(self, request: object, client_address: object) -> bool:
        self.requests += 1
        return True


@pytest.fixture(scope="module")
def canary() -> Iterator[Canary]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(404)
            self.end_headers()

        do_HEAD = do_POST = do_GET  # noqa: N815 (names of http.server)

        def log_message(self, *told: object) -> None:
            """Say nothing."""

    server = Canary(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def lures(canary: Canary, tmp_path_factory: pytest.TempPathFactory) -> Lures:
    secret = tmp_path_factory.mktemp("secret") / "secret.csv"
    secret.write_text(f"school_id,name\n1,{TOKEN}\n")
    return Lures(secret, f"http://127.0.0.1:{canary.server_address[1]}")


def told(table: RawTable | ContainerTable) -> str:
    """Every text that a table shows."""
    if isinstance(table, RawTable):
        cells = [table.column(heading).series().str.cat(sep=" ") for heading in table.headings]
        return " ".join([*table.headings, *cells, *map(str, table.problems)])
    cells = [text for column in table.columns.values() for text in column.to_pylist()]
    return " ".join([*table.columns, *cells, *table.layers, table.crs, *table.dropped])


def outcome_of(path: Path, kind: str, *, in_child: bool, limits: ReadingLimits | None = None) -> str:
    """What became of a file: what it gave, or why it was refused."""
    start = time.monotonic()
    try:
        if in_child:
            text = told(read_container(path, name=DECLARED, container=kind, limits=limits))
        else:
            text = told(read_table(path, role="schools"))
    except InputError as error:
        text = " ".join(map(str, error.problems))
    if time.monotonic() - start > 20:
        text = f"TOO SLOW {text}"
    return text


@pytest.mark.parametrize("kind", KINDS)
def test_a_sound_file_is_read(kind: str, valid: dict[str, Path]) -> None:
    table = read_table(valid[kind], role="schools")
    assert table.column("school_id").series().tolist() == ["0012", "NA"]
    assert table.column("enrollment").series().tolist() == ["300", "200"]


def test_control_a_view_is_a_layer_that_is_read(lures: Lures, valid: dict[str, Path], tmp_path: Path) -> None:
    files = special_files("geopackage", lures, valid["geopackage"].read_bytes(), tmp_path)
    path = tmp_path / "schools.gpkg"
    path.write_bytes(next(data for name, data in files if name == "plain view"))
    assert read_table(path).column("seen").series().tolist() == ["Oak", "Elm"]


def counted_children(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """How each child that will be given a file as of the declared kind, whatever it looks like, is to be started."""
    children: list[Any] = []
    run = isolation._run

    def counted(*given: Any) -> dict[str, Any]:
        if given[2] == DECLARED:
            children.append(vars(isolation)["subprocess"])
        return run(*given)

    monkeypatch.setattr(isolation, "_run", counted)
    return children


@pytest.mark.parametrize("kind", KINDS)
def test_hostile_files_give_nothing_away(
    kind: str,
    lures: Lures,
    canary: Canary,
    valid: dict[str, Path],
    warm_processes: WarmChildren,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    files = hostile_files(kind, lures, valid[kind].read_bytes(), tmp_path)
    assert len(files) >= ALTOGETHER
    assert sum(in_child for _, _, in_child in files) >= IN_CHILD
    before = canary.requests
    children = counted_children(monkeypatch)

    def attempt(number: int) -> str:
        name, data, in_child = files[number]
        path = tmp_path / f"{number}-{NAMES.get(kind, 'schools.bin')}"
        path.write_bytes(data)
        try:
            limits = ReadingLimits(time_limit_s=SHORT_LIMIT_S) if name == ENDLESS else None
            text = outcome_of(path, kind, in_child=in_child, limits=limits)
        except (ArithmeticError, LookupError, MemoryError, OSError, RuntimeError, TypeError, ValueError) as error:
            return f"{name}: {type(error).__name__} {error}"
        finally:
            path.unlink()
        return f"{name}: {text[:300]}" if TOKEN in text or text.startswith("TOO SLOW") else ""

    started = [number for number in range(len(files)) if number % STARTED_EVERY == 0]
    forked = [number for number in range(len(files)) if number % STARTED_EVERY != 0]
    with ThreadPoolExecutor(3) as threads:
        failures = list(threads.map(attempt, started))
        monkeypatch.setattr(isolation, "subprocess", warm_processes)
        failures += threads.map(attempt, forked)
    assert [failure for failure in failures if failure] == []
    assert canary.requests == before
    # Read and refused before that, a file would tell nothing of the walls around the parsers.
    assert len(children) >= LEAST_CHILDREN
    assert children.count(subprocess) >= LEAST_STARTED


def test_hostile_text_gives_nothing_away(
    lures: Lures, canary: Canary, warm_processes: WarmChildren, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound = b"school_id,name,lat,lon\n" + b"".join(b'%04d,"Oak, %d",38.5,-98\n' % (n, n) for n in range(50))
    large = {
        "a long line": b"school_id,name\n1," + b"x" * 50_000_000,
        "many columns": b",".join(b"c%d" % number for number in range(300_000)) + b"\n1\n",
        "quotes": b"school_id\n" + b'"' * 5_000_001,
        "delimiters": b"," * 3_000_000,
        "line ends": b"\r" * 5_000_000 + b"a",
        "marks": b"\xef\xbb\xbf" * 1_000_000,
        "packed zeros": gzip.compress(bytes(300_000_000)),
    }
    files = [*documents(lures), *large.items(), *mutations(sound, ALTOGETHER, seed=3)]
    before, failures = canary.requests, []
    for number, (name, data) in enumerate(files):
        path = tmp_path / f"{number}.csv"
        path.write_bytes(data)
        # What looks like JSON goes to a child.
        monkeypatch.setattr(isolation, "subprocess", warm_processes if number % STARTED_EVERY else subprocess)
        text = outcome_of(path, "text", in_child=False)
        if TOKEN in text or text.startswith("TOO SLOW"):
            failures.append(f"{name}: {text[:300]}")
        path.unlink()
    assert len(files) >= ALTOGETHER
    assert failures == []
    assert canary.requests == before


def unprotected(code: str, path: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", code, str(path)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


# Without the packages that take long to import, and that reading does without.
READ = (
    "import sys; sys.modules.update(dict.fromkeys(('geopandas', 'pandas', 'pyproj', 'shapely')));"
    "import pyogrio; print(pyogrio.raw.read(sys.argv[1]))"
)


@pytest.mark.parametrize("name", ["virtual layer", "pipeline"])
def test_control_an_unprotected_reader_gives_the_secret_away(name: str, lures: Lures, tmp_path: Path) -> None:
    path = tmp_path / "schools.geojson"
    path.write_bytes(dict(documents(lures))[name])
    assert TOKEN in unprotected(READ, path).stdout


@pytest.mark.parametrize("name", ["remote layer", "feature service"])
def test_control_an_unprotected_reader_asks_the_server(name: str, lures: Lures, canary: Canary, tmp_path: Path) -> None:
    path = tmp_path / "schools.geojson"
    path.write_bytes(dict(documents(lures))[name])
    before = canary.requests
    unprotected(READ, path)
    assert canary.requests > before


def test_control_an_unprotected_workbook_reader_dies(lures: Lures, valid: dict[str, Path], tmp_path: Path) -> None:
    files = special_files("workbook", lures, valid["workbook"].read_bytes(), tmp_path)
    path = tmp_path / "schools.xlsx"
    path.write_bytes(next(data for name, data in files if name == "two corners"))
    limited = (
        "import sys, resource; resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30));"
        "import python_calamine; book = python_calamine.load_workbook(sys.argv[1]);"
        "print(len(book.get_sheet_by_index(0).to_python()))"
    )
    assert unprotected(limited, path).returncode != 0


def test_control_an_unprotected_reader_of_geometry_dies(tmp_path: Path) -> None:
    path = tmp_path / "shape.wkb"
    path.write_bytes(NESTED)
    read = "import sys, shapely; print(shapely.from_wkb(open(sys.argv[1], 'rb').read()))"
    assert unprotected(read, path).returncode < 0
