"""Pooled rates of cohorts whose sizes are known, or known by class, beside every completion."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from itertools import product
from random import Random
from typing import Any

import numpy as np
import pytest

from clustering import Scenario, identify_schools
from clustering.identification.pooled_rates import _Choices, _extreme_ratio
from tests.examples.rated_schools import rated_schools, school_ids

YEARS = ["2021-22", "2020-21", "2019-20"]
Completion = tuple[int, int]
Year = tuple[str, str]


def school(rates: list[str], cohorts: list[str]) -> Scenario:
    table = {
        "school_id": ["01"] * len(rates),
        "school_year": YEARS[: len(rates)],
        "graduation_rate": rates,
        "cohort": cohorts,
    }
    return rated_schools(table)


def pooled(scenario: Scenario, **rule: Any) -> tuple[str, float, float]:
    disclosure = rule.pop("disclosure", "protected")
    rule = {"threshold": 0.67, "years": 3, "average": "pooled", **rule}
    row = identify_schools(scenario, rule, disclosure=disclosure).decisions.loc["01"]
    return str(row["certainty"]), float(row["low"]), float(row["high"])


def test_cohorts_of_10_2_and_2_are_possible() -> None:
    scenario = school(["GE50", "LT50", "LT50"], ["10", "2", "2"])
    # Known sizes: 5 to 10 of 10, and none of two and two: 5 to 10 of 14.
    assert pooled(scenario, disclosure="exact") == ("possible", round(5 / 14, 12), round(10 / 14, 12))
    # Protected, the first is 10 to 19 and each of the two is 1 to 9: at best 19 of 19 and none of one twice, at worst
    # 5 of 10 and none of nine twice.
    assert pooled(scenario) == ("possible", round(5 / 28, 12), round(19 / 21, 12))
    row = identify_schools(scenario, "ca_csi_graduation").decisions.loc["01"]
    assert (row["certainty"], row["low"], row["high"]) == ("possible", 0.179, 0.905)


def test_a_class_of_sizes_may_still_be_certain() -> None:
    # 20 to 29 of 100, and at most nine graduates of nine: 38 of 109 at best.
    assert pooled(school(["20-29", "PS", "LT50"], ["100", "<10", "<10"])) == (
        "certain",
        round(20 / 118, 12),
        round((29 + 9 + 4) / (100 + 9 + 9), 12),
    )


def test_the_best_size_depends_on_the_other_years() -> None:
    # Beside 10 of 10 a cohort below 50 per cent is best at one student, beside 0 of 40 at nine with four graduates.
    assert pooled(school(["100", "LT50"], ["10", "<10"]), years=2, disclosure="exact")[2] == round(10 / 11, 12)
    assert pooled(school(["0", "LT50"], ["40", "<10"]), years=2, disclosure="exact")[2] == round(4 / 49, 12)


def test_a_class_of_very_many_sizes_takes_any_share_of_its_ends() -> None:
    # Half of 99 students is not reached: less than 49.5 of 40 and 99.
    answer = pooled(school(["0", "LT50"], ["40", "<100"]), years=2, disclosure="exact")
    assert answer == ("certain", 0.0, np.nextafter(round(49.5 / 139, 12), 0))


def test_a_class_without_an_end_may_outweigh_every_other_year() -> None:
    # 300 or more students at 80 to 81 per cent, and 100 to 299 at 50 to 52.
    scenario = school(["80.5", "50.5"], ["400", "150"])
    certainty, low, high = pooled(scenario, years=2)
    assert certainty == "possible"
    # At worst 300 have 80 per cent and 299 have 50. At best so many have 81 that the others do not count.
    assert (low, high) == (round((240 + 149.5) / 599, 12), np.nextafter(0.81, 0))


def test_a_minimum_is_met_only_if_every_size_meets_it() -> None:
    scenario = school(["LT50", "LT50", "LT50"], ["10", "2", "2"])
    # 10 to 19 students and twice 1 to 9: 12 to 37.
    answers = [pooled(scenario, minimum_students=each)[0] for each in (12, 13, 37, 38)]
    assert answers == ["certain", "unknown", "unknown", "excluded"]
    # A single protected cohort of two is not of nine.
    latest = school(["LT50"], ["2"])
    rule = {"threshold": 0.67, "minimum_students": 5}
    assert identify_schools(latest, rule).decisions.loc["01", "certainty"] == "unknown"
    assert identify_schools(latest, rule, disclosure="exact").decisions.loc["01", "certainty"] == "excluded"


BANDS = ["LT50", "GE50", "PS", "60-79", "40-59", "GE80", "LT20", "21-39", "LE5", "GT50"]
COHORTS = ["2", "5", "<10", "<5", "12", "14", "20"]


def is_of_band(text: str, share: Fraction) -> bool:
    if text == "PS":
        return True
    sign, number = text[:2], Fraction(text[2:]) / 100 if text[2:].isdigit() else Fraction(0)
    by_sign = {"LT": share < number, "LE": share <= number, "GE": share >= number, "GT": share > number}
    if sign in by_sign:
        return by_sign[sign]
    low, high = (Fraction(end) / 100 for end in text.split("-"))
    return low <= share <= high


CLASSES = {**dict.fromkeys(("2", "5"), range(1, 10)), **dict.fromkeys(("12", "14"), range(10, 20)), "20": range(20, 40)}
# A band of 5 points is too narrow for so few students: it becomes one of those of 10 to 19, or of 20 to 39.
TOO_NARROW = {("LE5", "12"): "LT50", ("LE5", "14"): "LT50", ("LE5", "20"): "LT30"}


def sizes_of(cohort: str, *, is_protected: bool) -> range:
    if cohort.startswith("<"):
        return range(1, 10 if is_protected else int(cohort[1:]))
    return CLASSES[cohort] if is_protected else range(int(cohort), int(cohort) + 1)


@cache
def completions(text: str, cohort: str, *, is_protected: bool) -> frozenset[Completion]:
    """Fewest and most graduates, and students, of every cohort of its sizes that has a rate of the band."""
    band = TOO_NARROW.get((text, cohort), text) if is_protected else text
    counts = {
        size: [count for count in range(size + 1) if is_of_band(band, Fraction(count, size))]
        for size in sizes_of(cohort, is_protected=is_protected)
    }
    return frozenset((end(found), size) for size, found in counts.items() if found for end in (min, max))


def pooled_shares(years: list[Year], *, is_protected: bool) -> set[Fraction]:
    """Of each number of students in all the least and the greatest share."""
    fewest, most = {0: 0}, {0: 0}
    for text, cohort in years:
        every = completions(text, cohort, is_protected=is_protected)
        for sums, end in ((fewest, min), (most, max)):
            before = list(sums.items())
            sums.clear()
            for (size, count), (more, bigger) in product(before, every):
                sums[size + bigger] = end(sums.get(size + bigger, count + more), count + more)
    return {Fraction(count, size) for sums in (fewest, most) for size, count in sums.items()}


def random_years(count: int) -> list[list[Year]]:
    """Two or three years of each school, one of them at least published, and none that no cohort can have."""
    random = Random(4)
    found: list[list[Year]] = []
    while len(found) < count:
        years = [(random.choice(BANDS), random.choice(COHORTS)) for _ in range(random.choice([2, 3]))]
        can_be = all(completions(*year, is_protected=is_protected) for year in years for is_protected in (True, False))
        if can_be and {text for text, _ in years} != {"PS"}:
            found.append(years)
    return found


@pytest.mark.parametrize("is_protected", [True, False])
def test_answers_are_those_of_all_completions(*, is_protected: bool) -> None:
    cases = random_years(250)
    ids = school_ids(len(cases))
    rows = [
        (school_id, YEARS[place], *year)
        for school_id, case in zip(ids, cases, strict=True)
        for place, year in enumerate(case)
    ]
    names = ("school_id", "school_year", "graduation_rate", "cohort")
    scenario = rated_schools(dict(zip(names, zip(*rows, strict=True), strict=True)))
    shares = [pooled_shares(case, is_protected=is_protected) for case in cases]
    for threshold, comparator in product(("0.3", "0.5", "0.6", "0.67"), ("lt", "le")):
        line = Fraction(threshold)
        rule = {"threshold": float(threshold), "comparator": comparator, "years": 3, "average": "pooled"}
        found = identify_schools(
            scenario, {**rule, "minimum_years": 2}, disclosure="protected" if is_protected else "exact"
        ).decisions.loc[ids]
        for own, row in zip(shares, found.itertuples(), strict=True):
            meets = {share <= line if comparator == "le" else share < line for share in own}
            expected = "possible" if len(meets) == 2 else "certain" if True in meets else "no"
            ends = (float(min(own)), float(max(own)))
            assert (row.certainty, row.low, row.high) == (expected, *(pytest.approx(end, abs=1e-12) for end in ends))


def test_a_ratio_on_a_half_of_the_last_digit_comes_to_rest() -> None:
    # Every choice has the share 0.458000000000500, as far as floating point tells, which rounds up or down.
    rate, sizes = 0.4580000000005, np.array([[1.0, 3.0, 5.0, 7.0, 8.0, 10.0, 12.0]])
    choices = _Choices(run=np.zeros(1, dtype=int), graduates=rate * sizes, students=sizes)
    lowest = _extreme_ratio(np.array([rate * 4]), np.array([4.0]), choices, is_highest=False)
    assert lowest == pytest.approx(rate, abs=1e-12)
