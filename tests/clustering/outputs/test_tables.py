"""Tables written column by column say what pandas and Python's own encoder say row by row."""

from __future__ import annotations

import csv
import io
import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clustering import json_bytes, parse_parameters, propose_zones, schools_geojson, schools_table, table_records
from clustering.outputs.escaping import escape_for_csv
from clustering.outputs.tables import points_geojson_bytes, table_bytes, with_written_numbers
from tests.examples.toy_district import toy_planner

# A text that begins with the end of a line is disarmed: pandas would write it as it is.
TEXTS = st.one_of(st.none(), st.text(alphabet='ab,"\n é1').map(lambda text: text.lstrip("\n")), st.just(""))
NUMBERS = st.one_of(st.none(), st.floats(allow_infinity=False), st.just(-0.0), st.just(0.0))
ROWS = st.lists(st.tuples(TEXTS, NUMBERS, st.one_of(st.none(), st.integers(0, 9)), st.booleans()), max_size=6)


def table_of(rows: list[tuple[object, ...]]) -> pd.DataFrame:
    text, number, count, flag = zip(*rows, strict=True) if rows else ((), (), (), ())
    return pd.DataFrame(
        {
            "text, of a kind": pd.Series(text, dtype="str"),
            "number": pd.Series(number, dtype="float64"),
            "count": pd.Series(count, dtype="Int64"),
            "flag": pd.Series(flag, dtype="bool"),
            "mixed": pd.Series([*number, *text, *flag][: len(rows)], dtype="object"),
        }
    )


@given(ROWS)
def test_csv_is_what_pandas_writes(rows: list[tuple[object, ...]]) -> None:
    table = table_of(rows)
    assert table_bytes(table).decode() == table.to_csv(index=False, lineterminator="\n")


def test_whole_numbers_can_be_written_without_a_point() -> None:
    numbers = [10.0, -3.0, -0.0, 2.5, 1e15, 1e300, None, float("inf")]
    table = pd.DataFrame({"n": pd.Series(numbers, dtype="float64"), "text": ["1.0"] * 8}).set_axis([0] * 8)
    lines = table_bytes(table, whole_numbers=True).decode().splitlines()
    assert [line.partition(",")[0] for line in lines[1:6]] == ["10", "-3", "0", "2.5", "1000000000000000"]
    assert float(lines[6].partition(",")[0]) == 1e300
    assert lines[7:] == [",1.0", "inf,1.0"]
    assert table_bytes(table.head(1)).decode().splitlines()[1] == "10.0,1.0"
    # Whoever reads 9223372036854775808 takes it for no number of 64 bits.
    assert table_bytes(pd.DataFrame({"n": [2.0**63]}), whole_numbers=True) == b"n\n9.223372036854776e+18\n"


@given(ROWS)
def test_whole_numbers_are_read_back_as_they_were(rows: list[tuple[object, ...]]) -> None:
    table = table_of(rows)
    read = [pd.read_csv(io.BytesIO(table_bytes(table, whole_numbers=whole))) for whole in (False, True)]
    pd.testing.assert_series_equal(*(each["number"].astype("float64") for each in read))


def test_a_table_of_one_column_keeps_its_empty_rows() -> None:
    table = pd.DataFrame({"name": ["a", None, ""]})
    assert table_bytes(table).decode() == table.to_csv(index=False, lineterminator="\n")
    assert list(csv.reader(io.StringIO(table_bytes(table).decode()))) == [["name"], ["a"], [""], [""]]


def test_a_line_end_of_any_kind_stays_in_its_cell() -> None:
    table = pd.DataFrame({"name": ["a\rb", "c\nd"], "next": ["1", "2"]})
    assert table_bytes(table) == b'name,next\n"a\rb",1\n"c\nd",2\n'


def test_a_table_without_rows_is_its_header() -> None:
    assert table_bytes(pd.DataFrame({"a": [], "b": []})) == b"a,b\n"


@given(ROWS)
def test_records_are_of_pythons_own_types(rows: list[tuple[object, ...]]) -> None:
    records = table_records(table_of(rows))
    json.dumps(records, allow_nan=False)
    for record, (text, number, count, flag) in zip(records, rows, strict=True):
        is_missing = pd.isna(number)
        assert record["text, of a kind"] == text
        assert record["number"] == (None if is_missing else number)
        assert (record["count"], record["flag"]) == (count, flag)
        assert type(record["flag"]) is bool


@given(ROWS)
def test_geojson_is_what_the_encoder_writes(rows: list[tuple[object, ...]]) -> None:
    table = table_of(rows).assign(longitude=lambda t: t["number"], latitude=lambda t: t["number"]).drop(columns="mixed")
    plain = table.drop(columns=["longitude", "latitude"])
    features = [
        {
            "type": "Feature",
            "id": record["text, of a kind"],
            "geometry": None
            if record["number"] is None
            else {"type": "Point", "coordinates": [record["number"], record["number"]]},
            "properties": record,
        }
        for record in table_records(plain)
    ]
    assert points_geojson_bytes(table) == json_bytes({"type": "FeatureCollection", "features": features})


@given(st.lists(st.text(), min_size=1, max_size=5))
def test_every_text_is_read_back_from_csv_as_it_was_disarmed(texts: list[str]) -> None:
    written = table_bytes(pd.DataFrame({"name": pd.Series(texts, dtype="str"), "next": "x"})).decode()
    read = csv.reader(io.StringIO(written, newline=""))
    assert list(read) == [["name", "next"], *([escape_for_csv(text), "x"] for text in texts)]


@given(st.lists(st.text(), min_size=1, max_size=5))
def test_every_text_is_read_back_from_geojson_as_it_was(texts: list[str]) -> None:
    points = pd.DataFrame({"name": pd.Series(texts, dtype="str"), "longitude": 0.5, "latitude": -0.5})
    document = json.loads(points_geojson_bytes(points))
    assert [feature["properties"]["name"] for feature in document["features"]] == texts


@given(ROWS)
def test_numbers_written_before_are_written_alike(rows: list[tuple[object, ...]]) -> None:
    table = table_of(rows).assign(longitude=lambda t: t["number"], latitude=lambda t: t["number"])
    written = with_written_numbers(table)
    assert table_bytes(written) == table_bytes(table)
    plain = ["text, of a kind", "number", "longitude", "latitude"]
    assert points_geojson_bytes(written[plain]) == points_geojson_bytes(table[plain])


def test_infinity_is_refused_since_json_has_none() -> None:
    endless = pd.DataFrame({"id": ["a"], "longitude": [0.0], "latitude": [0.0], "x": [np.inf]})
    with pytest.raises(ValueError, match="not JSON compliant"):
        points_geojson_bytes(endless)
    with pytest.raises(ValueError, match="not JSON compliant"):
        points_geojson_bytes(with_written_numbers(endless))


def test_the_schools_of_a_proposal_are_written_as_their_document_says() -> None:
    proposal = propose_zones(toy_planner(), parse_parameters({"identification": "official:designation=CSI"}))
    assert points_geojson_bytes(schools_table(proposal)) == json_bytes(schools_geojson(proposal))
