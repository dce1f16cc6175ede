"""
Philadelphia's three layers as published: flows estimated from the polygons, held against the official chain.

The estimate knows only polygons and grades; the chain (the school of each grade, for each elementary catchment) is
what the district says.
"""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from clustering.flows.catchments.estimate import CatchmentEstimate, estimate_catchment_flows
from clustering.flows.catchments.official_feeder_chain import official_chain_flows, official_chain_paths
from clustering.flows.comparison import compare_flows
from clustering.model.grades import level_of
from clustering.readers.read_table import read_table
from clustering.validation.catchments.catchments import complete_layer_headings, validate_catchments
from clustering.validation.findings import Findings

# Pennsylvania's southern state plane zone in feet, in which the district measured SHAPE_Area.
STATE_PLANE = "EPSG:2272"


@pytest.fixture(scope="module")
def layers(shared_data: Path) -> dict[str, gpd.GeoDataFrame]:
    return {name: read_layer(shared_data / "philadelphia_2015" / f"{name}_2015.json") for name in ("es", "ms", "hs")}


def read_layer(path: Path) -> gpd.GeoDataFrame:
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    shapes = [shapely.from_geojson(json.dumps(feature["geometry"])) for feature in features]
    return gpd.GeoDataFrame([feature["properties"] for feature in features], geometry=shapes, crs="EPSG:4326")


@pytest.fixture(scope="module")
def validated(layers: dict[str, gpd.GeoDataFrame]) -> list[Findings]:
    tables = [read_table(layer) for layer in layers.values()]
    completed = [complete_layer_headings({}, table.cells, table=table.name) for table in tables]
    assert [each.problems for each in completed] == [[], [], []]
    return [
        Findings(table=table, role="catchments", headings=each.headings)
        for table, each in zip(tables, completed, strict=True)
    ]


@pytest.fixture(scope="module")
def catchments(validated: list[Findings]) -> gpd.GeoDataFrame:
    return validate_catchments(validated)


@pytest.fixture(scope="module")
def schools(catchments: gpd.GeoDataFrame, shared_data: Path) -> pd.DataFrame:
    """Grades as the layers give them, which agree for every school; enrolment as the file of points gives it."""
    grades = catchments[["school_id", "grades_offered"]].drop_duplicates().set_index("school_id")
    assert grades.index.is_unique
    points = json.loads((shared_data / "philadelphia_2015" / "schools_points.geojson").read_text(encoding="utf-8"))
    located = pd.DataFrame([feature["properties"] for feature in points["features"]]).dropna(subset=["LOCATION_ID"])
    enrolment = located.drop_duplicates("LOCATION_ID").set_index("LOCATION_ID")["ENROLLMENT"]
    students = pd.to_numeric(enrolment).reindex(grades.index).astype("float64")
    return pd.DataFrame({"grades_offered": grades["grades_offered"], "enrolment_students": students})


@pytest.fixture(scope="module")
def estimate(catchments: gpd.GeoDataFrame, schools: pd.DataFrame) -> CatchmentEstimate:
    return estimate_catchment_flows(catchments, schools, capture="none")


@pytest.fixture(scope="module")
def chain(layers: dict[str, gpd.GeoDataFrame]) -> pd.DataFrame:
    return official_chain_flows(pd.DataFrame(layers["es"]), layers["es"].geometry.to_numpy())


def shares_of(estimate: CatchmentEstimate) -> pd.Series:
    flows = estimate.flows.set_index(["origin", "destination", "grade"])["students"]
    return flows / flows.groupby(level="origin").transform("sum")


def test_the_layers_are_recognised_by_the_schools_that_repeat_least(
    validated: list[Findings], catchments: gpd.GeoDataFrame
) -> None:
    assert [findings.headings["school_id"] for findings in validated] == ["ES_ID", "MS_ID", "HS_ID"]
    assert catchments["level"].value_counts().to_dict() == {"elementary": 160, "middle": 120, "high": 21}
    assert not [problem for findings in validated for problem in findings.problems if problem.is_error]
    islands = [problem.school_id for findings in validated for problem in findings.problems]
    assert islands == ["6270", "5160", "6270", "2000"]


def test_both_say_the_same_of_nearly_every_step(estimate: CatchmentEstimate, chain: pd.DataFrame) -> None:
    estimated = set(shares_of(estimate).index)
    official = set(chain.set_index(["origin", "destination", "grade"]).index)
    assert len(estimated & official) == 175
    # ES_Grade says K-6 of school 3409, the chain lets it end with grade 5.
    assert estimated - official == {("3409", "7110", 6)}
    # 3308 (kindergarten of a 1-8 school) and 7310 (grades 3 to 5) have no catchment of their own in any layer.
    assert official - estimated == {("3308", "3368", 0), ("3409", "7110", 5), ("7200", "7310", 2), ("7310", "7500", 5)}
    assert any("nothing is estimated out of them (1): 7200." in problem.message for problem in estimate.warnings)


