"""
What smaller Zones bring, on the toy district with two partners, worked out by hand.

West has 7 schools and 3,100 students, East 4 and 2,000 (900 + 500 + 300 + 300). One partner can run 4 schools, the
other 3. West's best of 3 schools are West, Elm and E3 (1,700 students), of 4 with Oak (2,200); East's of 3 have 1,700.
"""

from __future__ import annotations

from functools import cache

import pandas as pd
import pytest

from clustering import InputError, Register, propose_zones, read_register, trace_zone_sizes
from tests.examples.toy_district import EXACT, toy_scenario


def two_partners() -> Register:
    return read_register(
        pd.DataFrame(
            {
                "partner_id": ["a", "b"],
                "name": ["A", "B"],
                "kind": ["organisation"] * 2,
                "schools_now": ["0", "0"],
                "maximum_schools": ["4", "3"],
            }
        )
    )


@cache
def table_of(**parameters: object) -> pd.DataFrame:
    scenario = toy_scenario()
    proposal = propose_zones(scenario, {**EXACT, "identification": "official:designation=CSI"})
    return trace_zone_sizes(scenario, proposal, two_partners(), parameters).set_index("choice")


def test_small_zones_are_both_served_and_large_ones_only_one() -> None:
    table = table_of()
    assert table["zones_served"].to_dict() == {
        "at most 3 schools": 2,
        "at most 4 schools": 1,
        "at most 5 schools": 1,
        "at most 6 schools": 1,
        "at most 7 schools": 1,
        "joint": 2,
    }
    # Both of 3 schools; the better of 4 (West's); of 5 and more only East fits.
    assert table["need_served"].tolist() == [3400, 2200, 2000, 2000, 2000, 2200 + 1700]


def test_the_joint_optimum_serves_most() -> None:
    table = table_of()
    assert table.loc["joint", "need_served"] == table["need_served"].max()
    assert table.loc["joint", "need_served_share"] == round(3900 / 5100, 6)
    # 2,200 of West's 3,100 and 1,700 of East's 2,000.
    assert table.loc["joint", "need_kept_share"] == pytest.approx((2200 / 3100 + 1700 / 2000) / 2, abs=1e-6)
    # Seven schools at the default of 750,000 dollars.
    assert table.loc["joint", "cost_dollars"] == 7 * 750_000


def test_points_for_low_rates_are_cut_with_the_schools() -> None:
    table = table_of(need="lowest_rates")
    # West (55%) has 2 points, East (80%) one; 4 of 7 schools of West and 3 of 4 of East: 2 * 4/7 = 1.1 and 0.8.
    assert table.loc["joint", "need_served"] == pytest.approx(1.1 + 0.8)
    assert (table["need_served"] <= table.loc["joint", "need_served"] + 1e-9).all()


def test_locks_that_cannot_be_kept_at_a_size_are_told_in_its_row() -> None:
    table = table_of(force_served=("zone-0010", "zone-0011"))
    assert table["status"].to_dict()["at most 7 schools"] == "infeasible"
    assert table["status"].to_dict()["joint"] == "optimal"


def test_sizes_that_are_no_numbers_are_refused() -> None:
    scenario = toy_scenario()
    proposal = propose_zones(scenario)
    with pytest.raises(InputError) as refused:
        trace_zone_sizes(scenario, proposal, two_partners(), sizes=[0, "x"])  # type: ignore[list-item]
    assert len(refused.value.problems) == 2
