"""Membership from candidates: one façade, several methods."""

from clustering.solve.answer import Answer
from clustering.solve.exact import ExactSearch
from clustering.solve.facade import solve
from clustering.solve.means import Means
from clustering.solve.memory import Memory
from clustering.solve.other_way import value_if

__all__ = ["Answer", "ExactSearch", "Means", "Memory", "solve", "value_if"]
