"""Balancing: students between pairs of schools that fill up known totals of senders and receivers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import block_array, csr_array
from scipy.sparse.csgraph import connected_components

# Iterations between two looks at how far it has come; few enough for the factors to stay within a float's range.
_ROUND = 20
# Balancing is at a standstill when an iteration gains less than this part of the tolerance.
_STANDSTILL = 1e-2

Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Balance:
    """
    Students by pair of schools, and how well they fit the totals.

    Parameters
    ----------
    students
        One row per sender, one column per receiver. Rows have exactly the senders' totals.
    entering
        The receivers' totals, scaled to the senders' within each connected part.
    iterations
        How many it took.
    misplaced_share
        Share of the students [0 to 1] who would have to enter another school for the columns to have exactly the
        receivers' totals.
    """

    students: csr_array
    entering: Floats
    iterations: int
    misplaced_share: float


def balance_flows(
    attraction: csr_array, leaving: Floats, entering: Floats, *, tolerance: float, maximum_iterations: int
) -> Balance:
    """
    Find T_ij = A_i O_i B_j D_j f_ij with row sums O_i and column sums D_j, or as near to D_j as can be.

    Parameters
    ----------
    attraction
        f_ij, one row per sender and one column per receiver; only pairs with an entry can have students. Every sender
        and receiver has at least one.
    leaving, entering
        Students who leave, O_i, and size of the entering grades, D_j; all above 0.
    tolerance, maximum_iterations
        When to stop: at this misplaced share, at a standstill, or after so many iterations.

    Returns
    -------
    balance
        Students. Where pairs are few there may be no solution (three schools that can send to one only); the rows are
        exact all the same and the columns come as near as balancing takes them.

    References
    ----------
    .. [1] Wilson, A. G. (1967). A statistical theory of spatial distribution models. Transportation Research 1(3),
       253-269. doi:10.1016/0041-1647(67)90035-4.
    """
    targets = _scale_to_senders(attraction, leaving, entering)
    students = attraction.astype("float64", copy=True)
    rows, columns = students.tocoo().coords
    transposed = students.T.tocsr()
    by_column = np.argsort(columns, kind="stable")
    total = max(float(leaving.sum()), np.finfo(float).tiny)
    iterations, misplaced, before = 0, 1.0, np.inf
    while True:
        row_factors, column_factors = leaving / (students @ np.ones(len(targets))), np.ones(len(targets))
        for _ in range(min(_ROUND, maximum_iterations - iterations)):
            reached = transposed @ row_factors
            column_factors = np.divide(targets, reached, out=np.zeros_like(targets), where=reached > 0)
            row_factors = leaving / (students @ column_factors)
            iterations += 1
        students.data *= row_factors[rows] * column_factors[columns]
        transposed.data = students.data[by_column]
        misplaced = float(np.abs(transposed.sum(axis=1) - targets).sum()) / (2 * total)
        standstill = (before - misplaced) / _ROUND < tolerance * _STANDSTILL
        if misplaced <= tolerance or standstill or iterations >= maximum_iterations:
            return Balance(students=students, entering=targets, iterations=iterations, misplaced_share=misplaced)
        before = misplaced


def _scale_to_senders(attraction: csr_array, leaving: Floats, entering: Floats) -> Floats:
    """Scale the entering grades of each part of the network to the students who can get there."""
    pattern = csr_array((np.ones(attraction.nnz), attraction.indices, attraction.indptr), shape=attraction.shape)
    count, part = connected_components(block_array([[None, pattern], [pattern.T, None]], format="csr"), directed=False)
    senders, receivers = part[: len(leaving)], part[len(leaving) :]
    students = np.bincount(senders, weights=leaving, minlength=count)
    targets = np.bincount(receivers, weights=entering, minlength=count)
    scaled: Floats = entering * (students / targets)[receivers]
    return scaled
