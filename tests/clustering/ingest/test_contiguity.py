"""Which catchments touch: squares drawn by hand, slivers, levels, long edges, and what a Scenario keeps of it."""

from __future__ import annotations

import itertools
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import Geometry, MultiPolygon, Polygon, box

from clustering import (
    NamedFile,
    Scenario,
    read_scenario,
    report_document,
    report_with_counts,
    scenario_from_bytes,
    scenario_to_bytes,
    with_crosswalk,
)
from clustering.ingest.contiguity import catchment_contiguity
from clustering.ingest.fingerprint import hash_tables
from clustering.model.columns import CONTIGUITY_COLUMNS
from tests.examples.sound_files import catchments as catchment_file
from tests.examples.sound_files import old_flows, with_cell
from tests.examples.toy_catchments import catchments, rectangle
from tests.examples.toy_district import toy_flows, toy_scenario, toy_schools

LISTED = pd.Index([f"{letter}{number}" for letter in "ABCDEMS" for number in ("", *range(60))])


def of_shapes(**shapes: Geometry) -> gpd.GeoDataFrame:
    """Catchments of one level, their sides in kilometres."""
    return catchments(*((school, "K-5", None, shape) for school, shape in shapes.items())).to_crs("EPSG:4326")


def of_degrees(**shapes: Geometry) -> gpd.GeoDataFrame:
    return (
        of_shapes(**shapes).set_crs("EPSG:4326", allow_override=True).set_geometry([*shapes.values()], crs="EPSG:4326")
    )


def neighbours(layer: gpd.GeoDataFrame, listed: pd.Index = LISTED) -> dict[str, set[str]]:
    """Neighbours of each school with a catchment; none for an island, which has a row of its own and no other."""
    table = catchment_contiguity(layer, listed)
    assert tuple(table.columns) == CONTIGUITY_COLUMNS
    assert (table.dtypes == "str").all()
    pd.testing.assert_frame_equal(table, table.sort_values(list(CONTIGUITY_COLUMNS), ignore_index=True))
    assert not table.duplicated().any()
    pairs = set(table.dropna().itertuples(index=False, name=None))
    assert {(other, school) for school, other in pairs} == pairs
    found: dict[str, set[str]] = {school: set() for school in table["school_id"]}
    for school, other in pairs:
        assert school != other
        found[school].add(other)
    alone = table.loc[table["neighbour_id"].isna(), "school_id"]
    assert set(alone) == {school for school, others in found.items() if not others}
    return found


def square(left: float, bottom: float) -> Geometry:
    return rectangle(left, bottom, left + 1, bottom + 1)


def test_a_grid_of_four_and_an_island() -> None:
    layer = of_shapes(A=square(0, 0), B=square(1, 0), C=square(0, 1), D=square(1, 1), E=square(5, 5))
    four = set("ABCD")
    assert neighbours(layer) == {**{school: four - {school} for school in four}, "E": set()}


def test_the_table_row_by_row() -> None:
    table = catchment_contiguity(of_shapes(E=square(5, 5), B=square(1, 0), A=square(0, 0)), LISTED)
    assert table.fillna("none").to_numpy().tolist() == [["A", "B"], ["B", "A"], ["E", "none"]]


def test_a_corner_is_enough() -> None:
    assert neighbours(of_shapes(A=square(0, 0), B=square(1, 1))) == {"A": {"B"}, "B": {"A"}}


@pytest.mark.parametrize(("gap_metres", "touch"), [(0, True), (5, True), (18, True), (22, False), (500, False)])
def test_gaps_as_wide_as_a_street_do_not_part_catchments(gap_metres: float, touch: bool) -> None:
    found = neighbours(of_shapes(A=square(0, 0), B=square(1 + gap_metres / 1000, 0)))
    assert found == ({"A": {"B"}, "B": {"A"}} if touch else {"A": set(), "B": set()})


def test_borders_that_cross_by_some_metres_touch() -> None:
    wavy = Polygon([(990, 0), (2000, 0), (2000, 1000), (1010, 1000), (1005, 500)])
    assert neighbours(of_shapes(A=square(0, 0), B=wavy)) == {"A": {"B"}, "B": {"A"}}


def test_elementary_catchments_are_contiguous_with_the_middle_school_they_lie_in_and_not_thereby_with_each_other() -> (
    None
):
    layer = catchments(
        ("A", "K-5", "elementary", square(1, 1)),
        ("B", "K-5", "elementary", square(5, 5)),
        ("M", "6-8", "middle", rectangle(0, 0, 10, 10)),
    ).to_crs("EPSG:4326")
    assert neighbours(layer) == {"A": {"M"}, "B": {"M"}, "M": {"A", "B"}}


def test_a_catchment_around_another_touches_it() -> None:
    ring = rectangle(0, 0, 9, 9).difference(square(4, 4))
    assert neighbours(of_shapes(A=square(4, 4), B=ring)) == {"A": {"B"}, "B": {"A"}}


