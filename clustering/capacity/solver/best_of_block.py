"""The best choice of one partner at given prices of what partners share."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.sparse import csc_array, csr_array

from clustering.capacity.solver.blocks import Block
from clustering.capacity.solver.highs_model import run_highs
from clustering.capacity.solver.model import AssignmentModel

# Sums of profits in another order differ by less than this share of the largest profit.
_ROUNDING_SHARE = 1e-9


class BestOfBlock:
    """
    Finds the best choice of a block again and again.

    Parameters
    ----------
    block
        Options and their own limits.
    """

    def __init__(self, block: Block) -> None:
        self.options = block.options
        self._block, self._columns = block, csc_array(block.own.usage)
        self._most = _most_chosen(block)

    def find(self, profits: np.ndarray) -> tuple[float, np.ndarray]:
        """
        Search for the best choice.

        Parameters
        ----------
        profits
            ``(n_options,)`` of the block.

        Returns
        -------
        bound, options
            No choice has a greater sum of profits, and the places in the model of those chosen.
        """
        kept = self._undominated(profits)
        value, chosen = 0.0, kept[:0]
        if len(kept):
            found = run_highs(self._model_of(kept, profits[kept]), is_whole=True)
            chosen = kept[:0] if found.chosen is None else kept[found.chosen]
            value = max(0.0, found.bound)
        return value, self.options[chosen]

    def find_quickly(self, profits: np.ndarray) -> np.ndarray:
        """
        Find a good choice: the linear relaxation, and of it one option after another that still fits.

        Parameters
        ----------
        profits
            ``(n_options,)`` of the block.

        Returns
        -------
        options
            Places in the model.
        """
        kept, chosen = self._undominated(profits), []
        shares = self._shares_of(kept, profits[kept])
        left = self._block.own.upper.copy()
        for option in kept[np.lexsort((-profits[kept], -shares))].tolist():
            at = slice(self._columns.indptr[option], self._columns.indptr[option + 1])
            rows, use = self._columns.indices[at], self._columns.data[at]
            if profits[option] > 0 and (use <= left[rows]).all():
                left[rows] -= use
                chosen.append(option)
        options: np.ndarray = self.options[np.sort(np.array(chosen, dtype=int))]
        return options

    def _shares_of(self, kept: np.ndarray, profits: np.ndarray) -> np.ndarray:
        """How much of each option the linear relaxation chooses; nothing if it fails."""
        if not len(kept):
            return np.zeros(0)
        shares = run_highs(self._model_of(kept, profits), is_whole=False).shares
        return shares if len(shares) else np.zeros(len(kept))

    def _undominated(self, profits: np.ndarray) -> np.ndarray:
        """
        Leave out what some best choice does without.

        At most ``most`` options are chosen. An option with ``most`` better ones that use no more and exclude nothing
        but their own rivals can always be exchanged for one of these that is still free.
        """
        block, most = self._block, self._most
        better: list[set[int]] = [set() for _ in block.covers]
        covered = [np.flatnonzero(row).tolist() for row in block.covers]
        types, rivals = block.types.tolist(), block.rivals.tolist()
        kept = []
        adds = block.adds.tolist()
        least = _ROUNDING_SHARE * float(np.abs(profits).max(initial=0.0))
        for option in np.argsort(-profits, kind="stable").tolist():
            if profits[option] <= least and not adds[types[option]]:
                continue
            if rivals[option] < 0:
                kept.append(option)
                continue
            known = better[types[option]]
            if len(known) < most and rivals[option] not in known:
                kept.append(option)
                for other in covered[types[option]]:
                    better[other].add(rivals[option])
        return np.sort(np.array(kept, dtype=int))

    def _model_of(self, kept: np.ndarray, profits: np.ndarray) -> AssignmentModel:
        usage = csr_array(self._columns[:, kept])
        used = np.flatnonzero(np.diff(usage.indptr))
        own = self._block.own
        return replace(own, values=profits, usage=usage[used], lower=own.lower[used], upper=own.upper[used])


def _most_chosen(block: Block) -> int:
    """Most options that a choice can have, by the linear relaxation."""
    count = len(block.options)
    relaxed = run_highs(replace(block.own, values=np.ones(count)), is_whole=False)
    return min(count, max(1, int(relaxed.value + 1e-6)))
