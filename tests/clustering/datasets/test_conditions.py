"""Generated indicators and assessments: in keeping with the rates, and the same in every run."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from clustering.datasets import SampleState, generate_state, toy_district, write_state
from clustering.datasets.conditions import INDICATOR_COLUMNS, READINESS_COLUMNS

PARTS = {
    "chronically_absent": "enrolled",
    "suspended": "enrolled",
    "on_track": "ninth_graders",
    "proficient_mathematics": "tested_mathematics",
    "proficient_reading": "tested_reading",
    "graduates": "cohort",
    "teachers_retained": "teachers",
}


def test_every_part_is_within_its_whole_and_only_small_counts_are_hidden(state: SampleState) -> None:
    table = state.indicators
    assert tuple(table.columns) == INDICATOR_COLUMNS
    for part, whole in PARTS.items():
        counted = table[table[part].str.isdecimal()]
        assert len(counted) > 100, part
        assert (counted[part].astype(int) <= counted[whole].astype(int)).all(), part
    assert (table[list(PARTS)] == "*").to_numpy().any()
    hiding = set(table.loc[(table[list(PARTS)] == "*").any(axis=1), "school_id"].str[:7])
    of_hiding = table[table["school_id"].str[:7].isin(hiding)]
    shown = of_hiding[of_hiding["suspended"].str.isdecimal()]["suspended"].astype(int)
    assert not shown.between(1, 9).any()


def test_five_years_with_graduates_as_published(state: SampleState) -> None:
    table = state.indicators
    assert sorted(set(table["school_year"])) == ["2019-20", "2020-21", "2021-22", "2022-23", "2023-24"]
    assert not table.duplicated(["school_id", "school_year"]).any()
    published = state.graduation_rates.set_index("NCESSCH")
    exact = published[published["ALL_RATE_2223"].str.fullmatch(r"\d+")]["ALL_RATE_2223"].astype(int)
    of_year = table[(table["school_year"] == "2022-23") & table["graduates"].str.isdecimal()].set_index("school_id")
    both = of_year.index.intersection(exact.index)
    assert len(both) > 20
    rates = 100 * of_year.loc[both, "graduates"].astype(int) / of_year.loc[both, "cohort"].astype(int)
    assert ((rates - exact[both]).abs() <= 0.51).all()


def test_assessments_are_of_two_rounds_on_the_scale(state: SampleState) -> None:
    table = state.readiness
    assert tuple(table.columns) == READINESS_COLUMNS
    assert table.groupby("subject_kind")["date"].nunique().to_dict() == {"district": 2, "school": 2}
    assert set(table.iloc[:, 4:].to_numpy().ravel()) == {"", "1", "2", "3", "4"}
    assert set(table.loc[table["subject_kind"] == "school", "subject_id"]) <= set(state.directory["NCESSCH"])


def test_the_same_call_gives_the_same_tables_and_another_seed_others() -> None:
    one, again, other = (generate_state(schools=60, seed=seed) for seed in (3, 3, 4))
    pd.testing.assert_frame_equal(one.indicators, again.indicators)
    pd.testing.assert_frame_equal(one.readiness, again.readiness)
    assert not one.indicators.equals(other.indicators)


def test_the_toy_district_has_none_and_writes_none(tmp_path: Path) -> None:
    state = toy_district()
    assert state.indicators.empty
    names = {path.name for path in write_state(state, tmp_path)}
    assert not {"indicators_sample.csv", "readiness_sample.csv"} & names
    assert "indicators_sample.csv" not in (tmp_path / "README.md").read_text()
