"""``zones check FILE...``: what a person sees of files of any kind, and the exit status."""

from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner

from app.cli.commands import cli
from clustering import read_scenario
from clustering.zones.protection_choice import protect
from tests.examples.described_tables import faults_of_folder

RUN = CliRunner(env={"COLUMNS": "200", "NO_COLOR": "1", "TERM": "dumb"})


def check(*words: object) -> tuple[int, str, str]:
    result = RUN.invoke(cli, ["check", *map(str, words)])
    return result.exit_code, result.stdout, result.stderr


def test_files_without_roles_are_recognised_and_shown(toy_files: tuple[Path, Path]) -> None:
    code, shown, _ = check(*toy_files)
    assert code == 0
    assert "schools.csv: schools" in shown
    assert "flows.csv: flows" in shown
    assert "11 of 11 schools (100%) are in the schools files." in shown
    assert f"zones propose --schools {toy_files[0]} --flows {toy_files[1]}" in shown


def test_the_status_is_one_if_a_file_is_not_recognised_or_cannot_be_read(tmp_path: Path) -> None:
    odd = tmp_path / "odd\x1b[1m.csv"
    odd.write_text("a,b\n1,2\n")
    code, shown, messages = check(odd, "--out", tmp_path / "out")
    assert code == 1
    assert "not recognised" in shown
    assert "kind=table of schools" in messages
    assert "\x1b" not in shown + messages
    assert json.loads((tmp_path / "out" / "check.json").read_bytes())["files"][0]["role"] is None


def test_a_folder_stands_for_its_files(toy_files: tuple[Path, Path]) -> None:
    code, shown, _ = check(toy_files[0].parent)
    assert (code, shown.count("records")) == (0, 2)


def test_files_with_and_without_roles_are_not_mixed(toy_files: tuple[Path, Path]) -> None:
    schools, flows = toy_files
    code, _, messages = check(flows, "--schools", schools)
    assert (code, "Some files have a role" in messages) == (2, True)
    code, _, messages = check()
    assert (code, "There is no file" in messages) == (2, True)


def test_files_with_roles_are_reported_as_before(toy_files: tuple[Path, Path], tmp_path: Path) -> None:
    schools, flows = toy_files
    code, shown, _ = check("--schools", schools, "--flows", flows, "--out", tmp_path / "out")
    assert (code, "What they hold" in shown) == (0, True)
    assert (tmp_path / "out" / "report.json").is_file()
    assert faults_of_folder(tmp_path / "out") == []


def test_files_with_roles_have_the_numbers_of_the_base_of_proposals() -> None:
    sample = Path(__file__).resolve().parents[3] / "data" / "sample"
    schools, flows = sample / "schools.csv", sample / "promotions.csv"
    base = protect(read_scenario(schools=schools, flows=flows), "protected")
    code, shown, _ = check("--schools", schools, "--flows", flows)
    assert code == 0
    assert f"Flow cells: {len(base.flows)}\n" in shown
