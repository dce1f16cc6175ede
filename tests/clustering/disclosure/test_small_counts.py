"""Whatever other files are given, counts of 1 to 9 students change no byte that is shown."""

from __future__ import annotations

import io
import math
import random
from functools import cache
from itertools import combinations, permutations, product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd
import pytest

from clustering import (
    Scenario,
    parse_parameters,
    propose_zones,
    read_scenario,
    render_proposal,
    render_report,
    report_with_counts,
    scenario_to_bytes,
    with_crosswalk,
)
from clustering.disclosure import protected_base
from clustering.readers.raw_table import NamedFile
from tests.examples.sound_files import catchments, csv, membership
from tests.examples.toy_district import FLOWS, toy_schools

Cell = tuple[str, str, int, int, int]  # origin, destination (blank: left), grade, next grade, students
# Every sort of small cell: beside large ones, across, into a high school, leavers, those who stay, and unlisted schools
# of which one may be an old number of Oak Middle.
SMALL = [
    ("0001", "0009", 5, 6, 4),
    ("0003", "0007", 5, 6, 3),
    ("0003", "0010", 5, 9, 6),
    ("0004", "0010", 5, 9, 5),
    ("0005", "0007", 5, 6, 7),
    ("0005", "", 5, 5, 4),
    ("0006", "", 5, 5, 5),
    ("0007", "", 8, 8, 6),
    ("0008", "", 8, 8, 8),
    ("0002", "0002", 4, 4, 4),
    ("0002", "", 4, 4, 3),
    ("0002", "", 3, 3, 5),
    ("0002", "0907", 5, 6, 5),
    ("0907", "0010", 8, 9, 5),
    ("0907", "", 8, 8, 3),
    ("0666", "0008", 5, 6, 4),
]
LARGE = [(origin, destination, grade, grade + 1, count) for origin, destination, grade, count in FLOWS]
ALSO_LARGE = [
    ("0003", "0907", 5, 6, 40),
    ("0907", "0011", 8, 9, 32),
    ("0666", "0007", 5, 6, 22),
    ("0002", "0002", 3, 4, 53),
]
STATE: list[Cell] = [*LARGE, *ALSO_LARGE, *SMALL]
ESTIMATES = {
    "nothing": {},
    "a gravity model": {"estimate": True},
    "catchments": {"catchments": True},
    "catchments and a gravity model": {"catchments": True, "estimate": True},
}
SEEDS = (1, 2)
ON_A_LIST = {"identification": "official:designation=CSI"}


def redrawn(given: list[Cell], base: pd.DataFrame, seed: int) -> list[Cell]:
    """
    Another state between the ends of a base, with the same sizes of grades.

    Around each ring of two grades and two ways out of them, students are moved: what two cells gain, two lose.
    """
    counts: dict[Any, int] = {((cell[0], cell[2]), (cell[1], cell[3] if cell[1] else None)): cell[4] for cell in given}
    ends = {cell: (count, count) for cell, count in counts.items()}  # what is withheld stays
    columns = ["origin", "grade", "destination", "next_grade", "kind", "students_low", "students_high"]
    for origin, grade, destination, after, kind, low, high in base[columns].to_numpy(dtype="object").tolist():
        way = ("", None) if kind == "exit" else (destination, after)
        ends[(origin, grade), way] = (max(1, low), high)
    draw = random.Random(seed)
    grades, ways = (dict.fromkeys(cell[side] for cell in counts) for side in (0, 1))
    corners = list(product(permutations(grades, 2), combinations(ways, 2)))
    for (first, second), (one, other) in draw.sample(corners * 3, 3 * len(corners)):
        ring = {(first, one): 1, (second, other): 1, (first, other): -1, (second, one): -1}
        if counts.keys() >= ring.keys():
            most = min(abs(ends[cell][sign > 0] - counts[cell]) for cell, sign in ring.items())
            students = draw.randint(0, int(most))
            counts.update({cell: counts[cell] + sign * students for cell, sign in ring.items()})
    return [
        (origin, destination, grade, after or grade, count)
        for ((origin, grade), (destination, after)), count in counts.items()
    ]


