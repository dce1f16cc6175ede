from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from clustering.readers.text.arrow_values import texts_of_objects, texts_of_values

NOON = pd.Timestamp("2022-08-15 12:30")
MIDNIGHT = pd.Timestamp("2022-08-15")


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        (pa.array(["007", None, " x "]), ["007", "", "x"]),
        (pa.array(["007", None], pa.large_string()), ["007", ""]),
        (pa.array(["007", None], pa.string_view()), ["007", ""]),
        (pa.array(["a", None, "a"]).dictionary_encode(), ["a", "", "a"]),
        (pa.array([1, None], pa.int8()), ["1", ""]),
        (pa.array([2**64 - 1], pa.uint64()), ["18446744073709551615"]),
        (pa.array([9.0, None, float("nan")]), ["9", "", ""]),
        (pa.array([9.0, 0.5]), ["9", "0.5"]),
        (pa.array([1.0, 2.0], pa.float32()), ["1", "2"]),
        (pa.array(np.array([1, 2.5], "float16")), ["1", "2.5"]),
        (pa.array([1e300]), ["1e+300"]),
        (pa.array([float("inf"), 1.0]), ["inf", "1"]),
        (pa.array([None, None], pa.float64()), ["", ""]),
        (pa.array([Decimal("12.00"), None]), ["12", ""]),
        (pa.array([Decimal("12.50"), Decimal("1.00")]), ["12.50", "1.00"]),
        (pa.array([True, False, None]), ["True", "False", ""]),
        (pa.array([date(2022, 8, 15), None]), ["2022-08-15", ""]),
        (pa.array([MIDNIGHT, None]), ["2022-08-15", ""]),
        (pa.array([MIDNIGHT, NOON]), ["2022-08-15 00:00:00", "2022-08-15 12:30:00"]),
        (pa.array([MIDNIGHT.tz_localize("UTC")], pa.timestamp("us", tz="UTC")), ["2022-08-15"]),
        (pa.array([b"text"]), ["text"]),
        (pa.array([None, None]), ["", ""]),
        (pa.array(["a", "a"]).dictionary_encode().cast(pa.string()), ["a", "a"]),
        (pa.RunEndEncodedArray.from_arrays([2, 3], ["a", "b"]), ["a", "a", "b"]),
        (pa.chunked_array([["a"], ["b"]]), ["a", "b"]),
        (pa.chunked_array([], type=pa.int64()), []),
    ],
)
def test_values_of_every_type_read_as_in_a_file(values: Any, texts: list[str]) -> None:
    found = texts_of_values(values)
    assert found is not None
    assert (found.type, found.to_pylist()) == (pa.string(), texts)


@pytest.mark.parametrize("values", [pa.array([[1]]), pa.array([{"a": 1}]), pa.array([b"\xff\xfe\xff"])])
def test_what_is_no_text_has_none(values: pa.Array) -> None:
    assert texts_of_values(values) is None


def test_objects_of_several_types_each_by_itself() -> None:
    mixed = ["007", 7, 7.0, 7.5, None, float("nan"), True, np.float64(3)]
    assert texts_of_objects(mixed).to_pylist() == ["007", "7", "7", "7.5", "", "", "True", "3"]
