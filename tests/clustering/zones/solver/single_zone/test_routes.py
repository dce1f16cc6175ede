"""Routes of inner schools against a plain recursion, on random chains with primary schools and known paths."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from clustering.zones.candidates import generate_candidates
from clustering.zones.parameters import ProposalParameters
from clustering.zones.request import ZoneRequest
from clustering.zones.solver.single_zone.build_problem import build_problem
from clustering.zones.solver.single_zone.problem import ZoneProblem
from tests.examples.candidates_of_links import candidates_of_links
from tests.oracles.brute_force import random_instance_of_tables
from tests.oracles.plain_arrival import arriving_students

BLOCKS = 4
FREE = ProposalParameters(minimum_arrival_share=0, minimum_link_share=0, maximum_steps=4)


def sets_of(problem: ZoneProblem) -> np.ndarray:
    """Every set of inner schools that has all who are in every Zone."""
    count = len(problem.inner)
    sets = np.array(list(itertools.product([0.0, 1.0], repeat=count))).reshape(2**count, count)
    kept: np.ndarray = sets[(sets >= problem.mandatory[problem.inner]).all(axis=1)]
    return kept


@pytest.mark.parametrize("block", range(BLOCKS))
def test_whatever_is_chosen_as_many_arrive_as_path_by_path(block: int) -> None:
    further = followed = 0
    for seed in range(block, 120, BLOCKS):
        tables, drawn, request = random_instance_of_tables(seed, plain=seed % 4 == 0)
        # All that leads to the anchor, for long chains.
        parameters = FREE.with_changes(count_exits=request.parameters.count_exits)
        request = replace(request, parameters=parameters)
        candidates = generate_candidates(tables, [anchor for each in drawn for anchor in each.anchors], request)
        rows = tables.links[["origin", "destination", "students"]].itertuples(index=False)
        flows = {(origin, destination): students for origin, destination, students in rows}
        exits = request.parameters.count_exits * tables.totals["exit_students"]
        promoted = (tables.totals["promoted_students"] + exits).to_dict()
        paths = {}
        if tables.paths is not None:
            for link, onward in tables.paths.groupby(["origin", "via"]):
                students = onward.groupby("destination")["students"].sum()
                paths[link] = (students / onward["students"].sum()).to_dict()
        for each in candidates:
            problem = build_problem(each, request)
            chosen = sets_of(problem)
            for inside, arriving in zip(chosen, problem.routes.open(chosen), strict=True):
                held = {each.schools[place] for place in problem.inner[inside > 0]}
                shares = problem.arrival_shares(arriving)
                for place, school in enumerate(each.schools):
                    if school not in each.anchors and promoted[school] > 0:
                        members = {school, *held, *each.anchors}
                        expected = arriving_students(flows, promoted, members, each.anchors, paths)[school]
                        assert shares[place] * promoted[school] == pytest.approx(expected, abs=1e-9), (seed, school)
            further += len(problem.routes.start) > 0
            followed += bool(each.is_followed.any())
    # What is to be tested must be there.
    assert further > 5
    assert followed > 5


def test_a_chain_of_four_schools_by_hand() -> None:
    # p sends 40 to e and 10 to m; e sends 50 to m of 100; m sends 80 to h of 100.
    links = [(0, 1, 50.0), (1, 3, 80.0), (2, 0, 40.0), (2, 1, 10.0)]
    candidates = candidates_of_links(("e", "m", "p"), links, promoted=np.array([100.0, 100.0, 50.0]))
    request = ZoneRequest(parameters=ProposalParameters(leakage_weight=0.25), schools=pd.DataFrame())
    problem = build_problem(candidates, request)
    assert [candidates.schools[place] for place in problem.inner] == ["e", "m"]

    def arriving(*chosen: float) -> list[float]:
        return list(problem.arrival_shares(problem.routes.open(np.array([chosen]))[0]))

    # With both: m 0.8, e 0.5 * 0.8 = 0.4, p (40 * 0.4 + 10 * 0.8) / 50 = 0.48.
    assert arriving(1, 1) == pytest.approx([0.4, 0.8, 0.48])
    # With m alone, p has the ten who skip e; with e alone nobody has a way but m itself.
    assert arriving(0, 1) == pytest.approx([0.4, 0.8, 8 / 50])
    assert arriving(1, 0) == pytest.approx([0, 0.8, 0])
    assert arriving(0, 0) == pytest.approx([0, 0.8, 0])
