"""Flows estimated from catchments, on rectangles whose common areas can be worked out by hand."""

from __future__ import annotations

import itertools

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import Geometry, MultiPolygon, Point, Polygon
from shapely.affinity import scale

from clustering.errors import CrsError, InputError
from clustering.flows.catchments.estimate import CatchmentEstimate, estimate_catchment_flows
from tests.examples.toy_catchments import ALBERS, catchments, rectangle, schools

# One elementary school, 4 km by 1 km; two middle schools beyond, M1 on a quarter of it.
ELEMENTARY = ("E", "K-5", "elementary", rectangle(0, 0, 4, 1))
MIDDLE = (
    ("M1", "6-8", "middle", rectangle(-9, -9, 1, 9)),
    ("M2", "6-8", "middle", rectangle(1, -9, 13, 9)),
)
SCHOOLS = schools(E=("K-5", 60), M1=("6-8", 300), M2=("6-8", 300))


def students(estimate: CatchmentEstimate) -> dict[tuple[str, str], object]:
    """Students of each pair; a straight border bends a little from one projection to the other."""
    flows = estimate.flows
    return {
        (origin, destination): pytest.approx(count, abs=1e-4)
        for origin, destination, count in zip(flows["origin"], flows["destination"], flows["students"], strict=True)
    }


def coverage_of(estimate: CatchmentEstimate, school_id: str) -> pd.Series:
    return estimate.coverage.set_index("origin").T[school_id]


def messages(estimate: CatchmentEstimate) -> str:
    assert not any(problem.is_error for problem in estimate.warnings)
    return "\n".join(str(problem) for problem in estimate.warnings)


def test_a_cohort_is_shared_out_by_area() -> None:
    estimate = estimate_catchment_flows(catchments(ELEMENTARY, *MIDDLE), SCHOOLS, year=2022)
    # 60 students in 6 grades: a cohort of 10, a quarter of it to M1.
    assert students(estimate) == {("E", "M1"): 2.5, ("E", "M2"): 7.5}
    assert estimate.unit == "students"
    flows = estimate.flows
    assert list(flows.columns) == [
        *("origin", "destination", "grade", "next_grade", "year", "students", "students_low", "students_high")
    ]
    assert flows[["grade", "next_grade", "year"]].drop_duplicates().to_numpy().tolist() == [[5, 6, 2022]]
    assert (flows["students_low"] == flows["students"]).all()
    assert (flows["students_high"] == flows["students"]).all()
    covered = coverage_of(estimate, "E")
    assert covered[["students", "cohort", "measure", "receivers"]].tolist() == [10, "enrolment", "area", 2]
    assert covered[["covered_share", "overlap_share", "sliver_share"]].tolist() == pytest.approx([1, 0, 0], abs=1e-4)
    assert "equal-area" in estimate.notes[0]


def test_the_cohort_is_the_grades_own_enrolment_where_it_is_known() -> None:
    grade_enrolment = pd.DataFrame(
        {
            "school_id": ["E", "E", "E", "M1", "E"],
            "year": pd.array([2021, 2022, 2022, 2022, None], dtype="Int64"),
            "grade": pd.array([5, 5, 4, 5, 5], dtype="Int64"),
            "students": [8.0, 12.0, 99.0, 77.0, 20.0],
        }
    )
    layer = catchments(ELEMENTARY, *MIDDLE)
    latest = estimate_catchment_flows(layer, SCHOOLS, grade_enrolment=grade_enrolment)
    assert students(latest) == {("E", "M1"): 3.0, ("E", "M2"): 9.0}
    assert coverage_of(latest, "E")["cohort"] == "grade enrolment"
    assert latest.flows["year"].isna().all()
    earlier = estimate_catchment_flows(layer, SCHOOLS, grade_enrolment=grade_enrolment, year=2021)
    assert students(earlier) == {("E", "M1"): 2.0, ("E", "M2"): 6.0}
    without = estimate_catchment_flows(layer, SCHOOLS, grade_enrolment=grade_enrolment, year=2019)
    assert students(without) == {("E", "M1"): 5.0, ("E", "M2"): 15.0}  # of no stated year


