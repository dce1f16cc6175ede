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
from clustering.analysis.comparison import Comparison, compare_documents, compare_proposals, comparison_document
from clustering.analysis.comparison.result import ProposalTotals
from clustering.analysis.plans import Plan, evaluate_plan, read_plan
from clustering.analysis.reach import explain_reach
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
from clustering.ingest import propose_name_matches, read_scenario, with_crosswalk
from clustering.ingest.checks import check_document, check_files
from clustering.ingest.described_base import report_with_counts
from clustering.ingest.documents import REPORT_FORMAT, crosswalk_table, report_document, set_aside_table
from clustering.ingest.storage import scenario_from_bytes, scenario_to_bytes, with_protections
from clustering.model.columns import POINT_MEASURES
from clustering.model.file_checks import FileCheck, FilesCheck, IdentifierMatch
from clustering.model.ingest_report import FlowBasis, IngestReport, SourceFile
from clustering.model.loaded_later import MODULE_OF as _MODULE_OF
from clustering.model.plain_text import plain_text, school_year_text
from clustering.model.records import kind_documents, problem_documents, table_records
from clustering.model.release import software_version as _software_version
from clustering.model.scenario import Scenario
from clustering.outputs.data_package import write_package
from clustering.outputs.files import (
    json_bytes,
    render_comparison,
    render_proposal,
    render_report,
    with_package_of_document,
    write_comparison,
    write_proposal,
    write_report,
)
from clustering.outputs.maps import MAP_CONTENT_SECURITY_POLICY, draw_map
from clustering.outputs.proposal_json import zones_geojson_bytes
from clustering.outputs.release_mark import is_marked, marked_files, release_name, with_release_mark
from clustering.outputs.tables import table_bytes
from clustering.outputs.write_files import write_files
from clustering.readers.file_options import FileOptions, parse_file_options
from clustering.readers.raw_table import NamedFile
from clustering.zones.audit import audit
from clustering.zones.documents import (
    PROPOSAL_FORMAT,
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
from clustering.zones.protection_choice import AuditReport, ChosenProtection, choose_protection, with_protection
from clustering.zones.request import build_request

if TYPE_CHECKING:
    from clustering.analysis.estimator import ZoneClustering
    from clustering.analysis.exact_comparison import ExactComparison, compare_with_exact
    from clustering.capacity.matching.audit import audit_match
    from clustering.capacity.matching.best_matches import describe_best_matches, find_best_matches
    from clustering.capacity.matching.documents import (
        MATCH_FORMAT,
        capacity_table,
        match_document,
        match_tables,
        matches_table,
        unserved_table,
        unused_table,
    )
    from clustering.capacity.matching.match import Match, MatchReason, MatchSolution, UnservedZone, UnusedPartner
    from clustering.capacity.matching.match_zones import match_zones
    from clustering.capacity.matching.pairs import pair_zones
    from clustering.capacity.matching.parameters import MatchParameters
    from clustering.capacity.need.given_table import read_zone_needs
    from clustering.capacity.need.measure import measure_zone_needs
    from clustering.capacity.need.zone_needs import ZoneNeeds
    from clustering.capacity.one_more.changes import NewPartner
    from clustering.capacity.one_more.measure import measure_one_more
    from clustering.capacity.picture.documents import picture_document
    from clustering.capacity.picture.draw_picture import state_picture
    from clustering.capacity.picture.picture import StatePicture
    from clustering.capacity.plan_years.audit import audit_year_plan
    from clustering.capacity.plan_years.best_year_plans import find_best_year_plans
    from clustering.capacity.plan_years.documents import (
        YEAR_PLAN_FORMAT,
        plan_years_schema,
        year_plan_document,
        year_plan_tables,
        years_to_reach_all_document,
    )
    from clustering.capacity.plan_years.frontier import trace_frontier
    from clustering.capacity.plan_years.parameters import PlanYearsParameters
    from clustering.capacity.plan_years.plan import plan_years
    from clustering.capacity.plan_years.year_plan import YearPlan, YearPlanSolution
    from clustering.capacity.plan_years.years_to_reach_all import YearsToReachAll, years_to_reach_all
    from clustering.capacity.register.documents import REGISTER_FORMAT, partners_table, register_document
    from clustering.capacity.register.duties import describe_duties
    from clustering.capacity.register.reading import read_register
    from clustering.capacity.register.register import DUTIES, Register
    from clustering.capacity.register.storage import register_from_bytes, register_to_bytes
    from clustering.capacity.stability import MatchStability, measure_match_stability
    from clustering.capacity.zone_sizes import trace_zone_sizes
    from clustering.conditions.checklists import (
        AREAS,
        Checklist,
        ChecklistItem,
        checklist_document,
        checklist_table,
        list_checklists,
        read_checklist,
    )
    from clustering.conditions.conditions_file import ConditionsOfZone, read_conditions
    from clustering.conditions.progress import (
        OUTCOME_YEARS,
        Progress,
        ProgressIndicator,
        ProgressParameters,
        ProgressValues,
        ZoneEntry,
        benchmarks_table,
        entries_of_records,
        evaluate_progress,
        join_progress,
        list_progress_indicators,
        progress_document,
        progress_indicator_documents,
        progress_summary_table,
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
    from clustering.conditions.record import (
        CONDITION_STATES,
        STAGES,
        STAGES_AFTER,
        STATES_AFTER,
        Benchmark,
        Condition,
        Contract,
        DueDate,
        FieldChange,
        HistoryEntry,
        LifeStep,
        MissingCondition,
        RecordChange,
        RecordedZone,
        ZoneOrigin,
        ZoneRecord,
        apply_change,
        compare_revisions,
        conditions_table,
        due_table,
        follow_record,
        history_document,
        history_table,
        list_due,
        missing_conditions,
        missing_table,
        record_document,
        record_of,
        record_warnings,
        records_geojson,
        records_table,
        sound_change,
        zone_of_proposal,
        zones_of_proposal,
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
    from clustering.disclosure.complementary_suppression import (
        SUPPRESSION_FORMAT,
        SuppressedTable,
        SuppressionParameters,
        suppress_table,
        suppressed_flows_table,
        suppression_document,
    )
    from clustering.disclosure.count_facts import (
        CountFact,
        PackedFact,
        content_tag,
        count_facts,
        pack_fact,
        unpack_fact,
    )
    from clustering.disclosure.policy import (
        DisclosurePolicy,
        RateBand,
        is_at_least_as_strict,
        parse_policy,
        policy_document,
        policy_hash,
        policy_presets,
        policy_schema,
        policy_toml,
        what_is_looser,
    )
    from clustering.disclosure.protection import Protection
    from clustering.disclosure.release_report import BaseFigures, measure_base
    from clustering.disclosure.second_cut import SharedCounts, shared_counts
    from clustering.ingest.exact_flows import read_exact_flows
    from clustering.outputs.capacity.match_files import render_match, write_match
    from clustering.outputs.capacity.picture_page import PICTURE_CONTENT_SECURITY_POLICY
    from clustering.outputs.capacity.year_plan_files import render_year_plan, write_year_plan
    from clustering.outputs.capacity_tables import best_matches_table, best_year_plans_table, one_more_table
    from clustering.outputs.column_descriptions import ColumnDescription
    from clustering.outputs.conditions.record_files import render_records
    from clustering.outputs.feature_pages import FeaturePage, IndexedLayer, index_layer
    from clustering.outputs.flat_layers import (
        LAYER_FILES,
        FlatLayer,
        layer_fields,
        proposal_layers,
        schools_layer,
        zones_table,
    )
    from clustering.outputs.layer_files import LAYER_FILE_TYPES, render_layer_file, write_geopackage
    from clustering.outputs.register_files import render_register
    from clustering.outputs.release_files import RELEASE_FORMAT, Release, make_release, render_release, write_release
    from clustering.outputs.suppressed_table import render_suppressed_table

# Several names on a line: one a line would hide the rest of the page.
# fmt: off
__all__ = [
    "AREAS", "CONDITION_STATES", "DUTIES", "LAYER_FILES", "LAYER_FILE_TYPES", "MAP_CONTENT_SECURITY_POLICY",
    "MATCH_FORMAT", "OUTCOME_YEARS", "PICTURE_CONTENT_SECURITY_POLICY", "POINT_MEASURES", "PROPOSAL_FORMAT",
    "REGISTER_FORMAT", "RELEASE_FORMAT", "REPORT_FORMAT", "STAGES", "STAGES_AFTER", "STATES_AFTER",
    "SUPPRESSION_FORMAT", "YEAR_PLAN_FORMAT", "Anchor", "Assessments", "AuditReport", "BaseFigures", "Benchmark",
    "CatchmentState", "Checklist", "ChecklistItem", "ChosenProtection", "ClusteringError", "ColumnDescription",
    "Comparison", "Condition", "ConditionsOfZone", "Contract", "CountFact", "Criterion", "CrsError", "Cycles",
    "DisclosurePolicy", "DueDate", "ExactComparison", "ExclusionEffect", "ExitRule", "FeaturePage", "FieldChange",
    "FileCheck", "FileOptions", "FilesCheck", "FlatLayer", "FlowBasis", "HistoryEntry", "Identification",
    "IdentifierMatch", "IndexedLayer", "IndicatorSet", "InfeasibleError", "IngestReport", "InputError", "LifeStep",
    "Match", "MatchParameters", "MatchReason", "MatchSolution", "MatchStability", "Member", "MissingCondition",
    "NamedFile", "NewPartner", "OfficialList", "OutOfTimeError", "PackedFact", "Plan", "PlanYearsParameters", "Problem",
    "ProblemKind", "Progress", "ProgressIndicator", "ProgressParameters", "ProgressValues", "Proposal",
    "ProposalParameters", "ProposalTotals", "Protection", "RankedPlan", "RateBand", "Readiness", "RecordChange",
    "RecordedZone", "Register", "Release", "Rule", "RuleComparison", "SampleState", "Scenario", "SchoolMove",
    "SharedCounts", "Solution", "SolverError", "SourceFile", "StatePicture", "SuppressedTable", "SuppressionParameters",
    "UnservedZone", "UnusedPartner", "YearPlan", "YearPlanSolution", "YearsToReachAll", "Zone", "ZoneClustering",
    "ZoneEntry", "ZoneMetrics", "ZoneNeeds", "ZoneOrigin", "ZonePlanner", "ZoneRecord", "apply_change",
    "assessments_from_bytes", "assessments_to_bytes", "audit", "audit_match", "audit_year_plan", "benchmarks_table",
    "best_matches_table", "best_year_plans_table", "build_feeder_graph", "build_feeder_tables", "build_request",
    "capacity_table", "check_document", "check_files", "checklist_document", "checklist_table", "choose_protection",
    "compare_documents", "compare_proposals", "compare_revisions", "compare_rules", "compare_with_exact",
    "comparison_document", "conditions_table", "content_tag", "count_facts", "crosswalk_table", "cycles_document",
    "cycles_table", "decisions_table", "describe_best_matches", "describe_duties", "describe_feeders", "draw_map",
    "due_table", "entries_of_records", "evaluate_plan", "evaluate_progress", "evaluate_readiness", "explain_reach",
    "find_best_matches", "find_best_plans", "find_best_year_plans", "follow_cycles", "follow_record",
    "generate_catchment_state", "generate_state", "history_document", "history_table", "identification_document",
    "identify_by_rules", "identify_high_schools", "identify_schools", "index_layer", "indicator_set_document",
    "indicators_table", "is_at_least_as_strict", "is_marked", "join_assessments", "join_progress", "json_bytes",
    "keep_examples", "kind_documents", "layer_fields", "links_table", "list_checklists", "list_due",
    "list_indicator_sets", "list_presets", "list_progress_indicators", "make_release", "marked_files", "match_document",
    "match_tables", "match_zones", "matches_table", "measure_base", "measure_capture", "measure_match_stability",
    "measure_one_more", "measure_persistence", "measure_persistence_of_schools", "measure_replacement_cost",
    "measure_selection_frequency", "measure_stability", "measure_zone_needs", "members_table", "missing_conditions",
    "missing_table", "one_more_table", "pack_fact", "pair_zones", "parameter_schema", "parse_file_options",
    "parse_indicator_set", "parse_parameters", "parse_policy", "parse_rule", "partners_table", "passes_exit",
    "picture_document", "plain_text", "plan_years", "plan_years_schema", "plans_table", "policy_document",
    "policy_hash", "policy_presets", "policy_schema", "policy_toml", "presets_document", "problem_documents",
    "problem_kinds", "progress_document", "progress_from_bytes", "progress_indicator_documents",
    "progress_summary_table", "progress_table", "progress_to_bytes", "proposal_document", "proposal_layers",
    "propose_name_matches", "propose_zones", "read_assessments", "read_checklist", "read_conditions",
    "read_exact_flows", "read_indicator_sets", "read_plan", "read_progress", "read_register", "read_rule",
    "read_scenario", "read_zone_needs", "readiness_document", "readiness_table", "record_document", "record_of",
    "record_warnings", "records_geojson", "records_table", "register_document", "register_from_bytes",
    "register_to_bytes", "release_name", "render_comparison", "render_layer_file", "render_match", "render_proposal",
    "render_records", "render_register", "render_release", "render_report", "render_suppressed_table",
    "render_year_plan", "report_document", "report_with_counts", "rule_comparison_document", "rule_comparison_table",
    "rule_schema", "rule_text", "scenario_from_bytes", "scenario_to_bytes", "school_year_text", "schools_geojson",
    "schools_layer", "schools_table", "set_aside_table", "shared_counts", "sound_change", "split_settings",
    "state_picture", "suppress_table", "suppressed_flows_table", "suppression_document", "table_bytes", "table_records",
    "toy_district", "trace_frontier", "trace_trade_off", "trace_zone_sizes", "unpack_fact", "unserved_table",
    "unused_table", "what_is_looser", "with_crosswalk", "with_package_of_document", "with_protection",
    "with_protections", "with_release_mark", "write_catchment_state", "write_comparison", "write_files",
    "write_geopackage", "write_match", "write_package", "write_proposal", "write_release", "write_report", "write_rule",
    "write_state", "write_year_plan", "year_plan_document", "year_plan_tables", "years_to_reach_all",
    "years_to_reach_all_document", "zone_of_proposal", "zones_geojson", "zones_geojson_bytes", "zones_of_proposal",
    "zones_table",
]
# fmt: on

__version__ = _software_version()

if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        """Import what is slow to load when it is first used."""
        if name not in _MODULE_OF:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(importlib.import_module(_MODULE_OF[name]), name)
