"""Files without a known column of identifiers: which option their message names."""

from __future__ import annotations

import pandas as pd
import pytest

from clustering import InputError, read_scenario


def schools(ids: list[str]) -> pd.DataFrame:
    places = {"lat": ["42.1", "42.2", "42.3"], "lon": ["-71.1", "-71.2", "-71.3"], "grades": ["9-12"] * 3}
    return pd.DataFrame({"school_id": ids, "name": ["Alder High", "Birch High", "Cedar High"], **places})


@pytest.mark.parametrize(
    ("ids", "columns", "option"),
    [
        (["4058", "4059", "4060"], {"bcode": ["4058", "4059", "4060"]}, "bcode"),
        (["4058", "4059", "4060"], {"Org No": ["D1", "D1", "D2"], "Unit": ["4058", "4059", "4060"]}, "Unit"),
        (
            ["0100005", "0100010", "0200005"],
            {"system": ["010", "010", "020"], "school": ["0005", "0010", "0005"]},
            "system+school",
        ),
        (
            ["01-018-001", "01-018-002", "01-019-001"],
            {"COUNTY": ["01"] * 3, "DISTRICT": ["018", "018", "019"], "SCHOOL": ["001", "002", "001"]},
            "COUNTY+DISTRICT+SCHOOL",
        ),
        (
            ["001510", "001511", "002510"],
            {
                "District Code": ["001", "001", "002"],
                "Location Code": ["510", "511", "510"],
                "School": ["Alder High", "Birch High", "Cedar High"],
            },
            "District Code+Location Code",
        ),
    ],
)
def test_the_columns_that_have_identifiers_of_listed_schools_are_named(
    ids: list[str], columns: dict[str, list[str]], option: str
) -> None:
    rates = pd.DataFrame({**columns, "graduation_rate": ["61", "55.5", "80"]})
    with pytest.raises(InputError) as caught:
        read_scenario(schools=schools(ids), performance=rates, require_flows=False)
    (problem,) = caught.value.problems
    assert f"Set performance:columns.school_id={option}, which has identifiers of the schools files" in problem.remedy
    options = {"performance": {"columns": {"school_id": option}}}
    scenario = read_scenario(schools=schools(ids), performance=rates, require_flows=False, options=options)
    found = dict(zip(scenario.rates["school_id"], scenario.rates["exact"], strict=True))
    assert found == dict(zip(ids, (0.61, 0.555, 0.8), strict=True))
