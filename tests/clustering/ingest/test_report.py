"""The ingest report: every warning of every file with its true number, whatever came before."""

from __future__ import annotations

import io
import json
import zipfile

import pandas as pd
import pytest

from clustering import InputError, NamedFile, read_scenario, report_document, scenario_from_bytes, scenario_to_bytes
from tests.examples.toy_district import toy_flows, toy_schools

UNLISTED = "The school is not in the schools files (reported once for each school)."
DISAGREES = "The latitude differs from that in first.csv, which counts."


def many_unlisted(count: int) -> pd.DataFrame:
    """Flows of the toy district, and as many schools that are not listed."""
    extra = toy_flows().iloc[[0] * count].assign(origin=[f"X{number}" for number in range(count)])
    return pd.concat([toy_flows(), extra], ignore_index=True)


def named_files(tmp_path, **tables: pd.DataFrame) -> list[NamedFile]:  # type: ignore[no-untyped-def]
    files = []
    for name, table in tables.items():
        path = tmp_path / f"{name}.csv"
        table.to_csv(path, index=False)
        files.append(NamedFile(path, path.name))
    return files


def test_a_second_file_and_a_second_kind_are_never_lost(tmp_path) -> None:  # type: ignore[no-untyped-def]
    schools = named_files(tmp_path, first=toy_schools(), second=toy_schools().assign(lat="40.5"))
    flows = named_files(tmp_path, many=many_unlisted(2_500), few=many_unlisted(3).assign(school_year="2021-22"))
    scenario = read_scenario(schools=schools, flows=flows)
    kinds = {(kind.table, kind.message): kind for kind in scenario.report.warning_kinds}
    assert kinds["many.csv", UNLISTED].count == 2_500
    assert [each.row for each in kinds["many.csv", UNLISTED].examples[:2]] == [16, 17]
    assert len(kinds["many.csv", UNLISTED].examples) == 100
    assert kinds["few.csv", UNLISTED].count == 3
    assert [each.value for each in kinds["few.csv", UNLISTED].examples] == ["X0", "X1", "X2"]
    assert kinds["second.csv", DISAGREES].count == 11
    assert scenario.report.warning_counts[UNLISTED] == 2_503
    document = report_document(scenario.report)
    shown = {(kind["table"], kind["message"]): kind for kind in document["warning_kinds"]}
    assert {key: kind["count"] for key, kind in shown.items()} == {key: kind.count for key, kind in kinds.items()}
    # The warnings stand kind after kind, as many of each as it says.
    assert sum(kind["listed"] for kind in document["warning_kinds"]) == len(document["warnings"])
    assert json.dumps(document)


def test_errors_keep_true_counts_by_file(tmp_path) -> None:  # type: ignore[no-untyped-def]
    bad = pd.concat([toy_flows()] * 200, ignore_index=True).assign(students="many")
    worse = toy_flows().assign(grade="fifth")  # hardly a cell of the column can be read
    with pytest.raises(InputError) as caught:
        read_scenario(schools=toy_schools(), flows=named_files(tmp_path, bad=bad, worse=worse))
    counts = {(kind.table, kind.message): kind.count for kind in caught.value.kinds}
    assert counts["bad.csv", "This is not a number of students."] == 2_800
    assert counts["worse.csv", "This is not a grade."] == 14
    assert caught.value.count == sum(counts.values())
    assert len(caught.value.problems) < 1_100


def test_what_is_stored_comes_back_and_what_was_stored_before_can_be_loaded() -> None:
    scenario = read_scenario(schools=toy_schools(), flows=many_unlisted(150))
    data = scenario_to_bytes(scenario)
    assert scenario_from_bytes(data).report == scenario.report
    stored = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as now, zipfile.ZipFile(stored, "w") as before:
        for name in now.namelist():
            content = now.read(name)
            if name == "head.json":
                head = json.loads(content)
                for later in ("alarms", "unknown_promotions"):
                    del head["report"][later]
                for warning in head["report"]["warnings"]:
                    del warning["further_records"]
                content = json.dumps(head).encode()
            before.writestr(name, content)
    old = scenario_from_bytes(stored.getvalue()).report
    assert old.alarms == ()
    assert [kind.count for kind in old.warning_kinds if kind.message == UNLISTED] == [100]
    assert old.warning_counts[UNLISTED] == 150
