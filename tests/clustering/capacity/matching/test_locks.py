"""Locks: what is refused, all at once, and which of them cannot be kept together."""

from __future__ import annotations

import pytest

from clustering.capacity.matching.locks import split_pairs
from clustering.capacity.matching.match_zones import match_zones
from clustering.errors import InfeasibleError, InputError
from tests.examples.capacity_tables import needs_of, register_of

NEEDS = needs_of(
    {school: {"students": 100.0} for school in ("1a", "1b", "2a", "2b", "3a", "3b")},
    {"zone-1": ["1a", "1b"], "zone-2": ["2a", "2b"], "zone-3": ["3a", "3b"]},
)
REGISTER = register_of({"P": {"maximum_schools": 4.0}, "Q": {"maximum_schools": 2.0}})


def test_locks_are_kept() -> None:
    match = match_zones(
        NEEDS,
        REGISTER,
        {"force_match": "zone-3=Q", "forbid_match": "zone-1=Q", "force_served": "zone-2", "force_unserved": "zone-1"},
    )
    assert match.matches[["zone_id", "partner_id"]].to_numpy().tolist() == [["zone-2", "P"], ["zone-3", "Q"]]
    assert match.matches["is_locked"].tolist() == [True, True]
    assert [reason.kind for reason in match.reasons] == ["best", "lock"]
    assert [(zone.zone_id, zone.kind) for zone in match.unserved] == [("zone-1", "lock")]


def test_every_fault_of_the_locks_is_said_at_once() -> None:
    register = register_of({"P": {}, "Q": {"approval": "not approved"}})
    with pytest.raises(InputError) as refused:
        match_zones(
            NEEDS,
            register,
            {
                "force_match": ["zone-1", "zone-9=P", "zone-1=X", "zone-9=X", "zone-2=Q", "zone-3=P", "zone-1=P"],
                "forbid_match": ["zone-3=P", "zone-7=P"],
                "force_served": ["zone-8", "zone-1"],
                "force_unserved": ["zone-1", "zone-6"],
            },
        )
    by_place = {(problem.column, problem.value): problem.message for problem in refused.value.problems}
    assert by_place == {
        ("force_match", "zone-1"): "A lock of a pair reads zone=partner.",
        ("force_match", "zone-9=P"): "There is no Zone with this id.",
        ("force_match", "zone-1=X"): "There is no partner with this id.",
        ("force_match", "zone-9=X"): "There is no Zone and no partner with this id.",
        ("force_match", "zone-2=Q"): "The pair is not admissible: approval. Partner Q is not approved.",
        ("force_match", "zone-3=P"): "The pair is also in forbid_match.",
        ("forbid_match", "zone-7=P"): "There is no Zone with this id.",
        ("force_served", "zone-8"): "There is no Zone with this id.",
        ("force_unserved", "zone-1"): "The Zone is also in force_match.",
        ("force_unserved", "zone-6"): "There is no Zone with this id.",
    }
    # zone-1 contradicts two locks, and each is said.
    messages = [problem.message for problem in refused.value.problems if problem.value == "zone-1"]
    assert "The Zone is also in force_served." in messages


def test_a_zone_that_nobody_may_run_cannot_be_forced() -> None:
    with pytest.raises(InputError, match="No partner may run this Zone"):
        match_zones(NEEDS, REGISTER, {"force_served": "zone-1", "forbid_match": "zone-1=P,zone-1=Q"})


def test_a_zone_has_two_partners_only_in_parts() -> None:
    locks = {"force_match": "zone-1=P,zone-1=Q"}
    with pytest.raises(InputError, match="several partners: P, Q"):
        match_zones(NEEDS, REGISTER, locks)
    needs = needs_of(
        {"1a": {"students": 100.0}, "1b": {"students": 50.0}},
        {"zone-1": ["1a", "1b"]},
        parts={"zone-1/a": ("zone-1", ["1a"]), "zone-1/b": ("zone-1", ["1b"])},
    )
    match = match_zones(needs, REGISTER, {**locks, "allow_parts": True})
    assert match.matches["variant_id"].tolist() == ["zone-1/a", "zone-1/b"]
    assert set(match.matches["partner_id"]) == {"P", "Q"}


def test_ids_may_have_an_equals_sign() -> None:
    pairs = split_pairs(["a=b=c", "a=b", "a=c"], {"a=b", "a"}, {"c", "b"})
    assert pairs == {"a=b=c": ("a=b", "c"), "a=b": ("a", "b"), "a=c": ("a", "c")}


