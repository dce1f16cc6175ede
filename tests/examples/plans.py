"""
A plan for the toy district, worked out by hand.

West has Oak, E1, E2: of 100 + 60 + 50 = 210 promoted students 60 + 60 * 0.6 + 40 * 0.6 = 120 arrive (Oak sends 40 of
100 to East, E2 10 to Elm), so that it scores 120 - 0.25 * 90 = 97.5; 60 of the 170 who enter West come from Oak. East
has Pine, E4, E5, E6: of 120 + 60 + 50 + 40 = 270 arrive 100 + 5 / 6 * (20 + 50 + 40) = 191.667, so that it scores
191.667 - 0.25 * 78.333 = 172.083; 100 of 150 come from Pine. The proposal has West with 278.75 and East with 166.25
(see ``toy_district``).
"""

from __future__ import annotations

import pandas as pd

from tests.examples.toy_district import EAST, OAK, PINE, WEST

BOTH = "official:designation=CSI"
TODAY = {"west side": (WEST, OAK, "0001", "0002"), "east side": (EAST, PINE, "0004", "0005", "0006")}


def plan_table(zones: dict[str, tuple[str, ...]] | None = None, **columns: list[str]) -> pd.DataFrame:
    """A plan as a table: a row per school, Zone by Zone; further columns as given."""
    rows = [(school, zone) for zone, schools in (TODAY if zones is None else zones).items() for school in schools]
    return pd.DataFrame(rows, columns=["school_id", "Zone"]).assign(**columns)
