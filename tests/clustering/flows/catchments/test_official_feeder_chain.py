"""A district's feeder rights, read from a layer of a few rectangles."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
from shapely import box

from clustering.errors import InputError
from clustering.flows.catchments.official_feeder_chain import official_chain_flows
from tests.examples.toy_catchments import ALBERS, rectangle


def test_the_official_chain_of_a_layer() -> None:
    # E leaves after 1 for M on 3 square kilometres, for H at once on 1; M leaves after 2 for H.
    cells = pd.DataFrame(
        {
            "GR_ID_K": ["E", "E", "F", ""],
            "GR_ID_01": ["E", "E", "F", "0X"],
            "GR_ID_02": ["M", "H", "F", "0X"],
            "GR_ID_03": ["H", "H", "", "H"],
            "note": ["", "", "", ""],
        }
    ).astype("category")
    shapes = [rectangle(0, 0, 3, 1), rectangle(3, 0, 4, 1), rectangle(4, 0, 5, 1), rectangle(5, 0, 6, 1)]
    chain = official_chain_flows(cells, gpd.GeoSeries(shapes, crs=ALBERS).to_crs("EPSG:4326").to_numpy())
    assert chain.drop(columns=["area_share", "students"]).to_numpy().tolist() == [
        ["0X", "H", 2, 3, 1],
        ["E", "H", 1, 2, 1],
        ["E", "M", 1, 2, 1],
        ["M", "H", 2, 3, 1],
    ]
    assert chain["area_share"].tolist() == pytest.approx([1, 0.25, 0.75, 1], abs=1e-4)
    assert chain["students"].equals(chain["area_share"].rename("students"))


def test_a_layer_without_the_school_of_each_grade_has_no_chain() -> None:
    with pytest.raises(InputError, match="does not say the school of each grade"):
        official_chain_flows(pd.DataFrame({"GR_ID_K": ["E"], "school": ["E"]}), [rectangle(0, 0, 1, 1)])
    grades = pd.DataFrame({"GR_ID_K": ["E"], "GR_ID_01": ["M"]})
    assert official_chain_flows(grades, [box(-98, 38, -97, 39)])["destination"].tolist() == ["M"]
