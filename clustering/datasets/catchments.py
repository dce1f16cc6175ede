"""Where pupils of each school and grade may be a year later, and how likely each of these moves is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.spatial import KDTree

from clustering.datasets.geography import BoolArray, FloatArray, IntArray, to_sphere_km
from clustering.datasets.schools import KINDS, NUMBER

EXIT = -1
LAST_PROMOTION_GRADE = 11
NEAREST_CATCHMENTS = 4
CATCHMENT_SHARPNESS = 2.5
LEAST_CATCHMENT_SHARE = 0.02
# Districts are set this far apart along a fourth axis, so that the nearest school is one of the same district.
DISTRICT_SPACING_KM = 100_000.0
NEIGHBOUR_REACH_KM = 30.0
CHOICES = 4
MOVE_COLUMNS = ["origin", "destination", "grade", "next_grade", "weight"]

# Kinds that pupils enter at a grade, with their pull: a high school from sixth grade on also takes some ninth graders.
ENTRIES: dict[int, dict[str, float]] = {
    3: {"intermediate": 1.0},
    6: {"middle": 1.0, "middle and high": 1.0},
    7: {"seventh and eighth": 1.0},
    9: {"high": 1.0, "ninth grade": 1.0, "middle and high": 0.5},
    10: {"senior high": 1.0},
}


def build_moves(schools: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """
    List every move that pupils may make from one year to the next.

    Parameters
    ----------
    schools
        See ``schools.generate_schools``.
    rng
        Source of chance.

    Returns
    -------
    moves
        ``origin``, ``destination`` (row of ``schools``; -1: leaves the state's schools), ``grade``, ``next_grade``,
        ``weight`` (likely share, about; rows of one origin and grade need not add up to 1). Sorted by origin, grade,
        next grade and destination, without repeats. Grade 12 is left out: graduates are promoted nowhere.
    """
    space = to_sphere_km(schools["latitude"].to_numpy(), schools["longitude"].to_numpy())
    staying = _stay_or_leave(schools)
    catchments = [_feed_catchment(schools, space, entry, rng) for entry in ENTRIES]
    elsewhere = [_feed_neighbour(schools, space, entry, rng) for entry in ENTRIES]
    choice = [_feed_choice(schools, kind, rng) for kind in ("choice middle", "choice high")]
    lateral = [_move_lateral(schools, space, rng), _move_to_alternative(schools, space)]
    every = pd.concat([staying, *catchments, *elsewhere, *choice, *lateral], ignore_index=True)
    keys = ["origin", "grade", "next_grade", "destination"]
    return every.groupby(keys, sort=True)["weight"].sum().reset_index()[MOVE_COLUMNS]


def offers(schools: pd.DataFrame, rows: IntArray, grades: IntArray | int) -> BoolArray:
    """Whether the schools in ``rows`` offer ``grades``."""
    lowest, highest = schools["lowest"].to_numpy()[rows], schools["highest"].to_numpy()[rows]
    return np.asarray((lowest <= grades) & (grades <= highest))


def _stay_or_leave(schools: pd.DataFrame) -> pd.DataFrame:
    """Continuation inside the school, repetition of the grade, and leaving the state's schools."""
    lowest = schools["lowest"].to_numpy()
    last = np.minimum(schools["highest"].to_numpy(), LAST_PROMOTION_GRADE)
    spans = last - lowest + 1
    origin = np.repeat(np.arange(len(schools)), spans)
    grade = np.arange(len(origin)) - np.repeat(np.cumsum(spans) - spans - lowest, spans)
    hardship = schools["hardship"].to_numpy()[origin]
    repeats = 0.008 + 0.02 * hardship + np.where(grade == 9, 0.01 + 0.05 * hardship, 0.0)
    leaves = 0.025 + 0.05 * hardship
    inside = offers(schools, origin, grade + 1)
    continues = (1 - repeats - leaves)[inside]
    return pd.concat(
        [
            _moves(origin[inside], origin[inside], grade[inside], 1, continues),
            _moves(origin, origin, grade, 0, repeats),
            _moves(origin, np.full(len(origin), EXIT), grade, 1, leaves),
        ]
    )


def _feed_catchment(schools: pd.DataFrame, space: FloatArray, entry: int, rng: np.random.Generator) -> pd.DataFrame:
    """Promotion to the nearest schools of the district: most to the nearest, some beyond, with noise."""
    transition = _find_transition(schools, entry)
    origins, destinations = transition.origins, transition.destinations
    if not len(origins) or not len(destinations):
        return _no_moves()
    apart = schools["settlement"].to_numpy()[:, None] * DISTRICT_SPACING_KM
    placed = np.hstack([space, apart])
    near = min(NEAREST_CATCHMENTS, len(destinations))
    distance, position = KDTree(placed[destinations]).query(placed[origins], k=range(1, near + 1))
    # No school goes without a catchment: each also draws from the nearest that could send it pupils.
    back_distance, back = KDTree(placed[origins]).query(placed[destinations])
    pairs = pd.DataFrame(
        {
            "origin": np.concatenate([np.repeat(origins, near), origins[back]]),
            "destination": np.concatenate([destinations[position.ravel()], destinations]),
            "distance": np.concatenate([distance.ravel(), back_distance]),
        }
    )
    pairs = pairs[pairs["distance"] < DISTRICT_SPACING_KM / 2].drop_duplicates(["origin", "destination"])
    closeness = (pairs["distance"] + 0.5) ** -CATCHMENT_SHARPNESS * rng.lognormal(0, 0.4, len(pairs))
    closeness *= transition.pull[pairs["destination"]]
    share = closeness / closeness.groupby(pairs["origin"]).transform("sum")
    kept = share >= LEAST_CATCHMENT_SHARE
    return _moves(pairs.loc[kept, "origin"], pairs.loc[kept, "destination"], entry - 1, 1, share[kept])


def _feed_neighbour(schools: pd.DataFrame, space: FloatArray, entry: int, rng: np.random.Generator) -> pd.DataFrame:
    """A few pupils of every school go on to the nearest school of another district."""
    transition = _find_transition(schools, entry)
    origins, destinations = transition.origins, transition.destinations
    if not len(origins) or len(destinations) < 2:
        return _no_moves()
    near = min(6, len(destinations))
    distance, position = KDTree(space[destinations]).query(space[origins], k=range(1, near + 1))
    settlement = schools["settlement"].to_numpy()
    elsewhere = settlement[destinations][position] != settlement[origins][:, None]
    first = np.argmax(elsewhere, axis=1)
    rows = np.arange(len(origins))
    found = elsewhere[rows, first] & (distance[rows, first] < NEIGHBOUR_REACH_KM)
    chosen = destinations[position[rows, first]][found]
    return _moves(origins[found], chosen, entry - 1, 1, rng.uniform(0.01, 0.04, int(found.sum())))


def _feed_choice(schools: pd.DataFrame, kind: str, rng: np.random.Generator) -> pd.DataFrame:
    """A few choice schools of the metro, wherever they lie, take some pupils of every school below them."""
    destinations = np.flatnonzero(schools["kind"] == NUMBER[kind])
    metro = schools["metro"].to_numpy()
    if not len(destinations):
        return _no_moves()
    destinations = destinations[np.argsort(metro[destinations], kind="stable")]
    start = np.searchsorted(metro[destinations], metro)
    count = np.searchsorted(metro[destinations], metro, side="right") - start
    grade = KINDS[NUMBER[kind]].lowest - 1
    origins = np.flatnonzero((count > 0) & offers(schools, np.arange(len(schools)), grade))
    # A school promotes into choice schools more readily if it is one itself.
    weights = np.where(schools["kind"].to_numpy()[origins] == NUMBER["choice middle"], 0.12, 0.02)
    parts = []
    for _ in range(CHOICES):
        chosen = destinations[start[origins] + np.floor(rng.random(len(origins)) * count[origins]).astype("int64")]
        parts.append(_moves(origins, chosen, grade, 1, weights * rng.lognormal(0, 0.5, len(origins))))
    return pd.concat(parts)


def _move_lateral(schools: pd.DataFrame, space: FloatArray, rng: np.random.Generator) -> pd.DataFrame:
    """Mid-school moves to the nearest two schools of the same tier that offer the next grade."""
    parts = []
    tiers = np.array([kind.tier for kind in KINDS])[schools["kind"]]
    grades = np.arange(-1, LAST_PROMOTION_GRADE + 1)[:, None]
    for tier in ("lower", "middle", "upper"):
        rows = np.flatnonzero(tiers == tier)
        near = min(3, len(rows))
        if near < 2:
            continue
        distance, position = KDTree(space[rows]).query(space[rows], k=range(1, near + 1))
        origin, destination = np.repeat(rows, near), rows[position.ravel()]
        reached = (distance.ravel() < NEIGHBOUR_REACH_KM) & (origin != destination)
        origin, destination = origin[reached], destination[reached]
        both = offers(schools, origin, grades) & offers(schools, origin, grades + 1)
        both &= offers(schools, destination, grades + 1)
        row, pair = np.nonzero(both)
        weight = rng.uniform(0.004, 0.016, len(pair))
        parts.append(_moves(origin[pair], destination[pair], grades[row, 0], 1, weight))
    return pd.concat(parts) if parts else _no_moves()


def _move_to_alternative(schools: pd.DataFrame, space: FloatArray) -> pd.DataFrame:
    """After grades 9 and 10 the alternative school of the city takes pupils who are behind, where life is hardest."""
    kind = schools["kind"].to_numpy()
    destinations = np.flatnonzero(kind == NUMBER["alternative"])
    origins = np.flatnonzero(np.isin(kind, [NUMBER["high"], NUMBER["middle and high"]]))
    if not len(destinations) or not len(origins):
        return _no_moves()
    distance, position = KDTree(space[destinations]).query(space[origins])
    reached = distance < NEIGHBOUR_REACH_KM
    origins, chosen = origins[reached], destinations[position[reached]]
    weight = 0.06 * schools["hardship"].to_numpy()[origins]
    return pd.concat([_moves(origins, chosen, grade, 1, weight) for grade in (9, 10)])


@dataclass(frozen=True, kw_only=True)
class _Transition:
    """
    The schools between which pupils move at a grade of entry.

    Parameters
    ----------
    origins, destinations
        Rows of the schools that end just below the grade, and of those entered at it.
    pull
        How strongly each school attracts pupils of that grade; 0 if it is not entered at it.
    """

    origins: IntArray
    destinations: IntArray
    pull: FloatArray


def _find_transition(schools: pd.DataFrame, entry: int) -> _Transition:
    pull = np.zeros(len(KINDS))
    for name, strength in ENTRIES[entry].items():
        pull[NUMBER[name]] = strength
    by_school = pull[schools["kind"]]
    return _Transition(
        origins=np.flatnonzero(schools["highest"] == entry - 1),
        destinations=np.flatnonzero(by_school > 0),
        pull=by_school,
    )


def _moves(origin: object, destination: object, grade: object, step: int, weight: object) -> pd.DataFrame:
    table = pd.DataFrame({"origin": origin, "destination": destination, "grade": grade, "weight": weight})
    return table.assign(next_grade=table["grade"] + step)


def _no_moves() -> pd.DataFrame:
    none = np.zeros(0, dtype="int64")
    return _moves(none, none, none, 1, np.zeros(0))
