"""Nothing that reading tells depends on a count of students, and what is told of counts depends on the base alone."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from clustering import (
    Scenario,
    json_bytes,
    propose_zones,
    read_scenario,
    render_proposal,
    render_report,
    report_document,
    report_with_counts,
    with_crosswalk,
)
from clustering.disclosure import protected_base
from clustering.disclosure.policy import parse_policy
from clustering.disclosure.protection import Protection
from clustering.errors import Problem
from clustering.ingest import described_base
from clustering.ingest.earlier_reports import without_earlier_counts
from clustering.model.ingest_report import ChoiceSchool, FlowBasis
from clustering.model.scenario import no_paths
from clustering.readers.raw_table import NamedFile
from tests.clustering.disclosure.test_small_counts import LARGE, Cell, changed, flow_table, records
from tests.clustering.ingest.test_paths import layers
from tests.examples.sound_files import csv, membership
from tests.examples.toy_district import toy_schools

# Around each ring of four cells, the first two gain what the others lose: sizes of grades stay. The old number of Oak
# Middle is in the second ring, those who leave are in the third.
RINGS = (
    (("0001", "0009", 5, 6), ("0006", "0007", 5, 6), ("0001", "0007", 5, 6), ("0006", "0009", 5, 6)),
    (("0002", "0907", 5, 6), ("0003", "0007", 5, 6), ("0002", "0007", 5, 6), ("0003", "0907", 5, 6)),
    (("0008", "", 8, 8), ("0007", "0010", 8, 9), ("0007", "", 8, 8), ("0008", "0010", 8, 9)),
)
MOVED = ((21, -2, 5), (-3, 26, -1))  # of the students of each ring: far across the tens that are shown
BESIDE = {
    "nothing": {},
    "catchments and a gravity model": {"catchments": True, "estimate": True},
    "a feeder table": {"feeders": True},
    "residents": {"residents": True},
    "enrolment by grade": {"membership": True},
}


def cells(moved: tuple[int, ...]) -> list[Cell]:
    """Cells of one state of all those with the same cells and the same sizes of grades."""
    counts = {(*cell[:4],): cell[4] for cell in LARGE}
    counts |= {("0003", "0907", 5, 6): 40, ("0907", "0011", 8, 9): 30, ("0007", "", 8, 8): 8}
    for ring, students in zip(RINGS, moved, strict=True):
        for number, place in enumerate(ring):
            counts[place] = counts.get(place, 4) + (students if number < 2 else -students)
    assert min(counts.values()) > 0
    return [(*place, count) for place, count in counts.items()]


def read(folder: Path, given: list[Cell], beside: Mapping[str, bool], *, as_records: bool = False) -> Scenario:
    """Read a state in one form or the other, beside other files."""

    def file(name: str, data: bytes) -> NamedFile:
        (folder / name).write_bytes(data)
        return NamedFile(folder / name, name)

    schools = toy_schools()
    if beside.get("membership"):  # no identifier of the file is in the toy district's: none of its schools is used
        schools["school_id"] = "20000500" + schools["school_id"]
    files: dict[str, Any] = {"schools": [schools], "flows": [], "estimate": beside.get("estimate", False)}
    if beside.get("catchments"):
        files["catchments"] = layers(folder)
        files["schools"] = [schools.drop(columns="enrollment")]
    if beside.get("membership"):
        files["schools"].append(file("m.csv", csv(membership())))
    if as_records:
        files["students"] = [file("records.csv", csv(records(given)))]
    else:
        table = flow_table(given)
        if beside.get("membership"):
            for end in ("origin", "destination"):
                table[end] = ("20000500" + table[end]).where(table[end] != "", "")
        files["flows"].append(file("flows.csv", csv(table)))
    if beside.get("feeders"):
        rows = b"School,Feeds To\n0001,0007\n0002,0007\n0003,0008\n0007,0010\n0008,0010\n0009,0011\n"
        files["flows"].append(file("feeders.csv", rows))
    if beside.get("residents"):
        stay = [(origin, destination, "7", count) for origin, destination, _, _, count in given if destination]
        table = pd.DataFrame(stay, columns=["origin", "destination", "grade", "students"]).astype("str")
        table = table.assign(next_grade=table["grade"], school_year="2022-23")
        files["flows"].append(file("residents.csv", csv(table)))
    return read_scenario(**files)


def wide_base(scenario: Scenario, disclosure: str) -> Scenario:
    """A base that says of every cell no more than that it has 1 to 99 students."""
    base = protected_base(scenario, "protected")
    flows = base.flows.drop(columns=["students_least", "students_most"], errors="ignore")
    flows = flows.assign(students=50.0, students_low=1.0, students_high=99.0)
    return replace(base, flows=flows, paths=no_paths(), residents=base.residents.head(0), likely_students=5.0)


def told(scenario: Scenario) -> dict[str, bytes]:
    """All that is written of the files, with the counts of the base and without."""
    report = report_with_counts(scenario)
    written = {f"{name} with counts": data for name, data in render_report(report).items()}
    return {"warnings": repr(report.warnings).encode(), **written, **render_report(scenario.report)}


@pytest.mark.parametrize("beside", BESIDE)
@pytest.mark.parametrize("as_records", [False, True], ids=["counts", "records"])
def test_no_count_changes_what_is_told_but_through_the_base(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, as_records: bool, beside: str
) -> None:
    if as_records and beside in ("residents", "enrolment by grade", "a feeder table"):
        pytest.skip("student records stand alone, or beside catchments")
    monkeypatch.setattr(described_base, "protected_base", wide_base)
    scenarios = [read(tmp_path, cells(moved), BESIDE[beside], as_records=as_records) for moved in MOVED]
    assert len({scenario.content_sha256 for scenario in scenarios}) == len(MOVED)  # control: they are different states
    assert all(len(scenario.catchment_ways) > 0 for scenario in scenarios) == ("catchments" in BESIDE[beside])
    assert changed([told(scenario) for scenario in scenarios]) == []
    assert len({repr(scenario.report.warnings) for scenario in scenarios}) == 1


def test_a_proposal_tells_of_the_files_what_the_base_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(described_base, "protected_base", wide_base)
    beside = BESIDE["catchments and a gravity model"]
    own = {"protected": Protection(policy=parse_policy("standard"), method="single years")}
    scenarios = [replace(read(tmp_path, cells(moved), beside), protections=own) for moved in MOVED]
    proposals = [propose_zones(scenario) for scenario in scenarios]
    assert changed([render_proposal(proposal, title="Zones") for proposal in proposals]) == []
    assert set(proposals[0].basis.comparison or {}) == {"catchments", "gravity"}


def test_control_exact_counts_change_what_is_told_of_them(tmp_path: Path) -> None:
    scenarios = [read(tmp_path, cells(moved), BESIDE["catchments and a gravity model"]) for moved in MOVED]
    reports = [report_with_counts(scenario, "exact") for scenario in scenarios]
    for part in ("basis", "crosswalk"):
        assert len({json_bytes({part: asdict(report)[part]}) for report in reports}) == len(MOVED), part


def test_the_students_of_each_kind_lie_between_the_ends_of_the_base(tmp_path: Path) -> None:
    scenario = read(tmp_path, [("0001", "0007", 5, 6, 23), ("0002", "0007", 5, 6, 4), ("0007", "0010", 8, 9, 12)], {})
    assert scenario.report.flow_students_low == {}
    report = report_with_counts(scenario)
    # Sizes are assumed: 23 is not asked for 20, nor 12 for 15. So 15 to 28 (29 are in Oak at most), 1 to 9, 10 to 19.
    assert (report.flow_students_low, report.flow_students_high) == ({"feeding": 26}, {"feeding": 56})
    assert (report.facts["flow_cells"], report.facts["suppressed_flow_cells"]) == (3, 1)
    exact = report_with_counts(scenario, "exact")
    assert exact.flow_students_low == exact.flow_students_high == {"feeding": 39}


def test_no_number_of_student_records_is_written(tmp_path: Path) -> None:
    given = cells(MOVED[0])
    scenario = read(tmp_path, given, {}, as_records=True)
    (file,) = [each for each in scenario.report.files if each.role == "students"]
    assert file.rows_read == len(records(given))  # for the person who holds them
    assert scenario.report.student_records["left"] == 12  # whatever the state
    document = report_document(report_with_counts(scenario))
    (written,) = [each for each in document["files"] if each["role"] == "students"]
    assert {written[name] for name in ("rows_read", "rows_used", "rows_set_aside")} == {None}
    assert "student_records" not in document
    provenance = propose_zones(scenario).provenance["files"]
    assert [each["rows"] for each in provenance if each["role"] == "students"] == [None]


def test_a_confirmed_crosswalk_takes_names_from_the_files_and_no_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reports = []
    for moved in MOVED:
        scenario = read(tmp_path, cells(moved), {})
        (row,) = [each for each in report_with_counts(scenario).crosswalk if each["new_id"] == "0007"]
        assert row["old_name"] == "Oak Middle"
        reports.append(json.dumps(report_document(with_crosswalk(scenario, [row], protect_first=True).report)))
    assert len(set(reports)) == 1


def test_reports_of_earlier_versions_lose_what_was_worked_out_of_counts(tmp_path: Path) -> None:
    report = read(tmp_path, cells(MOVED[0]), {}).report
    finding = "Oak (0007) is no neighbourhood school."
    crowded = f"{finding} By the flows about 640 students a year enter. Counted flows into it stay."
    kept = Problem(table="flows", message="The school is not in the schools files.", remedy="Add it.", is_error=False)
    counted = Problem(table="flows", message=crowded, remedy="Decide.", is_error=False)
    school = ChoiceSchool(
        school_id="0007",
        kind="school type",
        is_excluded=False,
        entrants_students=640.0,
        finding=finding,
        statement=crowded,
    )
    earlier = replace(
        report,
        alarms=("f.csv holds hardly any promotions: for 87% of its students (about 1,200) the grades are missing.",),
        warnings=(kept, counted),
        warning_counts={kept.message: 3, crowded: 1},
        facts={**report.facts, "students_in_hundreds": {"left": 100}, "suppressed_flow_cells": 7},
        basis=FlowBasis(
            comparison={"gravity": {"students": 640}},
            details=("A crosswalk was applied.", "A gravity model would send 12% of the promoted students elsewhere."),
            choice_schools=(school,),
        ),
        crosswalk=({"old_id": "0907", "new_id": "0007", "followed_share": "0.83"},),
    )
    without = without_earlier_counts(earlier)
    assert without == replace(
        report,
        alarms=("f.csv holds hardly any promotions: for most of its students the grades are missing.",),
        warnings=(kept,),
        warning_counts={kept.message: 3},
        basis=FlowBasis(
            details=("A crosswalk was applied.",),
            choice_schools=(
                replace(
                    school,
                    entrants_students=None,
                    statement=f"{finding} Counted flows into it stay.",
                ),
            ),
        ),
    )
