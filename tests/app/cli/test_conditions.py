"""The commands zones readiness and zones progress."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
from typer.testing import CliRunner

from app.cli.commands import cli

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
    asked = ("--assessments", written(tmp_path / "rated.csv", rated), "--plan", written(tmp_path / "plan.csv", PLAN))
    code, shown, told = run("readiness", toy_files, *asked, "--out", str(tmp_path / "out"))
    assert code == 0, told
    assert "1 of 9 indicators is assessed: 1 strength and 0 gaps." in shown
    document = json.loads((tmp_path / "out" / "readiness-readiness-triangle.json").read_text(encoding="utf-8"))
    assert document["on"] == "2024-03-01"
    code, _, told = run("readiness", toy_files, *asked, "--indicator-set", "nothing")
    assert code != 0
    assert "no set with this identifier" in told


def test_progress_of_zones_of_today(toy_files: tuple[Path, Path], tmp_path: Path) -> None:
    values = pd.DataFrame(
        {"school_id": "0010", "school_year": ["2020-21", "2022-23"], "graduates": [110, 130], "cohort": 200}
    )
    goals = tmp_path / "goals.json"
    goals.write_text(json.dumps([{"indicator_id": "graduation", "months": 18, "kind": "value", "target": 0.64}]))
    asked: tuple[str, ...] = ("--indicators", written(tmp_path / "values.csv", values), "--entry-fall", "2021")
    asked += ("--plan", written(tmp_path / "plan.csv", PLAN), "--benchmarks", str(goals))
    code, shown, told = run("progress", toy_files, *asked, "--out", str(tmp_path / "out"))
    assert code == 0, told
    assert "is met: 65.0% in 2022-23" in shown
    assert "no evidence without persistence" in shown
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "benchmarks.csv",
        "progress.csv",
        "progress.json",
    ]
    goals.write_text("{")
    code, _, told = run("progress", toy_files, *asked)
    assert code != 0
    assert "no JSON list" in told
