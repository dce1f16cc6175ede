"""How pupils are shared out among destinations."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from clustering.datasets.flows import draw_shares


@settings(deadline=None, max_examples=200)
@given(
    groups=st.lists(
        st.tuples(st.integers(0, 500), st.lists(st.floats(0, 10, allow_subnormal=False), min_size=1, max_size=6)),
        min_size=1,
        max_size=8,
    ),
    seed=st.integers(0, 2**32),
)
def test_shares_lose_nobody(groups: list[tuple[int, list[float]]], seed: int) -> None:
    students = np.array([size for size, _ in groups])
    weights = np.concatenate([np.array(options) for _, options in groups])
    starts = np.cumsum([0, *(len(options) for _, options in groups[:-1])])
    taken = draw_shares(students, weights, starts, np.random.default_rng(seed))
    assert (taken >= 0).all()
    assert (taken[weights == 0] == 0).all()
    for (size, options), part in zip(groups, np.split(taken, starts[1:]), strict=True):
        assert part.sum() == (size if any(options) else 0)


def test_shares_follow_the_weights() -> None:
    taken = draw_shares(np.array([60_000]), np.array([1.0, 0.0, 2.0, 3.0]), np.array([0]), np.random.default_rng(7))
    # 10,000, 0, 20,000 and 30,000 expected; the standard deviations are below 123.
    assert np.abs(taken - [10_000, 0, 20_000, 30_000]).max() < 500
