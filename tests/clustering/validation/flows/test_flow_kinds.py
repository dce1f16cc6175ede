"""Kinds of flow: feeding, continuation, lateral, retained, exit, unlisted, ungraded."""

from __future__ import annotations

import pandas as pd

from clustering.validation.flows.flow_cells import MISSING, cells_of_table
from clustering.validation.flows.flow_kinds import kinds_of_cells
from tests.examples.faulty_toy import with_cell
from tests.examples.toy_district import toy_flows, toy_scenario


def test_kinds_of_flow_told_apart() -> None:
    grades = pd.Series({"K5": 0b11111100, "K8": 0b11111111100, "68": 0b11100000000, "HS": 0b111100000000000})
    cases = [
        ("K5", "68", 5, 6, "feeding"),
        ("K8", "HS", 8, 9, "feeding"),
        ("K8", "K8", 5, 6, "continuation"),
        ("K8", "68", 5, 6, "lateral"),  # the school offers grade 6: a move, not a feeder pattern
        ("68", "HS", 8, 9, "feeding"),
        ("HS", "HS", 9, 9, "retained"),
        ("68", "K8", 7, 6, "retained"),
        ("68", None, 8, None, "exit"),
        ("68", "??", 8, 9, "unlisted destination"),
        ("??", "HS", 8, 9, "unlisted origin"),
        ("HS", "HS", None, 10, "ungraded"),
        ("68", "K8", 8, 9, "against grade order"),  # K8 does not lead any further than 68
    ]
    rows = pd.DataFrame(cases, columns=["origin", "destination", "grade", "next_grade", "kind"])
    rows = rows.astype({"origin": "str", "destination": "str", "grade": "Int64", "next_grade": "Int64"})
    cells = cells_of_table(rows.assign(year=MISSING, students=0.0, students_low=0.0, students_high=0.0))
    masks = grades.reindex(cells.ids.to_pylist(), fill_value=-1).to_numpy(dtype="int64")
    assert kinds_of_cells(cells, masks).astype("str").tolist() == rows["kind"].tolist()


def test_a_grade_skipped_on_the_way_out_is_a_move_not_a_promotion() -> None:
    flows = with_cell(with_cell(toy_flows(), 8, "grade", "7"), 8, "next_grade", "9")
    assert toy_scenario(flows=flows).report.flow_rows == {"feeding": 13, "lateral": 1}