def test_the_locks_that_conflict_are_named_and_no_others() -> None:
    # Q has room for one Zone: two cannot be with it. The other locks have nothing to do with that.
    with pytest.raises(InfeasibleError) as conflict:
        match_zones(NEEDS, REGISTER, {"force_match": "zone-1=Q,zone-2=Q", "force_served": "zone-3"})
    assert conflict.value.violations == (
        "force_match zone-1=Q is one of 2 locks that cannot be kept together.",
        "force_match zone-2=Q is one of 2 locks that cannot be kept together.",
        "Zone zone-1: Partner Q can take on 2 schools and would need 2 for it, at 1,500,000 dollars a year.",
        "Zone zone-2: Partner Q can take on 2 schools and would need 2 for it, at 1,500,000 dollars a year.",
        "They could be kept with more capacity of the partners (maximum_schools in the register).",
    )
    for lock in ("zone-1=Q", "zone-2=Q"):  # either can be kept without the other
        assert lock.split("=")[0] in set(match_zones(NEEDS, REGISTER, {"force_match": lock}).matches["zone_id"])


def test_a_forbidden_pair_can_be_what_conflicts() -> None:
    # P has room for two Zones: with zone-1 not for Q, Q takes one of the others.
    register = register_of({"P": {"maximum_schools": 2.0}, "Q": {"maximum_schools": 2.0}})
    locks = {"force_served": "zone-1,zone-2", "forbid_match": "zone-1=P,zone-2=P,zone-3=P"}
    with pytest.raises(InfeasibleError) as conflict:
        match_zones(NEEDS, register, locks)
    named = [violation.split(" is one of 4")[0] for violation in conflict.value.violations[:4]]
    assert named == [
        "force_served zone-1",
        "force_served zone-2",
        "forbid_match zone-1=P",
        "forbid_match zone-2=P",
    ]


def test_the_budget_can_be_what_has_to_give_way() -> None:
    with pytest.raises(InfeasibleError) as conflict:
        match_zones(NEEDS, REGISTER, {"force_served": "zone-1,zone-2", "budget_dollars": 2e6})
    assert conflict.value.violations[-1] == "They could be kept with a greater budget_dollars."


def test_locks_that_are_cheap_one_by_one_say_what_they_cost_together() -> None:
    # Two schools each. P is cheaper and has room for one Zone: 1.0 and 1.0 million with P, 1.0 and 1.5 with P and Q.
    own = {"P": {"maximum_schools": 3.0, "cost_per_school": 500_000.0}, "Q": {"maximum_schools": 2.0}}
    request = {"force_served": "zone-1,zone-2", "budget_dollars": 2_200_000.0}
    with pytest.raises(InfeasibleError) as conflict:
        match_zones(NEEDS, register_of(own), request)
    cheapest, crowded = conflict.value.violations[-3:-1]
    assert cheapest.startswith(
        "The cheapest way to keep them together costs 2,500,000 dollars a year, and the budget is 2,200,000:"
    )
    assert crowded == (
        "Each Zone with its cheapest partner would come to 2,000,000 dollars, but Partner P can take on 3 schools and"
        " not 4."
    )
    # With that much money they can be kept, and with a dollar less they cannot.
    assert match_zones(NEEDS, register_of(own), request | {"budget_dollars": 2_500_000.0}).solution.zones_served == 2
    with pytest.raises(InfeasibleError):
        match_zones(NEEDS, register_of(own), request | {"budget_dollars": 2_499_999.0})


def test_locks_say_nothing_of_a_budget_that_is_not_in_the_way() -> None:
    with pytest.raises(InfeasibleError) as conflict:
        match_zones(NEEDS, REGISTER, {"force_match": "zone-1=Q,zone-2=Q", "budget_dollars": 9e6})
    assert not any("cheapest" in each for each in conflict.value.violations)


def test_a_lock_serves_a_zone_of_unknown_need() -> None:
    needs = needs_of({"1a": {}, "2a": {"students": 5.0}}, {"zone-1": ["1a"], "zone-2": ["2a"]})
    register = register_of({"P": {}})
    assert [zone.kind for zone in match_zones(needs, register).unserved] == ["unknown need"]
    match = match_zones(needs, register, {"force_served": "zone-1"})
    assert match.unserved == ()
    assert match.solution.need_served == 5.0
