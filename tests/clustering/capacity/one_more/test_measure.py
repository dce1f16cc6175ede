"""What one more brings, worked out by hand and by matching again."""

from __future__ import annotations

import time
from dataclasses import replace

import pandas as pd
import pytest

from clustering import MatchParameters, NewPartner, measure_one_more
from clustering.capacity.matching.choice_model import build_model
from clustering.capacity.matching.instance import build_instance
from clustering.capacity.matching.solve_match import solve_match
from clustering.capacity.need.zone_needs import ZoneNeeds
from clustering.capacity.register.register import Register
from clustering.errors import InputError
from tests.examples.capacity_tables import needs_of, register_of
from tests.oracles.match_by_enumeration import random_instance

HERE = {"latitude": 38.0, "longitude": -75.0}


@pytest.fixture(name="needs")
def two_zones() -> ZoneNeeds:
    """A Zone of two schools with 900 students, and one of one school with 400 in another district."""
    schools = {
        "a1": {"students": 500.0, "district_id": "D1"},
        "a2": {"students": 400.0, "district_id": "D1"},
        "b1": {"students": 400.0, "district_id": "D2", "district_name": "Riverside"},
    }
    return needs_of(schools, {"A": ["a1", "a2"], "B": ["b1"]}, about={"A": HERE, "B": HERE})


@pytest.fixture(name="register")
def one_partner() -> Register:
    """A partner with room for two schools, one that comes a year late, and a supporting partner nearby."""
    return register_of(
        {
            "P": {"maximum_schools": 2.0, "growth_share": 0.5, "home_district": "D2", **HERE},
            "Q": {"maximum_schools": 1.0, "earliest_start": 2026, "reach_districts": ("D2",)},
            "S": {"kind": "supporting partner", "latitude": 38.1, "longitude": -75.0},
        }
    )


def row(table: pd.DataFrame, kind: str, partner: str | None = None) -> pd.Series:
    is_it = (table["kind"] == kind) & ((table["partner_id"] == partner) | (partner is None))
    return table[is_it].iloc[0]


def test_worked_by_hand(needs: ZoneNeeds, register: Register) -> None:
    # P runs A (two schools, 900). One school more takes in B as well; so does Q, if it could start in 2025.
    table = measure_one_more(needs, register, {"budget_dollars": 1_500_000})
    # The budget pays for two schools: nothing helps but the million, and even that only if there were room.
    assert (table["need_gained"] == 0).all()
    table = measure_one_more(needs, register)
    school = row(table, "school", "P")
    assert (school["need_gained"], school["need_served"], school["zones_gained"]) == (400, 1_300, ("B",))
    assert (school["cost_dollars"], school["proof"]) == (750_000, "solved")
    assert row(table, "school", "Q")["need_gained"] == 0
    assert row(table, "school", "Q")["proof"] == "bound"
    assert row(table, "year", "Q")["need_gained"] == 400
    new = row(table, "partner")
    assert (new["district_id"], new["need_gained"], new["zones_gained"]) == ("D2", 400, ("B",))
    assert new["district_name"] == "Riverside (D2)"
    assert new["sentence"].startswith("With a new partner in district Riverside (D2), 400 more students")
    assert "dollars" not in set(table["kind"])  # there is no budget that could be greater
    assert school["sentence"] == (
        "If Partner P could run one more school, 400 more students would be served. Zone B would be served too."
    )
    assert new["grown_from"] == (
        "It could grow from the supporting partner Partner S (11 km away) or a second team of Partner P (0 km away)."
    )


def test_a_million_more(needs: ZoneNeeds) -> None:
    register = register_of({"P": {}})
    table = measure_one_more(needs, register, {"budget_dollars": 1_500_000}, kinds=("dollars",))
    # 1.5 million pay for the two schools of A; 2.5 million for all three.
    assert table[["need_gained", "zones_gained", "cost_dollars"]].to_numpy().tolist() == [[400, ("B",), 750_000]]
    # The budget is binding: 900 students for 1.5 million and then 400 for 750,000.
    assert table["hint"].item() == pytest.approx(400 / 750_000 * 1_000_000)


def test_what_is_lost_for_it_is_said() -> None:
    schools = {
        each: {"students": students} for each, students in (("a", 300.0), ("b", 250.0), ("c", 240.0), ("d", 1.0))
    }
    needs = needs_of(schools, {"A": ["a"], "B": ["b", "c"]})
    table = measure_one_more(needs, register_of({"P": {"maximum_schools": 1.0}}), kinds=("school",))
    # With two schools P leaves A (300) for B (490).
    assert (table.loc[0, "need_gained"], table.loc[0, "zones_lost"]) == (190, ("A",))
    assert table.loc[0, "sentence"].endswith("Zone B would be served too, but Zone A would not be served.")


def test_a_new_partner_has_the_features_asked_for(needs: ZoneNeeds) -> None:
    nobody = register_of({"P": {"maximum_schools": 0.0}})
    table = measure_one_more(needs, nobody, kinds=("partner",), new_partner=NewPartner(schools=1))
    assert table.set_index("district_id")["zones_gained"].to_dict() == {"D1": ("B",), "D2": ("B",)}
    elementary = NewPartner(levels=("elementary",))
    assert (measure_one_more(needs, nobody, kinds=("partner",), new_partner=elementary)["need_gained"] == 0).all()
    assert "founded or brought in" in table.loc[0, "grown_from"]


def test_unknown_kinds_are_named(needs: ZoneNeeds, register: Register) -> None:
    with pytest.raises(InputError, match="schools"):
        measure_one_more(needs, register, kinds=("schools",))  # type: ignore[arg-type]


def need_served(needs: ZoneNeeds, register: Register, parameters: MatchParameters) -> float:
    """By matching without its reasons."""
    instance = build_instance(needs, register, parameters)
    return solve_match(instance, build_model(instance), deadline=time.monotonic() + 60).value


def test_gains_equal_matching_again() -> None:
    gains = 0
    for seed in range(20):
        needs, register, parameters = random_instance(seed)
        plain = parameters.model_copy(
            update=dict.fromkeys(("force_match", "forbid_match", "force_served", "force_unserved"), ())
        )
        before = need_served(needs, register, plain)
        table = measure_one_more(needs, register, plain, kinds=("school", "dollars"))
        for change in table.itertuples():
            more_register, more = register, plain
            if change.kind == "school":
                partners, years = register.partners, register.capacities
                is_it = partners.index == change.partner_id
                more_register = replace(
                    register,
                    partners=partners.assign(maximum_schools=partners["maximum_schools"] + is_it),
                    capacities=years.assign(
                        maximum_schools=years["maximum_schools"] + (years["partner_id"] == change.partner_id)
                    ),
                )
            else:
                more = MatchParameters(**{**plain.as_dict(), "budget_dollars": plain.budget_dollars + 1e6})
            after = need_served(needs, more_register, more)
            assert change.need_gained == pytest.approx(after - before, abs=0.01), (seed, change)
            gains += bool(change.need_gained > 0)
    assert gains > 2
