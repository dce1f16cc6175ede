"""Rows of single changes: one for each answer, and those that gain nothing apart."""

from __future__ import annotations

from app.queries.folded_rows import Row, fold_rows


def change(kind: str, gain: int, district: str | None = None, **other: object) -> Row:
    equal = {"zones_gained": "z", "zones_lost": None, "cost_dollars": 5, "proof": "solved"}
    return {"kind": kind, "need_gained": gain, "district_name": district, "sentence": f"{district}.", **equal, **other}


def test_new_partners_with_the_same_answer_are_one_row_that_names_them_all() -> None:
    rows = [change("partner", 9, "Ash"), change("partner", 9, "Birch"), change("partner", 9, "Cedar")]
    (shown,), without = fold_rows(rows, "need_gained")
    assert shown["sentence"] == "Ash. The same holds for a new partner in Birch or Cedar."
    assert without == []
    (shown,), _ = fold_rows(rows[:2], "need_gained")
    assert shown["sentence"] == "Ash. The same holds for a new partner in Birch."


def test_other_answers_and_other_kinds_stay_apart() -> None:
    rows = [
        change("partner", 9, "Ash"),
        change("partner", 9, "Birch", cost_dollars=6),
        change("partner", 9, "Cedar", zones_lost="y"),
        change("school", 9),
        change("school", 9),
    ]
    assert fold_rows(rows, "need_gained") == (rows, [])


def test_what_gains_nothing_stands_apart() -> None:
    rows = [change("school", 9), change("school", 0), change("partner", 0, "Ash"), change("partner", 0, "Birch")]
    assert fold_rows(rows, "need_gained") == (rows[:1], rows[1:])
    assert fold_rows(rows, None) == (rows, [])
