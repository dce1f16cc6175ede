"""The District of Columbia's files as published (2011-12), read where they are at hand."""

from __future__ import annotations

import csv
import io
from collections import Counter
from pathlib import Path

import networkx as nx
import pytest

from clustering import Scenario, build_feeder_graph, parse_parameters, propose_zones, read_scenario

FOLDER = Path(__file__).parents[4] / "shared" / "data" / "dc_2011"
pytestmark = pytest.mark.skipif(not FOLDER.exists(), reason=f"the real data is not at {FOLDER}")

PRIORITY_HIGH_SCHOOLS = {"450", "452", "454", "457", "459", "464", "467", "474", "884"}


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return read_scenario(schools=[FOLDER / "schools.csv"], flows=[FOLDER / "promotions.csv"])


@pytest.fixture(scope="module")
def rows() -> list[dict[str, str]]:
    """The promotions by the standard library alone."""
    text = (FOLDER / "promotions.csv").read_bytes().decode().replace("\r", "\n")
    return list(csv.DictReader(io.StringIO(text)))


def test_every_row_is_accounted_for(scenario: Scenario, rows: list[dict[str, str]]) -> None:
    (file,) = [file for file in scenario.report.files if file.role == "flows"]
    assert file.rows_read == file.rows_used == len(rows) == 3579
    # Rows of the same origin, destination and grades ("Other Outcome", "Out of District") are one cell.
    key = ("school_code", "new_school_code", "grade", "new_grade")
    assert len(scenario.flows) == len({tuple(row[name] for name in key) for row in rows})


def test_students_add_up(scenario: Scenario, rows: list[dict[str, str]]) -> None:
    suppressed = sum(row["count"] == "-1" for row in rows)
    published = sum(int(row["count"]) for row in rows if row["count"] != "-1")
    assert scenario.flows["students_low"].sum() == published + suppressed
    assert scenario.flows["students_high"].sum() == published + 9 * suppressed


def test_exits_and_unknown_schools_are_kept_apart(scenario: Scenario, rows: list[dict[str, str]]) -> None:
    listed = set(scenario.schools.index)
    exits = scenario.flows[scenario.flows["destination"].isna()]
    expected = Counter(row["school_code"] for row in rows if not row["new_school_code"])
    assert set(exits["origin"]) == set(expected)
    unknown = {row["school_code"] for row in rows} | {row["new_school_code"] for row in rows} - {""}
    assert len(unknown - listed) == 26
    warned = {problem.value for problem in scenario.report.warnings if "not in the schools files" in problem.message}
    assert warned == unknown - listed


def test_feeders_of_ballou(scenario: Scenario) -> None:
    graph = build_feeder_graph(scenario)
    assert nx.is_directed_acyclic_graph(graph)
    # Hart MS sends 87 of its grade 8 to Ballou HS; Johnson MS 31 (rows of the file).
    assert graph.edges["413", "452"]["students"] == 87
    assert graph.edges["416", "452"]["students"] == 31


def test_priority_high_schools_get_zones_or_reasons(scenario: Scenario) -> None:
    proposal = propose_zones(scenario, parse_parameters(["identification=official:esea_class=Priority"]))
    assert {anchor.school_id for anchor in proposal.anchors} == PRIORITY_HIGH_SCHOOLS
    assert all((anchor.zone_id is None) != (anchor.reason_without_zone is None) for anchor in proposal.anchors)
    assert proposal.solution.status == "optimal"
    zone_of = {member.school_id: zone.anchor_id for zone in proposal.zones for member in zone.members}
    # Nearly every published student of Hart and Kramer middle schools goes to one high school.
    assert zone_of["413"] == "452"
    assert zone_of["417"] == "450"


def students_arriving(moves: list[tuple[str, str, int]], origin: str, feeders: set[str], anchor: str) -> float:
    """Students promoted from a school who reach the anchor by way of feeders only, one school after the other."""
    arriving = 0.0
    for sender, to, students in moves:
        if sender == origin and to == anchor:
            arriving += students
        elif sender == origin and to in feeders:
            promoted = sum(n for other, _, n in moves if other == to)
            arriving += students * students_arriving(moves, to, feeders, anchor) / promoted if promoted else 0.0
    return arriving


def test_shares_of_every_zone_recomputed_from_the_csv(scenario: Scenario, rows: list[dict[str, str]]) -> None:
    with (FOLDER / "schools.csv").open(encoding="utf-8-sig", newline="") as file:
        listed = {row["school_code"]: row["grades"].split() for row in csv.DictReader(file)}
    grade_of = {"PS": -2, "PK": -1, "KG": 0, **{f"{number}": number for number in range(1, 13)}}
    grades = {school: {grade_of.get(text.lstrip("0")) for text in texts} - {None} for school, texts in listed.items()}
    stayed = {(row["school_code"], row["grade"]) for row in rows if row["school_code"] == row["new_school_code"]}
    attended = {(row["school_code"], grade_of.get(row["grade"])) for row in rows}

    def is_promotion(row: dict[str, str]) -> bool:
        origin, grade, following = row["school_code"], grade_of.get(row["grade"]), grade_of.get(row["new_grade"])
        if grade is None or following is None or following <= grade or row["new_school_code"] in ("", origin):
            return False
        if grades.get(origin):
            return grade + 1 not in grades[origin] and following not in grades[origin]
        if origin in grades:  # listed without grades
            return (origin, row["grade"]) not in stayed
        return (origin, grade + 1) not in attended

    moves = [
        (row["school_code"], row["new_school_code"], 5 if row["count"] == "-1" else int(row["count"]))
        for row in rows
        if is_promotion(row)
    ]
    settings = ["identification=official:esea_class=Priority", "disclosure=exact"]
    zones = propose_zones(scenario, parse_parameters(settings)).zones
    assert len(zones) == 6
    for zone in zones:
        members = {member.school_id for member in zone.members}
        feeders = members - {zone.anchor_id}
        promoted = sum(n for origin, _, n in moves if origin in feeders)
        # Whoever enters a feeder goes on as all of its students do: these files tell no paths.
        retained = sum(students_arriving(moves, feeder, feeders, zone.anchor_id) for feeder in feeders)
        entering = sum(n for _, to, n in moves if to == zone.anchor_id)
        covered = sum(n for origin, to, n in moves if to == zone.anchor_id and origin in members)
        # Students are rounded to thousandths before they are divided.
        assert zone.metrics.retained_students == pytest.approx(retained, abs=1e-3), zone.name
        assert zone.metrics.retention == pytest.approx(zone.metrics.retained_students / promoted, abs=1e-6), zone.name
        assert zone.metrics.coverage == pytest.approx(covered / entering, abs=1e-6), zone.name
