"""A plan of Zones as it was given."""

from __future__ import annotations

from dataclasses import dataclass

from clustering.constraints import Membership
from clustering.errors import Problem
from clustering.ingest_report import SourceFile


@dataclass(frozen=True, kw_only=True)
class Plan:
    """
    Zones as somebody drew them up; they need not keep the limits of any request.

    Parameters
    ----------
    membership
        Anchor to the feeders of its Zone, both sorted; every school is listed in the scenario and in one Zone only.
    file
        How the table was read.
    warnings
        What is doubtful in it.
    """

    membership: Membership
    file: SourceFile
    warnings: tuple[Problem, ...]
