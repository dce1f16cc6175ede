"""
Public names that are imported when they are first used, each with its module.

scikit-learn and SciPy are slow to load, and so is what only some requests need.
"""

MODULE_OF: dict[str, str] = {
    name: f"clustering.{module}"
    for module, names in {
        "disclosure.count_facts": "CountFact PackedFact content_tag count_facts pack_fact unpack_fact",
        "disclosure.second_cut": "SharedCounts shared_counts",
        "analysis.exact_comparison": "ExactComparison compare_with_exact",
        "disclosure.release_report": "BaseFigures measure_base",
        "outputs.column_descriptions": "ColumnDescription",
        "outputs.feature_pages": "FeaturePage IndexedLayer index_layer",
        "outputs.flat_layers": "LAYER_FILES FlatLayer layer_fields proposal_layers schools_layer zones_table",
        "outputs.layer_files": "LAYER_FILE_TYPES render_layer_file write_geopackage",
        "outputs.release_files": "RELEASE_FORMAT Release make_release render_release write_release",
        "disclosure.protection": "Protection",
        "analysis.estimator": "ZoneClustering",
        "capacity.matching.audit": "audit_match",
        "capacity.matching.best_matches": "describe_best_matches find_best_matches",
        "capacity.matching.documents": (
            "MATCH_FORMAT capacity_table match_document match_tables matches_table unserved_table unused_table"
        ),
        "capacity.matching.match": "Match MatchReason MatchSolution UnservedZone UnusedPartner",
        "capacity.matching.match_zones": "match_zones",
        "capacity.matching.pairs": "pair_zones",
        "capacity.matching.parameters": "MatchParameters",
        "capacity.need.given_table": "read_zone_needs",
        "capacity.need.measure": "measure_zone_needs",
        "capacity.need.zone_needs": "ZoneNeeds",
        "capacity.one_more.changes": "NewPartner",
        "capacity.one_more.measure": "measure_one_more",
        "capacity.picture.documents": "picture_document",
        "capacity.picture.draw_picture": "state_picture",
        "capacity.picture.picture": "StatePicture",
        "capacity.plan_years.audit": "audit_year_plan",
        "capacity.plan_years.best_year_plans": "find_best_year_plans",
        "capacity.plan_years.documents": (
            "YEAR_PLAN_FORMAT plan_years_schema year_plan_document year_plan_tables years_to_reach_all_document"
        ),
        "capacity.plan_years.frontier": "trace_frontier",
        "capacity.plan_years.parameters": "PlanYearsParameters",
        "capacity.plan_years.plan": "plan_years",
        "capacity.plan_years.year_plan": "YearPlan YearPlanSolution",
        "capacity.plan_years.years_to_reach_all": "YearsToReachAll years_to_reach_all",
        "capacity.register.documents": "REGISTER_FORMAT partners_table register_document",
        "capacity.register.duties": "describe_duties",
        "capacity.register.reading": "read_register",
        "capacity.register.register": "DUTIES Register",
        "capacity.register.storage": "register_from_bytes register_to_bytes",
        "capacity.stability": "MatchStability measure_match_stability",
        "capacity.zone_sizes": "trace_zone_sizes",
        "conditions.checklists": (
            "AREAS Checklist ChecklistItem checklist_document checklist_table list_checklists read_checklist"
        ),
        "conditions.conditions_file": "ConditionsOfZone read_conditions",
        "conditions.progress": (
            "OUTCOME_YEARS Progress ProgressIndicator ProgressParameters ProgressValues ZoneEntry benchmarks_table "
            "entries_of_records evaluate_progress join_progress list_progress_indicators progress_document "
            "progress_indicator_documents progress_summary_table progress_table read_progress"
        ),
        "conditions.readiness": (
            "Assessments IndicatorSet Readiness evaluate_readiness indicator_set_document indicators_table "
            "join_assessments list_indicator_sets parse_indicator_set read_assessments read_indicator_sets "
            "readiness_document readiness_table"
        ),
        "conditions.record": (
            "CONDITION_STATES STAGES STAGES_AFTER STATES_AFTER Benchmark Condition Contract DueDate FieldChange "
            "HistoryEntry LifeStep MissingCondition RecordChange RecordedZone ZoneOrigin ZoneRecord apply_change "
            "compare_revisions conditions_table due_table follow_record history_document history_table list_due "
            "missing_conditions missing_table record_document record_of record_warnings records_geojson "
            "records_table sound_change zone_of_proposal zones_of_proposal"
        ),
        "conditions.storage": "assessments_from_bytes assessments_to_bytes progress_from_bytes progress_to_bytes",
        "datasets": (
            "CatchmentState SampleState generate_catchment_state generate_state toy_district write_catchment_state "
            "write_state"
        ),
        "disclosure.policy": (
            "DisclosurePolicy RateBand is_at_least_as_strict parse_policy policy_document policy_hash policy_presets "
            "policy_schema policy_toml what_is_looser"
        ),
        "disclosure.complementary_suppression": (
            "SUPPRESSION_FORMAT SuppressedTable SuppressionParameters suppress_table suppressed_flows_table "
            "suppression_document"
        ),
        "ingest.exact_flows": "read_exact_flows",
        "outputs.capacity.match_files": "render_match write_match",
        "outputs.capacity.picture_page": "PICTURE_CONTENT_SECURITY_POLICY",
        "outputs.capacity.year_plan_files": "render_year_plan write_year_plan",
        "outputs.capacity_tables": "best_matches_table best_year_plans_table one_more_table",
        "outputs.conditions.record_files": "render_records",
        "outputs.register_files": "render_register",
        "outputs.suppressed_table": "render_suppressed_table",
    }.items()
    for name in names.split()
}
