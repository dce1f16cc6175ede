"""JSON: its long numbers."""

from __future__ import annotations

import json
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


def test_rows_of_a_socrata_portal_have_the_headings_of_its_columns(tmp_path: Path) -> None:
    columns = [
        {"name": "id", "fieldName": ":id", "dataTypeName": "meta_data"},
        {"name": "DBN", "fieldName": "dbn", "dataTypeName": "text"},
        {"name": "Rate", "fieldName": "rate", "dataTypeName": "number"},
        {"name": "Rate", "fieldName": "rate_1", "dataTypeName": "number"},
    ]
    answer = {
        "meta": {"view": {"columns": columns}},
        "data": [["r-1", "01M292", 57.7, "s"], ["r-2", "01M448", 4, None]],
    }
    listed = written(tmp_path, "rows.json", json.dumps(answer).encode())
    assert texts(read(listed)) == {"DBN": ["01M292", "01M448"], "Rate": ["57.7", "4"], "rate_1": ["s", ""]}
    answer["data"][0].pop()  # type: ignore[index]
    assert "export CSV" in problem_of(written(tmp_path, "rows.json", json.dumps(answer).encode()))


@pytest.mark.parametrize(("total", "is_cut_off"), [(1300, True), (2, False), ("many", False)])
def test_an_answer_of_a_ckan_portal_says_whether_it_is_whole(total: object, is_cut_off: bool, tmp_path: Path) -> None:
    answer = {"success": True, "result": {"fields": [], "records": [{"id": "23"}, {"id": "24"}], "total": total}}
    table = read(written(tmp_path, "search.json", json.dumps(answer).encode()))
    assert texts(table) == {"id": ["23", "24"]}
    assert table.is_cut_off is is_cut_off


@pytest.mark.parametrize("is_alone", [True, False])
def test_records_of_an_opendatasoft_portal_are_their_fields(is_alone: bool, tmp_path: Path) -> None:
    place = {"type": "Point", "coordinates": [-78.5, 36.5]}
    records = [{"datasetid": "schools", "recordid": "a1", "fields": {"pin": "0838"}, "geometry": place}]
    content = records if is_alone else {"nhits": 1, "records": records}
    table = read(written(tmp_path, "schools.json", json.dumps(content).encode()))
    assert texts(table) == {
        "geometry": [json.dumps(place).replace("-78.5", '"-78.5"').replace("36.5", '"36.5"')],
        "pin": ["0838"],
    }
    plain = written(tmp_path, "plain.json", b'[{"id": "1", "fields": {"a": 1}}]')
    assert list(texts(read(plain))) == ["id", "fields"]
