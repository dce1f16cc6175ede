"""The command for disclosure policies."""

from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner, Result

from app.cli.commands import cli, make_cli
from clustering import parse_policy, policy_document, policy_presets, policy_schema, policy_toml

RUN = CliRunner(env={"COLUMNS": "200", "NO_COLOR": "1", "TERM": "dumb"})


def test_policies_that_ship_are_listed_and_written_in_full() -> None:
    listed = RUN.invoke(cli, ["policies"]).stdout
    assert all(f"{each.name}: {each.title}" in listed for each in policy_presets())
    assert json.loads(RUN.invoke(cli, ["policies", "delaware"]).stdout) == policy_document(parse_policy("delaware"))
    assert RUN.invoke(cli, ["policies", "delaware", "--toml"]).stdout == policy_toml(parse_policy("delaware"))
    assert json.loads(RUN.invoke(cli, ["policies", "--schema"]).stdout) == policy_schema()


def test_a_file_is_checked_with_every_problem_at_once(tmp_path: Path) -> None:
    path = tmp_path / "ours.toml"
    path.write_text('preset = "utah"\nminimum_students = 12\n', encoding="utf-8")
    assert json.loads(RUN.invoke(cli, ["policies", str(path)]).stdout)["minimum_students"] == 12
    path.write_text('preset = "utah"\nminimum_students = 2\nmethods = ["pooled"]\n', encoding="utf-8")
    done = RUN.invoke(cli, ["policies", str(path)])
    assert done.exit_code == 2
    assert "ours.toml, column minimum_students" in done.stderr
    assert "Did you mean pooled years?" in done.stderr
    assert RUN.invoke(cli, ["policies", str(tmp_path / "none.json")]).exit_code == 2


def test_a_policy_is_put_beside_another() -> None:
    assert RUN.invoke(cli, ["policies", "utah", "--against", "standard"]).exit_code == 0
    done = RUN.invoke(cli, ["policies", "new-york", "--against", "standard"])
    assert done.exit_code == 2
    assert "column minimum_students: Staff's policy has 10. Give 10 or more. ('5')" in done.stderr


def propose(files: tuple[Path, Path], *more: str) -> Result:
    schools, flows = files
    given = ["--schools", str(schools), "--flows", str(flows), "--set", "identification=official:designation=CSI"]
    return RUN.invoke(make_cli(), ["propose", *given, *more])


def test_zones_are_proposed_under_a_policy_of_ones_own(tmp_path: Path, toy_files: tuple[Path, Path]) -> None:
    done = propose(toy_files, "--policy", "delaware")
    assert "Protected by the policy delaware (method: single years)" in done.stdout
    path = tmp_path / "ours.toml"
    path.write_text('preset = "standard"\nname = "ours"\nminimum_students = 20\nmethods = ["pooled years"]\n')
    assert "Protected by the policy ours (method: pooled years)" in propose(toy_files, "--policy", str(path)).stdout
    assert "Presets: standard, delaware" in propose(toy_files, "--policy", "dakota").stderr


def test_noise_takes_its_secret_from_a_file_of_the_user_alone(tmp_path: Path, toy_files: tuple[Path, Path]) -> None:
    key, noisy = tmp_path / "noise.key", tmp_path / "noisy.toml"
    noisy.write_text('preset = "cell-key"\nmethods = ["cell-key noise"]\n')
    refused = propose(toy_files, "--policy", "delaware", "--policy-key", str(key))
    assert "There is a key, and no noise that it is for." in refused.stderr
    assert not key.exists()
    done = propose(toy_files, "--policy", str(noisy), "--policy-key", str(key))
    assert "(method: cell-key noise)" in done.stdout
    assert key.stat().st_mode & 0o777 == 0o600
    assert "needs a secret key" in propose(toy_files, "--policy", str(noisy)).stderr
