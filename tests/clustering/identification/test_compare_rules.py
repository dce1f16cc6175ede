"""Two rules on the same schools, and rules against each other: what may only grow, and what may not change."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clustering import InputError, Scenario, compare_rules, identify_by_rules, identify_schools, read_rule
from tests.examples.rated_schools import rated_schools, school_ids
from tests.examples.read_cells import ReadCells, Row

TEXTS = ["10", "33-40", "LT50", "50", "60-69", "66", "66.9", "67", "67-69", "70-79", "GE50", "GE95", "PS", ""]
READ = ReadCells({"graduation_rate": TEXTS})
SURENESS = {"no": 0, "possible": 1, "certain": 2}


def rates_of(*rates: str, **traits: list[str]) -> Scenario:
    return rated_schools({"graduation_rate": list(rates), "school_year": ["2021-22"] * len(rates)}, **traits)


def test_two_rules_side_by_side() -> None:
    scenario = rates_of("50", "60-69", "66", "68", "90", "PS")
    found = compare_rules(scenario, {"threshold": 0.6}, {"threshold": 0.67, "range_policy": "possible"})
    assert found.schools["first"].tolist() == ["certain", "no", "no", "no", "no", "unknown"]
    assert found.schools["second"].tolist() == ["certain", "possible", "certain", "no", "no", "unknown"]
    assert found.schools["change"].tolist() == ["both", "gained", "gained", "neither", "neither", "neither"]
    assert found.changes == {"gained": 2, "lost": 0, "both": 1, "neither": 3}
    counts = found.counts
    assert counts.loc["no"].to_dict() == {"certain": 1, "no": 2, "possible": 1, "unknown": 0}
    assert counts.to_numpy().sum() == 6


def test_the_other_way_round_gains_are_losses() -> None:
    scenario = rates_of("50", "66", "90")
    forth = compare_rules(scenario, {"threshold": 0.6}, {"threshold": 0.67}).changes
    back = compare_rules(scenario, {"threshold": 0.67}, {"threshold": 0.6}).changes
    assert (forth["gained"], forth["lost"]) == (back["lost"], back["gained"]) == (1, 0)


def test_a_rule_against_itself_changes_nothing() -> None:
    found = compare_rules(rates_of("50", "60-69", "90"), "essa_csi_graduation", "essa_csi_graduation")
    assert found.changes == {"gained": 0, "lost": 0, "both": 1, "neither": 2}


def test_schools_that_one_rule_does_not_speak_of_have_no_answer_by_it() -> None:
    scenario = rates_of("50", "50", grades=["9-12", "K-8"])
    found = compare_rules(scenario, {"threshold": 0.67}, {"threshold": 0.67, "grades": "all"})
    assert found.schools["name"].tolist() == ["School 1", "School 2"]
    assert found.schools["first"].isna().tolist() == [False, True]
    assert found.schools["change"].tolist() == ["both", "gained"]
    assert found.counts.loc["none", "certain"] == 1


def test_a_schools_name_is_told_whichever_rule_speaks_of_it() -> None:
    scenario = rates_of("50", "50", grades=["9-12", "K-8"])
    found = compare_rules(scenario, {"threshold": 0.67, "grades": "all"}, {"threshold": 0.67})
    assert found.schools["name"].tolist() == ["School 1", "School 2"]
    assert found.changes["lost"] == 1


def test_several_rules_at_once_answer_as_each_alone() -> None:
    scenario = rates_of("50", "60-69", "90", "PS", title1=["yes", "no", "yes", ""])
    rules: list[Any] = ["essa_csi_graduation", {"bottom_share": 0.3}, read_rule({"population": "title1"})]
    for rule, together in zip(rules, identify_by_rules(scenario, rules), strict=True):
        alone = identify_schools(scenario, rule)
        assert together.decisions.equals(alone.decisions)
        assert together.provenance == alone.provenance
        assert together.rule_document() == alone.provenance["rule"]


def test_one_rule_that_cannot_be_read_is_told() -> None:
    with pytest.raises(InputError, match="threshold"):
        compare_rules(rates_of("50", "90"), "essa_csi_graduation", {"threshold": 67})


@settings(max_examples=12)
@given(
    texts=st.lists(st.sampled_from(TEXTS), min_size=2, max_size=6),
    thresholds=st.tuples(st.integers(0, 1000), st.integers(0, 1000)),
    comparator=st.sampled_from(["lt", "le"]),
    decimals=st.sampled_from([None, 0, 1]),
)
def test_a_higher_threshold_never_makes_a_school_less_sure(
    texts: list[str], thresholds: tuple[int, int], comparator: str, decimals: int | None
) -> None:
    rule = {"comparator": comparator, **({} if decimals is None else {"decimals": decimals})}
    scenario = READ.state([Row(TEXTS.index(text), school) for text, school in zip(texts, school_ids(6), strict=False)])
    low, high = identify_by_rules(scenario, [{**rule, "threshold": each / 1000} for each in sorted(thresholds)])
    for before, after in zip(low.decisions["certainty"], high.decisions["certainty"], strict=True):
        if before == "unknown":
            assert after == "unknown"
        else:
            assert SURENESS[after] >= SURENESS[before]


@settings(max_examples=12)
@given(
    low=st.integers(0, 100),
    width=st.integers(0, 40),
    point=st.integers(0, 40),
    threshold=st.integers(1, 99),
    comparator=st.sampled_from(["lt", "le"]),
)
def test_a_band_that_becomes_a_point_is_sure_and_within_what_was_possible(
    low: int, width: int, point: int, threshold: int, comparator: str
) -> None:
    high = min(100, low + width)
    exact = min(high, low + point)
    rule = {"threshold": threshold / 100, "comparator": comparator}
    band, tight = identify_schools(rates_of(f"{low}-{high}", f"{exact}%"), rule).decisions["certainty"]
    assert tight in {"certain", "no"}
    assert band in {tight, "possible"}


@settings(max_examples=12)
@given(
    rates=st.lists(
        st.tuples(st.integers(1, 3), st.sampled_from(["All Students", "CWD", "LEP"]), st.sampled_from(TEXTS)),
        min_size=1,
        max_size=8,
        unique_by=lambda row: row[:2],
    ),
    rule=st.sampled_from([{"threshold": 0.67}, {"bottom_count": 1}, {"threshold": 0.67, "minimum_students": 10}]),
)
def test_any_group_never_identifies_fewer_than_all_students(
    rates: list[tuple[int, str, str]], rule: dict[str, Any]
) -> None:
    rows = [Row(TEXTS.index(text), f"{number:02d}", group=group) for number, group, text in rates]
    scenario = READ.state(rows)
    of_all, of_any = identify_by_rules(scenario, [{**rule, "subgroup": each} for each in ("all", "any")])
    assert (of_any.decisions["identified"] | ~of_all.decisions["identified"]).all()
