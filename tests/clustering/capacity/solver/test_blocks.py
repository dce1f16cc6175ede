"""The parts of a model, the best choice of each, and the bound that they give together."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest
from scipy.sparse import csr_array

from clustering.capacity.solver import AssignmentModel
from clustering.capacity.solver.best_of_block import BestOfBlock
from clustering.capacity.solver.blocks import find_blocks, with_rivals
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
    assert found.rounded.sum() == 4
    assert model.values[found.rounded].sum() == pytest.approx(
        40
    )  # the mixture is whole, and so is what it is rounded to


def test_rounded_choices_are_within_the_limits_and_settled_ones_are_among_them() -> None:
    is_best = []
    for seed in range(40):
        model = random_plan(seed, zones=4, partners=8, years=3)
        blocks = find_blocks(model)
        assert blocks is not None
        start, prices = np.zeros(len(model.values), dtype=bool), np.zeros(len(model.upper))
        found = bound_by_columns(model, blocks, start=start, prices=prices, gap=1e-4, deadline=time.monotonic() + 60)
        assert (model.usage @ found.rounded.astype(float) <= model.upper + 1e-6).all(), seed
        assert model.values @ found.rounded <= found.bound + 1e-6
        assert not (found.settled & ~found.rounded).any()
        is_best.append(model.values @ found.rounded >= found.bound * (1 - 1e-3))
    assert sum(is_best) > 10  # control: rounding often loses nothing in models so small


def test_rivals_are_other_options_of_a_zone_with_the_same_partner() -> None:
    # Two Zones, six partners, two starts each: option 12 * zone + 2 * partner + start.
    usage = np.zeros((8, 24))
    for option in range(24):
        usage[option // 12, option] = 1
        usage[2 + option // 2 % 6, option] = 2
    model = AssignmentModel(
        values=np.ones(24), usage=csr_array(usage), lower=np.full(8, -np.inf), upper=np.array([1, 1, *[3.0] * 6])
    )
    blocks = find_blocks(model)
    assert blocks is not None
    widened = with_rivals(blocks, np.isin(np.arange(24), [4, 23]))
    assert widened.nonzero()[0].tolist() == [4, 5, 22, 23]
