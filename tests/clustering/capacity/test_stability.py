"""How far a match holds, worked out by hand and by matching again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from clustering import match_zones, measure_match_stability
from tests.examples.capacity_tables import needs_of, register_of

SCHOOLS = {each: {"students": students} for each, students in (("a", 300.0), ("b", 200.0), ("c", 100.0))}
NEEDS = needs_of(SCHOOLS, {"A": ["a"], "B": ["b"], "C": ["c"]})


def test_capacity_between_one_and_three_schools() -> None:
    ranged = {"maximum_schools": 2.0, "maximum_schools_low": 1.0, "maximum_schools_high": 3.0}
    found = measure_match_stability(NEEDS, register_of({"P": ranged}), draws=30)
    # Whole schools: 1 in half of the draws and 2 in the other half; 3 only at the high end itself.
    zones = found.zones
    assert zones["is_served"].to_dict() == {"A": True, "B": True, "C": False}
    assert zones["is_served_low"].to_dict() == {"A": True, "B": False, "C": False}
    assert zones["is_served_high"].to_dict() == {"A": True, "B": True, "C": True}
    assert zones.at["A", "served_share"] == 1
    assert zones.at["B", "served_share"] == pytest.approx(0.5, abs=0.3)
    assert zones.at["C", "served_share"] == 0
    assert zones.at["A", "sentence"] == "Zone A is served in every draw."
    assert zones.at["C", "sentence"] == "Zone C is served in no draw."
    assert found.draws["need_served"].iloc[:3].tolist() == [500, 300, 600]
    assert found.notes == ("These have ranges: maximum schools.",)


def test_need_that_changes_places() -> None:
    # Room for one: A has 300, B between 200 and 600 and so more than A in three draws of four.
    variants = NEEDS.variants.copy()
    variants.loc["B", ["students_low", "students_high"]] = [200.0, 600.0]
    needs = replace(NEEDS, variants=variants)
    found = measure_match_stability(needs, register_of({"P": {"maximum_schools": 1.0}}), draws=30)
    shares = found.matches.set_index("zone_id")["share"]
    assert shares["B"] == pytest.approx(0.75, abs=0.25)
    assert shares["A"] + shares["B"] == pytest.approx(1)
    assert found.matches.set_index("zone_id")["is_stated"].to_dict() == {"A": True, "B": False}
    some, again = (measure_match_stability(needs, register_of({"P": {"maximum_schools": 1.0}}), draws=8) for _ in "12")
    assert again.draws.equals(some.draws)
    other = measure_match_stability(needs, register_of({"P": {"maximum_schools": 1.0}}), draws=8, seed=2)
    assert not other.draws.equals(some.draws)


def test_ends_equal_matching_again() -> None:
    ranged = {"cost_per_school": 1e6, "cost_per_school_low": 5e5, "cost_per_school_high": 2e6}
    found = measure_match_stability(NEEDS, register_of({"P": ranged}), {"budget_dollars": 2e6}, draws=1)
    for row, cost in ((0, 1e6), (1, 5e5), (2, 2e6)):
        match = match_zones(NEEDS, register_of({"P": {"cost_per_school": cost}}), {"budget_dollars": 2e6})
        assert found.draws.at[row, "need_served"] == match.solution.need_served
        assert found.draws.at[row, "zones_served"] == match.solution.zones_served


def test_locks_that_cannot_be_kept_in_a_draw_are_counted() -> None:
    ranged = {"maximum_schools": 1.0, "maximum_schools_low": 0.0, "maximum_schools_high": 1.9}
    found = measure_match_stability(NEEDS, register_of({"P": ranged}), {"force_served": ["C"]}, draws=16)
    lost = int((found.draws["status"] == "infeasible").sum())
    assert 2 < lost < 14
    assert found.zones.at["C", "served_share"] == 1
    assert any("locks cannot be kept" in note for note in found.notes)


def test_the_order_of_rows_does_not_matter() -> None:
    variants = NEEDS.variants.copy()
    variants.loc["B", ["students_low", "students_high"]] = [200.0, 600.0]
    needs, register = (
        replace(NEEDS, variants=variants),
        register_of({"P": {"maximum_schools": 1.0}, "Q": {"levels": ("middle",)}}),
    )
    turned = replace(needs, zones=needs.zones[::-1], variants=variants[::-1])
    first, second = (measure_match_stability(each, register, draws=6) for each in (needs, turned))
    assert first.draws.equals(second.draws)
    assert first.zones.equals(second.zones)
    assert first.matches.equals(second.matches)


def test_at_least_one_draw() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        measure_match_stability(NEEDS, register_of({"P": {}}), draws=0)
