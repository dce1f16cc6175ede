"""Stability of the toy district over two years that differ in one school."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import skellam

from clustering import InputError, Scenario, ZonePlanner, build_feeder_tables, measure_stability, parse_parameters
from clustering.analysis.resampling import resample_tables
from tests.examples.toy_district import EAST, ELM, MOVES, OAK, PINE, WEST, toy_flows, toy_scenario

BOTH = parse_parameters({"identification": "official:designation=CSI"})
IN_MOVES = parse_parameters({"identification": "official:designation=CSI", **MOVES})
E4 = "0004"


def two_years() -> pd.DataFrame:
    """A year in which E4 sends 10 to Elm and 50 to Pine, then the toy district's own with 40 and 20."""
    before = toy_flows().assign(school_year="2021-22")
    before.loc[(before["origin"] == E4) & (before["destination"] == ELM), "students"] = "10"
    before.loc[(before["origin"] == E4) & (before["destination"] == PINE), "students"] = "50"
    return pd.concat([before, toy_flows()], ignore_index=True)


def stability(scenario: Scenario, request: object = BOTH, **options: object) -> pd.DataFrame:
    table = measure_stability(ZonePlanner(scenario), request, **options)  # type: ignore[arg-type]
    return table.set_index(["anchor_id", "school_id"])


def test_a_school_that_changed_sides_is_in_each_zone_in_half_of_the_years() -> None:
    table = stability(toy_scenario(flows=two_years()), resamples=0)
    # On average 25 go to Elm and 35 to Pine: East has E4.
    assert table.loc[(EAST, E4), ["is_in_answer", "share_of_years"]].to_list() == [True, 0.5]
    assert table.loc[(WEST, E4), ["is_in_answer", "share_of_years"]].to_list() == [False, 0.5]
    assert (table.drop(index=[(EAST, E4), (WEST, E4)])["share_of_years"] == 1).all()
    # West, Oak, Elm, E1, E2, E3 in one year and with E4 in the other; East, Pine, E4, E5, E6 and without.
    assert table.loc[(WEST, OAK), "zone_similarity_of_years"] == pytest.approx((1 + 6 / 7) / 2, abs=1e-6)
    assert table.loc[(EAST, EAST), "zone_similarity_of_years"] == pytest.approx((1 + 4 / 5) / 2, abs=1e-6)
    assert table["share_of_resamples"].isna().all()


def test_the_share_of_resamples_is_the_chance_that_more_go_to_pine_than_to_elm() -> None:
    table = stability(toy_scenario(flows=two_years()), IN_MOVES, resamples=150, by_year=False)
    # Over two years 70 against 50, each with its Poisson law: their difference has Skellam's. (By arrival it would hang
    # on the flows out of Pine and Elm too.)
    chance = 1 - skellam.cdf(0, 70, 50)
    error = 4 * np.sqrt(chance * (1 - chance) / 150)
    assert table.loc[(EAST, E4), "share_of_resamples"] == pytest.approx(chance, abs=error)
    assert table["share_of_years"].isna().all()


def test_the_same_seed_gives_the_same_table_whatever_the_order_of_rows() -> None:
    flows = two_years()
    first = stability(toy_scenario(flows=flows), resamples=12, seed=3)
    again = stability(toy_scenario(flows=flows.sample(frac=1, random_state=5)), resamples=12, seed=3)
    pd.testing.assert_frame_equal(first, again)


def test_what_is_drawn_has_the_mean_and_the_variance_of_poissons_law_per_year() -> None:
    tables = build_feeder_tables(toy_scenario(flows=two_years()))
    drawn = list(resample_tables(tables, count_exits=False, resamples=400, seed=1))
    to_west = [each.links.set_index(["origin", "destination"])["students"].get((ELM, WEST), 0.0) for each in drawn]
    # 90 a year over two years: the mean per year has the variance 180 / 4.
    assert np.mean(to_west) == pytest.approx(90, abs=4 * np.sqrt(45 / 400))
    assert np.var(to_west) == pytest.approx(45, rel=0.3)
    for each in drawn[:20]:
        sent = each.links.groupby("origin")["students"].sum()
        assert (each.totals["promoted_students"][sent.index] >= sent - 1e-9).all()
        assert each.links["send_share"].between(0, 1).all()
    fewer = list(resample_tables(tables, count_exits=False, resamples=2, seed=1))
    pd.testing.assert_frame_equal(fewer[1].links, drawn[1].links)


def test_the_ends_of_the_suppressed_cells_are_told() -> None:
    # E6 sends 5 to Pine, a suppressed cell, and 10 to a school that is not listed: worth 1.25 * 5 - 15 / 4 = 2.5, but
    # 1.25 - 11 / 4 = -1.5 if the 5 were 1.
    flows = toy_flows()
    flows.loc[flows["origin"] == "0006", "students"] = "5"
    away = flows[flows["origin"] == "0006"].assign(destination="0999", students="10")
    table = stability(toy_scenario(flows=pd.concat([flows, away])), resamples=0)
    row = table.loc[(EAST, "0006"), ["is_in_answer", "is_in_at_low", "is_in_at_high"]]
    assert row.to_list() == [True, False, True]
    assert table["share_of_years"].isna().all()  # one year only


def test_numbers_out_of_range_are_refused() -> None:
    with pytest.raises(InputError) as caught:
        stability(toy_scenario(), resamples=-1, seed=-1)
    assert [problem.column for problem in caught.value.problems] == ["resamples", "seed"]
