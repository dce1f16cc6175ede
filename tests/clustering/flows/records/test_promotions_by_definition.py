"""Promotions of generated records equal those derived by definition."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from clustering.errors import InputError
from tests.examples.student_records import Record, counts_of, flows_of, promote
from tests.oracles.promotions_by_definition import FLAGS, GRADES, YEARS, derive_slowly

STUDENTS = ["0012", "12", "NA", "0", ""]


SCHOOLS = ["A", "B", "NA", "010", "10", ""]


@st.composite
def generated_records(draw: st.DrawFn) -> list[Record]:
    def day(year: int) -> str:
        offset = draw(st.sampled_from([None, -400, -20, 0, 40, 91, 92, 93, 150, 200, 340, 365, 500]))
        return "" if offset is None else (date(year, 7, 1) + timedelta(days=offset)).isoformat()

    rows = []
    for _ in range(draw(st.integers(1, 14))):
        year = draw(st.sampled_from(sorted(YEARS)))
        rows.append(
            Record(
                draw(st.sampled_from(STUDENTS[: draw(st.sampled_from([2, 5]))])),
                YEARS[year],
                draw(st.sampled_from(SCHOOLS)),
                draw(st.sampled_from(sorted(GRADES))),
                day(year),
                day(year),
                draw(st.sampled_from(["", "", "", "END", "no-show"])),
                draw(st.sampled_from(sorted(FLAGS))),
            )
        )
    repeated = draw(st.lists(st.sampled_from(rows), max_size=3))
    return rows + repeated


@example(  # both stints lie before the year: nothing but having dates sets the second above the first
    rows=[Record("12", "2018-19", "B", "01"), Record("12", "2018-19", "A", "01", "2018-06-01", "2018-06-20")],
    snapshot=(10, 1),
    shuffled=random.Random(1),
)
@settings(max_examples=40)
@given(rows=generated_records(), snapshot=st.sampled_from([None, (10, 1), (4, 1)]), shuffled=st.randoms())
def test_the_derivation_equals_one_by_definition(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[Record],
    snapshot: tuple[int, int] | None,
    shuffled: random.Random,
) -> None:
    folder = tmp_path_factory.mktemp("records")
    expected = derive_slowly(rows, snapshot)
    text = None if snapshot is None else "-".join(map(str, snapshot))
    if expected["fates"]["used"] == 0:
        with pytest.raises(InputError, match="all were set aside"):
            promote(folder, rows, snapshot=text)
        return
    promotions = promote(folder, rows, snapshot=text)
    assert flows_of(promotions) == expected["flows"]
    assert counts_of(promotions, "student-years") == expected["outcomes"]
    assert counts_of(promotions, "records") == expected["fates"]
    enrolment = promotions.grade_enrolment.astype(object)
    enrolment = enrolment.where(enrolment.notna(), None)
    found = {(school, year, grade): students for school, year, grade, students in enrolment.itertuples(index=False)}
    assert found == expected["enrolment"]
    # Every record is accounted for, and the flows hold every student-year that can be followed.
    assert sum(counts_of(promotions, "records").values()) == len(rows)
    assert sum(counts_of(promotions, "student-years").values()) == promotions.rows_used[0]
    unfollowed = sum(count for reason, count in expected["outcomes"].items() if reason.startswith("not followed"))
    assert promotions.flows["students"].sum() == promotions.rows_used[0] - unfollowed
    shuffled.shuffle(rows)
    again = promote(folder, rows, snapshot=text)
    pd.testing.assert_frame_equal(again.flows, promotions.flows)
    pd.testing.assert_frame_equal(again.accounting, promotions.accounting)