def test_without_enrolment_every_school_sends_one_cohort_and_the_unit_says_so() -> None:
    estimate = estimate_catchment_flows(catchments(ELEMENTARY, *MIDDLE), SCHOOLS.assign(enrolment_students=np.nan))
    assert students(estimate) == {("E", "M1"): 0.25, ("E", "M2"): 0.75}
    assert estimate.unit == "shares of one cohort"
    assert "shares of one cohort" in messages(estimate)
    assert "shares of one cohort" in estimate.notes[-1]


def test_an_unknown_cohort_among_known_ones_is_their_median() -> None:
    layer = catchments(
        *((name, "K-5", "elementary", rectangle(1 + place, 0, 2 + place, 1)) for place, name in enumerate("ABCD")),
        *MIDDLE,
    )
    # Cohorts of 10, 20 and 90; D's enrolment of 0 beside a catchment is no enrolment.
    table = schools(A=("K-5", 60), B=("K-5", 120), C=("K-5", 540), D=("K-5", 0), M1=("6-8", None), M2=("6-8", None))
    estimate = estimate_catchment_flows(layer, table)
    assert estimate.unit == "students"
    assert coverage_of(estimate, "D")[["students", "cohort"]].tolist() == [20, "median"]
    assert "number of grades (3), or unknown, taken to be the median (1)." in estimate.notes[-1]
    assert "median of the others (1): D." in messages(estimate)


def test_shares_are_of_the_part_that_is_covered() -> None:
    # M1 on 1 of 4 km, M2 on 2, and nothing beyond: a third and two thirds of what is covered.
    layer = catchments(ELEMENTARY, MIDDLE[0], ("M2", "6-8", "middle", rectangle(1, -9, 3, 9)))
    estimate = estimate_catchment_flows(layer, SCHOOLS)
    assert students(estimate) == {("E", "M1"): 10 / 3, ("E", "M2"): 20 / 3}
    assert coverage_of(estimate, "E")["covered_share"] == pytest.approx(0.75, abs=1e-4)
    assert "less than half" not in messages(estimate)
    alone = estimate_catchment_flows(catchments(ELEMENTARY, MIDDLE[0]), SCHOOLS)
    assert students(alone) == {("E", "M1"): 10}
    assert "less than half of their catchment covered by catchments of the next grade (1): E." in messages(alone)


def test_slivers_are_reassigned_and_reported() -> None:
    # M1 reaches 20 m into 4 km: half a per cent.
    layer = catchments(
        ELEMENTARY,
        ("M1", "6-8", "middle", rectangle(-9, -9, 0.02, 9)),
        ("M2", "6-8", "middle", rectangle(0.02, -9, 13, 9)),
    )
    assert students(estimate_catchment_flows(layer, SCHOOLS)) == {("E", "M2"): 10}
    assert coverage_of(estimate_catchment_flows(layer, SCHOOLS), "E")["sliver_share"] == pytest.approx(0.005, abs=1e-5)
    kept = estimate_catchment_flows(layer, SCHOOLS, minimum_share=0)
    assert students(kept) == {("E", "M1"): 0.05, ("E", "M2"): 9.95}
    assert coverage_of(kept, "E")["sliver_share"] == 0


def test_a_sliver_alone_is_no_destination() -> None:
    """The neighbouring district's school, whose border was drawn twice, must not get everyone."""
    layer = catchments(ELEMENTARY, ("M1", "6-8", "middle", rectangle(-9, -9, 0.02, 9)))
    estimate = estimate_catchment_flows(layer, SCHOOLS)
    assert estimate.flows.empty
    assert coverage_of(estimate, "E")["receivers"] == 0
    assert "nothing is estimated out of them (2): E, M1." in messages(estimate)


def test_islands_count_by_their_area() -> None:
    # 1 square kilometre in M1, 3 in M2.
    shape = MultiPolygon([rectangle(-2, 0, -1, 1), rectangle(5, 0, 8, 1)])
    layer = catchments(("E", "K-5", "elementary", shape), *MIDDLE)
    assert students(estimate_catchment_flows(layer, SCHOOLS)) == {("E", "M1"): 2.5, ("E", "M2"): 7.5}


