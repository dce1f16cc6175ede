"""Published rates as intervals."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clustering.io.rates import parse_rates


def parse(*texts: str) -> list[tuple[float, float, str]]:
    rates, _ = parse_rates(pd.Series(texts, dtype="str"))
    return list(rates.itertuples(index=False, name=None))


@pytest.mark.parametrize(
    ("text", "low", "high", "status"),
    [
        ("93", 0.93, 0.93, "exact"),
        ("93%", 0.93, 0.93, "exact"),
        ("60-69", 0.60, 0.69, "range"),
        ("21–39", 0.21, 0.39, "range"),
        ("GE95", 0.95, 1.0, "range"),
        (">=80%", 0.80, 1.0, "range"),
        ("LE5", 0.0, 0.05, "range"),
        ("<=5%", 0.0, 0.05, "range"),
        ("PS", 0.0, 1.0, "suppressed"),
        ("*", 0.0, 1.0, "suppressed"),
        ("N<10", 0.0, 1.0, "suppressed"),
    ],
)
def test_forms_found_in_public_files(text: str, low: float, high: float, status: str) -> None:
    ((found_low, found_high, found_status),) = parse(text)
    assert (found_low, found_high) == (pytest.approx(low), pytest.approx(high))
    assert found_status == status


def test_strict_bounds_end_just_short_of_their_number() -> None:
    ((_, below, _), (above, _, _)) = parse("LT50", "GT95")
    assert 0.4999 < below < 0.5
    assert 0.95 < above < 0.9501


@pytest.mark.parametrize(
    ("text", "status"), [("", "missing"), (".", "missing"), ("[]", "missing"), ("n/a", "not applicable")]
)
def test_nothing_known_is_no_number(text: str, status: str) -> None:
    ((low, high, found),) = parse(text)
    assert pd.isna(low)
    assert pd.isna(high)
    assert found == status


@pytest.mark.parametrize("text", ["about 60", "101", "70-60", "GE101", "-5", "6o", "1e400"])
def test_unknown_text_is_never_a_number(text: str) -> None:
    ((low, high, status),) = parse(text)
    assert status == "unreadable"
    assert pd.isna(low)
    assert pd.isna(high)


def test_a_column_of_shares_is_told_from_one_of_per_cents() -> None:
    shares, units = parse_rates(pd.Series(["0.42", "1", "0"]))
    assert units == ["share"]
    assert shares["low"].tolist() == [0.42, 1.0, 0.0]
    per_cents, units = parse_rates(pd.Series(["42", "1", "0"]))
    assert units == ["percent"]
    assert per_cents["low"].tolist() == [pytest.approx(0.42), pytest.approx(0.01), 0.0]


def test_a_column_with_both_is_reported() -> None:
    assert parse_rates(pd.Series(["0.42", "67"]))[1] == ["percent", "share"]


@given(st.text(max_size=12))
def test_any_text_gives_an_interval_within_0_and_1_or_nothing(text: str) -> None:
    ((low, high, status),) = parse(text)
    if status in ("exact", "range", "suppressed"):
        assert 0 <= low <= high <= 1
    else:
        assert pd.isna(low)
        assert pd.isna(high)
