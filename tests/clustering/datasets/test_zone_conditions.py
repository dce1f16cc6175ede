"""Generated conditions: read by our own reader for the Zones that are proposed, and the same in every run."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from clustering import (
    RecordChange,
    checklist_document,
    json_bytes,
    missing_conditions,
    proposal_document,
    propose_zones,
    read_checklist,
    read_conditions,
    read_scenario,
    record_of,
    zone_of_proposal,
)
from clustering.conditions.conditions_file.zones import A_TIME
from clustering.datasets import SampleState, generate_state, toy_district, write_state
from clustering.datasets.zone_conditions import CONDITION_COLUMNS

CHECKLIST = read_checklist("delaware_partnership_zone")


def test_the_first_zone_has_all_that_is_required_and_each_further_one_less(state: SampleState) -> None:
    table = state.conditions
    assert tuple(table.columns) == CONDITION_COLUMNS
    settled = table["state"].isin(["agreed", "in force"]).groupby(table["anchor_id"], sort=False).sum().tolist()
    required = sum(item.required for item in CHECKLIST.items)
    assert settled[0] == required
    assert len(settled) >= 3
    assert settled == sorted(settled, reverse=True)
    assert set(table["partner_id"]) - {""} <= set(state.lead_partners["partner_id"])
    assert set(table["anchor_id"]) <= set(state.directory["NCESSCH"])


# States of which some have rivals for the feeders of one district, where not every low-performing school gets a Zone.
@pytest.mark.parametrize(("schools", "seed"), [(300, 5), (240, 20), (600, 1)])
def test_the_file_fits_the_zones_that_are_proposed(schools: int, seed: int, tmp_path: Path) -> None:
    write_state(generate_state(schools=schools, seed=seed), tmp_path)
    scenario = read_scenario(schools=tmp_path / "schools.csv", flows=tmp_path / "promotions.csv")
    proposal = propose_zones(scenario)
    found = read_conditions(tmp_path / "conditions_sample.csv", zones=proposal, checklist=CHECKLIST)
    assert found
    document = json_bytes(proposal_document(proposal))
    zone = zone_of_proposal(document, found[0].zone_id).model_dump(mode="json")
    content = {"record_id": "r", "zone": zone, "checklist": checklist_document(CHECKLIST)}
    begun = RecordChange(revision=1, at=A_TIME, by="Ann", why="Begun", kind="created", content=content)
    record = record_of([begun, *found[0].changes_after(1, at=A_TIME, by="Ann", why="From the file")])
    assert record.contract is not None
    assert missing_conditions(record, CHECKLIST, date(2025, 1, 1)) == ()
    assert missing_conditions(record, CHECKLIST, date(2026, 7, 1)) != ()  # some run for two years


def test_the_same_call_gives_the_same_table_and_a_state_without_any_has_no_file(tmp_path: Path) -> None:
    one, again, other = (generate_state(schools=240, seed=seed).conditions for seed in (20, 20, 5))
    pd.testing.assert_frame_equal(one, again)
    assert not one.equals(other)
    write_state(toy_district(), tmp_path)
    assert not (tmp_path / "conditions_sample.csv").exists()
    assert "conditions_sample" not in (tmp_path / "README.md").read_text(encoding="utf-8")
