"""Schools ranked by an index, for tests of the lowest."""

from __future__ import annotations

from typing import Any

from clustering import identify_schools
from tests.examples.rated_schools import rated_schools


def points_of(*points: str, **columns: list[str]) -> Any:
    return rated_schools({"index": list(points), "school_year": ["2021-22"] * len(points)}, **columns)


def answers(scenario: Any, rule: dict[str, Any]) -> str:
    """The first letter of each school's answer."""
    return "".join(each[0] for each in identify_schools(scenario, rule).decisions["certainty"])


LOWEST = {"population": "title1", "measure": "index", "bottom_share": 0.05}
