"""Whether the files of a generated state with catchments are read for what they are."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from clustering import ProposalParameters, propose_zones, read_scenario
from clustering.datasets import CatchmentState

# What the readers say of such a state, rightly: it has schools of choice.
TRUE_WARNINGS = (
    "Catchments of different schools overlap",
    "Schools with open enrolment were left out",
    "Catchments of open enrolment",
    "Schools without a catchment",
    "Schools that lie where catchments of the next grade overlap",
)
INPUTS = {
    "catchments": {"catchments": "catchments"},
    "catchments and people": {"catchments": "catchments", "population": "population"},
    "flows": {"flows": "promotions"},
    "flows and catchments": {"flows": "promotions", "catchments": "catchments"},
    "student records": {"students": "records"},
}


def true_warnings(state: CatchmentState) -> tuple[str, ...]:
    """How warnings start that are true of a state: those of every state, and one for each of its schools of choice."""
    is_choice = (state.schools["magnet"] == "Yes") | (state.schools["school_type"] != "Regular School")
    choice = state.schools[is_choice]
    return (
        *TRUE_WARNINGS,
        *(choice["name"] + " (" + choice["school_id"] + ") is no neighbourhood school, as far as the files tell"),
        *(choice["name"] + " (" + choice["school_id"] + ") has open enrolment"),
    )


def test_every_column_has_a_meaning(files: dict[str, Path]) -> None:
    resources = json.loads(files["package"].read_bytes())["resources"]
    fields = [field for each in resources for field in each.get("schema", {}).get("fields", [])]
    assert len(fields) == 49
    assert all(field["description"] for field in fields)


@pytest.mark.parametrize("kind", INPUTS)
def test_every_kind_of_input_is_read_without_a_doubt_and_gives_zones(
    kind: str, traced: CatchmentState, files: dict[str, Path]
) -> None:
    sources = {role: files[part] for role, part in INPUTS[kind].items()}
    scenario = read_scenario(
        schools=[files["schools"], files["membership"]],
        performance=files["performance"],
        **sources,  # type: ignore[arg-type]
    )
    true = true_warnings(traced)
    strange = [each.message for each in scenario.report.warnings if not each.message.startswith(true)]
    assert strange == []
    assert all(file.rows_set_aside == 0 for file in scenario.report.files)
    parameters = ProposalParameters(identification="official:designation=CSI", check_suppressed=False)
    proposal = propose_zones(scenario, parameters)
    assert proposal.zones
    assert proposal.solution.status == "optimal"


def test_flows_and_records_give_the_same_promotions(files: dict[str, Path]) -> None:
    of_flows = read_scenario(schools=files["schools"], flows=files["promotions"]).flows
    of_records = read_scenario(schools=files["schools"], students=files["records"]).flows
    keys = ["origin", "destination", "year"]
    fed = [
        flows[flows["kind"] == "feeding"].groupby(keys, observed=True)["students"].sum()
        for flows in (of_flows, of_records)
    ]
    assert len(fed[0]) > 100
    assert fed[0].to_dict() == fed[1].to_dict()


def test_tables_come_back_from_their_files(traced: CatchmentState, files: dict[str, Path]) -> None:
    for part in ("schools", "promotions", "records", "paths"):
        table = getattr(traced, part)
        read = pd.read_csv(files[part], dtype="str")
        assert read["students" if "students" in read else table.columns[0]].tolist() == (
            table["students" if "students" in read else table.columns[0]].astype("str").tolist()
        )
        assert list(read.columns) == list(table.columns)
    assert traced.command in files["readme"].read_text()


def test_another_process_writes_the_same_bytes(files: dict[str, Path], tmp_path: Path) -> None:
    code = (
        "import sys; from clustering import generate_catchment_state, write_catchment_state;"
        "write_catchment_state(generate_catchment_state(districts=2, seed=3, aligned_share=0.5), sys.argv[1])"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "7"}
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True, env=environment)
    for path in files.values():
        assert (tmp_path / path.name).read_bytes() == path.read_bytes(), path.name
