"""Flows of the protected base: what is shown of each cell, and that redrawn states look the same."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest

from clustering import choose_protection, generate_state, read_scenario, with_protection
from clustering.disclosure.policy import Method, parse_policy
from clustering.disclosure.protected_base import protected_base
from clustering.disclosure.protected_flows import ProtectedFlows, protect_flows
from clustering.disclosure.protection import Protection
from clustering.disclosure.public_sizes import public_sizes, without_contradicted
from clustering.model.scenario import Scenario
from tests.examples.toy_district import toy_scenario

STANDARD = parse_policy("standard")
METHODS: list[Method] = ["single years", "pooled years", "coarser grades"]
Row = tuple[str, str | None, int, int | None, int, float, str]


def flows_of(*rows: Row) -> pd.DataFrame:
    columns = ["origin", "destination", "grade", "next_grade", "year", "students", "kind"]
    table = pd.DataFrame(rows, columns=columns)
    table = table.astype(
        {"origin": "str", "destination": "str", "grade": "Int64", "next_grade": "Int64", "year": "Int64"}
    )
    students = table["students"].astype("float64")
    return table.assign(students=students, students_low=students.fillna(1), students_high=students.fillna(9))


def enrolled(*rows: tuple[str, int, int, float]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["school_id", "grade", "year", "students"])
    return table.astype({"school_id": "str", "grade": "Int64", "year": "Int64", "students": "float64"})


def protect(flows: pd.DataFrame, enrolment: pd.DataFrame, method: Method = "single years") -> ProtectedFlows:
    return protect_flows(flows, public_sizes(flows, enrolment), Protection(policy=STANDARD, method=method))


def shown(protected: ProtectedFlows) -> dict[tuple[str, str | None], tuple[float, float, float]]:
    columns = ["origin", "destination", "students", "students_low", "students_high"]
    return {
        (origin, None if pd.isna(destination) else destination): (middle, low, high)
        for origin, destination, middle, low, high in (
            protected.flows[columns].fillna({"students": -1}).itertuples(index=False)
        )
    }


ARRIVING = enrolled(*((school, grade, year, 400) for school in "BC" for grade in (6, 7) for year in (2021, 2022)))
LEAVE_A: tuple[Row, ...] = (
    ("A", "B", 5, 6, 2020, 62, "feeding"),
    ("A", "C", 5, 6, 2020, 7, "feeding"),
    ("A", None, 5, None, 2020, 4, "exit"),
)


def test_who_left_is_what_the_others_leave_of_the_grade() -> None:
    # 73 in the grade: B is 60 to 64, C is 1 to 9; the slack is 73 - 61 = 12. C hides how many left, so B may be told,
    # which leaves 10. Of 73 at least 63 went on: 0 to 10 left.
    protected = protect(flows_of(*LEAVE_A), ARRIVING)
    assert shown(protected) == {
        ("A", "B"): (62, 62, 62),
        ("A", "C"): (-1, 1, 9),
        ("A", None): (73 - 62 - 3, 0, 10),
    }
    assert (protected.cells, protected.suppressed_cells, protected.fewest_values) == (3, 1, 9)


@pytest.mark.parametrize("method", METHODS)
def test_where_no_size_is_public_no_end_is_the_count(method: Method) -> None:
    # 63 are in the grade, as far as anybody knows: asked up to 55, for 60 would leave 3. The end is that of its ten.
    protected = protect(flows_of(("A", "B", 5, 6, 2020, 63, "feeding")), enrolled(), method)
    assert shown(protected)["A", "B"] == (62, 55, 69)


def test_the_only_flow_of_a_grade_stays_in_its_class() -> None:
    # 66 of 66: asked up to 60, which leaves 6; 65 would leave 1. So 60 to 66, and nobody knows that none left.
    protected = protect(
        flows_of(("A", "B", 5, 6, 2020, 66, "feeding"), ("Z", None, 5, None, 2020, 80, "exit")), enrolled()
    )
    assert shown(protected)["A", "B"] == (63, 60, 66)


def test_enrolment_is_the_size_where_flows_do_not_tell_who_left() -> None:
    flows = flows_of(("A", "B", 5, 6, 2020, 66, "feeding"))
    # 100 are enrolled, so all questions may be asked; but it is the only cell of its row.
    assert shown(protect(flows, enrolled(("A", 5, 2020, 100), ("B", 6, 2021, 90))))["A", "B"] == (67, 65, 69)
    assert protect(flows, enrolled(("A", 5, 2020, 100), ("B", 6, 2021, 90))).assumed_rows == 0
    assert protect(flows, enrolled()).assumed_rows == 1


def test_a_size_smaller_than_the_students_does_not_count() -> None:
    flows = flows_of(("A", "B", 5, 6, 2020, 66, "feeding"))
    assert protect(flows, enrolled(("A", 5, 2020, 20))).assumed_rows == 1


def test_those_who_arrive_are_no_more_than_the_grade() -> None:
    # 7 are in the grade that 3 of A and 2 of D enter. Each sends one at least, so the other at most six.
    rows = [("A", "B", 5, 6, 2020, 3, "feeding"), ("D", "B", 5, 6, 2020, 2, "feeding")]
    sizes = [("A", 5, 2020, 90), ("D", 5, 2020, 50)]
    found = shown(protect(flows_of(*rows), enrolled(*sizes, ("B", 6, 2021, 7))))
    assert found == {("A", "B"): (-1, 1, 6), ("D", "B"): (-1, 1, 6)}
    # Of five, each would be 1 to 4: four values.
    too_small = protect(flows_of(*rows), enrolled(*sizes, ("B", 6, 2021, 5)))
    assert (len(too_small.flows), too_small.withheld_cells) == (0, 2)


def test_years_are_added_up_before_they_are_shown() -> None:
    rows = [(*row[:4], year, row[5], row[6]) for row in LEAVE_A for year in (2020, 2021)]
    protected = protect(flows_of(*rows), ARRIVING, "pooled years")
    assert protected.flows["year"].isna().all()
    # 124, 14 and 8 of 146: of the two large counts one may be shown exactly, the first.
    assert shown(protected)["A", "B"] == (124, 124, 124)
    assert shown(protected)["A", "C"] == (12, 10, 14)


def test_grades_of_a_pair_are_added_up() -> None:
    rows = [(row[0], row[1], grade, grade + 1, *row[4:]) for row in LEAVE_A[:2] for grade in (5, 6)]
    protected = protect(flows_of(*rows), enrolled(("A", 5, 2020, 80), ("A", 6, 2020, 80)), "coarser grades")
    assert len(protected.flows) == 2
    assert protected.flows["grade"].tolist() == [6, 6]


def test_a_suppressed_count_of_the_file_stays_suppressed() -> None:
    assert shown(protect(flows_of(("A", "B", 5, 6, 2020, np.nan, "feeding")), enrolled()))["A", "B"] == (-1, 1, 9)


@cache
def small_state() -> Scenario:
    """A state of 120 schools whose files suppress nothing."""
    state = generate_state(schools=120, seed=4)
    complete = state.promotions.assign(students=state.promotions["students"].where(state.promotions["students"] > 0, 4))
    return read_scenario(schools=[state.directory, state.geocodes], flows=[complete])


@pytest.mark.parametrize("method", METHODS)
def test_every_true_count_lies_in_its_interval_and_keeps_its_values(method: Method) -> None:
    flows = small_state().flows
    protected = protect(flows, small_state().grade_enrolment, method)
    keys = ["origin", "destination", "kind"] + (["grade"] if method != "coarser grades" else [])
    keys += ["year"] if method == "single years" else []
    true = flows.groupby(keys, dropna=False)["students"].sum()
    found = protected.flows.set_index(keys)
    counts = true.reindex(found.index).fillna(0)
    assert ((found["students_low"] <= counts) & (counts <= found["students_high"])).all()
    assert protected.fewest_values is not None
    assert protected.fewest_values >= 5
    assert protected.assumed_rows == 0


def test_states_redrawn_within_the_intervals_and_the_sizes_are_shown_alike() -> None:
    exact = small_state().flows
    # Sizes that no file has are public too, such as those of the fall after the last year.
    arriving = exact[exact["next_grade"].notna()]
    sums = arriving.assign(year=arriving["year"] + 1).groupby(["destination", "next_grade", "year"])["students"].sum()
    later = (sums + 3).rename_axis(["school_id", "grade", "year"]).reset_index()
    sizes = pd.concat([public_sizes(exact, small_state().grade_enrolment), later], ignore_index=True)
    sizes = sizes.groupby(["school_id", "grade", "year"])["students"].max().reset_index()
    protection = Protection(policy=STANDARD, method="single years")
    base = protect_flows(exact, sizes, protection).flows
    for seed in range(2):
        other = redrawn(exact, base, sizes, np.random.default_rng(seed))
        assert (other["students"] > 9).sum() != (exact["students"] > 9).sum()
        pd.testing.assert_frame_equal(protect_flows(other, sizes, protection).flows, base)


def redrawn(exact: pd.DataFrame, base: pd.DataFrame, sizes: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Other exact flows between the ends of a base, with no more students in a grade than its size."""
    keys = ["school_id", "grade", "year"]
    size = sizes.set_index(keys)["students"]
    cells = base[base["kind"] != "exit"]
    # What is withheld stays as it is: a viewer does not even know that it is there.
    names = ["origin", "destination", "grade", "next_grade", "year", "kind"]
    withheld = exact[exact["kind"] != "exit"].merge(cells[names], on=names, how="left", indicator="seen")
    withheld = withheld.loc[withheld.pop("seen") == "left_only"]
    cells = pd.concat([cells, withheld], ignore_index=True)
    out = pd.MultiIndex.from_frame(cells[["origin", "grade", "year"]])
    into = pd.MultiIndex.from_arrays([cells["destination"], cells["next_grade"], cells["year"] + 1])
    students = cells["students_low"].to_numpy().copy()
    slack = {}
    for name, index in (("out", out), ("into", into)):
        least = pd.Series(students, index=index).groupby(level=[0, 1, 2]).sum()
        slack[name] = (size.reindex(least.index).fillna(np.inf) - least).to_dict()
    for cell in rng.permutation(len(cells)):
        most = min(cells["students_high"][cell] - students[cell], slack["out"][out[cell]], slack["into"][into[cell]])
        more = int(rng.integers(0, int(most) + 1))
        students[cell] += more
        slack["out"][out[cell]] -= more
        slack["into"][into[cell]] -= more
    drawn = cells.assign(students=students, students_low=students, students_high=students)
    left = base[base["kind"] == "exit"]
    rest = [
        slack["out"].get(key, size[key]) for key in left[["origin", "grade", "year"]].itertuples(index=False, name=None)
    ]
    left = left.assign(students=rest, students_low=rest, students_high=rest)
    return pd.concat([drawn, left[left["students"] > 0]])[exact.columns].reset_index(drop=True)


