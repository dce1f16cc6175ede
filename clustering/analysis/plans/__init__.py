"""Zones that somebody drew up: read from a table, and scored as a proposal is, so that the two can be compared."""

from clustering.analysis.plans.evaluation import evaluate_plan
from clustering.analysis.plans.plan import Plan
from clustering.analysis.plans.reading import read_plan

__all__ = ["Plan", "evaluate_plan", "read_plan"]
