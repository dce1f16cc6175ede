"""What would have to change for a Zone to have a partner: by hand, and by matching again with the change made."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from clustering import match_zones, measure_one_more
from clustering.capacity.matching.choice_model import build_model
from clustering.capacity.matching.instance import MatchInstance, build_instance
from clustering.capacity.matching.match import Match
from clustering.capacity.matching.obstacles import PairDetails
from clustering.capacity.matching.opened_pairs import Trial, change_choices
from clustering.capacity.matching.reasons import PairObstacle, Remedy, UnservedZone
from clustering.capacity.matching.remedies import by_gain
from clustering.capacity.matching.request_changes import without_obstacles
from clustering.capacity.need.zone_needs import ZoneNeeds
from clustering.capacity.register.register import Register
from clustering.capacity.solver import bound_assignment
from clustering.errors import InfeasibleError, InputError
from tests.examples.capacity_tables import needs_of, register_of
from tests.oracles.match_by_enumeration import random_instance

NO_LOCKS = dict.fromkeys(("force_match", "forbid_match", "force_served", "force_unserved"), ())


@pytest.fixture(name="needs")
def large_and_small() -> ZoneNeeds:
    """A Zone of three schools with 900 students, and one of two with 100; each in its own district."""
    schools = {f"a{number}": {"students": 300.0, "district_id": "D1"} for number in range(3)}
    schools |= {
        f"b{number}": {"students": 50.0, "district_id": "D2", "district_name": "Riverside"} for number in range(2)
    }
    return needs_of(schools, {"A": ["a0", "a1", "a2"], "B": ["b0", "b1"]})


def zone_of(match: Match, zone: str) -> UnservedZone:
    return next(each for each in match.unserved if each.zone_id == zone)


def test_the_least_change_names_what_is_lost(needs: ZoneNeeds) -> None:
    # P runs B and is one school short of A: with it, it runs A (900) instead of B (100). Q would have to double.
    register = register_of({"P": {"maximum_schools": 2.0}, "Q": {"maximum_schools": 1.0, "reach_districts": ("D1",)}})
    zone = zone_of(match_zones(needs, register), "A")
    least, most = zone.remedies
    assert (least.partner_id, least.is_least, least.need_gained) == ("P", True, 800)
    assert (least.zones_gained, least.zones_lost) == (("A",), ("B",))
    assert [(each.obstacle, each.value, each.limit) for each in least.changes] == [("size", 3, 2)]
    # Q with two schools more takes A beside B: no Zone is lost, and more is gained.
    assert (most.partner_id, most.is_least, most.need_gained, most.zones_lost) == ("Q", False, 900, ())
    assert "Then 800 more students would be served in all, but Zone B would lose its partner." in zone.reason
    assert "The change that would bring the most: Partner Q takes on 2 more schools." in zone.reason


def test_the_reason_agrees_with_one_more(needs: ZoneNeeds) -> None:
    register = register_of({"P": {"maximum_schools": 2.0}, "U": {"approval": "not approved"}})
    zone = zone_of(match_zones(needs, register), "A")
    changes = measure_one_more(needs, register, kinds=("school", "approval")).set_index(["kind", "partner_id"])
    by_partner = {each.partner_id: each for each in zone.remedies}
    for kind, partner in (("school", "P"), ("approval", "U")):
        row = changes.loc[(kind, partner)]
        assert (by_partner[partner].need_gained, by_partner[partner].zones_lost) == (
            row["need_gained"],
            row["zones_lost"],
        )
    assert changes.loc[("approval", "U"), "need_gained"] == 900


def test_a_change_that_gains_nothing_is_not_offered(needs: ZoneNeeds) -> None:
    # P runs A. If Q worked in D2 too, its one school would still not be enough for B; nor for anything else.
    register = register_of(
        {"P": {"maximum_schools": 3.0, "reach_districts": ("D1",)}, "S": {"kind": "supporting partner"}}
    )
    zone = zone_of(match_zones(needs, register), "B")
    (remedy,) = zone.remedies
    assert "Partner P works in district Riverside (D2) and takes on 2 more schools." in zone.reason
    # In D2 alone P would have to leave A (900) for B (100); with two schools more it runs both.
    assert [each.obstacle for each in remedy.changes] == ["reach", "size"]
    assert (remedy.need_gained, remedy.zones_lost) == (100, ())
    nobody = register_of({"S": {"kind": "supporting partner"}})
    zone = zone_of(match_zones(needs, nobody), "B")
    assert zone.remedies == ()
    assert "none would bring this Zone a partner. What they add, if anything" in zone.reason


def test_a_change_that_serves_other_zones_is_not_said_to_serve_nothing() -> None:
    # The budget pays for one school, C. With the money of three, B and C (250) are better than A and C (190).
    schools = {f"a{number}": {"students": 50.0} for number in range(2)}
    schools |= {f"b{number}": {"students": 80.0} for number in range(2)} | {"c0": {"students": 90.0}}
    needs = needs_of(schools, {"A": ["a0", "a1"], "B": ["b0", "b1"], "C": ["c0"]})
    request = {"budget_dollars": 750_000.0}
    register = register_of({"P": {"maximum_schools": 9.0}})
    zone = zone_of(match_zones(needs, register, request), "A")
    assert zone.remedies == ()
    assert match_zones(needs, register, {"budget_dollars": 2_250_000.0}).solution.need_served == 250
    assert "none would bring this Zone a partner." in zone.reason
    assert "serves more need in other Zones" in zone.reason


def test_of_equal_gains_the_cheaper_change_with_fewer_changes_is_named(needs: ZoneNeeds) -> None:
    # P runs B and is one school short of A. To run both it needs three more. With Q approved, both are run as well.
    register = register_of(
        {
            "P": {"maximum_schools": 2.0},
            "Q": {"maximum_schools": 1.0, "reach_districts": ("D1",)},
            "R": {"approval": "not approved", "cost_per_school": 500_000.0},
        }
    )
    gains = {each.partner_id: each for each in zone_of(match_zones(needs, register), "A").remedies}
    assert gains["R"].need_gained == 900
    # Q with two schools more serves 900 more too, for 750,000 dollars a school.
    assert "The change that would bring the most" not in zone_of(match_zones(needs, register), "A").reason
    remedies = [
        Remedy(partner_id=name, variant_id="A", changes=changes, need_gained=gained, cost_dollars=cost, zones_lost=lost)
        for name, changes, gained, cost, lost in (
            ("least", _changes("size"), 5, 1.0, ()),
            ("two districts", _changes("reach", "D1", "D2"), 9, 1.0, ()),
            ("dear", _changes("approval"), 9, 3.0, ()),
            ("loses", _changes("approval"), 9, 2.0, ("B",)),
            ("best", _changes("approval"), 9, 2.0, ()),
        )
    ]
    assert min(remedies, key=by_gain).partner_id == "best"


def _changes(obstacle: str, *items: str) -> tuple[PairObstacle, ...]:
    return (PairObstacle(obstacle=obstacle, items=items),)


def test_the_money_beside_a_change_that_loses_zones_is_tried_too(needs: ZoneNeeds) -> None:
    # The budget pays for A or B. Approving U brings A (900) for B (100); with two schools' money beside, both are run.
    own = {"kind": "district unit", "home_district": "D2", "reach_districts": ("D2",)}
    register = register_of({"P": own, "U": {"approval": "not approved"}})
    zone = zone_of(match_zones(needs, register, {"budget_dollars": 2_250_000.0}), "A")
    least, most = zone.remedies
    assert ([each.obstacle for each in least.changes], least.need_gained, least.zones_lost) == (
        ["approval"],
        800,
        ("B",),
    )
    assert [each.obstacle for each in most.changes] == ["approval", "budget"]
    assert (most.need_gained, most.zones_lost, most.changes[1].value) == (900, (), 3_750_000.0)


def test_a_districts_own_unit_is_never_sent_to_another_district(needs: ZoneNeeds) -> None:
    unit = {"kind": "district unit", "home_district": "D1", "reach_districts": ("D1",), "maximum_schools": 9.0}
    match = match_zones(needs, register_of({"U": unit}))
    zone = zone_of(match, "B")
    assert zone.remedies == ()
    assert "No change of a partner in the register would serve it. It needs a new one." in zone.reason
    assert zone.partners[0].obstacles[0].items == ("D2",)
    # Another partner is named, though the unit lacks less.
    other = {"reach_districts": ("D1",), "approval": "not approved"}
    zone = zone_of(match_zones(needs, register_of({"U": unit, "V": other})), "B")
    assert [each.partner_id for each in zone.remedies] == ["V"]
    # Nor is it told so where it has no Zone itself.
    small = match_zones(needs, register_of({"U": unit | {"maximum_schools": 2.0}}))
    assert small.unused[0].partner_id == "U"
    assert "works in district" not in small.unused[0].reason


def test_smaller_zones_that_were_not_measured_are_mentioned(needs: ZoneNeeds) -> None:
    register = register_of({"P": {"maximum_schools": 2.0, "reach_districts": ("D1",)}})
    match = match_zones(needs, register)
    assert zone_of(match, "A").may_shrink
    assert "ask again with smaller Zones allowed (allow_smaller)" in zone_of(match, "A").reason
    assert not zone_of(match, "B").may_shrink  # two schools are the fewest


def test_a_lock_that_cannot_be_kept_names_the_nearest_partners(needs: ZoneNeeds) -> None:
    register = register_of({"P": {"maximum_schools": 2.0}, "Q": {"maximum_schools": 1.0}})
    with pytest.raises(InputError) as refused:
        match_zones(needs, register, {"force_served": ["A"]})
    assert "Partner P can take on 2 schools of the 3; Partner Q can take on 1 school of the 3" in str(refused.value)
    assert "match_zones" not in str(refused.value)
    with pytest.raises(InfeasibleError) as conflict:
        match_zones(needs, register_of({"P": {"maximum_schools": 4.0}}), {"force_served": ["A", "B"]})
    assert "Zone A: Partner P can take on 4 schools and would need 3 for it, at 2,250,000 dollars a year." in str(
        conflict.value
    )


def test_remedies_equal_matching_again() -> None:
    checked = 0
    for seed in range(25):
        needs, register, parameters = random_instance(seed)
        plain = parameters.model_copy(update=NO_LOCKS)
        before = match_zones(needs, register, plain)
        for zone in before.unserved:
            for remedy in zone.remedies:
                if {each.obstacle for each in remedy.changes} == {"size"}:
                    more = (remedy.changes[0].value or 0) - (remedy.changes[0].limit or 0)
                    after = match_zones(needs, _with_room(register, remedy.partner_id, more), plain)
                    _check(before, after, remedy.need_gained, remedy.zones_gained, remedy.zones_lost)
                    assert zone.zone_id in remedy.zones_gained
                    checked += 1
    assert checked > 2


def _with_room(register: Register, partner: str, more: float) -> Register:
    partners, years = register.partners, register.capacities
    most = partners["maximum_schools"].where(partners.index != partner, partners["maximum_schools"] + more)
    yearly = years["maximum_schools"].where(years["partner_id"] != partner, years["maximum_schools"] + more)
    return replace(
        register, partners=partners.assign(maximum_schools=most), capacities=years.assign(maximum_schools=yearly)
    )


def _check(
    before: Match, after: Match, gained: float | None, zones_gained: tuple[str, ...], zones_lost: tuple[str, ...]
) -> None:
    assert after.solution.need_served - before.solution.need_served == pytest.approx(gained, abs=0.05)
    old, new = pd.Index(before.matches["zone_id"].unique()), pd.Index(after.matches["zone_id"].unique())
    assert tuple(sorted(new.difference(old))) == zones_gained
    assert tuple(sorted(old.difference(new))) == zones_lost


def test_changes_tried_together_open_the_same_pairs_as_each_alone() -> None:
    checked: set[str] = set()
    for seed in range(25):
        needs, register, parameters = random_instance(seed)
        plain = parameters.model_copy(update=NO_LOCKS)
        instance = build_instance(needs, register, plain)
        trials = [trial for pair in instance.pairs.to_dict("records")[::7] if (trial := _lifted(instance, pair))]
        for trial, changed in zip(trials, change_choices(instance, trials), strict=True):
            alone = build_instance(needs, trial.request.register, trial.request.parameters)
            pd.testing.assert_frame_equal(changed.instance.options, alone.options)
            anew = build_model(alone)
            assert bound_assignment(changed.choice.model) == pytest.approx(bound_assignment(anew.model))
            checked |= {each.obstacle for each in trial.changes}
    assert {"approval", "duties", "levels", "size", "start"} <= checked


def _lifted(instance: MatchInstance, pair: dict[Any, Any]) -> Trial | None:
    """A trial that lifts all that stands in the way of a pair."""
    details = PairDetails(instance, pair)
    changes = tuple(details.explain(each) for each in pair["obstacles"])
    request = without_obstacles(instance, pair, changes) if changes else None
    return None if request is None else Trial(partner_id=str(pair["partner_id"]), changes=changes, request=request)


def test_only_the_neediest_zones_are_measured_and_the_notes_say_so() -> None:
    # Eight Zones, each with more schools than the last, and larger ones. P runs the largest and has no capacity left.
    schools = {f"{zone}{number}": {"students": 50.0 + zone} for zone in range(1, 9) for number in range(2 * zone)}
    zones = {f"Z{zone}": [f"{zone}{number}" for number in range(2 * zone)] for zone in range(1, 9)}
    match = match_zones(needs_of(schools, zones), register_of({"P": {"maximum_schools": 16.0}}))
    assert match.matches["zone_id"].tolist() == ["Z8"]
    tried = [each.zone_id for each in match.unserved if each.tried_count is not None]
    assert tried == ["Z5", "Z6", "Z7"]
    assert all(each.remedies[0].need_gained is None for each in match.unserved if each.zone_id not in tried)
    assert (
        "What changes would bring in all is worked out for the 3 Zones without a partner that have the greatest need."
        " For 4 other Zones, the smallest change alone is named."
    ) in match.notes