def flow_table(given: list[Cell]) -> pd.DataFrame:
    """As a table of counts."""
    table = pd.DataFrame(given, columns=["origin", "destination", "grade", "next_grade", "students"]).astype("str")
    names = {**toy_schools().set_index("school_id")["name"], "0907": "Oak Middle", "0666": "Gone School"}
    table["school_name"] = table["origin"].map(names)
    table["new_school_name"] = table["destination"].map(names).fillna("")
    return table.assign(school_year="2022-23")


def records(given: list[Cell]) -> pd.DataFrame:
    """As records of two school years."""
    rows = []
    for origin, destination, grade, next_grade, count in given:
        for number in range(count):
            student = f"S{origin}{destination}{grade}{number:03d}"
            rows.append((student, "2022-23", origin, grade))
            if destination:
                rows.append((student, "2023-24", destination, next_grade))
    return pd.DataFrame(rows, columns=["student_id", "school_year", "school_id", "grade"])


def read(folder: Path, given: list[Cell], *, as_records: bool, asked: dict[str, bool]) -> Scenario:
    """Read the cells in one form or the other, together with other files."""

    def file(name: str, data: bytes) -> NamedFile:
        (folder / name).write_bytes(data)
        return NamedFile(folder / name, name)

    files: dict[str, Any] = {"schools": [toy_schools()], "estimate": asked.get("estimate", False)}
    if asked.get("catchments"):
        files["catchments"] = [file(f"{level}.geojson", catchments(level)) for level in ("middle", "high")]
    if as_records:
        files["students"] = [file("records.csv", csv(records(given)))]
    else:
        files["flows"] = [file("flows.csv", csv(flow_table(given)))]
    return read_scenario(**files)


def shown(scenario: Scenario) -> dict[str, bytes]:
    """All that is written of a scenario and of Zones for it."""
    proposal = propose_zones(scenario, parse_parameters({**ON_A_LIST, "minimum_schools": 2}))
    return {**render_report(report_with_counts(scenario)), **render_proposal(proposal, title="Zones")}


def changed(answers: list[dict[str, bytes]]) -> list[str]:
    """Names of what is not the same in all."""
    first, *others = answers
    return sorted({name for other in others for name in first.keys() | other.keys() if first[name] != other[name]})


@cache
def first_and_redrawn(as_records: bool) -> list[list[Cell]]:
    """States that a viewer cannot tell apart."""
    with TemporaryDirectory() as folder:
        base = protected_base(read(Path(folder), STATE, as_records=as_records, asked={}), "protected")
    return [STATE, *(redrawn(STATE, base.flows, seed) for seed in SEEDS)]


@pytest.mark.parametrize(("as_records", "added"), [(True, "nothing"), *((False, added) for added in ESTIMATES)])
def test_small_counts_change_no_byte(tmp_path: Path, as_records: bool, added: str) -> None:
    states = first_and_redrawn(as_records)
    scenarios = [read(tmp_path, state, as_records=as_records, asked=ESTIMATES[added]) for state in states]
    assert changed([shown(scenario) for scenario in scenarios]) == []


@pytest.mark.parametrize("as_records", [False, True])
def test_control_small_counts_of_every_sort_are_redrawn(as_records: bool) -> None:
    _, *others = ({cell[:4]: cell[4] for cell in state} for state in first_and_redrawn(as_records))
    assert [cell for cell in SMALL if all(other[cell[:4]] == cell[4] for other in others)] == []


def test_control_the_inputs_differ_and_exact_answers_say_so(tmp_path: Path) -> None:
    stored, exact = set(), set()
    for state in first_and_redrawn(True):
        scenario = read(tmp_path, state, as_records=True, asked={})
        stored.add(scenario_to_bytes(scenario))
        proposal = propose_zones(scenario, parse_parameters({**ON_A_LIST, "disclosure": "exact"}))
        exact.add(render_proposal(proposal, title="Zones")["links-exact-not-for-release.csv"])
    assert len(stored) == len(exact) == 1 + len(SEEDS)


