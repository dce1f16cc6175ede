"""Candidates taken over from an earlier request are those that the request alone would find."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import fields, replace

import numpy as np
import pytest

from clustering import InfeasibleError, ZonePlanner, parse_parameters, proposal_document, propose_zones
from clustering.zones.arrival import LinkChains
from clustering.zones.candidate_cache import CandidateCache
from clustering.zones.candidate_reach import find_schools_ahead
from clustering.zones.candidates import Candidates, generate_candidates
from clustering.zones.feeder_graph import FeederTables, build_feeder_tables
from clustering.zones.request import ZoneRequest, build_request
from clustering.zones.solver import Resources, SolutionCache, ZoneSolution, solve
from tests.examples.answers_in_bytes import read_ground
from tests.examples.toy_district import EAST, ELM, MOVES, OAK, PINE, WEST, toy_scenario
from tests.oracles.brute_force import random_instance_of_tables

_LOCKS_IN_A_ROW = 5


def as_values(candidates: Candidates | LinkChains) -> dict[str, object]:
    """Every field as something that can be compared."""
    values: dict[str, object] = {}
    for field in fields(candidates):
        value = getattr(candidates, field.name)
        if isinstance(value, np.ndarray):
            value = (value.dtype, value.tolist())
        values[field.name] = as_values(value) if isinstance(value, LinkChains) else value
    return values


def relock(chance: random.Random, request: ZoneRequest, anchors: Sequence[str]) -> ZoneRequest:
    """Put one lock on or take one off: any school may be forced in, any but an anchor forced out."""
    parameters = request.parameters
    school = chance.choice(request.schools.index.to_list())
    forced_in, forced_out = set(parameters.force_in), set(parameters.force_out)
    if school in forced_in | forced_out or school in anchors or chance.random() < 0.5:
        forced_in = forced_in ^ {school} - forced_out
        forced_out -= {school}
    else:
        forced_out |= {school}
    locked = parameters.with_changes(force_in=tuple(sorted(forced_in)), force_out=tuple(sorted(forced_out)))
    return request.with_locks(locked) if not request.merged else replace(request, parameters=locked)


def random_requests(seed: int) -> Iterator[tuple[FeederTables, list[str], ZoneRequest]]:
    """The same instance under one lock after the other."""
    tables, candidates, request = random_instance_of_tables(seed)
    anchors, chance = [anchor for each in candidates for anchor in each.anchors], random.Random(seed)
    if anchors:
        yield tables, anchors, request
        for _ in range(_LOCKS_IN_A_ROW):
            request = relock(chance, request, anchors)
            yield tables, anchors, request


def answer(candidates: Sequence[Candidates], request: ZoneRequest, cache: SolutionCache | None) -> ZoneSolution | str:
    try:
        return solve(candidates, request, resources=Resources(cache=cache))
    except InfeasibleError as refusal:
        return str(refusal)


def test_random_locks_in_a_row_give_the_candidates_of_each_request_alone() -> None:
    taken_over = 0
    for seed in range(80):
        cache, known = CandidateCache(), set[int]()
        for tables, anchors, request in random_requests(seed):
            found, alone = cache.generate(tables, anchors, request), generate_candidates(tables, anchors, request)
            assert [as_values(each) for each in found] == [as_values(each) for each in alone], (
                seed,
                request.parameters,
            )
            taken_over += sum(id(each) in known for each in found)
            known = {id(each) for each in found}
    assert taken_over > 80


def test_random_locks_in_a_row_give_the_zones_of_each_request_alone() -> None:
    refused = 0
    for seed in range(50):
        candidates, solutions = CandidateCache(), SolutionCache()
        for tables, anchors, request in random_requests(seed):
            found = answer(candidates.generate(tables, anchors, request), request, solutions)
            assert found == answer(generate_candidates(tables, anchors, request), request, None), seed
            refused += isinstance(found, str)
    assert 0 < refused < 200


def test_locks_of_a_city_in_a_row_give_the_proposal_of_each_request_alone() -> None:
    scenario = read_ground("city", 1)
    plain = parse_parameters({"disclosure": "exact"})
    planner, chance = ZonePlanner(scenario), random.Random(7)
    zones = planner.propose(plain).zones
    members = [member.school_id for zone in zones for member in zone.members if member.school_id != zone.anchor_id]
    locks = [{"force_out": school} for school in chance.sample(members, 2)]
    locks += [{"force_in": school} for school in chance.sample(members, 1)]
    for lock in [*locks, {"force_in": members[0], "force_out": members[1]}, {}]:
        locked = parse_parameters({"disclosure": "exact", **lock})
        found, alone = planner.propose(locked), propose_zones(scenario, locked)
        assert proposal_document(found) == proposal_document(alone), lock


def toy(**settings: object) -> tuple[FeederTables, ZoneRequest]:
    return build_feeder_tables(toy_scenario()), build_request(toy_scenario(), parse_parameters({**MOVES, **settings}))


def test_candidates_of_an_anchor_that_a_lock_cannot_touch_are_the_same_object() -> None:
    # Pine sends 17% of its students to West, where they are 12% of those who enter: this is no candidate link then.
    tables, request = toy(minimum_link_share=0.2)
    cache = CandidateCache()
    west, east = cache.generate(tables, [WEST, EAST], request)
    locked = request.with_locks(request.parameters.with_changes(force_out=(PINE,)))
    west_again, east_again = cache.generate(tables, [WEST, EAST], locked)
    assert west_again is west
    assert PINE in east.schools
    assert PINE in east_again.excluded


def test_schools_ahead_are_those_that_candidate_links_lead_to_in_the_steps_allowed() -> None:
    tables, request = toy()
    assert find_schools_ahead([WEST], tables, request) == {WEST}
    assert find_schools_ahead([PINE, "0001"], tables, request) == {PINE, "0001", OAK, WEST, EAST}
    # E2 sends 80% to Oak and 20% to Elm; both send students to both high schools.
    assert find_schools_ahead(["0002"], tables, request) == {"0002", OAK, ELM, WEST, EAST}
    one_step = request.with_locks(request.parameters.with_changes(maximum_steps=1))
    assert find_schools_ahead(["0002"], tables, one_step) == {"0002", OAK, ELM}
    straight = request.with_locks(request.parameters.with_changes(minimum_link_share=0.75))
    assert find_schools_ahead(["0002"], tables, straight) == {"0002", OAK}


@pytest.mark.parametrize("other", [{"minimum_link_share": 0.75}, {"maximum_steps": 1}, {"minimum_arrival_share": 0.5}])
def test_a_request_that_differs_in_more_than_locks_takes_nothing_over(other: dict[str, object]) -> None:
    tables, request = toy()
    cache = CandidateCache()
    cache.generate(tables, [WEST, EAST], request)
    changed = replace(request, parameters=request.parameters.with_changes(**other))
    alone = generate_candidates(tables, [WEST, EAST], changed)
    assert [*map(as_values, cache.generate(tables, [WEST, EAST], changed))] == [*map(as_values, alone)]


def test_only_the_last_three_requests_are_remembered() -> None:
    tables, request = toy()
    cache = CandidateCache()
    steps = [
        replace(request, parameters=request.parameters.with_changes(maximum_steps=steps)) for steps in (1, 2, 3, 4)
    ]
    first, second, *_ = (cache.generate(tables, [WEST], each)[0] for each in steps)
    assert cache.generate(tables, [WEST], steps[1])[0] is second
    assert cache.generate(tables, [WEST], steps[0])[0] is not first
