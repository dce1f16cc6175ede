"""Dynamic programming with bounds finds the best choice of all, and says when it cannot be sure."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from clustering.capacity.solver.block_search import GroupedOptions, search_block


def random_options(seed: int) -> GroupedOptions:
    random = np.random.default_rng(seed)
    group = np.repeat(np.arange(5), random.integers(1, 4, 5))
    use = random.integers(0, 5, (len(group), 3)).astype("float64")
    # Some options add to a limit, as a partner grows by the schools that it has run.
    use[random.random(use.shape) < 0.15] = -0.5
    profits = random.integers(1, 40, len(group)).astype("float64")
    return GroupedOptions(profits=profits, use=use, group=group, upper=random.integers(2, 9, 3).astype("float64"))


def best_of_all(options: GroupedOptions) -> float:
    """Try every way to choose at most one option of each group."""
    ways = [[None, *np.flatnonzero(options.group == group).tolist()] for group in range(options.group.max() + 1)]
    values = []
    for choice in itertools.product(*ways):
        chosen = [option for option in choice if option is not None]
        if (options.use[chosen].sum(axis=0) <= options.upper).all():
            values.append(float(options.profits[chosen].sum()))
    return max(values)


@pytest.mark.parametrize("price", [0.0, 1.0, 5.0, 100.0])
def test_it_finds_the_best_of_all_at_any_prices(price: float) -> None:
    for seed in range(60):
        options = random_options(seed)
        best = best_of_all(options)
        prices = price * np.random.default_rng(seed).random(3)
        found = search_block(options, prices, floor=-1.0, width=10_000)
        assert found.is_proved
        assert options.profits[found.options].sum() == best
        assert (options.use[found.options].sum(axis=0) <= options.upper).all()
        assert len(set(options.group[found.options])) == len(found.options)


def test_nothing_is_above_the_best_and_the_best_is_above_a_little_less() -> None:
    for seed in range(60):
        options = random_options(seed)
        best = best_of_all(options)
        above = search_block(options, np.ones(3), floor=best, width=10_000)
        below = search_block(options, np.ones(3), floor=best - 0.5, width=10_000)
        assert above.is_proved
        assert below.is_proved
        assert not len(above.options)
        assert options.profits[below.options].sum() == best


def test_a_narrow_search_finds_choices_within_the_limits_and_claims_a_proof_only_of_the_best() -> None:
    claims = set()
    for seed in range(60):
        options = random_options(seed)
        found = search_block(options, np.zeros(3), floor=-1.0, width=6)
        assert (options.use[found.options].sum(axis=0) <= options.upper).all()
        if found.is_proved:
            assert options.profits[found.options].sum() == best_of_all(options)
        claims.add(found.is_proved)
    assert claims == {True, False}
