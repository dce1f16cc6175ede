"""The command that protects a table of exact counts."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
from typer.testing import CliRunner

from app.cli.commands import cli

RUN = CliRunner(env={"NO_COLOR": "1", "TERM": "dumb", "COLUMNS": "200"})
# 3 is the only small cell; of the rectangles around it the one with 12, 12 and 40 has fewest students.
ROWS = [
    *[("a", "x", 3), ("a", "y", 12), ("a", "", 90)],
    *[("b", "x", 12), ("b", "y", 40), ("b", "", 95)],
    *[("=cmd()", "x", 80), ("=cmd()", "y", 85), ("=cmd()", "", 99)],
]


def write(folder: Path, rows: list[tuple[str, str, int]]) -> Path:
    path = folder / "counts.csv"
    lines = [f"{origin},{destination},{students},2022-23" for origin, destination, students in rows]
    path.write_text("\n".join(["origin,destination,students,school_year", *lines]) + "\n", encoding="utf-8")
    return path


def test_a_table_is_protected_and_says_so(tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = RUN.invoke(cli, ["suppress-table", str(write(tmp_path, ROWS)), "--out", str(out)])
    assert done.exit_code == 0, done.output
    assert "5 of 9 cells are published, 4 are hidden." in done.stdout
    assert "1 small cells, and 3 further cells with 64 students." in done.stdout
    assert "no choice costs less" in done.stdout
    table = pd.read_csv(out / "protected_flows.csv", dtype="str", keep_default_na=False)
    hidden = table[table["students"] == "*"]
    assert sorted(zip(hidden["origin"], hidden["destination"], strict=True)) == [
        ("a", "x"),
        ("a", "y"),
        ("b", "x"),
        ("b", "y"),
    ]
    assert sorted(table.loc[table["students"] != "*", "students"].astype("int64")) == [80, 85, 90, 95, 99]
    # A spreadsheet runs no origin, and every row says that it is protected.
    assert set(table["origin"]) == {"a", "b", "'=cmd()"}
    assert set(table["protection"]) == {"protected: counts below 10 and some others are *"}
    report = json.loads((out / "protection.json").read_text())
    assert report["cells"] == {"published": 5, "hidden": 4, "fewest_possible_values": 14}
    assert report["policy"] == {
        "minimum_students": 10,
        "least_possible_values": 5,
        "cost": "students",
        "method": "optimal",
    }
    assert report["hidden_cells"][0] == {
        "origin": "a",
        "destination": "x",
        "school_year": "2022-23",
        "lowest": 1,
        "highest": 14,
    }
    assert (out / "datapackage.json").exists()


def test_nothing_that_is_published_tells_small_cells_from_the_others(tmp_path: Path) -> None:
    # The same table with the small cell elsewhere in the rectangle: what is published is the same, byte for byte.
    moved = {("a", "x"): 12, ("a", "y"): 3, ("b", "x"): 3, ("b", "y"): 49}
    other = [(origin, end, moved.get((origin, end), students)) for origin, end, students in ROWS]
    written = []
    for number, rows in enumerate((ROWS, other)):
        out = tmp_path / str(number)
        done = RUN.invoke(cli, ["suppress-table", str(write(tmp_path, rows)), "--out", str(out)])
        assert done.exit_code == 0, done.output
        written.append({path.name: path.read_bytes() for path in out.iterdir()})
    assert written[0] == written[1]


def test_what_cannot_be_protected_is_refused_with_a_remedy(tmp_path: Path) -> None:
    refused = RUN.invoke(cli, ["suppress-table", str(write(tmp_path, [("a", "x", 4)])), "--out", str(tmp_path / "out")])
    assert refused.exit_code != 0
    assert "The totals give away how many students went from a to x. Coarsen the table" in " ".join(
        refused.stderr.split()
    )
    assert not (tmp_path / "out").exists()
    wrong = RUN.invoke(cli, ["suppress-table", str(write(tmp_path, ROWS)), "--set", "minimum_student=10"])
    assert "minimum_students" in " ".join(wrong.stderr.split())


def test_the_help_lists_the_parameters() -> None:
    shown = " ".join(RUN.invoke(cli, ["suppress-table", "--help"]).stdout.split())
    for name in ("minimum_students", "least_possible_values", "cost", "method", "list_further_pairs", "pool_years"):
        assert name in shown
