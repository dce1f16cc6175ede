"""Rules put to files that round their rates: 67 in whole per cents is 66.5 to 67.5, if the cohort allows it."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from random import Random
from typing import Any

import pytest

from clustering import Identification, Scenario, follow_cycles, identify_schools, read_rule
from clustering.identification.exits import passes_exit
from clustering.identification.rules import write_rule
from tests.examples.rated_schools import rated_schools, school_ids
from tests.examples.schools_with_rates import YEAR, certainties

FILLING = ["51", "52", "53", "54", "55", "56", "57", "58", "59", "61"]  # so that the file is seen to round


def whole(*rates: str, cohorts: list[str] | None = None) -> Scenario:
    """The first schools have these rates."""
    table = {"graduation_rate": [*rates, *FILLING], "school_year": [YEAR] * (len(rates) + len(FILLING))}
    return rated_schools(table if cohorts is None else {**table, "cohort": [*cohorts, *[""] * len(FILLING)]})


def identify(scenario: Scenario, **rule: Any) -> Identification:
    disclosure = rule.pop("disclosure", "protected")
    return identify_schools(scenario, {"threshold": 0.67, **rule}, disclosure=disclosure)


def first(found: Identification, count: int) -> list[str]:
    return certainties(found)[:count]


def test_only_the_per_cent_of_the_threshold_is_undecided() -> None:
    found = identify(whole("66", "67", "68"))
    assert first(found, 3) == ["certain", "possible", "no"]
    assert found.explanations.tolist()[:3] == [
        "Graduation rate published as 66%, which stands for 65.5% to 66.5% (2021-22), below 67.0%.",
        "Graduation rate published as 67%, which stands for 66.5% to 67.5% (2021-22), a range that straddles 67.0%.",
        "Graduation rate published as 68%, which stands for 67.5% to 68.5% (2021-22), not below 67.0%.",
    ]
    assert found.notes == ("The files round the graduation rate to whole per cents: 67% stands for 66.5% to 67.5%.",)
    # 66.5 itself is published as 67, so what is published as 66 lies below it.
    assert first(identify(whole("66", "67"), threshold=0.665), 2) == ["certain", "no"]
    assert first(identify(whole("66", "67"), threshold=0.665, comparator="le"), 2) == ["certain", "possible"]


def test_the_same_rates_in_tenths_and_in_shares() -> None:
    tenths = identify(whole("66.9", "67.0", "67.1"))
    assert first(tenths, 3) == ["certain", "possible", "no"]
    assert tenths.explanations["02"] == (
        "Graduation rate published as 67%, which stands for 66.95% to 67.05% (2021-22), a range that straddles 67.0%."
    )
    assert tenths.notes == (
        "The files round the graduation rate to 1 decimal of a per cent: 67.0% stands for 66.95% to 67.05%.",
    )
    rates = ["0.66", "0.67", "0.68", *(f"0.{text}" for text in FILLING)]
    shares = identify(rated_schools({"graduation_rate": rates, "school_year": [YEAR] * len(rates)}))
    assert first(shares, 3) == ["certain", "possible", "no"]
    assert shares.explanations["02"].startswith("Graduation rate published as 67%, which stands for 66.5% to 67.5%")


def test_a_rule_may_compare_the_published_number() -> None:
    scenario = whole("66", "67", "68", cohorts=["12", "12", "12"])
    for rule in ({"compared_rate": "published"}, {"decimals": 0}):
        found = identify(scenario, disclosure="exact", **rule)
        assert first(found, 3) == ["certain", "no", "no"]
        assert found.explanations["02"] == "Graduation rate 67.0% (2021-22, cohort of 12), not below 67.0%."
        assert first(identify(scenario, **rule), 3) == ["possible"] * 3  # of 10 to 19 students, 50 per cent or more
    exact = {"disclosure": "exact", "compared_rate": "published"}
    assert identify(scenario, **exact).notes == ()
    assert first(identify(scenario, **exact, comparator="le"), 2) == ["certain", "certain"]
    assert write_rule(read_rule({"compared_rate": "published"}))["compared_rate"] == "published"
    assert write_rule(read_rule({}))["compared_rate"] == "underlying"


def test_a_rule_of_one_decimal_takes_tenths_as_they_stand() -> None:
    # Below 67.05 is 67.0 at most to one decimal.
    assert first(identify(whole("66.9", "67.0"), decimals=1), 2) == ["certain", "no"]
    found = identify(whole("67", "66"), decimals=1)
    assert found.decisions[["low", "high"]].iloc[:2].to_numpy().tolist() == [[0.665, 0.675], [0.655, 0.665]]


def test_the_cohort_narrows_what_a_rate_can_be() -> None:
    # 8 of 12 are 66.7; 200 to 202 of 300 straddle 67; none of 10 is 66.5 to 67.5, so the cohort is of other students.
    scenario = whole("67", "67", "67", cohorts=["12", "300", "10"])
    exact = identify(scenario, disclosure="exact")
    assert first(exact, 3) == ["certain", "possible", "possible"]
    assert exact.explanations.tolist()[:2] == [
        "Graduation rate published as 67%, which stands for 66.7% (2021-22, cohort of 12), below 67.0%.",
        (
            "Graduation rate published as 67%, which stands for 66.7% to 67.3% (2021-22, cohort of 300), a range that"
            " straddles 67.0%."
        ),
    ]
    # Protected, only the band of a class of sizes is left.
    assert first(identify(scenario), 2) == ["possible", "possible"]


@pytest.mark.parametrize("sizes", [range(10, 20), range(20, 40), range(40, 100), range(100, 300, 7)])
@pytest.mark.parametrize("rate", ["43", "67", "97"])
def test_a_protected_answer_is_the_same_for_all_cohorts_of_a_class(sizes: range, rate: str) -> None:
    found = identify(whole(*[rate] * len(sizes), cohorts=list(map(str, sizes))))
    rows = found.decisions.drop(columns="name").assign(told=found.explanations).iloc[: len(sizes)]
    assert len({str(row.to_dict()) for _, row in rows.iterrows()}) == 1


def test_a_range_too_narrow_to_be_seen_is_one_number() -> None:
    # Two thirds in ten decimals: both ends are 66.7 as rates are shown, and so is what is published.
    told = identify(whole("66.6666666667")).explanations["01"]
    assert told == "Graduation rate 66.7% (2021-22), below 67.0%."


def test_a_mean_of_rounded_rates_is_a_range() -> None:
    years = ["2021-22", "2020-21"]
    table = {
        "school_id": [*["01"] * 2, *school_ids(12)[2:] * 2],
        "school_year": [*years, *[years[0]] * 10, *[years[1]] * 10],
        "graduation_rate": ["66", "68", *FILLING * 2],
    }
    row = identify(rated_schools(table), years=2, average="mean").decisions.loc["01"]
    assert (row["certainty"], row["low"], round(row["high"], 12)) == ("possible", 0.665, 0.675)
    assert row["high"] < 0.675
    row = identify(rated_schools(table), years=2, average="mean", compared_rate="published").decisions.loc["01"]
    assert (row["certainty"], row["low"], row["high"]) == ("no", 0.67, 0.67)


def test_a_school_at_the_cutoff_of_the_lowest_is_possible() -> None:
    # The lowest two of 14: 40 surely, and of the two at 45 either may be lower than the other.
    found = identify_schools(whole("40", "45", "45", "46"), {"bottom_count": 2, "ties": "include"})
    assert first(found, 4) == ["certain", "possible", "possible", "no"]
    found = identify_schools(whole("40", "45", "45", "46"), {"bottom_count": 2, "compared_rate": "published"})
    assert first(found, 4) == ["certain", "certain", "certain", "no"]


def test_a_school_surely_leaves_above_the_per_cent_of_the_threshold_only() -> None:
    rule = {"threshold": 0.67, "exit": {"threshold": 0.68}}
    assert passes_exit(whole("67", "68", "69"), rule, 2021).tolist()[:3] == ["no", "possible", "certain"]
    published = {**rule, "compared_rate": "published"}
    assert passes_exit(whole("67", "68", "69"), published, 2021).tolist()[:3] == ["no", "certain", "certain"]
    # A gain of 0.33 of the gap, from 40 to 61, 60 and 59, each half a per cent off.
    gain = {"threshold": 0.67, "exit": {"threshold": 0.5, "minimum_gain_of_gap": 0.33}}
    years = ["2020-21", "2021-22"]
    table = {
        "school_id": [each for each in school_ids(13) for _ in years],
        "school_year": years * 13,
        "graduation_rate": ["40", "61", "40", "60", "40", "59", *(text for text in FILLING for _ in years)],
    }
    passes = passes_exit(rated_schools(table), gain, 2021, entry_year=2020)
    # 0.33 of what lacks from 39.5 is 20.0, from 40.5 it is 19.6. From 40.5 to 60.5 it is 20 at least, enough; to 59.5
    # it is 19, too little. From 39.5 it is up to 21, or up to 20.0, just enough.
    assert passes.tolist()[:3] == ["certain", "possible", "possible"]
    assert passes_exit(rated_schools(table), {**gain, "compared_rate": "published"}, 2021, entry_year=2020).tolist()[
        :3
    ] == ["certain", "certain", "no"]
    assert follow_cycles(rated_schools(table), rule).schools.query("school_id == '01'")["movement"].tolist() == [
        "enters",
        "stays",
    ]


def percent_of(share: Fraction) -> int:
    return int((share * 100 + Fraction(1, 2)).__floor__())


def shares_published_as(percent: int, sizes: range) -> set[Fraction]:
    shares = {Fraction(count, size) for size in sizes for count in range(size + 1)}
    return {share for share in shares if percent_of(share) == percent}


@pytest.mark.parametrize("average", ["latest", "mean", "every", "any", "pooled"])
def test_answers_are_those_of_all_counts_behind_the_rates(average: str) -> None:
    random, years = Random(5), ["2021-22", "2020-21"]
    sizes = [[random.randint(5, 60) for _ in years] for _ in range(80)]
    percents = [[percent_of(Fraction(random.randint(size // 2, size), size)) for size in each] for each in sizes]
    ids = school_ids(len(sizes))
    table = {
        "school_id": [each for each in ids for _ in years],
        "school_year": years * len(ids),
        "graduation_rate": [str(percent) for each in percents for percent in each],
        "cohort": [str(size) for each in sizes for size in each],
    }
    for threshold, comparator in product(("0.6", "0.67", "0.75"), ("lt", "le")):
        rule = {"years": 1 if average == "latest" else 2, "average": average, "comparator": comparator}
        found = identify(rated_schools(table), threshold=float(threshold), disclosure="exact", **rule)
        for school_id, of_sizes, of_percents in zip(ids, sizes, percents, strict=True):
            behind = [
                shares_published_as(percent, range(size, size + 1))
                for size, percent in zip(of_sizes, of_percents, strict=True)
            ]
            assert found.decisions.loc[school_id, "certainty"] == answer_of(
                behind, of_sizes, average, Fraction(threshold), or_equal=comparator == "le"
            )


def answer_of(
    behind: list[set[Fraction]], sizes: list[int], average: str, threshold: Fraction, *, or_equal: bool
) -> str:
    def meets(share: Fraction) -> bool:
        return share <= threshold if or_equal else share < threshold

    def decide(shares: tuple[Fraction, ...]) -> bool:
        if average == "latest":
            return meets(shares[0])
        if average in ("every", "any"):
            return (all if average == "every" else any)(map(meets, shares))
        weights = sizes if average == "pooled" else [1] * len(sizes)
        whole_sum = sum((share * weight for share, weight in zip(shares, weights, strict=True)), Fraction(0))
        return meets(whole_sum / sum(weights))

    answers = {decide(shares) for shares in product(*behind)}
    return "possible" if len(answers) == 2 else "certain" if True in answers else "no"
