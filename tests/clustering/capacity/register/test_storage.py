"""Registers as bytes: equal registers are equal bytes, and what is damaged is refused."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clustering import InputError, Register, read_register, register_from_bytes, register_to_bytes
from tests.examples.register_files import partner_table, preference_table

ROOT = Path(__file__).parents[4]
ROWS = preference_table(
    ("LP1", "01;02", "", "", "prefer", "partner", "Near"), ("all", "", "", "high", "exclude", "state", "")
)


@cache
def some_register() -> Register:
    return read_register(partner_table(maximum_schools_2027=["9-11", "", ""], contract_years=["2", "", "5"]), ROWS)


def assert_equal(one: Register, other: Register) -> None:
    pd.testing.assert_frame_equal(one.partners, other.partners)
    pd.testing.assert_frame_equal(one.capacities, other.capacities)
    pd.testing.assert_frame_equal(one.preferences, other.preferences)
    assert (one.files, one.warnings) == (other.files, other.warnings)


def test_what_is_packed_comes_back() -> None:
    register = some_register()
    assert len(register.warnings) == 1
    again = register_from_bytes(register_to_bytes(register))
    assert_equal(register, again)
    assert again.content_sha256 == register.content_sha256
    assert register_to_bytes(again) == register_to_bytes(register)


def test_an_empty_table_of_preferences_comes_back() -> None:
    register = read_register(partner_table().iloc[:2])
    assert_equal(register, register_from_bytes(register_to_bytes(register)))


@pytest.mark.parametrize("order", [(0, 2, 1), (1, 2, 0), (2, 1, 0)])
def test_the_order_of_rows_does_not_matter(order: tuple[int, ...]) -> None:
    register = some_register()
    shuffled = replace(
        register,
        partners=register.partners.iloc[list(order)],
        capacities=register.capacities.iloc[::-1],
        preferences=register.preferences.iloc[list(order[::-1])],
    )
    assert register_to_bytes(shuffled) == register_to_bytes(register)
    assert shuffled.content_sha256 == register.content_sha256


_CELLS = {
    "maximum_schools": st.sampled_from(["", "5", "5-9", "7 schools"]),
    "cost_per_school": st.sampled_from(["", "$600,000", "0.6-0.7 million"]),
    "approval": st.sampled_from(["", "yes", "applied", "rejected"]),
    "authority": st.sampled_from(["", "met", "promised", "no"]),
    "levels": st.sampled_from(["", "high", "K-8", "all"]),
    "reach_districts": st.sampled_from(["", "01", "03; 02"]),
    "name": st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=20),
}


@settings(deadline=None, max_examples=8)
@given(st.lists(st.fixed_dictionaries(_CELLS), min_size=2, max_size=6), st.randoms())
def test_any_register_comes_back_and_its_file_may_be_in_any_order(cells: list[dict[str, str]], chance: object) -> None:
    table = pd.DataFrame([{"partner_id": f"P{number:02d}", **row} for number, row in enumerate(cells)])
    order = list(range(len(table)))
    chance.shuffle(order)  # type: ignore[attr-defined]
    register, shuffled = read_register(table), read_register(table.iloc[order])
    assert register.content_sha256 == shuffled.content_sha256
    assert_equal(register, register_from_bytes(register_to_bytes(register)))
    known = register.partners["maximum_schools"].notna()
    low, high = register.partners["maximum_schools_low"], register.partners["maximum_schools_high"]
    assert (register.partners["maximum_schools"][known] == low[known]).all()
    assert (low[known] <= high[known]).all()


@pytest.mark.parametrize("change", ["cost_per_school", "evidence", "preferences", "capacities"])
def test_another_content_has_another_hash(change: str) -> None:
    register = some_register()
    if change == "preferences":
        other = replace(register, preferences=register.preferences.iloc[:-1])
    elif change == "capacities":
        other = replace(register, capacities=register.capacities.assign(fall=2028))
    else:
        value = 1.0 if change == "cost_per_school" else "Other"
        other = replace(register, partners=register.partners.assign(**{change: value}))
    assert other.content_sha256 != register.content_sha256


@cache
def damaged_documents() -> dict[str, bytes]:
    sound = json.loads(register_to_bytes(some_register()))

    def changed(**fields: object) -> bytes:
        return json.dumps({**sound, **fields}).encode()

    without_name = [{name: value for name, value in row.items() if name != "name"} for row in sound["partners"]]
    renamed = [{**row, "name": "Somebody else"} for row in sound["partners"]]
    return {
        "nothing": b"",
        "text": b"partners",
        "not UTF-8": b"\xff\xfe\x00",
        "a pickle": b"\x80\x04\x95",
        "a list": b"[]",
        "deep": b"[" * 200_000,
        "another format": changed(format="feeder-zones register 99"),
        "no partners": changed(partners=None),
        "partners as text": changed(partners="abc"),
        "a column less": changed(partners=without_name),
        "another name": changed(partners=renamed),
        "another hash": changed(content_sha256="0" * 64),
        "odd files": changed(files=[{"name": "x"}]),
        "odd warnings": changed(warnings=[{"x": 1}]),
        "odd capacities": changed(capacities=[{"partner_id": "LP1", "fall": "soon"}]),
    }


@pytest.mark.parametrize("name", damaged_documents())
def test_damaged_bytes_are_refused(name: str) -> None:
    with pytest.raises(InputError) as caught:
        register_from_bytes(damaged_documents()[name])
    (problem,) = caught.value.problems
    assert problem.table == "stored register"
    assert problem.remedy


def test_missing_numbers_are_missing_again() -> None:
    again = register_from_bytes(register_to_bytes(some_register())).partners
    assert np.isnan(again.loc["SP1", "maximum_schools"])
    assert again.loc["SP1", "contract_years"] is pd.NA
    assert again.loc["LP1", "supporting_partners"] == ("SP1",)
