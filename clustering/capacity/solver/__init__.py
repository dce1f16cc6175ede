"""Exact choice among options under limits that add up: the engine of matching and of the multi-year plan."""

from clustering.capacity.solver.model import AssignmentModel, AssignmentSolution, AssignmentStatus, worst_status
from clustering.capacity.solver.relaxation import bound_assignment
from clustering.capacity.solver.solve import solve_assignment
from clustering.capacity.solver.solve_in_order import solve_in_order

__all__ = [
    "AssignmentModel",
    "AssignmentSolution",
    "AssignmentStatus",
    "bound_assignment",
    "solve_assignment",
    "solve_in_order",
    "worst_status",
]
