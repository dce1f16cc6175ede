"""Membership from candidates: one façade, several methods."""

from clustering.zones.solver.cache import Memory
from clustering.zones.solver.decomposition import ExactSearch
from clustering.zones.solver.resources import Means
from clustering.zones.solver.solution import Answer
from clustering.zones.solver.solve import solve
from clustering.zones.solver.what_if import value_if

__all__ = ["Answer", "ExactSearch", "Means", "Memory", "solve", "value_if"]
