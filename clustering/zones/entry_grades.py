"""How many students are in the grade that each school takes in, whether or not it is known where they came from."""

from __future__ import annotations

import numpy as np
import pandas as pd

from clustering.flows.catchments.student_shares import EnrolmentSources
from clustering.model.grades import LAST_GRADE, lowest_grade, offers_grade
from clustering.model.scenario import Scenario
from clustering.model.suppression import SUPPRESSED_HIGH

_FIRST_ENTRY_GRADE = 4  # schools that begin earlier take in children who were in no school before
_NO_GRADE = -100
# Ends of what a reading of suppressed cells leaves.
READ_COLUMNS = ("students_read_low", "students_read_high")


def sum_entry_grades(
    flows: pd.DataFrame,
    scenario: Scenario,
    students: np.ndarray,
    *,
    entering: np.ndarray,
    origin: np.ndarray,
    destination: np.ndarray,
) -> pd.DataFrame:
    """
    Count the students of each school's entry grade who were not in the school before.

    Parameters
    ----------
    flows
        ``columns.FLOW_COLUMNS`` of the years used.
    scenario
        Schools and enrolment.
    students
        ``READ_COLUMNS`` of each row [rows, 2; students].
    entering
        Positions in ``flows`` of promotions from another school.
    origin, destination
        Position of each row's schools among those of the scenario; -1 for none.

    Returns
    -------
    students
        Index ``school_id``, every listed school; ``READ_COLUMNS``, all years together; 0 where no file tells them. The
        entry grade is the grade, from 4 on, that most promotions enter; the lowest grade where none enters. Of a school
        that has the grade before, those who go up inside it are taken off. Where the flows have nobody in the grade, a
        published enrolment of the grade counts, or the enrolment divided by the number of grades; small ones do not.
    """
    masks = scenario.schools["grades_offered"]
    grade, next_grade = (flows[name].to_numpy("int64", na_value=_NO_GRADE - 1) for name in ("grade", "next_grade"))
    entry = _entry_grades(masks, next_grade[entering], destination[entering], students[entering].sum(axis=1))
    of_origin = np.append(entry, _NO_GRADE)[origin]
    is_inside = (origin == destination) & (next_grade == of_origin) & (grade < next_grade)
    counted, inside = (_add_up(students, origin, rows, len(masks)) for rows in (grade == of_origin, is_inside))
    published = _published(scenario, entry) * max(1, len(scenario.pooled_years) or flows["year"].nunique())
    is_counted = counted[:, 1] > 0
    return pd.DataFrame(
        {
            name: np.where(is_counted, np.maximum(counted[:, end] - inside[:, 1 - end], 0.0), published)
            for end, name in enumerate(READ_COLUMNS)
        },
        index=masks.index,
    )


def _entry_grades(masks: pd.Series, grade: np.ndarray, school: np.ndarray, students: np.ndarray) -> np.ndarray:
    """The entry grade of each school; ``_NO_GRADE`` where nobody enters and the lowest grade is low or unknown."""
    lowest = lowest_grade(masks)
    entry: np.ndarray = lowest.mask(lowest < _FIRST_ENTRY_GRADE).fillna(_NO_GRADE).to_numpy(dtype="int64")
    rows = np.flatnonzero((grade >= _FIRST_ENTRY_GRADE) & (school >= 0))
    width = int(grade.max(initial=LAST_GRADE)) + 1
    cells = school[rows] * width + grade[rows]
    by_grade = np.bincount(cells, weights=students[rows], minlength=len(masks) * width)
    by_grade = by_grade.reshape(len(masks), width)  # of grades that as many enter, the lowest
    return np.where(by_grade.any(axis=1), by_grade.argmax(axis=1), entry)


def _add_up(students: np.ndarray, school: np.ndarray, is_counted: np.ndarray, count: int) -> np.ndarray:
    rows = np.flatnonzero(is_counted & (school >= 0))
    return np.column_stack([np.bincount(school[rows], values, minlength=count) for values in students[rows].T])


def _published(scenario: Scenario, entry: np.ndarray) -> np.ndarray:
    """Students of each entry grade by published enrolment; 0 where unknown, small, or shared with the grade before."""
    masks = scenario.schools["grades_offered"]
    if any(file.role == "students" for file in scenario.report.files):  # then it is no published enrolment
        return np.zeros(len(masks))
    entering_grades = pd.DataFrame({"school_id": masks.index, "grade": entry})
    by_grade = None if scenario.grade_enrolment.empty else scenario.grade_enrolment
    sources = EnrolmentSources(schools=scenario.schools, grade_enrolment=by_grade, year=None)
    places = sources.places(entering_grades).to_numpy()
    begins = ~offers_grade(pd.Series(masks.to_numpy()), pd.Series(entry - 1)).to_numpy(dtype=bool)
    is_shown = begins & (entry != _NO_GRADE) & (places > SUPPRESSED_HIGH)
    published: np.ndarray = np.where(is_shown, places, 0.0)
    return published
