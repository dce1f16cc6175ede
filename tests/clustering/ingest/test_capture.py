"""Capture from files to shares: who finds no place counts among the promoted, and for no receiver."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import box

from clustering import (
    InputError,
    build_feeder_tables,
    generate_catchment_state,
    read_scenario,
    scenario_from_bytes,
    scenario_to_bytes,
    write_catchment_state,
)

SCHOOLS = pd.DataFrame(
    [
        ("H1", "West High", "9-12", -85.70, 320),
        ("H2", "East High", "9-12", -85.60, 1000),
        ("M1", "West Middle", "6-8", -85.71, 300),
        ("M2", "East Middle", "6-8", -85.61, 300),
    ],
    columns=["school_id", "name", "grades", "longitude", "enrolment"],
).assign(latitude=38.2)
WEST, EAST = box(-85.8, 38.1, -85.65, 38.3), box(-85.65, 38.1, -85.5, 38.3)
CATCHMENTS = gpd.GeoDataFrame(
    {"school_id": ["H1", "H2", "M1", "M2"], "level": ["high", "high", "middle", "middle"]},
    geometry=[WEST, EAST, WEST, EAST],
    crs="EPSG:4326",
)


def test_who_finds_no_place_stays_in_the_denominator() -> None:
    scenario = read_scenario(schools=SCHOOLS, catchments=CATCHMENTS)
    # 100 students leave West Middle, and West High has 80 in a grade.
    assert scenario.report.flow_rows == {"feeding": 2, "unknown destination": 1}
    tables = build_feeder_tables(scenario)
    links = tables.links.set_index("origin")
    assert links["send_share"].to_dict() == pytest.approx({"M1": 0.8, "M2": 1.0}, abs=1e-3)
    assert links["receive_share"].tolist() == pytest.approx([1, 1])
    assert tables.totals.loc["M1", "promoted_students"] == pytest.approx(100)
    assert tables.totals["exit_students"].sum() == 0
    assert tables.totals.loc["H1", "entering_students"] == pytest.approx(80)
    told = "By address 100 students would enter grade 9 of West High (H1), which has 80: 20% are taken to go elsewhere."
    assert told in " ".join(scenario.report.basis.details)
    again = scenario_from_bytes(scenario_to_bytes(scenario))
    pd.testing.assert_frame_equal(again.flows, scenario.flows)


def test_the_user_may_take_everybody_to_attend_the_school_of_the_address() -> None:
    scenario = read_scenario(schools=SCHOOLS, catchments=CATCHMENTS, capture="none")
    assert scenario.report.flow_rows == {"feeding": 2}
    with pytest.raises(InputError) as refused:
        read_scenario(schools=SCHOOLS, catchments=CATCHMENTS, capture="half")
    (problem,) = refused.value.problems
    assert (problem.column, problem.value) == ("capture", "half")


def test_counted_flows_are_never_changed_by_it() -> None:
    counted = pd.DataFrame({"origin": ["M1"], "destination": ["H1"], "students": [100]})
    scenario = read_scenario(schools=SCHOOLS, catchments=CATCHMENTS, flows=counted)
    assert scenario.flows["students"].tolist() == [100]


def test_send_shares_of_a_generated_state_are_nearer_to_the_true_ones(tmp_path: Path) -> None:
    state = generate_catchment_state(districts=5, seed=11, choice_share=0.4)
    files = write_catchment_state(state, tmp_path)
    promoted = state.paths.groupby("origin")["students"].sum()
    entered = state.paths["via"].fillna(state.paths["destination"])
    known = state.paths["students"].groupby([state.paths["origin"], entered]).sum()
    true_share = known / promoted.reindex(known.index.get_level_values(0)).to_numpy()

    def error(capture: str) -> float:
        """Mean distance of estimated send shares from true ones."""
        scenario = read_scenario(
            schools=[files["schools"], files["membership"]], catchments=files["catchments"], capture=capture
        )
        links = build_feeder_tables(scenario).links.set_index(["origin", "destination"])["send_share"]
        return float(np.abs(links - true_share.reindex(links.index).fillna(0)).mean())

    # Four in ten families choose, so that a tenth and more of every share goes elsewhere.
    assert error("places") < 0.6 * error("none")
