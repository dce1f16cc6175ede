"""The commands of capacity: registers checked, Zones matched and planned, faults shown all at once."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner, Result

from app.cli.commands import cli
from clustering.model.plain_text import school_year_text
from tests.examples.described_tables import faults_of_folder
from tests.examples.toy_register import PRAIRIE, toy_partners, toy_preferences

RUN = CliRunner()
CSI = ("--set-zones", "identification=official:designation=CSI")


@pytest.fixture
def register(tmp_path: Path) -> tuple[str, ...]:
    """The options of the toy register."""
    for name, table in (("partners", toy_partners()), ("preferences", toy_preferences())):
        table.to_csv(tmp_path / f"{name}.csv", index=False)
    return ("--register", str(tmp_path / "partners.csv"), "--preferences", str(tmp_path / "preferences.csv"))


@pytest.fixture
def files(toy_files: tuple[Path, Path]) -> tuple[str, ...]:
    schools, flows = map(str, toy_files)
    return ("--schools", schools, "--flows", flows)


def run(*arguments: str) -> Result:
    return RUN.invoke(cli, arguments, env={"COLUMNS": "200"})


def test_a_register_is_checked(register: tuple[str, ...], tmp_path: Path) -> None:
    done = run("partners", *register, "--out", str(tmp_path / "out"))
    assert done.exit_code == 0, done.stderr
    assert (
        "2 Lead Partners can take on 27 more schools. 1 of them can be matched, with 7 of these schools." in done.stdout
    )
    assert "Prairie Partners (P-1): 2 schools now, 9 at most, $500,000 a school and year." in done.stdout
    assert "Cannot be matched. The state has not approved it." in done.stdout
    assert "partners.csv: 3 of 3 rows used. 13 columns under their own names. No column was left out." in done.stdout
    assert faults_of_folder(tmp_path / "out") == []
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "register.json",
        "partners.csv",
        "duties.csv",
        "datapackage.json",
    }
    again = run("partners", "--register", str(tmp_path / "out" / "partners.csv"))
    assert (
        "2 Lead Partners can take on 27 more schools. 1 of them can be matched, with 7 of these schools."
        in again.stdout
    )


def test_a_register_takes_one_screen_unless_all_of_it_is_asked_for(register: tuple[str, ...]) -> None:
    partners = pd.concat([toy_partners()] * 40, ignore_index=True)
    partners["partner_id"] = [f"{each}-{number}" for number, each in enumerate(partners["partner_id"])]
    partners.assign(supporting_partners="").to_csv(register[1], index=False)
    done = run("partners", *register[:2])
    assert len(done.stdout.splitlines()) < 50
    assert "The first 15 of 80 Lead Partners are shown. --details shows all." in done.stdout
    everything = run("partners", *register[:2], "--details").stdout
    assert everything.count("Cost: $500,000 a school and year") == 40
    assert "Growth: none" in everything


def test_columns_that_were_not_used_are_named_with_what_they_look_like(register: tuple[str, ...]) -> None:
    partners = toy_partners().rename(columns={"name": "Partner", "partner_id": "Partner ID"})
    partners.assign(Start="2027-08-15", **{"Years of contract": "5"}).to_csv(register[1], index=False)
    done = run("partners", *register)
    assert "Read as: Partner ID = partner_id, Partner = name, Start = earliest_start." in done.stdout
    assert "Not used: Years of contract." in done.stdout
    assert "Prairie Partners (P-1): 2 schools now, 9 at most, from fall 2027" in done.stdout
    assert "column Years of contract: The column was not used. It looks like contract_years" in done.stderr


def test_amounts_have_dollar_signs_and_thousands(register: tuple[str, ...], files: tuple[str, ...]) -> None:
    done = run("match", *files, *CSI, *register, "--set", "budget_dollars=$20,000,000")
    assert done.exit_code == 0, done.stderr
    refused = run("match", *files, *CSI, *register, "--set", "budget_dollars=20,00")
    assert refused.exit_code == 2
    assert "may be misread" in refused.stderr


def test_every_fault_of_a_register_is_shown(register: tuple[str, ...]) -> None:
    partners = toy_partners()
    partners.loc[0, "schools_now"], partners.loc[1, "approval"] = "many", "perhaps"
    partners.to_csv(register[1], index=False)
    done = run("partners", *register)
    assert done.exit_code == 2
    assert "2 problems" in done.stderr
    for word in ("many", "perhaps", "row 2", "row 3"):
        assert word in done.stderr


def test_a_register_is_checked_against_schools(register: tuple[str, ...], files: tuple[str, ...]) -> None:
    toy_partners().assign(home_district=["01", "77", ""]).to_csv(register[1], index=False)
    assert "77" in run("partners", *register, *files[:2], "--read", "schools.csv:delimiter=comma").stderr


def test_zones_are_matched(register: tuple[str, ...], files: tuple[str, ...], tmp_path: Path) -> None:
    done = run("match", *files, *CSI, *register, "--out", str(tmp_path / "out"))
    assert done.exit_code == 0, done.stderr
    for words in (
        "With a Lead Partner from the fall of 2024: 1 of 2 Zones, 3,100 of 5,100 students, in 7 schools",
        "The match begins in the fall of 2024, which is past: today is ",
        "West High Zone (zone-0010): Prairie Partners, 7 schools, $3,500,000 a year",
        "East High Zone (zone-0011)",
        "Distant Partners (P-2)",
    ):
        assert words in done.stdout
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert {"match.json", "matches.csv", "unserved.csv", "picture.html", "map.html"} <= names
    assert faults_of_folder(tmp_path / "out") == []


def test_parameters_change_the_match(register: tuple[str, ...], files: tuple[str, ...]) -> None:
    done = run("match", *files, *CSI, *register, "--set", f"forbid_match=zone-0010={PRAIRIE}")
    assert "1 of 2 Zones, 2,000 of 5,100 students" in done.stdout


def test_zones_of_a_table_are_matched(register: tuple[str, ...], tmp_path: Path) -> None:
    """Two Zones of 3 and 6 schools, of which the partner can run either, but not both."""
    table = pd.DataFrame(
        {
            "school_id": [f"{number:02d}" for number in range(1, 10)],
            "zone": ["a"] * 3 + ["b"] * 6,
            "level": ["high", *["elementary"] * 2, "high", *["middle"] * 5],
            "district_id": ["01"] * 9,
            "students": [1_000, 400, 400, 800, 200, 200, 200, 200, 200],
        }
    )
    table.to_csv(tmp_path / "zones.csv", index=False)
    own = ("--zones", str(tmp_path / "zones.csv"), *register, "--read", "zones.csv:delimiter=comma")
    done = run("match", *own, "--out", str(tmp_path / "out"))
    assert done.exit_code == 0, done.stderr
    document = json.loads((tmp_path / "out" / "match.json").read_text(encoding="utf-8"))
    assert [(each["zone_id"], each["need"]) for each in document["matches"]] == [("a", 1_800)]
    planned = run("plan-years", *own, "--set", "start_year=2026,years=3")
    assert planned.exit_code == 2
    planned = run("plan-years", *own, "--set", "start_year=2026", "--set", "years=3")
    assert planned.exit_code == 0, planned.stderr
    assert "In the 3 school years from 2026-27, 1 of 2 Zones starts: " in planned.stdout


def test_the_years_are_planned(register: tuple[str, ...], files: tuple[str, ...], tmp_path: Path) -> None:
    done = run("plan-years", *files, *CSI, *register, "--set", "years=4", "--out", str(tmp_path / "out"))
    assert done.exit_code == 0, done.stderr
    document = json.loads((tmp_path / "out" / "year_plan.json").read_text(encoding="utf-8"))
    assert len(document["years"]) == 4
    assert faults_of_folder(tmp_path / "out") == []
    first = document["starts"][0]
    assert f"Fall of {first['start_fall']}: 1 Zone starts" in done.stdout
    years = f"{school_year_text(first['start_fall'])} to {school_year_text(first['exit_fall'] - 1)}"
    reviews = [each["date"] for each in document["timeline"] if each["event"].startswith("review")]
    assert (
        f"{first['partner_name']}, {first['school_count']} schools, {years}, reviews {', '.join(reviews)}"
        in " ".join(done.stdout.split())
    )


def test_a_zone_that_is_served_smaller_says_how_many_schools_it_keeps(
    register: tuple[str, ...], files: tuple[str, ...]
) -> None:
    """Prairie Partners has room for 7 more schools: with 2 fewer it takes 5 of the 7 of West High at most."""
    toy_partners().assign(maximum_schools=[7, 27, 0]).to_csv(register[1], index=False)
    for command in ("match", "plan-years"):
        done = run(command, *files, *CSI, *register, "--set", "allow_smaller=true")
        assert done.exit_code == 0, done.stderr
        assert "Prairie Partners, 5 of 7 schools, " in done.stdout


def test_warnings_of_the_register_are_shown_with_every_answer_it_gives(
    register: tuple[str, ...], files: tuple[str, ...]
) -> None:
    """A partner of 75 dollars a school is taken as it stands, and doubted."""
    toy_partners().assign(cost_per_school=75.0).to_csv(register[1], index=False)
    doubt = [line for line in run("partners", *register).stderr.splitlines() if "cost" in line.lower()]
    assert doubt
    for command in ("match", "plan-years", "best-matches"):
        done = run(command, *files, *CSI, *register)
        assert done.exit_code == 0, done.stderr
        assert doubt[0] in done.stderr


@pytest.mark.parametrize(
    ("command", "own", "words", "rows"),
    [
        ("best-matches", ("--count", "3"), "East High Zone (zone-0011)", 3),
        # A new partner, an approval, and one more school for each of the two partners.
        ("one-more", ("--partner-schools", "4"), "2,000", 4),
        ("match-stability", ("--draws", "3"), "100%", 2),
        ("zone-sizes", (), "Zones of", 6),
        ("best-year-plans", ("--count", "2"), "from fall 2026 instead of", 2),
        ("frontier", ("--points", "3"), "12,400", 3),
        ("years-to-reach-all", ("--longest", "9"), "All 2 Zones that can start have started", 7),
    ],
)
def test_what_is_asked_of_a_result_has_a_command(
    register: tuple[str, ...],
    files: tuple[str, ...],
    tmp_path: Path,
    command: str,
    own: tuple[str, ...],
    words: str,
    rows: int,
) -> None:
    done = run(command, *files, *CSI, *register, *own, "--out", str(tmp_path / "out"))
    assert done.exit_code == 0, done.stderr
    assert words in " ".join(done.stdout.split())
    assert faults_of_folder(tmp_path / "out") == []
    table, document = sorted(path for path in (tmp_path / "out").iterdir() if path.name != "datapackage.json")
    assert len(table.read_text(encoding="utf-8").splitlines()) == rows + 1
    content = json.loads(document.read_text(encoding="utf-8"))
    assert content["provenance"]
    assert content["parameters"]["need"] == "students"


def test_the_parameters_of_a_plan_hold_for_what_is_asked_of_it(
    register: tuple[str, ...], files: tuple[str, ...]
) -> None:
    """Three years, of which the first goes into planning: two years of 3,100 students."""
    done = run("best-year-plans", *files, *CSI, *register, "--set", "years=3", "--count", "1")
    assert "6,200" in done.stdout
    refused = run("best-matches", *files, *CSI, *register, "--set", "years=3")
    assert refused.exit_code == 2
    assert "years" in refused.stderr


def test_zones_of_a_table_have_no_other_sizes(register: tuple[str, ...], tmp_path: Path) -> None:
    table = pd.DataFrame({"school_id": ["1", "2"], "zone": "a", "level": ["high", "middle"], "students": 100})
    table.to_csv(tmp_path / "zones.csv", index=False)
    own = ("--zones", str(tmp_path / "zones.csv"), *register, "--set", "start_year=2026")
    refused = run("zone-sizes", *own)
    assert refused.exit_code == 2
    assert "cannot be cut to other sizes" in refused.stderr
    assert run("best-matches", *own).exit_code == 0


@pytest.mark.parametrize("command", ["match", "plan-years"])
def test_zones_come_from_one_of_two(command: str, register: tuple[str, ...], files: tuple[str, ...]) -> None:
    for zones in ((), (*files, "--zones", files[1])):
        done = run(command, *zones, *register)
        assert done.exit_code == 2
        assert "Zones come from one of two" in done.stderr


@pytest.mark.parametrize(
    ("command", "own", "others"),
    [
        ("match", "need", "contract_years"),
        ("best-matches", "need", "contract_years"),
        ("plan-years", "contract_years", "maximum_schools"),
        ("frontier", "contract_years", "maximum_schools"),
    ],
)
def test_help_lists_the_parameters_of_the_command(command: str, own: str, others: str) -> None:
    done = run(command, "--help")
    assert own in done.stdout
    assert others not in done.stdout


def test_faulty_parameters_are_refused_before_files_are_read(register: tuple[str, ...]) -> None:
    done = run("match", "--schools", "not there.csv", *register, "--set", "need=all", "--set", "years=3")
    assert done.exit_code == 2
    assert "2 problems" in done.stderr
