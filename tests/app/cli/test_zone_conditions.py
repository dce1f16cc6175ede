"""The command zones conditions."""

from __future__ import annotations

from pathlib import Path

from typer.testing import CliRunner

from app.cli.commands import cli
from tests.examples.described_tables import faults_of_folder

RUN = CliRunner(env={"COLUMNS": "200", "NO_COLOR": "1", "TERM": "dumb"})
PLAN = "school_id,zone\n0010,W\n0007,W\n0011,E\n0009,E\n"
CHECKLIST = "item_id,area,title\nhire,people,Hiring\nday,time,Longer day\n"
CONDITIONS = """anchor_id,condition,state,until,partner,contract_starts_on
0010,Hiring,agreed,2027-06-30,Mastery,2026-08-31
0010,day,asked,,,
"""


def run(files: tuple[Path, Path], folder: Path, conditions: str, *more: str) -> tuple[int, str, str]:
    schools, flows = files
    for name, text in (("plan.csv", PLAN), ("checklist.csv", CHECKLIST), ("conditions.csv", conditions)):
        (folder / name).write_text(text, encoding="utf-8")
    arguments = ["conditions", "--schools", str(schools), "--flows", str(flows), "--plan", str(folder / "plan.csv")]
    arguments += ["--checklist", str(folder / "checklist.csv"), "--conditions", str(folder / "conditions.csv"), *more]
    result = RUN.invoke(cli, arguments)
    return result.exit_code, result.stdout, result.stderr


def test_what_each_zone_lacks_is_told_for_a_day(toy_files: tuple[Path, Path], tmp_path: Path) -> None:
    out = tmp_path / "out"
    code, shown, messages = run(toy_files, tmp_path, CONDITIONS, "--on", "2027-06-30", "--out", str(out))
    assert code == 0, messages
    assert "Missing for protected, on 2027-06-30" in shown
    assert "(zone-0010): 1 missing" in shown
    assert "Longer day (time): asked, not agreed yet." in shown
    assert "(zone-0011, not in the file): 2 missing" in shown
    assert {path.name for path in out.iterdir()} == {
        "records.csv",
        "conditions.csv",
        "history.csv",
        "records.geojson",
        "map.html",
        "datapackage.json",
    }
    assert faults_of_folder(out) == []
    _, later, _ = run(toy_files, tmp_path, CONDITIONS, "--on", "2027-07-01")
    assert "Hiring (people): lapsed after 2027-06-30." in later


def test_every_fault_of_the_file_is_told(toy_files: tuple[Path, Path], tmp_path: Path) -> None:
    faulty = CONDITIONS.replace("agreed", "maybe").replace("0010,day", "0099,day")
    code, _, messages = run(toy_files, tmp_path, faulty)
    assert code != 0
    assert "There is no such state." in messages
    assert "No Zone has this school." in messages
