"""Exact answers against CP-SAT, which solves the model as the guide has it, on instances too large for brute force."""

from __future__ import annotations

import random
from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest

from bench.conflict_city import build_city
from bench.cp_sat_zones import solve_by_cp_sat
from clustering.errors import InfeasibleError
from clustering.model.columns import PATH_COLUMNS
from clustering.model.scenario import Scenario
from clustering.zones.audit import audit, score_zone
from clustering.zones.candidates import generate_candidates
from clustering.zones.feeder_graph import FeederTables, build_feeder_tables, graph_of_tables
from clustering.zones.parameters import ProposalParameters
from clustering.zones.request import ZoneRequest, build_request
from clustering.zones.solver import solve

BLOCKS, INSTANCES = 5, 25


def draw_parameters(chance: random.Random, schools: list[str], anchors: list[str]) -> ProposalParameters:
    """The usual limits, and every other option with one chance in five."""
    feeders = [school for school in schools if school not in anchors]
    inside, outside, *together = chance.sample(feeders, 4)

    def sometimes(value: object, otherwise: object) -> object:
        return value if chance.random() < 0.2 else otherwise

    settings: dict[str, object] = {
        "score_by": chance.choice(["arrival", "arrival", "arrival", "moves"]),
        "minimum_arrival_share": chance.choice([0.0, 0.2, 0.2, 0.4]),
        "leakage_weight": chance.choice([0.0, 0.25, 0.25, 0.5]),
        "minimum_schools": chance.choice([2, 3, 4]),
        "maximum_schools": chance.choice([6, 8, 10]),
        "maximum_steps": chance.choice([1, 2, 3]),
        "minimum_link_share": chance.choice([0.05, 0.1, 0.2]),
        "maximum_enrolment_students": sometimes(4000.0, None),
        "maximum_distance_km": sometimes(8.0, None),
        "distance_weight": sometimes(0.7, 0.0),
        "need_weight": sometimes(0.3, 0.0),
        "maximum_zones": sometimes(len(anchors) - 1, None),
        "levels": sometimes(("middle", "elementary"), ()),
        "shared_feeders": sometimes(True, False),
        "keep_together": sometimes(("+".join(together),), ()),
        "force_in": sometimes((inside, anchors[0]), ()),
        "force_out": sometimes((outside,), ()),
    }
    return ProposalParameters(**settings)  # type: ignore[arg-type]


def draw_paths(seed: int, links: pd.DataFrame) -> pd.DataFrame:
    """Where the students on two links of three went next: to one of the receivers twice as often as is usual."""
    chance = np.random.default_rng(seed)
    first = links[["origin", "destination", "students"]].rename(columns={"destination": "via", "students": "on_first"})
    onward = links[["origin", "destination", "send_share"]].rename(columns={"origin": "via"})
    paths = first[chance.random(len(first)) < 2 / 3].merge(onward, on="via")
    students = paths["on_first"] * paths["send_share"] * chance.choice([0.0, 0.5, 1.0, 2.0], len(paths))
    paths = paths.assign(students=students, students_low=students, students_high=students, basis="student records")
    return paths[list(PATH_COLUMNS)]


@cache
def draw_instance(seed: int) -> tuple[Scenario, FeederTables, list[str], ZoneRequest]:
    """30 to 79 schools around 3 to 6 anchors, each within reach of two or three of them."""
    anchors, size = 3 + seed % 4, 30 + 2 * seed % 50
    scenario = build_city(seed, elementary=size - size // 4 - anchors, middle=size // 4, anchors=anchors, nearest=3)
    schools = scenario.schools.index.tolist()
    high = [school for school in schools if school.startswith("h")]
    plain = build_request(scenario, ProposalParameters())
    need = np.random.default_rng(seed).choice([0.1, 0.5, 0.9], len(schools))
    parameters = draw_parameters(random.Random(seed), schools, high)
    tables = build_feeder_tables(scenario)
    return (
        scenario,
        replace(tables, paths=draw_paths(seed, tables.links)) if seed % 4 in (0, 3) else tables,
        high,
        replace(plain, parameters=parameters, schools=plain.schools.assign(need=need)),
    )


@pytest.mark.parametrize("block", range(BLOCKS))
def test_exact_equals_cp_sat_on_25_instances_of_30_to_79_schools(block: int) -> None:
    for seed in range(block, INSTANCES, BLOCKS):
        scenario, tables, anchors, request = draw_instance(seed)
        candidates = generate_candidates(tables, anchors, request)
        other = solve_by_cp_sat(tables, request, anchors, time_limit_s=60)
        try:
            answer = solve(candidates, request)
        except InfeasibleError:
            assert other.status == "INFEASIBLE", seed
            continue
        assert other.status == "OPTIMAL", seed
        assert answer.status == "optimal", seed
        graph = graph_of_tables(tables, scenario.schools)
        assert audit(graph, answer.membership, request) == (), seed
        assert audit(graph, other.zones, request) == (), seed
        ours, theirs = (
            sum(score_zone(graph, *zone, request) for zone in zones.items())
            for zones in (answer.membership, other.zones)
        )
        assert theirs == pytest.approx(other.score, abs=1e-3), seed
        assert ours == pytest.approx(theirs, abs=1e-3), seed
        assert answer.bound == pytest.approx(theirs, abs=1e-3), seed


def test_anchors_of_the_instances_want_the_same_schools() -> None:
    hosts, feasible = [], 0
    for seed in range(INSTANCES):
        _, tables, anchors, request = draw_instance(seed)
        reached = [school for each in generate_candidates(tables, anchors, request) for school in each.schools]
        hosts.append(len(reached) / len(set(reached)))
        feasible += not request.parameters.force_in
    assert np.mean(hosts) > 1.5
    assert feasible > INSTANCES / 2  # without locks there is always an answer to compare


def test_the_instances_have_each_score_with_known_paths_and_limits_on_arrival_that_bind() -> None:
    seen, excluded = set(), 0
    for seed in range(INSTANCES):
        _, tables, anchors, request = draw_instance(seed)
        seen.add((request.parameters.score_by, tables.known_paths is not None))
        excluded += sum(len(each.low_arrival) for each in generate_candidates(tables, anchors, request))
    assert seen == {(score, known) for score in ("arrival", "moves") for known in (True, False)}
    assert excluded > INSTANCES