def test_a_school_with_several_polygons_is_one() -> None:
    layer = catchments(
        ("S", "K-5", "elementary", square(0, 0)),
        ("S", "6-8", "middle", rectangle(0, 0, 2, 2)),
        ("S", "6-8", "middle", square(20, 20)),
        ("A", "K-5", "elementary", square(2, 2)),
        ("B", "K-5", "elementary", square(21, 20)),
    ).to_crs("EPSG:4326")
    assert neighbours(layer) == {"S": {"A", "B"}, "A": {"S"}, "B": {"S"}}


def test_a_school_whose_own_polygons_touch_is_an_island_all_the_same() -> None:
    layer = catchments(("S", "K-5", None, square(0, 0)), ("S", "6-8", None, square(1, 0))).to_crs("EPSG:4326")
    assert neighbours(layer) == {"S": set()}


def test_a_catchment_of_two_parts_touches_with_either() -> None:
    parts = MultiPolygon([square(0, 0), square(8, 0)])
    assert neighbours(of_shapes(A=parts, B=square(9, 0), C=square(4, 0))) == {"A": {"B"}, "B": {"A"}, "C": set()}


@pytest.mark.parametrize(("bottom", "top"), [(41.0, 41.3), (39.7, 40.0)])
def test_corners_on_a_long_edge_stay_on_it(bottom: float, top: float) -> None:
    # Two degrees are 168 km; in the middle of the edge a straight line of the projection passes 480 m off the parallel:
    # length ** 2 / (8 * radius of the Earth) * tan(latitude).
    layer = of_degrees(A=box(-100, 40, -98, 41), B=box(-99.1, bottom, -98.9, top))
    assert neighbours(layer) == {"A": {"B"}, "B": {"A"}}


def test_the_antimeridian_parts_nobody() -> None:
    layer = of_degrees(
        A=box(179.9, 51.8, 180, 51.9), B=box(-180, 51.8, -179.9, 51.9), C=box(-179.8, 51.8, -179.7, 51.9)
    )
    assert neighbours(layer) == {"A": {"B"}, "B": {"A"}, "C": set()}


def test_open_enrolment_and_schools_that_are_not_listed_are_left_out() -> None:
    layer = catchments(
        ("A", "K-5", None, square(0, 0)),
        ("B", "K-5", None, square(1, 0)),
        ("C", "K-5", None, rectangle(-5, -5, 5, 5)),
        open_ids=("C",),
    ).to_crs("EPSG:4326")
    assert neighbours(layer) == {"A": {"B"}, "B": {"A"}}
    assert neighbours(layer, pd.Index(["A"])) == {"A": set()}
    assert neighbours(layer, pd.Index(["Z"])) == {}


def test_rectangles_at_random_touch_when_their_sides_say_so() -> None:
    chance = np.random.default_rng(3)
    corner, side = chance.integers(0, 40, (60, 2)), chance.integers(1, 5, (60, 2))
    low, high = corner, corner + side
    layer = of_shapes(**{f"A{place}": rectangle(*low[place], *high[place]) for place in range(60)})
    expected: dict[str, set[str]] = {f"A{place}": set() for place in range(60)}
    for one, two in itertools.permutations(range(60), 2):
        if (low[one] <= high[two]).all() and (low[two] <= high[one]).all():
            expected[f"A{one}"].add(f"A{two}")
    assert neighbours(layer) == expected
    assert any(not others for others in expected.values())


def test_shapes_that_span_the_earth_do_no_harm() -> None:
    layer = of_degrees(A=box(-180, -90, 180, 90), B=box(-1, -1, 1, 1))
    assert neighbours(layer) == {"A": {"B"}, "B": {"A"}}


@cache
def district(*, flows: bool = True, **changes: str) -> Scenario:
    """The toy district with catchments: Oak under West, Elm under East beside them; see ``sound_files.catchments``."""
    files = []
    with TemporaryDirectory() as folder:
        for level in ("middle", "high"):
            path = Path(folder) / f"{level}.geojson"
            path.write_bytes(catchment_file(level, **changes))
            files.append(NamedFile(path, f"{level}.geojson"))
        return read_scenario(schools=toy_schools(), flows=[toy_flows()] if flows else (), catchments=files)


ISLAND = {"type": "Polygon", "coordinates": [[[-90, 30], [-89, 30], [-89, 31], [-90, 30]]]}


def test_counted_flows_stay_and_catchments_give_contiguity_and_a_comparison() -> None:
    scenario = district()
    pd.testing.assert_frame_equal(scenario.flows, toy_scenario().flows)
    found = scenario.contiguity.groupby("school_id")["neighbour_id"].agg(set).to_dict()
    four = {"0007", "0008", "0010", "0011"}
    # Squares of a degree side by side, those of the high schools over those of the middle schools.
    assert found == {school: four - {school} for school in four}
    basis = report_with_counts(scenario).basis
    assert basis.method == "recorded"
    assert basis.comparison is not None
    assert any("tell which schools are contiguous" in sentence for sentence in basis.details)
    facts = scenario.report.facts
    assert facts["contiguous_pairs_of_schools"] == 6
    assert facts["schools_without_contiguous_neighbours"] == 0
    assert facts["schools_without_catchments"] == 7


