"""The schools of the generated state: kinds, grades, places, and what becomes of a few of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from clustering.datasets.geography import GOLDEN_ANGLE, BoolArray, IntArray, move_km

NEWEST_FALL = 2023
ALWAYS_OPEN = (0, 9999)


@dataclass(frozen=True)
class Kind:
    """
    A kind of school.

    Parameters
    ----------
    name
        How this package calls it.
    lowest, highest
        Grades offered; -1 is pre-kindergarten, 0 kindergarten.
    tier
        Schools of one tier share out the ground of their district: ``lower``, ``middle``, ``upper``, ``special``.
    title
        How the schools call themselves.
    """

    name: str
    lowest: int
    highest: int
    tier: str
    title: str


KINDS = (
    Kind("elementary with pre-kindergarten", -1, 5, "lower", "Elementary School"),
    Kind("elementary", 0, 5, "lower", "Elementary School"),
    Kind("elementary to sixth", 0, 6, "lower", "Elementary School"),
    Kind("primary", 0, 2, "lower", "Primary School"),
    Kind("intermediate", 3, 5, "lower", "Intermediate School"),
    Kind("elementary and middle", 0, 8, "lower", "School"),
    Kind("middle", 6, 8, "middle", "Middle School"),
    Kind("seventh and eighth", 7, 8, "middle", "Junior High School"),
    Kind("middle and high", 6, 12, "upper", "Junior-Senior High School"),
    Kind("ninth grade", 9, 9, "special", "Ninth Grade Center"),
    Kind("senior high", 10, 12, "upper", "Senior High School"),
    Kind("high", 9, 12, "upper", "High School"),
    Kind("alternative", 9, 12, "special", "Alternative School"),
    Kind("choice middle", 6, 8, "choice", "Choice Middle School"),
    Kind("choice high", 9, 12, "choice", "Choice High School"),
)
NUMBER = {kind.name: number for number, kind in enumerate(KINDS)}


@dataclass(frozen=True)
class Plan:
    """How a district parts its grades among schools: kinds, and the share of its schools that each upper kind has."""

    lower: str
    middle: str | None
    upper: str
    middle_share: float
    upper_share: float


PLANS = {
    "5-3-4": Plan("elementary", "middle", "high", 0.20, 0.15),
    "6-2-4": Plan("elementary to sixth", "seventh and eighth", "high", 0.17, 0.15),
    "8-4": Plan("elementary and middle", None, "high", 0.0, 0.25),
    "5-7": Plan("elementary", None, "middle and high", 0.0, 0.30),
    "paired": Plan("elementary", "middle", "high", 0.20, 0.15),
    "ninth grade": Plan("elementary", "middle", "senior high", 0.20, 0.12),
}


def generate_schools(settlements: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """
    Fill every settlement with schools.

    Parameters
    ----------
    settlements
        See ``geography.generate_settlements``.
    rng
        Source of chance.

    Returns
    -------
    schools
        One row per school, by district: ``settlement`` (row of ``settlements``: the ground it serves), ``district``
        (settlements first, then one for each charter school), ``kind`` (place in ``KINDS``), ``lowest``, ``highest``,
        ``latitude``, ``longitude``, ``hardship`` [0 to 1], ``is_charter``, ``opened`` and ``closed`` (first fall with
        pupils, first fall without).
    """
    counts = count_kinds(settlements)
    flat = counts.ravel()
    settlement = np.repeat(np.repeat(np.arange(len(settlements)), len(KINDS)), flat)
    kind = np.repeat(np.tile(np.arange(len(KINDS)), len(settlements)), flat)
    schools = pd.DataFrame({"settlement": settlement, "kind": kind})
    schools["ordinal"] = schools.groupby(["settlement", "kind"]).cumcount()
    with_prekindergarten = (kind == NUMBER["elementary"]) & (rng.random(len(kind)) < 0.6)
    schools["kind"] = np.where(with_prekindergarten, NUMBER["elementary with pre-kindergarten"], kind)
    schools["lowest"] = np.array([one.lowest for one in KINDS])[schools["kind"]]
    schools["highest"] = np.array([one.highest for one in KINDS])[schools["kind"]]
    schools = _place_schools(schools, settlements, rng)
    # The other choice schools are magnets, run by the district of the city.
    schools["is_charter"] = _is_tier(schools, "choice") & (rng.random(len(schools)) < 0.6)
    charters = len(settlements) + np.cumsum(schools["is_charter"]) - 1
    schools["district"] = np.where(schools["is_charter"], charters, schools["settlement"])
    dated = _open_and_close(schools, settlements, rng).drop(columns="ordinal")
    return dated.sort_values("district", kind="stable", ignore_index=True)


def count_kinds(settlements: pd.DataFrame) -> IntArray:
    """Number of schools of each kind, shape (n_settlements, n_kinds); rows add up to the schools of the settlement."""
    counts = {kind.name: np.zeros(len(settlements), dtype="int64") for kind in KINDS}
    sizes = settlements["schools"].to_numpy()
    for name, plan in PLANS.items():
        chosen = (settlements["plan"] == name).to_numpy()
        upper = np.where(chosen, np.maximum(1, np.floor(plan.upper_share * sizes + 0.5)), 0).astype("int64")
        middle = np.zeros_like(upper)
        if plan.middle is not None:
            middle = np.where(chosen, np.maximum(1, np.floor(plan.middle_share * sizes + 0.5)), 0).astype("int64")
            counts[plan.middle] += middle
        if name == "ninth grade":
            counts["ninth grade"] += upper
        counts[plan.upper] += upper
        lower = np.where(chosen, sizes - middle - upper - (upper if name == "ninth grade" else 0), 0)
        pairs = np.where(chosen & (name == "paired"), np.maximum(1, lower // 3), 0)
        counts["primary"] += pairs
        counts["intermediate"] += pairs
        counts[plan.lower] += lower - 2 * pairs
    _vary_cities(counts, settlements)
    choice = settlements["choice_schools"].to_numpy()
    counts["choice high"] += choice - choice // 3
    counts["choice middle"] += choice // 3
    return np.column_stack(list(counts.values()))


def _vary_cities(counts: dict[str, IntArray], settlements: pd.DataFrame) -> None:
    """Cities run some schools to eighth grade, some high schools from sixth, and an alternative school or more."""
    is_city = (settlements["setting"] == "city").to_numpy()
    for source, target, share in (
        ("elementary", "elementary and middle", 0.15),
        ("high", "middle and high", 0.15),
        ("elementary", "alternative", 0.03),
    ):
        turned = np.where(is_city, np.floor(share * counts[source] + 0.5), 0).astype("int64")
        counts[source] -= turned
        counts[target] += turned


def _is_tier(schools: pd.DataFrame, tier: str) -> BoolArray:
    return np.array([kind.tier == tier for kind in KINDS])[schools["kind"]]


def _place_schools(schools: pd.DataFrame, settlements: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Add coordinates, each tier spread like a sunflower over its district, and the hardship of each place."""
    tiers = np.unique([kind.tier for kind in KINDS], return_inverse=True)[1][schools["kind"]]
    groups = [schools["settlement"], pd.Series(tiers)]
    # A random order, so that kinds of one tier mix.
    rank = pd.Series(rng.random(len(schools))).groupby(groups).rank(method="first").to_numpy() - 1
    size = schools.groupby(groups)["kind"].transform("size").to_numpy()
    ground = settlements.iloc[schools["settlement"]].reset_index(drop=True)
    radius = ground["radius_km"].to_numpy()
    distance = radius * (rank / size) ** 0.6
    angle = GOLDEN_ANGLE * rank + 2.4 * tiers + schools["settlement"].to_numpy()
    wobble = rng.normal(0, 0.18, (2, len(schools))) * radius / np.sqrt(size)
    east, north = distance * np.cos(angle) + wobble[0], distance * np.sin(angle) + wobble[1]
    host = _campus_hosts(schools, rng)
    east, north = east[host], north[host]
    latitude, longitude = move_km(ground["latitude"].to_numpy(), ground["longitude"].to_numpy(), east, north)
    need = ground["need"] + ground["need_east"] * east + ground["need_north"] * north
    hardship = 1 / (1 + np.exp(-(need + rng.normal(0, 0.15, len(schools)))))
    return schools.assign(latitude=latitude.round(6), longitude=longitude.round(6), hardship=hardship)


