"""Pairs, worked out by hand."""

from __future__ import annotations

import math
from typing import Any

import pytest

from clustering.capacity.matching.pair_audit import PairAudit
from clustering.capacity.matching.pairs import pair_zones
from clustering.capacity.matching.parameters import MatchParameters
from clustering.capacity.matching.variants import need_of_variants
from clustering.capacity.need.zone_needs import ZoneNeeds
from tests.examples.capacity_tables import needs_of, register_of

SCHOOLS = {
    "01": {"students": 900.0, "level": "high", "district_id": "D1"},
    "02": {"students": 400.0, "level": "middle", "district_id": "D1"},
    "03": {"students": 300.0, "level": "elementary", "district_id": "D2"},
}


def one_zone(**about: Any) -> ZoneNeeds:
    return needs_of(SCHOOLS, {"zone-01": ["01", "02", "03"]}, about={"zone-01": about})


def obstacles(partner: dict[str, Any], needs: ZoneNeeds | None = None, **settings: Any) -> tuple[str, ...]:
    statements = settings.pop("statements", ())
    register = register_of({"P": partner}, statements=statements, capacities=settings.pop("capacities", ()))
    pairs = pair_zones(needs or one_zone(), register, MatchParameters(**settings))
    assert len(pairs) == 1
    return tuple(pairs["obstacles"].item())


def test_a_plain_partner_may_run_a_plain_zone() -> None:
    assert obstacles({}) == ()


@pytest.mark.parametrize(
    ("partner", "settings", "expected"),
    [
        ({"kind": "supporting partner"}, {}, ("supporting partner",)),
        ({"kind": "district unit"}, {}, ()),
        ({"approval": "not approved"}, {}, ("approval",)),
        ({"approval": "not approved"}, {"approvals": "all"}, ()),
        ({"approval": "unknown"}, {"approvals": ["pre-qualified"]}, ("approval",)),
        ({"authority": "missing"}, {}, ("duties",)),
        ({"authority": "missing"}, {"duties": "any"}, ()),
        ({"authority": "unknown"}, {}, ()),
        ({"authority": "unknown"}, {"duties": "met or promised"}, ("duties",)),
        ({"authority": "promised"}, {"duties": "met"}, ("duties",)),
        ({}, {"forbid_match": ["zone-01=P"]}, ("forbidden",)),
        ({"levels": ("high", "middle")}, {}, ("levels",)),
        ({"levels": ("elementary", "high", "middle")}, {}, ()),
        ({"reach_districts": ("D1",)}, {}, ("reach",)),
        ({"reach_districts": ("D1", "D2", "D3")}, {}, ()),
        ({"earliest_start": 2026}, {}, ("start",)),
        ({"earliest_start": 2026}, {"start_year": 2026}, ()),
        ({"maximum_schools": 2.0}, {}, ("size",)),
        ({"maximum_schools": 5.0, "schools_now": 2.0}, {}, ()),
        ({"maximum_schools": 5.0, "schools_now": 3.0}, {}, ("size",)),
        ({"maximum_schools": math.nan}, {}, ("size",)),
        ({"schools_now": math.nan}, {}, ("size",)),
        ({}, {"budget_dollars": 2_249_999}, ("budget",)),
        ({}, {"budget_dollars": 2_250_000}, ()),
        ({"approval": "not approved", "levels": ("high",), "maximum_schools": 1.0}, {}, ("approval", "levels", "size")),
    ],
)
def test_each_obstacle_by_itself(partner: dict[str, Any], settings: dict[str, Any], expected: tuple[str, ...]) -> None:
    assert obstacles(partner, **settings) == expected


def test_capacity_is_that_of_the_year_or_of_the_last_year_before() -> None:
    years = [("P", 2024, 2.0), ("P", 2026, 9.0)]
    assert obstacles({}, capacities=years) == ("size",)  # 2025 has the 2 of 2024, not the 10 of the partner
    assert obstacles({}, capacities=years, start_year=2026) == ()
    assert obstacles({}, capacities=years[1:]) == ()


def test_a_degree_of_the_meridian_is_111_kilometres() -> None:
    needs = one_zone(latitude=41.0, longitude=-75.0)
    home = {"latitude": 40.0, "longitude": -75.0}
    pairs = pair_zones(needs, register_of({"P": home}), MatchParameters())
    assert pairs.loc[0, "distance_km"] == pytest.approx(6371.0088 * math.pi / 180, abs=0.01)
    assert obstacles({**home, "reach_km": 111.0}, needs) == ("reach",)
    assert obstacles({**home, "reach_km": 112.0}, needs) == ()
    assert obstacles({"reach_km": 1.0}, needs) == ()  # nobody knows its home


