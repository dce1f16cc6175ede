"""Which flows go up by a grade."""

from __future__ import annotations

import numpy as np

from clustering.model.grades import parse_grade_set
from clustering.validation.flows.grade_steps import EITHER, NO_GRADE, SAME_GRADE, STEP, UNKNOWN, grade_steps


def step(grade: int, next_grade: int, offered: str, *, is_assumed: bool) -> int:
    mask = parse_grade_set(offered) if offered else 0
    arrays = (np.array([each]) for each in (grade, next_grade, mask))
    return int(grade_steps(*arrays, is_assumed=is_assumed)[0])  # type: ignore[misc]


def test_the_grade_a_year_later_decides_where_it_is_given() -> None:
    assert step(5, 6, "K-5", is_assumed=False) == STEP
    assert step(5, 5, "6-8", is_assumed=False) == SAME_GRADE
    assert step(5, 4, "K-5", is_assumed=False) == SAME_GRADE
    assert step(-9, 6, "6-8", is_assumed=False) == NO_GRADE
    assert step(12, -9, "", is_assumed=False) == NO_GRADE


def test_otherwise_the_grades_of_the_destination_decide() -> None:
    assert step(5, 6, "6-8", is_assumed=True) == STEP
    assert step(5, 6, "K-5", is_assumed=True) == SAME_GRADE
    assert step(5, 6, "K-8", is_assumed=True) == EITHER
    assert step(5, 6, "9-12", is_assumed=True) == UNKNOWN
    assert step(5, 6, "", is_assumed=True) == UNKNOWN
    assert step(-9, -9, "K-5", is_assumed=True) == NO_GRADE


def test_an_unlisted_destination_tells_nothing() -> None:
    assert grade_steps(np.array([5]), np.array([6]), np.array([-1]), is_assumed=True).tolist() == [UNKNOWN]
