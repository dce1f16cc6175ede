"""Applying a crosswalk: students conserved, rows accounted for, contradictions refused."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from random import Random

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from clustering.errors import InputError
from clustering.flows.crosswalk import apply_crosswalk
from clustering.model.grades import parse_grade_set

FLOW_KEYS = ["origin", "destination", "grade", "next_grade", "year"]
COUNTS = ["students", "students_low", "students_high"]


def flows_of(*rows: tuple[str, str | None, int | None, int | None, float | None]) -> pd.DataFrame:
    """Rows of origin, destination, grade, fall and students; ``None`` students are suppressed, 1 to 9."""
    table = pd.DataFrame(rows, columns=["origin", "destination", "grade", "year", "students"])
    table = table.astype({"origin": "str", "destination": "str", "grade": "Int64", "year": "Int64"})
    students = table["students"].astype("float64")
    return table.assign(
        next_grade=table["grade"] + 1,
        students=students,
        students_low=students.fillna(1.0),
        students_high=students.fillna(9.0),
    )[[*FLOW_KEYS, *COUNTS]]


def crosswalk_of(*rows: tuple[str, str | None, float, int | None, int | None], confirmed: bool = True) -> pd.DataFrame:
    """Rows of old id, new id, share, first and last year."""
    table = pd.DataFrame(rows, columns=["old_id", "new_id", "share", "first_year", "last_year"])
    table = table.astype({"old_id": "str", "new_id": "str", "first_year": "Int64", "last_year": "Int64"})
    return table.assign(share=table["share"].astype("float64"), kind="renumbered", confirmed=confirmed)


def students_of(flows: pd.DataFrame) -> dict[tuple[str, str], float]:
    totals: dict[tuple[str, str], float] = defaultdict(float)
    for row in flows.itertuples(index=False):
        totals[str(row.origin), "" if pd.isna(row.destination) else str(row.destination)] += float(row.students)
    return {pair: round(total, 9) for pair, total in totals.items()}


def test_a_renumbered_school_takes_its_students_along_at_both_ends() -> None:
    flows = flows_of(("E", "OLD", 5, 2012, 40), ("OLD", "H", 8, 2012, 30), ("OLD", "OLD", 6, 2012, 55))
    answer, account = apply_crosswalk(flows, crosswalk_of(("OLD", "NEW", 1.0, None, None)))
    assert students_of(answer) == {("E", "NEW"): 40, ("NEW", "H"): 30, ("NEW", "NEW"): 55}
    assert (account.rows_given, account.rows_relabelled, account.rows_divided, account.rows_unchanged) == (3, 3, 0, 0)
    assert account.old_ids_applied == ("OLD",)


def test_a_row_that_nobody_confirmed_is_never_applied() -> None:
    flows = flows_of(("OLD", "H", 8, 2012, 30))
    crosswalk = crosswalk_of(("OLD", "NEW", 1.0, None, None), confirmed=False)
    answer, account = apply_crosswalk(flows, crosswalk)
    pd.testing.assert_frame_equal(answer, flows)
    assert (account.rows_unchanged, account.rows_not_confirmed) == (1, 1)


def test_merged_schools_are_added_up_and_flows_between_them_become_continuation() -> None:
    flows = flows_of(("A", "H", 8, 2012, 30), ("B", "H", 8, 2012, 12), ("A", "B", 5, 2012, 20), ("B", "H", 7, 2012, 2))
    crosswalk = crosswalk_of(("A", "M", 1.0, None, None), ("B", "M", 1.0, None, None))
    answer, account = apply_crosswalk(flows, crosswalk)
    expected = flows_of(("M", "H", 7, 2012, 2), ("M", "H", 8, 2012, 42), ("M", "M", 5, 2012, 20))
    pd.testing.assert_frame_equal(answer, expected)
    assert (account.parts, account.rows_result) == (4, 3)


def test_a_merged_cell_with_a_suppressed_part_is_an_interval() -> None:
    flows = flows_of(("A", "H", 8, 2012, 30), ("B", "H", 8, 2012, None))
    answer, _ = apply_crosswalk(flows, crosswalk_of(("A", "M", 1.0, None, None), ("B", "M", 1.0, None, None)))
    (row,) = answer.itertuples(index=False)
    assert (np.isnan(row.students), row.students_low, row.students_high) == (True, 31, 39)


def test_a_split_divides_students_and_the_interval_of_a_suppressed_cell_by_share() -> None:
    flows = flows_of(("A", "H", 8, 2012, 30), ("A", "G", 8, 2012, None))
    answer, account = apply_crosswalk(flows, crosswalk_of(("A", "B", 0.6, None, None), ("A", "C", 0.4, None, None)))
    cells = answer.set_index(["origin", "destination"])
    assert cells.loc[("B", "H"), "students"] == pytest.approx(18)
    assert cells.loc[("C", "H"), "students"] == pytest.approx(12)
    assert np.isnan(cells.loc[("B", "G"), "students"])
    assert cells.loc[("B", "G"), COUNTS[1:]].tolist() == pytest.approx([0.6, 5.4])
    assert cells.loc[("C", "G"), COUNTS[1:]].tolist() == pytest.approx([0.4, 3.6])
    assert (account.rows_divided, account.parts) == (2, 4)


def test_students_who_stayed_in_a_school_that_was_divided_stayed_in_the_same_part() -> None:
    flows = flows_of(("A", "A", 9, 2012, 100))
    answer, _ = apply_crosswalk(flows, crosswalk_of(("A", "B", 0.6, None, None), ("A", "C", 0.4, None, None)))
    assert students_of(answer) == {("B", "B"): 60, ("C", "C"): 40}


def test_a_school_divided_by_grade_gives_each_part_the_grades_it_offers() -> None:
    """Grades 6 to 12 become a middle school and two high schools of 300 and 100 students."""
    flows = flows_of(
        ("A", "A", 6, 2012, 50), ("A", "A", 8, 2012, 40), ("A", "A", 9, 2012, 80), ("A", None, 12, 2012, 20)
    )
    crosswalk = crosswalk_of(("A", "M", 0.5, None, None), ("A", "H", 0.375, None, None), ("A", "I", 0.125, None, None))
    grades = pd.Series(
        {school: parse_grade_set(text) for school, text in {"M": "6-8", "H": "9-12", "I": "9-12"}.items()}
    )
    answer, _ = apply_crosswalk(flows, crosswalk, grades_offered=grades)
    assert students_of(answer) == {
        ("M", "M"): 50,  # grade 6 to 7: both are grades of the middle school
        ("M", "H"): 30,  # grade 8 to 9: three quarters of the high schools' shares are H's
        ("M", "I"): 10,
        ("H", "H"): 60,
        ("I", "I"): 20,
        ("H", ""): 15,
        ("I", ""): 5,
    }


def test_a_part_that_partly_shares_grades_keeps_both_margins() -> None:
    """B offers 6-8, C 6-12. Of those in grade 8 half were B's; all those in grade 9 are C's."""
    flows = flows_of(("A", "A", 8, 2012, 40))
    grades = pd.Series({"B": parse_grade_set("6-8"), "C": parse_grade_set("6-12")})
    crosswalk = crosswalk_of(("A", "B", 0.5, None, None), ("A", "C", 0.5, None, None))
    answer, _ = apply_crosswalk(flows, crosswalk, grades_offered=grades)
    assert students_of(answer) == {("B", "C"): 20, ("C", "C"): 20}


def test_a_chain_of_changes_is_followed_to_its_end() -> None:
    flows = flows_of(("A", "H", 8, 2013, 10), ("B", "H", 8, 2016, 20), ("C", "H", 8, 2019, 30), ("E", "A", 5, 2013, 40))
    crosswalk = crosswalk_of(("A", "B", 1.0, None, 2014), ("B", "C", 1.0, 2015, 2017))
    answer, _ = apply_crosswalk(flows, crosswalk)
    assert students_of(answer) == {("C", "H"): 60, ("E", "C"): 40}


def test_the_shares_of_a_chain_are_multiplied() -> None:
    flows = flows_of(("A", "H", 8, 2013, 100))
    crosswalk = crosswalk_of(
        ("A", "B", 0.5, None, None),
        ("A", "C", 0.5, None, None),
        ("B", "C", 0.2, None, None),
        ("B", "D", 0.8, None, None),
    )
    answer, _ = apply_crosswalk(flows, crosswalk)
    assert students_of(answer) == {("C", "H"): 60, ("D", "H"): 40}


def test_each_end_is_looked_up_in_its_own_fall() -> None:
    """OLD was attended for the last time in fall 2014; from fall 2015 on the identifier means another school."""
    flows = flows_of(
        ("E", "OLD", 5, 2013, 10), ("E", "OLD", 5, 2014, 20), ("OLD", "H", 8, 2014, 30), ("OLD", "H", 8, 2015, 5)
    )
    answer, _ = apply_crosswalk(flows, crosswalk_of(("OLD", "NEW", 1.0, None, 2014)))
    assert students_of(answer) == {("E", "NEW"): 10, ("E", "OLD"): 20, ("NEW", "H"): 30, ("OLD", "H"): 5}


def test_two_schools_may_exchange_their_identifiers() -> None:
    flows = flows_of(("A", "H", 8, 2013, 10), ("B", "H", 8, 2013, 20), ("A", "H", 8, 2016, 3))
    answer, _ = apply_crosswalk(flows, crosswalk_of(("A", "B", 1.0, None, 2014), ("B", "A", 1.0, None, 2014)))
    assert answer[["origin", "year", "students"]].to_numpy().tolist() == [
        ["A", 2013, 20],
        ["A", 2016, 3],
        ["B", 2013, 10],
    ]


def test_rows_without_a_year_are_left_where_the_crosswalk_holds_for_some_years_only() -> None:
    flows = flows_of(("A", "H", 8, None, 10), ("B", "H", 8, None, 20))
    answer, account = apply_crosswalk(flows, crosswalk_of(("A", "C", 1.0, None, 2014), ("B", "D", 1.0, None, None)))
    assert students_of(answer) == {("A", "H"): 10, ("D", "H"): 20}
    assert account.rows_without_year == 1


def test_a_closed_school_stays_an_unlisted_school_and_its_students_no_exits() -> None:
    flows = flows_of(("A", "H", 8, 2012, 30), ("E", "A", 5, 2012, 10))
    answer, account = apply_crosswalk(flows, crosswalk_of(("A", None, 1.0, None, None)))
    assert students_of(answer) == {("A", "H"): 30, ("E", "A"): 10}
    assert account.rows_unchanged == 2


def test_a_part_that_closed_stays_with_the_old_school() -> None:
    flows = flows_of(("A", "H", 8, 2012, 30))
    answer, _ = apply_crosswalk(flows, crosswalk_of(("A", "B", 0.9, None, None), ("A", None, 0.1, None, None)))
    assert students_of(answer) == {("A", "H"): 3, ("B", "H"): 27}


def test_identifiers_keep_their_zeros_and_na_is_one() -> None:
    flows = flows_of(("0012", "NA", 8, 2012, 30))
    answer, _ = apply_crosswalk(flows, crosswalk_of(("NA", "007", 1.0, None, None), ("0012", "012", 1.0, None, None)))
    assert students_of(answer) == {("012", "007"): 30}


@pytest.mark.parametrize(
    ("rows", "message", "places"),
    [
        ([("A", "B", 0.6, None, None), ("A", "C", 0.6, None, None)], "add up to 1.2", {2, 3}),
        ([("A", "B", 0.6, None, None)], "add up to 0.6", {2}),
        ([("A", "B", 1.0, None, None), ("B", "C", 1.0, None, None), ("C", "A", 1.0, None, None)], "back", {2, 3, 4}),
        ([("X", "B", 1.0, None, None), ("A", "B", 1.0, 2015, 2014)], "after the last", {3}),
        ([("A", "B", 1.0, None, 2014), ("A", "C", 1.0, 2014, None)], "overlap", {2, 3}),
        ([("A", "B", 0.5, None, None), ("A", "B", 0.5, None, None)], "more than once", {2, 3}),
    ],
)
def test_contradictions_are_refused_by_row(
    rows: list[tuple[str, str | None, float, int | None, int | None]], message: str, places: set[int]
) -> None:
    flows = flows_of(("A", "H", 8, 2012, 30))
    with pytest.raises(InputError) as caught:
        apply_crosswalk(flows, crosswalk_of(*rows))
    found = [problem for problem in caught.value.problems if message in problem.message]
    assert {problem.row for problem in found} == places
    if message != "after the last":  # alternatives may contradict each other, not themselves
        apply_crosswalk(flows, crosswalk_of(*rows, confirmed=False))


def test_schools_that_the_files_do_not_know_are_refused_by_row() -> None:
    flows = flows_of(("A", "H", 8, 2012, 30))
    grades = pd.Series({"H": parse_grade_set("9-12"), "B": parse_grade_set("6-8"), "L": parse_grade_set("6-8")})
    crosswalk = crosswalk_of(
        ("A", "B", 1.0, None, None),
        ("P", "Q", 1.0, None, None),
        ("L", "B", 1.0, None, None),
        ("L2", "L3", 1.0, None, None),
    )
    with pytest.raises(InputError) as caught:
        apply_crosswalk(flows, crosswalk, grades_offered=grades)
    assert {(problem.row, problem.column) for problem in caught.value.problems} == {
        (3, "old_id"),
        (4, "last_year"),
        (5, "old_id"),
    }


# Districts stand side by side in one table, since a call costs the same for few rows and for many.
DISTRICTS = 5
SCHOOLS = [f"{district}{letter}" for district in range(DISTRICTS) for letter in "ABCDEF"]
FlowRow = tuple[str, str | None, int | None, int | None, float | None]
Step = tuple[str, str | None, float, int | None, int | None]


def districts(draw: st.DrawFn) -> Iterator[tuple[list[FlowRow], list[Step]]]:
    """The rows of each district; its crosswalk only leads to later letters and so has no circle."""
    for first in range(0, len(SCHOOLS), len(SCHOOLS) // DISTRICTS):
        yield district(draw, SCHOOLS[first : first + len(SCHOOLS) // DISTRICTS])


def district(draw: st.DrawFn, schools: list[str]) -> tuple[list[FlowRow], list[Step]]:
    """Random flows of one district, and its crosswalk."""
    rows = draw(
        st.lists(
            st.tuples(
                st.sampled_from(schools),
                st.sampled_from([*schools, None]),
                st.integers(5, 9),
                st.sampled_from([2012, 2013, 2014, None]),
                st.one_of(st.none(), st.integers(0, 200)),
            ),
            min_size=1,
            max_size=12,
        )
    )
    steps: list[Step] = []
    for number, school in enumerate(schools[:-1]):
        targets = draw(st.lists(st.sampled_from([*schools[number + 1 :], None]), unique=True, max_size=3))
        if targets:
            size = len(targets) - 1
            cuts = sorted(draw(st.lists(st.floats(0.05, 0.95), min_size=size, max_size=size)))
            shares = [after - before for before, after in pairwise([0.0, *cuts, 1.0])]
            last = draw(st.sampled_from([None, 2012, 2013]))
            steps += [(school, target, share, None, last) for target, share in zip(targets, shares, strict=True)]
    return [*rows], steps


@st.composite
def instances(draw: st.DrawFn) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Random flows of several districts that share no school, and their crosswalk."""
    drawn = list(districts(draw))
    return flows_of(*(row for rows, _ in drawn for row in rows)), crosswalk_of(
        *(step for _, steps in drawn for step in steps)
    )


