"""``zones release``: what leaves in a folder, its report, and a line of the ledger."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from typer.testing import CliRunner

from app.cli.commands import make_cli


def release(folder: Path, files: tuple[Path, Path], *more: str) -> tuple[int, str]:
    schools, flows = files
    given = ["--schools", str(schools), "--flows", str(flows), "--set", "identification=official:designation=CSI"]
    own = ["--out", str(folder / "out"), "--ledger", str(folder / "ledger.jsonl"), "--title", "Zones of Toy"]
    done = CliRunner().invoke(make_cli(), ["release", *given, *own, *more])
    return done.exit_code, done.output


def test_a_release_of_files_is_written_with_its_report_and_noted(tmp_path: Path, toy_files: tuple[Path, Path]) -> None:
    code, output = release(tmp_path, toy_files, "--by", "The steward", "--why", "Asked for", "--policy", "delaware")
    assert code == 0, output
    out = tmp_path / "out"
    report = json.loads((out / "release-report.json").read_text())
    for file in report["proposals"][0]["files"]:
        content = (out / "proposal-1" / file["name"]).read_bytes()
        assert file["sha256"] == hashlib.sha256(content).hexdigest()
    assert report["policy"]["minimum_students"] == 15
    hidden = report["hidden"]
    assert f"{hidden['hidden_cells']} of {hidden['cells']} counts of students" in " ".join(output.split())
    assert "compared_with_exact" not in report
    assert report["assumed_sizes"] > 0
    assert "were assumed from the flows" in (tmp_path / "out" / "release-report.md").read_text()
    text = (out / "release-report.md").read_text()
    assert "# Release report: Zones of Toy" in text
    assert report["proposals"][0]["files"][0]["sha256"] in text
    assert "The steward" not in text
    again, _ = release(tmp_path, toy_files, "--by", "The steward", "--why", "Asked for again")
    assert again == 0
    rows = [json.loads(line) for line in (tmp_path / "ledger.jsonl").read_text().splitlines()]
    assert {row["by"] for row in rows} == {"The steward"}
    assert [row["why"] for row in rows] == ["Asked for", "Asked for again"]
    assert rows[0]["report"]["compared_with_exact"][0]["zones_exact"] == 2


def test_a_release_needs_a_reason_and_a_known_policy(tmp_path: Path, toy_files: tuple[Path, Path]) -> None:
    code, output = release(tmp_path, toy_files, "--by", "x", "--why", " ")
    assert code == 2
    assert "the ledger keeps it" in output
    code, output = release(tmp_path, toy_files, "--by", "x", "--why", "y", "--policy", "nowhere")
    assert code == 2
    assert not (tmp_path / "out").exists()
    assert not (tmp_path / "ledger.jsonl").exists()
