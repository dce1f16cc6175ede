"""From a number of districts and a seed to a state with catchments and known paths."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd

from clustering.datasets.catchment_state.blocks import lay_out_blocks
from clustering.datasets.catchment_state.counts import (
    count_enrolment,
    count_paths,
    count_promotions,
    count_residents,
    list_records,
)
from clustering.datasets.catchment_state.draw_catchments import DrawnCatchments, draw_catchments
from clustering.datasets.catchment_state.graduation import draw_graduation
from clustering.datasets.catchment_state.polygons import draw_polygons, to_degrees
from clustering.datasets.catchment_state.publish import (
    publish_catchments,
    publish_homes,
    publish_membership,
    publish_paths,
    publish_promotions,
    publish_records,
    publish_schools,
)
from clustering.datasets.catchment_state.schools import (
    DISTRICT_SPACING_KM,
    list_choice_schools,
    list_ordinary_schools,
)
from clustering.datasets.catchment_state.state import CatchmentState
from clustering.datasets.catchment_state.students import LAST_GRADE, draw_students
from clustering.datasets.geography import move_km
from clustering.datasets.names import DISTRICT_TITLES, name_schools, name_towns
from clustering.datasets.published import identify
from clustering.datasets.schools import KINDS, NEWEST_FALL
from clustering.errors import InputError, Problem

# Part of every seed.
EDITION = 14
MOST_DISTRICTS, MOST_YEARS = 49, 10
# Ordinary high schools of the first district, the second, and so on, over and over.
HIGH_SCHOOLS = (5, 1, 3, 2)
LOW_SHARE = 0.4
_DISTRICTS_PER_ROW = 7
_SOUTH_WEST = (37.6, -101.0)


@dataclass(frozen=True, kw_only=True)
class _Ground:
    """Districts put together: ``blocks`` and ``schools`` by row, and the polygon of each school that has one."""

    blocks: pd.DataFrame
    schools: pd.DataFrame
    polygons: gpd.GeoDataFrame


def generate_catchment_state(
    *,
    districts: int = 8,
    seed: int = 1,
    years: int = 6,
    split_share: float = 0.35,
    choice_share: float = 0.2,
    aligned_share: float = 0.25,
) -> CatchmentState:
    """
    Generate a fictional state with catchments, in which the path of every student is known.

    Children live in blocks, and each block lies in an elementary, a middle and a high school catchment. The catchments
    of a level mostly follow those below, but some borders cut through one: then its students part. Larger districts
    have K-8 schools, and schools of choice that draw students from everywhere: charter and magnet schools, and a small
    alternative school whose polygon covers several ordinary catchments.

    Parameters
    ----------
    districts
        1 to 49: of five, one, three and two ordinary high schools in turn.
    seed
        Not negative. The same call gives the same tables, in any process.
    years
        School years of student records, 2 to 10, the last being 2023-24. Promotions are those between them.
    split_share
        Share of the elementary and middle catchments that borders of the next level may cut [0 to 1].
    choice_share
        Share of families that choose [0 to 1], where there are schools of choice.
    aligned_share
        Share of the districts in which no border cuts through a catchment below [0 to 1].

    Returns
    -------
    state
        About 25 schools a district.

    Raises
    ------
    InputError
        A number is out of range.
    """
    _check(districts, seed, years, {"split": split_share, "choice": choice_share, "aligned": aligned_share})
    # One stream of chance for each step and district, so that a change to one leaves the others as they were.
    streams = np.random.SeedSequence([EDITION, seed, districts]).spawn(5)
    named, drawn, met, rated, ordered = (np.random.Generator(np.random.PCG64(stream)) for stream in streams)
    aligned = ordered.permutation(districts)[: round(aligned_share * districts)]
    ground = _lay_out([0.0 if number in aligned else split_share for number in range(districts)], drawn)
    schools = _describe(ground.schools, districts, named)
    falls = range(NEWEST_FALL + 1 - years, NEWEST_FALL + 1)
    cohorts = range(falls[0] - LAST_GRADE, NEWEST_FALL + 1)
    students = draw_students(ground.blocks, schools, cohorts, met, choice_share=choice_share)
    enrolled = count_enrolment(students, NEWEST_FALL, len(schools))
    children = count_residents(students, NEWEST_FALL, len(ground.blocks))
    ids = schools["school_id"]
    return CatchmentState(
        schools=publish_schools(schools, enrolled),
        membership=publish_membership(schools, enrolled),
        catchments=publish_catchments(schools, ground.polygons),
        population=ground.blocks[["latitude", "longitude"]].assign(children=children),
        performance=draw_graduation(schools, enrolled[:, LAST_GRADE], rated, low_share=LOW_SHARE),
        promotions=publish_promotions(count_promotions(students, falls[:-1]), ids),
        records=publish_records(list_records(students, falls), ids, rated),
        paths=publish_paths(count_paths(students, falls[:-1]), ids),
        homes=publish_homes(ground.blocks, ids),
        command=f"generate_catchment_state(districts={districts}, seed={seed}, years={years},"
        f" split_share={split_share}, choice_share={choice_share}, aligned_share={aligned_share})",
    )


def _check(districts: int, seed: int, years: int, shares: dict[str, float]) -> None:
    limits = [
        ("districts", districts, 1, MOST_DISTRICTS, f"Give 1 to {MOST_DISTRICTS} districts."),
        ("seed", seed, 0, 2**63 - 1, "Give a seed that is not negative."),
        ("years", years, 2, MOST_YEARS, f"Give 2 to {MOST_YEARS} years."),
        *((f"{name}_share", share, 0, 1, "Give a share from 0 to 1.") for name, share in shares.items()),
    ]
    problems = [
        Problem(table="parameters", column=name, value=str(value), message="The number is out of range.", remedy=remedy)
        for name, value, low, high, remedy in limits
        if not low <= value <= high
    ]
    if problems:
        raise InputError(problems)


def _lay_out(split_shares: list[float], rng: np.random.Generator) -> _Ground:
    """Lay out one district after another; rows of schools are then sorted by the district that runs them."""
    blocks, schools, polygons = [], [], []
    for number, (split_share, chance) in enumerate(zip(split_shares, rng.spawn(len(split_shares)), strict=True)):
        high_schools = HIGH_SCHOOLS[number % len(HIGH_SCHOOLS)]
        laid_out = lay_out_blocks(high_schools, chance)
        drawn = draw_catchments(laid_out, high_schools, chance, split_share=split_share, with_k8=high_schools > 1)
        ordinary = list_ordinary_schools(laid_out, drawn)
        own = pd.concat([ordinary, list_choice_schools(high_schools, laid_out, chance)], ignore_index=True)
        latitude, longitude = _middle_of_district(number)
        convert = to_degrees(laid_out, latitude, longitude)
        located = convert(laid_out.centres)
        inhabited = {"children": laid_out.children, "longitude": located[:, 0], "latitude": located[:, 1]}
        blocks.append(_numbered(drawn).assign(settlement=number, **inhabited))
        north, east = own["north_km"].to_numpy(), own["east_km"].to_numpy()
        own_latitude, own_longitude = move_km(np.full(len(own), latitude), np.full(len(own), longitude), east, north)
        schools.append(own.assign(settlement=number, latitude=own_latitude.round(6), longitude=own_longitude.round(6)))
        polygons.append(draw_polygons(laid_out, drawn, own, convert))
    return _put_together(blocks, schools, polygons)


def _put_together(blocks: list[pd.DataFrame], schools: list[pd.DataFrame], polygons: list[gpd.GeoDataFrame]) -> _Ground:
    every = pd.concat(schools, ignore_index=True)
    shapes = pd.concat([part["geometry"].reindex(own.index) for part, own in zip(polygons, schools, strict=True)])
    every["geometry"] = shapes.to_numpy()
    charters = len(schools) + np.cumsum(every["is_charter"]) - 1
    every["district"] = np.where(every["is_charter"], charters, every["settlement"])
    every = every.sort_values("district", kind="stable", ignore_index=True)
    ordinary = every[every["polygon"] == "own"]
    rows = pd.Series(ordinary.index, index=pd.MultiIndex.from_frame(ordinary[["settlement", "number"]]))
    ground = pd.concat(blocks, ignore_index=True)
    for level in ("elementary", "middle", "high"):
        keys = pd.MultiIndex.from_frame(ground[["settlement", level]])
        ground[level] = rows.reindex(keys).to_numpy(dtype="int64")
    drawn = gpd.GeoDataFrame(every[["geometry"]], geometry="geometry", crs="EPSG:4326")
    return _Ground(blocks=ground, schools=every.drop(columns=["number", "geometry"]), polygons=drawn)


def _numbered(drawn: DrawnCatchments) -> pd.DataFrame:
    return pd.DataFrame({"elementary": drawn.elementary, "middle": drawn.middle, "high": drawn.high})


def _middle_of_district(number: int) -> tuple[float, float]:
    """Latitude and longitude [degrees]: districts stand in rows, far apart."""
    row, column = divmod(number, _DISTRICTS_PER_ROW)
    north, east = np.array([row * DISTRICT_SPACING_KM]), np.array([column * DISTRICT_SPACING_KM])
    latitude, longitude = move_km(np.array([_SOUTH_WEST[0]]), np.array([_SOUTH_WEST[1]]), east, north)
    return float(latitude[0]), float(longitude[0])


def _describe(schools: pd.DataFrame, districts: int, rng: np.random.Generator) -> pd.DataFrame:
    """Identifiers, names and grades."""
    towns = name_towns(districts, rng)
    names = name_schools(schools, towns, rng)
    town = towns.take(schools["settlement"].to_numpy()).reset_index(drop=True)
    identifiers = identify(schools)
    return schools.assign(
        school_id=identifiers["ncessch"],
        district_id=identifiers["leaid"],
        name=names,
        district_name=names.where(schools["is_charter"], town + " " + DISTRICT_TITLES["suburb"]),
        lowest=np.array([kind.lowest for kind in KINDS])[schools["kind"]],
        highest=np.array([kind.highest for kind in KINDS])[schools["kind"]],
    )
