"""The parts of a model, the best choice of each, and the bound that they give together."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest
from scipy.sparse import csr_array

from clustering.capacity.solver import AssignmentModel
from clustering.capacity.solver.best_of_block import BestOfBlock
from clustering.capacity.solver.blocks import find_blocks
from clustering.capacity.solver.columns import bound_by_columns
from tests.oracles.assignment import best_by_trying, random_plan


def test_partners_are_the_parts() -> None:
    # Two Zones, six partners with a limit each, one budget: the Zones and the budget link.
    usage = np.zeros((9, 12))
    for option in range(12):
        usage[option % 2, option] = 1
        usage[2 + option // 2, option] = 2
        usage[8, option] = 5
    model = AssignmentModel(
        values=np.ones(12), usage=csr_array(usage), lower=np.full(9, -np.inf), upper=np.array([1, 1, *[3] * 6, 20.0])
    )
    blocks = find_blocks(model)
    assert blocks is not None
    assert blocks.linking.nonzero()[0].tolist() == [0, 1, 8]
    assert [each.options.tolist() for each in blocks.blocks] == [[at, at + 1] for at in range(0, 12, 2)]


def test_the_best_of_a_part_equals_trying_everything() -> None:
    random, left_out = np.random.default_rng(1), 0
    for seed in range(60):
        model = random_plan(seed, zones=4, partners=8, years=3)
        blocks = find_blocks(model)
        assert blocks is not None
        for block in blocks.blocks:
            if len(block.options) > 12:
                continue
            search = BestOfBlock(block)
            for _ in range(2):
                profits = random.integers(-20, 40, len(block.options)).astype(float)
                value, options = search.find(profits)
                best = best_by_trying(replace(block.own, values=profits))
                assert value == pytest.approx(best, abs=1e-6), seed
                chosen = np.isin(block.options, options)
                assert profits[chosen].sum() == pytest.approx(best, abs=1e-6)
                assert (block.own.usage @ chosen.astype(float) <= block.own.upper + 1e-9).all()
                quick = np.isin(block.options, search.find_quickly(profits)).astype(float)
                assert (block.own.usage @ quick <= block.own.upper + 1e-9).all()
                assert 0 <= profits @ quick <= best + 1e-6
                left_out += len(profits) > len(search._undominated(profits))
    assert left_out > 50  # control: the shortcut is taken


def test_the_bound_of_columns_is_a_bound_and_better_than_the_relaxation() -> None:
    # One Zone with five schools for each of four partners that can run eight: the relaxation runs 1.6 of two.
    usage = np.zeros((12, 8))
    for option in range(8):
        usage[option, option], usage[8 + option // 2, option] = 1, 5
    model = AssignmentModel(
        values=np.full(8, 10.0),
        usage=csr_array(usage),
        lower=np.full(12, -np.inf),
        upper=np.array([*[1.0] * 8, *[8.0] * 4]),
    )
    blocks = find_blocks(model)
    assert blocks is not None
    start = np.zeros(8, dtype=bool)
    found = bound_by_columns(model, blocks, start=start, prices=np.zeros(12), gap=0.0, deadline=time.monotonic() + 60)
    assert found.bound == pytest.approx(40)  # 64 by the relaxation
