"""The attack over all counts: what is left of each, for one who has every table and knows every denominator."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from clustering import Scenario, parse_policy
from clustering.conditions.progress.protection import BASE_COLUMNS, protect_values
from clustering.disclosure.protected_base import rate_protection
from clustering.disclosure.protection import Protection
from clustering.disclosure.rates import protect_rates
from tests.examples.progress_rows import scenario_of

YEAR = 2021
SIZES = (*range(1, 61), 75, 99, 100, 101, 150, 299, 300, 301, 400)
# Of large groups only counts near either end: small ones are there, and some beyond.
NEAR = 40
PAIRS = pd.DataFrame(
    [
        (students, counted)
        for students in SIZES
        for counted in sorted({*range(min(students, NEAR) + 1), *range(max(students - NEAR, 0), students + 1)})
    ],
    columns=["students", "counted"],
)
PAIRS["school_id"] = [f"s{number:05d}" for number in range(len(PAIRS))]
SCHOOLS = dict.fromkeys(PAIRS["school_id"], "9-12")
PLAIN = scenario_of(SCHOOLS)


def values(pairs: pd.DataFrame = PAIRS, indicator: str = "graduation") -> pd.DataFrame:
    """``ProgressValues.rows`` of the counts: a school each."""
    share = pairs["counted"] / pairs["students"]
    return pd.DataFrame(
        {
            "school_id": pairs["school_id"],
            "year": YEAR,
            "indicator_id": indicator,
            "status": "exact",
            **dict.fromkeys(("value", "low", "high"), share),
            "numerator": pairs["counted"].astype("float64"),
            "denominator": pairs["students"].astype("float64"),
        }
    )


def rates(form: str, year: int | None, pairs: pd.DataFrame = PAIRS) -> pd.DataFrame:
    """``Scenario.rates`` with the same counts: counted, in whole per cents of known or unknown size, or as bands."""
    share = pairs["counted"] / pairs["students"]
    whole = (100 * share + 0.5 + 1e-9).pipe(np.floor) / 100
    tens = (np.floor(10 * share + 1e-9) / 10).clip(upper=0.9)
    ends = {"counts": (share, share), "bands": (tens, tens + 0.09)}
    low, high = ends.get(
        form, ((whole - 0.005).clip(lower=0), pd.Series(np.nextafter(whole + 0.005, -1)).clip(upper=1))
    )
    is_sized, is_band = form in ("counts", "per cents of known size"), form == "bands"
    sizes = pairs["students"].astype("Int64") if is_sized else pd.array([None] * len(pairs), dtype="Int64")
    of_counts = pairs["counted"].astype("str") + " of " + pairs["students"].astype("str")
    return pd.DataFrame(
        {
            "school_id": pairs["school_id"].astype("str"),
            "year": pd.array([year] * len(pairs), dtype="Int64"),
            "measure": "graduation_4year",
            "subgroup": "all",
            "grade": "all",
            "cohort_students": sizes,
            "cohort_at_most": sizes,
            "low": low,
            "high": high,
            "exact": np.nan if is_band else share if form == "counts" else whole,
            "status": "range" if is_band else "exact",
            "text": of_counts if form == "counts" else (100 * whole).round().astype("str"),
        }
    )


def with_policy(scenario: Scenario, policy: str) -> Scenario:
    protection = Protection(policy=parse_policy(policy), method="pooled years")
    return replace(scenario, protections={"protected": protection})


def shown_values(scenario: Scenario, rows: pd.DataFrame) -> pd.DataFrame:
    """All that is shown of each school, as text; a row per pair."""
    base = protect_values(rows, scenario, "protected").set_index("school_id")
    assert len(base) == len(rows)
    return base.reindex(PAIRS["school_id"])[list(BASE_COLUMNS[1:])].astype("str").reset_index(drop=True)


def shown_rates(scenario: Scenario, policy: str) -> pd.DataFrame:
    shown = protect_rates(scenario.rates, rate_protection(parse_policy(policy))).set_index("school_id")
    return shown.reindex(PAIRS["school_id"]).astype("str").reset_index(drop=True)


def values_left(*tables: pd.DataFrame) -> pd.Series:
    """How many counts of the same denominator look the same in all tables."""
    keys = pd.concat([PAIRS["students"], *(table.add_prefix(f"{n}_") for n, table in enumerate(tables))], axis=1)
    return keys.groupby(list(keys.columns), dropna=False)["students"].transform("size")


def is_small(minimum: int) -> pd.Series:
    """Counts below the minimum, none among them, on either side: what looks like these must be as many."""
    others = PAIRS["students"] - PAIRS["counted"]
    return (PAIRS["counted"] < minimum) | (others < minimum)


@pytest.mark.parametrize(("policy", "minimum"), [("standard", 10), ("minimum-30", 30), ("new-york", 5)])
@pytest.mark.parametrize("indicator", ["graduation", "suspensions", "staff_retention"])
def test_every_small_count_keeps_five_values(policy: str, minimum: int, indicator: str) -> None:
    scenario = with_policy(PLAIN, policy)
    left = values_left(shown_values(scenario, values(indicator=indicator)))
    possible = parse_policy(policy).least_possible_values
    needed = np.minimum(possible, PAIRS["students"] + 1)
    assert (left >= needed)[is_small(minimum)].all()
    suppressed = PAIRS["students"] < minimum
    assert (left == PAIRS["students"] + 1)[suppressed].all()


@pytest.mark.parametrize("year", [YEAR, None])
@pytest.mark.parametrize("form", ["counts", "per cents of known size", "per cents", "bands"])
@pytest.mark.parametrize("policy", ["standard", "minimum-30"])
def test_beside_the_rates_of_the_dataset_nothing_more_is_told(policy: str, form: str, year: int | None) -> None:
    """The attacker has what is shown of the rates too, of the same year, or of a year that nobody knows."""
    scenario = with_policy(replace(PLAIN, rates=rates(form, year)), policy)
    of_rates = shown_rates(scenario, policy)
    alone, together = values_left(of_rates), values_left(of_rates, shown_values(scenario, values()))
    needed = np.minimum(5, PAIRS["students"] + 1)
    assert (together >= np.minimum(alone, needed)).all()
    if year is not None:
        assert (together == alone).all()


@pytest.mark.parametrize("digits", [2, 3])
def test_rounded_rates_with_a_denominator_keep_five_values(digits: int) -> None:
    rows = values(indicator="suspensions").assign(numerator=np.nan)
    number = np.floor(rows["value"] * 10**digits + 0.5 + 1e-9) / 10**digits
    left = values_left(shown_values(PLAIN, rows.assign(**dict.fromkeys(("value", "low", "high"), number))))
    assert (left >= np.minimum(5, PAIRS["students"] + 1))[is_small(10)].all()


@pytest.mark.parametrize("is_printed_whole", [False, True])
@pytest.mark.parametrize("points", [2, 4, 5, 10, 20, 50])
def test_bands_of_the_file_keep_five_values(points: int, *, is_printed_whole: bool) -> None:
    """The attacker knows the form of the file: all bands that there could have been."""
    rows = values(indicator="suspensions").assign(numerator=np.nan, status="range", value=np.nan)
    first = (np.floor(100 / points * rows["low"] + 1e-9) * points).clip(upper=100 - points)
    last = (first + points - is_printed_whole * (first + points < 100)) / 100  # 60-64, and 95-100
    shown = shown_values(PLAIN, rows.assign(low=first / 100, high=last))
    left = values_left(shown)
    assert (left >= np.minimum(5, PAIRS["students"] + 1))[is_small(10)].all()
    assert (shown["status"] == "range").any()


@pytest.mark.parametrize("enrolled", [0.5, 0.9, 1.0, 1.3, 2.0])
def test_a_rate_without_denominator_keeps_five_values_whatever_the_enrolment(enrolled: float) -> None:
    """The attacker knows the denominator; the file and the program know the enrolment only."""
    size = pd.Series(np.floor(PAIRS["students"] * enrolled).to_numpy(), index=PAIRS["school_id"])
    scenario = replace(PLAIN, schools=PLAIN.schools.assign(enrolment_students=size.reindex(PLAIN.schools.index)))
    rows = values(indicator="suspensions").assign(numerator=np.nan, denominator=np.nan)
    shown = shown_values(scenario, rows)
    left = values_left(shown)
    assert (left >= np.minimum(5, PAIRS["students"] + 1))[is_small(10)].all()
    assert (shown["status"] == "range").any()
    # Of a group whose size nothing tells, nothing is shown.
    of_unknown = shown_values(scenario, rows.assign(indicator_id="graduation"))
    assert set(of_unknown["status"]) == {"suppressed"}
    assert set(of_unknown["basis"]) == {"no number of students"}
