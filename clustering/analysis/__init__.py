"""What else could have been proposed, and how certain the proposal is."""

from clustering.analysis.best_plans import RankedPlan, SchoolMove, find_best_plans, plans_table
from clustering.analysis.capture import measure_capture
from clustering.analysis.persistence import measure_persistence, measure_persistence_of_schools
from clustering.analysis.replacement_cost import measure_replacement_cost
from clustering.analysis.selection_frequency import measure_selection_frequency
from clustering.analysis.stability import measure_stability
from clustering.analysis.trade_off import trace_trade_off

__all__ = [
    "RankedPlan",
    "SchoolMove",
    "find_best_plans",
    "measure_capture",
    "measure_persistence",
    "measure_persistence_of_schools",
    "measure_replacement_cost",
    "measure_selection_frequency",
    "measure_stability",
    "plans_table",
    "trace_trade_off",
]
