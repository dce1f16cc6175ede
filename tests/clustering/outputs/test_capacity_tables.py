"""The best matches and plans as tables: what each loses, and which Zones are run otherwise."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from clustering import best_matches_table, best_year_plans_table, match_tables, matches_table, unserved_table
from tests.examples.served_state import served_match, served_plan


def test_plans_are_compared_with_the_best_by_partner_start_and_variant() -> None:
    best = served_plan()
    is_north = best.starts["zone_id"] == "North"
    later = best.starts.assign(start_fall=best.starts["start_fall"].where(~is_north, 2026))
    without = best.starts[~is_north]
    plans = (
        best,
        replace(best, starts=later, solution=replace(best.solution, need=best.solution.need - 1_800)),
        replace(best, starts=without, solution=replace(best.solution, need=best.solution.need - 5_400, cost_dollars=1)),
    )
    table = best_year_plans_table(plans)
    assert table["rank"].tolist() == [1, 2, 3]
    assert table["zones_started"].tolist() == [3, 3, 2]
    assert table["need_loss"].tolist() == [0, 1_800, 5_400]
    assert table["cost_dollars"].tolist()[2] == 1
    assert pd.isna(table.loc[0, "changes"])
    before = "Bright Futures from fall 2025"
    assert table["changes"].tolist()[1:] == [
        f"North (North): Bright Futures from fall 2026 instead of {before}",
        f"North (North): no partner instead of {before}",
    ]


def test_a_variant_is_named_where_a_zone_is_cut() -> None:
    plan = served_plan()
    is_south = plan.starts["zone_id"] == "South"
    (variant,) = plan.starts.loc[is_south, "variant_id"]
    table = best_year_plans_table((replace(plan, starts=plan.starts[~is_south]), plan))
    assert table.loc[1, "changes"] == (
        f"South (South): Bright Futures from fall 2026 (variant {variant}) instead of no partner"
    )


def test_matches_have_no_start_of_their_own() -> None:
    match = served_match()
    without = replace(match, matches=match.matches[match.matches["zone_id"] != "East"])
    assert best_matches_table((match, without)).loc[1, "changes"] == "East (East): no partner instead of Acme Schools"


def test_all_tables_of_a_match_are_had_at_once() -> None:
    match = served_match()
    tables = match_tables(match)
    assert list(tables) == ["matches", "unserved", "unused", "capacity", "limits"]
    pd.testing.assert_frame_equal(tables["matches"], matches_table(match))
    pd.testing.assert_frame_equal(tables["unserved"], unserved_table(match))
    assert all(isinstance(each, pd.DataFrame) for each in tables.values())
