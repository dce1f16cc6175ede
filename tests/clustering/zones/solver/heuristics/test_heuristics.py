"""The methods that the exact one is compared with: by hand, against the exact one, and the same every time."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import networkx as nx
import pandas as pd
import pytest

from clustering.errors import InfeasibleError, InputError, SolverError
from clustering.model.scenario import Scenario
from clustering.zones.audit import audit, score_zone
from clustering.zones.candidates import generate_candidates
from clustering.zones.feeder_graph import build_feeder_tables
from clustering.zones.parse_parameters import parse_parameters
from clustering.zones.request import build_request
from clustering.zones.solver import ZoneSolution, solve
from clustering.zones.solver.heuristics.assignment import (
    Assignment,
    CandidateArrivals,
    assign_clusters,
    measure_arrivals,
)
from tests.examples.answers_in_bytes import ALTERNATIVES
from tests.examples.toy_district import EAST, ELM, OAK, PINE, WEST, toy_flows, toy_scenario, toy_schools
from tests.oracles.brute_force import random_instance, random_instance_of_tables

COMMUNITIES = ["louvain", "leiden"]
BEHIND_WEST = ("0001", "0002", "0003", "0004", OAK, ELM)
BEHIND_EAST = ("0005", "0006", PINE)


def solve_toy(
    anchors: Sequence[str], method: str, scenario: Scenario | None = None, **settings: object
) -> ZoneSolution:
    scenario = scenario or toy_scenario()
    request = build_request(scenario, parse_parameters({"method": method, **settings}))
    tables = build_feeder_tables(scenario)
    return solve(generate_candidates(tables, anchors, request), request, tables=tables)


def toy_arrivals(anchors: Sequence[str], **settings: object) -> CandidateArrivals:
    request = build_request(toy_scenario(), parse_parameters(settings))
    return measure_arrivals(generate_candidates(build_feeder_tables(toy_scenario()), anchors, request), request)


def names(given: Assignment, arrivals: CandidateArrivals) -> dict[str, list[str]]:
    return {
        each.anchor_id: [each.schools[place] for place in sorted(given[each.anchor_id])] for each in arrivals.candidates
    }


@cache
def exact_solution(seed: int) -> ZoneSolution:
    _, candidates, request = random_instance_of_tables(seed, plain=seed % 4 == 0)
    return solve(candidates, request)


@pytest.mark.parametrize("method", ALTERNATIVES)
def test_every_method_is_sound_and_never_better_than_exact(method: str) -> None:
    worse = kept_locks = 0
    for seed in range(75):
        tables, candidates, request = random_instance_of_tables(seed, plain=seed % 4 == 0)
        graph, _, _ = random_instance(seed, plain=seed % 4 == 0)
        try:
            found = solve(
                candidates, replace(request, parameters=request.parameters.with_changes(method=method)), tables=tables
            )
        except InfeasibleError:
            continue
        # Where an alternative keeps all locks the exact method must.
        exact = exact_solution(seed)
        assert audit(graph, found.membership, request) == (), seed
        scores = [sum(score_zone(graph, *zone, request) for zone in a.membership.items()) for a in (found, exact)]
        assert scores[0] <= scores[1] + 1e-3, seed
        assert (found.status, found.bound) == ("heuristic", None)
        assert {*found.membership, *found.without_zone} == {each.anchor_id for each in candidates}
        worse += scores[0] < scores[1] - 1e-3
        kept_locks += bool(request.parameters.force_in)
    assert worse > 0  # otherwise the instances are too easy to tell the methods apart
    assert kept_locks > 0


@pytest.mark.parametrize("method", ["dominant feeder", "agglomerative"])
def test_two_anchors_share_the_toy_district_as_the_exact_method_does(method: str) -> None:
    assert solve_toy([WEST, EAST], method).membership == {WEST: BEHIND_WEST, EAST: BEHIND_EAST}


def test_the_usual_practice_leaves_pine_to_a_high_school_that_is_no_anchor() -> None:
    assert solve_toy([WEST], "dominant feeder").membership == {WEST: BEHIND_WEST}


def test_of_equal_destinations_the_first_by_id_is_dominant() -> None:
    flows = toy_flows()
    flows.loc[[12, 13], "students"] = "60"  # Pine to West and to East
    answer = solve_toy([WEST, EAST], "dominant feeder", toy_scenario(flows=flows))
    assert answer.membership == {WEST: ("0001", "0002", "0003", "0004", "0005", "0006", OAK, ELM, PINE)}
    assert list(answer.without_zone) == [EAST]


def test_a_chain_ends_at_the_first_anchor() -> None:
    # Elm is an anchor of its own here: West has Oak with E1 and E2, and Elm E3 and E4.
    answer = solve_toy([WEST, ELM], "dominant feeder")
    assert answer.membership == {ELM: ("0003", "0004"), WEST: ("0001", "0002", OAK)}


def test_one_anchor_takes_the_one_cluster_that_there_is() -> None:
    (feeders,) = solve_toy([WEST], "agglomerative").membership.values()
    assert feeders == BEHIND_WEST


@pytest.mark.parametrize("method", COMMUNITIES)
def test_communities_of_the_toy_district_by_hand(method: str) -> None:
    # Three, each a middle school with most of its neighbours: degrees 310, 500 and 470 of 1280, and 70, 40 and 50 of
    # the 640 students between them. Joining two would change modularity by 70/640 - 2*310*500/1280^2 = -0.08,
    # 40/640 - 2*310*470/1280^2 = -0.12 or 50/640 - 2*500*470/1280^2 = -0.21. That of Oak has no anchor.
    answer = solve_toy([WEST, EAST], method)
    assert answer.membership == {WEST: ("0003", "0004", ELM), EAST: BEHIND_EAST}
    graph: nx.Graph = nx.Graph()
    graph.add_weighted_edges_from(
        (row["origin"], row["destination"], float(row["students"])) for _, row in toy_flows().iterrows()
    )
    parts = [{OAK, "0001", "0002"}, {ELM, WEST, "0003", "0004"}, {PINE, EAST, "0005", "0006"}]
    assert nx.community.modularity(graph, parts) == pytest.approx(480 / 640 - (310**2 + 500**2 + 470**2) / 1280**2)


def test_students_who_arrive_by_hand() -> None:
    def at_west(least: float) -> pd.Series:
        pairs = toy_arrivals([WEST, EAST], minimum_arrival_share=least).pairs
        return pairs[pairs["zone"] == 0].set_index("school_id")["arriving"]

    # Oak sends on 60 of 100, Elm 90 of 100, Pine 20 of 120.
    by_way_of_oak_and_elm = {OAK: 60, ELM: 90, "0001": 60 * 0.6, "0002": 40 * 0.6 + 10 * 0.9, "0003": 60 * 0.9}
    by_way_of_pine = {PINE: 20, "0004": 40 * 0.9 + 20 / 6, "0005": 50 / 6, "0006": 40 / 6}
    assert at_west(0).to_dict() == pytest.approx(by_way_of_oak_and_elm | by_way_of_pine, abs=1e-6)
    # Pine is out of reach where one in five must arrive, and then E4 has Elm alone.
    assert at_west(0.2).to_dict() == pytest.approx(by_way_of_oak_and_elm | {"0004": 36}, abs=1e-6)


def in_one_cluster(anchors: Sequence[str], **settings: object) -> dict[str, list[str]]:
    arrivals = toy_arrivals(anchors, **settings)
    return names(assign_clusters(arrivals, pd.Series(0, index=toy_scenario().schools.index)), arrivals)


def test_a_cluster_with_two_anchors_is_parted_by_where_most_students_arrive() -> None:
    assert in_one_cluster([WEST, EAST]) == {WEST: list(BEHIND_WEST), EAST: list(BEHIND_EAST)}


def test_shared_feeders_are_given_to_every_anchor_of_their_cluster() -> None:
    # Of Pine's students too few arrive at West, of Elm's too few at East.
    assert in_one_cluster([WEST, EAST], shared_feeders=True) == {
        WEST: list(BEHIND_WEST),
        EAST: ["0001", "0002", "0004", "0005", "0006", OAK, PINE],
    }


def test_schools_that_keep_together_are_given_as_one() -> None:
    # Oak and Pine: 60 + 20 students arrive at West, 40 + 100 at East.
    given = in_one_cluster([WEST, EAST], keep_together=f"{OAK}+{PINE}")
    assert {OAK, PINE} < set(given[EAST])
    assert not {OAK, PINE} & set(given[WEST])


@pytest.mark.parametrize("method", COMMUNITIES)
def test_a_school_that_is_forced_in_comes_with_its_way_to_the_anchor(method: str) -> None:
    # E1 is in Oak's community, which has no anchor; most of its students arrive at West.
    answer = solve_toy([WEST, EAST], method, force_in="0001")
    assert answer.membership == {WEST: ("0001", "0003", "0004", OAK, ELM), EAST: BEHIND_EAST}


def test_a_lock_that_a_method_cannot_keep_is_refused() -> None:
    with pytest.raises(InfeasibleError, match=r"Pine Middle \(0009\) is forced in.*method=exact"):
        solve_toy([WEST], "dominant feeder", force_in=f"{PINE},0001", maximum_schools=3)


@pytest.mark.parametrize("method", ALTERNATIVES)
def test_without_any_link_no_anchor_has_a_zone(method: str) -> None:
    flows = toy_flows().iloc[:1].assign(origin=EAST, destination="9999", grade="12", next_grade="13")
    answer = solve_toy([WEST, EAST], method, toy_scenario(flows=flows))
    assert answer.membership == {}
    assert sorted(answer.without_zone) == [WEST, EAST]


@pytest.mark.parametrize("method", ALTERNATIVES)
def test_coordinates_are_not_needed_and_row_order_does_not_matter(method: str) -> None:
    bare = toy_schools().drop(columns=["lat", "lon"]).sample(frac=1, random_state=1)
    shuffled = toy_scenario(bare, toy_flows().sample(frac=1, random_state=2))
    assert solve_toy([WEST, EAST], method, shuffled) == solve_toy([WEST, EAST], method)


def test_a_method_that_needs_the_feeder_graph_says_so() -> None:
    request = build_request(toy_scenario(), parse_parameters({"method": "louvain"}))
    with pytest.raises(SolverError, match="no feeder graph"):
        solve((), request)


def test_leiden_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "graspologic_native", None)
    with pytest.raises(InputError, match=r"Install feeder-zones\[fast\]") as caught:
        solve_toy([WEST], "leiden")
    assert [(problem.column, problem.value) for problem in caught.value.problems] == [("method", "leiden")]
