"""What can be asked of a match or of a year plan; each is registered once, as the analyses of a proposal are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import clustering
from app.queries.analysis import Analysis, AnalysisResult, Progress
from app.queries.capacity_parameters import (
    BestMatchesParameters,
    BestYearPlansParameters,
    FrontierParameters,
    MatchStabilityParameters,
    OneMoreParameters,
    YearsToReachAllParameters,
    ZoneSizesParameters,
)
from app.queries.capacity_statements import describe_years_to_reach_all
from app.queries.columns import Column

# The library of capacity is loaded when a function of it is first used: commands that need none do not wait for it.


@dataclass(frozen=True, kw_only=True)
class CapacityInputs:
    """
    What an analysis of a match or of a year plan starts from.

    Parameters
    ----------
    scenario, proposal
        The inputs of the proposal, and its document; ``None`` for Zones of a table.
    needs, register
        As the match or the plan was made of.
    parameters
        Of its request.
    """

    scenario: clustering.Scenario | None
    proposal: clustering.Proposal | Mapping[str, Any] | None
    needs: clustering.ZoneNeeds
    register: clustering.Register
    parameters: clustering.MatchParameters

    def ask(self, function: Callable[..., Any], **options: Any) -> Any:
        """Call a function of the library about these Zones, this register and these parameters."""
        return function(self.needs, self.register, self.parameters, **options)


def compute_best_matches(
    inputs: CapacityInputs, parameters: BestMatchesParameters, progress: Progress
) -> AnalysisResult:
    """Find the best matches that differ enough from each other."""
    progress("Ranking matches", 0.0)
    options = parameters.model_dump()
    matches = inputs.ask(clustering.find_best_matches, **options)
    statement = clustering.describe_best_matches(matches, parameters.count)
    return _of_table(
        clustering.best_matches_table(matches), {**options, **({"statement": statement} if statement else {})}
    )


def compute_one_more(inputs: CapacityInputs, parameters: OneMoreParameters, progress: Progress) -> AnalysisResult:
    """Measure what single changes of the register or the budget would bring."""
    options = parameters.model_dump()
    partner = clustering.NewPartner(**options)
    changes = inputs.ask(clustering.measure_one_more, new_partner=partner, progress=progress)
    return _of_table(clustering.one_more_table(changes), options)


def compute_match_stability(
    inputs: CapacityInputs, parameters: MatchStabilityParameters, progress: Progress
) -> AnalysisResult:
    """Match again and again with what is uncertain drawn from its ranges."""
    options = parameters.model_dump()
    answer = inputs.ask(clustering.measure_match_stability, **options, progress=progress)
    tables = {"matches": answer.matches, "draws_solved": answer.draws}
    more = {name: clustering.table_records(table) for name, table in tables.items()}
    return _of_table(answer.zones.reset_index(), {**options, **more, "notes": list(answer.notes)})


def compute_zone_sizes(inputs: CapacityInputs, _parameters: ZoneSizesParameters, progress: Progress) -> AnalysisResult:
    """Match the Zones at every greatest size."""
    if inputs.scenario is None or inputs.proposal is None:
        message = "Zones of a table cannot be cut to other sizes: it does not say how students move."
        remedy = "Give the files of schools and flows from which the Zones are proposed."
        raise clustering.InputError([clustering.Problem(table="zones", message=message, remedy=remedy)])
    base = (inputs.scenario, inputs.proposal, inputs.register, inputs.parameters)
    return _of_table(clustering.trace_zone_sizes(*base, progress=progress), {})


def compute_best_year_plans(
    inputs: CapacityInputs, parameters: BestYearPlansParameters, progress: Progress
) -> AnalysisResult:
    """Find the best year plans that differ enough from each other."""
    progress("Ranking plans", 0.0)
    options = parameters.model_dump()
    plans = inputs.ask(clustering.find_best_year_plans, **options)
    return _of_table(clustering.best_year_plans_table(plans), options)


def compute_frontier(inputs: CapacityInputs, parameters: FrontierParameters, progress: Progress) -> AnalysisResult:
    """Plan the years at one budget after another."""
    options = parameters.model_dump()
    return _of_table(inputs.ask(clustering.trace_frontier, **options, progress=progress), options)


def compute_years_to_reach_all(
    inputs: CapacityInputs, parameters: YearsToReachAllParameters, progress: Progress
) -> AnalysisResult:
    """Count how many Zones can have started, year by year."""
    answer = inputs.ask(clustering.years_to_reach_all, longest=parameters.longest, progress=progress)
    document = clustering.years_to_reach_all_document(answer)
    content = {"statement": describe_years_to_reach_all(document), **document}
    return AnalysisResult(csv=clustering.table_bytes(answer.by_year, whole_numbers=True), content=content)


def _of_table(table: Any, content: Mapping[str, Any]) -> AnalysisResult:
    """An analysis whose answer is one table, and what else it holds."""
    rows = clustering.table_records(table)
    return AnalysisResult(csv=clustering.table_bytes(table, whole_numbers=True), content={**content, "rows": rows})


BEST_MATCHES = Analysis(
    name="best-matches",
    title="The best matches",
    explanation="The best ways to match the Zones, how far each is proved, and in which Zones they differ from the"
    " best.",
    summary="The best matches",
    description="The best ways to match the Zones that differ enough from each other, with what each loses against the"
    " best and the Zones that change.",
    parameters=BestMatchesParameters,
    compute=compute_best_matches,
    columns=(
        Column("rank", "Match", "count"),
        Column("zones_served", "Zones served", "count"),
        Column("need_served", "Need served", "count"),
        Column("need_loss", "Less than the best", "count"),
        Column("preferences_met", "Preferences met", "count"),
        Column("cost_dollars", "Cost of a year, dollars", "count"),
        Column("status", "Proof", "text"),
        Column("changes", "Changes against the best match", "sentence"),
    ),
    missing="A dash: nothing.",
)
ONE_MORE = Analysis(
    name="one-more",
    title="What one more would bring",
    explanation="One more school for a partner, a new partner in a district with unserved need, a start one year"
    " earlier, a million dollars more, an approval, a duty that is met: each is changed alone, and everything is"
    " matched again.",
    summary="What one more would bring",
    description="A row per change, the greatest gain first: one more school, a new partner, a year earlier, a million"
    " dollars more, an approval, a duty that is met. Each is changed alone, and everything is matched again.",
    parameters=OneMoreParameters,
    compute=compute_one_more,
    columns=(
        Column("sentence", "One more", "sentence"),
        Column("need_gained", "Need gained", "count"),
        Column("zone_names_gained", "Zones gained", "text"),
        Column("zone_names_lost", "Zones lost", "text"),
        Column("cost_dollars", "More cost a year, dollars", "count"),
        Column("proof", "Proof", "text"),
        Column("grown_from", "Where it could be grown", "sentence"),
    ),
    missing="A dash: nothing, or not for this kind of change.",
    gain="need_gained",
)
MATCH_STABILITY = Analysis(
    name="stability",
    title="How certain it is that each Zone is served",
    explanation="Capacity, cost, students and rates are drawn from the ranges in which they lie, and everything is"
    " matched again each time.",
    summary="How certain it is that each Zone is served",
    description="A row per Zone: in how many draws of what is uncertain it has a partner. The JSON has every match"
    " too.",
    parameters=MatchStabilityParameters,
    compute=compute_match_stability,
    columns=(
        Column("name", "Zone", "text"),
        Column("is_served", "In this match", "yes"),
        Column("served_share", "In the draws", "share"),
        Column("is_served_low", "With everything at its least", "yes"),
        Column("is_served_high", "With everything at its greatest", "yes"),
        Column("sentence", "In words", "sentence"),
    ),
    missing="A dash: not known.",
)
ZONE_SIZES = Analysis(
    name="zone-sizes",
    title="What smaller Zones bring",
    explanation="Smaller Zones let more Zones be served, and each serves less of its need. The last row chooses the"
    " sizes and the partners together.",
    summary="What smaller Zones bring",
    description="A row per greatest size of a Zone, and one for the best choice of sizes and partners together.",
    parameters=ZoneSizesParameters,
    compute=compute_zone_sizes,
    columns=(
        Column("choice", "Zones of", "text"),
        Column("zones_served", "Zones served", "count"),
        Column("schools_served", "Schools served", "count"),
        Column("need_served", "Need served", "count"),
        Column("need_served_share", "Share of all need", "share"),
        Column("need_kept_share", "Share of the need of the Zones served", "share"),
        Column("cost_dollars", "Cost of a year, dollars", "count"),
        Column("status", "Proof", "text"),
    ),
    missing="A dash: no Zone is served.",
)
FRONTIER = Analysis(
    name="frontier",
    title="What more money would serve",
    explanation="The most need that any plan serves for each yearly budget, from nothing to as much as can be used.",
    summary="Need served against money",
    description="A row per yearly budget: the most need that any plan serves for it. The budgets of the plan itself"
    " do not count.",
    parameters=FrontierParameters,
    compute=compute_frontier,
    columns=(
        Column("budget_dollars", "Budget of each year, dollars", "count"),
        Column("need_served", "Need served", "count"),
        Column("zones_started", "Zones started", "count"),
        Column("schools_started", "Schools", "count"),
        Column("cost_dollars", "Cost of all years, dollars", "count"),
        Column("greatest_year_cost_dollars", "Dearest year, dollars", "count"),
        Column("status", "Proof", "text"),
    ),
    missing="A dash: the locks cost more than this budget.",
)
BEST_YEAR_PLANS = Analysis(
    name="best-year-plans",
    title="The best plans",
    explanation="The best ways to plan the years, each proved, and in which Zones they differ from the best.",
    summary="The best year plans, proved",
    description="The best plans of the years that differ enough from each other, with what each loses against the best"
    " and the Zones that change.",
    parameters=BestYearPlansParameters,
    compute=compute_best_year_plans,
    columns=(
        Column("rank", "Plan", "count"),
        Column("zones_started", "Zones started", "count"),
        Column("need", "Need served", "count"),
        Column("need_loss", "Less than the best", "count"),
        Column("preferences_met", "Preferences met", "count"),
        Column("cost_dollars", "Cost of all years, dollars", "count"),
        Column("changes", "Changes against the best plan", "sentence"),
    ),
    missing="A dash: nothing.",
)
YEARS_TO_REACH_ALL = Analysis(
    name="years-to-reach-all",
    title="How long until every Zone has started",
    explanation="The most Zones that can have started within one number of years after another, until all have that can"
    " start at all.",
    summary="Years until every Zone has started",
    description="A row per number of years: the most Zones that can have started by then. The answer also names the"
    " Zones that can never start.",
    parameters=YearsToReachAllParameters,
    compute=compute_years_to_reach_all,
    rows="by_year",
    columns=(
        Column("years", "Within years", "count"),
        Column("fall", "By the fall of", "text"),
        Column("zones_started", "Zones started", "count"),
        Column("status", "Proof", "text"),
    ),
    missing="A dash: not known.",
)

MATCH_ANALYSES: tuple[Analysis, ...] = (BEST_MATCHES, ONE_MORE, MATCH_STABILITY, ZONE_SIZES)
YEAR_PLAN_ANALYSES: tuple[Analysis, ...] = (BEST_YEAR_PLANS, FRONTIER, YEARS_TO_REACH_ALL)
