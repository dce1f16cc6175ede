"""Columns that are lists, such as designations, and no rates."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from clustering import InputError, identify_schools, read_scenario
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


@pytest.mark.parametrize(
    "cell",
    [
        *(
            "7",
            "0",
            "1",
            "d8",
            "7 (approx)",
            "about 7",
            "n<10",
            "<10",
            "1–9",
            "\uff17",
            "\u096d",
            "½",
            "1/3",
            "66.7%",
            "⁷",
        ),
        *("seven", "Seven students", "a dozen", "vii", "Tier II", "IV", "V", "|||", "*", "s", "DS", "‡", "66.7%"),
    ],
)
def test_one_number_share_or_mark_of_suppression_keeps_a_column_from_being_a_list(cell: str) -> None:
    schools = toy_schools().assign(homeless=[cell, "Met", *["Not met"] * 9])
    assert set(toy_scenario(schools).report.facts["official_list_columns"]) == {"designation"}
    assert "homeless" not in toy_scenario(schools).performance
    with pytest.raises(InputError) as refused:
        identify_schools(toy_scenario(schools), "official:homeless=Met")
    told = " ".join(problem.message + problem.remedy for problem in refused.value.problems)
    assert "columns that can serve: designation." in told
    assert "Not met" not in told


@pytest.mark.parametrize("cell", ["X", "Title I", "Y", "N/A", "-", "Comprehensive", "not reported", "Grade A"])
def test_words_and_marks_of_what_is_not_known_keep_a_list(cell: str) -> None:
    schools = toy_schools().assign(standing=[cell, "Met", *["Not met"] * 9])
    assert "standing" in toy_scenario(schools).performance


def test_a_mark_that_the_user_names_as_suppressed_keeps_a_column_from_being_a_list() -> None:
    table = pd.DataFrame({"school_id": ["0010", "0011", "0012"], "homeless": ["msk", "Many", "Some"]})
    read = {"schools": toy_schools(), "flows": toy_flows(), "performance": table}
    assert "homeless" in read_scenario(**read).performance
    assert "homeless" not in read_scenario(**read, options=["suppressed=MSK"]).performance


@pytest.mark.parametrize("heading", ["Number of Dropouts", "Grads", "students", "n"])
def test_a_column_with_a_heading_of_counts_is_no_list_whatever_its_words(heading: str) -> None:
    schools = toy_schools().assign(**{heading: ["siete", *["ocho"] * 10]})
    assert set(toy_scenario(schools).report.facts["official_list_columns"]) == {"designation"}


def test_the_user_may_name_columns_as_lists_whatever_is_in_them() -> None:
    schools = toy_schools().assign(Tier=["1"] * 10 + ["*"], G_5_OFFERED=["Yes"] * 6 + ["No"] * 5)
    read = {"schools": schools, "flows": toy_flows()}
    scenario = read_scenario(**read, options=["official_lists=Tier | G_5_OFFERED"])
    assert set(scenario.performance["Tier"].dropna()) == {"1", "*"}
    assert set(scenario.performance["G_5_OFFERED"].dropna()) == {"Yes", "No"}
    assert identify_schools(scenario, "official:Tier=1").decisions["identified"].tolist() == [True, False]


@pytest.mark.parametrize(
    ("heading", "said"),
    [
        ("Teir", "The file has no such column."),
        ("graduation_rate", "Something else is read from the column."),
        ("code", "The column does not have 1 to 50 entries."),
        ("empty", "The column does not have 1 to 50 entries."),
    ],
)
def test_a_column_that_cannot_be_a_list_is_refused_if_it_is_named(heading: str, said: str) -> None:
    further = pd.DataFrame({"school_id": [f"9{number:03}" for number in range(60)], "level": "High"})
    schools = pd.concat([toy_schools(), further], ignore_index=True).assign(empty="")
    schools["code"] = "A" + schools["school_id"]
    with pytest.raises(InputError) as refused:
        read_scenario(schools=schools, flows=toy_flows(), options=[f"official_lists={heading}"])
    assert [each.message for each in refused.value.problems] == [f"{said} It cannot be an official list."]


def test_no_message_shows_a_number_of_a_column_of_counts(tmp_path: Path) -> None:
    cells = ["d8", "7 (approx)", "vii", "seven", "½", "<1O", "n<7?", "1–9?", "7", "few", "8 or so"]
    table = pd.DataFrame({"school_id": toy_schools()["school_id"], "cohort": cells, "graduates": cells[::-1]})
    table.to_csv(path := tmp_path / "rates.csv", index=False)
    with pytest.raises(InputError) as refused:
        read_scenario(schools=toy_schools(), flows=toy_flows(), performance=path)
    told = refused.value.problems
    assert {each.column for each in told} == {"cohort", "graduates"}
    assert {each.value for each in told} == {"few", None}
    assert not [each for each in told if any(cell in each.message + each.remedy for cell in cells if cell != "few")]
