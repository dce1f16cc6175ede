"""The order of flows and of anchors does not change the Zones; tests/clustering/test_other_hashes.py is on bytes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from clustering import ProposalParameters, build_feeder_tables, identify_high_schools, parse_rule
from clustering.zones.candidates import generate_candidates
from clustering.zones.request import build_request
from clustering.zones.solver import solve
from tests.examples.answers_in_bytes import read_ground, shuffled


@pytest.mark.parametrize("name", ["sample", "city"])
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
