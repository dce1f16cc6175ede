"""The gravity model: sums, closed forms, invariances, and its error where promotions are known."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from clustering import InputError, Scenario, read_scenario, suppress_flows
from clustering.flows.cohorts import build_cohorts
from clustering.flows.comparison import compare_flows
from clustering.flows.gravity.estimate import GravityEstimate, estimate_gravity_flows
from clustering.flows.gravity.neighbours import pair_neighbours
from clustering.flows.gravity.parameters import GravityParameters
from clustering.model.columns import FLOW_COLUMNS
from tests.examples.small_state import DEGREE_KM, grade_enrolment, make_schools, random_state

EXACT = GravityParameters(minimum_students=0, minimum_share=0, tolerance=1e-10, maximum_iterations=50_000)


def estimate(schools: gpd.GeoDataFrame, parameters: GravityParameters = EXACT, **given: Any) -> GravityEstimate:
    return estimate_gravity_flows(schools, parameters=parameters, **given)


def students(answer: GravityEstimate) -> dict[tuple[str, str], float]:
    flows = answer.flows
    return dict(zip(zip(flows["origin"], flows["destination"], strict=True), flows["students"], strict=True))


def row_of_schools(*kilometres: tuple[str, str, float], **columns: Any) -> gpd.GeoDataFrame:
    """Schools along a meridian, by their distance from the equator."""
    return make_schools(*[(name, grades, 0.0, km / DEGREE_KM) for name, grades, km in kilometres], **columns)


TWO_BY_TWO = (("E1", "K-5", 0.0), ("M1", "6-8", 1.0), ("M2", "6-8", 4.0), ("E2", "K-5", 6.0))
# 600 pupils in six grades and 300 in three: 100 leave each, and 100 places in each.
EVEN = {"enrolment_students": [600, 300, 300, 600]}


def test_two_by_two_by_hand() -> None:
    # Distances 1 and 4 from E1, 5 and 2 from E2: a cross ratio of exp(-(1 + 2 - 4 - 5) / scale) = exp(6 / scale).
    answer = estimate(row_of_schools(*TWO_BY_TWO, **EVEN), EXACT.with_changes(scale_km=3.0))
    near = 100 * np.exp(1) / (1 + np.exp(1))  # the root of exp(2) is exp(1)
    expected = {("E1", "M1"): near, ("E1", "M2"): 100 - near, ("E2", "M1"): 100 - near, ("E2", "M2"): near}
    assert students(answer) == pytest.approx(expected, abs=0.001)
    assert answer.mean_distance_km == pytest.approx((near * 3 + (100 - near) * 9) / 200)


def test_a_power_of_distance_by_hand() -> None:
    # Cross ratio (1 * 2 / (4 * 5)) ** -2 = 100: ten to one.
    answer = estimate(row_of_schools(*TWO_BY_TWO, **EVEN), EXACT.with_changes(decay="power", exponent=2.0))
    assert students(answer)["E1", "M1"] == pytest.approx(1000 / 11, abs=0.001)


def test_a_school_of_the_same_district_pulls_more() -> None:
    # The weight of 9 counts once for each pair on the diagonal: the cross ratio is 81 times as great, its root 9 times.
    schools = row_of_schools(*TWO_BY_TWO, **EVEN, district_id=["A", "A", "B", "B"])
    answer = estimate(schools, EXACT.with_changes(scale_km=3.0, same_district_weight=9.0))
    assert students(answer)["E1", "M1"] == pytest.approx(100 * 9 * np.exp(1) / (1 + 9 * np.exp(1)), abs=0.001)


def test_short_distances_count_as_the_minimum() -> None:
    # From E1 0 and 0.4 km: both count as 0.5, so the two equal schools share alike.
    schools = row_of_schools(("E1", "K-5", 0.0), ("M1", "6-8", 0.0), ("M2", "6-8", 0.4))
    assert len(set(students(estimate(schools, EXACT.with_changes(decay="power"))).values())) == 1
    apart = students(
        estimate(schools, EXACT.with_changes(decay="power", minimum_km=0.1, exponent=1.0, nearest_schools=1))
    )
    assert set(apart) == {("E1", "M1"), ("E1", "M2")}  # each is paired with its nearest


def test_the_flow_table_is_that_of_all_flows() -> None:
    schools = row_of_schools(("E1", "K-5", 0.0), ("M1", "6-8", 1.0), ("H1", "9-12", 2.0), ("K8", "K-8", 3.0))
    flows = estimate(schools).flows
    assert list(flows.columns) == [name for name in FLOW_COLUMNS if name != "kind"]
    assert flows[["origin", "destination", "grade", "next_grade"]].to_numpy().tolist() == [
        ["E1", "M1", 5, 6],
        ["K8", "H1", 8, 9],
        ["M1", "H1", 8, 9],
    ]
    assert flows["year"].isna().all()
    assert {str(flows[name].dtype) for name in ("grade", "next_grade", "year")} == {"Int64"}
    assert (flows["students_low"] == flows["students"]).all()
    assert (flows["students_high"] == flows["students"]).all()


@pytest.mark.parametrize("seed", range(4))
def test_senders_are_emptied_and_receivers_filled_in_proportion(seed: int) -> None:
    schools = random_state(seed)
    answer = estimate(schools, EXACT.with_changes(scale_km=4.0, nearest_schools=100))
    leaving = schools.loc[schools.index.str.startswith("E"), "enrolment_students"] / 6
    places = schools.loc[schools.index.str.startswith("M"), "enrolment_students"] / 3
    by_sender = answer.flows.groupby("origin")["students"].sum()
    by_receiver = answer.flows.groupby("destination")["students"].sum()
    assert by_sender.to_dict() == pytest.approx(leaving.to_dict(), abs=0.01)
    assert by_receiver.to_dict() == pytest.approx((places * leaving.sum() / places.sum()).to_dict(), abs=0.02)
    assert answer.residuals.set_index("next_grade").loc[6, "misplaced_share"] == pytest.approx(0, abs=1e-6)


def test_small_flows_are_dropped_and_their_students_kept() -> None:
    schools = random_state(5, senders=20, receivers=8)
    everything = estimate(schools, EXACT.with_changes(scale_km=2.0))
    answer = estimate(schools, EXACT.with_changes(scale_km=2.0, minimum_students=3, minimum_share=0.1))
    total = answer.flows.groupby("origin")["students"].transform("sum")
    assert len(answer.flows) < len(everything.flows)
    assert (answer.flows["students"] >= np.maximum(3, 0.1 * total) - 0.001).all()
    sums = [flows.groupby("origin")["students"].sum().to_dict() for flows in (everything.flows, answer.flows)]
    assert sums[1] == pytest.approx(sums[0], abs=0.01)


def test_the_largest_flow_stays_however_small() -> None:
    schools = row_of_schools(("E1", "K-5", 0.0), ("M1", "6-8", 1.0), ("M2", "6-8", 4.0))
    told = grade_enrolment(("E1", 2022, 5, 0.4), ("M1", 2022, 6, 50), ("M2", 2022, 6, 20))
    answer = estimate(schools, GravityParameters(), grade_enrolment=told)
    assert students(answer) == {("E1", "M1"): 0.4}


@pytest.mark.parametrize("seed", range(3))
def test_row_order_names_and_the_meridian_chosen_change_nothing(seed: int) -> None:
    schools = random_state(seed, senders=25, receivers=10)
    parameters = GravityParameters(nearest_schools=3, scale_km=3.0)
    flows = estimate(schools, parameters).flows
    shuffled = schools.sample(frac=1, random_state=seed)
    assert_frame_equal(estimate(shuffled, parameters).flows, flows)
    # Turned about the Earth's axis until the schools lie on both sides of the antimeridian.
    turned = schools.set_geometry(
        gpd.points_from_xy((schools.geometry.x + 360) % 360 - 180, schools.geometry.y, crs="EPSG:4326")
    )
    assert {True, False} == set(turned.geometry.x > 0)
    assert_frame_equal(estimate(turned, parameters).flows, flows, rtol=0, atol=0.002)
    names = dict(zip(schools.index, shuffled.index.str.replace("E", "A").str.replace("M", "0"), strict=True))
    renamed = estimate(schools.rename(index=names), parameters).flows
    expected = flows.assign(origin=flows["origin"].map(names), destination=flows["destination"].map(names))
    expected = expected.sort_values(["origin", "destination"], ignore_index=True)
    assert_frame_equal(renamed, expected, rtol=0, atol=0.002)


def test_inputs_are_left_as_they_were() -> None:
    schools = random_state(1)
    before = schools.copy()
    estimate(schools, GravityParameters())
    assert_frame_equal(pd.DataFrame(schools), pd.DataFrame(before))


@settings(max_examples=25)
@given(seed=st.integers(0, 1_000), scales=st.lists(st.floats(0.3, 50), min_size=2, max_size=2, unique=True))
def test_a_larger_scale_sends_students_farther(seed: int, scales: list[float]) -> None:
    schools = random_state(seed, senders=8, receivers=4)
    parameters = EXACT.with_changes(nearest_schools=100, tolerance=1e-7, maximum_iterations=5_000)
    near, far = (
        estimate(schools, parameters.with_changes(scale_km=scale)).mean_distance_km for scale in sorted(scales)
    )
    assert near <= far + 1e-3


def test_schools_without_a_place_are_named() -> None:
    schools = make_schools(
        ("E1", "K-5", 0.0, 0.0),
        ("E2", "K-5", np.nan, np.nan),
        ("E3", "K-5", np.nan, np.nan),
        ("M1", "6-8", 0.0, 0.01),
        status=["open", "open", "closed", "open"],
    )
    answer = estimate(schools)
    assert answer.schools_without_coordinates == ("E2",)
    assert "Left out for lack of coordinates: 1 school (E2)." in answer.notes
    assert set(students(answer)) == {("E1", "M1")}


def test_students_whom_no_school_is_near_are_told() -> None:
    schools = row_of_schools(("E1", "K-5", 0.0), ("E2", "K-5", 500.0), ("M1", "6-8", 1.0), ("M2", "6-8", 900.0))
    residuals = estimate(schools).residuals.set_index("next_grade")
    six = residuals.loc[6]
    assert (six["leaving_students"], six["sending_schools"]) == (140, 2)
    assert (six["unplaced_students"], six["unplaced_schools"]) == (70, 1)
    assert (six["receiving_schools"], six["unreached_schools"]) == (2, 1)
    # Grade 9 is not offered: both middle schools' leavers have nowhere to go.
    assert residuals.loc[9, "unplaced_students"] == 400
    assert np.isnan(residuals.loc[9, "misplaced_share"])
    assert "540 students leave a final grade. For 470 of them there is no school of the next grade nearby." in "".join(
        estimate(schools).notes
    )


@pytest.mark.parametrize("rows", [[("E1", "K-5", 0.0)], [("E1", "", 0.0)], [("M1", "6-8", 0.0), ("H1", "9-12", 900.0)]])
def test_a_state_without_pairs_has_no_flows(rows: list[tuple[str, str, float]]) -> None:
    answer = estimate(row_of_schools(*rows))
    assert answer.flows.empty
    assert list(answer.flows.columns) == [name for name in FLOW_COLUMNS if name != "kind"]
    assert answer.mean_distance_km is None


def test_every_fault_of_the_parameters_is_told_at_once() -> None:
    with pytest.raises(InputError) as raised:
        GravityParameters(scale_km=float("nan"), minimum_km=90, decay="linear", nearest_schools=0)
    assert {problem.column for problem in raised.value.problems} == {
        "scale_km",
        "nearest_schools",
        "minimum_km",
        "decay",
    }


@pytest.fixture(scope="module")
def washington(shared_data: Path) -> Scenario:
    folder = shared_data / "dc_2011"
    return read_scenario(schools=[folder / "schools.csv"], flows=[folder / "promotions.csv"])


def test_real_promotions_are_nearer_the_model_than_size_alone(washington: Scenario) -> None:
    """The least that a model of distance owes: less error than places without distance, with the same cohorts."""
    schools, known = washington.schools, washington.flows
    everywhere = GravityParameters(nearest_schools=1_000)
    cohorts = build_cohorts(schools, None, everywhere)
    pairs = pair_neighbours(cohorts.leaving, cohorts.entering, schools, everywhere)
    by_size = pd.DataFrame(
        {
            "origin": cohorts.leaving["school_id"].to_numpy()[pairs["sender"]],
            "destination": cohorts.entering["school_id"].to_numpy()[pairs["receiver"]],
            "students": cohorts.entering["students"].to_numpy()[pairs["receiver"]],
        }
    )
    recorded = suppress_flows(known[known["kind"] == "feeding"])
    blind = compare_flows(by_size, recorded, schools["level"])
    for parameters in (GravityParameters(), GravityParameters(fit_to_known_flows=False)):
        error = estimate(schools, parameters, known_flows=known).comparison
        assert error is not None
        assert error.schools == blind.schools
        assert error.misplaced_share < 0.75 * blind.misplaced_share
        assert error.dominant_agreement > 2 * blind.dominant_agreement


def test_known_grade_enrolment_brings_the_model_nearer_to_real_promotions(washington: Scenario) -> None:
    """The pupils recorded in each grade stand in for a membership file, which most states have."""
    schools, known = washington.schools, washington.flows
    protected = suppress_flows(known)
    middle = (protected["students_low"] + protected["students_high"]) / 2
    counted = protected.assign(students=protected["students"].fillna(middle)).dropna(subset="grade")
    told = counted.groupby(["origin", "year", "grade"])["students"].sum().reset_index()
    answers = [
        estimate(schools, GravityParameters(), known_flows=known, grade_enrolment=membership).comparison
        for membership in (None, told.rename(columns={"origin": "school_id"}))
    ]
    assert answers[1].misplaced_share < answers[0].misplaced_share
    assert answers[1].dominant_agreement > answers[0].dominant_agreement
