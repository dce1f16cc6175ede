"""Scenarios kept as bytes."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace

import pandas as pd
import pytest

from clustering import InputError, read_scenario, scenario_from_bytes, scenario_to_bytes
from tests.examples.toy_district import toy_flows, toy_scenario, toy_schools


def test_a_scenario_comes_back_as_it_was() -> None:
    schools = toy_schools()
    schools.loc[0, ["lat", "lon"]] = ""
    scenario = toy_scenario(schools)
    data = scenario_to_bytes(scenario)
    back = scenario_from_bytes(data)
    pd.testing.assert_frame_equal(back.schools, scenario.schools)
    pd.testing.assert_frame_equal(back.flows, scenario.flows, check_categorical=False)
    pd.testing.assert_frame_equal(back.performance, scenario.performance)
    assert back.report == scenario.report
    assert scenario_to_bytes(back) == data


def test_years_that_were_added_up_come_back() -> None:
    base = replace(toy_scenario(), pooled_years=(2021, 2022), likely_students=3.5)
    back = scenario_from_bytes(scenario_to_bytes(base))
    assert (back.pooled_years, back.flow_years, back.likely_students) == ((2021, 2022), (2021, 2022), 3.5)


@pytest.mark.parametrize(
    "schools",
    [
        toy_schools()
        .assign(designation=["", *["CSI"] * 10])
        .assign(school_id=lambda table: ["", *table["school_id"][1:]]),
        toy_schools().drop(columns="graduation_rate"),
        toy_schools().assign(designation=lambda table: table["name"].str.len().map("{} letters".format)),
    ],
)
def test_lists_of_any_kind_come_back(schools: pd.DataFrame) -> None:
    # On the list is no school that is listed.
    other = pd.DataFrame({"school_id": ["9999", "0002"], "empty_list": ["CSI", ""]})
    scenario = read_scenario(schools=schools, flows=toy_flows(), performance=other)
    assert "empty_list" not in scenario.performance
    back = scenario_from_bytes(scenario_to_bytes(scenario))
    pd.testing.assert_frame_equal(back.performance, scenario.performance)


def hash_with_list(entries: dict[str, str]) -> str:
    table = pd.DataFrame({"school_id": [*entries], "designation": [*entries.values()]})
    return read_scenario(schools=toy_schools(), flows=toy_flows(), performance=table).content_sha256


def test_the_hash_is_of_what_the_lists_say_of_listed_schools() -> None:
    assert hash_with_list({"0001": "a|b", "0002": "c"}) != hash_with_list({"0001": "a", "0002": "b|c"})
    assert hash_with_list({"0001": "a", "0002": "b"}) != hash_with_list({"0001": "b", "0002": "a"})
    assert hash_with_list({"0001": "a", "0002": "c"}) == hash_with_list({"0002": "c", "9999": "b", "0001": "a"})


def test_other_bytes_are_refused() -> None:
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("format.txt", "something else")
    for data in (b"", b"not an archive", other.getvalue(), scenario_to_bytes(toy_scenario())[:-100]):
        with pytest.raises(InputError, match="stored scenario"):
            scenario_from_bytes(data)


def test_a_changed_table_is_noticed() -> None:
    data = scenario_to_bytes(toy_scenario())
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(changed, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "flows.parquet":
                flows = pd.read_parquet(io.BytesIO(content))
                flows.loc[0, "students"] = 999.0
                buffer = io.BytesIO()
                flows.to_parquet(buffer)
                content = buffer.getvalue()
            target.writestr(name, content)
    with pytest.raises(InputError, match="does not have the hash"):
        scenario_from_bytes(changed.getvalue())
