"""Shapes nested within shapes never reach a parser that they would take down."""

from __future__ import annotations

import struct
import subprocess
import sys
from pathlib import Path

import pytest
import shapely

from tests.examples.container_files import geoparquet, problem_of, read

# Parsers in forks: see ``test_warm_children.py``.
pytestmark = pytest.mark.usefixtures("warm_children")


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