@pytest.mark.parametrize(
    ("statement", "fits"),
    [
        ({"district_id": "D2"}, True),
        ({"school_id": "02"}, True),
        ({"level": "elementary"}, True),
        ({"district_id": "D2", "level": "elementary"}, True),
        ({"district_id": "D2", "level": "high"}, False),  # no one school is both
        ({"district_id": "D3"}, False),
        ({"partner_id": "P", "school_id": "01"}, True),
        ({"partner_id": "Q", "school_id": "01"}, False),
    ],
)
def test_a_statement_fits_a_zone_with_a_school_that_is_all_it_names(statement: dict[str, Any], fits: bool) -> None:
    excludes = [{**statement, "choice": "exclude", "stated_by": "district"}]
    assert obstacles({}, statements=excludes) == (("excluded",) if fits else ())
    prefers = [{**statement, "choice": "prefer", "stated_by": "state"}]
    pairs = pair_zones(one_zone(), register_of({"P": {}}, statements=prefers), MatchParameters())
    assert pairs.loc[0, "preference"] == int(fits)


@pytest.mark.parametrize(
    ("partner", "settings", "dollars"),
    [
        ({}, {}, 3 * 750_000),
        ({}, {"cost_by": "student"}, 1_600 * 1_330),
        ({"cost_per_school": 1e6}, {"cost_by": "student"}, 3e6),
        ({"cost_per_student": 2_000.0}, {}, 3.2e6),
        ({"cost_per_school": 1e6, "cost_per_student": 2_000.0}, {}, 3e6),
        ({"cost_per_school": 1e6, "cost_per_student": 2_000.0}, {"cost_by": "student"}, 3.2e6),
    ],
)
def test_the_register_says_what_a_partner_costs_before_the_request(
    partner: dict[str, Any], settings: dict[str, Any], dollars: float
) -> None:
    pairs = pair_zones(one_zone(), register_of({"P": partner}), MatchParameters(**settings))
    assert pairs.loc[0, "cost_dollars"] == dollars


def test_without_students_a_cost_is_by_school() -> None:
    needs = needs_of({"01": {}}, {"zone-01": ["01"]})
    register = register_of({"P": {"cost_per_student": 2_000.0}})
    assert pair_zones(needs, register, MatchParameters(cost_by="student")).loc[0, "cost_dollars"] == 750_000


def test_only_variants_that_are_asked_for_are_paired() -> None:
    needs = needs_of(
        SCHOOLS,
        {"zone-01": ["01", "02", "03"]},
        smaller={"zone-01~2": ("zone-01", ["01", "02"])},
        parts={"zone-01/a": ("zone-01", ["01"]), "zone-01/b": ("zone-01", ["02", "03"])},
    )
    register = register_of({"P": {}, "Q": {}})

    def paired(**settings: bool) -> list[tuple[str, str]]:
        pairs = pair_zones(needs, register, MatchParameters(**settings))
        return list(zip(pairs["variant_id"], pairs["partner_id"], strict=True))

    assert paired() == [("zone-01", "P"), ("zone-01", "Q")]
    assert [variant for variant, _ in paired(allow_smaller=True)] == ["zone-01"] * 2 + ["zone-01~2"] * 2
    assert {variant for variant, _ in paired(allow_parts=True)} == {"zone-01", "zone-01/a", "zone-01/b"}


def test_points_go_to_the_lowest_rates_and_ties_have_the_same() -> None:
    rates = {"z1": 0.40, "z2": 0.55, "z3": 0.55, "z4": 0.60, "z5": math.nan}
    needs = needs_of(
        {zone: {} for zone in rates} | {"x": {}},
        {zone: [zone] for zone in list(rates)[1:]} | {"z1": ["z1", "x"]},
        smaller={"z1~1": ("z1", ["z1"])},
        about={zone: {"anchor_rate": rate} for zone, rate in rates.items()},
    )
    need = need_of_variants(needs, MatchParameters(need="lowest_rates"))
    # Of four known rates: 4 points, then 3 for both of the next, then 1; half of z1's schools have half of its points.
    assert need.drop("z5").to_dict() == {"z1": 4.0, "z1~1": 2.0, "z2": 3.0, "z3": 3.0, "z4": 1.0}
    assert math.isnan(need["z5"])


@pytest.mark.parametrize(
    ("held", "named", "is_excluded"),
    [
        ("elementary-middle", "elementary", True),
        ("elementary-middle", "middle", True),
        ("elementary-middle", "high", False),
        ("middle-high", "high", True),
        ("all-grades", "middle", True),
        ("other", "middle", False),
    ],
)
def test_an_exclusion_of_a_level_holds_for_schools_of_several_levels(held: str, named: str, is_excluded: bool) -> None:
    """The model and the audit say the same of a K-8 school: it is elementary and middle."""
    needs = needs_of({"01": {"students": 300.0, "level": held}}, {"zone-01": ["01"]})
    statement = {"choice": "exclude", "stated_by": "district", "level": named}
    assert obstacles({}, needs, statements=(statement,)) == (("excluded",) if is_excluded else ())
    audit = PairAudit(needs, register_of({"P": {}}, statements=(statement,)), MatchParameters())
    assert ("the pair is excluded." in list(audit.violations("zone-01", "P"))) is is_excluded
