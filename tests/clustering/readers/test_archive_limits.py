"""Archives and answers that were made to slip past a limit, and what is read of sound ones nonetheless."""

from __future__ import annotations

import json
import struct
import subprocess
import sys
import time
import warnings
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from clustering.errors import InputError
from clustering.readers.file_options import FileOptions
from clustering.readers.isolation import parent as isolation
from clustering.readers.isolation.parent import read_container
from clustering.readers.published.education_data_portal_pages import read_portal_pages
from clustering.readers.read_table import read_table
from clustering.readers.recognition.archives import unpacked
from clustering.readers.recognition.containers import recognise_container
from tests.faulty_files.hostile_files import valid_files
from tests.faulty_files.lures import archive

END = b"PK\x05\x06"


def disguised_directory(entries: int, field: str) -> bytes:
    """An archive of nothing but a directory, in whose end the sign of an end stands a second time."""
    entry = struct.pack("<I6H3I5H2I", 0x02014B50, 20, 20, *[0] * 7, 1, *[0] * 6) + b"a"
    start = b"PK\3\4" + bytes(26)
    sign = struct.unpack("<2H", END)
    disks = sign if field == "disks" else (0, 0)
    counts = sign if field == "counts" else (entries % 65_536, entries % 65_536)
    return start + entry * entries + struct.pack("<I4H2IH", 0x06054B50, *disks, *counts, entries * 47, len(start), 0)


@pytest.mark.parametrize("field", ["disks", "counts"])
def test_a_giant_directory_does_not_hide_behind_a_second_sign(field: str, tmp_path: Path) -> None:
    path = tmp_path / "directory.zip"
    path.write_bytes(disguised_directory(50, field))
    with zipfile.ZipFile(path) as pack:  # control: the library that opens archives is not misled
        assert len(pack.infolist()) == 50
    path.write_bytes(disguised_directory(1_000_000, field))
    start = time.monotonic()
    assert recognise_container(path) == "archive"
    with pytest.raises(InputError, match="more than 5,000 members"), unpacked(path, "upload"):
        pass
    assert time.monotonic() - start < 1


