"""Schools with a rate each, and their answers."""

from __future__ import annotations

from clustering import Identification, Scenario
from tests.examples.rated_schools import rated_schools

YEAR = "2021-22"


def rates_of(*rates: str, **traits: list[str]) -> Scenario:
    return rated_schools({"graduation_rate": list(rates), "school_year": [YEAR] * len(rates)}, **traits)


def certainties(found: Identification) -> list[str]:
    return found.decisions["certainty"].tolist()


SMALL = {
    "graduation_rate": ["50", "50", ""],
    "cohort": ["29", "30", ""],
    "school_year": [YEAR] * 3,
}
