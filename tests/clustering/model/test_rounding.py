"""Rounded numbers, and that no output has a negative zero."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator

import pandas as pd

from clustering import proposal_document, propose_zones
from clustering.model.rounding import rounded
from tests.examples.toy_district import EAST, OAK, PINE, WEST, toy_scenario


def test_what_rounds_to_nothing_has_no_sign() -> None:
    assert math.copysign(1, rounded(-0.0004, 3)) == 1
    assert math.copysign(1, rounded(-0.0, 3)) == 1
    assert rounded(-0.0006, 3) == -0.001
    assert rounded(2.34567, 2) == 2.35


def numbers_of(value: object) -> Iterator[float]:
    if isinstance(value, dict):
        for each in value.values():
            yield from numbers_of(each)
    elif isinstance(value, list):
        for each in value:
            yield from numbers_of(each)
    elif isinstance(value, float):
        yield value


def test_what_sums_leave_open_is_nothing_rather_than_less() -> None:
    # In one of three years Oak sends 50 to West, 20 to East and 20 to a school of no file: 16.667, 6.667 and 6.667 a
    # year, which are 30.001 of its 30. So -0.001 would go to other schools, and at West nobody enters from elsewhere.
    rows = [(PINE, EAST, "8", "60", "9", year) for year in ("2020-21", "2021-22", "2022-23")]
    rows += [
        (OAK, receiver, "8", students, "9", "2022-23")
        for receiver, students in ((WEST, "50"), (EAST, "20"), ("9999", "20"))
    ]
    flows = pd.DataFrame(rows, columns=["origin", "destination", "grade", "students", "next_grade", "school_year"])
    settings = {"identification": "graduation_rate<0.9", "minimum_schools": 2, "disclosure": "exact"}
    document = json.loads(json.dumps(proposal_document(propose_zones(toy_scenario(flows=flows), settings))))
    west = next(zone for zone in document["zones"] if zone["anchor_id"] == WEST)
    assert west["metrics"]["promoted_students"] == 30.0
    assert west["metrics"]["leaked_to_other_schools_students"] == 0.0
    numbers = list(numbers_of(document["zones"]))
    assert all(math.copysign(1, each) == 1 for each in numbers)
