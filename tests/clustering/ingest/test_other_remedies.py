"""Remedies of functions that read one file, or no file, each followed to the letter."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from clustering import InputError, Scenario, check_files, propose_name_matches, read_plan, read_scenario, with_crosswalk
from clustering.ingest import feeder_steps
from clustering.readers.published.education_data_portal_pages import read_portal_pages
from clustering.readers.student_records import assemble
from clustering.readers.student_records.reader import read_student_records
from tests.faulty_files.followed_remedies import options_to_type
from tests.faulty_files.odd_file import SOUND, as_bytes
from tests.faulty_files.odd_students import SOUND as RECORDS

SCHOOLS, FLOWS = SOUND["schools"], SOUND["flows"]
PAGE = '{"count": 1, "results": [{"ncessch": "200005000007", "school_name": "Oak"}]}'


def file_of(text: str, name: str = "file.csv") -> Any:
    """An open file with a name."""
    opened = io.BytesIO(as_bytes(text))
    opened.name = name
    return opened


def scenario_of(**given: Any) -> Scenario:
    """The sound files, and what is given in place of them."""
    sound = {"schools": file_of(SCHOOLS, "schools.csv"), "flows": file_of(FLOWS, "flows.csv")}
    return read_scenario(**{**sound, **given})


def told(ask: Callable[[], object], words: str) -> str:
    """The remedy of the error with these words."""
    with pytest.raises(InputError) as caught:
        ask()
    (remedy,) = (each.remedy for each in caught.value.problems if words in each.message)
    return remedy


def test_names_are_matched_where_files_have_them() -> None:
    def matched(schools: str, flows: str) -> Any:
        return propose_name_matches(schools=file_of(schools), flows=file_of(flows, "flows.csv"))

    named = "From School,To School,grade,school_year,students / Oak Middle,West High,8,2022-23,60"
    alone = "school_id,lat,lon / 0007,38.07,-98.0"
    assert told(lambda: matched(alone, named), "identifiers and names") == "Add a schools file that has both."
    assert set(matched(SCHOOLS, named)["school_id"]) == {"0007", "0010"}
    remedy = told(lambda: matched(SCHOOLS, FLOWS), "no names to match")
    assert remedy == "Give the files to propose or check as they are."
    assert len(scenario_of().flows) == 4


def test_a_crosswalk_changes_counted_flows() -> None:
    rows = [{"old_id": "0999", "new_id": "0010"}]
    estimated = scenario_of(flows=None, estimate=True)
    assert told(lambda: with_crosswalk(estimated, rows), "flows are estimated") == "Use counted flows."
    old = file_of(FLOWS.replace("0010", "0999"), "flows.csv")
    assert "0010" in set(with_crosswalk(scenario_of(flows=old), rows).flows["destination"])


@pytest.mark.parametrize("given", [{"capture": "none"}, {"capture": "none", "exclude_receivers": "none"}])
def test_rules_of_estimates_are_left_out_where_flows_are_counted(given: dict[str, str]) -> None:
    (warning,) = [each for each in scenario_of(**given).report.warnings if "shape" in each.message]
    assert warning.remedy.startswith("Leave ")
    assert not [each for each in scenario_of().report.warnings if "shape" in each.message]
    estimated = scenario_of(**given, flows=None, estimate=True)
    assert not [each for each in estimated.report.warnings if "shape" in each.message]


def test_grades_are_added_where_no_high_school_can_be_judged() -> None:
    without = SCHOOLS.replace(",9-12,", ",,")
    rates = "school_id,graduation_rate / 0010,55 / 0011,80"
    alarms = scenario_of(schools=file_of(without), performance=file_of(rates)).report.alarms
    assert [each for each in alarms if "Add a column of grades, a directory of schools, or catchments" in each]
    more = [file_of(without, "schools.csv"), file_of("school_id,grades / 0010,9-12 / 0011,9-12", "grades.csv")]
    assert not scenario_of(schools=more, performance=file_of(rates)).report.alarms


def test_a_file_to_check_is_told_what_it_is() -> None:
    assert told(lambda: check_files([]), "no file") == "Name at least one file."

    def check(*options: str) -> Any:
        return check_files(file_of("campus,colour / 0007,red / 0008,blue"), options=options).files[0]

    (problem,) = [each for each in check().problems if "not clear what the file is" in each.message]
    (option,) = options_to_type(problem.remedy, "file.csv", {})
    assert (check(option).role, check(option).problems) == ("schools", ())


def test_a_plan_is_read_by_its_zones() -> None:
    scenario = scenario_of(performance=file_of("school_id,graduation_rate / 0010,55 / 0011,80"))

    def read(text: str, *options: str) -> Any:
        return read_plan(file_of(text), scenario, options=options)

    feeders = "middle,high / 0007,0010 / 0008,0010"
    plan = read(feeders)
    (warning,) = [each for each in plan.warnings if "no column of Zones" in each.message]
    by_hand = {"zone=HEADING": "zone=high", "school_id=HEADING": "school_id=middle"}
    options = options_to_type(warning.remedy, "file.csv", by_hand)
    assert len(options) == 2
    zones = read(f"{feeders} / 0010,0010", *options)
    assert zones.membership == plan.membership
    assert not [each for each in zones.warnings if "no column of Zones" in each.message]


def test_a_plan_that_looks_like_another_file_is_said_to_be_one() -> None:
    scenario = scenario_of(performance=file_of("school_id,graduation_rate / 0010,55 / 0011,80"))
    text = "zone,school_id,ncessch,ncessch_num,school_name,lowest_grade_offered / A,0010,1,1,West,9 / A,0007,2,2,Oak,6"
    remedy = told(lambda: read_plan(file_of(text), scenario), "does not look like what is wanted")
    (option,) = options_to_type(remedy, "file.csv", {})
    assert read_plan(file_of(text), scenario, options=[option]).membership == {"0010": ("0007",)}


def test_a_feeder_table_has_a_row_for_each_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeder_steps, "MAXIMUM_STEPS", 2)

    def read(rows: str) -> Scenario:
        return scenario_of(flows=file_of(f"middle,high / {rows}"))

    remedy = told(lambda: read('"0007;0008","0010;0011"'), "pairs of schools")
    assert remedy == "Write one school and the next in each row."
    assert read("0007,0010 / 0008,0011").report.basis.is_estimated


def test_pages_of_the_portal_are_one_at_least(tmp_path: Path) -> None:
    assert told(lambda: read_portal_pages([]), "0 pages").startswith("Use 1 to ")
    path = tmp_path / "page.json"
    path.write_bytes(as_bytes(PAGE))
    assert len(read_portal_pages([path])) == 1


def test_student_records_are_given_and_have_schools(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert told(lambda: read_student_records([]), "no file") == "Name at least one file."
    head, *rows = RECORDS.split(" / ")
    numbered = [f"{row},{number}" for number, row in enumerate(rows)]
    path = tmp_path / "records.csv"
    path.write_bytes(as_bytes(" / ".join([f"{head.replace('school_id', 'campus')},school_id", *numbered])))
    monkeypatch.setattr(assemble, "MAXIMUM_SCHOOLS", 3)
    remedy = told(lambda: read_student_records([path]), "more than 3 school ids")
    (option,) = options_to_type(remedy, "records.csv", {"=HEADING": "=campus"})
    canonical, _, heading = option.partition("columns.")[2].partition("=")
    records = read_student_records([path], columns={canonical: heading})
    assert sorted(records.school_ids) == ["0007", "0010"]