def test_agreement_per_level(estimate: CatchmentEstimate, chain: pd.DataFrame, schools: pd.DataFrame) -> None:
    """The catchments nest, so that the district's chain can be had from its polygons alone."""
    comparison = compare_flows(estimate.flows, chain, schools["grades_offered"].map(level_of))
    assert comparison.schools == 175
    assert comparison.dominant_agreement == 1
    assert comparison.misplaced_share == pytest.approx(0, abs=1e-6)
    levels = [(level.level, level.schools, level.dominant_agreement) for level in comparison.by_level]
    # Elementary to middle schools, K-8 to high schools, middle to high schools.
    assert levels == [("elementary", 57, 1), ("elementary-middle", 102, 1), ("middle", 16, 1)]
    assert all(level.misplaced_share < 1e-6 for level in comparison.by_level)


def test_each_elementary_school_behind_the_split_one_has_its_own_high_school(
    estimate: CatchmentEstimate, layers: dict[str, gpd.GeoDataFrame]
) -> None:
    official = official_chain_paths(pd.DataFrame(layers["es"]), layers["es"].geometry.to_numpy())
    ways = ["origin", "via", "destination"]
    both = estimate.paths.merge(official, on=ways, how="inner")
    estimated = both["students"] / both.groupby(["origin", "via"])["students"].transform("sum")
    assert len(both) > 50
    assert estimated.tolist() == pytest.approx(both["share"].tolist(), abs=1e-4)
    split = estimate.paths[estimate.paths["via"] == "7110"]
    assert set(split["destination"]) == {"7010", "7120"}
    assert split["origin"].is_unique


def test_the_one_split_school_by_other_ways_to_measure(
    estimate: CatchmentEstimate, layers: dict[str, gpd.GeoDataFrame]
) -> None:
    """Middle school 7110 is the only one whose catchment lies in two of the next level's."""
    found = shares_of(estimate)
    assert found[found < 0.999].index.tolist() == [("7110", "7010", 8), ("7110", "7120", 8)]
    share = found["7110", "7010", 8]
    feeding = layers["es"][layers["es"]["MS_ID"] == "7110"]
    published = feeding.groupby("HS_ID")["SHAPE_Area"].sum()
    assert share == pytest.approx(published["7010"] / published.sum(), abs=1e-4)
    overlay = gpd.overlay(
        layers["ms"].query("MS_ID == '7110'").to_crs(STATE_PLANE), layers["hs"].to_crs(STATE_PLANE), keep_geom_type=True
    )
    areas = overlay.assign(area=overlay.area).groupby("HS_ID")["area"].sum()
    assert share == pytest.approx(areas["7010"] / areas.sum(), abs=1e-4)
    shape = layers["ms"].query("MS_ID == '7110'").geometry.iloc[0]
    random = np.random.default_rng(5)
    left, bottom, right, top = shape.bounds
    thrown = shapely.points(random.uniform(left, right, 20_000), random.uniform(bottom, top, 20_000))
    inside = thrown[shapely.contains(shape, thrown)]
    high = layers["hs"].set_index("HS_ID").geometry
    assert len(inside) > 5_000
    assert share == pytest.approx(shapely.contains(high["7010"], inside).mean(), abs=0.03)


def test_students_are_those_of_the_cohorts(estimate: CatchmentEstimate, schools: pd.DataFrame) -> None:
    assert estimate.unit == "students"
    sent = estimate.flows.groupby("origin")["students"].sum()
    # Sharswood, K-8: a ninth of its enrolment.
    assert sent["2630"] == pytest.approx(schools.loc["2630", "enrolment_students"] / 9)
    covered = estimate.coverage[estimate.coverage["receivers"] > 0]
    assert sent.to_dict() == pytest.approx(covered.set_index("origin")["students"].to_dict())
    unknown = set(covered.loc[covered["cohort"] == "median", "origin"])
    assert unknown == set(schools.index[schools["enrolment_students"].isna()]) & set(covered["origin"])


def test_a_layer_out_of_place_is_seen_by_the_comparison(
    catchments: gpd.GeoDataFrame, schools: pd.DataFrame, chain: pd.DataFrame
) -> None:
    """The control: with the high schools' layer moved by a kilometre the agreement is gone, and only theirs."""
    moved = catchments.to_crs(STATE_PLANE)
    is_high = moved["level"] == "high"
    moved.loc[is_high, "geometry"] = moved[is_high].translate(xoff=3281)
    comparison = compare_flows(
        estimate_catchment_flows(moved, schools).flows, chain, schools["grades_offered"].map(level_of)
    )
    by_level = {level.level: level for level in comparison.by_level}
    assert by_level["elementary"].misplaced_share < 1e-6
    assert by_level["elementary-middle"].misplaced_share > 0.1
    assert by_level["elementary-middle"].dominant_agreement < 1
