"""A dense city of choice in which every feeder is within reach of several anchors: about four."""

from __future__ import annotations

import numpy as np
import pandas as pd

from clustering import Scenario, read_scenario

# How far families go, in widths of the city; how many students a school promotes in a year.
_TO_MIDDLE, _TO_HIGH = 0.06, 0.12
_OUT_OF_ELEMENTARY, _OUT_OF_MIDDLE = (40, 90), (120, 260)
_WEST, _SOUTH, _DEGREES_WIDE = -95.0, 40.0, 0.2


def build_city(
    seed: int, *, elementary: int = 120, middle: int = 60, anchors: int = 20, nearest: int | None = None
) -> Scenario:
    """
    Generate a city in which a family may choose any school, and rather chooses one nearby.

    Parameters
    ----------
    seed
        Another seed is another city.
    elementary, middle, anchors
        Numbers of schools; ids start with ``e``, ``m`` and ``h``.
    nearest
        Schools that a family chooses among, the nearest ones; all by default.

    Returns
    -------
    scenario
        One year of promotions out of grades 5 and 8; every high school graduates half of its students.
    """
    chance = np.random.default_rng(seed)
    counts = {"e": elementary, "m": middle, "h": anchors}
    ids = np.array([f"{letter}{number:03d}" for letter, count in counts.items() for number in range(count)])
    kinds = np.array([school[0] for school in ids])
    places = chance.random((len(ids), 2))
    promotions = pd.concat(
        [
            _promote(
                chance, _pull(places, kinds, ("e", "m"), _TO_MIDDLE, nearest), kinds, ("e", "m"), _OUT_OF_ELEMENTARY
            ),
            _promote(chance, _pull(places, kinds, ("m", "h"), _TO_HIGH, nearest), kinds, ("m", "h"), _OUT_OF_MIDDLE),
        ]
    )
    flows = promotions.assign(origin=ids[promotions["origin"]], destination=ids[promotions["destination"]])
    schools = pd.DataFrame(
        {
            "school_id": ids,
            "name": [f"School {school}" for school in ids],
            "district_id": "d",
            "lowest_grade": pd.Series(kinds).map({"e": "KG", "m": "06", "h": "09"}),
            "highest_grade": pd.Series(kinds).map({"e": "05", "m": "08", "h": "12"}),
            "status": "Open",
            "latitude": (_SOUTH + _DEGREES_WIDE * places[:, 1]).round(6),
            "longitude": (_WEST + _DEGREES_WIDE * places[:, 0]).round(6),
            "enrolment": chance.integers(200, 900, len(ids)),
            "graduation_rate": np.where(kinds == "h", "50", ""),
        }
    )
    return read_scenario(schools=schools, flows=flows)


def _pull(
    places: np.ndarray, kinds: np.ndarray, ends: tuple[str, str], scale: float, nearest: int | None
) -> np.ndarray:
    """Chance that a student of each school of one kind goes to each of another: it falls off with distance."""
    origins, destinations = (np.flatnonzero(kinds == kind) for kind in ends)
    away = np.hypot(*(places[destinations] - places[origins, None]).transpose(2, 0, 1))
    farthest = np.sort(away, axis=1)[:, : nearest or len(destinations)][:, -1:]
    pull = np.where(away <= farthest, np.exp(-away / scale), 0.0)
    chances: np.ndarray = pull / pull.sum(axis=1, keepdims=True)
    return chances


def _promote(
    chance: np.random.Generator, pull: np.ndarray, kinds: np.ndarray, ends: tuple[str, str], students: tuple[int, int]
) -> pd.DataFrame:
    """Send the students of each school of one kind to schools of another."""
    origins, destinations = (np.flatnonzero(kinds == kind) for kind in ends)
    sent = np.array([chance.multinomial(chance.integers(*students), row) for row in pull])
    origin, destination = np.nonzero(sent)
    return pd.DataFrame(
        {
            "origin": origins[origin],
            "destination": destinations[destination],
            "grade": {"e": "05", "m": "08"}[ends[0]],
            "students": sent[origin, destination],
        }
    )
