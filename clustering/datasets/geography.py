"""Where people live in the generated state: metros with a core and suburbs, towns, and open country."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

# West, south, east, north [degrees]. The state is fictional, the ground is not: inland rectangles of the conterminous
# United States, so that any outline map shows land below the schools.
HEARTLAND = ((-101.4, 37.5, -96.4, 42.3),)
COUNTRY = (
    (-104.3, 31.0, -82.3, 33.0),
    (-116.2, 33.0, -80.2, 36.0),
    (-120.6, 36.0, -77.6, 38.7),
    (-122.8, 38.7, -77.4, 41.2),
    (-122.8, 41.2, -88.4, 45.0),
    (-121.8, 45.0, -93.0, 48.3),
    (-85.8, 41.9, -84.2, 44.4),
    (-76.9, 41.5, -72.2, 43.0),
    (-75.5, 43.0, -71.2, 44.6),
    (-82.2, 27.8, -81.2, 30.0),
    (-99.6, 28.2, -97.2, 31.0),
)
LARGEST_SINGLE_STATE = 2_500

RURAL_SHARE, TOWN_SHARE, CHOICE_SHARE = 0.20, 0.20, 0.06
SCHOOLS_PER_METRO, SCHOOLS_PER_SUBURB = 120, 22
KM_PER_DEGREE = 111.2
_ROUND_EARTH_KM = 6371.0  # of the generated states, whose bytes must not change
GOLDEN_ANGLE = np.pi * (3 - np.sqrt(5))
# Two-dimensional golden ratios: multiples of them, modulo 1, fill a square evenly (Roberts' R2 sequence).
_EVEN_STEPS = np.array([0.7548776662466927, 0.5698402909980532])

SUBURB_PLANS = ("ninth grade", "6-2-4", "5-3-4", "paired")


def generate_settlements(schools: int, rng: np.random.Generator) -> pd.DataFrame:
    """
    Lay out the places that run a school district each.

    Parameters
    ----------
    schools
        Number of schools, at least 12.
    rng
        Source of chance.

    Returns
    -------
    settlements
        One row per district: ``setting`` (``city``, ``suburb``, ``town``, ``rural``), ``metro`` (-1: none),
        ``schools`` (run by the district), ``choice_schools`` (draw from the whole metro; only in cities), ``plan`` (how
        grades are parted among schools), ``latitude``, ``longitude`` [degrees], ``radius_km``, and the field of
        hardship: ``need`` at the centre and ``need_east``, ``need_north`` [per km]. The schools and choice schools of
        all rows add up to ``schools``.
    """
    rural = _split(round(RURAL_SHARE * schools), 2, 4, rng)
    towns = _split(round(TOWN_SHARE * schools), 5, 9, rng)
    boxes = HEARTLAND if schools <= LARGEST_SINGLE_STATE else COUNTRY
    metros = _generate_metros(schools - int(rural.sum()) - int(towns.sum()), boxes, rng)
    parts = [metros, _generate_outliers(towns, "town", boxes, rng), _generate_outliers(rural, "rural", boxes, rng)]
    return pd.concat([part for part in parts if len(part)], ignore_index=True)


def apportion(total: int, weights: FloatArray) -> IntArray:
    """Whole numbers in proportion to ``weights`` that add up to ``total``."""
    ends = np.floor(np.cumsum(weights) / weights.sum() * total + 0.5)
    return np.asarray(np.diff(ends, prepend=0.0), dtype="int64")


def to_sphere_km(latitude: FloatArray, longitude: FloatArray) -> FloatArray:
    """Points in space [km], shape (n, 3): straight distances among neighbours are those on the ground."""
    phi, theta = np.radians(latitude), np.radians(longitude)
    flat = np.cos(phi)
    return _ROUND_EARTH_KM * np.column_stack([flat * np.cos(theta), flat * np.sin(theta), np.sin(phi)])


def move_km(
    latitude: FloatArray, longitude: FloatArray, east: FloatArray, north: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Latitude and longitude [degrees] of the points some km east and north of others."""
    return latitude + north / KM_PER_DEGREE, longitude + east / (KM_PER_DEGREE * np.cos(np.radians(latitude)))


