"""The best choice of one partner at given prices of what partners share."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.sparse import csc_array, csr_array

from clustering.capacity.solver.block_search import Found, GroupedOptions, search_block
from clustering.capacity.solver.blocks import Block
from clustering.capacity.solver.highs_model import run_highs
from clustering.capacity.solver.model import AssignmentModel

# Sums of profits in another order differ by less than this share of the largest profit.
_ROUNDING_SHARE = 1e-9
# So many choices are followed at once: few, for a good one, and then as many as pay beside a search by HiGHS.
_WIDTHS = (300, 5_000)


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
        self._use = block.own.usage[: block.alone].toarray().T
        self._most = _most_chosen(block)
        self._known: dict[bytes, np.ndarray] = {}

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
        best = self._search(profits, _WIDTHS)
        if best.is_proved:
            value = float(profits[best.options].sum()) + self._rounding(profits)
            return value, self.options[best.options]
        kept = self._undominated(profits)
        answer = run_highs(self._model_of(kept, profits[kept])[0], is_whole=True)
        chosen = kept[:0] if answer.chosen is None else kept[answer.chosen]
        return max(0.0, answer.bound), self.options[chosen]

    def find_quickly(self, profits: np.ndarray) -> np.ndarray:
        """
        Find a good choice, without a proof.

        Parameters
        ----------
        profits
            ``(n_options,)`` of the block.

        Returns
        -------
        options
            Places in the model.
        """
        options: np.ndarray = self.options[self._search(profits, _WIDTHS[:1]).options]
        return options

    def _search(self, profits: np.ndarray, widths: tuple[int, ...]) -> Found:
        """The best choice by dynamic programming, from a good one; ever wider until that is a proof."""
        kept = self._undominated(profits)
        if not len(kept):
            return Found(kept, True)
        relaxed, prices = self._relaxed(kept, profits[kept])
        known = [*self._known.values(), self._one_after_another(kept[np.lexsort((-profits[kept], -relaxed))], profits)]
        best = max(known, key=lambda choice: float(profits[choice].sum()))
        if (self._block.rivals[kept] < 0).any():
            return Found(best, False)
        groups = np.unique(self._block.rivals[kept], return_inverse=True)[1]
        upper, is_proved = self._block.own.upper[: self._block.alone], False
        options = GroupedOptions(profits=profits[kept], use=self._use[kept], group=groups, upper=upper)
        for width in widths:
            floor = float(profits[best].sum()) + self._rounding(profits)
            search = search_block(options, prices, floor=floor, width=width)
            best, is_proved = kept[search.options] if len(search.options) else best, search.is_proved
            if is_proved:
                break
        self._known[best.tobytes()] = best
        return Found(best, is_proved)

    def _relaxed(self, kept: np.ndarray, profits: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The linear relaxation: how much of each option, and the prices of the limits that are the block's alone."""
        model, is_used = self._model_of(kept, profits)
        answer, prices = run_highs(model, is_whole=False), np.zeros(len(is_used))
        prices[is_used] = answer.prices
        shares = answer.shares if len(answer.shares) else np.zeros(len(kept))
        return shares, np.maximum(prices[: self._block.alone], 0.0)

    def _one_after_another(self, order: np.ndarray, profits: np.ndarray) -> np.ndarray:
        """Choose every option in turn that is worth something and still fits."""
        chosen, left = [], self._block.own.upper.copy()
        for option in order.tolist():
            at = slice(self._columns.indptr[option], self._columns.indptr[option + 1])
            rows, use = self._columns.indices[at], self._columns.data[at]
            if profits[option] > 0 and (use <= left[rows]).all():
                left[rows] -= use
                chosen.append(option)
        return np.sort(np.array(chosen, dtype=int))

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
        least = self._rounding(profits)
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

    def _rounding(self, profits: np.ndarray) -> float:
        return _ROUNDING_SHARE * float(np.abs(profits).max(initial=0.0))

    def _model_of(self, kept: np.ndarray, profits: np.ndarray) -> tuple[AssignmentModel, np.ndarray]:
        usage = csr_array(self._columns[:, kept])
        is_used, own = np.diff(usage.indptr) > 0, self._block.own
        model = replace(
            own,
            values=profits,
            usage=usage[np.flatnonzero(is_used)],
            lower=own.lower[is_used],
            upper=own.upper[is_used],
        )
        return model, is_used


def _most_chosen(block: Block) -> int:
    """Most options that a choice can have, by the linear relaxation."""
    count = len(block.options)
    relaxed = run_highs(replace(block.own, values=np.ones(count)), is_whole=False)
    return min(count, max(1, int(relaxed.value + 1e-6)))
