"""Eleven schools with round numbers, small enough to work out by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd

from clustering.datasets.catchments import EXIT
from clustering.datasets.lead_partners import draw_register
from clustering.datasets.names import STATE_CODE
from clustering.datasets.schools import ALWAYS_OPEN, KINDS, NEWEST_FALL, NUMBER
from clustering.datasets.state import SampleState, publish_state

# Name, kind, latitude, longitude; in the order of the last digits of the identifiers, 01 to 11.
_SCHOOLS = (
    ("Alder Elementary School", "elementary", 38.56, -98.30),
    ("Birch Elementary School", "elementary", 38.56, -98.22),
    ("Cedar Elementary School", "elementary", 38.56, -98.14),
    ("Dogwood Elementary School", "elementary", 38.56, -98.06),
    ("Elm Elementary School", "elementary", 38.56, -97.98),
    ("Fir Elementary School", "elementary", 38.56, -97.90),
    ("West Middle School", "middle", 38.50, -98.26),
    ("Centre Middle School", "middle", 38.50, -98.10),
    ("East Middle School", "middle", 38.50, -97.94),
    ("West High School", "high", 38.44, -98.20),
    ("East High School", "high", 38.44, -98.00),
)
TOY_SCHOOLS = len(_SCHOOLS)
_ALDER, _BIRCH, _CEDAR, _DOGWOOD, _ELM, _FIR, _WEST_MIDDLE, _CENTRE, _EAST_MIDDLE, _WEST_HIGH, _EAST_HIGH = range(11)
_FLOWS = (
    (_ALDER, _WEST_MIDDLE, 50),
    (_BIRCH, _WEST_MIDDLE, 40),
    (_BIRCH, _CENTRE, 10),
    (_CEDAR, _CENTRE, 50),
    (_DOGWOOD, _CENTRE, 40),
    (_DOGWOOD, _EAST_MIDDLE, 10),
    (_ELM, _EAST_MIDDLE, 50),
    (_FIR, _EAST_MIDDLE, 60),
    (_WEST_MIDDLE, _WEST_HIGH, 80),
    (_WEST_MIDDLE, _EAST_HIGH, 10),
    (_CENTRE, _WEST_HIGH, 60),
    (_CENTRE, _EAST_HIGH, 40),
    (_EAST_MIDDLE, _WEST_HIGH, 10),
    (_EAST_MIDDLE, _EAST_HIGH, 110),
    (_CENTRE, EXIT, 10),
)
_GRADUATION = pd.DataFrame({"cohort": [250, 240], "per_cent": [58, 64]}, index=[_WEST_HIGH, _EAST_HIGH])


def toy_district() -> SampleState:
    """
    Build the toy district: 2 high, 3 middle and 6 elementary schools, one school year, no chance.

    Students promoted out of fifth and eighth grade, 2023-24 to the next::

        Alder     Birch      Cedar     Dogwood      Elm     Fir        KG-5
          |       |   |        |        |   |        |       |
          50     40   10       50      40   10       50      60
          |       |   |        |        |   |        |       |
          +---+---+   +----+---+--------+   +-----+--+-------+
              |            |                      |
         West Middle  Centre Middle          East Middle               6-8
          |     |      |    |    |            |       |
          80    10     60   40   10           10      110
          |     |      |    |    |            |       |
        West   East  West  East  left       West     East     High     9-12

    West High (58% graduate) takes 80 + 60 + 10 = 150 students, East High (64%) 10 + 40 + 110 = 160: both are
    low-performing, and Centre Middle, which sends 60% of its promoted students to the one and 40% to the other, is the
    school that they contend for. Ten more students of Centre Middle leave the state's schools.

    Returns
    -------
    state
        In published shapes. Identifiers are 070000100001 (Alder) to 070000100011 (East High), row by row.
    """
    names, kinds, latitudes, longitudes = zip(*_SCHOOLS, strict=True)
    numbers = [NUMBER[kind] for kind in kinds]
    schools = pd.DataFrame(
        {
            "name": names,
            "kind": numbers,
            "lowest": [KINDS[number].lowest for number in numbers],
            "highest": [KINDS[number].highest for number in numbers],
            "latitude": latitudes,
            "longitude": longitudes,
            "leaid": f"{STATE_CODE}00001",
            "ncessch": [f"{STATE_CODE}00001{position:05d}" for position in range(1, TOY_SCHOOLS + 1)],
            "district_name": "Toy Town Schools",
            "town": "Toy Town",
            "street": "2 Otter Ridge Road",
            "zip": "00000",
            "setting": "town",
            "metro": -1,
            "county": 1,
            "county_name": "Toy",
            "is_charter": False,
            "hardship": 0.6,
            "opened": ALWAYS_OPEN[0],
            "closed": ALWAYS_OPEN[1],
        }
    )
    flows = pd.DataFrame(_FLOWS, columns=["origin", "destination", "students"])
    grade = schools["highest"].to_numpy()[flows["origin"]]
    flows = flows.assign(fall=NEWEST_FALL, grade=grade, next_grade=grade + 1)
    return publish_state(
        schools,
        flows=flows,
        enrolled=flows.groupby(["fall", "origin", "grade"])["students"].sum().reset_index(),
        graduation=_GRADUATION,
        listed=pd.DataFrame({"row": np.array([_WEST_HIGH, _EAST_HIGH]), "designation": "CSI-GR"}),
        accountability=_accountability(schools),
        register=draw_register(schools, np.random.Generator(np.random.PCG64(0))),
        command=f"zones sample --schools {TOY_SCHOOLS} --out data/toy",
    )


def _accountability(schools: pd.DataFrame) -> pd.DataFrame:
    """An index of 40 points for every school, of a hundred students each."""
    columns = {
        "NCESSCH": schools["ncessch"],
        "school_year": "2022-23",
        "student_group": "all",
        "cohort": "100",
        "graduates": "",
        "index": "40.0",
    }
    return pd.DataFrame(columns)
