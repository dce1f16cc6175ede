"""What a suppressed promotion likely stands for, where the answer is put into the table by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd

from clustering.disclosure.flow_cells import Lines
from clustering.disclosure.likely_students import likely_students


def estimate(grades: int, *, of_promotions: float, high: float = 9.0, secret: int = 0) -> float:
    """
    The answer for grades of 40, 60 or 80 students of whom a twentieth left.

    In each grade 1 or 2 promotions are suppressed, and in every other grade 7 students who stay, too. All others are
    shown. ``secret`` grades more have no public size.
    """
    number = np.arange(grades + secret)
    sizes = 40.0 + 20 * (number % 3)
    few, stay = 1 + number // 3 % 2, number // 2 % 2
    shown = sizes * 0.95 - few * of_promotions - stay * 7
    row = np.concatenate([number, np.repeat(number, few), np.repeat(number, stay)])
    hidden = [np.nan] * (int(few.sum()) + int(stay.sum()))
    cells = pd.DataFrame(
        {
            "kind": ["feeding"] * (len(number) + int(few.sum())) + ["continuation"] * int(stay.sum()),
            "students": [*shown, *hidden],
            "students_low": [*shown, *np.ones(len(hidden))],
            "students_high": [*shown, *([high] * int(few.sum())), *([9.0] * int(stay.sum()))],
        }
    )
    # Of a size that is not public nothing may be used: it is far off.
    is_public = number < grades
    sizes = np.where(is_public, sizes, 1_000.0)
    return likely_students(cells, row, Lines(of_cells=row, students=sizes, most=sizes, is_public=is_public))


def test_the_mean_of_suppressed_promotions_is_found_in_halves() -> None:
    assert estimate(36, of_promotions=3.0) == 3.0
    assert estimate(36, of_promotions=6.6) == 6.5
    assert estimate(36, of_promotions=3.0, secret=50) == 3.0


def test_in_another_class_the_same_position_counts() -> None:
    # 4.5 of 1 to 15 is a quarter of the way up, as 3 of 1 to 9 is.
    assert estimate(36, of_promotions=4.5, high=15.0) == 3.0


def test_of_few_grades_nothing_is_concluded() -> None:
    assert estimate(29, of_promotions=3.0) == 5.0
    assert estimate(30, of_promotions=3.0) == 3.0


def test_the_answer_is_a_count_that_a_suppressed_cell_may_have() -> None:
    assert estimate(36, of_promotions=0.2) == 1.0
    assert estimate(36, of_promotions=9.6) == 9.0
