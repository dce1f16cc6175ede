"""What the library gives out it takes back: the same tables, hash and proposals."""

import io
import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from clustering import Scenario, propose_zones, read_scenario, render_proposal
from clustering.errors import InputError
from clustering.model.grades import grade_mask
from tests.examples.toy_district import toy_planner, toy_scenario

SAMPLE = Path(__file__).parents[3] / "data" / "sample"


@cache
def sample_scenario() -> Scenario:
    rates = [SAMPLE / "acgr_2223_sample.csv", SAMPLE / "identified_schools.csv"]
    return read_scenario(schools=SAMPLE / "schools.csv", flows=SAMPLE / "promotions.csv", performance=rates)


def taken_back(scenario: Scenario, **others: Any) -> Scenario:
    sources = {"flows": scenario.flows, "performance": [scenario.rates, scenario.performance], **others}
    return read_scenario(**{"schools": scenario.schools, **sources})


def assert_same(one: Scenario, other: Scenario) -> None:
    for name in ("schools", "flows", "rates", "performance", "grade_enrolment", "travel_times", "residents"):
        first, second = (pd.DataFrame(getattr(scenario, name)) for scenario in (one, other))
        pd.testing.assert_frame_equal(first, second, check_exact=True, obj=name)
    assert one.content_sha256 == other.content_sha256


def as_csv(table: pd.DataFrame) -> io.StringIO:
    if "geometry" in table:
        points = table["geometry"]
        table = pd.DataFrame(table.drop(columns="geometry")).assign(longitude=points.x, latitude=points.y)
    return io.StringIO(table.to_csv())


def test_the_sample_comes_back_with_the_same_proposal() -> None:
    scenario = sample_scenario()
    again = taken_back(scenario)
    assert_same(scenario, again)
    assert not [warning for warning in again.report.warnings if warning.table in ("schools", "performance")]
    first, second = (render_proposal(propose_zones(each)) for each in (scenario, again))
    assert all(first[name] == second[name] for name in first if name.endswith(".csv"))
    zones = [json.loads(each["zones.geojson"])["features"] for each in (first, second)]
    assert zones[0] == zones[1]


def test_performance_alone_gives_its_graduation_rates() -> None:
    scenario = sample_scenario()
    again = taken_back(scenario, performance=scenario.performance)
    pd.testing.assert_frame_equal(pd.DataFrame(again.performance), pd.DataFrame(scenario.performance))
    rates = scenario.rates
    latest = rates[(rates["measure"] == "graduation_4year") & (rates["subgroup"] == "all") & rates["exact"].notna()]
    latest = latest.drop_duplicates("school_id", keep="last").set_index("school_id")
    shown = again.rates.set_index("school_id")["exact"].dropna()
    assert len(shown) > 10
    assert (shown == latest["exact"][shown.index]).all()


def test_a_wrong_status_or_share_of_a_performance_table_is_an_error() -> None:
    rate = {"graduation_rate_low": 0.5, "graduation_rate_high": 1.5, "graduation_rate_status": "sure"}
    table = pd.DataFrame(
        {"school_id": [toy_scenario().schools.index[0]], **{name: [cell] for name, cell in rate.items()}}
    )
    with pytest.raises(InputError) as caught:
        taken_back(toy_scenario(), performance=table)
    assert {problem.message for problem in caught.value.problems} == {"This is no share.", "There is no such status."}


