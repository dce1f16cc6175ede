"""
Feeder Zones: groups low-performing high schools and their feeder schools into protected Zones.

The only public surface of the library; ``propose_zones`` is the straight line from a Scenario to a Proposal.
"""

from clustering.alternatives import (
    RankedPlan,
    SchoolMove,
    find_best_plans,
    measure_persistence,
    measure_stability,
    plans_table,
    trace_trade_off,
)
from clustering.columns import POINT_MEASURES
from clustering.comparison import (
    Comparison,
    ProposalTotals,
    compare_documents,
    compare_proposals,
    comparison_document,
)
from clustering.config import ProposalParameters
from clustering.constraints import audit, build_limits
from clustering.disclosure import suppress_flows
from clustering.documents import (
    crosswalk_table,
    links_table,
    members_table,
    problem_documents,
    proposal_document,
    report_document,
    schools_geojson,
    schools_table,
    set_aside_table,
    table_records,
    zones_geojson,
)
from clustering.errors import (
    ClusteringError,
    CrsError,
    InfeasibleError,
    InputError,
    OutOfTimeError,
    Problem,
    SolverError,
)
from clustering.escaping import plain_text
from clustering.estimator import ZoneClustering
from clustering.export import (
    json_bytes,
    render_comparison,
    render_proposal,
    render_report,
    table_bytes,
    write_comparison,
    write_proposal,
    write_report,
)
from clustering.feeder_graph import build_feeder_graph, build_feeder_tables, describe_feeders
from clustering.identification import (
    Cycles,
    ExclusionEffect,
    Identification,
    RuleComparison,
    compare_rules,
    follow_cycles,
    identify_by_rules,
    identify_high_schools,
    identify_schools,
    passes_exit,
)
from clustering.identification_documents import (
    cycles_document,
    cycles_table,
    decisions_table,
    identification_document,
    presets_document,
    rule_comparison_document,
    rule_comparison_table,
)
from clustering.ingest import read_scenario, with_crosswalk
from clustering.ingest_report import FlowBasis, IngestReport, SourceFile
from clustering.io.options import FileOptions, parse_file_options
from clustering.io.raw_table import NamedFile
from clustering.maps import MAP_CONTENT_SECURITY_POLICY, draw_map
from clustering.model import Anchor, Member, Proposal, Scenario, Solution, Zone, ZoneMetrics
from clustering.parameter_text import parse_parameters, rule_text, split_settings
from clustering.pipeline import propose_zones
from clustering.planner import ZonePlanner
from clustering.plans import Plan, evaluate_plan, read_plan
from clustering.reach import explain_reach
from clustering.rules import (
    Criterion,
    ExitRule,
    OfficialList,
    Rule,
    list_presets,
    parse_rule,
    read_rule,
    rule_schema,
    write_rule,
)
from clustering.sample import SampleState, generate_state, toy_district, write_state
from clustering.storage import scenario_from_bytes, scenario_to_bytes

__all__ = [
    "MAP_CONTENT_SECURITY_POLICY",
    "POINT_MEASURES",
    "Anchor",
    "ClusteringError",
    "Comparison",
    "Criterion",
    "CrsError",
    "Cycles",
    "ExclusionEffect",
    "ExitRule",
    "FileOptions",
    "FlowBasis",
    "Identification",
    "InfeasibleError",
    "IngestReport",
    "InputError",
    "Member",
    "NamedFile",
    "OfficialList",
    "OutOfTimeError",
    "Plan",
    "Problem",
    "Proposal",
    "ProposalParameters",
    "ProposalTotals",
    "RankedPlan",
    "Rule",
    "RuleComparison",
    "SampleState",
    "Scenario",
    "SchoolMove",
    "Solution",
    "SolverError",
    "SourceFile",
    "Zone",
    "ZoneClustering",
    "ZoneMetrics",
    "ZonePlanner",
    "audit",
    "build_feeder_graph",
    "build_feeder_tables",
    "build_limits",
    "compare_documents",
    "compare_proposals",
    "compare_rules",
    "comparison_document",
    "crosswalk_table",
    "cycles_document",
    "cycles_table",
    "decisions_table",
    "describe_feeders",
    "draw_map",
    "evaluate_plan",
    "explain_reach",
    "find_best_plans",
    "follow_cycles",
    "generate_state",
    "identification_document",
    "identify_by_rules",
    "identify_high_schools",
    "identify_schools",
    "json_bytes",
    "links_table",
    "list_presets",
    "measure_persistence",
    "measure_stability",
    "members_table",
    "parse_file_options",
    "parse_parameters",
    "parse_rule",
    "passes_exit",
    "plain_text",
    "plans_table",
    "presets_document",
    "problem_documents",
    "proposal_document",
    "propose_zones",
    "read_plan",
    "read_rule",
    "read_scenario",
    "render_comparison",
    "render_proposal",
    "render_report",
    "report_document",
    "rule_comparison_document",
    "rule_comparison_table",
    "rule_schema",
    "rule_text",
    "scenario_from_bytes",
    "scenario_to_bytes",
    "schools_geojson",
    "schools_table",
    "set_aside_table",
    "split_settings",
    "suppress_flows",
    "table_bytes",
    "table_records",
    "toy_district",
    "trace_trade_off",
    "with_crosswalk",
    "write_comparison",
    "write_proposal",
    "write_report",
    "write_rule",
    "write_state",
    "zones_geojson",
]
