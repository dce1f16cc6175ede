"""The zones command, as a person at a terminal meets it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli.commands import cli
from app.queries.file_roles import FILE_ROLES
from tests.examples.described_tables import faults_of_folder
from tests.examples.plans import TODAY, plan_table
from tests.examples.toy_district import EAST, WEST

SAMPLE = Path(__file__).resolve().parents[3] / "data" / "sample"
RUN = CliRunner(env={"COLUMNS": "200", "NO_COLOR": "1", "TERM": "dumb"})


def propose(files: tuple[Path, Path], *more: str) -> tuple[int, str, str]:
    schools, flows = files
    result = RUN.invoke(cli, ["propose", "--schools", str(schools), "--flows", str(flows), *more])
    return result.exit_code, result.stdout, result.stderr


def test_zones_are_shown_and_written(toy_files: tuple[Path, Path], tmp_path: Path) -> None:
    out = tmp_path / "new" / "out"
    code, shown, _ = propose(toy_files, "--set", "identification=official:designation=CSI", "--out", str(out))
    assert code == 0
    assert "West High Zone" in shown
    assert "optimal, total score " in shown
    assert sorted(path.name for path in out.iterdir()) == [
        "datapackage.json",
        "links.csv",
        "map.html",
        "members.csv",
        "proposal.json",
        "schools.csv",
        "schools.geojson",
        "zones.geojson",
    ]
    document = json.loads((out / "proposal.json").read_text(encoding="utf-8"))
    assert [zone["anchor_id"] for zone in document["zones"]] == [WEST, EAST]
    assert faults_of_folder(out) == []


@pytest.mark.parametrize("method", ["dominant feeder", "louvain", "leiden", "agglomerative"])
def test_alternatives_are_asked_for_by_name(method: str) -> None:
    files = SAMPLE / "schools.csv", SAMPLE / "promotions.csv"
    code, shown, messages = propose(files, "--set", f"method={method}", "--set", "check_suppressed=false")
    assert code == 0, messages
    assert "heuristic, total score" in shown


def test_a_plan_is_compared_with_what_is_proposed(toy_files: tuple[Path, Path], tmp_path: Path) -> None:
    schools, flows = toy_files
    hostile = "west \x1b]0;owned\x07[bold red]"
    zones = {f"{hostile}{label}": members for label, members in TODAY.items()}
    plan = tmp_path / "today.csv"
    plan_table(zones).rename(columns={"Zone": "Verbund"}).to_csv(plan, index=False, sep="|")
    files = ["--schools", str(schools), "--flows", str(flows), "--plan", str(plan)]
    told_how = ["--read", "today.csv:columns.zone=Verbund", "--set", "identification=official:designation=CSI"]
    result = RUN.invoke(cli, ["compare", *files, *told_how, "--out", str(tmp_path / "out")])
    assert result.exit_code == 0, result.stderr
    assert "2 schools join a Zone, 0 leave one and 1 changes Zone." in result.stdout
    assert re.search(r"the score is \d+\.\d in the first and \d+\.\d in the second", result.stdout)
    assert "Elm Middle (0008) joins: outside to West High Zone" in result.stdout
    assert "\x1b" not in result.stdout
    written = sorted(path.relative_to(tmp_path / "out").as_posix() for path in (tmp_path / "out").rglob("*.json"))
    assert written == ["comparison.json", "datapackage.json", "plan/proposal.json", "proposal/proposal.json"]
    assert faults_of_folder(tmp_path / "out") == []
    plan.write_text("school_id,zone\n9999,a\n")
    refused = RUN.invoke(cli, ["compare", *files])
    assert refused.exit_code == 2
    assert "9999" in refused.stderr


@pytest.mark.parametrize("command", ["propose", "compare", "check", "reach"])
def test_every_command_that_reads_files_takes_every_role(command: str) -> None:
    shown = RUN.invoke(cli, [command, "--help"]).stdout
    for role in FILE_ROLES:
        assert f"--{role.name.replace('_', '-')} " in shown


def test_a_comparison_takes_travel_times(toy_files: tuple[Path, Path], tmp_path: Path) -> None:
    schools, flows = map(str, toy_files)
    plan, times = tmp_path / "plan.csv", tmp_path / "times.csv"
    plan_table(TODAY).to_csv(plan, index=False)
    times.write_text(f"origin,destination,minutes\n0008,{WEST},50\n", encoding="utf-8")
    files = ["--schools", schools, "--flows", flows, "--plan", str(plan), "--travel-times", str(times)]
    rule = ["--set", "identification=official:designation=CSI", "--set", "maximum_travel_minutes=40"]
    done = RUN.invoke(cli, ["compare", *files, *rule])
    assert done.exit_code == 0, done.stderr
    # Without the limit Elm Middle joins the Zone of West High.
    assert "Elm Middle (0008) joins" not in done.stdout


def test_the_version_is_shown() -> None:
    assert RUN.invoke(cli, ["--version"]).stdout == f"zones {version('feeder-zones')}\n"


def test_every_problem_is_shown_at_once_and_nothing_is_written(toy_files: tuple[Path, Path], tmp_path: Path) -> None:
    schools, _ = toy_files
    text = schools.read_text(encoding="utf-8")
    schools.write_text(text.replace("38.01", "412").replace("38.11", "413"), encoding="utf-8")
    code, _, messages = propose(toy_files, "--out", str(tmp_path / "out"))
    assert code == 2
    said = " ".join(messages.split())
    for word in ("2 problems", "schools.csv", "column lat", "row 2: '412'", "row 12: '413'"):
        assert word in said
    assert not (tmp_path / "out").exists()


def test_problems_of_one_kind_are_told_together_and_hide_no_other(toy_files: tuple[Path, Path]) -> None:
    schools, flows = toy_files
    flows.write_text(flows.read_text(encoding="utf-8").replace(",2022-23", ",then"), encoding="utf-8")
    schools.write_text(schools.read_text(encoding="utf-8").replace("38.11", "412"), encoding="utf-8")
    code, _, messages = propose((schools, flows))
    assert code == 2
    assert messages.count("not a school year") == 1
    assert "(row 2: 'then' and 13 more)" in " ".join(messages.split())
    assert "412" in messages


def test_a_warning_says_where_and_what_to_do(toy_files: tuple[Path, Path]) -> None:
    _, flows = toy_files
    with flows.open("a", encoding="utf-8") as file:
        file.write("0001,9999,5,20,6,2022-23\n")
    code, _, messages = propose(toy_files)
    assert code == 0
    assert "Warning in flows.csv, column destination" in messages
    assert "row 16: '9999'" in messages
    assert "Add the school" in messages


@pytest.mark.parametrize("setting", ["colour=blue", "maximum_schools=many", "minimum_schools=99", "nothing"])
def test_bad_settings_are_told_before_files_are_read(toy_files: tuple[Path, Path], setting: str) -> None:
    code, _, messages = propose((toy_files[0], Path("missing.csv")), "--set", setting)
    assert code == 2
    assert "parameters" in messages
    assert "missing.csv" not in messages


def test_a_file_that_is_not_there_is_named(toy_files: tuple[Path, Path]) -> None:
    code, _, messages = propose((toy_files[0], Path("missing.csv")))
    assert code == 2
    assert "missing.csv" in messages


def test_a_folder_that_cannot_be_written_is_named(toy_files: tuple[Path, Path], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    code, _, messages = propose(toy_files, "--out", str(tmp_path / "file"))
    assert code == 1
    assert str(tmp_path / "file") in messages
    assert "Traceback" not in messages


def test_an_error_without_a_number_shows_its_message(
    toy_files: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise FileNotFoundError("The asset leaflet.js is missing: run make setup.")

    monkeypatch.setattr("app.cli.proposals.write_proposal", fail)
    code, _, shown = propose(toy_files, "--out", str(tmp_path / "out"))
    assert code == 1
    assert "The asset leaflet.js is missing: run make setup." in shown
    assert "None" not in shown


def test_names_cannot_command_the_terminal(toy_files: tuple[Path, Path]) -> None:
    schools, _ = toy_files
    hostile = "West \x1b]0;owned\x07\x1b[31m[bold red]High"
    schools.write_text(schools.read_text(encoding="utf-8").replace("West High", hostile), encoding="utf-8")
    code, shown, messages = propose(toy_files)
    assert code == 0
    assert "\x1b" not in shown + messages
    assert "\x07" not in shown + messages
    assert "[bold red]High" in shown


def test_a_sample_state_is_written(tmp_path: Path) -> None:
    result = RUN.invoke(cli, ["sample", "--schools", "11", "--seed", "3", "--out", str(tmp_path / "toy")])
    assert result.exit_code == 0
    assert (tmp_path / "toy" / "README.md").is_file()
    refused = RUN.invoke(cli, ["sample", "--schools", "3", "--out", str(tmp_path / "few")])
    assert refused.exit_code == 2
    assert not (tmp_path / "few").exists()


def test_a_sample_state_with_catchments_is_written(tmp_path: Path) -> None:
    result = RUN.invoke(cli, ["sample", "--districts", "1", "--out", str(tmp_path / "state")])
    assert result.exit_code == 0, result.output
    written = {path.name for path in (tmp_path / "state").iterdir()}
    assert {"schools.csv", "catchments.geojson", "students.csv", "true_paths.csv"} < written
    refused = RUN.invoke(cli, ["sample", "--districts", "0", "--out", str(tmp_path / "none")])
    assert refused.exit_code == 2
    assert not (tmp_path / "none").exists()


def test_the_service_does_not_listen_where_others_can_reach_it() -> None:
    result = RUN.invoke(cli, ["serve", "--host", "0.0.0.0"])
    assert result.exit_code == 2
    assert "FEEDER_ZONES_ALLOW_REMOTE" in result.stderr


def test_a_terminal_that_knows_ascii_only_is_no_reason_to_fail(toy_files: tuple[Path, Path]) -> None:
    schools, flows = toy_files
    schools.write_text(schools.read_text(encoding="utf-8").replace("West High", "Wést High ✓"), encoding="utf-8")
    command = [sys.executable, "-m", "app.cli.main", "propose", "--schools", str(schools), "--flows", str(flows)]
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "LC_ALL": "C", "PYTHONUTF8": "0"}
    done = subprocess.run(command, capture_output=True, check=False, env=environment)
    assert done.returncode == 0, done.stderr
    assert b"total score" in done.stdout


def test_wrong_values_of_parameters_are_named(toy_files: tuple[Path, Path]) -> None:
    code, _, messages = propose(toy_files, "--set", "force_in=999,998")
    assert code == 2
    assert "'999'; '998'" in messages


def test_schools_left_out_of_an_estimate_are_checked(toy_files: tuple[Path, Path]) -> None:
    command = ["check", "--schools", str(toy_files[0]), "--estimate", "--exclude-receivers"]
    refused = RUN.invoke(cli, [*command, "nobody"])
    assert refused.exit_code != 0
    assert "exclude_receivers" in refused.stderr
    taken = RUN.invoke(cli, [*command, "found", "--exclude-receivers", EAST])
    assert taken.exit_code == 0
    assert f"({EAST})" in taken.stdout


def test_a_rule_of_capture_is_checked(toy_files: tuple[Path, Path]) -> None:
    command = ["check", "--schools", str(toy_files[0]), "--estimate", "--capture"]
    refused = RUN.invoke(cli, [*command, "half"])
    assert refused.exit_code != 0
    assert "Give one of places, none." in refused.stderr
    assert RUN.invoke(cli, [*command, "none"]).exit_code == 0