@pytest.mark.parametrize("suffix", ["gpkg", "geojson", "parquet"])
def test_schools_come_back_as_a_spatial_file(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"schools.{suffix}"
    schools = toy_scenario().schools
    if suffix == "parquet":
        schools.to_parquet(path)
    else:
        schools.to_file(path)
    assert_same(toy_scenario(), taken_back(toy_scenario(), schools=path))


def test_every_table_comes_back_as_csv() -> None:
    scenario = toy_scenario()
    rates = [as_csv(scenario.rates), as_csv(scenario.performance)]
    flows = as_csv(scenario.flows.set_index("origin"))
    assert_same(scenario, taken_back(scenario, schools=as_csv(scenario.schools), flows=flows, performance=rates))


@pytest.mark.parametrize("name", ["schools.csv", "schools.geojson"])
def test_schools_of_a_proposal_come_back_without_new_lists(name: str) -> None:
    file = io.BytesIO(render_proposal(propose_zones(toy_planner()))[name])
    again = taken_back(toy_scenario(), schools=file)
    assert again.schools["grades_offered"].equals(toy_scenario().schools["grades_offered"])
    assert list(again.performance) == list(toy_scenario().performance)


def test_links_are_no_flows_and_their_protected_counts_stay_intervals() -> None:
    links = io.BytesIO(render_proposal(propose_zones(sample_scenario()))["links.csv"])
    scenario = read_scenario(schools=sample_scenario().schools, flows=links)
    assert any("links of a proposal" in warning.message for warning in scenario.report.warnings)
    assert scenario.flows["students"].isna().any()


@pytest.mark.parametrize("as_source", [lambda table: table, as_csv])
def test_enrolment_by_grade_comes_back(as_source: Any) -> None:
    identifier = toy_scenario().schools.index[0]
    years = pd.array([2022, 2022, 2022], dtype="Int64")
    students = [20.0, np.nan, 12.0]
    table = pd.DataFrame({"school_id": identifier, "year": years, "grade": [-1, 0, 5], "students": students})
    given_back = as_source(table.set_index("school_id") if as_source is as_csv else table)
    again = read_scenario(schools=[toy_scenario().schools, given_back], flows=toy_scenario().flows)
    pd.testing.assert_frame_equal(again.grade_enrolment, table, check_dtype=False)


def test_masks_without_levels_are_read_with_a_warning_and_other_numbers_are_not() -> None:
    plain = toy_scenario().schools.drop(columns="level")
    again = read_scenario(schools=plain, flows=toy_scenario().flows)
    assert again.schools["grades_offered"].equals(toy_scenario().schools["grades_offered"])
    assert any("bit masks" in warning.message for warning in again.report.warnings)
    # 912 may be 9 to 12, and is no row of grades: it counts as not known.
    other = read_scenario(schools=plain.assign(grades_offered=912), flows=toy_scenario().flows)
    assert other.schools["grades_offered"].eq(0).all()
    (warning,) = [each for each in other.report.warnings if "The grades cannot be read" in each.message]
    assert (warning.value, warning.further_records) == ("912", len(plain) - 1)
    assert not any("bit masks" in each.message for each in other.report.warnings)


def test_an_estimate_given_back_as_flows_is_warned_of() -> None:
    flows = toy_scenario().flows
    flows = pd.concat([flows, flows.iloc[:1].assign(destination=None, kind="unknown destination")])
    again = read_scenario(schools=toy_scenario().schools, flows=flows)
    assert any("in some rows no file tells the next school" in warning.message for warning in again.report.warnings)


def test_residents_at_an_unlisted_school_are_no_promotions() -> None:
    flows = toy_scenario().flows
    school = flows["origin"].iloc[0]
    cells = {"grade": 5, "year": 2022, "students": 20.0, "students_low": 20.0, "students_high": 20.0}
    residents = pd.DataFrame([{"origin": school, "destination": "unlisted", **cells}])
    again = read_scenario(schools=toy_scenario().schools, flows=[flows, residents])
    assert len(again.flows) == len(flows)
    assert again.residents["destination"].tolist() == ["unlisted"]


counts = st.one_of(st.integers(0, 400).map(str), st.sampled_from(["*", "-1", "<10"]))
grades = st.one_of(st.integers(-2, 13).map(str), st.just("UG"))
years = st.sampled_from(["2021-22", "2022-23", ""])


# A school that does not serve the grade of its residents, which no grade shows to be no promotion.
@example(
    cells=[("02", "02", "4", "4", "2021-22", "189")], spans=[(3, 2), (8, 5), (12, 0)], enrolments=[None, None, 727]
)
@settings(max_examples=10, deadline=None, phases=(Phase.explicit, Phase.generate))
@given(
    cells=st.lists(st.tuples(*[st.sampled_from(["01", "02", "09"])] * 2, grades, grades, years, counts), min_size=1),
    spans=st.lists(st.tuples(st.integers(-2, 13), st.integers(-2, 13)), min_size=3, max_size=3),
    enrolments=st.lists(st.one_of(st.none(), st.integers(0, 900)), min_size=3, max_size=3),
)
def test_any_small_state_comes_back(cells: Any, spans: Any, enrolments: Any) -> None:
    masks = [grade_mask(min(span), max(span)) for span in spans]
    schools = pd.DataFrame(
        {
            "school_id": ["01", "02", "03"],
            "lowest_grade": [str(min(span)) for span in spans],
            "highest_grade": [str(max(span)) for span in spans],
            "enrolment": enrolments,
        }
    )
    headings = ["origin", "destination", "grade", "next_grade", "school_year", "students"]
    try:
        scenario = read_scenario(schools=schools, flows=pd.DataFrame(cells, columns=headings))
    except InputError:  # such as no year in one row and a year in another
        return
    assert scenario.schools["grades_offered"].tolist() == masks
    assert_same(scenario, read_scenario(schools=scenario.schools, flows=[scenario.flows, scenario.residents]))


def test_student_records_in_memory_are_followed_like_those_of_files() -> None:
    years = {"2021-22": ("5", "0001"), "2022-23": ("6", "0007")}
    headings = ["student_id", "school_year", "grade", "school_id"]
    tables = [
        pd.DataFrame([(f"S{number}", year, *place) for number in range(12)], columns=headings)
        for year, place in years.items()
    ]
    scenario = read_scenario(schools=toy_scenario().schools, students=tables)
    (flow,) = scenario.flows.itertuples()
    assert (flow.origin, flow.destination, flow.students) == ("0001", "0007", 12)
    assert [file.name for file in scenario.report.files] == ["schools", "students", "students 2"]