def test_several_polygons_of_a_school_are_one_catchment_even_where_they_overlap() -> None:
    # Together 0 to 4; the part from 1 to 2 is drawn twice and counts once. The same of M2.
    layer = catchments(
        ("E", "K-5", "elementary", rectangle(0, 0, 2, 1)),
        ("E", "K-5", "elementary", rectangle(1, 0, 4, 1)),
        *MIDDLE,
        ("M2", "6-8", "middle", rectangle(1, -9, 3, 9)),
    )
    estimate = estimate_catchment_flows(layer, SCHOOLS)
    assert students(estimate) == {("E", "M1"): 2.5, ("E", "M2"): 7.5}
    assert coverage_of(estimate, "E")["overlap_share"] == pytest.approx(0, abs=1e-6)


def test_where_receiving_catchments_overlap_each_counts_the_common_part() -> None:
    # M1 covers all 4 km, M2 the 2 km from 2 to 4: 4 and 2 parts of 6.
    layer = catchments(
        ELEMENTARY,
        ("M1", "6-8", "middle", rectangle(-9, -9, 13, 9)),
        ("M2", "6-8", "middle", rectangle(2, -9, 13, 9)),
    )
    estimate = estimate_catchment_flows(layer, SCHOOLS)
    assert students(estimate) == {("E", "M1"): 10 * 4 / 6, ("E", "M2"): 10 * 2 / 6}
    assert coverage_of(estimate, "E")[["covered_share", "overlap_share"]].tolist() == pytest.approx([1, 0.5], abs=1e-4)
    assert "each of which counts the common part (1): E." in messages(estimate)


def test_a_school_that_goes_on_sends_nobody_before_its_end() -> None:
    layer = catchments(
        ("K8", "K-8", "elementary", rectangle(0, 0, 1, 1)),
        ("ALL", "K-12", "elementary", rectangle(1, 0, 2, 1)),
        ("M1", "6-8", "middle", rectangle(0, 0, 9, 9)),
        ("H", "9-12", "high", rectangle(0, 0, 9, 9)),
    )
    table = schools(K8=("K-8", 90), ALL=("K-12", 130), M1=("6-8", 60), H=("9-12", 400))
    estimate = estimate_catchment_flows(layer, table)
    # Into ALL's own ninth grade nobody is sent either: its catchment is not theirs.
    assert students(estimate) == {("K8", "H"): 10, ("M1", "H"): 20 * 81 / 82, ("M1", "ALL"): 20 * 1 / 82}
    assert estimate.flows["grade"].tolist() == [8, 8, 8]


def test_a_catchment_serves_the_grades_of_its_level_where_a_school_has_several() -> None:
    """A K-8 school with a small elementary and a wide middle catchment; a 6-12 school with a wide high one."""
    layer = catchments(
        ("E", "K-5", "elementary", rectangle(0, 0, 1, 1)),
        ("F", "K-4", "elementary", rectangle(1, 0, 2, 1)),
        ("K8", "K-8", "elementary", rectangle(2, 0, 3, 1)),
        ("K8", "K-8", "middle", rectangle(0, 0, 3, 1)),
        ("U", "6-12", "middle", rectangle(3, 0, 4, 1)),
        ("U", "6-12", "high", rectangle(2, 0, 4, 1)),
        ("H", "9-12", "high", rectangle(0, 0, 2, 1)),
    )
    table = schools(E=("K-5", 60), F=("K-4", 50), K8=("K-8", 90), U=("6-12", 70), H=("9-12", 40))
    estimate = estimate_catchment_flows(layer, table)
    assert students(estimate) == {
        ("E", "K8"): 10,
        ("F", "K8"): 10,  # into its fifth grade, where its middle catchment counts as well
        ("K8", "H"): 10 * 2 / 3,  # out of its middle catchment, 3 km wide
        ("K8", "U"): 10 * 1 / 3,
    }
    assert estimate.flows["grade"].tolist() == [5, 4, 8, 8]


def test_a_school_in_one_layer_only_has_its_grades_there_whatever_the_layers_level() -> None:
    layer = catchments(
        ("E", "K-6", "elementary", rectangle(0, 0, 1, 1)),
        ("H", "7-12", "high", rectangle(0, 0, 1, 1)),
    )
    estimate = estimate_catchment_flows(layer, schools(E=("K-6", 70), H=("7-12", 60)))
    assert students(estimate) == {("E", "H"): 10}
    unlevelled = layer.assign(level=pd.Series([None, None], dtype="str"))
    assert students(estimate_catchment_flows(unlevelled, schools(E=("K-6", 70), H=("7-12", 60)))) == {("E", "H"): 10}


