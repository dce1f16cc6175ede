"""From a size and a seed to a state."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from clustering.datasets.accountability import draw_accountability
from clustering.datasets.catchments import build_moves
from clustering.datasets.conditions import draw_indicators, draw_readiness
from clustering.datasets.flows import (
    FIRST_GRADE,
    expect_students,
    is_published,
    simulate_years,
    suppress_small_cells,
)
from clustering.datasets.geography import IntArray, generate_settlements
from clustering.datasets.graduation import draw_graduation, list_officially
from clustering.datasets.lead_partners import draw_register
from clustering.datasets.names import DISTRICT_TITLES, name_schools, name_streets, name_towns
from clustering.datasets.published import identify
from clustering.datasets.schools import NEWEST_FALL, generate_schools
from clustering.datasets.state import SampleState, publish_state
from clustering.datasets.toy import TOY_SCHOOLS, toy_district
from clustering.datasets.zone_conditions import draw_conditions
from clustering.errors import InputError, Problem

# Part of every seed, chosen so that the default state shows each situation that a planner meets.
EDITION = 208
# Streams of chance of indicators and readiness, and of conditions, apart from the others.
_CONDITIONS, _ZONE_CONDITIONS = 15, 16
LARGEST = 120_000
LARGEST_DETAILED = 20_000
DEFAULT_YEARS, MOST_YEARS = 3, 10


def generate_state(
    *, schools: int = 600, seed: int = 1, years: int | None = None, inside_school_rows: bool | None = None
) -> SampleState:
    """
    Generate a fictional state: the same call gives the same tables, in any process.

    Parameters
    ----------
    schools
        Number of schools, 11 (the toy district, which knows no chance) to 120,000. Above 2,500 the schools spread over
        the whole conterminous United States.
    seed
        Not negative; another seed is another state.
    years
        School years of promotions, 1 to 10, the last being 2023-24. By default 3; above 20,000 schools 1.
    inside_school_rows
        Whether the promotions also have the rows of grades that are not a school's last: continuation, repetition,
        mid-school moves. By default, up to 20,000 schools.

    Returns
    -------
    state
        Published tables; names are invented.

    Raises
    ------
    InputError
        A number is out of range.
    """
    detailed = schools <= LARGEST_DETAILED
    followed = years if years is not None else DEFAULT_YEARS if detailed else 1
    problems = [
        Problem(table="parameters", column=name, value=str(value), message="The number is out of range.", remedy=remedy)
        for name, value, low, high, remedy in (
            ("schools", schools, TOY_SCHOOLS, LARGEST, f"Give {TOY_SCHOOLS} to {LARGEST:,} schools."),
            ("seed", seed, 0, 2**63 - 1, "Give a seed that is not negative."),
            ("years", followed, 1, MOST_YEARS, f"Give 1 to {MOST_YEARS} years."),
        )
        if not low <= value <= high
    ]
    if problems:
        raise InputError(problems)
    if schools == TOY_SCHOOLS:
        return toy_district()
    inside = detailed if inside_school_rows is None else inside_school_rows
    return _generate(schools, seed, range(NEWEST_FALL + 1 - followed, NEWEST_FALL + 1), inside_school_rows=inside)


def _generate(schools: int, seed: int, falls: range, *, inside_school_rows: bool) -> SampleState:
    # One stream of chance for each step, so that a change to one leaves the others as they were.
    streams = np.random.SeedSequence([EDITION, seed, schools]).spawn(10)
    chance = [np.random.Generator(np.random.PCG64(stream)) for stream in streams]
    settlements = generate_settlements(schools, chance[0])
    table = generate_schools(settlements, chance[1])
    table = _describe(table, settlements, chance[2])
    moves = build_moves(table, chance[3])
    expected = expect_students(table, moves, chance[4])
    flows, enrolled = simulate_years(table, moves, expected, falls, chance[5])
    highest = table["highest"].to_numpy()
    shown = is_published(flows["grade"], highest[flows["origin"]], inside_school_rows=inside_school_rows)
    graduation = draw_graduation(table, expected, chance[6])
    state = publish_state(
        table,
        flows=suppress_small_cells(flows[shown], table, chance[7]),
        enrolled=_enrolled_rows(enrolled, falls, highest, inside_school_rows=inside_school_rows),
        graduation=graduation,
        listed=list_officially(table, graduation, chance[6]),
        accountability=draw_accountability(
            table, expected, graduation, chance[8], with_groups=schools <= LARGEST_DETAILED
        ),
        register=draw_register(table, chance[9]),
        command=f"zones sample --schools {schools} --seed {seed} --out data/sample",
    )
    if schools > LARGEST_DETAILED:
        return state
    rng, zone_rng = (
        np.random.default_rng(np.random.SeedSequence([EDITION, seed, schools, stream]))
        for stream in (_CONDITIONS, _ZONE_CONDITIONS)
    )
    return replace(
        state,
        indicators=draw_indicators(table, expected, graduation, rng),
        readiness=draw_readiness(table, graduation, rng),
        conditions=draw_conditions(table, graduation, state.lead_partners, zone_rng),
    )


def _describe(schools: pd.DataFrame, settlements: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Identifiers, names and addresses; schools on one campus share its address."""
    towns = name_towns(len(settlements), rng)
    # The settlements of a metro lie in the county of its core; every other one is a county of its own.
    cores = np.flatnonzero(settlements["setting"] == "city")
    metro = settlements["metro"].to_numpy()
    county = np.where(metro >= 0, cores[np.maximum(metro, 0)], np.arange(len(settlements)))
    ground = schools["settlement"].to_numpy()
    names = name_schools(schools, towns, rng)
    titles = settlements["setting"].map(DISTRICT_TITLES)
    district_names = (towns + " " + titles).take(ground).reset_index(drop=True)
    campus = schools["latitude"].astype("str") + schools["longitude"].astype("str")
    return schools.assign(
        **identify(schools),
        name=names,
        district_name=names.where(schools["is_charter"], district_names),
        town=towns.take(ground).reset_index(drop=True),
        street=name_streets(len(schools), rng).groupby(campus).transform("first"),
        # The post office gives out no code that starts with 000 to 004.
        zip=("00" + pd.Series(ground % 500).astype("str").str.zfill(3)),
        setting=settlements["setting"].to_numpy()[ground],
        metro=metro[ground],
        county=county[ground] + 1,
        county_name=towns.take(county[ground]).reset_index(drop=True),
    )


def _enrolled_rows(
    enrolled: list[IntArray], falls: range, highest: IntArray, *, inside_school_rows: bool
) -> pd.DataFrame:
    parts = []
    for fall, students in zip(falls, enrolled, strict=True):
        origin, column = np.nonzero(students)
        rows = pd.DataFrame({"fall": fall, "origin": origin, "grade": column + FIRST_GRADE})
        rows["students"] = students[origin, column]
        shown = is_published(rows["grade"], highest[origin], inside_school_rows=inside_school_rows)
        parts.append(rows[shown & (rows["grade"] < 12).to_numpy()])
    return pd.concat(parts, ignore_index=True)
