"""
The example of docs/model.md: a Zone around Alder High, next to a middle school whose students mostly go elsewhere.

::

    Home Elementary 100 ──> Home Middle 200 ──> Alder High (anchor, 50% graduate)
    Cross Elementary 60 ──> Home Middle
    Cross Elementary 40 ──> Far Middle   50 ──> Alder High
    Far Elementary  120 ──> Far Middle  300 ──> Birch High (90% graduate)

Every count is a multiple of ten, so protection by rounding changes none of them.
"""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from clustering import Scenario, read_scenario
from clustering.model.columns import PATH_COLUMNS
from clustering.zones.feeder_graph import FeederTables, build_feeder_tables

ALDER, BIRCH = "AH", "BH"
HOME_MIDDLE, FAR_MIDDLE = "HM", "FM"
HOME, CROSS, FAR = "HE", "CE", "FE"
FLOWS = {
    (HOME, HOME_MIDDLE): 100,
    (CROSS, HOME_MIDDLE): 60,
    (CROSS, FAR_MIDDLE): 40,
    (FAR, FAR_MIDDLE): 120,
    (HOME_MIDDLE, ALDER): 200,
    (FAR_MIDDLE, ALDER): 50,
    (FAR_MIDDLE, BIRCH): 300,
}
# With the number of each table of docs/model.md: promoted students.
PROMOTED = {HOME_MIDDLE: 200, HOME: 100, FAR_MIDDLE: 350, FAR: 120, CROSS: 100}


def split_city(*, without: tuple[str, ...] = ()) -> Scenario:
    """The city, perhaps without some schools."""
    grades = {
        ALDER: "9-12",
        BIRCH: "9-12",
        HOME_MIDDLE: "6-8",
        FAR_MIDDLE: "6-8",
        HOME: "K-5",
        CROSS: "K-5",
        FAR: "K-5",
    }
    kept = sorted(set(grades) - set(without))
    rates = {ALDER: "50", BIRCH: "90"}
    schools = pd.DataFrame(
        {
            "school_id": kept,
            "grades": [grades[school] for school in kept],
            "graduation_rate": [rates.get(school, "") for school in kept],
        }
    )
    rows = [(a, b, 8 if b in rates else 5, students) for (a, b), students in FLOWS.items() if {a, b} <= set(kept)]
    flows = pd.DataFrame(rows, columns=["origin", "destination", "grade", "students"]).astype("str")
    flows["next_grade"] = (flows["grade"].astype(int) + 1).astype("str")
    return read_scenario(schools=[schools], flows=[flows])


def with_paths(
    paths: dict[tuple[str, str, str | None], float],
    *,
    basis: str = "catchments",
    ends: dict[tuple[str, str, str | None], tuple[float, float]] | None = None,
) -> FeederTables:
    """The feeder graph of the city, with where the students on some links went next; ``None`` is no listed school."""
    between = ends or {}
    rows = [(*path, students, *between.get(path, (students, students)), basis) for path, students in paths.items()]
    table = pd.DataFrame(rows, columns=list(PATH_COLUMNS)).astype(
        {"origin": "str", "via": "str", "destination": "str", "basis": "str"}
    )
    return replace(build_feeder_tables(split_city()), paths=table)
