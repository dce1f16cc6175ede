"""Proposals for a crosswalk: real programmes with synthetic flows, the District of Columbia as published, names."""

from __future__ import annotations

import time
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from clustering import read_scenario
from clustering.disclosure.policy import parse_policy
from clustering.disclosure.protected_flows import protect_flows
from clustering.disclosure.protection import Protection
from clustering.flows.crosswalk import (
    apply_crosswalk,
    crosswalk_csv_table,
    find_unlisted,
    propose_crosswalk,
    read_flow_names,
)
from clustering.flows.crosswalk.evidence import followed_shares, sightings
from clustering.model.grades import parse_grade_set
from clustering.readers.file_options import FileOptions
from clustering.readers.raw_table import Source
from clustering.readers.read_table import read_table
from clustering.readers.recognition.headings import recognise_headings
from clustering.validation.findings import Findings
from tests.clustering.flows.crosswalk.test_apply import flows_of

SchoolRow = tuple[str, str, str, float, float, float]  # id, name, grades, latitude, longitude, enrolment


def schools_of(*rows: SchoolRow, district: str | None = "01") -> gpd.GeoDataFrame:
    table = pd.DataFrame(rows, columns=["school_id", "name", "grades", "lat", "lon", "enrolment"])
    frame = pd.DataFrame(
        {
            "name": table["name"],
            "district_id": pd.Series([district] * len(table), dtype="str"),
            "grades_offered": [parse_grade_set(text) for text in table["grades"]],
            "enrolment_students": table["enrolment"].astype("float64"),
        }
    ).set_index(pd.Index(table["school_id"], name="school_id", dtype="str"))
    return gpd.GeoDataFrame(frame, geometry=gpd.points_from_xy(table["lon"], table["lat"]), crs="EPSG:4326")


def findings_of(source: Source, role: str) -> Findings:
    """A file ready for validation."""
    table = read_table(source, role=role)
    recognised = recognise_headings(table.headings, table=table.name, role=role, options=FileOptions())
    assert recognised.problems == []
    return Findings(table=table, role=role, headings=recognised.headings)


def best_of(proposals: pd.DataFrame) -> pd.DataFrame:
    return proposals[proposals["rank"] == 1]


def successors_of(proposals: pd.DataFrame, old_id: str) -> dict[str, float]:
    rows = best_of(proposals).query("old_id == @old_id")
    return dict(zip(rows["new_id"], rows["share"], strict=True))


def one(proposals: pd.DataFrame, old_id: str) -> pd.Series:
    (row,) = (row for _, row in best_of(proposals).iterrows() if row["old_id"] == old_id)
    return row


# Denver 2010 to 2013: the schools of Montbello's feeder pattern and those opened on their campuses.
MONTBELLO_BEFORE: list[SchoolRow] = [
    ("M1", "Montbello High School", "9-12", 39.7810, -104.8340, 1500),
    ("M2", "Rachel B. Noel Middle School", "6-8", 39.7790, -104.8450, 800),
    ("M3", "Oakland Elementary School", "K-5", 39.7900, -104.8400, 500),
    ("M4", "Barney Ford Elementary School", "K-5", 39.7830, -104.8520, 600),
    ("M5", "McGlone Elementary School", "K-5", 39.7840, -104.8250, 550),
]
MONTBELLO_AFTER: list[SchoolRow] = [
    ("N1", "DCIS at Montbello", "6-12", 39.7810, -104.8340, 500),
    ("N2", "Collegiate Preparatory Academy", "9-12", 39.7810, -104.8340, 300),
    ("N3", "High Tech Early College", "9-12", 39.7811, -104.8341, 200),
    ("N4", "Noel Community Arts School", "6-8", 39.7790, -104.8450, 450),
    ("N5", "KIPP Montbello College Prep", "5-8", 39.7790, -104.8450, 150),
    ("N6", "SOAR at Oakland", "K-5", 39.7900, -104.8400, 400),
    ("N7", "DCIS at Ford", "K-5", 39.7830, -104.8520, 500),
    ("M5", "McGlone Elementary School", "K-5", 39.7840, -104.8250, 550),
]


