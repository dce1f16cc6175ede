"""
Branch and price: the best Zones of several anchors that want the same schools.

A Dantzig-Wolfe decomposition with whole Zones as columns. The restricted master problem (``master_problem``) chooses
among the Zones known so far, one per anchor at most, no school twice; its linear relaxation puts a dual price on every
school that several anchors want. Column generation (``column_generation``) adds Zones to it until no Zone improves it;
then its value bounds every solution. If the relaxation chooses whole Zones they are optimal. If not, the tree branches
on an anchor or a school that it divides (``branching``), the node with the greatest bound first, until no open node can
hold a better solution than the incumbent.
"""

from __future__ import annotations

import heapq
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from clustering.zones.solver.branch_and_price.anchor_group import AnchorGroup, GroupConditions
from clustering.zones.solver.branch_and_price.branching import Node, branch_on_fraction
from clustering.zones.solver.branch_and_price.column_generation import Relaxation, build_master, generate_columns
from clustering.zones.solver.branch_and_price.master_problem import Column
from clustering.zones.solver.solution import GroupSolution
from clustering.zones.tolerances import OPTIMALITY_STUDENTS

# The integer master problem is solved for a better incumbent once in so many nodes, and ever more seldom: at most as
# often as the number of nodes doubles.
_NODES_PER_INTEGER_MASTER = 8


def solve_group(
    group: AnchorGroup,
    conditions: GroupConditions,
    *,
    deadline: float = math.inf,
    tick: Callable[[], None] = lambda: None,
) -> GroupSolution:
    """
    Find the best Zones of a group of anchors.

    Parameters
    ----------
    group
        The anchors, and the Zones found for them so far.
    conditions
        What the Zones must keep to.
    deadline
        Of ``time.monotonic``; the best solution so far is returned then.
    tick
        Called again and again; what it raises ends the search.

    Returns
    -------
    solution
        Optimal, unless time ran out.
    """
    root = replace(conditions.root, opened=conditions.root.opened | group.forced_anchors(conditions.locks))
    return _BranchingTree(group, conditions, deadline=deadline, tick=tick).solve(root)


@dataclass(frozen=True, kw_only=True)
class _Incumbent:
    """The best solution so far."""

    value: float
    columns: Sequence[Column]


class _OpenNode(NamedTuple):
    """A node that may hold a better solution than the incumbent; the greatest bound sorts first, then the oldest."""

    negative_bound: float
    number: int
    node: Node
    relaxation: Relaxation


class _BranchingTree:
    """One run of branch and price, node by node."""

    def __init__(
        self, group: AnchorGroup, conditions: GroupConditions, *, deadline: float, tick: Callable[[], None]
    ) -> None:
        self.group, self.deadline, self.tick = group, deadline, tick
        self.rows = group.master_rows(conditions)
        self.tolerance = OPTIMALITY_STUDENTS * (1 + len(group.oracles))
        self.incumbent = _Incumbent(value=-math.inf, columns=())
        self.open_nodes: list[_OpenNode] = []
        self.count, self.next_integer_master = 0, 0

    def solve(self, root: Node) -> GroupSolution:
        """Search the nodes, the one with the greatest bound first."""
        relaxation = self.relax(root)
        self.open_nodes = [_OpenNode(-relaxation.bound, 0, root, relaxation)]
        is_complete = True
        while self.open_nodes and is_complete:
            open_node = heapq.heappop(self.open_nodes)
            if not self.may_improve(-open_node.negative_bound):
                self.open_nodes = []
                break
            is_complete = self.expand(open_node)
        bound = max([-each.negative_bound for each in self.open_nodes], default=-math.inf)
        is_met = -math.inf < self.incumbent.value and not self.may_improve(bound)
        if is_met or (is_complete and relaxation.is_complete):
            return self.solution(self.incumbent.value, is_proved=True)
        return self.solution(max(bound, self.incumbent.value), is_proved=False)

    def may_improve(self, bound: float) -> bool:
        """Whether solutions with this bound may be better than the incumbent."""
        return bound > self.incumbent.value + self.tolerance

    def expand(self, open_node: _OpenNode) -> bool:
        """Branch on a node, or take its integral relaxation; tell whether time sufficed. If not, it stays open."""
        node, relaxation = open_node.node, open_node.relaxation
        children = branch_on_fraction(
            node, relaxation.columns, relaxation.weights, self.group.rows, shared=self.group.shared
        )
        is_complete = relaxation.is_complete
        if children is None:
            self.improve_incumbent(relaxation.columns, relaxation.weights, is_feasible=relaxation.is_feasible)
        else:
            if self.count >= self.next_integer_master:
                self.next_integer_master = max(2 * self.count, _NODES_PER_INTEGER_MASTER)
                self.solve_integer_master(node)
            is_complete = self.open_children(children)
        if not is_complete:
            heapq.heappush(self.open_nodes, open_node)
        return is_complete

    def open_children(self, children: tuple[Node, Node]) -> bool:
        """Relax two nodes and keep those that may improve; tell whether time sufficed."""
        is_complete = True
        for child in children:
            relaxation = self.relax(child)
            is_complete &= relaxation.is_complete
            self.count += 1
            if self.may_improve(relaxation.bound):
                heapq.heappush(self.open_nodes, _OpenNode(-relaxation.bound, self.count, child, relaxation))
        return is_complete

    def improve_incumbent(self, columns: Sequence[Column], weights: np.ndarray, *, is_feasible: bool) -> None:
        """Let whole Zones be the incumbent if they keep the locks and are better."""
        chosen = [each for each, weight in zip(columns, weights, strict=True) if weight > 0.5]
        value = sum(each.value for each in chosen)
        if is_feasible and value > self.incumbent.value:
            self.incumbent = _Incumbent(value=value, columns=chosen)

    def solve_integer_master(self, node: Node) -> None:
        """Choose whole Zones among the columns known."""
        columns = [each for each in self.group.columns() if node.allows(each)]
        whole = build_master(self.rows, node, columns).solve_integer(self.deadline - time.monotonic())
        self.improve_incumbent(columns, whole.weights, is_feasible=whole.is_feasible)

    def relax(self, node: Node) -> Relaxation:
        """Solve the linear relaxation of a node."""
        return generate_columns(self.group, self.rows, node, deadline=self.deadline, tick=self.tick)

    def solution(self, bound: float, *, is_proved: bool) -> GroupSolution:
        """The incumbent; its value is added up anew, for the last digits depend on how it was found."""
        oracles, columns = self.group.oracles, self.incumbent.columns
        value = (
            self.incumbent.value
            if self.incumbent.value == -math.inf
            else math.fsum(oracles[each.anchor].value_of(each.feeders) for each in columns)
        )
        zones = {
            oracles[each.anchor].anchor_id: tuple(oracles[each.anchor].schools[position] for position in each.feeders)
            for each in columns
        }
        bound = value if is_proved else max(bound, value)
        return GroupSolution(zones=dict(sorted(zones.items())), value=value, bound=bound, is_proved=is_proved)
