"""The command for disclosure policies."""

from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner

from app.cli.commands import cli
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
    assert "column minimum_students: Staff's policy has 10. Give 10 or more." in done.stderr
