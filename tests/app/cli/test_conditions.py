"""The commands zones readiness and zones progress."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
from typer.testing import CliRunner

from app.cli.commands import cli
from tests.examples.described_tables import faults_of_folder

RUN = CliRunner(env={"COLUMNS": "200", "NO_COLOR": "1", "TERM": "dumb"})
PLAN = pd.DataFrame({"school_id": ["0010", "0007", "0011", "0009"], "zone": ["W", "W", "E", "E"]})


def run(command: str, files: tuple[Path, Path], *more: str) -> tuple[int, str, str]:
    schools, flows = files
    result = RUN.invoke(cli, [command, "--schools", str(schools), "--flows", str(flows), *more])
    return result.exit_code, result.stdout, result.stderr


def written(path: Path, table: pd.DataFrame) -> str:
    table.to_csv(path, index=False)
    return str(path)


def test_readiness_of_zones_of_today(toy_files: tuple[Path, Path], tmp_path: Path) -> None:
    rated = pd.DataFrame({"school_id": ["0007"], "indicator": "act-1", "value": "4", "date": "2024-03-01"})
    options = ("--assessments", written(tmp_path / "rated.csv", rated), "--plan", written(tmp_path / "plan.csv", PLAN))
    code, shown, messages = run("readiness", toy_files, *options, "--out", str(tmp_path / "out"))
    assert code == 0, messages
    assert "1 of 9 indicators is assessed: 1 strength and 0 gaps." in shown
    document = json.loads((tmp_path / "out" / "readiness-readiness-triangle.json").read_text(encoding="utf-8"))
    assert document["on"] == "2024-03-01"
    assert faults_of_folder(tmp_path / "out") == []
    code, _, messages = run("readiness", toy_files, *options, "--indicator-set", "nothing")
    assert code != 0
    assert "no set with this identifier" in messages


def test_schools_that_nobody_knows_are_told_of_once_in_both_commands(
    toy_files: tuple[Path, Path], tmp_path: Path
) -> None:
    plan = ("--plan", written(tmp_path / "plan.csv", PLAN))
    schools = ["0010", "99", "99", "98"]
    values = pd.DataFrame({"school_id": schools, "school_year": "2022-23", "graduates": 110, "cohort": 200})
    values.loc[2, "school_year"] = "2021-22"
    code, _, messages = run("progress", toy_files, "--indicators", written(tmp_path / "v.csv", values), *plan)
    assert code == 0, messages
    assert messages.count("The school is not in the schools files; its rows are set aside.") == 1
    assert "(row 3: '99'; row 5: '98')" in messages
    rated = pd.DataFrame({"school_id": schools, "indicator": "act-1", "value": "4", "date": "2024-03-01"})
    code, _, messages = run("readiness", toy_files, "--assessments", written(tmp_path / "r.csv", rated), *plan)
    assert code == 0, messages
    assert messages.count("'98'") == 1, messages


def test_progress_of_zones_of_today(toy_files: tuple[Path, Path], tmp_path: Path) -> None:
    values = pd.DataFrame(
        {"school_id": "0010", "school_year": ["2020-21", "2022-23"], "graduates": [110, 130], "cohort": 200}
    )
    goals = tmp_path / "goals.json"
    goals.write_text(json.dumps([{"indicator_id": "graduation", "months": 18, "kind": "value", "target": 0.6}]))
    options: tuple[str, ...] = ("--indicators", written(tmp_path / "values.csv", values), "--entry-fall", "2021")
    options += ("--plan", written(tmp_path / "plan.csv", PLAN), "--benchmarks", str(goals))
    code, shown, messages = run("progress", toy_files, *options, "--out", str(tmp_path / "out"))
    assert code == 0, messages
    assert "Is it working?" in shown
    assert "At 18 months (2022-23) it met 1 of 1 benchmark and missed none." in shown
    assert "is met: 65.0%" not in shown  # that is among the details
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "benchmarks.csv",
        "datapackage.json",
        "progress.csv",
        "progress.json",
        "summary.csv",
    ]
    assert faults_of_folder(tmp_path / "out") == []
    code, shown, messages = run("progress", toy_files, *options, "--details")
    assert code == 0, messages
    assert "is met: 65.0% in 2022-23" in shown
    assert "no evidence without persistence" in shown
    goals.write_text("{")
    code, _, messages = run("progress", toy_files, *options)
    assert code != 0
    assert "no JSON list" in messages


def test_the_contract_of_a_zone_says_when_it_began(toy_files: tuple[Path, Path], tmp_path: Path) -> None:
    values = pd.DataFrame(
        {"school_id": "0010", "school_year": ["2020-21", "2022-23"], "graduates": [110, 130], "cohort": 200}
    )
    agreed = pd.DataFrame({"anchor_id": ["0010"], "partner": ["Prairie"], "contract_starts_on": ["2021-08-01"]})
    options: tuple[str, ...] = ("--indicators", written(tmp_path / "values.csv", values))
    options += ("--plan", written(tmp_path / "plan.csv", PLAN))
    code, shown, messages = run("progress", toy_files, *options)
    assert code == 0, messages
    assert shown.count("Not started, so there are entry values only: no record says when it began.") == 2
    code, shown, messages = run(
        "progress", toy_files, *options, "--conditions", written(tmp_path / "agreed.csv", agreed)
    )
    assert code == 0, messages
    assert "first school year from the fall of 2021 (contract from 2021-08-01)" in shown
    assert shown.count("Not started") == 1


def test_readiness_is_shown_by_zone_and_the_rest_with_details(toy_files: tuple[Path, Path], tmp_path: Path) -> None:
    rated = pd.DataFrame({"school_id": ["0007"], "indicator": "act-1", "value": "1", "date": "2024-03-01"})
    options = ("--assessments", written(tmp_path / "rated.csv", rated), "--plan", written(tmp_path / "plan.csv", PLAN))
    code, short, messages = run("readiness", toy_files, *options)
    assert code == 0, messages
    assert "1 of its 2 schools is assessed, and 1 has gaps" in short
    assert "(school 0007)" not in short
    code, long, _ = run("readiness", toy_files, *options, "--details")
    assert code == 0
    assert "(school 0007)" in long
