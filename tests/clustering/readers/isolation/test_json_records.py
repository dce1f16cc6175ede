"""JSON: its long numbers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import shapely

from tests.examples.container_files import POINT, geojson, problem_of, read, texts, written

# Parsers in forks: see ``test_warm_children.py``.
pytestmark = pytest.mark.usefixtures("warm_children")


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
