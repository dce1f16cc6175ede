"""The parameters of the analyses of matches and year plans: a class per analysis."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from app.queries.analysis import AnalysisParameters
from app.queries.signatures import ServiceLimit


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


class BestYearPlansParameters(AnalysisParameters):
    """How many plans to find, and how much they differ."""

    count: Annotated[
        int, Field(ge=1, le=100, title="How many plans", description="How many plans."), ServiceLimit(20)
    ] = 5
    minimum_difference: Annotated[
        int,
        Field(
            ge=1,
            le=1000,
            title="Choices that differ at least",
            description="In how many Zones, by partner or by start, every plan differs at least from each plan before"
            " it.",
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
