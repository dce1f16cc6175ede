"""The decay with distance: its forms, and fitting it to flows generated with a known strength."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from clustering.flows.gravity.distance_decay import fit_decay, state_decay
from clustering.flows.gravity.parameters import DecayForm, GravityParameters
from tests.examples.small_state import DEGREE_KM, make_schools, random_state


def known_flows(rows: list[tuple[str, str, float]], *, kind: str = "feeding") -> pd.DataFrame:
    """Flows from grade 5 to 6, one row for each origin and destination; below 0: suppressed."""
    table = pd.DataFrame(rows, columns=["origin", "destination", "students"])
    counts = table["students"].where(table["students"] >= 0)
    return table.assign(
        grade=pd.array([5] * len(table), dtype="Int64"),
        next_grade=pd.array([6] * len(table), dtype="Int64"),
        year=pd.array([2022] * len(table), dtype="Int64"),
        students=counts,
        students_low=counts.fillna(1.0),
        students_high=counts.fillna(9.0),
        kind=kind,
    )


def generated_flows(schools: gpd.GeoDataFrame, form: DecayForm, strength: float) -> pd.DataFrame:
    """A dense doubly constrained model, balanced row by column, with so many students that tens are exact."""
    ids = schools.index.to_series()
    senders, receivers = (ids[ids.str.startswith(letter)].tolist() for letter in "EM")
    x = schools.geometry.x.to_numpy() * np.cos(np.radians(schools.geometry.y.to_numpy())) * DEGREE_KM
    y = schools.geometry.y.to_numpy() * DEGREE_KM
    place = np.column_stack([x, y])
    count = len(senders)
    distance = np.hypot(*(place[:count, None] - place[None, count:]).transpose(2, 0, 1)).clip(min=0.5)
    students = np.exp(-distance / strength) if form == "exponential" else distance**-strength
    random = np.random.default_rng(9)
    leaving, entering = random.uniform(1, 3, size=count), random.uniform(1, 3, size=len(receivers))
    entering *= leaving.sum() / entering.sum()
    for _ in range(5_000):
        students *= (entering / students.sum(axis=0))[None, :]
        students *= (leaving / students.sum(axis=1))[:, None]
    cells = np.rint(students * 1e5) * 10
    return known_flows(
        [
            (one, other, cells[row, column])
            for row, one in enumerate(senders)
            for column, other in enumerate(receivers)
            if cells[row, column] > 0
        ]
    )


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize(
    ("form", "strength"),
    [("exponential", 0.8), ("exponential", 3.0), ("exponential", 12.0), ("power", 0.7), ("power", 2)],
)
def test_the_strength_that_generated_the_flows_is_found_again(form: DecayForm, strength: float, seed: int) -> None:
    schools = random_state(seed)
    parameters = GravityParameters(decay=form, nearest_schools=100, tolerance=1e-8, maximum_iterations=20_000)
    decay = fit_decay(generated_flows(schools, form, strength), schools, parameters)
    assert decay.is_fitted
    # The generator's plane differs from the sphere by less than a thousandth over these twenty kilometres.
    assert decay.strength == pytest.approx(strength, rel=0.005)


def test_flows_that_ignore_distance_are_fitted_by_hardly_any_decay() -> None:
    schools = random_state(3)
    parameters = GravityParameters(nearest_schools=100)
    decay = fit_decay(generated_flows(schools, "exponential", 1e6), schools, parameters)
    assert decay.strength > 1_000


def test_the_fit_says_what_it_rests_on() -> None:
    # 30 students over 1 km and 10 over 3 km: 1.5 km on average. An unlisted school and other kinds are left out.
    schools = make_schools(("E1", "K-5", 0, 0), ("M1", "6-8", 0, 1 / DEGREE_KM), ("M2", "6-8", 0, 3 / DEGREE_KM))
    rows = known_flows([("E1", "M1", 30), ("E1", "M2", 10), ("E1", "gone", 500)])
    rows = pd.concat([rows, known_flows([("E1", "M2", 900)], kind="lateral")], ignore_index=True)
    decay = fit_decay(rows, schools, GravityParameters())
    assert decay.known_students == 40
    assert decay.known_mean_km == pytest.approx(1.5)
    assert "40 known students, who go 1.50 km on average" in decay.note


def test_a_small_count_has_no_influence_on_the_fit() -> None:
    schools = random_state(4)
    generated = generated_flows(schools, "exponential", 2.0)[["origin", "destination", "students"]]
    rows = list(generated.itertuples(index=False, name=None))
    one, other = rows[0][0], rows[1][1]
    rest = [row for row in rows if row[:2] != (one, other)]
    fits = {
        fit_decay(known_flows([*rest, (one, other, students)]), schools, GravityParameters()).strength
        for students in (1, 4, 9, -1)
    }
    assert len(fits) == 1


def test_without_usable_flows_the_stated_strength_is_taken() -> None:
    schools = make_schools(("E1", "K-5", 0, 0), ("M1", "6-8", 0, 5), ("M2", "6-8", np.nan, np.nan))
    parameters = GravityParameters(scale_km=7)
    for rows in ([], [("E1", "M1", 50)], [("E1", "M2", 50)]):
        decay = fit_decay(known_flows(rows), schools, parameters)
        assert not decay.is_fitted
        assert decay.strength == 7
        assert decay.known_mean_km is None
        assert "no known flow joins two schools near each other" in decay.note


def test_the_pull_of_a_school() -> None:
    distances = np.array([1.0, 2.0, 4.0])
    exponential = state_decay(GravityParameters(scale_km=2)).pull(distances)
    assert exponential[1:] / exponential[:-1] == pytest.approx([np.exp(-0.5), np.exp(-1)])
    power = state_decay(GravityParameters(decay="power", exponent=3)).pull(distances)
    assert power[1:] / power[:-1] == pytest.approx([1 / 8, 1 / 8])
