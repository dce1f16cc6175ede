"""What can be asked of a match or of a year plan; each is registered once, as the analyses of a proposal are."""

from __future__ import annotations

from dataclasses import dataclass

from app.queries.analysis import Analysis
from clustering import MatchParameters, Register, ZoneNeeds


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


MATCH_ANALYSES: tuple[Analysis, ...] = ()
YEAR_PLAN_ANALYSES: tuple[Analysis, ...] = ()
