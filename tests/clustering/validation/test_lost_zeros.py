"""Zeros lost in one of two files or in some rows of one; the option that each message names restores them."""

from __future__ import annotations

import re
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
from shapely import box

from clustering import InputError, Scenario, read_scenario

OPTION = re.compile(r"(?:\*:)?identifier_digits=\d+")


def read(schools: list[str], **files: Any) -> Scenario:
    options = files.pop("options", ())
    grades = ["K-8", *["9-12"] * (len(schools) - 1)]
    table = pd.DataFrame({"school_id": schools, "grades": grades})
    return read_scenario(schools=table, require_flows=False, options=options, **files)


def layer(ids: list[str]) -> gpd.GeoDataFrame:
    shapes = [box(-80, 40, -79.9, 40.1)] * len(ids)
    return gpd.GeoDataFrame({"school_id": ids, "level": ["elementary", "high"]}, geometry=shapes, crs="EPSG:4326")


def flows(*pairs: tuple[str, str]) -> pd.DataFrame:
    return pd.DataFrame(pairs, columns=["origin", "destination"]).assign(students="20")


CASES: dict[str, tuple[list[str], dict[str, Any]]] = {
    "catchments": (["018", "119"], {"catchments": layer(["18", "119"])}),
    "rates": (["000018", "000119"], {"performance": pd.DataFrame({"id": ["18"], "graduation_rate": ["5"]})}),
    "flows": (["018", "119"], {"flows": flows(("18", "119"))}),
    "a matrix": (["018", "119"], {"flows": pd.DataFrame({"origin": ["119"], "18": ["20"], "119": ["30"]})}),
    "schools": (["18", "119"], {"flows": flows(("018", "119"))}),
    "all schools": (["18", "19"], {"flows": flows(("018", "019"))}),
    "ten zeros": (["00000000018", "10000000018"], {"flows": flows(("18", "10000000018"))}),
    "travel times": (
        ["018", "119"],
        {"travel_times": pd.DataFrame({"origin": ["18"], "destination": ["119"], "minutes": ["9"]})},
    ),
}


@pytest.mark.parametrize(("schools", "files"), CASES.values(), ids=CASES)
def test_the_option_that_the_message_names_works(schools: list[str], files: dict[str, Any]) -> None:
    with pytest.raises(InputError) as caught:
        read(schools, **files)
    options = {found.group() for each in caught.value.problems if (found := OPTION.search(each.remedy or ""))}
    assert len(options) == 1
    digits = max(len(each) for each in [*schools, "018"])
    assert read(schools, options=options, **files).schools.index.str.len().unique().tolist() == [digits]


def test_no_option_is_named_that_would_change_other_identifiers() -> None:
    with pytest.raises(InputError) as caught:
        read(["18", "0119"], flows=flows(("119", "18")))
    (problem,) = caught.value.problems
    assert problem.remedy.startswith("Format the column as text")


@pytest.mark.parametrize(
    ("ids", "warning"),
    [
        (["1611190106401", "1611190106402", "19647330106403"], "13 and 14 digits (2 records have fewer than 14"),
        (["161119010640", "1611190106402", "19647330106403"], "12 to 14 digits"),
        (["01611190106401", "19647330106403", "1611190106402"], None),  # zeros are kept in this file
        (["900", "1000"], None),  # plain numbers
        (["5201", "19647330106403"], None),  # two kinds
        (["A1611190106401", "19647330106403"], None),
    ],
)
def test_identifiers_of_uneven_length_in_one_file(ids: list[str], warning: str | None) -> None:
    found = [each for each in read(ids).report.warnings if "zeros in front may be lost" in each.message]
    assert len(found) == (warning is not None)
    if warning is not None:
        assert warning in found[0].message
        option = OPTION.search(found[0].remedy)
        assert option is not None
        assert set(read(ids, options=[option.group()]).schools.index.str.len()) == {14}
