"""The gravity model: closed forms, invariances, and its error where promotions are known."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal
from scipy.optimize import brentq

from bench.estimates import KnownPromotions, generated, measure, philadelphia, washington
from clustering import InputError
from clustering.flows.comparison import FlowComparison
from clustering.flows.gravity.estimate import GravityEstimate, estimate_gravity_flows
from clustering.flows.gravity.parameters import GravityParameters
from clustering.model.columns import EARTH_RADIUS_KM, FLOW_COLUMNS
from tests.examples.small_state import DEGREE_KM, grade_enrolment, make_schools, random_state

EXACT = GravityParameters(minimum_students=0, minimum_share=0, tolerance=1e-10, maximum_iterations=50_000)
# Two schools are considered: the exponent is twice 0.7.
TWO_SCHOOLS = 1.4


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


def share_of_first(first_km: float, second_km: float) -> float:
    """Share of the first of two schools: the pull falls with the power 1.4 of the distance and 0.3 km."""
    return float(1 / (1 + ((first_km + 0.3) / (second_km + 0.3)) ** TWO_SCHOOLS))


def test_two_by_two_by_hand() -> None:
    # Nobody is crowded: at most 100 * (0.84 + 0.23) students for 100 places, of which 150 would be too many.
    answer = estimate(row_of_schools(*TWO_BY_TWO, **EVEN))
    west, east = 100 * share_of_first(1, 4), 100 * share_of_first(5, 2)
    expected = {("E1", "M1"): west, ("E1", "M2"): 100 - west, ("E2", "M1"): east, ("E2", "M2"): 100 - east}
    assert students(answer) == pytest.approx(expected, abs=0.001)
    assert answer.mean_distance_km == pytest.approx((west + 4 * (100 - west) + 5 * east + 2 * (100 - east)) / 200)
    assert answer.residuals["crowded_schools"].sum() == 0


def test_the_more_schools_the_more_go_to_the_nearest() -> None:
    shares = []
    for count in (2, 4, 12):
        middle = [(f"M{number:02}", "6-8", 1.0 + number) for number in range(count)]
        shares.append(students(estimate(row_of_schools(("E1", "K-5", 0.0), *middle)))["E1", "M00"] / 70)
    # Of twelve schools, the pull falls with the power 8.4: weights 1.3 ** -8.4, 2.3 ** -8.4 and so on.
    weights = (np.arange(12) + 1.3) ** -8.4
    assert shares[2] == pytest.approx(weights[0] / weights.sum(), abs=1e-4)
    assert shares == sorted(shares)


def test_schools_of_other_districts_count_only_where_the_own_has_none() -> None:
    rows = (("E1", "K-5", 0.0), ("M1", "6-8", 1.0), ("M2", "6-8", 40.0), ("E2", "K-5", 2.0), ("E3", "K-5", 3.0))
    schools = row_of_schools(*rows, district_id=["A", "B", "A", "C", None])
    answer = estimate(schools)
    flows = students(answer)
    assert flows["E1", "M2"] == 70  # the own district's, though 40 km away
    assert ("E1", "M1") not in flows
    for sender, first, second in (("E2", 1.0, 38.0), ("E3", 2.0, 37.0)):  # without a school of their own district
        assert flows[sender, "M1"] == pytest.approx(70 * share_of_first(first, second), abs=0.001)
    assert "it has one for 1 of 5 final grades" in "".join(answer.notes)
    anywhere = students(estimate(schools, EXACT.with_changes(own_district_first=False)))
    assert anywhere["E1", "M1"] == pytest.approx(70 * share_of_first(1, 40), abs=0.001)


def test_a_crowded_school_counts_as_farther_away() -> None:
    # 100 leave E1; M1 has 20 places, M2 200, both 1 km away. M1 is crowded beyond 1.5 * 20 = 30 students: it counts as
    # c = T / 30 times as far, and its share is c ** -1.4 / (1 + c ** -1.4).
    schools = row_of_schools(
        ("E1", "K-5", 1.0), ("M1", "6-8", 0.0), ("M2", "6-8", 2.0), enrolment_students=[600, 60, 600]
    )
    crowding = brentq(lambda c: 100 / (1 + c**TWO_SCHOOLS) - 30 * c, 1, 10)
    answer = estimate(schools)
    assert students(answer)["E1", "M1"] == pytest.approx(30 * crowding, abs=0.001)
    assert 30 < 30 * crowding < 50
    assert answer.residuals["crowded_schools"].tolist()[0] == 1
    assert "1 entering grade gets more than 1.5 times the places even so." in answer.notes


def test_a_school_of_unknown_size_is_never_crowded() -> None:
    many = [(f"E{number}", "K-5", 1.0) for number in range(9)]
    answer = estimate(row_of_schools(*many, ("M1", "6-8", 0.0), ("M2", "6-8", 2.0)))
    assert set(students(answer).values()) == {35.0}  # 630 students for 200 assumed places each; half to either
    assert answer.residuals["crowded_schools"].sum() == 0


def test_travel_times_replace_distances() -> None:
    # The median pace of the pairs with times is (10 / 1 + 8 / 4) / 2 = 6 minutes a kilometre: 10 minutes count as
    # 5/3 km and 8 as 4/3. E2 has no times, and keeps its distances.
    schools = row_of_schools(*TWO_BY_TWO)
    times = pd.DataFrame({"origin": ["E1", "E1"], "destination": ["M1", "M2"], "minutes": [10.0, 8.0]})
    flows = students(estimate(schools, travel_times=times))
    assert flows["E1", "M1"] == pytest.approx(70 * share_of_first(10 / 6, 8 / 6), abs=0.001)
    assert flows["E2", "M2"] == pytest.approx(70 * share_of_first(2, 5), abs=0.001)


def test_excluded_receivers_take_nobody_and_still_send() -> None:
    rows = (*TWO_BY_TWO, ("H", "9-12", 3.0))
    flows = students(
        estimate(row_of_schools(*rows, enrolment_students=[600, 300, 300, 600, 800]), excluded_receivers=["M1"])
    )
    assert flows == {("E1", "M2"): 100, ("E2", "M2"): 100, ("M1", "H"): 100, ("M2", "H"): 100}


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
def test_shares_and_crowding_are_in_balance(seed: int) -> None:
    """Recomputed from the flows alone: senders are emptied, and every share follows from who is crowded."""
    schools = random_state(seed)
    flows = estimate(schools, EXACT.with_changes(crowding_limit=0.8)).flows
    leaving = schools.loc[schools.index.str.startswith("E"), "enrolment_students"] / 6
    assert flows.groupby("origin")["students"].sum().to_dict() == pytest.approx(leaving.to_dict(), abs=0.01)
    entering = flows.groupby("destination")["students"].sum()
    places = schools.loc[entering.index, "enrolment_students"] / 3
    crowding = np.maximum(entering / (0.8 * places), 1)
    assert (crowding > 1).any()
    ends = [schools.geometry.loc[flows[end]].reset_index(drop=True) for end in ("origin", "destination")]
    distance = great_circle_km(*ends)
    weight = ((distance + 0.3) * crowding.loc[flows["destination"]].to_numpy()) ** -(0.7 * 5)
    share = weight / weight.groupby(flows["origin"]).transform("sum")
    assert flows["students"].tolist() == pytest.approx(
        (share * leaving.loc[flows["origin"]].to_numpy()).tolist(), abs=0.01
    )


def great_circle_km(first: gpd.GeoSeries, second: gpd.GeoSeries) -> pd.Series:
    """By the haversine formula."""
    latitudes, other = np.radians(first.y), np.radians(second.y)
    half = np.sin((other - latitudes) / 2) ** 2
    half += np.cos(latitudes) * np.cos(other) * np.sin(np.radians(second.x - first.x) / 2) ** 2
    return pd.Series(2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(half)))


def test_small_flows_are_dropped_and_their_students_kept() -> None:
    schools = random_state(5, senders=20, receivers=8)
    everything = estimate(schools)
    answer = estimate(schools, EXACT.with_changes(minimum_students=3, minimum_share=0.1))
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
    parameters = GravityParameters(nearest_schools=3)
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
    assert estimate(schools).schools_without_receivers == ("E2", "M1", "M2")
    assert (
        "540 students leave a final grade. For 470 of them no school is near that students enter at the next grade: one"
        " that offers it and not the grade before."
    ) in estimate(schools).notes


@pytest.mark.parametrize("rows", [[("E1", "K-5", 0.0)], [("E1", "", 0.0)], [("M1", "6-8", 0.0), ("H1", "9-12", 900.0)]])
def test_a_state_without_pairs_has_no_flows(rows: list[tuple[str, str, float]]) -> None:
    answer = estimate(row_of_schools(*rows))
    assert answer.flows.empty
    assert list(answer.flows.columns) == [name for name in FLOW_COLUMNS if name != "kind"]
    assert answer.mean_distance_km is None


def test_every_fault_of_the_parameters_is_told_at_once() -> None:
    with pytest.raises(InputError) as raised:
        GravityParameters(added_km=float("nan"), crowding_limit=0, nearest_schools=0)
    assert {problem.column for problem in raised.value.problems} == {"added_km", "crowding_limit", "nearest_schools"}


def assert_no_worse(known: KnownPromotions) -> tuple[FlowComparison, FlowComparison]:
    """Hold the defaults against the plain rule and the doubly constrained model, by each measure."""
    errors = measure(known)
    model, plain = errors["default"], errors["nearest school"]
    for other in (plain, errors["doubly constrained gravity"]):
        assert model.schools == other.schools
        assert model.misplaced_share <= other.misplaced_share
        assert model.mean_misplaced_share <= other.mean_misplaced_share
        assert model.dominant_agreement >= other.dominant_agreement
    return model, plain


@pytest.mark.parametrize(("count", "seed"), [(300, 11), (600, 12), (900, 13)])
def test_generated_promotions_are_nearer_the_model_than_the_nearest_school(count: int, seed: int) -> None:
    for known in generated(count, seed):
        model, plain = assert_no_worse(known)
        assert model.misplaced_share < 0.75 * plain.misplaced_share


def test_real_promotions_are_nearer_the_model_than_the_nearest_school(shared_data: Path) -> None:
    model, plain = assert_no_worse(washington(shared_data / "dc_2011"))
    assert model.misplaced_share < plain.misplaced_share - 0.02


def test_an_official_chain_is_nearer_the_model_than_the_nearest_school(shared_data: Path) -> None:
    model, plain = assert_no_worse(philadelphia(shared_data / "philadelphia_2015"))
    assert model.dominant_agreement > plain.dominant_agreement
