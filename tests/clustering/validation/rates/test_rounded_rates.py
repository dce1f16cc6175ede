"""Files that round their rates, told by their digits, and the ends of what a rounded rate can be."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from clustering.validation.rates.rounded_rates import LEAST_ROUNDED_RATES
from tests.examples.rate_files import WEST, express, judge
from tests.examples.rated_schools import rated_schools

WHOLE = ["51", "52", "53", "54", "55", "56", "57", "58", "59", "61"]


def ends_of(texts: list[str], **columns: list[str]) -> dict[str, tuple[float, float, float]]:
    """Text to ends and exact rate of a state's own list, one school each; an end not reached is one step inside."""
    rates = rated_schools({"graduation_rate": texts, **columns}).rates
    rows = rates[["low", "high", "exact"]].itertuples(index=False, name=None)
    return dict(zip(rates["text"], rows, strict=True))


def below(share: float) -> float:
    return float(np.nextafter(share, -1))


def test_a_whole_per_cent_stands_for_all_rates_that_round_to_it() -> None:
    found = ends_of([*WHOLE, "67", "0", "100"])
    assert found["67"] == (0.665, below(0.675), 0.67)
    assert found["0"] == (0.0, below(0.005), 0.0)
    assert found["100"] == (0.995, 1.0, 1.0)


def test_a_file_with_a_decimal_rounds_to_it() -> None:
    # One rate tells that the file gives tenths: the others have lost their zero, or are whole by chance.
    found = ends_of([*WHOLE, "67", "66.9%"])
    assert found["66.9%"] == (0.6685, below(0.6695), 0.669)
    assert found["67"] == (0.6695, below(0.6705), 0.67)


@pytest.mark.parametrize(("last", "half"), [("0.67", 0.005), ("0.675", 0.0005), ("0.7", 0.005)])
def test_shares_are_rounded_as_per_cents_are(last: str, half: float) -> None:
    found = ends_of([*(f"0.{text}" for text in WHOLE), last, "1"])
    number = float(last)
    assert found[last] == (round(number - half, 9), below(round(number + half, 9)), number)
    assert found["1"] == (round(1 - half, 9), 1.0, 1.0)


def test_fewer_than_ten_may_be_whole_by_chance() -> None:
    assert len(WHOLE) == LEAST_ROUNDED_RATES
    assert ends_of(WHOLE)["51"] == (0.505, below(0.515), 0.51)
    assert ends_of(WHOLE[1:])["52"] == (0.52, 0.52, 0.52)
    # 0 and 100 per cent are whole in any file, and bands and counts are no rounded numbers.
    others = ["0", "100", "0%", "100%", "60-69", "LT50", "PS", "3 of 4"]
    assert ends_of([*WHOLE[1:], *others])["52"] == (0.52, 0.52, 0.52)


def test_many_digits_are_those_of_a_quotient() -> None:
    assert ends_of([*WHOLE, "66.66666667"])["51"] == (0.51, 0.51, 0.51)


def test_bands_and_counts_stay_as_they_are() -> None:
    found = ends_of([*WHOLE, "60-69", "LT50", "8 of 12"])
    assert found["60-69"][:2] == (0.6, 0.69)
    assert found["LT50"][:2] == (0.0, below(0.5))
    assert found["8 of 12"] == (8 / 12, 8 / 12, 8 / 12)


def test_every_measure_and_year_is_judged_by_itself() -> None:
    table = {
        "school_id": [f"{number:02d}" for number in range(1, 11)] * 2,
        "school_year": ["2021-22"] * 10 + ["2020-21"] * 10,
        "graduation_rate": [*WHOLE, *WHOLE[:-1], "61.5"],
        "index": WHOLE * 2,
    }
    rates = rated_schools(table).rates
    width = (rates["high"] - rates["low"]).round(6)
    assert width[rates["measure"] == "index"].eq(0).all()
    graduation = rates[rates["measure"] == "graduation_4year"]
    assert width[graduation.index[graduation["year"] == 2021]].eq(0.01).all()
    assert width[graduation.index[graduation["year"] == 2020]].eq(0.001).all()


def test_counts_beside_a_rounded_rate_say_it_exactly() -> None:
    ids = pd.Index([f"{number:012d}" for number in range(10_000_000_001, 10_000_000_013)])
    values = [*(f"{text}%" for text in WHOLE), "67%", "67%"]
    rows = [express(school, value, "12") for school, value in zip(ids, values, strict=True)]
    # 8 of 12 are 66.7 per cent; 9 of 12 are 75, so the rate is of other students, and is left as it is.
    numerators = [""] * len(WHOLE) + ["8", "9"]
    table = pd.DataFrame(rows).assign(Numerator=numerators)
    performance, _ = judge(table, schools=ids)
    columns = ["low", "high", "exact", "text"]
    assert performance.rates[columns].iloc[-2].tolist() == [8 / 12, 8 / 12, 8 / 12, "8 of 12"]
    assert performance.rates[columns].iloc[-1].tolist() == [0.665, below(0.675), 0.67, "67%"]


def test_counts_beside_a_few_rates_only_change_nothing() -> None:
    table = pd.DataFrame([{**express(WEST, "67%", "12"), "Numerator": "8"}])
    performance, _ = judge(table)
    assert performance.rates[["low", "exact", "text"]].iloc[0].tolist() == [0.67, 0.67, "67%"]
