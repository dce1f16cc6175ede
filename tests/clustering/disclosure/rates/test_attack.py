"""Attacks on the rates of groups: all of the base at once, and the library asked again and again."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from clustering import Scenario, identify_by_rules
from clustering.disclosure.rates import RateProtection, protect_rates
from clustering.model.columns import COHORT_AT_LEAST
from tests.examples.counted_groups import OTHERS, Group, draw_cohorts, rates_of
from tests.examples.rated_schools import rated_schools, school_ids
from tests.oracles.rates_attacker import attack

LEAST_VALUES = 5
HIDDEN_GROUPS = frozenset({"F", OTHERS, "MAS"})
KEY = ("01", 2021, "graduation_4year")
COHORT = {"all": Group(310, 231), "M": Group(302, 230), "F": Group(8, 1)}


def as_before(rates: pd.DataFrame) -> pd.DataFrame:
    """Rates as they were protected before: 1 to 9 of all suppressed, 1 to 9 on a side a range of tens, others exact."""
    students = rates["cohort_students"].astype("float64")
    graduates = (rates["exact"] * students).round()
    is_few = students < 10
    few, others = graduates.between(1, 9), (students - graduates).between(1, 9)
    tens = np.floor(students / 10 + 0.5) * 10
    least, most = (tens - 5).clip(lower=10), tens + 4
    is_either = least <= 18
    low = np.where(few | is_either, 1 / most, 1 - 9 / least)
    high = np.where(others | is_either, 1 - 1 / most, 9 / least)
    ranged = (few | others) & ~is_few
    return rates.assign(
        low=rates["low"].mask(ranged, low),
        high=rates["high"].mask(ranged, high),
        status=rates["status"].mask(ranged, "range").mask(is_few, "suppressed"),
        text=pd.NA,
    )


@pytest.mark.parametrize(("seed", "sizes"), [(1, (10, 60)), (2, (30, 420)), (3, (100, 2500))])
def test_an_attacker_with_all_rates_and_all_sizes_finds_no_small_count(seed: int, sizes: tuple[int, int]) -> None:
    cohorts = draw_cohorts(seed, 4, sizes=sizes)
    base = protect_rates(rates_of(cohorts, left_out=HIDDEN_GROUPS))
    found = attack(base, cohorts)
    assert len(found) > 30
    assert [each for each in found if each.is_told(LEAST_VALUES)] == []


def test_bands_alone_are_not_enough() -> None:
    # Of 310 students 74 to 75 per cent graduated, 230 to 232. Of 302 boys it was 76 to 77 per cent, 230 to 232 as well.
    # So of the eight girls, suppressed for their number, 0 to 2 did: three values.
    rates = rates_of({KEY: COHORT})
    alone = pd.concat([protect_rates(rates[rates["subgroup"] == name]) for name in ("F", "M", "all")])
    told = [each for each in attack(alone, {KEY: COHORT}) if each.is_told(LEAST_VALUES)]
    assert {each.what for each in told} == {"F", "all but M"}
    assert not any(each.is_told(LEAST_VALUES) for each in attack(protect_rates(rates), {KEY: COHORT}))


def test_the_same_attacker_succeeds_on_rates_as_they_were_protected_before() -> None:
    cohorts = draw_cohorts(3, 4, sizes=(100, 2500))
    found = attack(as_before(rates_of(cohorts, left_out=HIDDEN_GROUPS)), cohorts)
    told = [each for each in found if each.is_told(LEAST_VALUES)]
    assert len([each for each in told if each.possible == 1]) > 10
    assert len(told) > len(found) / 4


def test_a_policy_may_ask_for_more_values() -> None:
    protection = RateProtection(least_possible_values=8, minimum_students=12)
    cohorts = draw_cohorts(5, 3)
    base = protect_rates(rates_of(cohorts, left_out=HIDDEN_GROUPS), protection)
    assert not any(each.is_told(8) for each in attack(base, cohorts))


# Around the ends of the classes, and between them.
MINIMUMS = [*range(2, 13), *range(19, 23), 30, *range(39, 43), 60, *range(99, 103), 150, *range(299, 303)]


@pytest.mark.parametrize("below", ["exclude", "flag", "pool_years"])
def test_asking_for_every_minimum_finds_the_class_of_a_size_and_no_more(below: str) -> None:
    schools = {10: (3, 9), 20: (10, 19), 40: (20, 39), 100: (40, 99), 300: (100, 299)}  # sizes, by the next class
    scenario = one_school_each([(-(-4 * size // 5), size) for sizes in schools.values() for size in sizes])
    rules = [{"threshold": 0.99, "minimum_students": number, "below_minimum": below} for number in MINIMUMS]
    columns = ["certainty", "reason", "low", "high", "students", "students_at_least", "students_at_most"]
    told = [answers_in_words(each.decisions[columns]) for each in identify_by_rules(scenario, rules)]
    ids = iter(school_ids(2 * len(schools)))
    for next_class in schools:
        first, second = ([answers[school] for answers in told] for school in (next(ids), next(ids)))
        assert first == second
        changes = {now for now, (old, new) in zip(MINIMUMS[1:], pairwise(first), strict=True) if old != new}
        assert changes <= {next_class, {10: 2, 20: 11, 40: 21, 100: 41, 300: 101}[next_class]}


def answers_in_words(decisions: pd.DataFrame) -> pd.Series:
    return decisions.astype("object").fillna("").astype("str").agg(" ".join, axis="columns")


def one_school_each(counts: list[tuple[int, int]]) -> Scenario:
    """Schools with a rate each of these graduates and students."""
    base = rated_schools({"school_id": []}, grades=["9-12"] * len(counts))
    table = {
        (school, 2021, "graduation_4year"): {"all": Group(students, graduates)}
        for school, (graduates, students) in zip(school_ids(len(counts)), counts, strict=True)
    }
    return replace(base, rates=rates_of(table))


def test_the_search_for_a_threshold_finds_the_band_and_no_more() -> None:
    # 70 to 79 of 100 to 106 students: of each band and class one school would do, whatever its counts.
    counts = [(graduates, students) for students in (100, 106) for graduates in range(70, 80)]
    rules = [{"threshold": number / 1000} for number in range(655, 825, 4)]
    found = identify_by_rules(one_school_each(counts), rules)
    answers = pd.concat([each.decisions["certainty"] for each in found], axis="columns").agg(" ".join, axis="columns")
    bands = [f"{100 * graduates // students // 2} {100 * graduates >= 67 * students}" for graduates, students in counts]
    assert answers.groupby(bands).nunique().eq(1).all()


def test_no_size_and_no_count_is_left_in_the_base() -> None:
    cohorts = draw_cohorts(4, 6)
    base = protect_rates(rates_of(cohorts))
    assert base["cohort_students"].isna().all()
    assert set(base[COHORT_AT_LEAST]) <= {1, 10, 20, 40, 100, 300}
    assert set(base["cohort_at_most"].dropna()) <= {9, 19, 39, 99, 299}
    assert not base["text"].fillna("").str.contains(" of ").any()
    assert base["exact"].isna().all()


def test_counts_redrawn_inside_the_protection_give_the_same_answers() -> None:
    # Of 310 students 230 to 232 graduated, of 302 boys as many; of the girls whatever is left.
    pairs = [(boys, girls) for boys in range(230, 233) for girls in range(9) if boys + girls <= 232]
    assert len(pairs) == 6
    rules = ["mn_csi_graduation", {"threshold": 0.745}, {"threshold": 0.8, "subgroup": "groups", "minimum_students": 9}]
    base = rated_schools({"school_id": []}, grades=["9-12"] * 2)
    told = set()
    for boys, girls in pairs:
        cohort = {"all": Group(310, boys + girls), "M": Group(302, boys), "F": Group(8, girls)}
        scenario = replace(base, rates=rates_of({KEY: cohort}))
        found = identify_by_rules(scenario, rules)
        answers = [f"{each.decisions.to_json()} {each.explanations.tolist()} {each.provenance}" for each in found]
        told.add(f"{answers} {protect_rates(scenario.rates).to_json()}")
    assert len(told) == 1


@pytest.mark.parametrize(("students", "boys", "needy"), [(34, 21, 31), (26, 13, 12), (48, 45, 20), (22, 12, 22)])
def test_counts_that_look_the_same_keep_their_values_for_one_who_replays_the_rule(
    students: int, boys: int, needy: int
) -> None:
    # Every count that the two sexes and a group of these sizes can have is a school of one state.
    sizes = {"all": students, "M": boys, "F": students - boys, "ECD": needy}
    counts = pd.DataFrame(
        [
            (graduates, of_boys, graduates - of_boys, of_needy)
            for graduates in range(students + 1)
            for of_boys in range(max(0, graduates - sizes["F"]), min(boys, graduates) + 1)
            for of_needy in range(max(0, graduates - students + needy), min(needy, graduates) + 1)
        ],
        columns=list(sizes),
    )
    cohorts = {
        (f"{row.Index:05d}", *KEY[1:]): {name: Group(size, getattr(row, name)) for name, size in sizes.items()}
        for row in counts.itertuples()
    }
    shown = protect_rates(rates_of(cohorts)).pivot_table(index="school_id", columns="subgroup", values=["low", "high"])
    alike = shown.groupby(list(shown.columns), dropna=False).ngroup().to_numpy()
    assert len(set(alike)) > 1
    counts["not ECD"], sizes["not ECD"] = counts["all"] - counts["ECD"], students - needy
    for name, size in sizes.items():
        of_others = size - counts[name]
        is_small = counts[name].between(1, 9) | of_others.between(1, 9)
        left = counts[name].groupby(alike).transform("nunique")
        assert (left[is_small] >= min(LEAST_VALUES, size + 1)).all(), name
