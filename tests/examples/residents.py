"""
Where the residents of three schools' attendance areas enrol, small enough to work out by hand.

E1: 80 at E1, 20 at E2, 7 at E3. E2: 50 at E2, 7 at E3. Oak Middle: 90 at Oak, 30 at Elm.
"""

from __future__ import annotations

import pandas as pd

RESIDENTS = [
    ("0001", "0001", "3", 80),
    ("0001", "0002", "3", 20),
    ("0001", "0003", "3", 7),
    ("0002", "0002", "3", 50),
    ("0002", "0003", "3", 7),
    ("0007", "0007", "7", 90),
    ("0007", "0008", "7", 30),
]


def residents_table() -> pd.DataFrame:
    """A residence-to-attended table of the toy district, by grade; without the grade of a second year."""
    return pd.DataFrame(RESIDENTS, columns=["origin", "destination", "grade", "students"]).astype("str")
