"""The fewest years until all Zones have started, by hand."""

from __future__ import annotations

import json

from clustering.capacity.plan_years.documents import years_to_reach_all_document
from clustering.capacity.plan_years.years_to_reach_all import years_to_reach_all
from tests.examples.capacity_tables import needs_of, register_of

ZONES = {name: [f"{name}{number}" for number in range(2)] for name in "ABCD"}
NEEDS = needs_of({school: {"students": 100} for schools in ZONES.values() for school in schools}, ZONES)


def test_one_partner_takes_the_zones_one_after_another() -> None:
    # P runs one Zone of two schools at a time, for two years each: the fourth starts in the seventh year, and with a
    # year of planning in the eighth.
    register = register_of({"P": {"maximum_schools": 2, "contract_years": 2}})
    answer = years_to_reach_all(NEEDS, register, {"planning_years": 0})
    assert (answer.status, answer.years, answer.fall) == ("optimal", 7, 2031)
    assert answer.by_year["zones_started"].tolist() == [1, 1, 2, 2, 3, 3, 4]
    assert years_to_reach_all(NEEDS, register).years == 8


def test_growth_reaches_all_earlier() -> None:
    # Contracts of five years. From the third year P runs two schools more for the two that it has run for two years.
    # Then the second Zone starts; from the fifth the third by the growth of the second, up to six schools; the fourth
    # in the sixth, when the first has ended.
    growing = {"maximum_schools": 2, "growth_share": 1, "growth_ceiling": 6, "contract_years": 5}
    answer = years_to_reach_all(NEEDS, register_of({"P": growing}), {"planning_years": 0})
    assert answer.by_year["zones_started"].tolist()[:5] == [1, 1, 2, 2, 3]
    slow = years_to_reach_all(NEEDS, register_of({"P": growing}), {"planning_years": 0, "growth": False})
    assert slow.years == 16
    assert answer.years is not None
    assert answer.years < 16


def test_zones_that_can_never_start_are_named_and_not_waited_for() -> None:
    register = register_of(
        {"P": {"maximum_schools": 2, "contract_years": 1}},
        statements=[{"district_id": "D1", "school_id": "A0", "choice": "exclude", "stated_by": "state"}],
    )
    answer = years_to_reach_all(NEEDS, register, {"planning_years": 0, "force_unserved": ("B",)})
    assert answer.years == 2
    assert (answer.zones_in_all, answer.zones_reachable) == (4, 2)
    assert answer.never[["zone_id", "kind"]].to_numpy().tolist() == [["A", "no partner"], ["B", "lock"]]
    json.dumps(years_to_reach_all_document(answer), allow_nan=False)


def test_it_is_proved_that_the_longest_time_does_not_do() -> None:
    register = register_of({"P": {"maximum_schools": 2, "contract_years": 5}})
    answer = years_to_reach_all(NEEDS, register, {"planning_years": 0}, longest=6)
    assert (answer.status, answer.years) == ("not reached", None)
    assert answer.by_year["zones_started"].tolist() == [1, 1, 1, 1, 1, 2]


def test_a_zone_that_needs_growth_is_reachable_if_others_make_a_partner_grow() -> None:
    # D has four schools. P runs two, and four once it has run A for two years and runs it still: then two are left for
    # nobody with four. With growth of two for each school it has six, and D fits beside A.
    zones = {"A": ["A0", "A1"], "D": ["D0", "D1", "D2", "D3"]}
    needs = needs_of({school: {"students": 100} for schools in zones.values() for school in schools}, zones)
    for share, kinds in ((1, ["size"]), (2, [])):
        register = register_of({"P": {"maximum_schools": 2, "growth_share": share}})
        answer = years_to_reach_all(needs, register, {"planning_years": 0}, longest=8)
        assert answer.never["kind"].tolist() == kinds
        assert answer.years == (3 if share == 2 else 1)


def test_where_nothing_can_start_there_is_nothing_to_wait_for() -> None:
    answer = years_to_reach_all(NEEDS, register_of({"P": {"maximum_schools": 1}}))
    assert (answer.status, answer.years, answer.fall) == ("optimal", 0, None)
    assert answer.never["kind"].tolist() == ["size"] * 4
