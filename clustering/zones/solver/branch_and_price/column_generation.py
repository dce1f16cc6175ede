"""
Column generation: the linear relaxation of a node over all Zones there are, not only over those known.

The restricted master problem is solved over the columns known. Pricing finds the best Zone of every anchor at its dual
prices; Zones that improve the master problem become columns, and it is solved again. When no Zone does, the relaxation
is solved over all Zones. The Lagrangian bound holds at any prices: the dual prices of the rows, plus what the best Zone
of each anchor adds at these prices.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from clustering.zones.solver.branch_and_price.anchor_group import AnchorGroup
from clustering.zones.solver.branch_and_price.branching import Node
from clustering.zones.solver.branch_and_price.master_problem import Column, DualPrices, MasterProblem, MasterRows
from clustering.zones.tolerances import OPTIMALITY_STUDENTS


@dataclass(frozen=True, kw_only=True, eq=False)
class Relaxation:
    """
    The linear relaxation of a node.

    Parameters
    ----------
    columns, weights
        The Zones known, and how much of each is chosen [0 to 1].
    bound
        No solution under the node has a greater value.
    prices
        The dual prices that give this bound.
    is_feasible
        Whether the weights keep the locks.
    is_complete
        Whether time sufficed for all columns that improve it.
    """

    columns: Sequence[Column]
    weights: np.ndarray
    bound: float
    prices: DualPrices
    is_feasible: bool
    is_complete: bool


@dataclass(frozen=True, kw_only=True)
class _PricedBound:
    """The Lagrangian bound at some dual prices; whether some column improves the master, and whether time sufficed."""

    bound: float
    is_improving: bool
    is_exact: bool


def build_master(rows: MasterRows, node: Node, columns: Sequence[Column]) -> MasterProblem:
    """Build the restricted master problem of a node."""
    return MasterProblem(replace(rows, forced_anchors=node.opened), columns)


def generate_columns(
    group: AnchorGroup, rows: MasterRows, node: Node, *, deadline: float, tick: Callable[[], None] = lambda: None
) -> Relaxation:
    """
    Solve the linear relaxation of a node over all Zones there are.

    Parameters
    ----------
    group
        The anchors; Zones that are found are added to its columns.
    rows
        Of the master problem.
    node
        Of the branching tree.
    deadline
        Of ``time.monotonic``.
    tick
        Called before every pricing.

    Returns
    -------
    relaxation
        Complete, unless time ran out.
    """
    known = group.columns()
    count = len(known)
    columns = [each for each in known if node.allows(each)]
    master = build_master(rows, node, columns)
    bound, prices = math.inf, None
    while True:
        tick()
        relaxed = master.solve_relaxation()
        priced = _price(group, rows, relaxed.prices, node, deadline)
        if prices is None or priced.bound < bound:
            bound, prices = priced.bound, relaxed.prices
        known = group.columns()
        fresh = [each for each in known[count:] if node.allows(each)] if priced.is_improving else []
        count = len(known)
        is_late = not priced.is_exact or time.monotonic() > deadline
        if not fresh or is_late:
            if not relaxed.is_feasible and not fresh and priced.is_exact:
                bound = -math.inf
            return Relaxation(
                columns=columns,
                weights=relaxed.weights,
                bound=bound,
                prices=prices,
                is_feasible=relaxed.is_feasible,
                is_complete=priced.is_exact and not (fresh and is_late),
            )
        master.add(fresh)
        columns.extend(fresh)


def _price(group: AnchorGroup, rows: MasterRows, prices: DualPrices, node: Node, deadline: float) -> _PricedBound:
    """Find the best Zone of every anchor at dual prices, and the Lagrangian bound that they give."""
    of_zones = group.zone_prices(rows, prices)
    threshold = prices.anchors + of_zones + OPTIMALITY_STUDENTS
    result = group.pricing.find_best(group.candidate_prices(rows, prices), node, threshold, deadline)
    added = result.bounds - of_zones
    opened = list(node.opened)
    if (added[opened] == -np.inf).any():
        return _PricedBound(bound=-math.inf, is_improving=False, is_exact=True)
    is_chosen = added > 0
    is_chosen[opened] = True
    bound = constant_of_bound(rows, prices) + float(added[is_chosen].sum())
    return _PricedBound(bound=bound, is_improving=result.is_improving, is_exact=result.is_exact)


def constant_of_bound(rows: MasterRows, prices: DualPrices) -> float:
    """The part of the Lagrangian bound that is the same for all Zones: what the rows are worth at their prices."""
    least = np.array([each.least for each in rows.differences])
    return float(prices.schools.sum() + prices.zone * rows.maximum_zones + prices.differences @ least)
