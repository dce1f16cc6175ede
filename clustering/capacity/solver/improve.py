"""A better choice from a good one: some partners choose again together, and the others keep what they have."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
from scipy.sparse import csc_array, csr_array

from clustering.capacity.solver.blocks import Blocks
from clustering.capacity.solver.columns import ColumnBound
from clustering.capacity.solver.highs_model import HEURISTICS, run_highs
from clustering.capacity.solver.model import AssignmentModel

_SHARE, _SEED = 0.3, 1
_PART_GAP = 3e-4
_LEAST_TIME_S = 0.1


def improve_choice(
    model: AssignmentModel,
    blocks: Blocks,
    bound: ColumnBound,
    *,
    start: np.ndarray,
    goal: float,
    rounds: int,
    deadline: float,
) -> np.ndarray:
    """
    Improve a choice.

    Partners that are settled keep their choice, and the others choose together. Then, in every round, a third of the
    partners, drawn at random, choose again (a large neighbourhood search; Shaw, 1998).

    Parameters
    ----------
    model, blocks
        The model and its parts.
    bound
        Promising and settled options.
    start
        ``(n_options,)``: a choice within the limits.
    goal
        Stop at this value.
    rounds
        Stop after so many.
    deadline
        Stop at this time of ``time.monotonic``.

    Returns
    -------
    chosen
        ``(n_options,)``: not worse than the start.
    """
    block_of = np.zeros(len(model.values), dtype=int)
    for number, block in enumerate(blocks.blocks):
        block_of[block.options] = number
    count, random = len(blocks.blocks), np.random.default_rng(_SEED)
    is_settled = np.isin(np.arange(count), block_of[bound.settled])
    best = start
    for number in range(rounds):
        if model.values @ best >= goal or time.monotonic() > deadline:
            break
        if number == 0:
            is_free, kept = ~is_settled[block_of], bound.settled
        else:
            is_free = np.isin(block_of, random.permutation(count)[: max(1, int(_SHARE * count))])
            kept = best & ~is_free
        chosen = choose_among(
            model, is_free & bound.promising, kept=kept, gap=_PART_GAP, deadline=deadline, mip_max_nodes=1
        )
        if chosen is not None and model.values @ chosen > model.values @ best:
            best = chosen
    return best


def choose_among(
    model: AssignmentModel,
    is_free: np.ndarray,
    *,
    kept: np.ndarray,
    gap: float,
    deadline: float,
    **settings: bool | float | str,
) -> np.ndarray | None:
    """
    Choose among some options only.

    Parameters
    ----------
    model
        Options and limits.
    is_free
        ``(n_options,)``: options that may be chosen.
    kept
        ``(n_options,)``: options that are chosen in any case.
    gap
        As for the solution of a model.
    deadline
        Stop at this time of ``time.monotonic``.
    **settings
        Options of HiGHS.

    Returns
    -------
    chosen
        ``(n_options,)``, those kept among them; ``None`` if no choice was found.
    """
    among = np.flatnonzero(is_free & ~kept)
    used = model.usage @ kept.astype(float)
    part = replace(
        model,
        values=model.values[among],
        usage=csr_array(csc_array(model.usage)[:, among]),
        lower=model.lower - used,
        upper=model.upper - used,
    )
    left = max(_LEAST_TIME_S, deadline - time.monotonic())
    found = run_highs(part, is_whole=True, time_limit=left, mip_rel_gap=gap, **HEURISTICS, **settings).chosen
    if found is None:
        return None
    chosen = kept.copy()
    chosen[among[found]] = True
    return chosen
