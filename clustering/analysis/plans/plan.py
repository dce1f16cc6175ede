"""A plan of Zones that somebody drew up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from clustering.errors import Problem
from clustering.model.ingest_report import SourceFile
from clustering.zones.audit import Membership


@dataclass(frozen=True, kw_only=True)
class Plan:
    """
    Zones as somebody drew them up; they need not keep the limits of any request.

    Parameters
    ----------
    membership
        Anchor to the feeders of its Zone, both sorted; every school is listed in the scenario, and in one Zone only
        unless ``shared_feeders`` was set when the plan was read. Of merged anchors the first leads, and the others are
        among the feeders.
    file
        How the table was read.
    warnings
        What is doubtful in it.
    merged
        Anchors that share a Zone, sorted, by the first of them.
    """

    membership: Membership
    file: SourceFile
    warnings: tuple[Problem, ...]
    merged: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