def shapefile_parts(folder: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(valid_files(folder)["shapefile archive"]) as pack:
        return {name: pack.read(name) for name in pack.namelist()}


@pytest.mark.parametrize("twin", ["schools.dbf", "schools.DBF"])
def test_a_part_of_a_shapefile_is_unpacked_once(twin: str, tmp_path: Path) -> None:
    path = tmp_path / "schools.zip"
    with zipfile.ZipFile(path, "w") as pack, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a name that stands twice, which is the point
        for name, data in [*shapefile_parts(tmp_path).items(), (twin, bytes(60_000_000))]:
            pack.writestr(name, data, zipfile.ZIP_DEFLATED)
    with pytest.raises(InputError, match="twice"):
        read_table(path)


def test_the_parts_of_a_shapefile_are_weighed_together(tmp_path: Path) -> None:
    parts = shapefile_parts(tmp_path)
    heavy = {name: data + bytes(40_000_000) for name, data in parts.items() if name.endswith((".shp", ".dbf"))}
    path = tmp_path / "heavy.zip"
    path.write_bytes(archive({**parts, **heavy}, level=9))  # each alone stays below the 64 MB that are not suspicious
    with pytest.raises(InputError, match="Unpacked, the file has more than 80 MB"):
        read_table(path)


@pytest.mark.usefixtures("warm_children")
@pytest.mark.parametrize("spared", range(0, 24, 3))
def test_a_long_number_is_seen_wherever_the_file_is_cut(spared: int, tmp_path: Path) -> None:
    number = "12345678901234567890"
    start = '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"note":"'
    note = "x" * ((1 << 20) - len(start) - len('","id":') - spared)  # the file is scanned by the mebibyte
    shape = '"geometry":{"type":"Point","coordinates":[-98,38]}'
    path = tmp_path / "places.geojson"
    path.write_text(f'{start}{note}","id":{number}}},{shape}}}]}}')
    with pytest.raises(InputError, match="18 digits"):
        read_container(path, name="upload", container="geojson")


def beyond_its_bytes(folder: Path) -> bytes:
    """An answer whose one shape is said to end far beyond the bytes that are there."""
    path = folder / "sound.arrow"
    table = pa.table({"id": ["1"], "geometry": pa.array([b"\x77" * 1337], pa.binary())})
    with pa.ipc.new_file(path, table.schema) as sink:
        sink.write_table(table)
    sound = path.read_bytes()
    ends = struct.pack("<2i", 0, 1337)
    before, _, behind = sound.rpartition(ends)  # the offsets come after all that describes them
    return before + struct.pack("<2i", 0, 0x7FFFFFF0) + behind


@pytest.mark.usefixtures("warm_children")
@pytest.mark.parametrize("answer", ["1", "[]", "{}", '"error_code"', '{"facts": 5}', "beyond", "no arrow", "nothing"])
def test_an_answer_out_of_shape_is_refused(answer: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    columns = beyond_its_bytes(tmp_path) if answer == "beyond" else b"ARROW1 or not"
    told = answer if answer[0] in '1[{"' else json.dumps({"facts": {"crs": "EPSG:4326"}})
    script = tmp_path / "taken_over.py"
    written = f"open('answer.arrow', 'wb').write({columns!r})" if answer != "nothing" else "pass"
    script.write_text(f"{written}\nopen('answer.json', 'w').write({told!r})\n")
    monkeypatch.setattr(isolation, "_SCRIPT", script)
    path = tmp_path / "records.json"
    path.write_text('[{"id": "1"}]')
    with pytest.raises(InputError, match="cannot be read"):
        read_container(path, name="upload", container="json")


def test_one_driver_and_nothing_of_this_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_PASSWORD", "hidden")
    probe = tmp_path / "probe.py"
    probe.write_text(
        "import json, os, sys; request = json.load(sys.stdin); names = sorted(os.environ)\n"
        "sys.path.extend(request['packages'])\n"
        "import pyogrio; drivers = sorted(pyogrio.list_drivers())\n"
        "open('answer.json', 'w').write(json.dumps({'error_code': 'sheet open', 'facts': {'names': "
        "[*drivers, *names]}}))\n"
    )
    monkeypatch.setattr(isolation, "_SCRIPT", probe)
    path = tmp_path / "places.geojson"
    path.write_text("{}")
    for kind, driver in (("geojson", "GeoJSON"), ("geopackage", "GPKG"), ("flatgeobuf", "FlatGeobuf")):
        with pytest.raises(InputError) as caught:
            read_container(path, name="upload", container=kind)
        told = (
            caught.value.problems[0]
            .remedy.removeprefix("Set upload:sheet=NAME to one of them: ")
            .removesuffix(".")
            .split(", ")
        )
        inherited = {"PATH", "HOME", "TMPDIR", "LANG", "LC_CTYPE"}
        settings = ("OGR_", "GDAL_", "CPL_", "OPENBLAS_", "OMP_", "ARROW_", "MALLOC_")
        assert told[0] == driver
        assert all(name in inherited or name.startswith(settings) for name in told[1:])


def edge_archive(folder: Path) -> Path:
    """An archive as EDGE publishes it: the same schools as shapefile, workbook and text."""
    book = openpyxl.Workbook()
    book.active.append(["school_id", "name"])
    book.save(folder / "schools.xlsx")
    text = b"school_id|name\n0012|Oak\nNA|Elm\n"
    parts = {f"EDGE/{name}": data for name, data in shapefile_parts(folder).items()}
    path = folder / "EDGE schools of 2022–23, façade.zip"
    path.write_bytes(archive({**parts, "EDGE/s.xlsx": (folder / "schools.xlsx").read_bytes(), "EDGE/s.txt": text}))
    return path


def test_of_the_forms_in_one_archive_the_text_is_read_and_the_file_stays_as_it_was(tmp_path: Path) -> None:
    path = edge_archive(tmp_path)
    before: Any = (path.read_bytes(), path.stat().st_mtime_ns, sorted(tmp_path.iterdir()))
    table = read_table(path)
    assert table.column("school_id").series().tolist() == ["0012", "NA"]
    assert table.delimiter == "|"
    assert "s.txt" in table.problems[0].message
    with pytest.raises(InputError, match="No sheet"):
        read_table(path, options=FileOptions(layer="s.xlsx"))
    assert (path.read_bytes(), path.stat().st_mtime_ns, sorted(tmp_path.iterdir())) == before


def test_the_code_page_of_a_shapefile_is_heeded(tmp_path: Path) -> None:
    parts = shapefile_parts(tmp_path)
    table = parts["schools.dbf"].replace(b"Oak", "Ñua".encode("cp1252"))
    path = tmp_path / "schools.zip"
    path.write_bytes(archive({**parts, "schools.dbf": table, "schools.cpg": b"1252"}))
    assert read_table(path).column("name").series().tolist() == ["Ñua", "Elm"]


def test_a_small_file_with_a_large_answer_is_read_within_one_gibibyte(tmp_path: Path) -> None:
    """The whole process that asks, interpreter and libraries included; the answer is just below what is allowed."""
    path = tmp_path / "schools.parquet"
    records = 1_900_000
    same = pa.DictionaryArray.from_arrays(pa.array(np.zeros(records, "int32")), ["x" * 190]).dictionary_decode()
    pq.write_table(pa.table({"name": same}), path, compression="zstd")
    assert path.stat().st_size < 100_000
    # Not ru_maxrss: a new process takes over what its parent has used.
    script = (
        "import re, sys\n"
        "from pathlib import Path\n"
        "from clustering.readers.read_table import read_table\n"
        "records = len(read_table(sys.argv[1]))\n"
        "print(records, re.search('VmHWM:\\\\s*([0-9]+) kB', Path('/proc/self/status').read_text())[1])\n"
    )
    printed = subprocess.run([sys.executable, "-c", script, path], capture_output=True, text=True, check=True).stdout
    read, peak_kibibytes = map(int, printed.split())
    assert read == records
    assert records * 190 / 1024 < peak_kibibytes < 1024**2  # it held the answer, and not thrice


def test_a_member_without_a_name_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "schools.zip"
    path.write_bytes(archive({"schools.csv": b"school_id\n1\n", "?hidden": b""}).replace(b"?hidden", b"\0hidden"))
    assert read_table(path).headings == ("school_id",)


def test_half_a_sign_in_json_is_text(tmp_path: Path) -> None:
    path = tmp_path / "page.json"
    path.write_text('{"count": 1, "results": [{"ncessch": "1", "name": "Oak\\ud800", "\\udfff": 1}]}')
    assert read_portal_pages(path).cells.to_dict("list") == {"ncessch": ["1"], "name": ["Oak?"], "?": ["1"]}