# Tables in which a column has no value, or none at all, are rare among several districts.
NO_CROSSWALK = flows_of(("0A", "0B", 5, 2012, 30)), crosswalk_of()
ALL_MISSING = flows_of(("0A", None, 8, None, None)), crosswalk_of(("0A", None, 1.0, None, 2012))


def exits_of(flows: pd.DataFrame) -> dict[str, float]:
    """Students who left, by district."""
    exits = flows[flows["destination"].isna()]
    by_district = exits.groupby(exits["origin"].str[0])["students_high"].sum()
    return {str(district): float(students) for district, students in by_district.items()}


@settings(max_examples=6)
@given(instances())
@example(NO_CROSSWALK)
@example(ALL_MISSING)
def test_students_are_conserved_whatever_the_crosswalk(instance: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    flows, crosswalk = instance
    answer, account = apply_crosswalk(flows, crosswalk)
    by_cell = ["grade", "next_grade", "year"]
    for column in ("students_low", "students_high"):
        before = flows.groupby([flows["origin"].str[0], *by_cell], dropna=False)[column].sum()
        after = answer.groupby([answer["origin"].str[0], *by_cell], dropna=False)[column].sum()
        pd.testing.assert_series_equal(after, before, rtol=1e-9)
    assert exits_of(answer) == pytest.approx(exits_of(flows))
    assert not answer.duplicated(FLOW_KEYS).any()
    assert account.rows_given == len(flows) == account.rows_unchanged + account.rows_relabelled + account.rows_divided
    assert account.parts >= account.rows_result == len(answer)


@settings(max_examples=6)
@given(instances(), st.randoms(use_true_random=False))
@example(NO_CROSSWALK, Random(1))
@example(ALL_MISSING, Random(1))
def test_the_order_of_rows_does_not_matter(instance: tuple[pd.DataFrame, pd.DataFrame], random: Random) -> None:
    flows, crosswalk = instance
    order = list(range(len(flows)))
    random.shuffle(order)
    answer, account = apply_crosswalk(flows, crosswalk)
    other, other_account = apply_crosswalk(flows.iloc[order], crosswalk.iloc[::-1])
    pd.testing.assert_frame_equal(answer, other, rtol=1e-9)
    assert account == other_account


@settings(max_examples=6)
@given(instances())
@example(NO_CROSSWALK)
@example(ALL_MISSING)
def test_a_school_that_becomes_itself_changes_nothing(instance: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    flows, _ = instance
    nothing, _ = apply_crosswalk(flows, crosswalk_of())
    answer, account = apply_crosswalk(flows, crosswalk_of(*[(school, school, 1.0, None, None) for school in SCHOOLS]))
    pd.testing.assert_frame_equal(answer, nothing)
    assert account.rows_unchanged == len(flows)
    # Without a crosswalk the rows are only added up and put in order.
    expected = flows.groupby(FLOW_KEYS, dropna=False)["students_low"].sum()
    assert nothing["students_low"].tolist() == expected.tolist()


@settings(max_examples=6)
@given(instances())
@example(NO_CROSSWALK)
@example(ALL_MISSING)
def test_the_answer_is_that_of_following_one_student_at_a_time(instance: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    """An independent way: expand each end by recursion, without tables."""
    flows, crosswalk = instance

    def follow(school: str, fall: float) -> dict[str, float]:
        rows = crosswalk[crosswalk["old_id"] == school]
        last = rows["last_year"].iloc[0] if len(rows) else pd.NA
        if not len(rows) or (not pd.isna(last) and not fall <= last):
            return {school: 1.0}
        ends: dict[str, float] = defaultdict(float)
        for row in rows.itertuples(index=False):
            later = fall if pd.isna(last) else last + 1
            onward = {school: 1.0} if pd.isna(row.new_id) else follow(row.new_id, later)
            for end, share in onward.items():
                ends[end] += share * float(row.share)
        return ends

    expected: dict[str, float] = defaultdict(float)
    for row in flows.itertuples(index=False):
        fall = float("nan") if pd.isna(row.year) else float(row.year)
        for end, share in follow(row.origin, fall).items():
            expected[end] += share * float(row.students_high)
    answer, _ = apply_crosswalk(flows, crosswalk)
    found = answer.groupby("origin")["students_high"].sum()
    assert found.to_dict() == pytest.approx({end: total for end, total in expected.items() if end in found.index})
    assert sum(total for end, total in expected.items() if end not in found.index) == pytest.approx(0, abs=1e-9)
