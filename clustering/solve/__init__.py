"""Membership from candidates: one façade, several methods."""

from clustering.solve.answer import Answer
from clustering.solve.facade import solve

__all__ = ["Answer", "solve"]
