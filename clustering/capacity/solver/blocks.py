"""A large model taken apart: limits that belong to one partner alone, and the few kinds that link partners."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import block_array, csc_array, csr_array
from scipy.sparse.csgraph import connected_components

from clustering.capacity.solver.model import AssignmentModel

# A part with more of the options is not small. At most so many limits, such as yearly budgets, are set aside for that.
_LARGEST_SHARE, _MOST_WIDE = 0.25, 64


@dataclass(frozen=True, kw_only=True, eq=False)
class Block:
    """
    Options that share limits of their own, such as all that one partner could run.

    Parameters
    ----------
    options
        Their places in the model.
    own
        The block's limits: values not yet set, ``lower`` is ``-inf``. The limits of which each option uses one part
        (such as "each Zone once") are repeated here where they hold two options of the block.
    alone
        So many of these limits are the block's alone. They come first.
    types
        ``(n_options,)``: equal where two options use equally much of every limit that is the block's alone.
    covers
        ``(n_types, n_types)``: whether the first type uses no more than the second of any of them.
    adds
        ``(n_types,)``: whether options of the type add to a limit, so that they may be worth a loss.
    rivals
        ``(n_options,)``: options with the same number exclude each other; -1 where it is not that simple.
    """

    options: np.ndarray
    own: AssignmentModel
    alone: int
    types: np.ndarray
    covers: np.ndarray
    adds: np.ndarray
    rivals: np.ndarray


@dataclass(frozen=True, kw_only=True, eq=False)
class Blocks:
    """
    The parts of a model.

    Parameters
    ----------
    blocks
        Every option is in exactly one.
    linking
        ``(n_limits,)``: whether a limit is shared by blocks.
    """

    blocks: tuple[Block, ...]
    linking: np.ndarray


def find_blocks(model: AssignmentModel) -> Blocks | None:
    """
    Take a model apart.

    Parameters
    ----------
    model
        Options and limits.

    Returns
    -------
    blocks
        ``None`` if no handful of limits holds it together.
    """
    usage = csr_array(model.usage)
    once = _is_once(usage, model)
    # To choose nothing must be within the own limits of a block: what asks for something links.
    linking = once | np.isfinite(model.lower) | (model.upper < 0)
    widest = np.argsort(-np.where(linking, 0, np.diff(usage.indptr)), kind="stable")
    for wide in range(_MOST_WIDE):
        linking[widest[:wide]] = True
        labels = _components(csr_array(usage[~linking]))
        if np.bincount(labels).max() <= _LARGEST_SHARE * len(labels):
            break
    else:
        return None
    order = np.argsort(labels, kind="stable")
    parts = np.split(order, np.flatnonzero(np.diff(labels[order])) + 1)
    own, repeated = csc_array(usage[~linking]), csc_array(usage[once])
    blocks = tuple(_block(part, own[:, part], model.upper[~linking], repeated[:, part]) for part in parts)
    return Blocks(blocks=blocks, linking=linking)


def with_rivals(blocks: Blocks, options: np.ndarray) -> np.ndarray:
    """
    Add the options that some of these exclude within their block, such as other starts of a Zone with its partner.

    Parameters
    ----------
    blocks
        The parts of a model.
    options
        ``(n_options,)``: truth value of each.

    Returns
    -------
    options
        ``(n_options,)``: these and the others.
    """
    widened = options.copy()
    for block in blocks.blocks:
        rivals = block.rivals[options[block.options]]
        widened[block.options] |= np.isin(block.rivals, rivals[rivals >= 0])
    return widened


def _is_once(usage: csr_array, model: AssignmentModel) -> np.ndarray:
    """Limits of the form "at most one of these options"."""
    ones = csr_array((usage.data == 1, usage.indices, usage.indptr), shape=usage.shape).sum(axis=1)
    return np.asarray((ones == np.diff(usage.indptr)) & (model.upper == 1))


def _components(usage: csr_array) -> np.ndarray:
    """Number of the connected part of each option."""
    graph = block_array([[None, usage.T], [usage, None]])
    labels = connected_components(graph, directed=False)[1][: usage.shape[1]]
    return np.unique(labels, return_inverse=True)[1]


def _block(options: np.ndarray, own: csc_array, upper: np.ndarray, once: csc_array) -> Block:
    used = np.flatnonzero(csr_array(own).count_nonzero(axis=1))
    own = csr_array(own)[used]
    repeated = csr_array(once)
    repeated = repeated[np.flatnonzero(np.diff(repeated.indptr) > 1)]
    columns, types = np.unique(own.toarray().T, axis=0, return_inverse=True)
    limits = block_array([[own], [repeated]]) if repeated.shape[0] else own
    top = np.append(upper[used], np.ones(repeated.shape[0]))
    return Block(
        options=options,
        own=AssignmentModel(
            values=np.zeros(len(options)), usage=csr_array(limits), lower=np.full(len(top), -np.inf), upper=top
        ),
        alone=len(used),
        types=types.ravel(),
        covers=np.all(columns[:, None, :] <= columns[None, :, :], axis=2),
        adds=np.any(columns < 0, axis=1),
        rivals=_rivals(repeated),
    )


def _rivals(once: csr_array) -> np.ndarray:
    labels = _components(once)
    widest = np.zeros(labels.max(initial=0) + 1, dtype=int)
    if once.shape[0]:
        np.maximum.at(widest, labels[once.indices[once.indptr[:-1]]], np.diff(once.indptr))
    sizes = np.bincount(labels)
    return np.where((widest[labels] == sizes[labels]) | (sizes[labels] == 1), labels, -1)
