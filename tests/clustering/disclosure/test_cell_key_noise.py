"""Cell-key noise: its table, and that the same count of the same cell always has the same noise."""

from __future__ import annotations

import numpy as np
import pytest

from clustering.disclosure.cell_key_noise import CellNoise, noise_table


@pytest.mark.parametrize(("most", "variance"), [(4, 2.0), (4, 1.0), (5, 3.0)])
def test_the_table_keeps_the_mean_and_every_shown_count_has_enough_true_ones(most: int, variance: float) -> None:
    table, students = noise_table(most, variance, 14), np.arange(15)
    assert np.allclose(table[1:].sum(axis=1), 1)
    assert np.allclose(table[1:] @ students, students[1:])
    middle = students[most + 1 : 14 - most]
    assert np.allclose([table[each] @ (students - each) ** 2 for each in middle], variance)
    shown, true = np.nonzero(table.T > 0)
    assert (np.abs(shown - true) <= most).all()
    assert (np.bincount(shown)[1:] >= most + 1).all()
    assert shown.min() == 1


def test_of_all_probabilities_with_this_mean_and_variance_these_have_the_greatest_entropy() -> None:
    probabilities = noise_table(2, 1.0, 14)[7, 5:10]
    rng, changes = np.random.default_rng(3), np.arange(-2, 3)
    kernel = np.linalg.svd(np.vstack([np.ones(5), changes, changes**2]))[2][3:]

    def entropy(each: np.ndarray) -> float:
        return float(-(each * np.log(each)).sum())

    others = [probabilities + 0.02 * rng.normal(size=2) @ kernel for _ in range(50)]
    assert all(entropy(each) < entropy(probabilities) for each in others if (each > 0).all())


def test_noise_depends_on_the_cell_its_count_and_the_key_alone() -> None:
    names = [f"cell {number}" for number in range(300)]
    one, again, other = (
        CellNoise(names=list(each), key=key, most=4, variance=2.0)
        for each, key in ((names, b"a"), (names[::-1], b"a"), (names, b"b"))
    )
    drawn = [one.draw(number, 7) for number in range(300)]
    assert drawn == [again.draw(299 - number, 7) for number in range(300)]
    assert drawn != [other.draw(number, 7) for number in range(300)]
    # 300 draws with variance 2: the mean is within 0.33 of 7 but once in 15,000 times.
    assert abs(np.mean(drawn) - 7) < 0.33
    assert "key=" not in repr(one)
