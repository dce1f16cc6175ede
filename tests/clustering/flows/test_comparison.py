"""The error of an estimate, on flows small enough to work out by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from clustering.flows.comparison import compare_flows

LEVELS = pd.Series({"E1": "elementary", "E2": "elementary", "M1": "middle", "H1": "high"})


def flows(*rows: tuple[str, str | None, float]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["origin", "destination", "students"])


def test_an_estimate_that_is_the_record_misplaces_nobody() -> None:
    recorded = flows(("E1", "M1", 30), ("E1", "M2", 10), ("M1", "H1", 50))
    comparison = compare_flows(recorded, recorded, LEVELS)
    assert comparison.schools == 2
    assert comparison.students == 90
    assert comparison.misplaced_share == 0
    assert comparison.dominant_agreement == 1
    assert comparison.dominant_agreement_students == 1


def test_misplaced_students_by_hand() -> None:
    # E1: 40 recorded as 30 + 10; the estimate's 1 : 3 puts them as 10 + 30: 20 misplaced, another first destination.
    # M1: 60 recorded as 60 + 0; the estimate's 2 : 1 puts them as 40 + 20: 20 misplaced, the same first destination.
    recorded = flows(("E1", "M1", 30), ("E1", "M2", 10), ("M1", "H1", 60))
    estimated = flows(("E1", "M1", 1), ("E1", "M2", 3), ("M1", "H1", 200), ("M1", "H2", 100))
    comparison = compare_flows(estimated, recorded, LEVELS)
    assert comparison.students == 100
    assert comparison.misplaced_share == pytest.approx(0.4)
    assert comparison.dominant_agreement == pytest.approx(1 / 2)
    assert comparison.dominant_agreement_students == pytest.approx(60 / 100)
    assert [tuple(level) for level in comparison.by_level] == [
        ("elementary", 1, pytest.approx(20 / 40), 0.0),
        ("middle", 1, pytest.approx(20 / 60), 1.0),
    ]


def test_only_feeders_in_both_tables_count() -> None:
    recorded = flows(("E1", "M1", 30), ("E2", "M1", 500))
    estimated = flows(("E1", "M1", 3), ("M1", "H1", 80))
    comparison = compare_flows(estimated, recorded, LEVELS)
    assert (comparison.schools, comparison.students, comparison.misplaced_share) == (1, 30, 0)


def test_students_who_stay_or_leave_are_left_out() -> None:
    recorded = flows(("E1", "M1", 30), ("E1", "E1", 400), ("E1", None, 90), ("E2", None, 12))
    comparison = compare_flows(flows(("E1", "M1", 1), ("E1", "E1", 9), ("E2", "M1", 4)), recorded, LEVELS)
    assert (comparison.schools, comparison.students, comparison.misplaced_share) == (1, 30, 0)


def test_a_suppressed_count_is_the_middle_of_its_interval() -> None:
    # 15 exact and 1 to 9, so 5, recorded: 20. The estimate's halves are 10 and 10: 5 misplaced.
    recorded = flows(("E1", "M1", 15), ("E1", "M2", np.nan)).assign(students_low=[15, 1], students_high=[15, 9])
    comparison = compare_flows(flows(("E1", "M1", 7), ("E1", "M2", 7)), recorded, LEVELS)
    assert comparison.students == 20
    assert comparison.misplaced_share == pytest.approx(5 / 20)


def test_ties_for_the_first_place_agree_if_one_is_shared() -> None:
    recorded = flows(("E1", "M1", 10), ("E1", "M2", 10), ("E2", "M1", 10), ("E2", "M2", 10))
    estimated = flows(("E1", "M2", 6), ("E1", "M3", 5), ("E2", "M3", 6))
    assert compare_flows(estimated, recorded, LEVELS).dominant_agreement == pytest.approx(1 / 2)


def test_rows_of_one_pair_are_added_up_whatever_their_order_and_grade() -> None:
    recorded = flows(("E1", "M1", 10), ("E1", "M2", 15), ("E1", "M1", 10))
    once = flows(("E1", "M1", 20), ("E1", "M2", 15))
    assert compare_flows(once, recorded, LEVELS) == compare_flows(once, once, LEVELS)
    assert compare_flows(recorded.iloc[::-1], once, LEVELS).misplaced_share == 0


def test_categories_and_identifiers_with_zeros_are_compared_as_text() -> None:
    recorded = flows(("001", "NA", 10), ("001", "02", 5)).astype({"origin": "category", "destination": "category"})
    estimated = flows(("001", "NA", 2), ("001", "02", 1), ("1", "2", 9))
    comparison = compare_flows(estimated, recorded, pd.Series({"001": "middle"}))
    assert (comparison.schools, comparison.misplaced_share) == (1, pytest.approx(0))
    assert [level.level for level in comparison.by_level] == ["middle"]


def test_a_feeder_without_level_counts_as_other_and_levels_come_in_their_order() -> None:
    recorded = flows(("X", "H1", 10), ("M1", "H1", 10), ("E2", "M1", 10), ("E1", "M1", 10))
    levels = [(level.level, level.schools) for level in compare_flows(recorded, recorded, LEVELS).by_level]
    assert levels == [("elementary", 2), ("middle", 1), ("other", 1)]


def test_nothing_in_common_is_no_error_of_zero() -> None:
    comparison = compare_flows(flows(("E1", "M1", 5)), flows(("E2", "M1", 5)), LEVELS)
    assert (comparison.schools, comparison.students, comparison.by_level) == (0, 0, ())
    assert comparison.misplaced_share is None
    assert comparison.dominant_agreement is None
    assert comparison.dominant_agreement_students is None


def test_misplaced_share_agrees_with_the_other_way_to_count_it() -> None:
    """One less the students whom both tables send to the same school."""
    random = np.random.default_rng(4)
    size = 200
    tables = [
        pd.DataFrame(
            {
                "origin": random.choice(["E1", "E2", "M1"], size),
                "destination": random.choice(["A", "B", "C", "D"], size),
                "students": random.integers(1, 90, size).astype("float64"),
            }
        )
        for _ in range(2)
    ]
    estimated, recorded = (table.pivot_table("students", "origin", "destination", "sum") for table in tables)
    scaled = estimated.div(estimated.sum(axis=1), axis=0).mul(recorded.sum(axis=1), axis=0)
    placed = np.minimum(scaled.to_numpy(), recorded.to_numpy()).sum()
    share = compare_flows(tables[0], tables[1], LEVELS).misplaced_share
    assert share == pytest.approx(1 - placed / recorded.to_numpy().sum())
