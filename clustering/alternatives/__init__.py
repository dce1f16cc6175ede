"""What else could have been proposed, and how certain the proposal is."""

from clustering.alternatives.best_plans import RankedPlan, SchoolMove, find_best_plans, plans_table
from clustering.alternatives.persistence import measure_persistence
from clustering.alternatives.stability import measure_stability
from clustering.alternatives.trade_off import trace_trade_off

__all__ = [
    "RankedPlan",
    "SchoolMove",
    "find_best_plans",
    "measure_persistence",
    "measure_stability",
    "plans_table",
    "trace_trade_off",
]
