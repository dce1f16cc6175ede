"""The master problem: the best mixture of whole choices of partners, within the limits that they share."""

from __future__ import annotations

import highspy
import numpy as np
from scipy.sparse import csc_array, csr_array

from clustering.capacity.solver.blocks import Blocks
from clustering.capacity.solver.model import AssignmentModel
from clustering.zones.solver.branch_and_price.highs import QuietHighs

# A choice counts as whole in a mixture if its share is less than this below 1.
_WHOLE_SHARE = 1e-6
# Use may be above a limit by no more than rounding, and a choice of which the mixture has less is not in it.
_USE, _LEAST_SHARE = 1e-9, 1e-6


class Master:
    """
    Mixtures of whole choices within the linking limits, at most one a block.

    Parameters
    ----------
    model, blocks
        The model and its parts.
    """

    def __init__(self, model: AssignmentModel, blocks: Blocks) -> None:
        self.values, self.usage = model.values, csc_array(csr_array(model.usage)[blocks.linking])
        self.lower, self.upper = model.lower[blocks.linking], model.upper[blocks.linking]
        self.promising = np.zeros(len(model.values), dtype=bool)
        self._known: dict[tuple[int, bytes], np.ndarray] = {}
        self._linking_count, count = len(self.upper), len(blocks.blocks)
        self.is_free, self.fixed, self._left = np.ones(count, dtype=bool), self.promising.copy(), self.upper + _USE
        self._highs = QuietHighs()
        problem = highspy.HighsLp()
        problem.num_col_, problem.num_row_ = 0, self._linking_count + count
        problem.sense_ = highspy.ObjSense.kMaximize
        problem.row_lower_ = np.append(self.lower, np.full(count, -np.inf))
        problem.row_upper_ = np.append(self.upper, np.ones(count))
        self._highs.passModel(problem)

    def add(self, block: int, options: np.ndarray) -> bool:
        """
        Add a choice of a block.

        Parameters
        ----------
        block
            Its number.
        options
            Places in the model.

        Returns
        -------
        is_new
            Whether the choice is not empty and was not known.
        """
        key = (block, options.tobytes())
        if not len(options) or key in self._known:
            return False
        self._known[key] = options
        self.promising[options] = True
        use = self.usage[:, options].sum(axis=1)
        rows = np.flatnonzero(use)
        self._highs.addCol(
            float(self.values[options].sum()),
            0.0,
            highspy.kHighsInf,
            len(rows) + 1,
            np.append(rows, self._linking_count + block).astype(np.int32),
            np.append(use[rows], 1.0),
        )
        return True

    def solve(self) -> tuple[float, np.ndarray]:
        """
        Find the best mixture of what is known.

        Returns
        -------
        value, prices
            Of the mixture, and of the linking limits with the sign that their sides allow; ``-inf`` and 0 if there is
            no mixture within lower limits.
        """
        self._highs.run()
        if self._highs.getModelStatus() == highspy.HighsModelStatus.kInfeasible:
            return float("-inf"), np.zeros(self._linking_count)
        duals = np.asarray(self._highs.getSolution().row_dual)
        return float(self._highs.getInfo().objective_function_value), self.allowed(duals[: self._linking_count])

    def fix_most_whole(self, count: int) -> int:
        """
        Fix the choices that are whole in the mixture, or at least some of which it has most.

        Parameters
        ----------
        count
            Fix so many, if not more are whole. What no longer fits beside the others is left.

        Returns
        -------
        fixed
            How many were fixed.
        """
        shares = np.asarray(self._highs.getSolution().col_value)
        columns, fixed = list(self._known.items()), 0
        for column in np.argsort(-shares, kind="stable").tolist():
            (block, _), options = columns[column]
            if shares[column] < _LEAST_SHARE or (fixed >= count and shares[column] < 1 - _WHOLE_SHARE):
                break
            use = self.usage[:, options].sum(axis=1)
            if self.is_free[block] and (use <= self._left).all():
                self._highs.changeColBounds(column, 1.0, 1.0)
                self._left, self.is_free[block] = self._left - use, False
                self.fixed[options] = True
                fixed += 1
        return fixed

    def fits(self) -> np.ndarray:
        """
        Tell which options keep the linking limits beside what is fixed.

        Returns
        -------
        fits
            ``(n_options,)``.
        """
        too_much = self.usage.data > self._left[self.usage.indices]
        column = np.repeat(np.arange(self.usage.shape[1]), np.diff(self.usage.indptr))
        fits: np.ndarray = np.bincount(column[too_much], minlength=self.usage.shape[1]) == 0
        return fits

    def allowed(self, prices: np.ndarray) -> np.ndarray:
        """
        Leave out the prices of sides that a limit does not have.

        Parameters
        ----------
        prices
            ``(n_linking_limits,)``.

        Returns
        -------
        prices
            With 0 in their place.
        """
        prices = np.where(np.isfinite(self.upper), prices, np.minimum(prices, 0.0))
        allowed: np.ndarray = np.where(np.isfinite(self.lower), prices, np.maximum(prices, 0.0))
        return allowed

    def sides(self, prices: np.ndarray) -> np.ndarray:
        """
        Pick the side of each linking limit that its price is for.

        Parameters
        ----------
        prices
            ``(n_linking_limits,)``.

        Returns
        -------
        sides
            Its upper or its lower amount.
        """
        sides: np.ndarray = np.where((prices > 0) | ((prices == 0) & np.isfinite(self.upper)), self.upper, self.lower)
        return sides