@pytest.fixture(scope="module")
def montbello() -> pd.DataFrame:
    earlier, schools = schools_of(*MONTBELLO_BEFORE), schools_of(*MONTBELLO_AFTER)
    unlisted = find_unlisted(None, schools, earlier=earlier)
    assert unlisted.index.tolist() == ["M1", "M2", "M3", "M4"]
    return propose_crosswalk(unlisted, schools, earlier=earlier)


def test_schools_opened_on_one_campus_are_proposed_as_a_split_by_enrolment(montbello: pd.DataFrame) -> None:
    assert successors_of(montbello, "M1") == {"N1": 0.5, "N2": 0.3, "N3": 0.2}
    assert successors_of(montbello, "M2") == {"N4": 0.75, "N5": 0.25}
    assert set(best_of(montbello).query("old_id in ['M1', 'M2']")["kind"]) == {"split"}


def test_the_only_new_school_at_a_place_is_proposed_whatever_its_name(montbello: pd.DataFrame) -> None:
    assert successors_of(montbello, "M3") == {"N6": 1.0}
    assert successors_of(montbello, "M4") == {"N7": 1.0}
    assert one(montbello, "M4")["strength"] == "fair"
    assert "same place" in one(montbello, "M4")["explanation"]


def test_nothing_is_confirmed_and_nothing_applied_before_a_person_says_so(montbello: pd.DataFrame) -> None:
    assert not montbello["confirmed"].any()
    flows = flows_of(("M2", "M1", 8, 2010, 200), ("M4", "M2", 5, 2010, 90))
    answer, account = apply_crosswalk(flows, montbello)
    pd.testing.assert_frame_equal(answer, flows)
    assert account.rows_not_confirmed == len(montbello)


def test_the_flows_of_montbello_are_divided_among_the_new_schools(montbello: pd.DataFrame) -> None:
    flows = flows_of(("M2", "M1", 8, 2010, 200), ("M4", "M2", 5, 2010, 90), ("M5", "M2", 5, 2010, 80))
    confirmed = best_of(montbello).assign(confirmed=True)
    grades = schools_of(*MONTBELLO_AFTER)["grades_offered"]
    answer, account = apply_crosswalk(flows, confirmed, grades_offered=grades)
    cells = answer.set_index(["origin", "destination"])["students"]
    assert cells["N4", "N1"] == pytest.approx(200 * 0.75 * 0.5)
    assert cells["N5", "N3"] == pytest.approx(200 * 0.25 * 0.2)
    assert cells["N7", "N4"] == pytest.approx(90 * 0.75)
    assert cells["M5", "N5"] == pytest.approx(80 * 0.25)
    assert answer["students"].sum() == pytest.approx(370)
    assert (account.rows_given, account.rows_divided, account.parts) == (3, 3, 6 + 2 + 2)


# Charlotte 2010 to 2011: middle schools closed, and elementary schools of Project L.I.F.T. took their grades in.
LIFT_SCHOOLS: list[SchoolRow] = [
    ("L1", "Ashley Park PreK-8 School", "K-8", 35.2300, -80.8800, 600),
    ("L2", "Bruns Academy", "K-8", 35.2400, -80.8600, 700),
    ("L3", "Walter G. Byers School", "K-8", 35.2500, -80.8400, 500),
    ("L4", "Druid Hills Academy", "K-8", 35.2600, -80.8300, 600),
    ("L5", "West Charlotte High School", "9-12", 35.2700, -80.8500, 1600),
]
LIFT_FLOWS = flows_of(
    ("L1", "SPAUGH", 5, 2009, 70),
    ("SPAUGH", "SPAUGH", 6, 2009, 100),
    ("SPAUGH", "L5", 8, 2010, 120),
    ("SPAUGH", "L1", 6, 2010, 60),
    ("SPAUGH", "L1", 7, 2010, 60),
    ("SPAUGH", None, 6, 2010, 40),
    ("WILLIAMS", "L2", 6, 2010, 30),
    ("WILLIAMS", "L3", 6, 2010, 30),
    ("WILLIAMS", "L4", 7, 2010, 30),
    ("WILLIAMS", "L5", 8, 2010, 90),
    *[(school, school, 3, 2009, 80) for school in ("L1", "L2", "L3", "L4")],
)
LIFT_NAMES = pd.Series({"SPAUGH": "Spaugh Middle School", "WILLIAMS": "J.T. Williams Middle School"})


