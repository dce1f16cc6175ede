"""The same request gives the same bytes, whatever the order of the rows and of the hashes of a process."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from bench.conflict_city import build_city
from clustering import (
    ProposalParameters,
    build_feeder_tables,
    identify_high_schools,
    json_bytes,
    parse_rule,
    propose_zones,
    read_scenario,
    zones_geojson,
)
from clustering.model.scenario import Scenario
from clustering.zones.candidates import generate_candidates
from clustering.zones.request import build_request
from clustering.zones.solver import solve

ROOT = Path(__file__).resolve().parents[3]
SAMPLE = ROOT / "data" / "sample"
GROUNDS = ("sample", "city")


def shuffled(table: pd.DataFrame, seed: int) -> pd.DataFrame:
    return table.iloc[np.random.default_rng(seed).permutation(len(table))].reset_index(drop=True)


def read_ground(name: str, order: int) -> Scenario:
    """The sample state or a small city of choice, with the rows of its flows in some order."""
    if name == "city":
        city = build_city(3, elementary=30, middle=15, anchors=5)
        return replace(city, flows=shuffled(city.flows, order))
    schools, flows = (pd.read_csv(SAMPLE / file, dtype="str") for file in ("schools.csv", "promotions.csv"))
    return read_scenario(schools=shuffled(schools, order), flows=shuffled(flows, order))


def answer_bytes(name: str, order: int) -> bytes:
    """Zones of the whole line, without the provenance: the hash of a file knows the order of its rows."""
    parameters = ProposalParameters(disclosure="exact" if name == "city" else "protected")
    document = zones_geojson(propose_zones(read_ground(name, order), parameters))
    del document["provenance"]
    return json_bytes(document)


@pytest.mark.parametrize("name", GROUNDS)
def test_processes_with_other_hashes_and_other_orders_of_rows_answer_in_the_same_bytes(name: str) -> None:
    program = (
        "import hashlib; from tests.clustering.zones.test_same_answer import answer_bytes;"
        "print(hashlib.sha256(answer_bytes({name!r}, {order})).hexdigest())"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", program.format(name=name, order=order)],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": str(hash_seed)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for hash_seed, order in ((1, 1), (4711, 2))
    }
    assert digests == {hashlib.sha256(answer_bytes(name, 3)).hexdigest()}


@pytest.mark.parametrize("name", GROUNDS)
def test_flows_and_anchors_in_any_order_give_the_same_zones(name: str) -> None:
    scenario = read_ground(name, 1)
    request = build_request(scenario, ProposalParameters())
    decisions = identify_high_schools(scenario, parse_rule("graduation_rate<0.67"))
    anchors = decisions.index[decisions["certainty"] == "certain"].tolist()
    answers = []
    for order in range(3):
        tables = build_feeder_tables(replace(scenario, flows=shuffled(scenario.flows, order)))
        turned = [anchors[place] for place in np.random.default_rng(order).permutation(len(anchors))]
        answers.append(solve(generate_candidates(tables, turned, request), request))
    assert answers[0].membership
    assert answers[1:] == answers[:1] * 2
