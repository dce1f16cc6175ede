"""The attack: small counts from the differences of variants, of which there is one for nearly every school."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from clustering import ZoneNeeds, measure_zone_needs, parse_policy, propose_zones, read_zone_needs
from clustering.capacity.need.school_counts import count_school_needs, protect_counts
from clustering.disclosure.protection import Protection
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


@pytest.mark.parametrize(("position", "other"), [(2, "100"), (2, "97.1"), (2, "96"), (3, "1"), (3, "4")])
def test_small_groups_of_one_school_look_alike_in_every_variant(position: int, other: str) -> None:
    # E3: 3, none, 9 or 12 of 300 below the mark. E4: 9, 3 or 12 of 300 not below it. The totals are the same too.
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


# The minimum of a policy, and how many counts from none on look alike.
ALIKE = [(5, 15), (10, 15), (15, 25), (30, 35)]


@pytest.mark.parametrize(("minimum", "alike"), ALIKE)
def test_counts_that_are_few_on_either_side_cannot_be_told_apart(minimum: int, alike: int) -> None:
    """Whatever a school's size, 0 to 14 below the mark look alike, and so do 0 to 14 who are not below it."""
    students, few = (each.ravel() for each in np.meshgrid(np.arange(alike - 1, 401), np.arange(alike)))
    for below in (few, students - few):
        rows = shown(students, below, minimum).fillna(-1.0).assign(students=students)
        assert len(rows.drop_duplicates()) == len(np.unique(students))


@pytest.mark.parametrize(("minimum", "alike"), ALIKE)
def test_intervals_hold_the_count_and_leave_fifteen_possible(minimum: int, alike: int) -> None:
    students, below = (each.ravel() for each in np.meshgrid(np.arange(minimum, 401), np.arange(401)))
    students, below = students[below <= students], below[below <= students]
    rows = shown(students, below, minimum)
    assert (rows["students_below_low"] <= below).all()
    assert (below <= rows["students_below_high"]).all()
    is_few = (below < minimum) | (students - below < minimum)
    possible = rows["students_below_high"] - rows["students_below_low"] + 1
    assert (possible >= np.minimum(alike, students + 1))[is_few].all()
    assert rows["students_below"][is_few].isna().all()


def test_a_policy_of_thirty_shows_nothing_of_a_school_of_twenty() -> None:
    enrolment = (*["300"] * 2, "20", *["300"] * 3, *["500"] * 3, *["900"] * 2)
    protection = Protection(policy=parse_policy("minimum-30"), method="pooled years")
    columns = ["students", "students_low", "students_high", "students_below", "students_below_low"]
    for proficient in ("60", "95"):
        rates = (*PROFICIENT[:2], proficient, *PROFICIENT[3:])
        scenario = replace(rated_toy(rates, enrolment), protections={"protected": protection})
        needs = measure_zone_needs(scenario, propose_zones(scenario, MERGED))
        row = needs.schools.loc["0003", [*columns, "students_below_high"]]
        assert row.isna().tolist() == [True, False, False, True, False, False]
        assert row.dropna().tolist() == [1, 29, 0, 29]
        assert any("count of 1 to 29 students" in note and "fewer than 35" in note for note in needs.notes)


def shown(students: np.ndarray, below: np.ndarray, minimum: int) -> pd.DataFrame:
    """What is shown of the students below the mark: a row per school; missing where the count itself is not shown."""
    exact = pd.DataFrame(
        {
            f"{name}{end}": values.astype("float64")
            for name, values in (("students", students), ("students_below", below))
            for end in ("", "_low", "_high")
        }
    )
    return protect_counts(exact.assign(students_below_spread=0.0), "protected", minimum)[SHOWN]


def schools_with_a_small_side() -> pd.DataFrame:
    """Every school of 10 to 420 students, and some larger, with every count below the mark up to 32 from an end."""
    rows = [
        (students, below)
        for students in (*range(10, 421), 750, 999, 1000, 1250, 1400)
        for below in {*range(min(students, 32) + 1), *range(max(students - 32, 0), students + 1)}
    ]
    return pd.DataFrame(rows, columns=["students", "below"])


def rates_of(schools: pd.DataFrame, form: str) -> pd.DataFrame:
    """The shares below the mark that the schools' rates of proficiency give, in one of the forms of published files."""
    proficient = 1 - schools["below"] / schools["students"]
    width, is_band = FORMS[form]
    if is_band:
        low = (np.floor((proficient / width).round(9)) * width).clip(upper=1 - width)
        high, number = low + width, low + width / 2
    else:
        number = (proficient / width).round() * width if width else proficient
        low, high = number - width / 2, number + width / 2
    if form.endswith("as if exact"):
        low = high = number
    ends = {"share": 1 - number, "share_low": 1 - high, "share_high": 1 - low}
    return pd.DataFrame({name: share.round(9).clip(0, 1) for name, share in ends.items()})


SHOWN = ["students_below", "students_below_low", "students_below_high"]
# The unit in which a rate is written, and whether it is a band of that width; 0 is every digit.
FORMS = {
    "whole per cent": (0.01, False),
    "whole per cent, as if exact": (0.01, False),
    "one decimal": (0.001, False),
    "one decimal, as if exact": (0.001, False),
    "every digit": (0.0, False),
    "bands of 5": (0.05, True),
    "bands of 10": (0.1, True),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("known", ["nothing", "whole per cent", "one decimal", "bands of 5", "bands of 10"])
def test_no_small_count_is_left_alone_by_rate_enrolment_and_output(form: str, known: str) -> None:
    """
    The attack over every school: which counts fit the enrolment, what is shown, and a published rate.

    The attacker knows in which form the rates of the input are, and the rate as it was published, which may be coarser
    than the input. Two things must not happen where a small count (1 to 9, on either side) is possible: that one count
    is left of several which the published rate allows, and that all counts are left out which are not small.
    """
    schools = schools_with_a_small_side()
    output = count_school_needs(schools["students"].astype("float64"), rates_of(schools, form), "protected")
    schools["others"] = schools["students"] - schools["below"]
    schools["rate"] = 0.0 if known == "nothing" else rates_of(schools, known)["share"]
    schools["output"] = output[SHOWN].fillna(-1).groupby(SHOWN).ngroup()
    before, after = (schools.groupby(keys) for keys in (["students", "rate"], ["students", "rate", "output"]))
    for side in ("below", "others"):
        is_small = schools[side].between(1, 9)
        is_learnt = (after[side].transform("nunique") == 1) & (before[side].transform("nunique") > 1)
        assert not (is_small & is_learnt).any(), schools[is_small & is_learnt]
        at_most_nine = (after[side].transform("max") <= 9) & (before[side].transform("max") > 9)
        assert not (is_small & at_most_nine).any(), schools[is_small & at_most_nine]


def test_the_attack_on_rates_finds_an_interval_that_ends_at_nine() -> None:
    # The control: of 250 students 4 per cent are 9 to 11. An interval of 1 to 9 would leave 9 alone.
    schools = schools_with_a_small_side()
    schools = schools[schools["students"] == 250]
    of_four = schools[rates_of(schools, "whole per cent")["share"] == 0.04]
    assert of_four["below"].tolist() == [9, 10, 11]
    assert of_four["below"].between(1, 9).sum() == 1


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
