"""Columns that are lists, such as designations, and no rates."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from clustering import read_scenario
from tests.examples.rate_files import judge_own
from tests.examples.toy_district import toy_flows, toy_scenario, toy_schools


def test_performance_of_a_school_that_is_not_listed_is_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "rates.csv"
    path.write_text("NCESSCH,ALL_RATE_1718\n000000000010,60-69\n000000000099,70\n")
    schools, flows = toy_schools(), toy_flows()
    schools["school_id"] = schools["school_id"].str.zfill(12)
    flows = flows.assign(origin=flows["origin"].str.zfill(12), destination=flows["destination"].str.zfill(12))
    scenario = read_scenario(schools=[schools], flows=[flows], performance=[path])
    # The performance file comes first: its band stands over the 55 of the schools table.
    rates = scenario.performance.loc["000000000010"]
    assert (rates["graduation_rate_low"], rates["graduation_rate_high"]) == (pytest.approx(0.6), pytest.approx(0.69))
    assert rates["graduation_rate_text"] == "60-69"
    (file,) = [file for file in scenario.report.files if file.role == "performance"]
    assert (file.rows_read, file.rows_used, file.rows_set_aside) == (2, 1, 1)


def test_columns_that_look_like_official_lists_are_offered_the_rarest_first() -> None:
    schools = toy_schools().assign(state="KS", charter=["Yes"] * 3 + ["No"] * 8, G_5_OFFERED=["Yes"] * 6 + ["No"] * 5)
    assert list(toy_scenario(schools).report.facts["official_list_columns"].items()) == [
        ("designation", ["CSI"]),
        ("charter", ["No", "Yes"]),
    ]


def test_lists_that_contradict_each_other_are_told_apart() -> None:
    first, second = toy_schools().assign(designation="CSI"), toy_schools().assign(designation="CSI")
    second.loc[3, "designation"], second.loc[4, "designation"] = "TSI", ""
    scenario = read_scenario(schools=[first, second], flows=toy_flows())
    told = [each for each in scenario.report.warnings if "entry differs" in each.message]
    assert [(each.row, each.column, each.value) for each in told] == [(5, "designation", "TSI")]
    assert set(scenario.performance["designation"]) == {"CSI"}


def test_a_rate_is_known_by_its_name_however_that_is_written() -> None:
    spelled = toy_schools().rename(columns={"graduation_rate": "Graduation Rate"})
    pd.testing.assert_frame_equal(toy_scenario(spelled).performance, toy_scenario().performance)


def test_a_list_may_have_any_name() -> None:
    schools = toy_schools()
    schools["self"], schools["index"] = "CSI", "TSI"
    performance = toy_scenario(schools).performance
    assert (set(performance["self"]), set(performance["index"])) == ({"CSI"}, {"TSI"})


SAMPLE = Path(__file__).resolve().parents[4] / "data" / "sample"


@pytest.mark.parametrize(
    ("heading", "entries"),
    [
        ("growth", ["Met", "Not met", "Met"]),
        ("index", ["High", "Low", ""]),
        ("math_proficiency", ["Below", "At", "Below"]),
        ("group", ["Focus", "Priority", ""]),
        ("cohort", ["First", "Second", ""]),
    ],
)
def test_a_column_that_holds_something_else_stays_a_list(heading: str, entries: list[str]) -> None:
    performance, findings = judge_own(graduation_rate=["66", "70", "80"], **{heading: entries})
    assert performance.table[heading].astype("object").fillna("").tolist() == entries
    assert set(performance.rates["measure"]) == {"graduation_4year"}
    assert set(performance.rates["subgroup"]) == {"all"}
    assert [problem.is_error for problem in findings.problems] == [False]
    assert heading not in findings.headings


def test_the_row_numbers_of_a_program_are_no_index() -> None:
    performance, findings = judge_own(index=["0", "1", "2"], graduation_rate=["66", "70", "80"])
    assert set(performance.rates["measure"]) == {"graduation_4year"}
    assert [problem.column for problem in findings.problems] == ["index"]


def test_a_list_may_be_added_to_a_directory_as_it_is_published() -> None:
    directory = pd.read_csv(
        SAMPLE / "ccd_sch_029_2324_w_1a_sample.csv", dtype="str", keep_default_na=False, nrows=200
    ).assign(Designation=["CSI", *[""] * 199])
    flows = pd.read_csv(SAMPLE / "promotions.csv", dtype="str", keep_default_na=False)
    scenario = read_scenario(schools=directory, flows=flows)
    assert [name for name in map(str, scenario.performance) if not name.startswith("graduation_rate")] == [
        "Designation"
    ]
    assert list(scenario.performance.index) == [directory["NCESSCH"][0]]


def test_a_column_of_numbers_and_marks_is_no_list_and_shows_no_count() -> None:
    schools = toy_schools()
    mixed = {
        "Number of Dropouts": "7 dropped",
        "Grads": "few (7)",
        "Students": "about 7",
        "Leavers": "*",
        "Share": "n<10",
        "Tier": "B",
    }
    for heading, last in mixed.items():
        schools[heading] = ["7"] * 10 + [last]
    schools["Flag"] = ["0"] * 10 + ["1"]
    assert set(toy_scenario(schools).report.facts["official_list_columns"]) == {"designation", "Flag", "Tier"}