def test_estimated_flows_come_with_the_same_contiguity() -> None:
    estimated = district(flows=False)
    assert estimated.report.basis.method == "catchments"
    pd.testing.assert_frame_equal(estimated.contiguity, district().contiguity)


@cache
def with_an_island(*, flows: bool = True, pine: str = "Pine Middle") -> Scenario:
    """Beside the catchments of the high schools and Elm's one of Pine, far away."""
    files = {"high": catchment_file("high"), "lone": catchment_file("middle", school_id="0009", geometry=ISLAND)}
    counted = [toy_flows()] if flows else ()
    with TemporaryDirectory() as folder:
        paths = [Path(folder) / name for name in files]
        for path, data in zip(paths, files.values(), strict=True):
            path.write_bytes(data)
        return read_scenario(schools=with_cell(toy_schools(), 8, "name", pine), flows=counted, catchments=paths)


@pytest.mark.parametrize("flows", [True, False])
def test_islands_are_named(flows: bool) -> None:
    scenario = with_an_island(flows=flows)
    (warning,) = [problem for problem in scenario.report.warnings if "touches no other" in problem.message]
    assert warning.message == "Schools whose catchment touches no other within 20 m (1): Pine Middle (0009)."
    assert scenario.report.facts["schools_without_contiguous_neighbours"] == 1
    assert scenario.contiguity.loc[scenario.contiguity["school_id"] == "0009", "neighbour_id"].isna().tolist() == [True]


def test_hostile_names_of_islands_stay_text() -> None:
    scenario = with_an_island(pine="<script>{{7*7}}\u202e" + "x" * 400)
    (warning,) = [problem for problem in scenario.report.warnings if "touches no other" in problem.message]
    assert "\u202e" not in warning.message
    assert "x" * 101 not in warning.message
    assert "<script>{{7*7}}" in warning.message  # escaped where it is shown
    assert report_document(scenario.report)["warnings"]


def test_schools_not_listed_and_of_open_enrolment_are_told_beside_counted_flows() -> None:
    messages = " ".join(problem.message for problem in district(school_id="0990").report.warnings)
    assert "Catchments of schools that the schools files do not list (1): 0990." in messages
    scenario = district(open_enrolment="1")
    messages = " ".join(problem.message for problem in scenario.report.warnings)
    assert "Catchments of open enrolment, which say nothing about contiguity (2):" in messages
    assert set(scenario.contiguity["school_id"]) == {"0008", "0011"}


def test_one_level_is_enough_beside_counted_flows(tmp_path: Path) -> None:
    path = tmp_path / "high.geojson"
    path.write_bytes(catchment_file("high"))
    scenario = read_scenario(schools=toy_schools(), flows=toy_flows(), catchments=path)
    assert scenario.contiguity.to_numpy().tolist() == [["0010", "0011"], ["0011", "0010"]]


def test_contiguity_is_kept_and_part_of_the_hash() -> None:
    scenario = with_an_island()
    back = scenario_from_bytes(scenario_to_bytes(scenario))
    pd.testing.assert_frame_equal(back.contiguity, scenario.contiguity)
    assert back.content_sha256 == scenario.content_sha256
    whole, plain = district(), toy_scenario()
    assert len({whole.content_sha256, scenario.content_sha256, plain.content_sha256}) == 3


def test_a_scenario_of_islands_only_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "high.geojson"
    path.write_bytes(catchment_file("high", geometry=ISLAND))
    scenario = read_scenario(schools=toy_schools(), flows=toy_flows(), catchments=path)
    assert scenario.contiguity["neighbour_id"].isna().all()
    back = scenario_from_bytes(scenario_to_bytes(scenario))
    pd.testing.assert_frame_equal(back.contiguity, scenario.contiguity)


def test_without_catchments_there_is_none_and_the_hash_is_of_the_other_tables() -> None:
    scenario = toy_scenario()
    assert scenario.contiguity.empty
    assert tuple(scenario.contiguity.columns) == CONTIGUITY_COLUMNS
    assert (scenario.contiguity.dtypes == "str").all()
    assert scenario.content_sha256 == hash_tables(
        scenario.schools, scenario.flows, scenario.performance, scenario.rates
    )
    assert not [fact for fact in scenario.report.facts if "contiguous" in fact]
    back = scenario_from_bytes(scenario_to_bytes(scenario))
    pd.testing.assert_frame_equal(back.contiguity, scenario.contiguity)


def test_a_crosswalk_applied_later_changes_no_contiguity(tmp_path: Path) -> None:
    path = tmp_path / "high.geojson"
    path.write_bytes(catchment_file("high"))
    scenario = read_scenario(schools=toy_schools(), flows=old_flows(), catchments=path)
    changed = with_crosswalk(scenario, [{"old_id": "0901", "new_id": "0007", "share": "1"}])
    pd.testing.assert_frame_equal(changed.contiguity, scenario.contiguity)
    assert changed.content_sha256 != scenario.content_sha256
    assert scenario_from_bytes(scenario_to_bytes(changed)).content_sha256 == changed.content_sha256
