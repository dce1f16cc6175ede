"""Which container a file is: told by its bytes, never by its name."""

from __future__ import annotations

import gzip
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clustering.readers.recognition.containers import recognise_container
from tests.examples.container_files import written
from tests.faulty_files.hostile_files import KINDS
from tests.faulty_files.lures import archive

MORE_KINDS = ("kml", "topojson", "arcgis json", "geojson sequence")


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
        (b'[{"school_id": "1", "place": {"type": "Point", "coordinates": [1, 2]}}]', "json"),
        (b'{"results": [{"place": {"type": "Point", "coordinates": [1, 2]}}]}', "json"),
        (b"<?xml version='1.0'?><gml/>", "text"),
        (b"<!-- made by hand --><k:kml xmlns:k='x'/>", "kml"),
        (archive({"doc.kml": b"<kml/>"}), "archive"),
        (archive({"a.shp": b"", "a.kml": b""}), "shapefile archive"),
        (gzip.compress(b"a,b\n", mtime=0), "gzip"),
        (archive({"schools.csv": b"a,b\n"}), "archive"),
        (b"PK\x03\x04 and nothing more", "archive"),
    ],
)
def test_other_containers_too(content: bytes, container: str, tmp_path: Path) -> None:
    assert recognise_container(written(tmp_path, "input", content)) == container


@given(
    content=st.binary(max_size=200), head=st.sampled_from([b"", b"PK\3\4", b"\x1f\x8b", b"{", b"[", b"fgb\3", b"PAR1"])
)
def test_any_bytes_are_recognised_as_something(
    content: bytes, head: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = written(tmp_path_factory.getbasetemp(), "any", head + content)
    assert recognise_container(path) in {*KINDS, *MORE_KINDS, "text", "json", "gzip", "archive"}
