"""States whose every count is known, with the public size of every grade: what an attacker is let loose on."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from clustering import Scenario, generate_state, read_scenario, write_state
from clustering.datasets import flows as drawn_flows
from clustering.model.grades import PRESCHOOL
from tests.oracles.disclosure_attacker.public_sizes import public_sizes


@dataclass(frozen=True, eq=False)
class AttackedState:
    """
    A state, and the truth behind it.

    Parameters
    ----------
    scenario
        As it was uploaded: some counts may be suppressed.
    exact
        Its flows with every count, ``students`` complete, row by row.
    sizes
        ``public_sizes.SIZE_COLUMNS``.
    """

    scenario: Scenario
    exact: pd.DataFrame
    sizes: pd.DataFrame

    @property
    def final_grades(self) -> dict[str, int]:
        """Of each school."""
        masks = self.scenario.schools["grades_offered"]
        return {str(school): int(mask).bit_length() - 1 + PRESCHOOL for school, mask in masks.items()}


def with_flows(scenario: Scenario, exact: pd.DataFrame, sizes: pd.DataFrame | None = None) -> AttackedState:
    """The schools of a scenario with other flows, known exactly, and their public sizes in the state."""
    students = exact["students"]
    flows = exact.assign(students_low=students, students_high=students).reset_index(drop=True)
    flows = flows[list(scenario.flows.columns)].astype(scenario.flows.dtypes.to_dict())
    known = public_sizes(flows) if sizes is None else sizes
    enrolled = known[known["school_id"].isin(scenario.schools.index)]
    grades = enrolled[["school_id", "year", "grade", "students"]].sort_values(["school_id", "year", "grade"])
    grades = grades.reset_index(drop=True).astype(scenario.grade_enrolment.dtypes.to_dict())
    return AttackedState(replace(scenario, flows=flows, grade_enrolment=grades), flows, known)


@cache
def generated(schools: int = 120, seed: int = 6) -> AttackedState:
    """A generated state, of which the whole file is published."""
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as folder:
        patch.setattr(drawn_flows, "SUPPRESSING_DISTRICTS", 0.0)
        write_state(generate_state(schools=schools, seed=seed), folder)
        files = Path(folder)
        scenario = read_scenario(
            schools=[files / "schools.csv"],
            flows=[files / "promotions.csv"],
            performance=[files / "acgr_2223_sample.csv"],
        )
    return with_flows(scenario, scenario.flows)


@cache
def thinned(schools: int = 120, seed: int = 6) -> AttackedState:
    """The same with a quarter of the students, drawn one by one: small rural schools."""
    state = generated(schools, seed)
    students = np.random.default_rng(seed).binomial(state.exact["students"].astype(int), 0.25).astype("float64")
    exact = state.exact.assign(students=students)
    return with_flows(state.scenario, exact[exact["students"] > 0])


@cache
def spread_out(schools: int = 240, seed: int = 6) -> AttackedState:
    """Every fourth school of a state, with its own students; most of those it sends students to are elsewhere."""
    state = generated(schools, seed)
    kept = state.scenario.schools.index[::4]
    inside = state.exact["destination"].isna() | state.exact["destination"].isin(kept)
    exact = state.exact[state.exact["origin"].isin(kept)]
    away = exact["kind"].eq("feeding") & ~inside
    exact = exact.assign(kind=exact["kind"].mask(away, "unlisted destination"))
    scenario = replace(
        state.scenario,
        schools=state.scenario.schools.loc[kept],
        performance=state.scenario.performance.reindex(kept),
        rates=state.scenario.rates[state.scenario.rates["school_id"].isin(kept)].reset_index(drop=True),
    )
    return with_flows(scenario, exact, state.sizes)


def with_some_suppressed(schools: int = 120, seed: int = 7) -> AttackedState:
    """A generated state of which a quarter of the schools suppressed their counts of 1 to 9 before the upload."""
    state = generated(schools, seed)
    drawn = np.random.default_rng(seed).random(len(state.scenario.schools)) < 0.25
    suppressing = state.scenario.schools.index[drawn]
    hidden = state.exact["origin"].isin(suppressing) & (state.exact["students"] < 10)
    low, high, students = (state.exact["students"].mask(hidden, value) for value in (1.0, 9.0, np.nan))
    flows = state.exact.assign(students=students, students_low=low, students_high=high)
    return replace(state, scenario=replace(state.scenario, flows=flows))


def washington(folder: Path, seed: int = 6) -> AttackedState:
    """Washington, DC, as it was published: suppressed counts are drawn between their ends, and stay suppressed."""
    scenario = read_scenario(schools=[folder / "schools.csv"], flows=[folder / "promotions.csv"])
    flows = scenario.flows
    low, high = (flows[name].fillna(0).astype(int) for name in ("students_low", "students_high"))
    drawn = np.random.default_rng(seed).integers(low, high + 1).astype("float64")
    state = with_flows(scenario, flows.assign(students=flows["students"].where(flows["students"].notna(), drawn)))
    # Without enrolment nobody could know how small a grade is whose counts are suppressed already.
    enrolment = state.sizes[["school_id", "year", "grade", "students"]].astype(
        scenario.grade_enrolment.dtypes.to_dict()
    )
    return replace(state, scenario=replace(state.scenario, flows=flows, grade_enrolment=enrolment))


STATES: dict[str, Callable[[], AttackedState]] = {
    "generated": generated,
    "a quarter of the students": thinned,
    "every fourth school": spread_out,
}
