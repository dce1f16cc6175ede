"""Rates of small groups: what a protected answer says must not depend on which of 1 to 9 students they are."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clustering import Identification, Scenario, follow_cycles, identify_by_rules, identify_schools, list_presets
from clustering.disclosure.protected_base import protect_rates, protected_base
from tests.examples.rated_schools import rated_schools, school_ids
from tests.examples.read_cells import YEAR, ReadCells, Row

COUNTS = [(graduates, cohort) for cohort in [*range(1, 51), 506] for graduates in range(cohort + 1)]
IN_COLUMNS = ReadCells(
    {"graduates": [str(graduates) for graduates, _ in COUNTS], "cohort": [str(cohort) for _, cohort in COUNTS]}
)
AS_TEXT = ReadCells({"graduation_rate": [f"{graduates} of {cohort}" for graduates, cohort in COUNTS]})


def cell_of(graduates: int, cohort: int) -> int:
    return COUNTS.index((graduates, cohort))


@cache
def of_counts(graduates: int, cohort: int, *, is_text: bool = False) -> Scenario:
    """A school whose rate is made of counts, in two columns or as text."""
    cells = AS_TEXT if is_text else IN_COLUMNS
    return cells.state([Row(cell_of(graduates, cohort))], title1=["yes", "yes"])


def of_each_number(cohort: int, *, is_text: bool) -> Scenario:
    """A state with a school for each number of graduates, from none to all of the cohort."""
    cells = AS_TEXT if is_text else IN_COLUMNS
    numbers = zip(range(cohort + 1), school_ids(cohort + 1), strict=True)
    return cells.state([Row(cell_of(number, cohort), school) for number, school in numbers])


def answer_text(found: Identification) -> str:
    """All that an answer says of its schools."""
    return (
        f"{found.decisions.to_dict()} {found.explanations.tolist()} {found.counts} {found.cutoffs} {found.exclusions}"
    )


RULES: list[Any] = [
    *list_presets().index,
    *({"threshold": 0.5, "minimum_students": number} for number in (1, 5, 9, 10)),
    {"threshold": 0.5, "minimum_students": 8, "below_minimum": "flag"},
    {"threshold": 0.5, "minimum_students": 8, "below_minimum": "pool_years"},
    {"threshold": 0.5, "years": "newest", "range_policy": "midpoint"},
    {"threshold": 0.5, "decimals": 0},
    {"bottom_count": 1},
]


def check_answers_alike(scenarios: Sequence[Scenario]) -> None:
    """Each rule gives the same answer for all; every scenario is put to all rules at once."""
    by_scenario = [identify_by_rules(scenario, RULES) for scenario in scenarios]
    for rule, found in zip(RULES, zip(*by_scenario, strict=True), strict=True):
        assert len({answer_text(each) for each in found}) == 1, rule


@pytest.mark.parametrize("is_text", [False, True])
def test_all_cohorts_of_1_to_9_give_one_answer(is_text: bool) -> None:
    pairs = [(0, 1), (1, 1), (3, 7), (7, 7), (0, 9), (8, 9)]
    check_answers_alike([of_counts(graduates, cohort, is_text=is_text) for graduates, cohort in pairs])


def test_fewer_than_five_is_shown_as_fewer_than_ten() -> None:
    cells = {"graduation_rate": ["*", "60"], "school_year": ["2021-22"] * 2}
    check_answers_alike([rated_schools({**cells, "cohort": [bound, "50"]}) for bound in ("<5", "<10")])


# Of each class: its ends, and the ends of its bands in per cent up to the first that no count of 1 to 9 is in.
CLASSES = {(10, 19): (0, 50, 100), (20, 39): (0, 30, 67, 100), (40, 99): (0, 15, 30, 35, 40, 45, 50, 55, 60)}


@pytest.mark.parametrize("cohort", [10, 11, 15, 19, 20, 24, 35, 40])
@pytest.mark.parametrize("is_text", [False, True])
def test_a_rate_made_of_counts_is_the_band_of_its_class(cohort: int, is_text: bool) -> None:
    found = identify_schools(of_each_number(cohort, is_text=is_text), {"threshold": 0.5})
    decisions = found.decisions.assign(text_shown=found.explanations).drop(columns="name")
    ((least, most), ends) = next((key, ends) for key, ends in CLASSES.items() if key[0] <= cohort <= key[1])
    for low, high in pairwise(ends):
        alike = [number for number in range(cohort + 1) if low <= 100 * number / cohort < high + (high == 100)]
        # Each number is a school of one state.
        assert len({str(decisions.iloc[graduates].to_dict()) for graduates in alike}) == 1, alike
        row = decisions.iloc[alike[0]]
        assert (row["low"], row["high"]) == pytest.approx((low / 100, high / 100))
        assert row[["students", "students_at_least", "students_at_most"]].tolist() == [pd.NA, least, most]
        assert pd.isna(row["text"])


@pytest.mark.parametrize("cohorts", [range(10, 20), range(20, 40), range(40, 50)])
def test_the_size_of_a_cohort_of_a_class_cannot_be_told(cohorts: range) -> None:
    # The hash of the rates as they are shown is one (below): two cohorts stand for the others before every rule.
    check_answers_alike([of_counts(cohort - 3, cohort) for cohort in (cohorts[0], cohorts[-1])])
    found = [identify_schools(of_counts(2, cohort), {"threshold": 0.5}) for cohort in cohorts]
    assert len({answer_text(each) for each in found}) == 1
    assert len({each.provenance["tables_sha256"] for each in found}) == 1


@pytest.mark.parametrize("cohorts", [range(10, 20), range(20, 40), range(40, 50)])
def test_pooling_years_does_not_tell_the_size_of_a_cohort(cohorts: range) -> None:
    def state(cohort: int) -> Scenario:
        rows = [("2021-22", (2, cohort)), ("2020-21", (2, cohort)), ("2019-20", (20, 40))]
        return IN_COLUMNS.state([Row(cell_of(*counts), "01", year) for year, counts in rows])

    rule = {"threshold": 0.5, "years": 3, "average": "pooled"}
    shown = [identify_schools(state(cohort), rule).decisions for cohort in cohorts]
    for each in shown[1:]:
        pd.testing.assert_frame_equal(each, shown[0])
    row = shown[0].loc["01"]
    for cohort in cohorts:
        assert row["low"] <= 24 / (2 * cohort + 40) <= row["high"]


def test_the_hash_of_exact_rates_is_of_their_exact_cohorts() -> None:
    hashes = {
        identify_schools(of_counts(3, cohort), {"threshold": 0.5}, disclosure="exact").provenance["tables_sha256"]
        for cohort in (11, 12)
    }
    assert len(hashes) == 2


def test_none_and_all_of_a_cohort_are_those_of_its_first_and_last_band() -> None:
    for graduates, ends in [(0, (0.0, 0.5)), (12, (0.5, 1.0))]:
        row = identify_schools(of_counts(graduates, 12), {"threshold": 0.5}).decisions.loc["01"]
        assert (row["low"], row["high"]) == pytest.approx(ends)


def test_counts_are_shown_in_exact_answers_only() -> None:
    scenario = of_counts(351, 506)
    exact = identify_schools(scenario, {"threshold": 0.68}, disclosure="exact")
    assert exact.decisions.loc["01", ["text", "students"]].tolist() == ["351 of 506", 506]
    protected = identify_schools(scenario, {"threshold": 0.68})
    assert protected.decisions.loc["01", ["students", "students_at_least"]].tolist() == [pd.NA, 300]
    for counts in ("351", "506", repr(351 / 506)):
        assert counts not in answer_text(protected)
    assert protected.explanations["01"] == (
        "Graduation rate 69.0% to under 70.0% (2021-22, cohort of 300 or more), not below 68.0%."
    )


def test_bands_stay_as_they_were_published() -> None:
    table = {"graduation_rate": ["LT50", "GE50"], "cohort": ["8", "40"], "school_year": [YEAR] * 2}
    found = identify_schools(rated_schools(table), {"threshold": 0.67})
    assert found.decisions["certainty"].tolist() == ["certain", "possible"]
    sizes = found.decisions[["students_at_least", "students_at_most"]]
    assert sizes.to_numpy().tolist() == [[1, 9], [40, 99]]


def test_a_rate_of_few_students_is_unknown_when_protected_and_known_when_exact() -> None:
    scenario = of_counts(3, 7)
    protected, exact = (
        identify_schools(scenario, {"threshold": 0.67}, disclosure=disclosure).decisions.loc["01"]
        for disclosure in ("protected", "exact")
    )
    assert (protected["certainty"], protected["reason"], protected["text"]) == ("unknown", "suppressed", "suppressed")
    assert (exact["certainty"], exact["text"], exact["students"]) == ("certain", "3 of 7", 7)


@pytest.mark.parametrize("below", ["exclude", "pool_years", "flag"])
def test_asking_for_1_to_9_students_tells_none_of_them_apart(below: str) -> None:
    scenario = of_counts(2, 6)
    answers = {
        identify_schools(
            scenario, {"threshold": 0.67, "minimum_students": number, "below_minimum": below}
        ).decisions.loc["01", "certainty"]
        for number in range(1, 10)
    }
    assert answers == {"unknown"}
    exact = identify_schools(
        scenario, {"threshold": 0.67, "minimum_students": 7, "below_minimum": "exclude"}, disclosure="exact"
    )
    assert exact.decisions.loc["01", "certainty"] == "excluded"


def test_a_small_index_has_no_ends() -> None:
    scenario = rated_schools({"index": ["41", "55"], "cohort": ["7", "70"], "school_year": [YEAR] * 2})
    rates = protect_rates(scenario.rates)
    assert rates["status"].tolist() == ["suppressed", "exact"]
    assert rates[["low", "high", "exact"]].isna().all(axis=1).tolist() == [True, False]


def test_the_newest_rate_of_each_school_is_protected_with_the_rest() -> None:
    bases = [protected_base(of_counts(*counts), "protected") for counts in [(3, 7), (5, 8)]]
    pd.testing.assert_frame_equal(bases[0].performance, bases[1].performance)
    pd.testing.assert_frame_equal(bases[0].rates, bases[1].rates)
    assert bases[0].performance.loc["01", "graduation_rate_status"] == "suppressed"
    ranges = [protected_base(of_counts(*counts), "protected") for counts in [(21, 25), (23, 25)]]
    pd.testing.assert_frame_equal(ranges[0].performance, ranges[1].performance)
    assert ranges[0].performance.loc["01", "graduation_rate_status"] == "range"


def test_protecting_twice_changes_nothing() -> None:
    rates = protect_rates(of_counts(21, 25).rates)
    pd.testing.assert_frame_equal(protect_rates(rates), rates)
    small = protect_rates(of_counts(3, 7).rates)
    pd.testing.assert_frame_equal(protect_rates(small), small)


def test_rates_with_nothing_to_protect_are_the_same_table() -> None:
    scenario = rated_schools({"graduation_rate": ["60-69", "55"], "school_year": [YEAR] * 2})
    assert protect_rates(scenario.rates) is scenario.rates


small_counts = st.integers(1, 9).flatmap(lambda cohort: st.tuples(st.integers(0, cohort), st.just(cohort)))


@settings(max_examples=10)
@given(
    small=st.lists(st.tuples(small_counts, small_counts), min_size=3, max_size=3),
    rule=st.sampled_from(
        [
            {"threshold": 0.6, "years": 3, "average": "pooled"},
            {"threshold": 0.6, "years": 3, "average": "pooled", "minimum_students": 60},
            {"threshold": 0.6, "years": 3, "average": "mean"},
            {"threshold": 0.6, "years": 2, "average": "every"},
            {"threshold": 0.6, "minimum_students": 45, "below_minimum": "pool_years"},
            {"bottom_count": 1, "years": 2, "average": "mean"},
        ]
    ),
)
def test_several_years_tell_nothing_of_a_small_one(
    small: list[tuple[tuple[int, int], tuple[int, int]]], rule: dict[str, Any]
) -> None:
    """Two states that differ only in cohorts of 1 to 9 students, beside larger ones, give the same answers."""

    def state(side: int) -> Scenario:
        new, old, only = (pair[side] for pair in small)
        rows = [
            ("01", "2021-22", new),
            ("01", "2020-21", (20, 40)),
            ("01", "2019-20", (30, 40)),
            ("02", "2021-22", old),
            ("02", "2020-21", (30, 45)),
            ("03", "2020-21", only),
        ]
        return IN_COLUMNS.state([Row(cell_of(*counts), school, year) for school, year, counts in rows])

    one, two = state(0), state(1)
    assert answer_text(identify_schools(one, rule)) == answer_text(identify_schools(two, rule))
    cycles = [follow_cycles(each, rule).schools for each in (one, two)]
    pd.testing.assert_frame_equal(cycles[0], cycles[1])
