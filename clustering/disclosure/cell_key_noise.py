"""
Cell-key noise: a small change of each small count that is always the same for the same count and secret key.

Each cell has a key made of its name, its count and the secret key of the dataset; the key picks the change from a table
of probabilities. The table keeps the mean and has the greatest entropy for its variance, so that a shown count says as
little as possible (Fraser and Wooton 2005, "A proposed method for confidentialising tabular output to protect against
differencing", as the Australian and British statistical offices use it; Marley and Leaver 2011 for the table).
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from clustering.disclosure.policy import DisclosurePolicy

_GREATEST = 14  # more students are shown in classes


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class CellNoise:
    """
    Noise for the cells of one table.

    Parameters
    ----------
    names
        What each cell is called: the same cell has the same name in every process.
    key
        Secret key of the dataset; whoever has it can remove the noise.
    most
        The most that is added or taken off [students].
    variance
        Of the noise [students squared].
    greatest
        Counts above it get no noise [students].
    """

    names: Sequence[str]
    key: bytes
    most: int
    variance: float
    greatest: int = _GREATEST

    def draw(self, cell: int, students: int) -> int:
        """Return the count of a cell with its noise: 1 to ``greatest`` students."""
        message = f"{self.names[cell]}\x1f{students}".encode()
        digest = hmac.new(self.key, message, hashlib.sha256).digest()
        probability = int.from_bytes(digest[:8], "big") / 2**64
        table = noise_table(self.most, self.variance, self.greatest)
        return int(np.searchsorted(np.cumsum(table[students]), probability, side="right"))

    def true_counts(self, drawn: int) -> tuple[int, int]:
        """
        Return the least and the greatest count that may be shown as this one [students].

        A count of 1, and the greatest, never change. So 2 students that are shown were never 1.
        """
        possible = np.flatnonzero(noise_table(self.most, self.variance, self.greatest)[:, drawn])
        return int(possible[0]), int(possible[-1])


def noise_of(names: Sequence[str], key: bytes, policy: DisclosurePolicy) -> CellNoise:
    """Return the noise of a policy for the cells of one table."""
    return CellNoise(names=names, key=key, most=policy.noise_most_students, variance=policy.noise_variance)


@cache
def noise_table(most: int, variance: float, greatest: int) -> np.ndarray:
    """
    Compute the probability of each shown count.

    Parameters
    ----------
    most, variance, greatest
        As of :class:`CellNoise`.

    Returns
    -------
    probabilities
        Shape (greatest + 1, greatest + 1): a row for each true count, whose probabilities add up to 1 and whose mean is
        the count. Row 0 and column 0 are not used: 0 stays 0, and a count above 0 never becomes 0. Near 1 and near
        ``greatest`` fewer changes are possible, so the variance is smaller there.
    """
    probabilities = np.zeros((greatest + 1, greatest + 1))
    for students in range(1, greatest + 1):
        shown = np.arange(max(1, students - most), min(greatest, students + most) + 1)
        probabilities[students, shown] = _greatest_entropy(shown - students, variance)
    return probabilities


def _greatest_entropy(changes: np.ndarray, variance: float) -> np.ndarray:
    """
    Probabilities of changes with mean 0 and the given variance that have the greatest entropy.

    They are proportional to exp(a c + b c^2), with the a and b that give this mean and variance.
    """
    if not (changes[0] < 0 < changes[-1]):
        unchanged: np.ndarray = (changes == 0).astype("float64")
        return unchanged
    from scipy.optimize import root  # noqa: PLC0415 (slow to load, and few policies allow noise)

    # Up to half of the greatest possible variance, every change is still possible.
    wanted = min(variance, 0.5 * -changes[0] * changes[-1])

    def misses(exponents: np.ndarray) -> np.ndarray:
        probabilities = _tilted(changes, *exponents)
        return np.array([probabilities @ changes, probabilities @ changes**2 - wanted])

    found = root(misses, x0=(0.0, -0.5 / wanted), tol=1e-12)
    return _tilted(changes, *found.x)


def _tilted(changes: np.ndarray, tilt: float, bend: float) -> np.ndarray:
    exponents = tilt * changes + bend * changes**2
    weights = np.exp(exponents - exponents.max())
    probabilities: np.ndarray = weights / weights.sum()
    return probabilities
