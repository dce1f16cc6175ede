"""The parameters of the analyses of a proposal: a class per analysis, which routes, pages and commands read."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from app.queries.analysis import AnalysisParameters
from app.queries.signatures import ServiceLimit

MAXIMUM_COMBINATIONS = 64


class ReachParameters(AnalysisParameters):
    """Which anchors to explain."""

    anchor_id: list[str] = Field(default=[], max_length=1000, description="Anchors to explain; none means all")


class PlansParameters(AnalysisParameters):
    """How many plans to find, and how much they differ."""

    count: Annotated[
        int, Field(ge=1, le=100, title="How many plans", description="How many plans."), ServiceLimit(20)
    ] = 5
    minimum_difference_schools: Annotated[
        int,
        Field(
            ge=1,
            le=1000,
            title="Schools that differ at least",
            description="In how many schools every plan differs at least from each plan before it.",
        ),
    ] = 1


class ReplacementCostParameters(AnalysisParameters):
    """Nothing can be chosen."""


class SelectionFrequencyParameters(AnalysisParameters):
    """Which plans to count."""

    within_share: float = Field(
        default=0.01,
        ge=0,
        le=0.2,
        title="Share of the score that a plan may lose",
        description="What a plan of an area may lose against the best plan there, as a share of its score.",
    )
    maximum_plans: Annotated[
        int,
        Field(
            ge=1,
            le=10_000,
            title="Most plans to count",
            description="How many plans of an area are counted at most: the best ones.",
        ),
        ServiceLimit(2000),
    ] = 1000


class TradeOffParameters(AnalysisParameters):
    """Which sizes and weights to combine."""

    maximum_schools: list[Annotated[int, Field(ge=1, le=1000)]] = Field(
        default=[],
        max_length=MAXIMUM_COMBINATIONS,
        description="Most schools in a Zone; may be repeated. None means 3, 5, 8, 12 and 15, without those below"
        " minimum_schools.",
    )
    leakage_weights: list[Annotated[float, Field(ge=0, le=1000, allow_inf_nan=False)]] = Field(
        default=[],
        max_length=MAXIMUM_COMBINATIONS,
        description="Score lost per student who leaves; may be repeated. None means 0, 0.1, 0.25, 0.5 and 1.",
    )


class StabilityParameters(AnalysisParameters):
    """Which variants of the flows to solve."""

    resamples: Annotated[
        int, Field(ge=0, le=1000, title="Flows to draw", description="Flows to draw."), ServiceLimit(200)
    ] = 50
    seed: int = Field(default=0, ge=0, lt=2**32, description="The same seed gives the same table.")
    by_year: bool = Field(default=True, description="Whether to solve every school year alone.")


class PersistenceParameters(AnalysisParameters):
    """How many years later to look."""

    years: int = Field(default=2, ge=1, le=12, title="Years later", description="Years later.")


class CaptureParameters(AnalysisParameters):
    """How many other schools to name."""

    destinations: int = Field(
        default=3, ge=1, le=20, title="Other schools named", description="Other schools to name for each."
    )
