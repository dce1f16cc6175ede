"""
Rates for the public beside those for staff: every table there can be of small groups, listed and compared.

Whoever replays the rules knows that the counts are among those that give the tables he has. So all counts of a few
sizes are protected, each as a school, and those of which the tables are the same are put together.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from clustering import DisclosurePolicy, InputError, parse_policy
from clustering.disclosure.protected_base import rate_protection
from clustering.disclosure.rates import STANDARD_RATE_PROTECTION, RateProtection, protect_rates
from clustering.model.columns import COHORT_AT_LEAST
from tests.examples.counted_groups import OTHERS, Group, draw_cohorts, rates_of
from tests.oracles.rates_attacker import attack

HIDDEN_GROUPS = frozenset({"F", OTHERS, "MAS"})
THIRTY = rate_protection(parse_policy("minimum-30"))
# Small, so that small groups have many tables.
STAFF = RateProtection(minimum_students=4, least_possible_values=2, ladder=((4, 20.0), (10, 10.0), (20, 5.0)))
EIGHT = RateProtection(minimum_students=8, least_possible_values=3, ladder=((8, 20.0), (20, 10.0)))
SIX = RateProtection(minimum_students=6, least_possible_values=3, ladder=((6, 20.0), (20, 10.0)))


def counts_of_groups(students: int, boys: int, needy: int) -> tuple[pd.DataFrame, dict[str, int]]:
    """Every number of graduates that the two sexes and a group of these sizes can have."""
    sizes = {"all": students, "M": boys, "F": students - boys, "ECD": needy}
    rows = [
        (graduates, of_boys, graduates - of_boys, of_needy)
        for graduates in range(students + 1)
        for of_boys in range(max(0, graduates - sizes["F"]), min(boys, graduates) + 1)
        for of_needy in range(max(0, graduates - students + needy), min(needy, graduates) + 1)
    ]
    return pd.DataFrame(rows, columns=list(sizes)), sizes


def one_school_each(counts: pd.DataFrame, sizes: dict[str, int]) -> pd.DataFrame:
    cohorts = {
        (f"{row.Index:05d}", 2021, "graduation_4year"): {
            name: Group(size, getattr(row, name)) for name, size in sizes.items()
        }
        for row in counts.itertuples()
    }
    return rates_of(cohorts)


def looks_of(shown: pd.DataFrame) -> np.ndarray:
    """A number for each school: the same where all that is shown of the schools is the same."""
    columns = ["low", "high", "status", "cohort_at_most", COHORT_AT_LEAST]
    rates = shown.groupby(["measure", "subgroup", *columns], dropna=False).ngroup()
    schools = shown.assign(number=rates).pivot_table(
        index="school_id", columns=["measure", "subgroup"], values="number", fill_value=-1
    )
    return schools.groupby(list(schools.columns)).ngroup().to_numpy()


def too_few(counts: pd.DataFrame, sizes: dict[str, int], alike: np.ndarray, protection: RateProtection) -> set[str]:
    """Groups of which a small count keeps fewer values than it must, among all counts that look alike."""
    found = set()
    for name, size in sizes.items():
        others = size - counts[name]
        most = protection.minimum_students - 1
        is_small = counts[name].between(1, most) | others.between(1, most)
        left = counts[name].groupby(alike).transform("nunique")
        if (left[is_small] < min(protection.least_possible_values, size + 1)).any():
            found.add(name)
    return found


@pytest.mark.parametrize(
    ("public", "staff", "students", "boys", "needy"),
    [
        (THIRTY, STANDARD_RATE_PROTECTION, 34, 21, 31),
        (THIRTY, STANDARD_RATE_PROTECTION, 37, 34, 30),
        (EIGHT, STAFF, 25, 15, 17),
        (EIGHT, STAFF, 25, 23, 5),
        (SIX, STAFF, 24, 13, 20),
        (SIX, STAFF, 28, 25, 16),
    ],
)
def test_all_counts_that_look_the_same_keep_their_values(
    public: RateProtection, staff: RateProtection, students: int, boys: int, needy: int
) -> None:
    counts, sizes = counts_of_groups(students, boys, needy)
    rates = one_school_each(counts, sizes)
    of_staff, of_public = looks_of(protect_rates(rates, staff)), looks_of(protect_rates(rates, public, staff))
    counts["not ECD"], sizes["not ECD"] = counts["all"] - counts["ECD"], students - needy
    assert 1 < len(set(of_public)) < len(set(of_staff))
    assert too_few(counts, sizes, of_public, public) == set()
    # Who has both tables has no more than staff: each table of theirs goes with one for the public.
    assert len(set(zip(of_staff, of_public, strict=True))) == len(set(of_staff))
    assert too_few(counts, sizes, of_staff, staff) == set()
    # Staff's table, which the public had before, does not keep what is promised to them.
    assert too_few(counts, sizes, of_staff, public) or public is THIRTY  # where it takes larger groups: see below


def test_two_tables_made_apart_would_tell_more() -> None:
    counts, sizes = counts_of_groups(25, 15, 17)
    rates = one_school_each(counts, sizes)
    of_staff, apart = looks_of(protect_rates(rates, STAFF)), looks_of(protect_rates(rates, EIGHT))
    assert len(set(zip(of_staff, apart, strict=True))) > len(set(of_staff))


def test_a_rate_after_five_years_tells_the_public_nothing_beside_the_one_after_four() -> None:
    sizes = {"four": 24, "boys": 15, "five": 24}
    counts = pd.DataFrame(
        [
            (four, boys, five)
            for four in range(25)
            for boys in range(max(0, four - 9), min(15, four) + 1)
            for five in range(four, 25)
        ],
        columns=list(sizes),
    )
    cohorts = {}
    for row in counts.itertuples():
        cohorts[f"{row.Index:05d}", 2021, "graduation_4year"] = {"all": Group(24, row.four), "M": Group(15, row.boys)}
        cohorts[f"{row.Index:05d}", 2022, "graduation_5year"] = {"all": Group(24, row.five)}
    rates = rates_of(cohorts)
    of_staff, of_public = looks_of(protect_rates(rates, STAFF)), looks_of(protect_rates(rates, EIGHT, STAFF))
    counts["longer"], sizes["longer"] = counts["five"] - counts["four"], 24
    assert len(set(of_public)) > 2
    assert too_few(counts, sizes, of_public, EIGHT) == set()
    assert len(set(zip(of_staff, of_public, strict=True))) == len(set(of_staff))


def test_an_attacker_with_all_rates_and_sizes_finds_no_count_below_the_minimum_of_the_public() -> None:
    cohorts = draw_cohorts(2, 2, sizes=(30, 420))
    rates = rates_of(cohorts, left_out=HIDDEN_GROUPS)
    staff, public = protect_rates(rates), protect_rates(rates, THIRTY, STANDARD_RATE_PROTECTION)
    found = attack(public, cohorts, minimum=30)
    assert len(found) > 30
    assert not any(each.is_told(5) for each in found)
    assert any(each.is_told(5) for each in attack(staff, cohorts, minimum=30))


def test_no_rate_and_no_size_of_fewer_than_thirty_is_left() -> None:
    cohorts = draw_cohorts(4, 12, sizes=(12, 900))
    rates = rates_of(cohorts)
    staff, public = protect_rates(rates), protect_rates(rates, THIRTY, STANDARD_RATE_PROTECTION)
    sizes = rates["cohort_students"].astype(int)
    assert (public["status"] == "suppressed")[sizes < 30].all()
    assert (staff["status"] == "range")[sizes.between(10, 29)].any()
    assert (public["status"] == "range")[sizes.between(30, 39)].any()
    # Staff have 20 to 39: that somebody has 30 or more is told by a rate, and by no class.
    ends = set(zip(public[COHORT_AT_LEAST], public["cohort_at_most"].fillna(0), strict=True))
    assert ends == {(1, 39), (40, 99), (100, 299), (300, 0)}
    assert (public["low"] <= staff["low"]).all()
    assert (public["high"] >= staff["high"]).all()


def test_equal_protections_give_equal_tables_and_twice_changes_nothing() -> None:
    rates = rates_of(draw_cohorts(4, 4))
    staff, public = protect_rates(rates), protect_rates(rates, THIRTY, STANDARD_RATE_PROTECTION)
    same = protect_rates(rates, STANDARD_RATE_PROTECTION, STANDARD_RATE_PROTECTION)
    pd.testing.assert_frame_equal(same, staff)
    assert protect_rates(staff) is staff
    assert protect_rates(public, THIRTY, STANDARD_RATE_PROTECTION) is public
    with pytest.raises(InputError, match="protected for another audience"):
        protect_rates(staff, THIRTY, STANDARD_RATE_PROTECTION)


def published(rows: list[tuple[str, str, float, float, float | None, int]]) -> pd.DataFrame:
    """Rates that a file gives as it has them: group, status, ends, number and students."""
    table = rates_of({("01", 2021, "graduation_4year"): {name: Group(students, 0) for name, *_, students in rows}})
    columns = ["status", "low", "high", "exact"]
    values = pd.DataFrame([row[1:5] for row in rows], index=[row[0] for row in rows], columns=columns)
    return table.assign(text="as printed", **{name: values[name].loc[table["subgroup"]].to_numpy() for name in columns})


def test_published_bands_and_rounded_rates_become_no_finer_than_for_staff() -> None:
    rates = published(
        [
            ("all", "exact", 0.515, 0.525, 0.52, 120),  # staff have 51.5 to 53.5
            ("M", "range", 0.50, 0.59, None, 60),  # ten points: as published, for all
            ("F", "range", 0.52, 0.53, None, 60),  # too narrow: put into bands
            ("LEP", "range", 0.52, 0.53, None, 25),  # and this one has fewer than thirty students
            ("MHI", "range", 0.40, 0.59, None, 25),  # published as wide as states do
        ]
    )
    staff = protect_rates(rates).set_index("subgroup")
    public = protect_rates(rates, THIRTY, STANDARD_RATE_PROTECTION).set_index("subgroup")
    assert (public["low"] <= staff["low"]).all()
    assert (public["high"] >= staff["high"]).all()
    assert public["text"].tolist() == [
        "as printed" if name in ("M", "MHI") else "suppressed" if name == "LEP" else public["text"][name]
        for name in public.index
    ]
    assert staff["status"]["LEP"] == "range"


def test_no_rate_is_shown_below_the_first_row_of_the_ladder() -> None:
    policy = DisclosurePolicy(rate_bands=[{"students_from": 40, "points_wide": 10}])
    cohorts = {
        (f"{students}", 2021, "graduation_4year"): {"all": Group(students, students // 2)} for students in (10, 39, 40)
    }
    shown = protect_rates(rates_of(cohorts), rate_protection(policy))
    assert shown["status"].tolist() == ["suppressed", "suppressed", "range"]
