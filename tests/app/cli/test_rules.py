"""Commands for rules: what they show, and the bytes that the service gives."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from starlette.testclient import TestClient
from typer.testing import CliRunner

from app.cli.commands import cli
from clustering import list_presets, read_rule, rule_schema, write_rule
from tests.examples.service_requests import toy_uploads
from tests.examples.toy_district import EAST, WEST, toy_schools

RUN = CliRunner(env={"COLUMNS": "200", "NO_COLOR": "1", "TERM": "dumb"})
RULE = "graduation_rate<0.67"


@pytest.fixture
def schools(tmp_path: Path) -> Path:
    path = tmp_path / "schools.csv"
    toy_schools().to_csv(path, index=False)
    return path


def identify(schools: Path, *more: str) -> tuple[int, str, str]:
    done = RUN.invoke(cli, ["identify", "--schools", str(schools), *more])
    return done.exit_code, done.stdout, done.stderr


def test_rules_that_ship_are_listed_and_written_in_full() -> None:
    listed = RUN.invoke(cli, ["rules"]).stdout
    assert all(f"{name}: " in listed for name in list_presets().index)
    assert json.loads(RUN.invoke(cli, ["rules", "az_tsi"]).stdout) == write_rule(read_rule("az_tsi"))
    assert json.loads(RUN.invoke(cli, ["rules", "--schema"]).stdout) == rule_schema()
    assert RUN.invoke(cli, ["rules", "no_such"]).exit_code == 2


def test_schools_and_rates_are_enough(schools: Path) -> None:
    code, shown, messages = identify(schools, "--rule", RULE)
    assert code == 0, messages
    assert "There are no flows" in shown
    assert "1 school is identified" in shown
    assert f"West High ({WEST}): certain" in shown
    assert "Graduation rate 55.0%, below 67.0%." in shown
    # East is decided and not in question.
    assert "East High" not in shown
    assert f"East High ({EAST}): no" in identify(schools, "--rule", RULE, "--only", "all")[1]


def test_a_list_and_the_rates_that_differ_are_shown(schools: Path) -> None:
    _, shown, _ = identify(schools, "--rule", "official:designation=CSI")
    assert "Where the official list and the rates differ" in shown
    assert "On the official list (designation: CSI). Graduation rate 80.0%, not below 67.0%." in shown


def test_what_a_rule_leaves_out_is_counted(schools: Path) -> None:
    table = toy_schools().assign(school_type=["regular"] * 9 + ["alternative", "regular"])
    table.to_csv(schools, index=False)
    rule = schools.with_name("rule.toml")
    rule.write_text('threshold = 0.67\nyears = "newest"\nexclude = ["closed", "alternative"]\n', encoding="utf-8")
    code, shown, messages = identify(schools, "--rule", str(rule))
    assert code == 0, messages
    assert "0 schools are identified" in shown
    assert "Left out as alternative: 1 school\n" in shown
    assert "1 of them would be certain, 0 possible" in shown


def test_a_second_rule_is_compared(schools: Path) -> None:
    _, shown, _ = identify(schools, "--rule", RULE, "--against", "graduation_rate<0.9")
    assert "1 identified by the second rule only, 0 by the first only, 1 by both, 0 by neither" in shown
    assert f"East High ({EAST}): gained" in shown
    assert f"West High ({WEST})" not in shown


def test_schools_are_followed_over_the_years(schools: Path) -> None:
    toy_schools().drop(columns="graduation_rate").to_csv(schools, index=False)
    rates = schools.with_name("rates.csv")
    columns = {"school_id": [WEST, WEST], "school_year": ["2018-19", "2019-20"], "graduation_rate": ["55", "90"]}
    pd.DataFrame(columns).to_csv(rates, index=False)
    given = ["--performance", str(rates), "--rule", '{"threshold": 0.67}', "--cycles"]
    _, shown, _ = identify(schools, *given)
    assert "Fall of 2018, year of entry: enters: 1" in shown
    assert f"West High ({WEST}), fall of 2019: leaves" in shown
    _, shown, _ = identify(schools, *given, "--years", "2019")
    assert "Fall of 2019, year of entry: nobody moves" in shown


@pytest.mark.parametrize("ending", ["csv", "json"])
def test_the_service_gives_the_same_bytes(schools: Path, client: TestClient, tmp_path: Path, ending: str) -> None:
    flows = tmp_path / "flows.csv"
    flows.write_bytes(dict(toy_uploads())["flows"][1])
    own = client.post("/datasets", files=toy_uploads()).json()["id"]
    out = tmp_path / f"out.{ending}"
    more = ["--flows", str(flows), "--only", "certain,possible", "--out", str(out)]
    assert identify(schools, "--rule", RULE, *more)[0] == 0
    question = {"rule": RULE, "only": ["certain", "possible"]}
    assert client.post(f"/datasets/{own}/identification?f={ending}", json=question).content == out.read_bytes()


@pytest.mark.parametrize(
    ("more", "word"),
    [
        (["--rule", "graduation"], "essa_csi_graduation"),
        (["--rule", RULE, "--only", "perhaps"], "certain, possible"),
        (["--rule", RULE, "--out", "table.xlsx"], ".csv or .json"),
        (["--rule", RULE, "--disclosure", "some"], "protected or exact"),
        (["--rule", RULE, "--cycles", "--against", RULE], "one rule"),
        (["--rule", RULE, "--cycles", "--years", "12,now"], "2012,2015"),
        (["--rule", RULE, "--years", "2012"], "--cycles"),
        (["--rule", "missing.toml"], "cannot be read"),
        (["--rule", "{" + '"a":' * 5_000], "JSON"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_written(schools: Path, more: list[str], word: str) -> None:
    code, _, messages = identify(schools, *more)
    assert code == 2
    assert word in messages
    assert "nothing was written" in messages


def test_names_cannot_steer_the_terminal(schools: Path) -> None:
    toy_schools().replace({"name": {"West High": "\x1b[2J[bold]West[/bold]"}}).to_csv(schools, index=False)
    _, shown, _ = identify(schools, "--rule", RULE)
    assert "\x1b" not in shown
    assert "[bold]West[/bold]" in shown
