"""Ways over two promotions, from rectangles whose common parts are worked out by hand."""

from __future__ import annotations

from itertools import pairwise, product
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from clustering.flows.catchments.estimate import estimate_catchment_flows
from clustering.flows.catchments.official_feeder_chain import official_chain_paths
from clustering.flows.catchments.paths import divide_by_shares
from clustering.model.columns import PATH_COLUMNS
from clustering.model.scenario import no_paths
from tests.examples.toy_catchments import ALBERS, catchments, rectangle, schools

SCHOOLS = schools(A=("K-5", 240), A2=("K-5", 120), B=("6-8", 300), H1=("9-12", 400), H2=("9-12", 400))
# A: 4 square kilometres, 1 of them in H1 and 3 in H2; A2 all in H1. One middle school takes both.
SPLIT = (
    ("A", "K-5", "elementary", rectangle(0, 0, 4, 1)),
    ("A2", "K-5", "elementary", rectangle(-2, 0, 0, 1)),
    ("B", "6-8", "middle", rectangle(-2, 0, 4, 1)),
    ("H1", "9-12", "high", rectangle(-5, -5, 1, 5)),
    ("H2", "9-12", "high", rectangle(1, -5, 9, 5)),
)
Ways = dict[tuple[str, str, str | None], float]


def ways_of(paths: pd.DataFrame) -> Ways:
    keys = paths[["origin", "via", "destination"]].astype(object)
    keys = keys.where(keys.notna(), None)
    return dict(zip(keys.itertuples(index=False, name=None), paths["students"].tolist(), strict=True))


def close(ways: Ways) -> dict[tuple[str, str, str | None], Any]:
    return {way: pytest.approx(students, rel=1e-3) for way, students in ways.items()}


def test_a_split_middle_school_sends_each_part_to_its_own_high_school() -> None:
    estimate = estimate_catchment_flows(catchments(*SPLIT), SCHOOLS)
    # 40 students leave A, 20 leave A2.
    assert ways_of(estimate.paths) == close({("A", "B", "H1"): 10, ("A", "B", "H2"): 30, ("A2", "B", "H1"): 20})
    assert list(estimate.paths.columns) == list(PATH_COLUMNS)
    assert set(estimate.paths["basis"]) == {"catchments"}


def test_the_order_of_polygons_and_schools_does_not_count() -> None:
    estimate = estimate_catchment_flows(catchments(*SPLIT), SCHOOLS)
    again = estimate_catchment_flows(catchments(*reversed(SPLIT)), SCHOOLS.iloc[::-1])
    pd.testing.assert_frame_equal(estimate.paths, again.paths)


def test_the_students_of_a_pair_are_those_of_its_flow() -> None:
    paths = estimate_catchment_flows(catchments(*SPLIT), SCHOOLS).paths
    flows = estimate_catchment_flows(catchments(*SPLIT), SCHOOLS).flows.set_index(["origin", "destination"])["students"]
    summed = paths.groupby(["origin", "via"])["students"].sum()
    assert summed.tolist() == pytest.approx(flows.loc[summed.index].tolist())


def test_people_count_instead_of_area_where_they_are_known() -> None:
    people = gpd.GeoDataFrame(
        {"students": [8.0, 2.0]}, geometry=[rectangle(0, 0, 1, 1).centroid, rectangle(2, 0, 3, 1).centroid], crs=ALBERS
    )
    estimate = estimate_catchment_flows(catchments(*SPLIT), SCHOOLS, population=people)
    # Nobody lives in A2: it is divided by area.
    assert ways_of(estimate.paths) == close({("A", "B", "H1"): 32, ("A", "B", "H2"): 8, ("A2", "B", "H1"): 20})


def test_what_no_high_school_takes_has_no_destination() -> None:
    rows = [*SPLIT[:3], ("H1", "9-12", "high", rectangle(-5, -5, 1, 5))]
    assert ways_of(estimate_catchment_flows(catchments(*rows), SCHOOLS.drop("H2")).paths) == close(
        {("A", "B", "H1"): 10, ("A", "B", None): 30, ("A2", "B", "H1"): 20}
    )


def test_without_high_schools_no_way_is_known() -> None:
    estimate = estimate_catchment_flows(catchments(*SPLIT[:3]), SCHOOLS.loc[["A", "A2", "B"]])
    assert len(estimate.flows) == 2
    assert estimate.paths.empty


def test_several_polygons_of_a_school_are_one_catchment() -> None:
    parts = [("H2", "9-12", "high", rectangle(1, -5, 2, 5)), ("H2", "9-12", "high", rectangle(2, -5, 9, 5))]
    whole = estimate_catchment_flows(catchments(*SPLIT), SCHOOLS).paths
    divided = estimate_catchment_flows(catchments(*SPLIT[:4], *parts), SCHOOLS).paths
    assert ways_of(divided) == close(ways_of(whole))


def test_overlapping_high_schools_share_what_they_cover() -> None:
    # H1 and H2 both take the fourth kilometre of A; nobody takes the first two.
    rows = [
        *SPLIT[:3],
        ("H1", "9-12", "high", rectangle(2, -5, 4, 5)),
        ("H2", "9-12", "high", rectangle(3, -5, 4, 5)),
    ]
    # A2 lies in neither: where it goes after B is not known to be any listed school.
    assert ways_of(estimate_catchment_flows(catchments(*rows), SCHOOLS).paths) == close(
        {("A", "B", "H1"): 40 / 2 * 2 / 3, ("A", "B", "H2"): 40 / 2 / 3, ("A", "B", None): 20, ("A2", "B", None): 20}
    )


