"""What can be asked of a match or of a year plan; each is registered once, as the analyses of a proposal are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from app.queries.analysis import Analysis, AnalysisParameters, AnalysisResult, Progress
from app.queries.columns import Column
from app.queries.signatures import ServiceLimit
from clustering import (
    MatchParameters,
    Register,
    ZoneNeeds,
    best_matches_table,
    find_best_matches,
    table_bytes,
    table_records,
)


@dataclass(frozen=True, kw_only=True)
class CapacityInputs:
    """
    What an analysis of a match or of a year plan starts from.

    Parameters
    ----------
    needs, register
        As the match or the plan was made of.
    parameters
        Of its request.
    """

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


def compute_best_matches(
    inputs: CapacityInputs, parameters: BestMatchesParameters, progress: Progress
) -> AnalysisResult:
    """Find the best matches that differ enough from each other."""
    progress("Ranking matches", 0.0)
    options = parameters.model_dump()
    table = best_matches_table(find_best_matches(inputs.needs, inputs.register, inputs.parameters, **options))
    return AnalysisResult(csv=table_bytes(table), content={**options, "rows": table_records(table)})


BEST_MATCHES = Analysis(
    name="best-matches",
    title="The best matches",
    explanation="The best ways to match the Zones, each proved, and in which Zones they differ from the best.",
    summary="The best matches, proved",
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
        Column("changes", "What is not as in the best match", "sentence"),
    ),
    missing="A dash: nothing.",
)

MATCH_ANALYSES: tuple[Analysis, ...] = (BEST_MATCHES,)
YEAR_PLAN_ANALYSES: tuple[Analysis, ...] = ()