@pytest.fixture(scope="module")
def lift() -> pd.DataFrame:
    schools = schools_of(*LIFT_SCHOOLS)
    return propose_crosswalk(find_unlisted(LIFT_FLOWS, schools, names=LIFT_NAMES), schools, flows=LIFT_FLOWS)


def test_a_school_whose_students_went_to_a_neighbour_is_proposed_as_merged_but_never_strong(lift: pd.DataFrame) -> None:
    row = one(lift, "SPAUGH")
    assert (row["new_id"], row["kind"], row["strength"]) == ("L1", "merged", "fair")
    assert row["followed_share"] == 0.75  # 120 of the 160 students below grade 8; those of grade 8 moved up
    assert (row["old_last_year"], row["new_first_year"]) == (2010, 2009)


def test_students_spread_over_several_neighbours_are_weak_evidence_for_each(lift: pd.DataFrame) -> None:
    rows = lift[lift["old_id"] == "WILLIAMS"]
    assert sorted(rows["new_id"]) == ["L2", "L3", "L4"]
    assert rows["rank"].tolist() == [1, 2, 3]
    assert set(rows["strength"]) == {"weak"}


def test_promotions_between_merged_schools_become_continuation(lift: pd.DataFrame) -> None:
    confirmed = lift[lift["old_id"] == "SPAUGH"].assign(confirmed=True)
    answer, _ = apply_crosswalk(LIFT_FLOWS, confirmed)
    within = answer[(answer["origin"] == "L1") & (answer["destination"] == "L1")]
    assert within.groupby("grade")["students"].sum().to_dict() == {3: 80, 5: 70, 6: 160, 7: 60}
    assert answer["students"].sum() == LIFT_FLOWS["students"].sum()


# The District of Columbia, judged by hand.
DC_RIGHT = {
    "361": {"157"},  # Friendship Blow-Pierce, given another code
    "363": {"155"},  # Friendship Chamberlain
    "365": {"156"},  # the two halves of Friendship Woodridge became one school
    "366": {"156"},
    "1101": {"182", "1207"},  # Capital City's upper school became a middle and a high school
}


@pytest.fixture(scope="module")
def district_of_columbia(shared_data: Path) -> pd.DataFrame:
    folder = shared_data / "dc_2011"
    scenario = read_scenario(schools=[folder / "schools.csv"], flows=[folder / "promotions.csv"])
    names = read_flow_names([findings_of(folder / "promotions.csv", "flows")])
    unlisted = find_unlisted(scenario.flows, scenario.schools, names=names)
    assert unlisted["name"].notna().all()
    return propose_crosswalk(unlisted, scenario.schools, flows=scenario.flows)


def test_every_unlisted_school_of_the_district_gets_a_proposal(district_of_columbia: pd.DataFrame) -> None:
    assert best_of(district_of_columbia)["old_id"].nunique() == 26
    shares = best_of(district_of_columbia).groupby("old_id")["share"].sum()
    assert shares.tolist() == pytest.approx([1.0] * 26)


def test_what_is_clearly_right_in_the_district_is_strong_and_nothing_else_is(
    district_of_columbia: pd.DataFrame,
) -> None:
    strong = district_of_columbia[district_of_columbia["strength"] == "strong"]
    found = strong.groupby("old_id")["new_id"].agg(set).to_dict()
    assert found == DC_RIGHT


def test_a_school_that_moved_is_found_though_its_place_is_part_of_its_name(district_of_columbia: pd.DataFrame) -> None:
    """School Within School at Logan Annex went to Goding."""
    row = one(district_of_columbia, "943")
    assert (row["new_id"], row["kind"], row["strength"]) == ("175", "moved", "fair")


