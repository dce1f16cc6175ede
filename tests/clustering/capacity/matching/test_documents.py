"""Documents and tables of a match: complete, plain, and the same whatever the row order or the process."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from clustering.capacity.matching.documents import (
    capacity_table,
    match_document,
    matches_table,
    unserved_table,
    unused_table,
)
from clustering.capacity.matching.match_zones import match_zones
from clustering.errors import InfeasibleError, InputError
from clustering.outputs.tables import table_bytes
from tests.examples.capacity_tables import needs_of, register_of
from tests.oracles.match_by_enumeration import Instance, random_instance

NEEDS = needs_of(
    {school: {"students": 100.0 * int(school[0])} for school in ("1a", "1b", "2a", "3a")} | {"4a": {}},
    {"zone-1": ["1a", "1b"], "zone-2": ["2a"], "zone-3": ["3a"], "zone-4": ["4a"]},
)
REGISTER = register_of({"P": {"maximum_schools": 3.0}, "Q": {"levels": ("middle",)}, "R": {"schools_now": np.nan}})
# Seeds of instances that are answered, with all kinds of reasons between them.
SEEDS = (0, 1, 2, 6, 7, 29)


def written(instance: Instance) -> str:
    try:
        match = match_zones(*instance)
    except (InputError, InfeasibleError) as error:
        return str(error)
    tables = [matches_table(match), unserved_table(match), unused_table(match), capacity_table(match)]
    return json.dumps(match_document(match), allow_nan=False) + b"".join(map(table_bytes, tables)).decode()


def test_a_document_is_plain_and_complete() -> None:
    match = match_zones(NEEDS, REGISTER)
    document = match_document(match)
    assert json.loads(json.dumps(document, allow_nan=False)) == document
    assert list(document) == [
        "parameters",
        "fall",
        "solution",
        "matches",
        "unserved",
        "unused",
        "capacity",
        "limits",
        "disclosure",
        "provenance",
        "notes",
    ]
    assert document["parameters"]["need"] == "students"
    assert document["matches"][0]["school_ids"] == ["2a"]
    assert document["matches"][0]["reason_values"]["kind"] == "only partner"
    assert document["unserved"][1]["need"] is None
    assert document["capacity"][2]["schools_left"] is None
    assert document["provenance"]["software"].startswith("feeder-zones")


def test_tables_have_a_row_for_everybody() -> None:
    match = match_zones(NEEDS, REGISTER)
    assert matches_table(match)["zone_id"].tolist() == ["zone-2", "zone-3"]
    unserved = unserved_table(match).set_index("zone_id")
    assert unserved["kind"].to_dict() == {"zone-1": "partners full", "zone-4": "unknown need"}
    # 200 students in two schools instead of zone-2 (200 in one): as many, so nothing is lost.
    assert unserved.loc["zone-1", "need_loss_if_served"] == 0
    unused = unused_table(match).set_index("partner_id")
    assert unused["kind"].to_dict() == {"Q": "no Zone", "R": "capacity unknown"}
    assert unused.loc["Q", "obstacles"] == "levels"
    capacity = capacity_table(match).set_index("partner_id")
    assert capacity["schools_used"].to_dict() == {"P": 2, "Q": 0, "R": 0}
    assert capacity.loc["P", "schools_left"] == 1


def test_nothing_to_match_is_an_answer() -> None:
    match = match_zones(NEEDS, register_of({"P": {"approval": "not approved"}}))
    assert match.solution.need_served == 0
    assert len(match.unserved) == 4
    assert [len(table) for table in (matches_table(match), unserved_table(match), unused_table(match))] == [0, 4, 1]
    json.dumps(match_document(match), allow_nan=False)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_order_of_rows_does_not_matter(seed: int) -> None:
    needs, register, parameters = random_instance(seed)
    shuffled = Instance(
        replace(
            needs,
            zones=needs.zones[::-1],
            variants=needs.variants.sample(frac=1, random_state=seed),
            schools=needs.schools.sample(frac=1, random_state=seed),
        ),
        replace(
            register,
            partners=register.partners[::-1],
            preferences=register.preferences[::-1].reset_index(drop=True),
            capacities=register.capacities[::-1],
        ),
        parameters,
    )
    assert written(shuffled) == written(Instance(needs, register, parameters))
