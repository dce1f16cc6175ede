"""The attack: small counts from the differences of variants, of which there is one for nearly every school."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from clustering import ZoneNeeds, measure_zone_needs, propose_zones, read_zone_needs
from clustering.capacity.need.school_counts import protect_counts
from tests.clustering.capacity.need.rated_toy import PROFICIENT, rated_toy
from tests.examples.toy_district import toy_flows, toy_scenario, toy_schools

MERGED = {"identification": "official:designation=CSI", "merge_anchors": [["0010", "0011"]]}


def all_variants(proficient: tuple[str, ...] = PROFICIENT, enrolment: tuple[str, ...] | None = None) -> ZoneNeeds:
    scenario = rated_toy(proficient, enrolment)
    return measure_zone_needs(scenario, propose_zones(scenario, MERGED), smaller=True, parts=True)


def assert_same(first: ZoneNeeds, second: ZoneNeeds) -> None:
    for name in ("zones", "variants", "schools"):
        pd.testing.assert_frame_equal(getattr(first, name), getattr(second, name))
    assert first.notes == second.notes


@pytest.mark.parametrize(("position", "other"), [(2, "98"), (2, "97.1"), (3, "1"), (3, "2")])
def test_small_groups_of_one_school_look_alike_in_every_variant(position: int, other: str) -> None:
    # E3: 3, 6 or 9 of 300 below the mark. E4: 9, 3 or 6 of 300 not below it.
    changed = (*PROFICIENT[:position], other, *PROFICIENT[position + 1 :])
    assert_same(all_variants(), all_variants(changed))


def test_the_attack_finds_what_is_not_protected() -> None:
    # The control: on exact counts two variants that differ by E3 give its three students away.
    scenario = rated_toy()
    needs = measure_zone_needs(
        scenario, propose_zones(scenario, {**MERGED, "disclosure": "exact"}), smaller=True, parts=True
    )
    variants = needs.variants
    found = [
        one["students_below"] - other["students_below"]
        for _, one in variants.iterrows()
        for _, other in variants.iterrows()
        if set(one["school_ids"]) - set(other["school_ids"]) == {"0003"}
        and set(other["school_ids"]) < set(one["school_ids"])
    ]
    assert 3 in found


@pytest.mark.parametrize("students", ["1", "4", "9"])
def test_small_schools_look_alike_in_every_variant(students: str) -> None:
    enrolment = ["300"] * 6 + ["500"] * 3 + ["900"] * 2
    enrolment[2] = students
    assert_same(all_variants(enrolment=tuple(enrolment)), all_variants(enrolment=(*enrolment[:2], "5", *enrolment[3:])))


def test_counts_that_are_few_on_either_side_cannot_be_told_apart() -> None:
    """Whatever a school's size, all counts of 1 to 9 below the mark look alike, and all of 1 to 9 that are not."""
    students, few = (each.ravel() for each in np.meshgrid(np.arange(10, 401), np.arange(1, 10)))
    for below in (few, students - few):
        rows = shown(students, below).fillna(-1.0).assign(students=students)
        assert len(rows.drop_duplicates()) == len(np.unique(students))


def test_intervals_hold_the_count_and_leave_nine_possible() -> None:
    students, below = (each.ravel() for each in np.meshgrid(np.arange(401), np.arange(401)))
    students, below = students[below <= students], below[below <= students]
    rows = shown(students, below)
    assert (rows["students_below_low"] <= below).all()
    assert (below <= rows["students_below_high"]).all()
    is_few = ((below > 0) & (below < 10)) | ((students - below > 0) & (students - below < 10))
    assert (rows["students_below_high"] - rows["students_below_low"])[is_few].min() >= 8


def shown(students: np.ndarray, below: np.ndarray) -> pd.DataFrame:
    """What is shown of the students below the mark: a row per school; missing where the count itself is not shown."""
    exact = pd.DataFrame(
        {
            f"{name}{end}": values.astype("float64")
            for name, values in (("students", students), ("students_below", below))
            for end in ("", "_low", "_high")
        }
    )
    return protect_counts(exact, "protected")[["students_below", "students_below_low", "students_below_high"]]


def test_a_table_of_zones_is_protected_too() -> None:
    def needs(below: str) -> ZoneNeeds:
        table = toy_schools().assign(zone=["A"] * 10 + [""], role=[""] * 9 + ["anchor", ""])
        table["students_below"] = [below] + ["100"] * 10
        return read_zone_needs(table)

    assert_same(needs("2"), needs("8"))
    assert needs("2").provenance == needs("8").provenance


def test_flows_of_small_counts_choose_the_same_parts() -> None:
    def parts(students: str) -> ZoneNeeds:
        flows = toy_flows()
        flows.loc[2, "students"] = students  # E2 to Elm, 10 students before
        scenario = toy_scenario(toy_schools(), flows)
        return measure_zone_needs(scenario, propose_zones(scenario, MERGED), smaller=True, parts=True)

    assert_same(parts("1"), parts("9"))
