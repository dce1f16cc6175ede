"""What can be asked of a match or of a year plan; each is registered once, as the analyses of a proposal are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field

from app.queries.analysis import Analysis, AnalysisParameters, AnalysisResult, Progress
from app.queries.capacity_statements import describe_years_to_reach_all
from app.queries.columns import Column
from app.queries.signatures import ServiceLimit
from clustering import (
    MatchParameters,
    NewPartner,
    Register,
    Scenario,
    ZoneNeeds,
    best_matches_table,
    describe_best_matches,
    find_best_matches,
    measure_match_stability,
    measure_one_more,
    one_more_table,
    table_bytes,
    table_records,
    trace_frontier,
    trace_zone_sizes,
    years_to_reach_all,
    years_to_reach_all_document,
)


@dataclass(frozen=True, kw_only=True)
class CapacityInputs:
    """
    What an analysis of a match or of a year plan starts from.

    Parameters
    ----------
    scenario, proposal
        The inputs of the proposal, and its document.
    needs, register
        As the match or the plan was made of.
    parameters
        Of its request.
    """

    scenario: Scenario
    proposal: Mapping[str, Any]
    needs: ZoneNeeds
    register: Register
    parameters: MatchParameters


class BestMatchesParameters(AnalysisParameters):
    """How many matches to find, and how much they differ."""

    count: Annotated[
        int, Field(ge=1, le=100, title="How many matches", description="How many matches."), ServiceLimit(20)
    ] = 5
    minimum_difference: Annotated[
        int,
        Field(
            ge=1,
            le=1000,
            title="Choices that differ at least",
            description="In how many Zones every match differs at least from each match before it.",
        ),
    ] = 1


class OneMoreParameters(AnalysisParameters):
    """What a new partner would be like."""

    schools: int = Field(
        default=10, ge=1, le=1000, title="Schools of a new partner", description="Schools that a new partner could run."
    )
    reach_km: float = Field(
        default=80, ge=0, le=5000, title="Its reach, kilometres", description="How far a new partner would work."
    )


class MatchStabilityParameters(AnalysisParameters):
    """How often to draw what is uncertain."""

    draws: Annotated[int, Field(ge=1, le=1000, title="Draws", description="Draws."), ServiceLimit(200)] = 50
    seed: int = Field(default=1, ge=0, lt=2**32, description="The same seed gives the same table.")


class ZoneSizesParameters(AnalysisParameters):
    """Nothing can be chosen."""


class FrontierParameters(AnalysisParameters):
    """How many budgets to try."""

    points: Annotated[
        int, Field(ge=2, le=101, title="How many budgets", description="How many budgets to try."), ServiceLimit(31)
    ] = 11


class YearsToReachAllParameters(AnalysisParameters):
    """How far to look."""

    longest: int = Field(default=30, ge=2, le=50, title="Years to look at", description="Years to look at, at most.")


def compute_best_matches(
    inputs: CapacityInputs, parameters: BestMatchesParameters, progress: Progress
) -> AnalysisResult:
    """Find the best matches that differ enough from each other."""
    progress("Ranking matches", 0.0)
    options = parameters.model_dump()
    matches = find_best_matches(inputs.needs, inputs.register, inputs.parameters, **options)
    table, statement = best_matches_table(matches), describe_best_matches(matches, parameters.count)
    content = {**options, "rows": table_records(table), **({"statement": statement} if statement else {})}
    return AnalysisResult(csv=table_bytes(table), content=content)


def compute_one_more(inputs: CapacityInputs, parameters: OneMoreParameters, progress: Progress) -> AnalysisResult:
    """Measure what single changes of the register or the budget would bring."""
    base, options = (inputs.needs, inputs.register, inputs.parameters), parameters.model_dump()
    table = one_more_table(measure_one_more(*base, new_partner=NewPartner(**options), progress=progress))
    return AnalysisResult(csv=table_bytes(table), content={**options, "rows": table_records(table)})


def compute_match_stability(
    inputs: CapacityInputs, parameters: MatchStabilityParameters, progress: Progress
) -> AnalysisResult:
    """Match again and again with what is uncertain drawn from its ranges."""
    base, options = (inputs.needs, inputs.register, inputs.parameters), parameters.model_dump()
    answer = measure_match_stability(*base, **options, progress=progress)
    zones = answer.zones.reset_index()
    tables = {"rows": zones, "matches": answer.matches, "draws_solved": answer.draws}
    content = {**options, **{name: table_records(table) for name, table in tables.items()}}
    return AnalysisResult(csv=table_bytes(zones), content={**content, "notes": list(answer.notes)})


def compute_zone_sizes(inputs: CapacityInputs, _parameters: ZoneSizesParameters, progress: Progress) -> AnalysisResult:
    """Match the Zones at every greatest size."""
    base = (inputs.scenario, inputs.proposal, inputs.register, inputs.parameters)
    table = trace_zone_sizes(*base, progress=progress)
    return AnalysisResult(csv=table_bytes(table), content={"rows": table_records(table)})


def compute_frontier(inputs: CapacityInputs, parameters: FrontierParameters, progress: Progress) -> AnalysisResult:
    """Plan the years at one budget after another."""
    base, options = (inputs.needs, inputs.register, inputs.parameters.as_dict()), parameters.model_dump()
    table = trace_frontier(*base, **options, progress=progress)
    return AnalysisResult(csv=table_bytes(table), content={**options, "rows": table_records(table)})


def compute_years_to_reach_all(
    inputs: CapacityInputs, parameters: YearsToReachAllParameters, progress: Progress
) -> AnalysisResult:
    """Count how many Zones can have started, year by year."""
    base = (inputs.needs, inputs.register, inputs.parameters.as_dict())
    answer = years_to_reach_all(*base, longest=parameters.longest, progress=progress)
    document = years_to_reach_all_document(answer)
    statement = describe_years_to_reach_all(document)
    return AnalysisResult(csv=table_bytes(answer.by_year), content={"statement": statement, **document})


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
YEAR_PLAN_ANALYSES: tuple[Analysis, ...] = (FRONTIER, YEARS_TO_REACH_ALL)
