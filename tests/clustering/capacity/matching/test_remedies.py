"""What would have to change for a Zone to have a partner: by hand, and by matching again with the change made."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from clustering import match_zones, measure_one_more
from clustering.capacity.matching.match import Match
from clustering.capacity.matching.reasons import UnservedZone
from clustering.capacity.need.zone_needs import ZoneNeeds
from clustering.capacity.register.register import Register
from clustering.errors import InfeasibleError, InputError
from tests.examples.capacity_tables import needs_of, register_of
from tests.oracles.match_by_enumeration import random_instance

NO_LOCKS = dict.fromkeys(("force_match", "forbid_match", "force_served", "force_unserved"), ())


@pytest.fixture(name="needs")
def large_and_small() -> ZoneNeeds:
    """A Zone of three schools with 900 students, and one of two with 100; each in its own district."""
    schools = {f"a{number}": {"students": 300.0, "district_id": "D1"} for number in range(3)}
    schools |= {f"b{number}": {"students": 50.0, "district_id": "D2"} for number in range(2)}
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
    assert "Then 800 students more would be served in all, but Zone B would lose its partner." in zone.reason
    assert "The most would be gained by a change for Partner Q" in zone.reason


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
    # In D2 alone P would have to leave A (900) for B (100); with two schools more it runs both.
    assert [each.obstacle for each in remedy.changes] == ["reach", "size"]
    assert (remedy.need_gained, remedy.zones_lost) == (100, ())
    nobody = register_of({"S": {"kind": "supporting partner"}})
    zone = zone_of(match_zones(needs, nobody), "B")
    assert zone.remedies == ()
    assert "none would serve more in all" in zone.reason


def test_smaller_zones_that_were_not_measured_are_mentioned(needs: ZoneNeeds) -> None:
    register = register_of({"P": {"maximum_schools": 2.0, "reach_districts": ("D1",)}})
    match = match_zones(needs, register)
    assert zone_of(match, "A").may_shrink
    assert "allow_smaller=true would try it" in zone_of(match, "A").reason
    assert not zone_of(match, "B").may_shrink  # two schools are the fewest


def test_a_lock_that_cannot_be_kept_names_the_nearest_partners(needs: ZoneNeeds) -> None:
    register = register_of({"P": {"maximum_schools": 2.0}, "Q": {"maximum_schools": 1.0}})
    with pytest.raises(InputError) as refused:
        match_zones(needs, register, {"force_served": ["A"]})
    assert "Partner P can take on 2 schools of the 3; Partner Q can take on 1 school of the 3" in str(refused.value)
    assert "match_zones" not in str(refused.value)
    with pytest.raises(InfeasibleError) as conflict:
        match_zones(needs, register_of({"P": {"maximum_schools": 4.0}}), {"force_served": ["A", "B"]})
    assert "Zone A: Partner P can take on 4 schools and would run 3 of this Zone for 2,250,000" in str(conflict.value)


def test_remedies_equal_matching_again() -> None:
    checked = 0
    for seed in range(40):
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
