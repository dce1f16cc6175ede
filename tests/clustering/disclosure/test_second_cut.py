"""Facts of datasets: of which schools and years two of them hold counts, found out without the counts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from clustering import CountFact, Scenario, content_tag, count_facts, pack_fact, shared_counts, unpack_fact
from clustering.disclosure.count_facts import ENTERING, LEAVING, RATES
from clustering.disclosure.policy import DisclosurePolicy
from tests.examples.toy_district import toy_scenario

KEY = b"a key of the service"


def fact(year: int | None, kind: str = LEAVING, **tags: int) -> CountFact:
    schools = pd.Index(list(tags), name="school_id", dtype=object)
    return CountFact(kind=kind, year=year, schools=schools, tags=np.array(list(tags.values()), dtype="uint64"))


def with_flows(scenario: Scenario, flows: pd.DataFrame) -> Scenario:
    return replace(scenario, flows=flows)


@pytest.mark.parametrize(
    ("own", "other", "schools", "years"),
    [
        (fact(2021, a=1, b=1), fact(2021, b=2, c=2), ("b",), (2021,)),
        (fact(2021, a=1), fact(2022, a=2), None, None),
        (fact(2021, a=1), fact(2021, b=2), None, None),
        (fact(2021, a=1), fact(2021, kind=ENTERING, a=2), None, None),
        (fact(2021, a=1, b=7), fact(2021, a=1, b=8), ("b",), (2021,)),
        (fact(None, a=1), fact(2021, a=2), ("a",), (2021,)),
        (fact(None, a=1), fact(None, a=2), ("a",), ()),
        (fact(2021, a=1), fact(2021, a=1), None, None),
        (fact(2021, a=0), fact(2021, a=0), ("a",), (2021,)),  # not known any more: equal to nothing
    ],
)
def test_facts_meet_where_kind_school_and_year_do(
    own: CountFact, other: CountFact, schools: tuple[str, ...] | None, years: tuple[int, ...] | None
) -> None:
    shared = shared_counts([own], [other])
    assert (None if shared is None else (shared.schools, shared.years)) == (
        None if schools is None else (schools, years)
    )
    if shared is not None:
        assert shared.has_unknown_years is (None in (own.year, other.year))
        assert shared.kinds == ("promotions",)


def test_what_both_have_says_nothing_new_of_other_years() -> None:
    undated, dated = fact(None, a=1), fact(2021, a=2)
    assert shared_counts([undated, dated], [undated, dated]) is None
    # The second has the undated counts of the first and counts of a year in addition: only those are new.
    assert shared_counts([undated, dated], [undated]) is None
    shared = shared_counts([undated, fact(2021, a=3)], [undated, dated])
    assert shared is not None
    assert (shared.years, shared.has_unknown_years) == ((2021,), False)


def test_the_facts_of_a_scenario_name_its_schools_by_role_and_year() -> None:
    facts = count_facts(toy_scenario(), key=KEY)
    found = {(each.kind, each.year): list(each.schools) for each in facts if not each.kind.startswith(RATES)}
    assert found == {
        (LEAVING, 2022): [f"{number:04d}" for number in range(1, 10)],
        (ENTERING, 2022): ["0007", "0008", "0009", "0010", "0011"],
    }


def test_tags_change_with_a_count_and_with_the_key_and_not_with_names() -> None:
    scenario = toy_scenario()
    flows = scenario.flows.copy()
    flows.loc[0, ["students", "students_low", "students_high"]] += 1
    facts = count_facts(scenario, key=KEY)
    for other in (count_facts(with_flows(scenario, flows), key=KEY), count_facts(scenario, key=b"another")):
        shared = shared_counts(facts, other)
        assert shared is not None
        assert len(shared.schools) == 11
    renamed = replace(scenario, schools=scenario.schools.assign(name="A school"))
    assert shared_counts(facts, count_facts(renamed, key=KEY)) is None
    assert content_tag(renamed, key=KEY) != content_tag(scenario, key=KEY)
    assert content_tag(toy_scenario(), key=KEY) == content_tag(scenario, key=KEY)
    assert content_tag(scenario, key=b"another") != content_tag(scenario, key=KEY)


def test_sizes_on_which_the_base_depends_are_part_of_the_tag() -> None:
    scenario = toy_scenario()
    larger = replace(scenario, schools=scenario.schools.assign(enrolment_students=5_000.0))
    assert shared_counts(count_facts(scenario, key=KEY), count_facts(larger, key=KEY)) is not None


def test_estimated_flows_are_no_counts() -> None:
    scenario = toy_scenario()
    basis = replace(scenario.report.basis, method="gravity")
    estimated = replace(scenario, report=replace(scenario.report, basis=basis))
    assert [each for each in count_facts(estimated, key=KEY) if each.kind in (LEAVING, ENTERING)] == []


def test_only_rates_that_are_given_with_counts_count_unless_all_are_asked_for() -> None:
    scenario = toy_scenario()
    rates = scenario.rates
    assert len(rates) == 2
    counted = rates.assign(text=["40 of 50", *rates["text"][1:]])
    facts = {
        coarsen: [list(each.schools) for each in count_facts(given, key=KEY, policy=policy)][-1]
        for coarsen, policy, given in (
            ("all", DisclosurePolicy(coarsen_rates="all"), scenario),
            ("counted", DisclosurePolicy(), replace(scenario, rates=counted)),
        )
    }
    assert facts == {"all": list(rates["school_id"]), "counted": list(rates["school_id"][:1])}


def test_a_fact_comes_back_from_its_bytes() -> None:
    fact_of_2021 = fact(2021, a=1, b=2**64 - 1)
    back = unpack_fact(pack_fact(fact_of_2021), kind=LEAVING, year=2021)
    assert (list(back.schools), back.tags.tolist()) == (["a", "b"], [1, 2**64 - 1])
    without_tags = replace(pack_fact(fact_of_2021), tags=b"")
    assert unpack_fact(without_tags, kind=LEAVING, year=2021).tags.tolist() == [0, 0]