@pytest.mark.parametrize(
    ("old_id", "absurd"),
    [
        ("420", {"456", "459"}),  # MacFarland Middle; Roosevelt was only housed in its building
        ("353", {"195"}),  # Terrell/McGogney Elementary; Eagle Academy moved into the building
        ("425", {"404"}),  # Ron Brown Middle; Browne Education Campus
        ("461", {"462", "456"}),  # Spingarn STAY; Ballou STAY
        ("432", {"1107"}),  # Shaw Middle; a charter school in the Shaw quarter
        ("351", {"191"}),  # Marshall Elementary; Thurgood Marshall Academy High School
        ("304", {"325"}),  # River Terrace: one suppressed cell of its last students went to Thomas
    ],
)
def test_absurd_pairs_are_not_proposed(district_of_columbia: pd.DataFrame, old_id: str, absurd: set[str]) -> None:
    assert not set(successors_of(district_of_columbia, old_id)) & absurd


def proposals_without_places(old_name: str, old_grades: str, *new: tuple[str, str, str]) -> pd.DataFrame:
    schools = schools_of(*[(school, name, grades, 38.0, -98.0, 300) for school, name, grades in new])
    unlisted = schools_of(("OLD", old_name, old_grades, 38.0, -98.0, 300))
    return propose_crosswalk(unlisted[["name", "district_id", "grades_offered"]], schools)


def test_the_same_name_without_rival_in_its_district_is_strong() -> None:
    row = one(proposals_without_places("LINCOLN ES", "K-5", ("1", "Lincoln Elementary", "K-5")), "OLD")
    assert (row["new_id"], row["strength"], row["kind"]) == ("1", "strong", "renumbered")


def test_the_same_name_at_another_level_is_never_strong() -> None:
    proposals = proposals_without_places("Lincoln ES", "K-5", ("1", "Lincoln MS", "6-8"))
    assert set(proposals["strength"]) <= {"weak", "none"}


def test_two_schools_of_the_same_name_are_both_shown_and_neither_is_strong() -> None:
    new = [("1", "Lincoln Elementary", "K-5"), ("2", "Lincoln School", "K-5")]
    proposals = proposals_without_places("Lincoln ES", "K-5", *new)
    assert proposals["new_id"].tolist() == ["1", "2"]
    assert proposals["rank"].tolist() == [1, 2]
    assert "strong" not in set(proposals["strength"])


def test_a_school_of_one_name_split_by_grade_is_proposed_without_flows() -> None:
    new = [("1", "Lincoln Middle", "6-8"), ("2", "Lincoln High", "9-12")]
    proposals = proposals_without_places("Lincoln School", "6-12", *new)
    assert successors_of(proposals, "OLD") == {"1": 0.5, "2": 0.5}  # 300 students each
    assert set(proposals["kind"]) == {"reconfigured"}
    assert set(proposals["strength"]) == {"fair"}


def test_a_school_that_lived_in_the_same_years_is_a_neighbour_and_no_successor() -> None:
    """Two schools in one building: the one that closed is not succeeded by the one that was there all along."""
    old = ("OLD", "Lincoln Elementary", "K-5", 38.0, -98.0, 300.0)
    sibling = ("1", "Lincoln Elementary", "K-5", 38.0, -98.0, 300.0)
    schools, earlier = schools_of(sibling), schools_of(old, sibling)
    proposals = propose_crosswalk(find_unlisted(None, schools, earlier=earlier), schools, earlier=earlier)
    assert one(proposals, "OLD")["strength"] == "weak"
    alone = propose_crosswalk(find_unlisted(None, schools, earlier=schools_of(old)), schools, earlier=schools_of(old))
    assert one(alone, "OLD")["strength"] == "strong"


def test_the_same_name_far_away_is_not_strong() -> None:
    earlier = schools_of(("OLD", "Lincoln ES", "K-5", 38.0, -98.0, 300))
    schools = schools_of(("1", "Lincoln ES", "K-5", 38.1, -98.0, 300))  # a tenth of a degree: 11.1 km
    row = one(propose_crosswalk(find_unlisted(None, schools, earlier=earlier), schools, earlier=earlier), "OLD")
    assert row["distance_km"] == pytest.approx(11.12, abs=0.01)
    assert (row["strength"], row["kind"]) == ("fair", "moved")


def test_a_school_without_any_candidate_is_proposed_as_closed() -> None:
    row = one(proposals_without_places("Washington ES", "K-5", ("1", "Lincoln ES", "K-5")), "OLD")
    assert pd.isna(row["new_id"])
    assert (row["kind"], row["strength"], row["share"]) == ("closed", "none", 1.0)


