"""Whether the truth of a generated state with catchments agrees with its catchments and its counts."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest

from clustering.datasets import CatchmentState, generate_catchment_state
from clustering.errors import InputError

COUNTED = ["origin", "next_school", "students"]
SMALL = {"districts": 4, "years": 2}


def ordinary(state: CatchmentState) -> gpd.GeoDataFrame:
    """Catchments of the schools that take whoever lives there."""
    homes = set(state.homes.to_numpy().ravel())
    return state.catchments[state.catchments["school_id"].isin(homes)]


def catchments_of_each(state: CatchmentState, level: str, homes: pd.DataFrame) -> pd.Series:
    """Number of catchments of a level in which the children of each catchment of ``homes`` live."""
    below = {"middle": "elementary", "high": "middle"}[level]
    return homes[state.population["children"] > 0].groupby(below)[level].nunique()


def test_paths_add_up_to_promotions(traced: CatchmentState) -> None:
    paths, promotions = traced.paths, traced.promotions
    first = paths.assign(next_school=paths["via"].fillna(paths["destination"]))
    of_paths = first.groupby(["origin", "next_school"])["students"].sum()
    promoted = promotions.dropna(subset="destination").rename(columns={"destination": "next_school"})
    pd.testing.assert_series_equal(of_paths, promoted.groupby(["origin", "next_school"])["students"].sum())
    assert (promotions["students"] > 0).all()
    assert promotions["destination"].isna().any(), "some leave the state's schools"
    assert not paths["destination"].isna().all()
    assert paths.loc[paths["destination"].isna(), "via"].notna().all()


def test_promotions_are_those_of_the_records(traced: CatchmentState) -> None:
    records = traced.records.assign(fall=traced.records["school_year"].str[:4].astype(int))
    following = records.assign(fall=records["fall"] - 1)
    both = records.merge(following, on=["student_id", "fall"], suffixes=("", "_next"))
    moved = both[both["school_id"] != both["school_id_next"]]
    counted = moved.groupby(["school_year", "school_id", "school_id_next"]).size()
    promoted = traced.promotions.dropna(subset="destination")
    expected = promoted.set_index(["school_year", "origin", "destination"])["students"].sort_index()
    assert counted.tolist() == expected.tolist()
    assert counted.index.tolist() == expected.index.tolist()


def test_records_show_the_paths(traced: CatchmentState) -> None:
    """Students seen in fifth and in ninth grade, over the years of the records, walk on the true paths only."""
    seen = traced.records[traced.records["grade"].isin(["05", "06", "09"])]
    walked = seen.pivot_table(index="student_id", columns="grade", values="school_id", aggfunc="first").dropna()
    counted = walked.groupby(["05", "06", "09"]).size().rename_axis(["origin", "via", "destination"])
    counted = counted[counted.index.get_level_values("origin") != counted.index.get_level_values("via")]
    at_once = counted.index.get_level_values("via") == counted.index.get_level_values("destination")
    true = traced.paths.dropna().set_index(["origin", "via", "destination"])["students"]
    assert len(counted[~at_once]) > 100
    # The records follow two of the five years of leavers to ninth grade.
    assert (counted[~at_once] <= true.reindex(counted[~at_once].index)).all()


def test_homes_lie_in_the_catchments(traced: CatchmentState) -> None:
    points = gpd.points_from_xy(traced.population["longitude"], traced.population["latitude"], crs="EPSG:4326")
    homes = gpd.GeoDataFrame(traced.homes, geometry=points)
    found = homes.sjoin(ordinary(traced)[["school_id", "level", "geometry"]], predicate="within")
    for level in ("elementary", "middle", "high"):
        inside = found[found["level"] == level]
        assert inside.index.is_unique, "catchments of one level do not overlap"
        assert (inside["school_id"] == inside[level]).all()
        # K-8 schools have their catchments among the elementary ones.
        outside = homes.drop(inside.index)
        assert (outside["middle"] == outside["elementary"]).all()
        assert outside.empty == (level != "middle")


def test_paths_follow_the_catchments_unless_a_family_chooses(traced: CatchmentState) -> None:
    assigned = set(traced.homes.to_numpy().ravel())
    paths = traced.paths.dropna(subset="destination")
    follows = paths[paths[["origin", "via", "destination"]].isin([*assigned, None]).all(axis="columns")]
    follows = follows[follows["destination"].isin(assigned) & (follows["via"].isna() | follows["via"].isin(assigned))]
    by_middle = set(traced.homes[["elementary", "middle", "high"]].itertuples(index=False, name=None))
    at_once = set(traced.homes[["middle", "high"]].itertuples(index=False, name=None))
    for origin, via, destination, _ in follows.itertuples(index=False, name=None):
        if isinstance(via, str):
            assert (origin, via, destination) in by_middle
        else:
            assert (origin, destination) in at_once
    share = follows["students"].sum() / paths["students"].sum()
    assert 0.6 < share < 0.95


def test_borders_of_the_levels_cut_through_some_catchments_but_not_in_aligned_districts() -> None:
    split = generate_catchment_state(**SMALL, aligned_share=0.0, split_share=0.5)
    high = catchments_of_each(split, "high", split.homes)
    assert {1, 2} <= set(high)
    assert (high > 1).sum() >= 4, "middle schools whose students part to several high schools"
    assert (catchments_of_each(split, "middle", split.homes) > 1).sum() >= 4
    aligned = generate_catchment_state(**SMALL, aligned_share=1.0, split_share=0.5)
    for level in ("middle", "high"):
        # A few blocks may change hands so that a catchment stays in one piece.
        assert (catchments_of_each(aligned, level, aligned.homes) > 1).mean() < 0.1


def test_three_high_schools_can_share_a_middle_school() -> None:
    states = [generate_catchment_state(districts=1, years=2, seed=seed, split_share=0.8) for seed in range(4)]
    assert max(catchments_of_each(state, "high", state.homes).max() for state in states) >= 3


def test_every_kind_of_school_is_there(traced: CatchmentState) -> None:
    schools = traced.schools
    assert set(zip(schools["lowest_grade"], schools["highest_grade"], strict=True)) == {
        *(("KG", "05"), ("KG", "08"), ("06", "08"), ("09", "12"), ("06", "12"))
    }
    assert schools["school_id"].is_unique
    assert schools["school_id"].str.fullmatch(r"07\d{10}").all()
    shown = traced.catchments.set_index("school_id")
    choice = schools[(schools["magnet"] == "Yes") | (schools["charter"] == "Yes")]
    assert not choice["school_id"].isin(shown.index).all(), "choice schools without a polygon"
    assert (shown["open_enrolment"] == 1).sum() == 1
    # The unmarked polygon of an alternative school covers several ordinary catchments.
    small = schools[schools["school_type"] == "Alternative School"].set_index("school_id")
    (polygon,) = shown.loc[shown.index.isin(small.index), "geometry"]
    own = ordinary(traced)
    high = own[own["level"] == "high"].to_crs("EPSG:5070")
    polygon = gpd.GeoSeries([polygon], crs="EPSG:4326").to_crs("EPSG:5070").iloc[0]
    covered = high.geometry.intersection(polygon).area / high.geometry.area
    assert (covered > 0.99).sum() == 2
    assert (covered.between(0.01, 0.99)).sum() == 0
    assert small["enrolment"].max() < 0.25 * schools.loc[schools["highest_grade"] == "12", "enrolment"].max()


def test_choice_schools_draw_from_everywhere(traced: CatchmentState) -> None:
    schools = traced.schools.set_index("school_id")
    city = schools[schools["name"].str.contains("Magnet Middle")].index[0]
    senders = set(traced.promotions.loc[traced.promotions["destination"] == city, "origin"])
    elementary = schools[(schools["highest_grade"] == "05") & (schools["district_id"] == city[:7])].index
    assert set(elementary) <= senders
    none = generate_catchment_state(districts=1, years=2, choice_share=0.0)
    magnets = none.schools[none.schools["magnet"] == "Yes"]
    assert (magnets["enrolment"] == 0).all()


def test_some_high_schools_are_low_performing_and_most_of_these_are_listed(traced: CatchmentState) -> None:
    rates = traced.performance.merge(traced.schools, on="school_id")
    assert (rates["highest_grade"] == "12").all()
    low = rates["graduation_rate"] < 67
    ordinary_low = low & (rates["school_type"] == "Regular School")
    assert 1 <= ordinary_low.sum() < len(rates)
    assert low[rates["school_type"] == "Alternative School"].all()
    assert low[rates["designation"] == "CSI"].all()
    assert (rates["designation"] == "CSI").any()


def test_enrolment_agrees_with_the_records(traced: CatchmentState) -> None:
    newest = traced.records[traced.records["school_year"] == "2023-24"]
    counted = newest.groupby("school_id").size().reindex(traced.schools["school_id"], fill_value=0)
    assert counted.tolist() == traced.schools["enrolment"].tolist() == traced.membership["MEMBER"].tolist()
    grades = traced.membership.filter(regex=r"^(KG|G\d\d)$")
    assert grades.sum(axis="columns").tolist() == traced.schools["enrolment"].tolist()
    assert traced.population["children"].sum() == len(newest)
    assert not traced.records.duplicated(["student_id", "school_year"]).any()


def test_the_same_seed_gives_the_same_state_and_another_another() -> None:
    once, again = (generate_catchment_state(**SMALL, seed=5) for _ in range(2))
    for name in ("schools", "catchments", "population", "performance", "promotions", "records", "paths", "homes"):
        assert getattr(once, name).equals(getattr(again, name)), name
    other = generate_catchment_state(**SMALL, seed=6)
    assert not once.catchments.geometry.equals(other.catchments.geometry)
    assert not once.paths.equals(other.paths)


def test_numbers_out_of_range_are_refused_all_at_once() -> None:
    with pytest.raises(InputError) as caught:
        generate_catchment_state(districts=50, seed=-1, years=1, split_share=1.1, choice_share=-0.1, aligned_share=2)
    named = [problem.column for problem in caught.value.problems]
    assert named == ["districts", "seed", "years", "split_share", "choice_share", "aligned_share"]
