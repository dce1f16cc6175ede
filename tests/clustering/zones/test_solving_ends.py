"""Zones by proof and search together, against a search for all of them."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest

from clustering import Scenario, ZonePlanner, generate_state, parse_parameters
from clustering.errors import InfeasibleError
from clustering.zones.audit import Membership
from clustering.zones.candidate_reach import find_reach
from clustering.zones.candidates import generate_candidates, lead_groups
from clustering.zones.feeder_graph import FeederTables, build_feeder_tables
from clustering.zones.parse_parameters import parse_parameters as parse
from clustering.zones.request import ZoneRequest, anchors_of, build_request
from clustering.zones.settled_zones import settle_zones
from clustering.zones.solver import Resources, solve
from clustering.zones.solving_ends import solve_open_zones
from tests.examples.toy_district import EAST, ELM, OAK, PINE, WEST, toy_scenario
from tests.oracles.brute_force import random_instance_of_tables


def by_search(tables: FeederTables, anchors: list[str], request: ZoneRequest) -> Membership | None:
    try:
        return solve(generate_candidates(tables, anchors, request), request, with_costs=False).membership
    except InfeasibleError:
        return None


def by_proof_first(tables: FeederTables, anchors: list[str], request: ZoneRequest) -> Membership | None:
    try:
        return solve_open_zones(tables, anchors, request, resources=Resources()).membership
    except InfeasibleError:
        return None


def settled_anchors(tables: FeederTables, anchors: list[str], request: ZoneRequest) -> int:
    """Anchors with a Zone that no search is needed for."""
    reach = find_reach(lead_groups(anchors, request), tables, request)
    settled = settle_zones(reach, tables, request)
    has_zone = np.zeros(len(reach.anchors), dtype=bool)
    has_zone[reach.pairs[settled.is_in] // len(tables.totals)] = True
    return int((has_zone & ~settled.open_with(settled.is_open)).sum())


@pytest.mark.parametrize("block", range(10))
def test_proof_and_search_find_what_a_search_finds_on_random_instances_with_every_option(block: int) -> None:
    settled = 0
    for seed in range(block * 100, block * 100 + 100):
        tables, candidates, request = random_instance_of_tables(seed, plain=seed % 2 == 0)
        anchors = [anchor for each in candidates for anchor in anchors_of(request, each.anchor_id)]
        assert by_proof_first(tables, anchors, request) == by_search(tables, anchors, request), seed
        settled += settled_anchors(tables, anchors, request)
    assert settled > 10