def test_a_school_with_a_gap_has_two_final_grades() -> None:
    layer = catchments(
        ("E", "K-2 6-8", None, rectangle(0, 0, 1, 1)),
        ("P", "3-5", None, rectangle(0, 0, 1, 1)),
        ("H", "9-12", None, rectangle(0, 0, 1, 1)),
    )
    table = schools(E=("K-2 6-8", 60), P=("3-5", 30), H=("9-12", 40))
    estimate = estimate_catchment_flows(layer, table)
    rows = estimate.flows[["origin", "destination", "grade"]].to_numpy().tolist()
    assert rows == [["E", "H", 8], ["E", "P", 2], ["P", "E", 5]]
    assert estimate.flows["students"].tolist() == pytest.approx([10, 10, 10])


def test_open_enrolment_is_left_out_on_both_sides_and_named() -> None:
    layer = catchments(ELEMENTARY, *MIDDLE, ("X", "K-8", "elementary", rectangle(0, 0, 4, 1)), open_ids=("X",))
    estimate = estimate_catchment_flows(layer, pd.concat([SCHOOLS, schools(X=("K-8", 90))]))
    assert students(estimate) == {("E", "M1"): 2.5, ("E", "M2"): 7.5}
    assert "X" not in set(estimate.coverage["origin"])
    assert "Schools with open enrolment were left out" in messages(estimate)
    assert "(1): X." in messages(estimate)
    assert "without a catchment" not in messages(estimate)


def test_schools_without_catchment_and_catchments_without_school_are_named() -> None:
    table = pd.concat([SCHOOLS.drop("M2"), schools(Charter=("K-8", 90), NA=("9-12", 10))])
    estimate = estimate_catchment_flows(catchments(ELEMENTARY, *MIDDLE), table)
    assert "without a catchment: nothing is estimated into or out of them (2): Charter, NA." in messages(estimate)
    assert "schools that the schools files do not list (1): M2." in messages(estimate)
    assert students(estimate) == {("E", "M1"): 2.5, ("E", "M2"): 7.5}


def test_a_catchment_of_other_grades_than_its_schools_is_left_out_and_named() -> None:
    layer = catchments(ELEMENTARY, MIDDLE[0], ("M2", "9-12", "high", rectangle(1, -9, 13, 9)))
    estimate = estimate_catchment_flows(layer, SCHOOLS)
    assert students(estimate) == {("E", "M1"): 10}
    assert "serve none of their school's grades, as far as grades are known (1): M2." in messages(estimate)


def test_a_population_counts_instead_of_the_area() -> None:
    points = [Point(500, 500), Point(600, 500), Point(700, 500), Point(3000, 500), Point(90_000, 500)]
    people = gpd.GeoDataFrame(geometry=points, crs=ALBERS)
    layer = catchments(ELEMENTARY, *MIDDLE)
    # Three of the four who live in E live in M1's quarter.
    estimate = estimate_catchment_flows(layer, SCHOOLS, population=people.to_crs("EPSG:3857"))
    assert students(estimate) == {("E", "M1"): 7.5, ("E", "M2"): 2.5}
    assert coverage_of(estimate, "E")["measure"] == "population"
    # 1 + 1 + 1 against 27: a tenth.
    weighted = estimate_catchment_flows(layer, SCHOOLS, population=people.assign(population=[1, 1, 1, 27, 5000]))
    assert students(weighted) == {("E", "M1"): 1, ("E", "M2"): 9}


def test_population_that_no_receiving_catchment_covers_lowers_the_coverage() -> None:
    people = gpd.GeoDataFrame({"students": [3.0, 1.0]}, geometry=[Point(500, 500), Point(3000, 500)], crs=ALBERS)
    estimate = estimate_catchment_flows(catchments(ELEMENTARY, MIDDLE[0]), SCHOOLS, population=people)
    assert students(estimate) == {("E", "M1"): 10}
    assert coverage_of(estimate, "E")["covered_share"] == pytest.approx(0.75)