def test_slivers_count_for_the_others() -> None:
    rows = [
        *SPLIT[:3],
        ("H1", "9-12", "high", rectangle(-5, -5, 3.98, 5)),
        ("H2", "9-12", "high", rectangle(3.98, -5, 9, 5)),
    ]
    assert ways_of(estimate_catchment_flows(catchments(*rows), SCHOOLS).paths) == close(
        {("A", "B", "H1"): 40, ("A2", "B", "H1"): 20}
    )


def test_each_layer_of_a_school_with_several_tells_of_its_own_grades() -> None:
    # B has a narrow catchment for K-5 and a wide one for 6-8; X goes on to grade 12, and sends no one on.
    table = schools(A=("K-5", 240), B=("K-8", 900), X=("6-12", 700), H=("9-12", 400))
    rows = [
        ("A", "K-5", "elementary", rectangle(0, 0, 4, 1)),
        ("B", "K-8", "elementary", rectangle(9, 0, 10, 1)),
        ("B", "K-8", "middle", rectangle(0, 0, 3, 1)),
        ("X", "6-12", "middle", rectangle(3, 0, 4, 1)),
        ("X", "6-12", "high", rectangle(2, 0, 4, 1)),
        ("H", "9-12", "high", rectangle(0, 0, 2, 1)),
    ]
    # A's 40 students: 30 to B, of whom a third of the area lies in X's catchment for grade 9.
    estimate = estimate_catchment_flows(catchments(*rows), table)
    assert ways_of(estimate.paths) == close({("A", "B", "H"): 20, ("A", "B", "X"): 10})


def test_random_rectangles_agree_with_their_common_parts_one_by_one() -> None:
    generator = np.random.default_rng(4)
    edges = [0.0, *np.sort(generator.uniform(0.5, 11.5, 5)), 12.0]
    middles, highs = [0.0, 4.3, 7.9, 12.0], [0.0, 3.1, 6.6, 12.0]
    rows, table = [], {}
    for name, grades, level, ends in (
        ("E", "K-5", "elementary", edges),
        ("M", "6-8", "middle", middles),
        ("H", "9-12", "high", highs),
    ):
        for number, (left, right) in enumerate(pairwise(ends)):
            rows.append((f"{name}{number}", grades, level, rectangle(left, 0, right, 1)))
            table[f"{name}{number}"] = (grades, 600.0)
    # Borders are drawn again in another projection, which leaves slivers of a few millionths.
    estimate = estimate_catchment_flows(catchments(*rows), schools(**table), minimum_share=0.001, capture="none")
    expected: Ways = {}
    parts = (enumerate(pairwise(each)) for each in (edges, middles, highs))
    for (first, (a, b)), (second, (c, d)), (third, (e, f)) in product(*parts):
        if (common := min(b, d, f) - max(a, c, e)) > 0:
            expected[(f"E{first}", f"M{second}", f"H{third}")] = 100 * common / (b - a)
    assert len(expected) == 10  # every border adds one
    assert ways_of(estimate.paths) == close(expected)


def test_the_official_chain_names_the_school_after_the_next() -> None:
    # From E through M: 3 square kilometres on to H1, 1 to H2; one polygon names no high school.
    cells = pd.DataFrame(
        {
            "GR_ID_05": ["E", "E", "E", "F"],
            "GR_ID_06": ["M", "M", "M", "F"],
            "GR_ID_07": ["M", "M", "M", "M"],
            "GR_ID_08": ["H1", "H2", "", "H2"],
        }
    )
    shapes = [rectangle(0, 0, 3, 1), rectangle(3, 0, 4, 1), rectangle(4, 0, 9, 1), rectangle(9, 0, 10, 1)]
    shares = official_chain_paths(cells, gpd.GeoSeries(shapes, crs=ALBERS).to_crs("EPSG:4326").to_numpy())
    assert shares.drop(columns="share").to_numpy().tolist() == [
        ["E", "M", "H1"],
        ["E", "M", "H2"],
        ["F", "M", "H2"],
    ]
    assert shares["share"].tolist() == pytest.approx([0.75, 0.25, 1], abs=1e-4)
    flows = pd.DataFrame({"origin": ["E", "G"], "destination": ["M", "M"], "students": [40.0, 10.0]})
    assert ways_of(divide_by_shares(flows, shares)) == close({("E", "M", "H1"): 30, ("E", "M", "H2"): 10})
    pd.testing.assert_frame_equal(divide_by_shares(flows.iloc[1:], shares), no_paths())


def test_a_choice_school_that_the_estimate_leaves_out_takes_no_path() -> None:
    # A city-wide high school covers both neighbourhood ones, so it is found and left out.
    rows = [*SPLIT, ("C", "9-12", "high", rectangle(-6, -6, 10, 6))]
    everyone = pd.concat([SCHOOLS, schools(C=("9-12", 400))])
    estimate = estimate_catchment_flows(catchments(*rows), everyone)
    assert [school.school_id for school in estimate.choice_schools if school.is_excluded] == ["C"]
    assert ways_of(estimate.paths) == close({("A", "B", "H1"): 10, ("A", "B", "H2"): 30, ("A2", "B", "H1"): 20})
    kept = estimate_catchment_flows(catchments(*rows), everyone, exclude_receivers=())
    for each in (estimate, kept):
        flows = each.flows.set_index(["origin", "destination"])["students"]
        summed = each.paths.groupby(["origin", "via"])["students"].sum()
        assert summed.tolist() == pytest.approx(flows.loc[summed.index].tolist())
    assert "C" in set(kept.paths["destination"])
