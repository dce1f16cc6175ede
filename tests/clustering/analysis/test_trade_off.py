"""The trade-off of the toy district, with values worked out by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from clustering import InputError, parse_parameters, trace_trade_off
from tests.examples.toy_district import EXACT, toy_planner, toy_scenario


def trade_off(maximum_schools: list[int], leakage_weights: list[float], **settings: object) -> pd.DataFrame:
    return trace_trade_off(
        toy_planner(),
        parse_parameters({**EXACT, **settings}),
        maximum_schools=maximum_schools,
        leakage_weights=leakage_weights,
    )


def test_the_rows_are_those_worked_out_by_hand() -> None:
    table = trade_off([3, 5, 10], [0.25, 1.0], identification="official:designation=CSI")
    rows = table.set_index(["maximum_schools", "leakage_weight"])
    # Three schools: West, Elm, E3 and East, Pine, E5. Of 100 + 60 + 120 + 50 students arrive 90 + 54 + 100 + 250 / 6.
    small, arriving = rows.loc[3, 0.25], 244 + 250 / 6
    assert (small["zones"], small["schools_in_zones"]) == (2, 6)
    assert small["score"] == pytest.approx(arriving - 0.25 * (330 - arriving), abs=2e-3)
    assert small["retained_students"] == pytest.approx(arriving, abs=1e-3)
    assert small["leaked_students"] == pytest.approx(330 - arriving, abs=1e-3)
    # Five: West with Oak, Elm, E1, E3, East with Pine, E4, E5, E6: E4 adds 5.833 there, and E1 as much to West as it
    # would. Of 100 + 100 + 60 + 60 + 120 + 60 + 50 + 40 arrive 60 + 90 + 36 + 54 + 100 and five in six of 20 + 50 + 40.
    middle, arriving = rows.loc[5, 0.25], 340 + 550 / 6
    assert middle["schools_in_zones"] == 10
    assert middle["score"] == pytest.approx(arriving - 0.25 * (590 - arriving), abs=2e-3)
    assert middle["retained_students"] == pytest.approx(arriving, abs=1e-3)
    assert middle["leaked_students"] == pytest.approx(590 - arriving, abs=1e-3)
    # Ten: the best of all. 60 and 90 of 170 enter West from Oak and Elm, 100 of 150 East from Pine.
    large = rows.loc[10, 0.25]
    assert (large["score"], large["retained_students"], large["leaked_students"]) == (445, 484, 156)
    assert large["coverage"] == pytest.approx(250 / 320)
    assert large["retention"] == pytest.approx(484 / 640, abs=1e-6)
    assert large["status"] == "optimal"
    # The same Zones at a weight of 1: 484 - 156; at the request's own 0.25 as before.
    strict = rows.loc[10, 1.0]
    assert (strict["score"], strict["score_at_own_request"]) == (328, 445)


@pytest.mark.parametrize(("least", "sizes"), [(1, [3, 5, 8, 12, 15]), (4, [5, 8, 12, 15]), (16, [16])])
def test_the_usual_sizes_are_those_that_the_request_allows(least: int, sizes: list[int]) -> None:
    request = {"minimum_schools": least, "maximum_schools": 20}
    table = trace_trade_off(toy_scenario(), request, leakage_weights=[0.25])
    assert table["maximum_schools"].to_list() == sizes


def test_the_front_has_what_no_other_row_beats() -> None:
    table = trade_off([3, 5, 10], [0.25], identification="official:designation=CSI")
    # Retained 286, 432, 484; leaked 44, 158, 156; schools 6, 10, 11: five leak more than ten and retain less.
    assert table["is_best_by_leakage"].to_list() == [True, False, True]
    assert table["is_best_by_schools"].to_list() == [True, True, True]


def test_locks_that_a_combination_cannot_keep_leave_its_numbers_missing() -> None:
    # E1 needs Oak and E3 needs Elm: five schools.
    table = trade_off([3, 5], [0.25], force_in=["0001", "0003"])
    assert table["status"].to_list() == ["infeasible", "optimal"]
    assert table["score"].isna().to_list() == [True, False]
    assert table["zones"].isna().to_list() == [True, False]
    assert table["is_best_by_leakage"].to_list() == [False, True]


def test_values_out_of_range_are_told_all_at_once() -> None:
    with pytest.raises(InputError) as caught:
        trade_off([1, 5], [0.25, -1.0])
    assert {problem.column for problem in caught.value.problems} == {"maximum_schools", "leakage_weights"}
    with pytest.raises(InputError, match="named twice"):
        trade_off([5, 5], [0.25])
    with pytest.raises(InputError, match="out of range"):
        trade_off([], [0.25])
    with pytest.raises(InputError, match="out of range"):
        trade_off(list(range(3, 20)), [0.1, 0.2, 0.3, 0.4])
