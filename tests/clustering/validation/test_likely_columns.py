"""Columns that were not used and look like known ones are named once, with the options that take them."""

from __future__ import annotations

import re
from pathlib import Path

from clustering import Scenario, identify_schools, read_scenario
from clustering.readers.recognition.likely_columns import holds_likely_cells, likely_columns

RECORDS = "5201,Alder High,9-12,42.10,-71.10,800,61.5\n5202,Birch High,9-12,42.12,-71.12,600,91.2\n"
# Headings that no list of aliases should ever hold.
UNKNOWN = "school_id,Campus Full Name,grades,The Lat,The Lon,Our Student Count,Percent of Graduates We Saw\n"


def scenario_of(folder: Path, text: str, *options: str) -> Scenario:
    (folder / "schools.csv").write_text(text)
    return read_scenario(schools=folder / "schools.csv", require_flows=False, options=options)


def likely_warnings(scenario: Scenario) -> list[str]:
    return [problem.remedy for problem in scenario.report.warnings if "look like" in problem.message]


def test_columns_are_named_and_the_remedy_takes_them(tmp_path: Path) -> None:
    scenario = scenario_of(tmp_path, UNKNOWN + RECORDS)
    (remedy,) = likely_warnings(scenario)
    options = re.findall(r"schools.csv:columns\.\w+=.+?(?= and schools.csv:| to use)", remedy)
    assert scenario.report.files[0].likely_columns == {
        "Campus Full Name": "name",
        "The Lat": "latitude",
        "The Lon": "longitude",
        "Our Student Count": "enrolment",
        "Percent of Graduates We Saw": "graduation_rate",
    }
    (coordinates,) = [each for each in scenario.report.warnings if "No coordinates were recognised" in each.message]
    name = coordinates.table
    said = f"Set {name}:columns.latitude=The Lat and {name}:columns.longitude=The Lon:"
    assert coordinates.remedy.startswith(said)
    notes = identify_schools(scenario, "graduation_rate<0.67").notes
    assert any("columns.graduation_rate=Percent of Graduates We Saw to use it" in note for note in notes)
    again = scenario_of(tmp_path, UNKNOWN + RECORDS, *options)
    assert likely_warnings(again) == []
    assert again.schools["name"].tolist() == ["Alder High", "Birch High"]
    assert again.performance["graduation_rate_low"].tolist() == [0.615, 0.912]
    assert again.schools["enrolment_students"].tolist() == [800, 600]


def test_columns_with_other_cells_and_columns_that_are_used_are_left_alone(tmp_path: Path) -> None:
    text = "school_id,name,grades,lat,lon,Grad Rate Rank Color,District Name We Use,Phone\n"
    records = "5201,Alder High,9-12,42.10,-71.10,green,,555-0100\n5202,Birch High,9-12,42.12,-71.12,red,,555-0101\n"
    scenario = scenario_of(tmp_path, text + records)
    assert likely_warnings(scenario) == []
    assert scenario.report.files[0].likely_columns == {}
    notes = identify_schools(scenario, "graduation_rate<0.67").notes
    assert any(note.startswith("The files have no ") for note in notes)


def test_of_columns_that_may_be_years_or_grades_the_remedy_names_the_highest(tmp_path: Path) -> None:
    text = "school_id,grades,grad_rate_09,grad_rate_10\n5201,9-12,61.5,62\n5202,9-12,91.2,93\n"
    (remedy,) = likely_warnings(scenario_of(tmp_path, text))
    assert remedy.startswith("Set schools.csv:columns.graduation_rate=grad_rate_10 to use")
    scenario = scenario_of(tmp_path, text, "columns.graduation_rate=grad_rate_10")
    assert scenario.performance["graduation_rate_low"].tolist() == [0.62, 0.93]


def test_counts_of_other_students_are_not_offered_together_and_the_rate_comes_first(tmp_path: Path) -> None:
    text = "school_id,grades,Grads Counted,Black % Who Graduated Here,% Who Graduated Here,Cohort Seen 4 Yr\n"
    scenario = scenario_of(tmp_path, text + "5201,9-12,82,40.5,70.5,100\n5202,9-12,67,45.5,55.5,110\n")
    (remedy,) = likely_warnings(scenario)
    assert remedy.startswith("Set schools.csv:columns.graduation_rate=% Who Graduated Here to use")
    assert "columns.graduates" not in remedy


def test_a_rate_of_a_group_is_not_offered_in_place_of_the_rate_that_is_read(tmp_path: Path) -> None:
    text = "school_id,grades,graduation_rate,Black Grad Rate Seen\n5201,9-12,61.5,40.5\n5202,9-12,91.2,45.5\n"
    (remedy,) = likely_warnings(scenario_of(tmp_path, text))
    assert "columns.graduation_rate" not in remedy


def test_levels_and_days_of_closing_and_other_coordinates_are_named() -> None:
    likely = {
        ("catchments", "zonetype"): ("level", ["Elementary School", "MS"]),
        ("catchments", "TYPE"): ("level", ["High", "Middle School"]),
        ("schools", "Close Date"): ("status", ["", "06/30/2015"]),
        ("schools", "UTM_X"): ("longitude", ["657805.12", "663800.5"]),
        ("schools", "LAT_DMS"): ("latitude", ["40 03 00", "40 02 24"]),
        ("schools", "GRADE"): ("grades", ["K-5", "9-12"]),
    }
    for (role, heading), (canonical, cells) in likely.items():
        assert likely_columns([heading], role, found=()) == {heading: canonical}
        assert holds_likely_cells(canonical, cells)
    assert likely_columns(["MAIL_LAT"], "schools", found=()) == {}
    assert not holds_likely_cells("level", ["Public", "Charter"])
