"""
The analyses of a proposal.

To add one, write its parameters in ``analysis_parameters.py``, and its function and its entry in ``ANALYSES`` here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from app.queries.analysis import Analysis, AnalysisInputs, AnalysisResult, Progress
from app.queries.analysis_parameters import (
    CaptureParameters,
    PersistenceParameters,
    PlansParameters,
    ReachParameters,
    ReplacementCostParameters,
    SelectionFrequencyParameters,
    StabilityParameters,
    TradeOffParameters,
)
from app.queries.columns import Column
from app.queries.statements import describe_lone_plans, describe_missing_plans
from clustering import (
    InputError,
    explain_reach,
    find_best_plans,
    measure_capture,
    measure_persistence,
    measure_replacement_cost,
    measure_selection_frequency,
    measure_stability,
    plans_table,
    table_bytes,
    table_records,
    trace_trade_off,
)


def compute_reach(inputs: AnalysisInputs, parameters: ReachParameters, progress: Progress) -> AnalysisResult:
    """Explain every school within reach of an anchor."""
    progress("Explaining", 0.0)
    try:
        table = explain_reach(inputs.planner, inputs.parameters, anchors=parameters.anchor_id or None)
    except InputError as error:  # which names the argument of the library's function
        columns = {"anchors": "anchor_id"}
        problems = [replace(each, column=columns.get(each.column or "", each.column)) for each in error.problems]
        raise InputError(problems) from None
    return AnalysisResult(csv=table_bytes(table), content={"reach": table_records(table)})


def compute_plans(inputs: AnalysisInputs, parameters: PlansParameters, progress: Progress) -> AnalysisResult:
    """Find the best plans that differ enough from each other."""
    progress("Ranking plans", 0.0)
    plans = find_best_plans(inputs.planner, inputs.parameters, **parameters.model_dump())
    least = parameters.minimum_difference_schools
    statement = describe_missing_plans(len(plans), count=parameters.count, minimum_difference=least)
    content = {"statement": statement, "plans": list(map(asdict, plans))}
    return AnalysisResult(csv=table_bytes(plans_table(plans)), content=content)


def compute_replacement_cost(
    inputs: AnalysisInputs, parameters: ReplacementCostParameters, progress: Progress
) -> AnalysisResult:
    """Measure what the best plan loses if each school is on the other side."""
    progress("Solving again without each school", 0.0)
    return _table_result(measure_replacement_cost(inputs.planner, inputs.parameters), parameters.model_dump())


def compute_selection_frequency(
    inputs: AnalysisInputs, parameters: SelectionFrequencyParameters, progress: Progress
) -> AnalysisResult:
    """Measure in which share of the plans near the best each school is in a Zone."""
    options = parameters.model_dump()
    progress("Counting plans", 0.0)
    table = measure_selection_frequency(inputs.planner, inputs.parameters, **options)
    statement = describe_lone_plans(table_records(table), within_share=parameters.within_share)
    return _table_result(table, options, statement=statement)


def compute_trade_off(inputs: AnalysisInputs, parameters: TradeOffParameters, progress: Progress) -> AnalysisResult:
    """Solve the request at every combination of sizes and weights."""
    given = {name: values for name, values in parameters.model_dump().items() if values}
    table = trace_trade_off(inputs.planner, inputs.parameters, progress=progress, **given)
    sizes, weights = (table[name].unique().tolist() for name in ("maximum_schools", "leakage_weight"))
    return _table_result(table, {"maximum_schools": sizes, "leakage_weights": weights})


def compute_stability(inputs: AnalysisInputs, parameters: StabilityParameters, progress: Progress) -> AnalysisResult:
    """Measure how often each school is in its Zone."""
    options = parameters.model_dump()
    table = measure_stability(inputs.planner, inputs.parameters, progress=progress, **options)
    return _table_result(table, options)


def compute_persistence(
    inputs: AnalysisInputs, parameters: PersistenceParameters, progress: Progress
) -> AnalysisResult:
    """Measure who is still in the Zone some years later."""
    options = parameters.model_dump()
    progress("Proposing the Zones", 0.0)
    proposal = inputs.planner.propose(inputs.parameters.with_changes(check_suppressed=False))
    return _table_result(measure_persistence(inputs.scenario, proposal, **options), options)


def compute_capture(inputs: AnalysisInputs, parameters: CaptureParameters, progress: Progress) -> AnalysisResult:
    """Measure how many residents enrol in the school of their attendance area."""
    progress("Counting residents", 0.0)
    options = parameters.model_dump()
    return _table_result(measure_capture(inputs.scenario, inputs.parameters, **options), options)


def _table_result(table: Any, options: Mapping[str, Any], *, statement: str | None = None) -> AnalysisResult:
    content = {"options": options, "statement": statement, "rows": table_records(table)}
    return AnalysisResult(csv=table_bytes(table), content=content)


ANALYSES = (
    Analysis(
        name="reach",
        title="Every school within reach, and why",
        explanation="For every school that could be in an anchor's Zone: whether it is, why, and how much the total"
        " score falls if the opposite is forced and everything is solved again.",
        summary="Every school within reach of an anchor, explained",
        description="In or out, the numbers behind it, and what the score loses if the opposite is forced and"
        " everything is solved again.",
        parameters=ReachParameters,
        compute=compute_reach,
        rows="reach",
        columns=(
            Column("anchor_id", "Anchor", "school"),
            Column("school_id", "School", "school"),
            Column("decision", "Decision", "text"),
            Column("promoted_students", "Promoted students", "number"),
            Column("students_to_zone", "Of them into the Zone", "number"),
            Column("kept_share", "As a share", "share"),
            Column("arrival_share", "Reach the anchor", "share"),
            Column("loss_students", "Score lost by the opposite, students a year", "number"),
            Column("reason", "Why", "sentence"),
        ),
        layout="reasons",
        missing="A dash: nobody is promoted, or the last column says why there is no number. Of a school that"
        " minimum_arrival_share leaves out, the share that reaches the anchor is the most that could.",
        needs_exact_method=True,
    ),
    Analysis(
        name="plans",
        title="The best plans",
        explanation="The best plans in order, each proved: how much less than the best it scores, and which schools"
        " change. Where little is lost, local knowledge may decide. Ask for plans that differ in more schools to see"
        " real alternatives.",
        summary="The best plans, proved",
        description="The best ways to draw the Zones that differ in enough schools from each other, with what each"
        " loses against the best and the schools that move.",
        parameters=PlansParameters,
        compute=compute_plans,
        rows="plans",
        layout="plans",
        needs_exact_method=True,
    ),
    Analysis(
        name="replacement-cost",
        title="What each school is worth to the plan",
        explanation="The replacement cost of every school that could be in a Zone: how much the total score falls if a"
        " school in a Zone may be in none, or if a school outside must be in one, and everything is solved again. A"
        " school that costs little can be given up, or taken in, where local knowledge says so.",
        summary="Replacement cost of every school",
        description="A row per school that could be in a Zone: what the best score loses if the school is on the other"
        " side and everything is solved again.",
        parameters=ReplacementCostParameters,
        compute=compute_replacement_cost,
        columns=(
            Column("school_id", "School", "school"),
            Column("zone_id", "In the best plan", "text"),
            Column("zone_id_otherwise", "Otherwise", "text"),
            Column("replacement_cost_students", "Score lost, students a year", "number"),
            Column("replacement_cost_share", "Share of the score", "share"),
            Column("proof", "Proof", "text"),
        ),
        missing="A dash under a Zone: it is in none. No plan: none within all limits and locks has the school on"
        " the other side; those in a Zone stand first, those in none last. Time limit: time ran out.",
        needs_exact_method=True,
    ),
    Analysis(
        name="selection-frequency",
        title="How often each school is in a good plan",
        explanation="The selection frequency of every school that could be in a Zone. Around each set of anchors that"
        " can have a school in common, all plans that score nearly as much as the best are counted, up to a number: a"
        " school that is in all of them belongs in its Zone whichever is chosen. Where there are more plans, the best"
        " ones are counted, and the table says up to which loss.",
        summary="How often each school is in the plans near the best",
        description="A row per school that could be in a Zone: in which share of the plans near the best of its area it"
        " is in a Zone.",
        parameters=SelectionFrequencyParameters,
        compute=compute_selection_frequency,
        columns=(
            Column("area_id", "Area of", "school"),
            Column("school_id", "School", "school"),
            Column("zone_id", "In the best plan", "text"),
            Column("selection_frequency", "In any Zone", "share"),
            Column("same_zone_frequency", "As in the best plan", "share"),
            Column("plans", "Plans counted", "count"),
            Column("is_complete", "All there are", "yes"),
            Column("loss_counted_students", "Up to a loss of, students a year", "number"),
        ),
        missing="A dash: the school is in no Zone of the best plan.",
        needs_exact_method=True,
    ),
    Analysis(
        name="trade-off",
        title="What size and leakage cost",
        explanation="The same request solved with smaller and larger Zones and with other weights of leakage: how many"
        " students stay in their Zone, and how many leave.",
        summary="What size and leakage cost",
        description="A row per combination of the values, each of which may be repeated; at most 64 rows.",
        parameters=TradeOffParameters,
        compute=compute_trade_off,
        columns=(
            Column("maximum_schools", "Most schools", "count"),
            Column("leakage_weight", "Leakage weight", "weight"),
            Column("zones", "Zones", "count"),
            Column("schools_in_zones", "Schools in Zones", "count"),
            Column("score_at_own_request", "Score by this proposal's weight, students a year", "number"),
            Column("retained_students", "Students who stay", "number"),
            Column("leaked_students", "Students who leave", "number"),
            Column("coverage", "Coverage", "share"),
            Column("retention", "Retention", "share"),
            Column("is_best_by_leakage", "No row keeps more and loses fewer students", "yes"),
            Column("is_best_by_schools", "No row keeps more with fewer schools", "yes"),
            Column("status", "Proof", "text"),
        ),
        missing="A dash: there are no students of whom to take a share.",
    ),
    Analysis(
        name="stability",
        title="How certain each school's Zone is",
        explanation="How often each school is in the same Zone when single school years are taken alone, and when the"
        " flows are drawn again by chance: a school that is seldom in it is a close call.",
        summary="How certain every school's Zone is",
        description="A row per anchor and school: in how many single years and resampled flows the school is in the"
        " Zone.",
        parameters=StabilityParameters,
        compute=compute_stability,
        columns=(
            Column("anchor_id", "Zone of", "school"),
            Column("school_id", "School", "school"),
            Column("is_in_answer", "In the proposal", "yes"),
            Column("share_of_years", "In single years", "share"),
            Column("share_of_resamples", "In resampled flows", "share"),
            Column("is_in_at_low", "Suppressed or rounded counts at their least", "yes"),
            Column("is_in_at_high", "At their greatest", "yes"),
        ),
        missing="A dash: not tried, such as single years where the flows have only one.",
    ),
    Analysis(
        name="persistence",
        title="Who is still in the Zone years later",
        explanation="Of the students in a Zone's schools, the share still in a school of the Zone some years later.",
        summary="Who is still in the Zone years later",
        description="A row per Zone: of the students in its schools, the share still in the Zone some years later.",
        parameters=PersistenceParameters,
        compute=compute_persistence,
        columns=(
            Column("zone_id", "Zone of", "zone"),
            Column("years", "Years later", "count"),
            Column("start_students", "Students at the start", "number"),
            Column("finished_students", "Finished by then", "number"),
            Column("unknown_students", "Not known", "number"),
            Column("staying_students", "Still in the Zone", "number"),
            Column("persistence", "Persistence", "share"),
            Column("schools_without_rows", "Schools with flows of the last grade only", "count"),
        ),
    ),
    Analysis(
        name="capture",
        title="Capture: who enrols in the school of their attendance area",
        explanation="Of the students who live in a school's attendance area, the share who enrol there, and where the"
        " others go. This needs a residence-to-attended table, read as flows: the school of the area in which students"
        " live, and the school they attend.",
        summary="Who enrols in the school of their attendance area",
        description="A row per school: residents of its attendance area, those who enrol there, the capture share, and"
        " where the others go. The flows must say where residents enrol.",
        parameters=CaptureParameters,
        compute=compute_capture,
        columns=(
            Column("school_id", "Attendance area of", "school"),
            Column("residents", "Residents", "number"),
            Column("enrolled_there", "Enrolled there", "number"),
            Column("capture_share", "Capture", "share"),
            Column("capture_share_low", "At the least", "share"),
            Column("capture_share_high", "At the most", "share"),
            Column("go_elsewhere", "Go elsewhere", "number"),
            Column("come_from_elsewhere", "Come from elsewhere", "number"),
            Column("top_destinations", "Where the others go", "sentence"),
        ),
        needs_residents=True,
    ),
)
