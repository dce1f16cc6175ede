"""A list of schools with a row for each group of students: the row of all students is offered, and no sum."""

from __future__ import annotations

import pandas as pd
import pytest

from clustering import InputError, read_scenario

GROUPS = pd.DataFrame(
    {
        "school_id": ["0101"] * 3 + ["0102"] * 3,
        "Demographic": ["Female", "Male", "All Students"] * 2,
        "enrollment": ["40", "60", "100", "20", "30", "50"],
    }
)


def test_rows_of_groups_are_not_added_to_the_row_of_all_students() -> None:
    with pytest.raises(InputError) as caught:
        read_scenario(schools=GROUPS, require_flows=False)
    remedy = caught.value.problems[0].remedy
    assert remedy.startswith("Set schools:rows.Demographic=All Students to read one record")
    assert "merge" not in remedy
    scenario = read_scenario(schools=GROUPS, require_flows=False, options=["schools:rows.Demographic=All Students"])
    assert scenario.schools["enrolment_students"].to_dict() == {"0101": 100, "0102": 50}
