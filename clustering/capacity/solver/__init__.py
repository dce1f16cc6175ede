"""Exact choice among options under limits that add up: the engine of matching and of the multi-year plan."""

from clustering.capacity.solver.model import AssignmentModel, AssignmentSolution
from clustering.capacity.solver.solve import solve_assignment

__all__ = ["AssignmentModel", "AssignmentSolution", "solve_assignment"]
