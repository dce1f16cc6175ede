"""
Feeder Zones: groups low-performing high schools and their feeder schools into protected Zones.

The only public surface of the library; ``propose_zones`` is the straight line from a Scenario to a Proposal.
"""

import importlib
from typing import TYPE_CHECKING, Any

from clustering.analysis import (
    RankedPlan,
    SchoolMove,
    find_best_plans,
    measure_capture,
    measure_persistence,
    measure_persistence_of_schools,
    measure_replacement_cost,
    measure_selection_frequency,
    measure_stability,
    plans_table,
    trace_trade_off,
)
from clustering.analysis.comparison import (
    Comparison,
    ProposalTotals,
    compare_documents,
    compare_proposals,
    comparison_document,
)
from clustering.analysis.plans import Plan, evaluate_plan, read_plan
from clustering.analysis.reach import explain_reach
from clustering.disclosure.protected_base import suppress_flows
from clustering.errors import (
    ClusteringError,
    CrsError,
    InfeasibleError,
    InputError,
    OutOfTimeError,
    Problem,
    ProblemKind,
    SolverError,
    keep_examples,
    problem_kinds,
)
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
from clustering.identification.documents import (
    cycles_document,
    cycles_table,
    decisions_table,
    identification_document,
    presets_document,
    rule_comparison_document,
    rule_comparison_table,
)
from clustering.identification.rules import (
    Criterion,
    ExitRule,
    OfficialList,
    Rule,
    list_presets,
    parse_rule,
    read_rule,
    rule_schema,
    rule_text,
    write_rule,
)
from clustering.ingest import read_scenario, with_crosswalk
from clustering.ingest.documents import crosswalk_table, report_document, set_aside_table
from clustering.ingest.storage import scenario_from_bytes, scenario_to_bytes
from clustering.model.columns import POINT_MEASURES
from clustering.model.ingest_report import FlowBasis, IngestReport, SourceFile
from clustering.model.plain_text import plain_text
from clustering.model.records import kind_documents, problem_documents, table_records
from clustering.model.release import software_version as _software_version
from clustering.model.scenario import Scenario
from clustering.outputs.files import (
    json_bytes,
    render_comparison,
    render_proposal,
    render_report,
    write_comparison,
    write_proposal,
    write_report,
)
from clustering.outputs.maps import MAP_CONTENT_SECURITY_POLICY, draw_map
from clustering.outputs.proposal_json import zones_geojson_bytes
from clustering.outputs.tables import table_bytes
from clustering.outputs.write_files import write_files
from clustering.readers.file_options import FileOptions, parse_file_options
from clustering.readers.raw_table import NamedFile
from clustering.zones.audit import audit
from clustering.zones.documents import (
    links_table,
    members_table,
    proposal_document,
    schools_geojson,
    schools_table,
    zones_geojson,
)
from clustering.zones.feeder_graph import build_feeder_graph, build_feeder_tables
from clustering.zones.feeder_patterns import describe_feeders
from clustering.zones.parameters import ProposalParameters, parameter_schema
from clustering.zones.parse_parameters import parse_parameters, split_settings
from clustering.zones.planner import ZonePlanner, propose_zones
from clustering.zones.proposal import Anchor, Member, Proposal, Solution, Zone, ZoneMetrics
from clustering.zones.request import build_request

if TYPE_CHECKING:
    from clustering.analysis.estimator import ZoneClustering
    from clustering.conditions.progress import (
        Benchmark,
        Progress,
        ProgressIndicator,
        ProgressParameters,
        ProgressValues,
        benchmarks_table,
        evaluate_progress,
        join_progress,
        list_progress_indicators,
        progress_document,
        progress_indicator_documents,
        progress_table,
        read_progress,
    )
    from clustering.conditions.readiness import (
        Assessments,
        IndicatorSet,
        Readiness,
        evaluate_readiness,
        indicator_set_document,
        indicators_table,
        join_assessments,
        list_indicator_sets,
        parse_indicator_set,
        read_assessments,
        read_indicator_sets,
        readiness_document,
        readiness_table,
    )
    from clustering.conditions.storage import (
        assessments_from_bytes,
        assessments_to_bytes,
        progress_from_bytes,
        progress_to_bytes,
    )
    from clustering.datasets import (
        CatchmentState,
        SampleState,
        generate_catchment_state,
        generate_state,
        toy_district,
        write_catchment_state,
        write_state,
    )

