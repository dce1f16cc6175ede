"""Where each state lies, in whole degrees, to notice coordinates with a wrong sign, swapped, or of elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class StateBounds(NamedTuple):
    """A box in degrees around all land of a state; one that crosses the 180th meridian has west > east."""

    west: float
    south: float
    east: float
    north: float


# Federal Information Processing code and postal abbreviation to the box.
_TABLE = """
01 AL -89 30 -84 36 | 02 AK 172 51 -129 72 | 04 AZ -115 31 -109 38 | 05 AR -95 32 -89 37 | 06 CA -125 32 -114 43
08 CO -110 36 -102 42 | 09 CT -74 40 -71 43 | 10 DE -76 38 -75 40 | 11 DC -78 38 -76 40 | 12 FL -88 24 -79 32
13 GA -86 30 -80 36 | 15 HI -179 18 -154 29 | 16 ID -118 41 -111 50 | 17 IL -92 36 -87 43 | 18 IN -89 37 -84 42
19 IA -97 40 -90 44 | 20 KS -103 36 -94 41 | 21 KY -90 36 -81 40 | 22 LA -95 28 -88 34 | 23 ME -72 42 -66 48
24 MD -80 37 -75 40 | 25 MA -74 41 -69 43 | 26 MI -91 41 -82 49 | 27 MN -98 43 -89 50 | 28 MS -92 30 -88 36
29 MO -96 35 -89 41 | 30 MT -117 44 -104 50 | 31 NE -105 39 -95 44 | 32 NV -121 35 -114 43 | 33 NH -73 42 -70 46
34 NJ -76 38 -73 42 | 35 NM -110 31 -103 38 | 36 NY -80 40 -71 46 | 37 NC -85 33 -75 37 | 38 ND -105 45 -96 50
39 OH -85 38 -80 43 | 40 OK -104 33 -94 38 | 41 OR -125 41 -116 47 | 42 PA -81 39 -74 43 | 44 RI -72 41 -71 43
45 SC -84 32 -78 36 | 46 SD -105 42 -96 46 | 47 TN -91 34 -81 37 | 48 TX -107 25 -93 37 | 49 UT -115 36 -109 43
50 VT -74 42 -71 46 | 51 VA -84 36 -75 40 | 53 WA -125 45 -116 50 | 54 WV -83 37 -77 41 | 55 WI -93 42 -86 48
56 WY -112 40 -104 46 | 60 AS -172 -15 -168 -10 | 66 GU 144 13 145 14 | 69 MP 144 14 147 21 | 72 PR -68 17 -65 19
78 VI -66 17 -64 19
"""


def state_bounds() -> Mapping[str, StateBounds]:
    """Box of each state by its two-digit federal code, and by its postal abbreviation."""
    boxes: dict[str, StateBounds] = {}
    for entry in _TABLE.replace("\n", "|").split("|"):
        if entry.strip():
            code, letters, *ends = entry.split()
            boxes[code] = boxes[letters] = StateBounds(*(float(end) for end in ends))
    return boxes
