"""Smaller variants, against every set of schools, and parts, by hand."""

from __future__ import annotations

import itertools
from functools import cache

import pytest

from clustering import (
    InputError,
    ProposalParameters,
    audit,
    build_request,
    measure_zone_needs,
    propose_zones,
)
from clustering.zones.feeder_graph import graph_of_tables
from clustering.zones.metrics import evaluate_zones
from tests.clustering.capacity.need.test_measure import BOTH_ZONES, MERGED, ZONE, needs_of
from tests.examples.toy_district import EAST, OAK, PINE, WEST, toy_planner, toy_scenario


@cache
def all_plans(schools: tuple[str, ...]) -> list[tuple[float, frozenset[str]]]:
    """Every smaller set of the Zone's schools that keeps all limits, with its score: audited one by one."""
    parameters = ProposalParameters()
    planner = toy_planner()
    request = build_request(planner.protect(parameters), parameters)
    tables = planner.build_graph(parameters)
    graph = graph_of_tables(tables, request.schools, origins=schools)
    found = []
    feeders = [school for school in schools if school != WEST]
    for count in range(2, len(feeders)):
        for chosen in itertools.combinations(feeders, count):
            membership = {WEST: chosen}
            if not audit(graph, membership, request):
                score = evaluate_zones(tables, membership, request)[WEST].score
                found.append((score, frozenset((WEST, *chosen))))
    return found


@pytest.mark.parametrize("size", [3, 4, 5, 6])
def test_smaller_variants_are_the_best_of_all_sets(size: int) -> None:
    needs = needs_of(toy_scenario(), smaller=True)
    whole = needs.variants.loc[ZONE, "school_ids"]
    variant = needs.variants.loc[f"{ZONE}/{size}"]
    # E1 and E4 add the same to Oak and Elm: either is best where there is room for one.
    expected = max((plan for plan in all_plans(whole) if len(plan[1]) <= size), key=lambda plan: plan[0])[1]
    tied = {"0001", "0004"}
    assert set(variant["school_ids"]) - tied == expected - tied
    assert variant["school_count"] == len(expected)
    assert variant["variant"] == "smaller"


def test_every_zone_has_one_variant_as_proposed_and_subsets_of_it() -> None:
    needs = needs_of(toy_scenario(), BOTH_ZONES, smaller=True, parts=True)
    variants = needs.variants
    assert variants.index.is_monotonic_increasing
    assert variants.index.is_unique
    for zone, group in variants.groupby("zone_id"):
        proposed = group[group["variant"] == "as proposed"]
        assert proposed.index.tolist() == [zone]
        whole = set(proposed["school_ids"].iloc[0])
        smaller = group[group["variant"] == "smaller"]
        assert all(set(schools) < whole for schools in smaller["school_ids"])
        assert all(set(needs.zones.loc[zone, "anchor_ids"]) <= set(schools) for schools in smaller["school_ids"])
        assert not smaller["school_ids"].duplicated().any()


def test_no_smaller_variant_is_below_the_least_size_or_without_a_forced_school() -> None:
    request = {"force_in": ["0002"], "minimum_schools": 4}
    needs = needs_of(toy_scenario(), request, smaller=True)
    smaller = needs.variants[needs.variants["variant"] == "smaller"]
    assert smaller["school_count"].tolist() == [4, 5, 6]
    assert all("0002" in schools for schools in smaller["school_ids"])


def test_schools_that_keep_together_stay_together() -> None:
    needs = needs_of(toy_scenario(), {"keep_together": [["0001", "0002", "0003"]]}, smaller=True)
    group = {"0001", "0002", "0003"}
    smaller = needs.variants[needs.variants["variant"] == "smaller"]["school_ids"]
    assert len(smaller)
    assert all(len(group & set(schools)) in (0, 3) for schools in smaller)


def test_a_zone_without_smaller_variants_is_told() -> None:
    # All seven schools keep together with the anchor: nothing smaller is allowed.
    together = [["0001", "0002", "0003", "0004", OAK, "0008", WEST]]
    needs = needs_of(toy_scenario(), {"keep_together": together}, smaller=True)
    assert needs.variants["variant"].tolist() == ["as proposed"]
    assert any("No smaller variant of 1 of the Zones" in note for note in needs.notes)


def test_parts_follow_where_most_students_arrive() -> None:
    needs = needs_of(toy_scenario(), MERGED, parts=True)
    # E1 36 to West, 24 to East; E2 33 and 17; E3 54 and 6; E4 36 and 20.7; E5 8.3 and 41.7; E6 6.7 and 33.3.
    # Oak 60 and 40; Elm 90 and 10; Pine 20 and 100.
    assert needs.variants.loc[f"{ZONE}/{WEST}", "school_ids"] == ("0001", "0002", "0003", "0004", OAK, "0008", WEST)
    assert needs.variants.loc[f"{ZONE}/{EAST}", "school_ids"] == ("0005", "0006", PINE, EAST)
    assert needs.variants.loc[f"{ZONE}/{EAST}", "variant"] == "part"


def test_a_zone_of_one_anchor_has_no_parts() -> None:
    needs = needs_of(toy_scenario(), BOTH_ZONES, parts=True)
    assert set(needs.variants["variant"]) == {"as proposed"}


def test_options_that_are_no_truth_values_are_refused() -> None:
    scenario = toy_scenario()
    with pytest.raises(InputError, match="neither true nor false"):
        measure_zone_needs(scenario, propose_zones(scenario), smaller="false")  # type: ignore[arg-type]
