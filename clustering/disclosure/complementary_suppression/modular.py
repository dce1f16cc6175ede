"""
Complementary suppression of the table of a state: block by block, and then what is left on the whole table.

Hiding further cells never makes an interval narrower. So a small cell that is protected within its block is protected
in the whole table, and the choices for blocks can be put together. Small cells between blocks are protected in a second
division, which joins their rows and columns first. What is left then is protected by cheapest paths through the whole
table. In tables of up to 20,000 cells, cheapest paths alone are tried as well. Needless cells are published again, and
the cheaper of the two choices is taken.
"""

from __future__ import annotations

import time

import numpy as np

from clustering.disclosure.complementary_suppression.blocks import Block, divide
from clustering.disclosure.complementary_suppression.cell_table import CellTable
from clustering.disclosure.complementary_suppression.optimal import Choice, hide_at_least_cost
from clustering.disclosure.complementary_suppression.protection import Levels, Movement
from clustering.disclosure.complementary_suppression.shortest_paths import hide_by_shortest_paths, publish_needless

_DIVISIONS = 2
_MOST_CELLS_CLEANED = 20_000
_SHARE_OF_TIME = 0.8


def hide_block_by_block(
    table: CellTable,
    is_shared: np.ndarray,
    levels: Levels,
    costs: np.ndarray,
    time_limit_s: float,
) -> Choice:
    """
    Hide cells until every small cell reaches its protection level, at little cost.

    Parameters
    ----------
    table
        The cells; the small ones are hidden.
    is_shared
        Whether each row, then each column, runs through all blocks.
    levels
        Protection level of each small cell; none unresolved.
    costs
        Of hiding each cell: whole numbers, 1 or more.
    time_limit_s
        For all blocks together. A block that gets no time is left to cheapest paths.

    Returns
    -------
    choice
        Its bound is 0: nothing is proven about the whole table.
    """
    hidden = np.zeros(len(table.rows), dtype=bool)
    hidden[levels.cells] = True
    is_small, left = hidden.copy(), levels
    deadline = time.monotonic() + _SHARE_OF_TIME * time_limit_s
    for division in range(_DIVISIONS):
        first = np.zeros(len(hidden), dtype=bool)
        first[left.cells] = division > 0
        blocks = divide(table, is_shared, first)
        for number, block in enumerate(blocks):
            share = max(0.0, deadline - time.monotonic()) / (len(blocks) - number)
            left = _hide_in_block(block, hidden, left, costs, 4 * share)
    choices = [hide_by_shortest_paths(table, hidden, left, costs)]
    if len(hidden) <= _MOST_CELLS_CLEANED:
        choices.append(hide_by_shortest_paths(table, is_small, levels, costs))
        choices = [publish_needless(table, each, levels, costs) for each in choices]
    prices = [float(costs[each & ~is_small].sum()) for each in choices]
    cheapest = int(np.argmin(prices))
    return Choice(hidden=choices[cheapest], cost=prices[cheapest], bound=0.0)


def _hide_in_block(block: Block, hidden: np.ndarray, left: Levels, costs: np.ndarray, time_limit_s: float) -> Levels:
    """Hide cells of a block in ``hidden``; return the levels of small cells that the block alone cannot protect."""
    inside = np.isin(left.cells, block.cells)
    own = left.of(inside)
    position = np.searchsorted(block.cells, own.cells)
    own = Levels(**{**vars(own), "cells": position})
    movement, everything = Movement(block.table), np.ones(len(block.cells), dtype=bool)
    reached = np.ones(len(own.cells), dtype=bool)
    for ends, upward in ((own.up, True), (own.down, False)):
        for number in np.flatnonzero(reached & (ends > 0)).tolist():
            most = int(ends[number])
            moved = movement.move(everything, int(own.cells[number]), upward=upward, most=most)
            reached[number] = moved.students >= most
    if reached.any():
        within, fixed = own.of(reached), hidden[block.cells]
        choice = hide_at_least_cost(block.table, fixed, within, costs[block.cells], time_limit_s)
        hidden[block.cells] = choice.hidden
    is_left = ~inside
    is_left[np.flatnonzero(inside)[~reached]] = True
    return left.of(is_left)
