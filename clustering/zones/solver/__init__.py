"""Membership from candidates: one façade, several methods."""

from clustering.zones.solver.cache import SolutionCache
from clustering.zones.solver.decomposition import ExactSearch
from clustering.zones.solver.resources import Resources
from clustering.zones.solver.solution import ZoneSolution
from clustering.zones.solver.solve import solve
from clustering.zones.solver.what_if import value_if

__all__ = ["ExactSearch", "Resources", "SolutionCache", "ZoneSolution", "solve", "value_if"]
