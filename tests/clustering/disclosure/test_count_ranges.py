"""Which true counts a protected count can stand for, against every count that there is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from clustering import suppress_flows
from clustering.disclosure.count_ranges import with_ranges
from clustering.disclosure.protected_base import protected_base
from clustering.model.columns import RANGE_COLUMNS
from tests.examples.toy_district import toy_scenario


def test_the_range_of_a_count_holds_every_count_that_looks_like_it_and_no_other() -> None:
    true = np.arange(0.0, 295.0)
    shown = with_ranges(
        suppress_flows(pd.DataFrame({"students": true, "students_low": true, "students_high": true}))
    ).assign(true=true)
    alike = shown.groupby(["students", "students_low"], dropna=False)
    assert (shown["students_least"] == alike["true"].transform("min")).all()
    assert (shown["students_most"] == alike["true"].transform("max")).all()
    # 0, 1 to 9, 10 to 14, 15 to 24 and so on.
    assert sorted({(least, most) for least, most in shown[list(RANGE_COLUMNS)].to_numpy()})[:4] == [
        (0, 0),
        (1, 9),
        (10, 14),
        (15, 24),
    ]


@pytest.mark.parametrize("cells", [1, 2, 3])
def test_the_exact_part_of_a_suppressed_sum_has_a_range_of_its_own(cells: int) -> None:
    exact = np.arange(0.0, 55.0)
    rows = pd.DataFrame(
        {"students": np.nan, "students_low": cells + exact, "students_high": 9 * cells + exact, "true": exact}
    )
    shown = with_ranges(suppress_flows(rows))
    alike = shown.groupby(["students_low", "students_high"])
    # An exact part of 1 to 9 looks like one suppressed cell more.
    assert (shown["students_least"] == cells + alike["true"].transform("min")).all()
    assert (shown["students_most"] == 9 * cells + alike["true"].transform("max")).all()


def test_paths_from_catchments_are_no_counts_and_keep_their_ends() -> None:
    rows = pd.DataFrame({"students": [17.5, 20.0], "students_low": [17.5, 20.0], "students_high": [17.5, 20.0]})
    rows = rows.assign(basis=["catchments", "student records"])
    assert with_ranges(rows)[list(RANGE_COLUMNS)].to_numpy().tolist() == [[17.5, 17.5], [15, 24]]


def test_only_the_protected_base_has_ranges_and_protecting_twice_changes_nothing() -> None:
    once = protected_base(toy_scenario(), "protected")
    assert set(RANGE_COLUMNS) <= set(once.flows.columns)
    pd.testing.assert_frame_equal(protected_base(once, "protected").flows, once.flows)
    assert not set(RANGE_COLUMNS) & set(protected_base(toy_scenario(), "exact").flows.columns)


def test_the_ranges_follow_from_what_is_shown() -> None:
    flows = toy_scenario().flows
    for true in (15.0, 18.0, 24.0):
        like = flows.assign(**dict.fromkeys(("students", "students_low", "students_high"), true))
        base = protected_base(replace(toy_scenario(), flows=like), "protected").flows
        assert base[["students", *RANGE_COLUMNS]].drop_duplicates().to_numpy().tolist() == [[20, 15, 24]]