# Imported when they are first used: scikit-learn and SciPy are slow to load.
_LATER = {
    "Assessments": "clustering.conditions.readiness",
    "Benchmark": "clustering.conditions.progress",
    "CatchmentState": "clustering.datasets",
    "IndicatorSet": "clustering.conditions.readiness",
    "Progress": "clustering.conditions.progress",
    "ProgressIndicator": "clustering.conditions.progress",
    "ProgressParameters": "clustering.conditions.progress",
    "ProgressValues": "clustering.conditions.progress",
    "Readiness": "clustering.conditions.readiness",
    "SampleState": "clustering.datasets",
    "ZoneClustering": "clustering.analysis.estimator",
    "assessments_from_bytes": "clustering.conditions.storage",
    "assessments_to_bytes": "clustering.conditions.storage",
    "benchmarks_table": "clustering.conditions.progress",
    "evaluate_progress": "clustering.conditions.progress",
    "evaluate_readiness": "clustering.conditions.readiness",
    "generate_catchment_state": "clustering.datasets",
    "generate_state": "clustering.datasets",
    "indicator_set_document": "clustering.conditions.readiness",
    "indicators_table": "clustering.conditions.readiness",
    "join_assessments": "clustering.conditions.readiness",
    "join_progress": "clustering.conditions.progress",
    "list_indicator_sets": "clustering.conditions.readiness",
    "list_progress_indicators": "clustering.conditions.progress",
    "parse_indicator_set": "clustering.conditions.readiness",
    "progress_document": "clustering.conditions.progress",
    "progress_from_bytes": "clustering.conditions.storage",
    "progress_indicator_documents": "clustering.conditions.progress",
    "progress_table": "clustering.conditions.progress",
    "progress_to_bytes": "clustering.conditions.storage",
    "read_assessments": "clustering.conditions.readiness",
    "read_indicator_sets": "clustering.conditions.readiness",
    "read_progress": "clustering.conditions.progress",
    "readiness_document": "clustering.conditions.readiness",
    "readiness_table": "clustering.conditions.readiness",
    "toy_district": "clustering.datasets",
    "write_catchment_state": "clustering.datasets",
    "write_state": "clustering.datasets",
}

__all__ = [
    "MAP_CONTENT_SECURITY_POLICY",
    "POINT_MEASURES",
    "Anchor",
    "Assessments",
    "Benchmark",
    "CatchmentState",
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
    "IndicatorSet",
    "InfeasibleError",
    "IngestReport",
    "InputError",
    "Member",
    "NamedFile",
    "OfficialList",
    "OutOfTimeError",
    "Plan",
    "Problem",
    "ProblemKind",
    "Progress",
    "ProgressIndicator",
    "ProgressParameters",
    "ProgressValues",
    "Proposal",
    "ProposalParameters",
    "ProposalTotals",
    "RankedPlan",
    "Readiness",
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
    "assessments_from_bytes",
    "assessments_to_bytes",
    "audit",
    "benchmarks_table",
    "build_feeder_graph",
    "build_feeder_tables",
    "build_request",
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
    "evaluate_progress",
    "evaluate_readiness",
    "explain_reach",
    "find_best_plans",
    "follow_cycles",
    "generate_catchment_state",
    "generate_state",
    "identification_document",
    "identify_by_rules",
    "identify_high_schools",
    "identify_schools",
    "indicator_set_document",
    "indicators_table",
    "join_assessments",
    "join_progress",
    "json_bytes",
    "keep_examples",
    "kind_documents",
    "links_table",
    "list_indicator_sets",
    "list_presets",
    "list_progress_indicators",
    "measure_capture",
    "measure_persistence",
    "measure_persistence_of_schools",
    "measure_replacement_cost",
    "measure_selection_frequency",
    "measure_stability",
    "members_table",
    "parameter_schema",
    "parse_file_options",
    "parse_indicator_set",
    "parse_parameters",
    "parse_rule",
    "passes_exit",
    "plain_text",
    "plans_table",
    "presets_document",
    "problem_documents",
    "problem_kinds",
    "progress_document",
    "progress_from_bytes",
    "progress_indicator_documents",
    "progress_table",
    "progress_to_bytes",
    "proposal_document",
    "propose_zones",
    "read_assessments",
    "read_indicator_sets",
    "read_plan",
    "read_progress",
    "read_rule",
    "read_scenario",
    "readiness_document",
    "readiness_table",
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
    "write_catchment_state",
    "write_comparison",
    "write_files",
    "write_proposal",
    "write_report",
    "write_rule",
    "write_state",
    "zones_geojson",
    "zones_geojson_bytes",
]

__version__ = _software_version()

if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        """Import what is slow to load when it is first used."""
        if name not in _LATER:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(importlib.import_module(_LATER[name]), name)