def _split(total: int, low: int, high: int, rng: np.random.Generator) -> IntArray:
    """Random parts of ``low`` to ``high`` that add up to ``total``; a remainder too small joins the last part."""
    if total < low:
        return np.zeros(0, dtype="int64")
    draws = rng.integers(low, high + 1, size=total // low + 1)
    whole = int(np.searchsorted(np.cumsum(draws), total))
    sizes = draws[: whole + 1].copy()
    sizes[-1] = total - int(sizes[:-1].sum())
    if sizes[-1] < low:
        sizes = sizes[:-1] + np.where(np.arange(whole) == whole - 1, sizes[-1], 0)
    return sizes


def _scatter(
    count: int, boxes: tuple[tuple[float, ...], ...], rng: np.random.Generator
) -> tuple[FloatArray, FloatArray]:
    """Points spread evenly over some boxes, by their area."""
    west, south, east, north = np.array(boxes).T
    areas = (east - west) * (np.sin(np.radians(north)) - np.sin(np.radians(south)))
    ends = np.cumsum(areas) / areas.sum()
    u, v = ((rng.random(2) + np.outer(np.arange(1, count + 1), _EVEN_STEPS)) % 1).T
    box = np.searchsorted(ends, u, side="right")
    within = (u - np.append(0.0, ends)[box]) / np.diff(ends, prepend=0.0)[box]
    return south[box] + v * (north - south)[box], west[box] + within * (east - west)[box]


def _generate_metros(total: int, boxes: tuple[tuple[float, ...], ...], rng: np.random.Generator) -> pd.DataFrame:
    """A core district and some suburbs for each metro; the largest metros are several times the smallest."""
    count = max(1, round(total / SCHOOLS_PER_METRO))
    sizes = apportion(total, np.arange(1.0, count + 1) ** -0.4)
    choice = np.floor(CHOICE_SHARE * sizes + 0.5).astype("int64")
    suburbs = np.floor(0.5 * (sizes - choice) / SCHOOLS_PER_SUBURB + 0.5).astype("int64")
    metro = np.repeat(np.arange(count), suburbs + 1)
    suburb = np.arange(len(metro)) - np.repeat(np.cumsum(suburbs + 1) - (suburbs + 1), suburbs + 1)
    is_core = suburb == 0
    weight = np.where(is_core, np.maximum(suburbs, 1)[metro], rng.lognormal(0, 0.2, len(metro)))
    reached = pd.Series(weight).groupby(metro).cumsum() / pd.Series(weight).groupby(metro).transform("sum")
    ends = pd.Series(np.floor(reached * (sizes - choice)[metro] + 0.5))
    schools = (ends - ends.groupby(metro).shift(fill_value=0)).astype("int64").to_numpy()
    radius = np.where(is_core, 1.5, 1.3) * np.sqrt(schools)
    core_radius = radius[is_core][metro]
    latitude, longitude = _scatter(count, boxes, rng)
    # Suburbs fill rings around the core, the same ground for each.
    distance = np.where(
        is_core, 0.0, np.sqrt(core_radius**2 + np.maximum(0, suburb - 0.3) * 14 * SCHOOLS_PER_SUBURB / 4)
    )
    towards = (rng.random(count) * 2 * np.pi)[metro]
    angle = towards + GOLDEN_ANGLE * (suburb - 1)
    east, north = distance * np.cos(angle), distance * np.sin(angle)
    latitude, longitude = move_km(latitude[metro], longitude[metro], east, north)
    level, slope = rng.normal(0, 0.8, count), 1.6 / core_radius
    need_east, need_north = slope * np.cos(towards), slope * np.sin(towards)
    plans = np.array(SUBURB_PLANS)[(suburb - 1 + metro) % len(SUBURB_PLANS)]
    return pd.DataFrame(
        {
            "setting": np.where(is_core, "city", "suburb"),
            "metro": metro,
            "schools": schools,
            "choice_schools": np.where(is_core, choice[metro], 0),
            "plan": np.where(is_core, "5-3-4", plans),
            "latitude": latitude,
            "longitude": longitude,
            "radius_km": radius,
            # Metros differ; in each the side that faces the first suburb is poor, and other suburbs are better off.
            "need": level[metro] + np.where(is_core, 0.0, -1.0 + 0.7 * (need_east * east + need_north * north)),
            "need_east": need_east,
            "need_north": need_north,
        }
    )


def _generate_outliers(
    sizes: IntArray, setting: str, boxes: tuple[tuple[float, ...], ...], rng: np.random.Generator
) -> pd.DataFrame:
    """Districts of one town, or of a stretch of open country, each far from the next."""
    count = len(sizes)
    latitude, longitude = _scatter(count, boxes, rng)
    chance = rng.random(count)
    if setting == "town":
        plan = np.select([chance < 0.5, chance < 0.75, chance < 0.9], ["5-3-4", "6-2-4", "paired"], "ninth grade")
    else:
        small = np.where(chance < 0.5, "8-4", "5-7")
        plan = np.where(sizes == 2, small, np.where(chance < 0.2, "8-4", "5-3-4"))
    return pd.DataFrame(
        {
            "setting": setting,
            "metro": -1,
            "schools": sizes,
            "choice_schools": 0,
            "plan": plan,
            "latitude": latitude,
            "longitude": longitude,
            "radius_km": 3.0 if setting == "town" else 9.0,
            "need": rng.normal(-1.2 if setting == "town" else -0.6, 0.9, count),
            "need_east": 0.0,
            "need_north": 0.0,
        }
    )
