"""Comparison schools against a plain search over all schools."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from clustering import ProgressParameters
from clustering.conditions.progress.comparison_schools import choose_comparison_schools
from clustering.conditions.progress.protection import protect_values
from tests.examples.progress_rows import rates, scenario_of

VARIABLES = ("attendance", "chronic_absence")


def base_of(seed: int, schools: list[str]) -> pd.DataFrame:
    scenario = scenario_of(dict.fromkeys(schools, "9-12"))
    random = np.random.default_rng(seed)
    cells = [(school, 2020, name, f"{random.integers(10, 99)}%") for school in schools for name in VARIABLES]
    return protect_values(rates(*cells).rows, scenario, "exact")


def brute_force(base: pd.DataFrame, school: str, candidates: list[str], count: int) -> list[tuple[float, str]]:
    """Every distance, one by one; ties by identifier."""
    table = base.pivot_table(index="school_id", columns="indicator_id", values="value")
    standard = (table - table.mean()) / table.std(ddof=0)
    distances = [
        (round(float(np.sqrt(((standard.loc[school] - standard.loc[other]) ** 2).mean())), 6), other)
        for other in candidates
    ]
    return sorted(distances)[:count]


@pytest.mark.parametrize("seed", range(5))
def test_the_nearest_are_those_of_a_plain_search(seed: int) -> None:
    schools = [f"{number:02d}" for number in range(30)]
    scenario = scenario_of(dict.fromkeys(schools, "9-12"))
    base = base_of(seed, schools)
    zones = {"Z": ("00", "07"), "Y": ("11",)}
    parameters = ProgressParameters(variables=VARIABLES, neighbours=4, caliper=10)
    chosen = choose_comparison_schools(base, scenario, zones, {"Z": 2021, "Y": 2021}, parameters)
    candidates = [school for school in schools if school not in ("00", "07", "11")]
    for school, rows in chosen.matches.groupby("school_id"):
        found = list(zip(rows["distance"], rows["comparison_id"], strict=True))
        wanted = brute_force(base, str(school), candidates, 4)
        assert [name for _, name in found] == [name for _, name in wanted]
        np.testing.assert_allclose([far for far, _ in found], [far for far, _ in wanted], atol=2e-6)
    assert chosen.unmatched.empty


def test_ties_go_by_identifier() -> None:
    schools = ["A", "d", "c", "b", "e"]
    scenario = scenario_of(dict.fromkeys(schools, "9-12"))
    cells = [(name, 2020, "attendance", "80%") for name in "Abcd"] + [("e", 2020, "attendance", "95%")]
    base = protect_values(rates(*cells).rows, scenario, "exact")
    parameters = ProgressParameters(variables=("attendance",), neighbours=2)
    chosen = choose_comparison_schools(base, scenario, {"Z": ("A",)}, {"Z": 2021}, parameters)
    assert chosen.matches["comparison_id"].tolist() == ["b", "c"]
    assert chosen.matches["distance"].tolist() == [0, 0]


def test_closed_schools_other_levels_other_types_and_zones_serve_nobody() -> None:
    grades = {"A": "9-12", "closed": "9-12", "middle": "6-8", "other type": "9-12", "in a Zone": "9-12", "far": "9-12"}
    scenario = scenario_of(grades)
    status = pd.Series({"closed": "closed"}).reindex(scenario.schools.index)
    kind = pd.Series({"other type": "alternative"}).reindex(scenario.schools.index)
    scenario = replace(scenario, schools=scenario.schools.assign(status=status, school_type=kind))
    cells = [(name, 2020, "attendance", "80%") for name in grades if name != "far"] + [
        ("far", 2020, "attendance", "20%")
    ]
    base = protect_values(rates(*cells).rows, scenario, "exact")
    zones = {"Z": ("A",), "Y": ("in a Zone", "not listed")}
    parameters = ProgressParameters(variables=("attendance", "graduation"), caliper=1)
    chosen = choose_comparison_schools(base, scenario, zones, {"Z": 2021, "Y": 2021}, parameters)
    assert chosen.matches.empty
    reasons = chosen.unmatched.set_index("school_id")["reason"]
    assert "and the caliper is 1" in reasons["A"]
    assert reasons["not listed"] == "The school is not in the schools files."
    nothing = choose_comparison_schools(base, scenario, {"Z": ("A",)}, {"Z": 2030}, parameters)
    assert nothing.unmatched["reason"].tolist() == ["The school has no entry values."]
