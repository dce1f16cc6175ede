"""The command for checklists."""

from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner

from app.cli.commands import cli
from clustering import checklist_document, list_checklists

RUN = CliRunner(env={"NO_COLOR": "1", "TERM": "dumb"})


def test_those_that_ship_are_listed_and_shown() -> None:
    listed = RUN.invoke(cli, ["checklists"])
    assert listed.exit_code == 0, listed.output
    for checklist in list_checklists():
        assert checklist.checklist_id in listed.stdout
    shown = RUN.invoke(cli, ["checklists", "miami_school_improvement_zone"])
    assert "time-longer-day (time, required): Longer school day" in shown.stdout
    written = RUN.invoke(cli, ["checklists", "miami_school_improvement_zone", "--json"])
    assert json.loads(written.stdout) == checklist_document(list_checklists()[1])


def test_a_file_is_checked(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text("item_id,area,title\n1,time,Our own day\n", encoding="utf-8")
    assert "Our own day" in RUN.invoke(cli, ["checklists", str(path)]).stdout
    path.write_text("item_id,area,title\n1,tim,\n", encoding="utf-8")
    refused = RUN.invoke(cli, ["checklists", str(path)])
    assert refused.exit_code != 0
    assert "There is no such area." in " ".join(refused.stderr.split())