def test_nothing_unlisted_and_no_schools_are_no_fault() -> None:
    schools = schools_of(("1", "Lincoln ES", "K-5", 38.0, -98.0, 300))
    assert len(propose_crosswalk(find_unlisted(None, schools), schools)) == 0
    unlisted = find_unlisted(flows_of(("A", "B", 5, 2012, 30)), schools)
    assert propose_crosswalk(unlisted, schools)["kind"].tolist() == ["closed", "closed"]


def test_sightings_count_a_destination_in_the_fall_after() -> None:
    falls = sightings(flows_of(("A", "B", 5, 2012, 30), ("B", "C", 6, 2014, 30)))
    assert falls.loc["A"].tolist() == [2012, 2012]
    assert falls.loc["B"].tolist() == [2013, 2014]
    assert falls.loc["C"].tolist() == [2015, 2015]


def test_small_counts_cannot_be_worked_out_from_the_evidence() -> None:
    """Whatever a count of 1 to 9 is, the share told is the same, if the size of the grade is."""
    old = pd.DataFrame(
        {"grades_offered": [parse_grade_set("6-8")], "last_year": pd.array([2012], dtype="Int64")}, ["A"]
    )
    size = pd.DataFrame({"school_id": ["A"], "grade": [6], "year": [2012], "students": [70.0]})
    protection, shares = Protection(policy=parse_policy("standard"), method="single years"), []
    for students in range(1, 10):
        exact = flows_of(("A", "B", 6, 2012, students), ("A", "C", 6, 2012, 40)).assign(kind="feeding")
        shares.append(followed_shares(protect_flows(exact, size, protection).flows, old)["followed_share"])
    assert all(len(share) == 2 and share.equals(shares[0]) for share in shares)


def test_proposals_do_not_depend_on_the_order_of_rows(montbello: pd.DataFrame) -> None:
    earlier, schools = schools_of(*MONTBELLO_BEFORE[::-1]), schools_of(*MONTBELLO_AFTER[::-1])
    unlisted = find_unlisted(None, schools, earlier=earlier).iloc[::-1]
    pd.testing.assert_frame_equal(propose_crosswalk(unlisted, schools, earlier=earlier), montbello)


def test_the_table_to_edit_is_text_and_confirms_nothing(lift: pd.DataFrame) -> None:
    table = crosswalk_csv_table(lift)
    assert table.columns[0] == "confirmed"
    assert set(table["confirmed"]) == {"no"}
    assert all(isinstance(cell, str) for column in table for cell in table[column])
    assert table.loc[table["old_id"] == "SPAUGH", ["new_id", "share", "followed_share"]].to_numpy().tolist() == [
        ["L1", "1", "0.75"]
    ]


def test_a_whole_country_takes_seconds() -> None:
    """40,000 schools of 2,000 districts; 1,000 of them under another number and in capitals."""
    random = np.random.default_rng(7)
    syllables = [
        "wood",
        "lin",
        "mar",
        "oak",
        "ber",
        "ton",
        "ford",
        "ville",
        "dale",
        "ham",
        "wick",
        "low",
        "gar",
        "pine",
    ]
    words = ["".join(parts) for parts in random.choice(syllables, (40_000, 3))]
    rows = [
        (f"{number % 2_000:07d}{number:05d}", f"{word.title()} Elementary School", "K-5", 38.0, -98.0, 300.0)
        for number, word in enumerate(words)
    ]
    schools = schools_of(*rows, district=None)
    old = schools.iloc[::40].assign(name=lambda table: table["name"].str.upper())
    truth = dict(zip(old.index.str[:7] + "A" + old.index.str[7:], old.index, strict=True))
    begin = time.perf_counter()
    unlisted = old[["name", "district_id", "grades_offered"]].set_axis(pd.Index(truth), axis="index")
    unlisted["district_id"] = unlisted.index.str[:7]
    best = best_of(propose_crosswalk(unlisted, schools))
    assert time.perf_counter() - begin < 30
    strong = best[best["strength"] == "strong"]
    assert (strong["new_id"] == strong["old_id"].map(truth)).all()
    assert len(strong) > 900
