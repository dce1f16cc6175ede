"""Rounded numbers, and that no output has a negative zero."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator

from clustering import proposal_document, propose_zones
from clustering.model.rounding import rounded
from tests.examples.toy_district import toy_scenario


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


def test_no_number_of_a_proposal_is_a_negative_zero() -> None:
    # All of Zone West's 450 promoted students are accounted for: nobody goes to another school that a sum leaves open.
    document = json.loads(json.dumps(proposal_document(propose_zones(toy_scenario(), {"leakage_weight": 0.1}))))
    numbers = list(numbers_of(document))
    assert numbers
    assert all(math.copysign(1, each) == 1 for each in numbers if each == 0)