def test_population_in_two_receiving_catchments_is_covered_once() -> None:
    people = gpd.GeoDataFrame({"students": [3.0, 1.0]}, geometry=[Point(500, 500), Point(3000, 500)], crs=ALBERS)
    layer = catchments(ELEMENTARY, *MIDDLE, ("M3", "6-8", "middle", rectangle(0, 0, 1, 1)))
    estimate = estimate_catchment_flows(layer, SCHOOLS, population=people)
    # 3 in M1 and M3, 1 in M2: of 7 counted.
    assert students(estimate) == {("E", "M1"): 30 / 7, ("E", "M2"): 10 / 7, ("E", "M3"): 30 / 7}
    assert coverage_of(estimate, "E")[["covered_share", "overlap_share"]].tolist() == pytest.approx([1, 0.75])


def test_a_catchment_in_which_nobody_lives_is_shared_out_by_area_and_named() -> None:
    people = gpd.GeoDataFrame({"students": [5.0]}, geometry=[Point(90_000, 500)], crs=ALBERS)
    estimate = estimate_catchment_flows(catchments(ELEMENTARY, *MIDDLE), SCHOOLS, population=people)
    assert students(estimate) == {("E", "M1"): 2.5, ("E", "M2"): 7.5}
    assert coverage_of(estimate, "E")["measure"] == "area"
    assert "none of the population lives were shared out by area (1): E." in messages(estimate)


@pytest.mark.parametrize("count", [-1.0, np.nan, np.inf])
def test_a_population_that_is_no_number_of_people_is_refused(count: float) -> None:
    people = gpd.GeoDataFrame({"students": [1.0, count]}, geometry=[Point(1, 1), Point(2, 2)], crs=ALBERS)
    with pytest.raises(InputError, match="1 points have no usable population.*or take it out"):
        estimate_catchment_flows(catchments(ELEMENTARY, *MIDDLE), SCHOOLS, population=people)
    assert students(estimate_catchment_flows(catchments(ELEMENTARY, *MIDDLE), SCHOOLS, population=people[:1]))


@pytest.mark.parametrize("share", [-0.1, 1.0, float("nan")])
def test_a_least_share_out_of_range_is_refused(share: float) -> None:
    with pytest.raises(InputError, match="minimum_share"):
        estimate_catchment_flows(catchments(ELEMENTARY, *MIDDLE), SCHOOLS, minimum_share=share)


def test_layers_without_coordinate_reference_system_are_refused() -> None:
    layer = catchments(ELEMENTARY, *MIDDLE)
    with pytest.raises(CrsError, match="catchments"):
        estimate_catchment_flows(layer.set_crs(None, allow_override=True), SCHOOLS)
    with pytest.raises(CrsError, match="population"):
        estimate_catchment_flows(layer, SCHOOLS, population=gpd.GeoDataFrame(geometry=[Point(1, 1)]))


def test_no_catchments_at_all_give_no_flows() -> None:
    estimate = estimate_catchment_flows(catchments(ELEMENTARY, *MIDDLE).iloc[:0], SCHOOLS)
    assert estimate.flows.empty
    assert estimate.coverage.empty
    assert "without a catchment: nothing is estimated into or out of them (3): E, M1, M2." in messages(estimate)


def test_invalid_polygons_do_not_stop_the_estimate() -> None:
    # A bow tie, half of it on either side of the border.
    tie = scale(Polygon([(0, 0), (2, 1), (2, 0), (0, 1)]), 1000, 1000, origin=(0, 0))
    estimate = estimate_catchment_flows(catchments(("E", "K-5", "elementary", tie), *MIDDLE), SCHOOLS)
    assert students(estimate) == {("E", "M1"): 5, ("E", "M2"): 5}


def test_catchments_that_touch_along_a_line_as_well_as_overlap() -> None:
    """Their common part is a polygon and a line; only the polygon has an area."""
    step = Polygon([(0, 0), (4000, 0), (4000, 1000), (2000, 1000), (2000, 2000), (0, 2000)])
    hook = Polygon([(1000, 1500), (1000, 5000), (5000, 5000), (5000, 1000), (3000, 1000), (3000, 1500)])
    layer = catchments(("E", "K-5", "elementary", step), ("M1", "6-8", "middle", hook))
    estimate = estimate_catchment_flows(layer, SCHOOLS)
    assert students(estimate) == {("E", "M1"): 10}
    # Half of one of six square kilometres.
    assert coverage_of(estimate, "E")["covered_share"] == pytest.approx(0.5 / 6, abs=1e-4)


