"""``--help`` lists the parameters of the commands that take them."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from app.cli.commands import cli
from clustering import parameter_schema


def help_of(command: str) -> str:
    shown = CliRunner().invoke(cli, [command, "--help"], env={"COLUMNS": "200"})
    assert shown.exit_code == 0
    return shown.output


def test_the_help_of_propose_lists_every_parameter_with_default_unit_and_bounds() -> None:
    lines = [" ".join(line.split()) for line in help_of("propose").splitlines()]
    for name in parameter_schema()["properties"]:
        assert any(line.startswith(f"{name} ") for line in lines), name
    text = " ".join(lines)
    assert "0.25 per student" in text
    assert "none (students)" in text
    assert "300 seconds" in text
    assert "From 1 to 1,000." in text


@pytest.mark.parametrize("command", ["compare", "plans", "stability"])
def test_other_commands_with_set_list_them_too(command: str) -> None:
    assert "leakage_weight" in help_of(command)


@pytest.mark.parametrize("command", ["check", "sample"])
def test_commands_without_set_do_not(command: str) -> None:
    assert "leakage_weight" not in help_of(command)