def test_control_larger_counts_change_the_comparison_with_an_estimate(tmp_path: Path) -> None:
    few, many = (
        read(tmp_path, [*LARGE[1:], ("0001", "0007", 5, 6, count)], as_records=True, asked={"estimate": True})
        for count in (10, 60)
    )
    comparisons = [report_with_counts(scenario).basis.comparison for scenario in (few, many)]
    assert comparisons[0] is not None
    assert comparisons[0] != comparisons[1]


def test_small_counts_change_nothing_when_a_crosswalk_is_confirmed(tmp_path: Path) -> None:
    answers = []
    for state in first_and_redrawn(False):
        scenario = read(tmp_path, state, as_records=False, asked={})
        rows = [
            row for row in report_with_counts(scenario).crosswalk if (row["old_id"], row["new_id"]) == ("0907", "0007")
        ]
        assert len(rows) == 1
        answers.append(shown(with_crosswalk(scenario, rows, protect_first=True)))
    assert changed(answers) == []


def test_a_small_count_given_to_another_school_stays_an_interval(tmp_path: Path) -> None:
    # 40 students of E2 go to Oak, 8 more under its old number, 10 to Elm: 58, which is the size that is assumed, and up
    # to 59 for whoever reads. At least 40, 1 and 10 leave 8 for each. The sum, 48, would narrow the 8 next to the 40.
    scenario = read(tmp_path, [*LARGE, ("0002", "0907", 5, 6, 8)], as_records=False, asked={})
    rows = [{"old_id": "0907", "new_id": "0007", "share": "1"}]
    found = {}
    for protect_first in (False, True):
        flows = with_crosswalk(scenario, rows, protect_first=protect_first).flows
        place = (flows["origin"] == "0002") & (flows["destination"] == "0007")
        (found[protect_first],) = flows.loc[place, ["students", "students_low", "students_high"]].to_numpy().tolist()
    assert found[False] == [48, 48, 48]
    assert math.isnan(found[True][0])
    assert found[True][1:] == [41, 57]


def test_no_link_shows_a_small_number(tmp_path: Path) -> None:
    scenario = read(tmp_path, STATE, as_records=True, asked={})
    parts = render_proposal(propose_zones(scenario), title="Zones")
    links = pd.read_csv(io.BytesIO(parts["links.csv"]), dtype={"origin": "str", "destination": "str"})
    students = {cell[:2]: cell[4] for cell in STATE}
    true = pd.Series([students[pair] for pair in zip(links["origin"], links["destination"], strict=True)])
    assert ((links["students_low"] <= true) & (true <= links["students_high"])).all()
    small = links[true < 10]
    assert len(small) == 5
    assert (small["students_low"] == 1).all()
    assert small["students_high"].between(5, 9).all()
    assert (small["students"] == (1 + small["students_high"]) / 2).all()


def warned(folder: Path, *arriving: tuple[str, int]) -> int:
    """Warnings of too many students entering grade 9 of West High, which has 60 there: up to 76 may arrive."""
    rows = [(f"20000500{origin}", "200005000010", str(count)) for origin, count in arriving]
    flows = pd.DataFrame(rows, columns=["origin", "destination", "students"])
    flows = flows.assign(grade="8", next_grade="9", school_year="2021-22")
    schools = toy_schools()
    schools["school_id"] = "20000500" + schools["school_id"]
    (folder / "m.csv").write_bytes(csv(membership()))
    report = report_with_counts(read_scenario(schools=[schools, folder / "m.csv"], flows=flows))
    return sum("more students enter a grade" in warning.message for warning in report.warnings)


def test_no_warning_turns_on_a_small_count(tmp_path: Path) -> None:
    assert [warned(tmp_path, ("0007", 75), ("0008", small)) for small in (1, 2, 9)] == [0, 0, 0]
    # Shown as 75 to 84 and as 1 to 9: 75 and 1 at the least, which may be.
    assert [warned(tmp_path, ("0007", 80), ("0008", small)) for small in (1, 9)] == [0, 0]


def test_control_many_more_students_than_are_enrolled_are_warned_of(tmp_path: Path) -> None:
    # Shown as 85 to 94.
    assert warned(tmp_path, ("0007", 90)) == 1
