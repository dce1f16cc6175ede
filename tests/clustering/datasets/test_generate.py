"""The generated state: reproducible, exact in size, sound as data, and with what a demonstration needs."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.spatial import KDTree

from clustering import InputError, build_feeder_graph, identify_high_schools, parse_rule, read_scenario
from clustering.datasets import SampleState, generate_state, write_state
from clustering.datasets.geography import to_sphere_km

REPOSITORY = Path(__file__).parents[3]
SAMPLE = REPOSITORY / "data" / "sample"
REAL = REPOSITORY.parent / "shared" / "data" / "us_schools"

GRADES = {text: grade for grade, text in enumerate(["PK", "KG", *(f"{grade:02d}" for grade in range(1, 14))], start=-1)}
DIRECTORY_HEADINGS = """
SCHOOL_YEAR,FIPST,STATENAME,ST,SCH_NAME,LEA_NAME,STATE_AGENCY_NO,UNION,ST_LEAID,LEAID,ST_SCHID,NCESSCH,SCHID,
MSTREET1,MSTREET2,MSTREET3,MCITY,MSTATE,MZIP,MZIP4,LSTREET1,LSTREET2,LSTREET3,LCITY,LSTATE,LZIP,LZIP4,PHONE,WEBSITE,
SY_STATUS,SY_STATUS_TEXT,UPDATED_STATUS,UPDATED_STATUS_TEXT,EFFECTIVE_DATE,SCH_TYPE,SCH_TYPE_TEXT,RECON_STATUS,
OUT_OF_STATE_FLAG,CHARTER_TEXT,CHARTAUTH1,CHARTAUTHN1,CHARTAUTH2,CHARTAUTHN2,NOGRADES,G_PK_OFFERED,G_KG_OFFERED,
G_1_OFFERED,G_2_OFFERED,G_3_OFFERED,G_4_OFFERED,G_5_OFFERED,G_6_OFFERED,G_7_OFFERED,G_8_OFFERED,G_9_OFFERED,
G_10_OFFERED,G_11_OFFERED,G_12_OFFERED,G_13_OFFERED,G_UG_OFFERED,G_AE_OFFERED,GSLO,GSHI,LEVEL,IGOFFERED
""".replace("\n", "")
GEOCODE_HEADINGS = (
    "NCESSCH|LEAID|NAME|OPSTFIPS|STREET|CITY|STATE|ZIP|STFIP|CNTY|NMCNTY|LOCALE|LAT|LON|CBSA|NMCBSA|CBSATYPE|CSA|NMCSA"
    "|CD|SLDL|SLDU|SCHOOLYEAR"
)


@pytest.fixture(scope="module")
def moves(state: SampleState) -> pd.DataFrame:
    """Promotions with grades as numbers and with the span of grades of both schools."""
    return _moves(state)


def _moves(state: SampleState) -> pd.DataFrame:
    schools = state.directory.set_index("NCESSCH")
    low, high = schools["GSLO"].map(GRADES), schools["GSHI"].map(GRADES)
    rows = state.promotions
    return rows.assign(
        grade=rows["grade"].map(GRADES),
        next_grade=rows["next_grade"].map(GRADES),
        origin_low=rows["origin_ncessch"].map(low),
        origin_high=rows["origin_ncessch"].map(high),
        destination_low=rows["destination_ncessch"].map(low),
        destination_high=rows["destination_ncessch"].map(high),
        stays=rows["origin_ncessch"] == rows["destination_ncessch"],
        leaves=rows["destination_ncessch"].isna(),
    )


def test_committed_files_are_a_fresh_generation_byte_for_byte(state: SampleState, tmp_path: Path) -> None:
    written = write_state(state, tmp_path)
    assert sorted(path.name for path in written) == sorted(path.name for path in SAMPLE.iterdir())
    for path in written:
        assert path.read_bytes() == (SAMPLE / path.name).read_bytes(), path.name
    assert sum(path.stat().st_size for path in written) < 2_200_000


def test_another_seed_is_another_state(state: SampleState) -> None:
    other = generate_state(seed=2)
    assert not other.geocodes["LAT"].equals(state.geocodes["LAT"])
    assert len(other.promotions) != len(state.promotions)


@settings(deadline=None, max_examples=10)
@example(size=4000, seed=1)
@given(size=st.one_of(st.integers(12, 400), st.integers(401, 1500)), seed=st.integers(0, 2**40))
def test_any_size_is_met_exactly_by_sound_rows(size: int, seed: int) -> None:
    state = generate_state(schools=size, seed=seed)
    ids = state.directory["NCESSCH"]
    assert len(ids) == size
    assert ids.is_unique
    assert ids.str.fullmatch(r"0\d{11}").all()
    assert (ids.str[:7] == state.directory["LEAID"]).all()
    assert state.geocodes["NCESSCH"].equals(ids)
    assert not state.directory.duplicated(["LEAID", "SCH_NAME"]).any()
    assert state.geocodes["LAT"].between(25, 49).all()
    assert state.geocodes["LON"].between(-124, -67).all()
    rows = state.promotions
    assert rows["origin_ncessch"].isin(ids).all()
    assert rows["destination_ncessch"].dropna().isin(ids).all()
    assert not rows.duplicated(rows.columns[:-1].tolist()).any()


@pytest.mark.parametrize(
    ("arguments", "column", "value"),
    [
        ({"schools": 10}, "schools", "10"),
        ({"schools": 120_001}, "schools", "120001"),
        ({"seed": -1}, "seed", "-1"),
        ({"years": 0}, "years", "0"),
    ],
)
def test_numbers_out_of_range_are_refused(arguments: dict[str, int], column: str, value: str) -> None:
    with pytest.raises(InputError) as caught:
        generate_state(**arguments)
    (problem,) = caught.value.problems
    assert (problem.column, problem.value) == (column, value)


def test_all_problems_come_at_once() -> None:
    with pytest.raises(InputError) as caught:
        generate_state(schools=3, seed=-5)
    assert [problem.column for problem in caught.value.problems] == ["schools", "seed"]


def test_large_states_keep_one_year_of_final_grades() -> None:
    state = generate_state(schools=20_001, seed=3)
    moves = _moves(state)
    assert len(state.directory) == 20_001
    assert set(moves["school_year"]) == {"2023-24"}
    assert (moves["grade"] == moves["origin_high"]).all()
    edges = moves[~moves["stays"] & ~moves["leaves"]]
    assert 2 < len(edges) / 20_001 < 5


def test_years_and_rows_can_be_chosen() -> None:
    full = _moves(generate_state(schools=60, years=2))
    assert set(full["school_year"]) == {"2022-23", "2023-24"}
    assert (full["grade"] < full["origin_high"]).any()
    short = _moves(generate_state(schools=60, years=2, inside_school_rows=False))
    assert short["students"].tolist() == full.loc[full["grade"] == full["origin_high"], "students"].tolist()


def test_headings_are_those_of_the_published_files() -> None:
    assert (SAMPLE / "ccd_sch_029_2324_w_1a_sample.csv").read_text().split("\n")[0] == DIRECTORY_HEADINGS
    assert (SAMPLE / "EDGE_GEOCODE_PUBLICSCH_2324_sample.TXT").read_text().split("\n")[0] == GEOCODE_HEADINGS
    assert all(b"\r" not in path.read_bytes() for path in SAMPLE.iterdir())


def test_grades_add_up_on_every_row(moves: pd.DataFrame) -> None:
    assert moves["grade"].between(2, 11).all()
    assert moves["grade"].between(moves["origin_low"], moves["origin_high"]).all()
    assert set(moves["school_year"]) == {"2021-22", "2022-23", "2023-24"}
    assert moves.loc[moves["leaves"], "next_grade"].isna().all()
    stayed = moves[~moves["leaves"]]
    assert stayed["next_grade"].between(stayed["destination_low"], stayed["destination_high"]).all()
    repeated = stayed["next_grade"] == stayed["grade"]
    assert stayed.loc[repeated, "stays"].all()
    assert (stayed.loc[~repeated, "next_grade"] == stayed.loc[~repeated, "grade"] + 1).all()
    feeding = stayed[~repeated & (stayed["grade"] == stayed["origin_high"])]
    assert not feeding["stays"].any()
    # Feeding leads upward, or the feeder graph would have cycles.
    assert (feeding["destination_high"] > feeding["origin_high"]).all()
    kinds = pd.Series([repeated.sum(), len(feeding), stayed["stays"].sum(), moves["leaves"].sum()])
    assert (kinds > 1000).all()


def test_nobody_is_lost_and_nobody_appears(state: SampleState) -> None:
    key = ["school_year", "ncessch", "grade"]
    rows = state.promotions.rename(columns={"origin_ncessch": "ncessch"})
    exact = rows["students"].where(rows["students"] > 0, 0)
    sums = rows.assign(exact=exact, hidden=rows["students"] == -1).groupby(key)[["exact", "hidden"]].sum()
    enrolled = state.enrolled.set_index(key)["students"].sort_index()
    assert sums.index.equals(enrolled.index)
    rest = enrolled - sums["exact"]
    assert (rest[sums["hidden"] == 0] == 0).all()
    assert (rest >= sums["hidden"]).all()
    assert (rest <= 9 * sums["hidden"]).all()


def test_those_who_arrive_are_enrolled_the_year_after(state: SampleState) -> None:
    rows = state.promotions.dropna(subset="destination_ncessch")
    following = {"2021-22": "2022-23", "2022-23": "2023-24"}
    rows = rows.assign(next_year=rows["school_year"].map(following), least=rows["students"].abs())
    arrived = rows.groupby(["next_year", "destination_ncessch", "next_grade"])["least"].sum()
    enrolled = state.enrolled.set_index(["school_year", "ncessch", "grade"])["students"]
    # From grade 3 to 11 both ends are in the table: grade 2 is entered from grade 1, and nobody is promoted from 12.
    both = arrived[~arrived.index.get_level_values("next_grade").isin(["02", "12"])]
    assert len(both) > 3000
    assert (both.to_numpy() <= enrolled.reindex(both.index).to_numpy()).all()


def test_a_minority_of_districts_suppresses_small_cells(state: SampleState) -> None:
    rows = state.promotions
    assert ((rows["students"] >= 1) | (rows["students"] == -1)).all()
    district = rows["origin_ncessch"].str[:7]
    suppresses = (rows["students"] == -1).groupby(district).any()
    shows = rows["students"].between(1, 9).groupby(district).any()
    assert not (suppresses & shows).any()
    assert 0.1 < suppresses.mean() < 0.4


def test_every_kind_of_school_is_there(state: SampleState) -> None:
    spans = set(zip(state.directory["GSLO"], state.directory["GSHI"], strict=True))
    assert spans == {
        *(
            ("PK", "05"),
            ("KG", "05"),
            ("KG", "06"),
            ("KG", "02"),
            ("03", "05"),
            ("KG", "08"),
            ("06", "08"),
            ("07", "08"),
        ),
        *(("06", "12"), ("09", "09"), ("10", "12"), ("09", "12")),
    }
    for column, entries in {
        "LEVEL": {"Elementary", "Middle", "Secondary", "High"},
        "SY_STATUS_TEXT": {"Open", "New", "Closed"},
        "SCH_TYPE_TEXT": {"Regular School", "Alternative School"},
        "CHARTER_TEXT": {"Yes", "No"},
    }.items():
        assert set(state.directory[column]) == entries
    flags = state.directory.filter(regex=r"^G_.*_OFFERED$") == "Yes"
    span = state.directory["GSHI"].map(GRADES) - state.directory["GSLO"].map(GRADES) + 1
    assert (flags.sum(axis="columns") == span).all()
    campuses = state.geocodes.groupby(["LAT", "LON"]).size()
    assert (campuses > 1).sum() >= 3


def test_choice_schools_draw_from_farther_than_others(state: SampleState, moves: pd.DataFrame) -> None:
    points = pd.DataFrame(to_sphere_km(state.geocodes["LAT"].to_numpy(), state.geocodes["LON"].to_numpy()))
    points = points.set_index(state.geocodes["NCESSCH"])
    fed = moves[(moves["grade"] == moves["origin_high"]) & ~moves["stays"] & ~moves["leaves"]]
    origins, destinations = (points.loc[fed[end]].to_numpy() for end in ("origin_ncessch", "destination_ncessch"))
    distance_km = pd.Series(np.linalg.norm(np.subtract(origins, destinations), axis=1), index=fed.index)
    names = fed["destination_ncessch"].map(state.directory.set_index("NCESSCH")["SCH_NAME"])
    choice = names.str.contains("Charter|Magnet")
    weights = fed["students"].clip(lower=1)
    farther = np.average(distance_km[choice], weights=weights[choice])
    nearer = np.average(distance_km[~choice], weights=weights[~choice])
    assert farther > 1.5 * nearer


def test_new_and_closed_schools_have_pupils_only_while_open(state: SampleState) -> None:
    status = state.directory.set_index("NCESSCH")["SY_STATUS_TEXT"]
    rows = state.promotions
    origin, destination = rows["origin_ncessch"].map(status), rows["destination_ncessch"].map(status)
    assert set(rows.loc[origin == "Closed", "school_year"]) == {"2021-22", "2022-23"}
    assert set(rows.loc[destination == "Closed", "school_year"]) == {"2021-22"}
    assert set(rows.loc[origin == "New", "school_year"]) == {"2023-24"}
    assert set(rows.loc[destination == "New", "school_year"]) == {"2022-23", "2023-24"}


def test_patterns_persist_from_year_to_year(moves: pd.DataFrame) -> None:
    fed = moves[(moves["grade"] == moves["origin_high"]) & ~moves["stays"] & ~moves["leaves"] & (moves["students"] > 0)]
    table = fed.pivot_table(index=["origin_ncessch", "destination_ncessch"], columns="school_year", values="students")
    both = table.dropna(subset=["2021-22", "2023-24"])
    correlation = both["2021-22"].corr(both["2023-24"])
    assert 0.9 < correlation < 0.9999


def test_districts_lie_on_real_ground() -> None:
    path = REAL / "us_public_schools.csv.gz"
    if not path.exists():
        pytest.skip(f"the real data is not at {path}")
    real = pd.read_csv(path, usecols=["lat", "lon"]).dropna()
    country = generate_state(schools=12_000, seed=5).geocodes
    tree = KDTree(to_sphere_km(real["lat"].to_numpy(), real["lon"].to_numpy()))
    distance_km, _ = tree.query(to_sphere_km(country["LAT"].to_numpy(), country["LON"].to_numpy()))
    # Deserts have few schools; the sea and other countries have none.
    assert np.quantile(distance_km, 0.99) < 60
    assert country["LON"].max() - country["LON"].min() > 40


def test_the_sample_shows_what_a_planner_meets() -> None:
    files = {path.name: path for path in SAMPLE.iterdir()}
    scenario = read_scenario(
        schools=[files["ccd_sch_029_2324_w_1a_sample.csv"], files["EDGE_GEOCODE_PUBLICSCH_2324_sample.TXT"]],
        flows=[files["promotions.csv"]],
        performance=[files["acgr_2223_sample.csv"], files["identified_schools.csv"]],
    )
    assert scenario.report.warnings == ()
    schools, graph = scenario.schools, build_feeder_graph(scenario)
    certainty = identify_high_schools(scenario, parse_rule("graduation_rate<0.67"))["certainty"]
    anchors = certainty.index[certainty == "certain"]
    assert 10 <= len(anchors) <= 14
    assert (certainty == "possible").any()
    levels = schools["level"].reindex(anchors)
    assert (levels == "middle-high").any()
    regular = [anchor for anchor in anchors if "Alternative" not in schools.loc[anchor, "name"]]
    large = {
        anchor: {feeder for feeder, _, data in graph.in_edges(anchor, data=True) if data["send_share"] >= 0.2}
        for anchor in regular
    }
    feeders = pd.Series([feeder for group in large.values() for feeder in group])
    assert feeders.duplicated().sum() >= 2, "anchors in conflict over a feeder"
    assert (schools.loc[feeders, "level"] == "elementary-middle").any(), "a K-8 school that feeds an anchor"
    assert schools.loc[feeders, "name"].str.endswith("Ninth Grade Center").any()
    districts = schools.groupby("district_id").size()
    assert (schools.loc[regular, "district_id"].map(districts) < 3).any(), "an anchor with too few schools in reach"


def test_readme_describes_every_file_and_says_that_it_is_fictional(state: SampleState) -> None:
    readme = (SAMPLE / "README.md").read_text()
    assert "Generated; fictional." in readme
    assert "zones sample --schools 600 --seed 1 --out data/sample" in readme
    for path in SAMPLE.iterdir():
        if path.name not in ("README.md", "datapackage.json"):
            rows = len(path.read_text().splitlines()) - 1
            assert f"## {path.name} ({rows:,} rows)" in readme
    described = set(re.findall(r"`([A-Za-z_0-9]+)`", readme))
    for table in (state.promotions, state.identified_schools, state.graduation_rates):
        assert set(table.columns) <= described
