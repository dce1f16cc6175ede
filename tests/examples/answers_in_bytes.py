"""
Answers of which the bytes must not depend on the process that computes them.

Run as a program with the number of an order of rows, it prints the digest of every answer: one process then serves the
checks of all of them (``tests/clustering/test_other_hashes.py``).
"""

from __future__ import annotations

import hashlib
import json
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from bench.conflict_city import build_city
from clustering import (
    ProposalParameters,
    Scenario,
    generate_state,
    json_bytes,
    parse_parameters,
    proposal_document,
    propose_zones,
    read_scenario,
    write_state,
    zones_geojson,
)
from tests.examples.toy_district import toy_scenario

SAMPLE = Path(__file__).resolve().parents[2] / "data" / "sample"
ALTERNATIVES = ("dominant feeder", "louvain", "leiden", "agglomerative")


def shuffled(table: pd.DataFrame, seed: int) -> pd.DataFrame:
    """The rows of a table in another order."""
    return table.iloc[np.random.default_rng(seed).permutation(len(table))].reset_index(drop=True)


def read_ground(name: str, order: int) -> Scenario:
    """The sample state or a small city of choice, with the rows of its flows in some order."""
    if name == "city":
        city = build_city(3, elementary=30, middle=15, anchors=5)
        return replace(city, flows=shuffled(city.flows, order))
    schools, flows = (pd.read_csv(SAMPLE / file, dtype="str") for file in ("schools.csv", "promotions.csv"))
    return read_scenario(schools=shuffled(schools, order), flows=shuffled(flows, order))


def _ground(name: str, order: int) -> bytes:
    """Zones of the whole line, without the provenance: the hash of a file knows the order of its rows."""
    parameters = ProposalParameters(disclosure="exact" if name == "city" else "protected")
    document = zones_geojson(propose_zones(read_ground(name, order), parameters))
    del document["provenance"]
    return json_bytes(document)


def _toy_district(_: int) -> bytes:
    """The whole document of a proposal."""
    parameters = parse_parameters({"identification": "official:designation=CSI"})
    return json.dumps(proposal_document(propose_zones(toy_scenario(), parameters))).encode()


def _generated_state(_: int) -> bytes:
    """The files of a generated state, each after its name."""
    with tempfile.TemporaryDirectory() as folder:
        paths = sorted(write_state(generate_state(schools=200, seed=1), folder))
        return b"".join(path.name.encode() + path.read_bytes() for path in paths)


def _alternatives(_: int) -> bytes:
    """Members of the Zones of the sample state, read from its files, by every method but the exact one."""
    scenario = read_scenario(schools=str(SAMPLE / "schools.csv"), flows=str(SAMPLE / "promotions.csv"))
    members = {}
    for method in ALTERNATIVES:
        proposal = propose_zones(scenario, parse_parameters({"method": method, "check_suppressed": False}))
        assert (proposal.solution.method, proposal.solution.status) == (method, "heuristic")
        members[method] = {zone.anchor_id: tuple(each.school_id for each in zone.members) for zone in proposal.zones}
        assert members[method]
    return repr(members).encode()


# Each takes the number of an order of rows; those whose order is part of the answer ignore it.
ANSWERS: dict[str, Callable[[int], bytes]] = {
    "the sample state": partial(_ground, "sample"),
    "a city of choice": partial(_ground, "city"),
    "the toy district": _toy_district,
    "the generated state": _generated_state,
    "the alternatives": _alternatives,
}


def digest(name: str, order: int) -> str:
    """The digest of an answer's bytes."""
    return hashlib.sha256(ANSWERS[name](order)).hexdigest()


if __name__ == "__main__":
    sys.stdout.write(json.dumps({name: digest(name, int(sys.argv[1])) for name in ANSWERS}))