@pytest.mark.parametrize("shift_m", [1e-9, 1e-7, 1e-5, 1e-3, 0.1])
def test_borders_that_nearly_coincide_are_overlaid_without_failing(shift_m: float) -> None:
    """A ring of 400 vertices redrawn with every vertex a little aside: the classic trap of overlays."""
    random = np.random.default_rng(3)
    ring = np.asarray(Point(0, 0).buffer(5000, quad_segs=100).exterior.coords)[:-1]
    redrawn = Polygon(ring + random.uniform(-shift_m, shift_m, ring.shape))
    left, right = (redrawn & rectangle(*half) for half in ((-9, -9, 1, 9), (1, -9, 9, 9)))
    layer = catchments(
        ("E", "K-5", "elementary", Polygon(ring)), ("M1", "6-8", "middle", left), ("M2", "6-8", "middle", right)
    )
    estimate = estimate_catchment_flows(layer, SCHOOLS)
    # The part of a disc right of a chord at a fifth of its radius.
    share = (np.arccos(0.2) - 0.2 * np.sqrt(1 - 0.2**2)) / np.pi
    sent = estimate.flows.set_index("destination")["students"]
    assert sent.to_dict() == pytest.approx({"M1": 10 * (1 - share), "M2": 10 * share}, abs=0.01)
    assert coverage_of(estimate, "E")["covered_share"] == pytest.approx(1, abs=1e-3)


def random_layer(seed: int) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """Sixteen elementary catchments on a grid; middle schools on strips of random borders; high schools likewise."""
    random = np.random.default_rng(seed)
    rows: list[tuple[str, str, str | None, Geometry]] = [
        (f"E{x}{y}", "K-5", "elementary", rectangle(x, y, x + 1, y + 1)) for x in range(4) for y in range(4)
    ]
    for prefix, grades, level in (("M", "6-8", "middle"), ("H", "9-12", "high")):
        borders = [0, *sorted(random.uniform(0, 4, 3)), 4]
        rows += [
            (f"{prefix}{place}", grades, level, rectangle(left, 0, right, 4))
            for place, (left, right) in enumerate(itertools.pairwise(borders))
        ]
    table = {row[0]: (row[1], float(random.integers(60, 600))) for row in rows}
    return catchments(*rows), schools(**table)


@pytest.mark.parametrize("seed", range(3))
def test_shares_agree_with_an_overlay_and_add_up_to_each_cohort(seed: int) -> None:
    layer, table = random_layer(seed)
    estimate = estimate_catchment_flows(layer, table, minimum_share=0, capture="none")
    sent = estimate.flows.groupby("origin")["students"].sum()
    cohorts = estimate.coverage.set_index("origin")["students"]
    assert sent.to_dict() == pytest.approx(cohorts.to_dict())
    assert len(cohorts) == 20
    for lower, upper in (("elementary", "middle"), ("middle", "high")):
        common = gpd.overlay(layer[layer["level"] == lower], layer[layer["level"] == upper], how="intersection")
        areas = common.assign(area=common.area).set_index(["school_id_1", "school_id_2"])["area"]
        expected = (areas / areas.groupby(level=0).transform("sum")).mul(cohorts, level=0)
        expected = expected[expected > 1e-6]
        flows = estimate.flows[estimate.flows["origin"].isin(expected.index.get_level_values(0))]
        found = flows.set_index(["origin", "destination"])["students"]
        assert found.to_dict() == pytest.approx(expected.to_dict(), rel=1e-4, abs=1e-3)


def test_neither_the_coordinate_system_nor_the_order_of_rows_matters() -> None:
    layer, table = random_layer(7)
    first = estimate_catchment_flows(layer, table).flows
    for crs in ("EPSG:4326", "EPSG:3857"):
        pd.testing.assert_frame_equal(estimate_catchment_flows(layer.to_crs(crs), table).flows, first, atol=1e-3)
    shuffled = estimate_catchment_flows(layer.sample(frac=1, random_state=1), table.sample(frac=1, random_state=2))
    pd.testing.assert_frame_equal(shuffled.flows, first, rtol=1e-9)