def _campus_hosts(schools: pd.DataFrame, rng: np.random.Generator) -> IntArray:
    """
    Row of the school on whose campus each school lies: mostly its own.

    Ninth-grade schools lie on the campus of a senior high school, some alternative and choice schools on that of any
    school of the district.
    """
    rows = np.arange(len(schools))
    first = pd.Series(rows).groupby(schools["settlement"]).transform("min").to_numpy()
    size = schools.groupby("settlement")["kind"].transform("size").to_numpy()
    other = first + np.floor(rng.random(len(schools)) * size).astype("int64")
    kind = schools["kind"].to_numpy()
    sharing = np.isin(kind, [NUMBER["alternative"], NUMBER["choice middle"], NUMBER["choice high"]])
    ordinary = ~_is_tier(schools, "choice") & ~_is_tier(schools, "special")
    host = np.where(sharing & (rng.random(len(schools)) < 0.3) & ordinary[other], other, rows)
    keys = schools["settlement"].to_numpy() * len(schools) + schools["ordinal"].to_numpy()
    senior, ninth = rows[kind == NUMBER["senior high"]], rows[kind == NUMBER["ninth grade"]]
    host[ninth] = senior[np.searchsorted(keys[senior], keys[ninth])]
    return host


def _open_and_close(schools: pd.DataFrame, settlements: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Let a few city elementary schools open or close in the newest fall; their districts have others nearby."""
    opened, closed = (np.full(len(schools), fall) for fall in ALWAYS_OPEN)
    setting = settlements["setting"].to_numpy()[schools["settlement"]]
    lower = schools["kind"].isin([NUMBER["elementary"], NUMBER["elementary with pre-kindergarten"]]).to_numpy()
    eligible = rng.permutation(np.flatnonzero(lower & (setting == "city")))
    count = min(len(schools) // 200, len(eligible) // 8)
    closed[eligible[:count]] = NEWEST_FALL
    opened[eligible[count : 2 * count]] = NEWEST_FALL
    return schools.assign(opened=opened, closed=closed)
