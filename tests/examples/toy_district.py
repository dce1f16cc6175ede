"""
A district small enough to work out by hand.

::

    E1 60 ──> Oak    60 ──> West (anchor, 55% graduate)
    E2 40 ──> Oak    40 ──> East
    E2 10 ──> Elm    90 ──> West
    E3 60 ──> Elm    10 ──> East
    E4 40 ──> Elm
    E4 20 ──> Pine   20 ──> West
    E5 50 ──> Pine  100 ──> East (80% graduate)
    E6 40 ──> Pine

These counts, and the numbers by hand below, are what a request for exact counts (``EXACT``) computes on. Protected,
each count is the middle of its interval. No file tells how large a grade is, so the 60 and 40 promoted out of Oak are
taken for all of it, and for no more than 109: 40 is 40 to 44. That 60 are 55 or more is told, and no more than that,
for 60 and 40 would leave nobody over: 55 to 69. Elm's 90 are 85 to 99, its 10 are 10 to 14, and Pine's 20 are 20 to 24.

With a leakage weight of 0.25 a feeder adds 1.25 times what is retained less 0.25 times what it promotes.

By arrival (the default), of West: Oak 60%, Elm 90%, and Pine 20 / 120 = 16.7%, which is below the minimum of 20%, so
that E5 and E6 have no way. E1 60%, E2 (40 * 0.6 + 10 * 0.9) / 50 = 66%, E3 90%, E4 40 * 0.9 / 60 = 60%. They add Oak
1.25 * 60 - 25 = 50, Elm 87.5, E1 1.25 * 36 - 15 = 30, E2 1.25 * 33 - 12.5 = 28.75, E3 1.25 * 54 - 15 = 52.5, E4
1.25 * 36 - 15 = 30: all seven schools 278.75.

Of East: Oak 40%, Elm 10%, which is below the minimum, so that E3 has no way, and Pine 83.3%. E1 40%, E2 40 * 0.4 / 50 =
32%, E4 20 * 5 / 6 / 60 = 27.8%, E5 and E6 83.3%. They add Oak 25, Pine 95, E1 15, E2 7.5, E4 5.833, E5 39.583, E6
31.667. With both anchors, East has Pine, E5 and E6, 166.25, and West is as before; together 445.

By moves, with any arrival, of West: Oak 50, Elm 87.5, Pine -5; behind them E1 60, E2 50, E3 60, E4 60 (with Elm alone
35), E5 50, E6 40. All ten schools: 452.5. With both anchors: West with Oak, Elm, E1 to E4 = 50 + 87.5 + 60 + 50 + 60 +
35 = 342.5, and East with Pine, E5, E6 = 95 + 50 + 40 = 185; together 527.5.
"""

from __future__ import annotations

from functools import cache

import pandas as pd

from clustering import Scenario, ZonePlanner, read_scenario

FLOWS = [
    ("0001", "0007", 5, 60),
    ("0002", "0007", 5, 40),
    ("0002", "0008", 5, 10),
    ("0003", "0008", 5, 60),
    ("0004", "0008", 5, 40),
    ("0004", "0009", 5, 20),
    ("0005", "0009", 5, 50),
    ("0006", "0009", 5, 40),
    ("0007", "0010", 8, 60),
    ("0007", "0011", 8, 40),
    ("0008", "0010", 8, 90),
    ("0008", "0011", 8, 10),
    ("0009", "0010", 8, 20),
    ("0009", "0011", 8, 100),
]
WEST, EAST = "0010", "0011"
OAK, ELM, PINE = "0007", "0008", "0009"
# What a request asks for whose numbers are worked out by hand from the counts above.
EXACT: dict[str, object] = {"disclosure": "exact"}
# What a request asks for whose numbers are worked out in moves.
MOVES: dict[str, object] = {"score_by": "moves", "minimum_arrival_share": 0}


def toy_schools() -> pd.DataFrame:
    """Eleven schools in a row of 0.01 degrees, 11.1 km per 0.1 degree of latitude."""
    names = [
        *(f"E{number}" for number in range(1, 7)),
        "Oak Middle",
        "Elm Middle",
        "Pine Middle",
        "West High",
        "East High",
    ]
    return pd.DataFrame(
        {
            "school_id": [f"{number:04d}" for number in range(1, 12)],
            "name": names,
            "lat": [f"{38 + 0.01 * number:.2f}" for number in range(1, 12)],
            "lon": ["-98.0"] * 11,
            "grades": ["K-5"] * 6 + ["6-8"] * 3 + ["9-12"] * 2,
            "enrollment": ["300"] * 6 + ["500"] * 3 + ["900"] * 2,
            "district_id": ["01"] * 11,
            "graduation_rate": [""] * 9 + ["55", "80"],
            "designation": [""] * 9 + ["CSI", "CSI"],
        }
    )


def toy_flows() -> pd.DataFrame:
    """Promotions of one year, fall 2022."""
    table = pd.DataFrame(FLOWS, columns=["origin", "destination", "grade", "students"]).astype("str")
    return table.assign(next_grade=(table["grade"].astype(int) + 1).astype("str"), school_year="2022-23")


def toy_scenario(schools: pd.DataFrame | None = None, flows: pd.DataFrame | None = None) -> Scenario:
    """The district as a Scenario; either table may be replaced."""
    if schools is None and flows is None:
        return _unchanged_district()
    return read_scenario(
        schools=[toy_schools() if schools is None else schools], flows=[toy_flows() if flows is None else flows]
    )


@cache
def _unchanged_district() -> Scenario:
    return read_scenario(schools=[toy_schools()], flows=[toy_flows()])


@cache
def toy_planner() -> ZonePlanner:
    """
    A planner of the unchanged district, for tests that ask for many proposals.

    What it keeps takes a third of the time away. It changes no byte: ``tests/clustering/zones/test_candidate_cache.py``
    compares.
    """
    return ZonePlanner(toy_scenario())