def test_nothing_tells_how_many_counts_are_left_out() -> None:
    # Of a grade of twelve nine went to schools of their own, or twelve did. With the number of counts left out, each
    # of the twelve would be one student.
    rows = [("Z", "Y", 5, 6, 2020, 80, "feeding"), ("Z", None, 5, None, 2020, 40, "exit")]
    both = [
        replace(
            toy_scenario(),
            flows=flows_of(
                *rows, *(("A", f"B{end}", 5, 6, 2020, count, "feeding") for end, count in enumerate(counts))
            ),
        )
        for counts in ([1] * 12, [4] + [1] * 8)
    ]
    found = [choose_protection(scenario, "standard").audit.document() for scenario in both]
    assert found[0] == found[1]


def test_what_the_public_gets_by_staffs_policy_is_what_staff_get() -> None:
    chosen = with_protection(toy_scenario(), "standard")
    own = chosen.protections["protected"]
    stricter = replace(own, policy=parse_policy({"preset": "standard", "minimum_students": 30}))
    staff, alike, less = (
        protected_base(replace(chosen, protections={"protected": own, "public": public}), audience).flows
        for audience, public in (("protected", own), ("public", own), ("public", stricter))
    )
    pd.testing.assert_frame_equal(alike, staff)
    # Whoever has both tables knows no more than staff.
    key = ["origin", "destination", "grade", "next_grade", "year", "kind"]
    both = less.merge(staff, on=key, suffixes=("", "_staff"))
    assert len(both) == len(less)
    assert (both["students_low"] <= both["students_low_staff"]).all()
    assert (both["students_high"] >= both["students_high_staff"]).all()
    assert not ((less["students_low"] > 1) & (less["students_low"] < 30)).any()


def test_a_size_that_the_flows_contradict_is_not_used_again() -> None:
    flows = flows_of(*LEAVE_A)
    sizes = enrolled(("A", 5, 2020, 60), ("B", 6, 2021, 61), ("C", 6, 2021, 7), ("D", 6, 2021, 3))
    # 73 leave A, 62 enter B, 7 enter C, and nobody D.
    assert without_contradicted(sizes, flows)["school_id"].tolist() == ["C", "D"]
