"""Whether two audiences' tables together tell no more than the narrower audience's alone."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clustering import DisclosurePolicy, is_at_least_as_strict, parse_policy, policy_presets, what_is_looser

NOISE = ("single years", "cell-key noise")
bands = st.sets(st.sampled_from([1, 2, 4, 5, 10, 20, 25, 50]), min_size=1, max_size=3).flatmap(
    lambda points: st.sets(st.integers(30, 90), min_size=len(points), max_size=len(points)).map(
        lambda sizes: [
            {"students_from": size, "points_wide": wide}
            for size, wide in zip(sorted(sizes, reverse=True), sorted(points), strict=True)
        ]
    )
)


def looser(public: dict[str, Any], staff: dict[str, Any] | None = None, method: Any = None) -> list[str | None]:
    policies = DisclosurePolicy(**public), DisclosurePolicy(**(staff or {}))
    found = what_is_looser(*policies, method)
    assert all(problem.message and problem.remedy for problem in found)
    assert is_at_least_as_strict(*policies, method) is (not found)
    return [problem.column for problem in found]


def least_of_classes(policy: DisclosurePolicy, count: int) -> list[int]:
    """The least count that is shown as each of 1, 2, ... is, by the words of the guide."""
    starts = {1, *range(policy.minimum_students, count + 1, policy.rounding_students)}
    least: list[int] = []
    for each in range(1, count + 1):
        least.append(each if each in starts else least[-1])
    return least


def bands_of(policy: DisclosurePolicy, size: int) -> list[int | None]:
    """The number of the band of each half per cent, in the ladder's row of a size."""
    points = next((row.points_wide for row in policy.rate_bands if row.students_from <= size), None)
    if points is None:
        return [None] * 201
    return [min(number // (2 * points), 100 // points - 1) for number in range(201)]


@given(st.integers(5, 30), st.integers(4, 12), st.integers(0, 20), st.integers(4, 40))
def test_classes_are_strict_enough_just_when_two_tables_split_no_class_of_one(
    staff_minimum: int, staff_width: int, more: int, width: int
) -> None:
    least = {"least_possible_values": 4}
    public = DisclosurePolicy(minimum_students=staff_minimum + more, rounding_students=width, **least)
    staff = DisclosurePolicy(minimum_students=staff_minimum, rounding_students=staff_width, **least)
    pairs = set(zip(least_of_classes(staff, 600), least_of_classes(public, 600), strict=True))
    is_split = len(pairs) > len({of_staff for of_staff, _ in pairs})
    assert is_split == any("class" in problem.message for problem in what_is_looser(public, staff))


@settings(max_examples=30)
@given(bands, bands)
def test_bands_are_strict_enough_just_when_two_tables_split_no_band_of_one(rows: Any, staff_rows: Any) -> None:
    public, staff = DisclosurePolicy(rate_bands=rows), DisclosurePolicy(rate_bands=staff_rows)
    pairs = set()
    for size in range(1, 131):
        for each, public_band in zip(bands_of(staff, size), bands_of(public, size), strict=True):
            pairs.add(((size, each), public_band))
    is_split = len(pairs) > len({of_staff for of_staff, _ in pairs})
    fields = [problem.column for problem in what_is_looser(public, staff)]
    assert fields == (["rate_bands"] if is_split else [])


@pytest.mark.parametrize(
    ("public", "staff"),
    [
        ({}, {}),
        # 1 to 14, 15 to 19, 20 to 24: made of 1 to 9 and 10 to 14, and then the same.
        ({"minimum_students": 15}, {}),
        # 1 to 19, 20 to 34, 35 to 49: each is made of fives from 10 on.
        ({"minimum_students": 20, "rounding_students": 15}, {}),
        ({"least_possible_values": 7, "rounding_students": 10}, {}),
        ({"coarsen_rates": "all"}, {}),
        ({"rate_bands": [{"students_from": 40, "points_wide": 10}]}, {}),
        ({"methods": NOISE}, {"methods": NOISE}),
        ({"methods": ("coarser grades", "pooled years", "single years")}, {}),
    ],
)
def test_a_policy_that_tells_no_more(public: dict[str, Any], staff: dict[str, Any]) -> None:
    assert looser(public, staff) == []


@pytest.mark.parametrize(
    ("public", "staff", "fields"),
    [
        # Rates of 10 to 14 students are shown to the public only.
        ({}, {"minimum_students": 15}, ["minimum_students", "rate_bands"]),
        # Staff have 10 to 14: with a class that begins at 12, 10 to 11 and 12 to 14 are told apart.
        ({"minimum_students": 12}, {}, ["minimum_students"]),
        ({"rounding_students": 12}, {}, ["rounding_students"]),
        ({"minimum_students": 12, "rounding_students": 7}, {}, ["minimum_students", "rounding_students"]),
        ({"least_possible_values": 4}, {}, ["least_possible_values"]),
        ({}, {"coarsen_rates": "all"}, ["coarsen_rates"]),
        ({"methods": ("pooled years",)}, {}, ["methods"]),
        ({}, {"methods": NOISE}, ["methods"]),
        ({"methods": NOISE, "noise_variance": 3.0}, {"methods": NOISE}, ["noise_variance"]),
        # 5 points from 100 students on: 0 to 5 and 4 to 6 together are 4 to 5.
        ({"rate_bands": [{"students_from": 40, "points_wide": 5}]}, {}, ["rate_bands"]),
        ({}, {"rate_bands": [{"students_from": 40, "points_wide": 5}]}, ["rate_bands"]),
    ],
)
def test_what_is_looser_is_named(public: dict[str, Any], staff: dict[str, Any], fields: list[str]) -> None:
    assert looser(public, staff) == fields


def test_the_method_that_was_chosen_is_enough() -> None:
    assert looser({"methods": ("pooled years",)}, {}, "pooled years") == []
    assert looser({"methods": ("pooled years",)}, {}, "single years") == ["methods"]
    # Noise that staff's table does not have is none of two noises.
    changed = {"methods": NOISE, "noise_variance": 3.0}
    assert looser(changed, {"methods": NOISE}, "single years") == []
    assert looser(changed, {"methods": NOISE}, "cell-key noise") == ["noise_variance"]


def test_the_sentences_name_a_remedy() -> None:
    sixteen = {"preset": "standard", "minimum_students": 16, "rounding_students": 8}
    from_minimum, width = what_is_looser(parse_policy(sixteen), parse_policy("standard"))
    assert from_minimum.message == "A class begins at 16 students, in the middle of one of staff's."
    assert from_minimum.remedy == "Give 20, where one of staff's classes begins."
    assert width.message == "A class of 8 counts is not made of whole classes of staff's 5."
    assert width.remedy == "Give 5 or a multiple of it, such as 10."
    changed = parse_policy({**sixteen, "minimum_students": 20, "rounding_students": 10})
    assert is_at_least_as_strict(changed, parse_policy("standard"))
    assert is_at_least_as_strict(parse_policy("minimum-30"), parse_policy("standard"))


def test_each_preset_is_as_strict_as_itself() -> None:
    assert [policy.name for policy in policy_presets() if not is_at_least_as_strict(policy, policy)] == []
