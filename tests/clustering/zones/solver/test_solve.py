"""Exact answers against brute force, and the greedy alternative against both."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from bench.conflict_city import build_city
from clustering.errors import InfeasibleError
from clustering.zones.audit import audit, score_zone
from clustering.zones.candidates import generate_candidates
from clustering.zones.feeder_graph import build_feeder_graph, build_feeder_tables
from clustering.zones.parameters import ProposalParameters
from clustering.zones.parse_parameters import parse_parameters
from clustering.zones.request import build_request
from clustering.zones.solver import ZoneSolution, solve
from clustering.zones.tolerances import TIE_BREAK_STUDENTS
from tests.examples.toy_district import EAST, ELM, MOVES, OAK, PINE, WEST, toy_scenario
from tests.oracles.brute_force import best_by_brute_force, random_instance


def solve_toy(anchors: list[str], **settings: object) -> ZoneSolution:
    scenario = toy_scenario()
    request = build_request(scenario, parse_parameters(settings))
    return solve(generate_candidates(build_feeder_tables(scenario), anchors, request), request)


@pytest.mark.parametrize("block", range(8))
def test_exact_equals_brute_force_on_800_random_instances_with_every_option(block: int) -> None:
    for seed in range(block * 100, block * 100 + 100):
        graph, candidates, request = random_instance(seed, plain=seed % 4 == 0)
        best = best_by_brute_force(graph, candidates, request)
        try:
            answer = solve(candidates, request)
        except InfeasibleError:
            assert best is None, seed
            continue
        assert best is not None, seed
        assert audit(graph, answer.membership, request) == (), seed
        score = sum(score_zone(graph, *zone, request) for zone in answer.membership.items())
        # Less than what breaks ties: a student in a thousand.
        assert score == pytest.approx(best, abs=1e-3), seed
        assert answer.status == "optimal"
        assert answer.bound == pytest.approx(best, abs=1e-3), seed
        assert {*answer.membership, *answer.without_zone} == {each.anchor_id for each in candidates}


def test_the_random_instances_have_every_pair_of_options() -> None:
    plain = ProposalParameters()
    options = [
        *("maximum_enrolment_students", "force_in", "force_out", "need_weight", "distance_weight", "travel_weight"),
        *("maximum_distance_km", "maximum_travel_minutes", "same_district", "contiguous", "levels", "maximum_zones"),
        *("score_by", "minimum_arrival_share", "keep_together", "shared_feeders", "merged"),
    ]
    seen: set[tuple[str, str]] = set()
    for seed in range(800):
        if seed % 4:
            _, _, request = random_instance(seed)
            parameters = [name for name in options[:-1] if getattr(request.parameters, name) != getattr(plain, name)]
            seen.update(itertools.combinations([*parameters, *["merged"] * bool(request.merged)], 2))
    assert seen == set(itertools.combinations(options, 2))


def test_greedy_is_sound_and_never_better_than_exact() -> None:
    worse = 0
    for seed in range(100):
        graph, candidates, request = random_instance(seed)
        parameters = request.parameters.with_changes(force_in=(), method="greedy")
        request = replace(request, parameters=parameters)
        greedy = solve(candidates, request)
        exact = solve(candidates, replace(request, parameters=parameters.with_changes(method="exact")))
        assert audit(graph, greedy.membership, request) == (), seed
        scores = [sum(score_zone(graph, *zone, request) for zone in a.membership.items()) for a in (greedy, exact)]
        assert scores[0] <= scores[1] + 1e-6, seed
        worse += scores[0] < scores[1] - 1e-6
        assert greedy.status == "heuristic"
        assert greedy.bound is None
    assert worse > 0  # otherwise the instances are too easy to tell the methods apart


def test_one_anchor_takes_all_whose_students_arrive() -> None:
    # Of Pine's students one in six arrives, and with it of those of E5 and E6.
    answer = solve_toy([WEST])
    assert answer.membership == {WEST: ("0001", "0002", "0003", "0004", OAK, ELM)}
    assert answer.bound == pytest.approx(278.75)


def test_one_anchor_takes_the_whole_toy_district_where_moves_count() -> None:
    answer = solve_toy([WEST], **MOVES)
    assert answer.membership == {WEST: ("0001", "0002", "0003", "0004", "0005", "0006", OAK, ELM, PINE)}
    assert answer.bound == pytest.approx(452.5)


def test_maximum_size_keeps_the_schools_worth_most() -> None:
    # Oak 50, Elm 87.5, E3 52.5 = 190; with E4 instead of Oak 87.5 + 52.5 + 30 = 170.
    answer = solve_toy([WEST], maximum_schools=4)
    assert answer.membership == {WEST: ("0003", OAK, ELM)}
    assert answer.bound == pytest.approx(190)


def test_two_anchors_share_the_district_without_overlap() -> None:
    answer = solve_toy([WEST, EAST])
    assert answer.membership == {
        WEST: ("0001", "0002", "0003", "0004", OAK, ELM),
        EAST: ("0005", "0006", PINE),
    }
    assert answer.bound == pytest.approx(278.75 + 166.25)


def test_school_forced_out_of_the_only_way_takes_its_feeders_with_it() -> None:
    # Without Elm E3 and E4 cannot reach West, and of E2's students 40 * 0.6 arrive: 50 + 30 + 1.25 * 24 - 12.5.
    answer = solve_toy([WEST], force_out=ELM)
    assert answer.membership == {WEST: ("0001", "0002", OAK)}
    assert answer.bound == pytest.approx(97.5)


def test_lock_on_a_school_out_of_reach_names_it() -> None:
    with pytest.raises(InfeasibleError, match=r"E5 \(0005\) is forced in, but .* no anchor") as caught:
        solve_toy([WEST], force_in="0005", maximum_steps=1)
    assert len(caught.value.violations) == 1


def test_locks_beyond_the_maximum_size_name_every_lock() -> None:
    with pytest.raises(InfeasibleError) as caught:
        solve_toy([WEST], force_in="0001,0003,0005", maximum_schools=4, minimum_arrival_share=0)
    # Any two of them need two middle schools: with the anchor five schools. The first is left out, two stay.
    assert caught.value.violations == (
        "E3 (0003) cannot be in a Zone together with E5 (0005) under the limits of the request.",
        "E5 (0005) is one of the schools forced in that cannot be kept together.",
        "They could be kept with a greater maximum_schools than 4.",
    )


def test_anchor_with_leaking_feeders_has_no_zone_and_says_why() -> None:
    # At weight 10 every open Zone of three schools loses. Of Pine's students 100 of 120 arrive: 100 - 10 * 20 = -100;
    # of E6's 40 five in six: 33.3 - 10 * 6.7 = -33.3. Of the others more are lost, and two feeders are the least.
    answer = solve_toy([EAST], leakage_weight=10)
    assert answer.membership == {}
    reason = answer.without_zone[EAST]
    assert (reason.kind, reason.score) == ("negative_score", pytest.approx(-100 - 100 / 3, abs=1e-3))


def test_forced_anchor_has_its_zone_even_at_a_loss() -> None:
    answer = solve_toy([EAST], leakage_weight=10, force_in=EAST)
    assert answer.membership == {EAST: ("0006", PINE)}


def test_anchor_without_feeders_in_reach_has_too_few_schools() -> None:
    answer = solve_toy(["0001"])
    assert answer.membership == {}
    assert answer.without_zone["0001"].kind == "too_few_schools"


def test_loser_of_a_shared_feeder_is_told_the_cost() -> None:
    # Zones of at least six schools: there are eleven, so only one fits. West has 278.75 at best, and East Oak 25, Pine
    # 95 and the elementary schools 15 + 7.5 + 35 / 6 + 475 / 12 + 95 / 3: 219.583.
    answer = solve_toy([WEST, EAST], minimum_schools=6)
    assert list(answer.membership) == [WEST]
    reason = answer.without_zone[EAST]
    assert (reason.kind, reason.others, reason.loss) == (
        "lower_total",
        (WEST,),
        pytest.approx(278.75 - 219.5833, abs=1e-3),
    )


def test_enrolment_limit_counts_the_anchor() -> None:
    # 900 + 500 + 500 + 300 = 2200: two middle schools and one elementary, E3, which adds most.
    answer = solve_toy([WEST], maximum_enrolment_students=2200)
    assert answer.bound == pytest.approx(50 + 87.5 + 52.5)


def test_time_limit_of_a_conflict_heavy_city_gives_an_audited_answer_with_its_gap() -> None:
    scenario = build_city(1, elementary=60, middle=30, anchors=10)
    parameters = parse_parameters({"time_limit_s": 0.1})
    high = scenario.schools.index[scenario.schools["level"] == "high"]
    request = build_request(scenario, parameters)
    candidates = generate_candidates(build_feeder_tables(scenario), high, request)
    hasty = solve(candidates, request)
    whole = solve(candidates, replace(request, parameters=parameters.with_changes(time_limit_s=300.0)))
    assert whole.status == "optimal"
    assert hasty.status in ("time limit", "optimal")
    assert hasty.bound is not None
    assert whole.bound is not None
    graph = build_feeder_graph(scenario)
    assert audit(graph, hasty.membership, request) == ()
    score = sum(score_zone(graph, *zone, request) for zone in hasty.membership.items())
    # The bound holds the best answer there is, and the hasty answer is no better than that.
    schools = sum(1 + len(feeders) for feeders in hasty.membership.values())
    assert score - 2 * TIE_BREAK_STUDENTS * schools <= whole.bound <= hasty.bound + 1e-6


def test_what_progress_raises_ends_the_search() -> None:
    class StopError(Exception):
        pass

    def stop(fraction: float) -> None:
        if fraction > 0.5:
            raise StopError

    scenario = build_city(1, elementary=60, middle=30, anchors=10)
    request = build_request(scenario, ProposalParameters())
    high = scenario.schools.index[scenario.schools["level"] == "high"]
    candidates = generate_candidates(build_feeder_tables(scenario), high, request)
    with pytest.raises(StopError):
        solve(candidates, request, progress=stop)
