"""An analysis that a test registers: it counts the schools of each Zone."""

from __future__ import annotations

from pydantic import Field

from app.queries.analysis import Analysis, AnalysisInputs, AnalysisParameters, AnalysisResult, Progress
from app.queries.columns import Column


class SizesParameters(AnalysisParameters):
    """Which Zones to count."""

    at_least: int = Field(default=1, ge=1, le=50, title="Schools at least", description="Smallest Zone to count.")


def compute_sizes(inputs: AnalysisInputs, parameters: SizesParameters, progress: Progress) -> AnalysisResult:
    """Count the schools of each Zone."""
    progress("Counting", 0.0)
    zones = inputs.planner.propose(inputs.parameters).zones
    rows = [{"zone_id": zone.zone_id, "schools": len(zone.members)} for zone in zones]
    rows = [row for row in rows if int(str(row["schools"])) >= parameters.at_least]
    lines = ["zone_id,schools", *(f"{row['zone_id']},{row['schools']}" for row in rows)]
    return AnalysisResult(csv="\n".join([*lines, ""]).encode(), content={"rows": rows})


SIZES = Analysis(
    name="schools-per-zone",
    title="How large each Zone is",
    explanation="The number of schools in each Zone.",
    summary="Zones by their size",
    description="A row per Zone.",
    parameters=SizesParameters,
    compute=compute_sizes,
    columns=(Column("zone_id", "Zone of", "zone"), Column("schools", "Schools in it", "count")),
)
