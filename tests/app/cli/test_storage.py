"""The commands that look after what a service stores, and what they say when something is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from app.cli.commands import cli
from app.store import IngestedDataset, open_store
from tests.databases import is_postgres

pytestmark = pytest.mark.skipif(is_postgres(), reason="the commands are the same")


def run(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(cli, list(arguments), env={"FEEDER_ZONES_DATA_DIRECTORY": str(folder), "COLUMNS": "200"})


def test_a_backup_is_made_checked_and_restored(tmp_path: Path) -> None:
    data, kept, restored = (tmp_path / name for name in ("data", "kept", "restored"))
    store = open_store(data)
    dataset_id = store.add_dataset("Toy", IngestedDataset(report={}, scenario=b"inputs")).id
    store.close()
    for folder, *arguments in (
        (data, "backup", str(kept)),
        (data, "verify", "--backup", str(kept)),
        (restored, "restore", str(kept)),
        (restored, "verify"),
        (restored, "prune"),
    ):
        result = run(folder, *arguments)
        assert result.exit_code == 0, result.output
    store = open_store(restored)
    assert store.scenario(dataset_id) == b"inputs"
    store.close()
    again = run(restored, "restore", str(kept))
    assert (again.exit_code, "is not empty" in again.stderr) == (1, True)


def test_damage_is_named_with_exit_code_1(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    store.add_dataset("Toy", IngestedDataset(report={}, scenario=b"inputs"))
    store.close()
    (content,) = tmp_path.glob("scenarios/*/content")
    content.write_bytes(b"others")
    result = run(tmp_path, "verify")
    assert result.exit_code == 1
    assert 'the dataset "Toy"' in result.stderr
    assert "1 fault." in result.stderr


def test_a_damaged_database_and_a_folder_without_one_are_said_without_a_traceback(tmp_path: Path) -> None:
    none = run(tmp_path, "verify")
    assert (none.exit_code, "There is no database" in none.stderr) == (1, True)
    (tmp_path / "feeder_zones.sqlite").write_bytes(b"no database at all " * 1_000)
    for command in ("serve", "prune", "verify"):
        result = run(tmp_path, command)
        assert (result.exit_code, "The database is damaged" in result.stderr) == (1, True), command
        assert "Traceback" not in result.output


def test_a_database_without_tables_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "feeder_zones.sqlite").touch()
    result = run(tmp_path, "verify")
    assert (result.exit_code, len(result.stderr.splitlines())) == (1, 1)
    assert "The database has no tables of the service" in result.stderr


def test_a_command_without_its_database_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEEDER_ZONES_DATABASE", "postgresql://nobody:x@127.0.0.1:1/none")
    for command in (("keys", "list"), ("verify",), ("serve",)):
        result = run(tmp_path, *command)
        assert result.exit_code == 1, command
        assert "Start the database, then run the command again." in result.stderr, command
        assert "by itself" not in result.output, command


def test_an_age_below_0_is_refused(tmp_path: Path) -> None:
    assert run(tmp_path, "prune", "--older-than-days", "-5").exit_code == 2
    assert run(tmp_path, "prune", "--older-than-days", "0").exit_code == 0
