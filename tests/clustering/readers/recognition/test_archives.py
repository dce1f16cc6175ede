"""Archives: what is taken out of sound ones, and which are never unpacked."""

from __future__ import annotations

import bz2
import gzip
import lzma
import struct
import time
import zipfile
from pathlib import Path

import pytest

from clustering.errors import InputError
from clustering.readers.read_table import read_table
from clustering.readers.recognition.archives import extract_shapefile, unpacked
from clustering.readers.recognition.open_archives import open_archive
from tests.examples.container_files import workbook, written
from tests.faulty_files.lures import archive


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


def test_a_workbook_in_an_archive_is_read(tmp_path: Path) -> None:
    book = workbook(tmp_path, Data=[["school_id", "name"], ["0012", "Oak"]]).read_bytes()
    table = read_table(written(tmp_path, "a.zip", archive({"folder/schools.xlsx": book})))
    assert table.column("school_id").series().tolist() == ["0012"]


@pytest.mark.parametrize(
    ("members", "said"),
    [
        (("Zones.gdb/a00000001.gdbtable", "Zones.gdb/gdb"), "file geodatabase"),
        (("zones.tab", "zones.dat", "zones.map", "zones.id"), "MapInfo table"),
    ],
)
def test_layers_of_other_forms_are_refused_by_name(members: tuple[str, ...], said: str, tmp_path: Path) -> None:
    path = tmp_path / "zones.zip"
    with zipfile.ZipFile(path, "w") as packed:
        for member in members:
            packed.writestr(member, b"\x03")
    with pytest.raises(InputError, match=said), unpacked(path, "zones.zip"):
        pass


def test_layers_of_shapefiles_are_taken_from_an_archive_that_is_open(tmp_path: Path) -> None:
    path = tmp_path / "zones.zip"
    with zipfile.ZipFile(path, "w") as packed:
        for member in ("es.shp", "es.dbf", "hs.shp"):
            packed.writestr(member, b"x")
    with open_archive(path, "zones.zip", "shapefile archive") as opened:
        path.rename(tmp_path / "elsewhere.zip")  # it is not opened again
        found = extract_shapefile(path, tmp_path, "zones.zip", layer="es", archive=opened)
    assert (found.layer, found.layers) == ("es", ["es", "hs"])
    assert (tmp_path / "layer.dbf").read_bytes() == b"x"
