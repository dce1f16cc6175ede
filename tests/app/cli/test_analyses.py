"""Commands for the analyses of a proposal: the bytes that the service gives, and tables for people."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.testclient import TestClient
from typer.testing import CliRunner

from app.cli.commands import cli
from app.cli.render_tables import SHOWN_ROWS
from tests.examples.described_tables import faults_of_folder
from tests.examples.residents import residents_table
from tests.examples.service_requests import compute
from tests.examples.toy_district import EAST, WEST

RUN = CliRunner(env={"COLUMNS": "200", "NO_COLOR": "1", "TERM": "dumb"})
RULE = "identification=official:designation=CSI"
EXACT = ("--set", "disclosure=exact")  # numbers worked out by hand
ASKED = {
    "reach": (["--anchor-id", WEST], f"anchor_id={WEST}"),
    "plans": (["--count", "3", "--minimum-difference-schools", "2"], "count=3&minimum_difference_schools=2"),
    "replacement-cost": ([], ""),
    "selection-frequency": (
        ["--within-share", "0.07", "--maximum-plans", "2"],
        "within_share=0.07&maximum_plans=2",
    ),
    "trade-off": (
        ["--maximum-schools", "4", "--maximum-schools", "8", "--leakage-weights", "0.5"],
        "maximum_schools=4&maximum_schools=8&leakage_weights=0.5",
    ),
    "stability": (["--resamples", "2", "--seed", "7", "--no-by-year"], "resamples=2&seed=7&by_year=false"),
    "persistence": (["--years", "3"], "years=3"),
}


def run(name: str, files: tuple[Path, Path], *more: str) -> tuple[int, str, str]:
    schools, flows = files
    given = ["--schools", str(schools), "--flows", str(flows), "--set", RULE]
    result = RUN.invoke(cli, [name, *given, *more])
    return result.exit_code, result.stdout, result.stderr


# The defaults are written down once for all: a few commands show that both sides have them.
@pytest.mark.parametrize(
    ("name", "with_options"),
    [*((name, True) for name in ASKED), ("reach", False), ("plans", False), ("persistence", False)],
)
def test_a_command_writes_the_bytes_that_the_service_gives(
    client: TestClient, proposal_id: str, toy_files: tuple[Path, Path], tmp_path: Path, name: str, with_options: bool
) -> None:
    options, query = ASKED[name] if with_options else ([], "")
    out = tmp_path / "new" / "out"
    code, shown, messages = run(name, toy_files, *options, "--out", str(out))
    assert code == 0, messages
    address = f"/proposals/{proposal_id}/{name}?{query}"
    assert (out / f"{name}.csv").read_bytes() == compute(client, f"{address}&f=csv").content
    assert (out / f"{name}.json").read_bytes() == client.get(address).content
    assert f"Wrote {out / name}.json" in shown.replace("\n", "")
    assert faults_of_folder(out) == []


def test_capture_is_a_table_of_schools(toy_files: tuple[Path, Path]) -> None:
    _, flows = toy_files
    residents_table().to_csv(flows, index=False)
    code, shown, messages = run("capture", toy_files, *EXACT, "--destinations", "1")
    assert code == 0, messages
    told = f"Attention: {flows.name} holds hardly any promotions: in all of its rows with students (7)"
    assert messages.startswith(told)
    assert "E2 (0002) 20" in shown
    assert "E2 (0002) 20; " not in shown
    assert "75%" in shown  # 80 of 107


def test_capture_of_promotions_is_refused_with_what_to_do(toy_files: tuple[Path, Path]) -> None:
    code, _, messages = run("capture", toy_files)
    assert code == 2
    assert "Read a residence-to-attended table as flows" in messages


def test_plans_are_told_with_what_moves(toy_files: tuple[Path, Path]) -> None:
    code, shown, _ = run("plans", toy_files, *EXACT, "--count", "2")
    assert code == 0
    # As worked out in tests/clustering/test_best_plans.py.
    assert "1. Score 445.0 students a year, 0.0 less than the best" in shown
    assert "2. Score 420.8 students a year, 24.2 less than the best" in shown
    assert f"E4 (0004): Zone of West High ({WEST}) to Zone of East High ({EAST})" in shown


def test_the_trade_off_is_a_table(toy_files: tuple[Path, Path]) -> None:
    code, shown, _ = run("trade-off", toy_files, *ASKED["trade-off"][0])
    assert code == 0
    assert "Most schools" in shown
    assert len([line for line in shown.splitlines() if line.rstrip().endswith("optimal")]) == 2


def test_a_narrow_terminal_cuts_no_number_off(toy_files: tuple[Path, Path]) -> None:
    schools, flows = map(str, toy_files)
    options = ["--set", RULE, *EXACT, "--maximum-schools", "10", "--leakage-weights", "0.25"]
    files = ["trade-off", "--schools", schools, "--flows", flows]
    shown = RUN.invoke(cli, [*files, *options], env={"COLUMNS": "60"}).stdout
    assert "Most schools: 10" in shown
    assert "445.0" in shown
    assert "…" not in shown


def test_reach_is_told_with_reasons_and_long_tables_are_cut(
    toy_files: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    code, shown, _ = run("reach", toy_files, "--anchor-id", WEST)
    assert code == 0
    assert f"Schools within reach of West High ({WEST})" in shown
    assert "Pine Middle (0009): another Zone" in shown
    assert "rows are shown" not in shown
    assert SHOWN_ROWS > 9
    monkeypatch.setattr("app.cli.render_tables.SHOWN_ROWS", 4)
    _, shown, _ = run("reach", toy_files, "--anchor-id", WEST)
    assert "The first 4 of 9 rows are shown" in shown


@pytest.mark.parametrize(
    ("name", "options", "told_of"),
    [
        ("plans", ["--count", "0"], "'--count': Input should be greater than or equal to 1"),
        ("plans", ["--count", "101"], "'--count': Input should be less than or equal to 100"),
        ("trade-off", ["--maximum-schools", "0"], "'--maximum-schools': Input should be greater than or equal to 1"),
        ("trade-off", ["--leakage-weights", "nan"], "'--leakage-weights': Input should be less than or equal to 1000"),
        ("trade-off", [each for _ in range(65) for each in ("--maximum-schools", "3")], "column maximum_schools"),
        ("stability", ["--resamples", "1001"], "'--resamples': Input should be less than or equal to 1000"),
        ("persistence", ["--years", "13"], "'--years': Input should be less than or equal to 12"),
        ("reach", ["--anchor-id", "0001"], "column anchor_id"),
        ("plans", ["--set", "maximum_schools=many"], "column maximum_schools"),
    ],
)
def test_wrong_options_are_named_and_nothing_is_written(
    toy_files: tuple[Path, Path], tmp_path: Path, name: str, options: list[str], told_of: str
) -> None:
    code, _, messages = run(name, toy_files, *options, "--out", str(tmp_path / "out"))
    assert code == 2
    assert told_of in messages
    assert not (tmp_path / "out").exists()


def test_names_cannot_command_the_terminal(toy_files: tuple[Path, Path]) -> None:
    schools, _ = toy_files
    hostile = "West \x1b]0;owned\x07[bold red]High"
    schools.write_text(schools.read_text(encoding="utf-8").replace("West High", hostile), encoding="utf-8")
    for name, (options, _) in ASKED.items():
        code, shown, messages = run(name, toy_files, *options)
        assert code == 0, messages
        assert "\x1b" not in shown + messages
        assert "[bold red]" in shown or name == "trade-off", "which has no names"
