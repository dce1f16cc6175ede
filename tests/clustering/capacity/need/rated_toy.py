"""The toy district with rates of proficiency, and what its schools need, worked out by hand."""

from __future__ import annotations

from clustering import Scenario
from tests.examples.toy_district import toy_flows, toy_scenario, toy_schools

# Per cent proficient of E1 to E6, Oak, Elm, Pine, West, East. Of E3 3 of 300 are below the mark, and of E4 9 are not.
PROFICIENT = ("40", "", "99", "3", "50", "50", "50", "20-29", "60", "30", "70")


def rated_toy(proficient: tuple[str, ...] = PROFICIENT, enrolment: tuple[str, ...] | None = None) -> Scenario:
    """Every school has one rate of proficiency, in mathematics; those left blank have none."""
    schools = toy_schools().assign(proficiency_mathematics=list(proficient))
    return toy_scenario(schools if enrolment is None else schools.assign(enrollment=list(enrolment)), toy_flows())
