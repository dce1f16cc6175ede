"""Published rates as intervals."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clustering.readers.published.rates import (
    Unit,
    is_ambiguous_bound,
    is_date,
    lone_shares,
    parse_points,
    parse_rate,
    parse_rates,
)


def parse(*texts: str) -> list[tuple[float, float, float, str]]:
    rates, _ = parse_rates(pd.Series(texts, dtype="str"))
    return list(rates[["low", "high", "exact", "status"]].itertuples(index=False, name=None))


@pytest.mark.parametrize(
    ("text", "share"),
    [
        *[("93", 0.93), ("93%", 0.93), ("57", 0.57), ("0", 0.0), ("100", 1.0), ("66.7", 0.667), ("66.7 %", 0.667)],
        *[
            ("61.", 0.61),
            (".5 %", 0.005),
            ("61\u00a0%", 0.61),
            ("61\uff05", 0.61),
            ("93 percent", 0.93),
            ("93 per cent", 0.93),
        ],
        *[("6.1e1", 0.61), ("61,5", 0.615), ("61,5 %", 0.615), ("5.7E+01", 0.57)],
    ],
)
def test_an_exact_rate_is_both_ends_and_exact(text: str, share: float) -> None:
    # A hundredth to the bit: 57 must not become 0.5700000000000001, which would not be "at or below 0.57".
    ((low, high, exact, status),) = parse(text)
    assert (low, high, exact, status) == (share, share, share, "exact")


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("60-69", 0.60, 0.69),
        ("21-39", 0.21, 0.39),
        ("6-9", 0.06, 0.09),
        ("21–39", 0.21, 0.39),
        ("90-94%", 0.90, 0.94),
        ("90%-94%", 0.90, 0.94),
        ("GE50", 0.50, 1.0),
        ("GE80", 0.80, 1.0),
        ("GE95", 0.95, 1.0),
        ("GE99", 0.99, 1.0),
        (">=80%", 0.80, 1.0),
        ("≥80%", 0.80, 1.0),
        ("LE1", 0.0, 0.01),
        ("LE5", 0.0, 0.05),
        ("le20", 0.0, 0.20),
        ("<=5%", 0.0, 0.05),
        ("60 to 69", 0.60, 0.69),
        ("60% to 69%", 0.60, 0.69),
        ("60%–69%", 0.60, 0.69),
        ("60 — 69", 0.60, 0.69),
        ("between 60 and 69", 0.60, 0.69),
        ("95% or more", 0.95, 1.0),
        ("95 percent or higher", 0.95, 1.0),
        ("95 or above", 0.95, 1.0),
        ("at least 95", 0.95, 1.0),
        ("=>95", 0.95, 1.0),
        (">= 95", 0.95, 1.0),
        ("≥95%", 0.95, 1.0),
        ("5% or less", 0.0, 0.05),
        ("5 or below", 0.0, 0.05),
        ("at most 5%", 0.0, 0.05),
        ("no more than 5%", 0.0, 0.05),
    ],
)
def test_a_band_is_its_ends_and_never_a_number(text: str, low: float, high: float) -> None:
    ((found_low, found_high, exact, status),) = parse(text)
    assert (found_low, found_high, status) == (low, high, "range")
    assert pd.isna(exact)


@pytest.mark.parametrize("text", ["LT50", "<50%", "< 50", "lt50", "less than 50%", "under 50 percent", "Below 50%"])
def test_a_strict_upper_bound_ends_just_short_of_its_number(text: str) -> None:
    ((low, high, exact, status),) = parse(text)
    assert (low, status) == (0.0, "range")
    assert 0.4999999 < high < 0.5
    assert pd.isna(exact)


@pytest.mark.parametrize("text", ["GT95", ">95", "> 95%", "more than 95%", "Over 95 percent", "greater than 95"])
def test_a_strict_lower_bound_begins_just_above_its_number(text: str) -> None:
    ((low, high, _, status),) = parse(text)
    assert (high, status) == (1.0, "range")
    assert 0.95 < low < 0.9500001


def test_counts_are_an_exact_rate_and_say_nothing_of_the_unit() -> None:
    rates, units = parse_rates(pd.Series(["351 of 506", "1,000 of 1,250", "0 of 7", "0.5"]))
    assert rates["exact"].tolist() == [351 / 506, 0.8, 0.0, 0.5]
    assert units == ["share"]


def test_points_are_any_number() -> None:
    points = parse_points(
        pd.Series(["412.5", "-3", "+.5", "1e2", "65%", "−2", "PS", "", "†", "1e400", "60-69", "LT50"])
    )
    assert points["exact"].tolist()[:6] == [412.5, -3.0, 0.5, 100.0, 65.0, -2.0]
    assert (points["low"].dropna() == points["exact"].dropna()).all()
    assert points["status"].tolist() == [
        *["exact"] * 6,
        *("suppressed", "missing", "not applicable", "unreadable", "unreadable", "unreadable"),
    ]
    assert points.loc[6:, ["low", "high", "exact"]].isna().all(axis=None)


def test_a_hash_rounds_to_zero_but_may_be_more() -> None:
    ((low, high, exact, status),) = parse("#")
    assert (low, status) == (0.0, "range")
    assert 0.00499 < high < 0.005
    assert pd.isna(exact)


@pytest.mark.parametrize(
    ("text", "status"),
    [
        *((text, "suppressed") for text in ("PS", "ps", "S", "*", "**", "--", "DS", "‡", "N<10", "n < 10", "n<=15")),
        *((text, "suppressed") for text in ("***", "~", "TFS", "Too Few Students", "fewer than 10", "n<", "Redacted")),
        *((text, "suppressed") for text in ("-1", "−1", "-3", "Masked", "<10 students", "10 or fewer", "N size < 10")),
        *((text, "missing") for text in ("-2", "?", "•", "NULL", "0 of 0", "No data", "Not available")),
        *((text, "missing") for text in ("", ".", "-", "–", "—", "NA", "M", "MISSING", "Not reported", "[]")),
        *((text, "not applicable") for text in ("n/a", "N/A", "N", "†", "Not Applicable")),
    ],
)
def test_nothing_known_is_no_number(text: str, status: str) -> None:
    ((low, high, exact, found),) = parse(text)
    assert found == status
    assert pd.isna(exact)
    if status == "suppressed":
        assert (low, high) == (0.0, 1.0)
    else:
        assert pd.isna(low)
        assert pd.isna(high)


@pytest.mark.parametrize(
    "text",
    [
        *("about 60", "101", "70-60", "GE101", "-5", "6o", "1e400", "93*", "*93", "93†", "<", "GE", "60-", "-60"),
        *("60-69-70", "14-Oct", "Nov-19", "9-Jun", "9/12", "ninety", "٩٣", "%", "0x10", "inf"),
        *(
            "-9",
            "-99",
            "-999",
            "-9999",
            "-6666",
            "999",
            "9999",
            "NC",
            "DNE",
            "NR",
            "#N/A",
            "#DIV/0!",
            "^",
            "95+",
            "66.7 (1)",
        ),
        *("507 of 506", "1 of 0", "* of 12", "351 of", "of 506", "3.5 of 10", "-1 of 10"),
    ],
)
def test_unknown_text_is_never_a_number(text: str) -> None:
    ((low, high, exact, status),) = parse(text)
    assert status == "unreadable"
    assert pd.isna(low)
    assert pd.isna(high)
    assert pd.isna(exact)


def test_a_band_that_became_a_date_is_told_apart() -> None:
    assert [is_date(text) for text in ("14-Oct", "Nov-19", "9-jun", "10-14", "PS", "")] == [True] * 3 + [False] * 3


def test_a_bare_bound_is_ambiguous_and_one_with_a_sign_is_not() -> None:
    assert [is_ambiguous_bound(text) for text in ("<10", "< 5", "<50%", "LT50", "N<10")] == [True] * 2 + [False] * 3


def test_a_column_of_shares_is_told_from_one_of_per_cents() -> None:
    shares, units = parse_rates(pd.Series(["0.42", "1", "0", "0.60-0.69", "<0.5"]))
    assert units == ["share"]
    assert shares["low"].tolist() == [0.42, 1.0, 0.0, 0.60, 0.0]
    assert shares["high"].tolist()[:4] == [0.42, 1.0, 0.0, 0.69]
    per_cents, units = parse_rates(pd.Series(["42", "1", "0"]))
    assert units == ["percent"]
    assert per_cents["low"].tolist() == [0.42, 0.01, 0.0]


BOTH, PER_CENT, SHARE = ["percent", "share"], ["percent"], ["share"]


@pytest.mark.parametrize(
    ("texts", "units", "lone"),
    [
        (["0.42", "67"], BOTH, []),
        (["0.7", "66.5", "91.2"], PER_CENT, ["0.7"]),
        (["0.7", "0.7", "66.5", "91.2"], BOTH, []),  # two of four
        (["0.7", "0.7", *["66.5"] * 40], PER_CENT, ["0.7"]),  # two of forty
        (["0.665", "66.5", "91.2"], BOTH, []),  # more decimals than the others: a share
        (["0.7", "66", "91"], BOTH, []),
        (["0.7", "66.5%", "91.2%"], BOTH, []),  # without the sign of the others
        (["0.7%", "66.5%"], PER_CENT, []),
        ([".61", "61"], BOTH, []),
        ([".61", "1", "0"], SHARE, []),
        (["61", "1", "0"], PER_CENT, []),
    ],
)
def test_a_column_with_both_is_reported_unless_hardly_any_is_under_one(
    texts: list[str], units: list[str], lone: list[str]
) -> None:
    column = pd.Series(texts, dtype="str")
    assert (parse_rates(column)[1], lone_shares(column)) == (units, lone)
    if lone:
        assert parse_rates(column)[0]["exact"].tolist()[:1] == [0.007]


def test_the_user_says_the_unit_and_the_decimal_sign() -> None:
    texts = pd.Series(["0.7", "66.5", "1"])
    assert parse_rates(texts, unit="percent")[0]["exact"].tolist() == [0.007, 0.665, 0.01]
    in_shares = parse_rates(texts, unit="share")[0]
    assert in_shares["status"].tolist() == ["exact", "unreadable", "exact"]
    commas = pd.Series(["61,5", "70.5"])
    assert parse_rates(commas)[0]["status"].tolist() == ["unreadable", "exact"]  # the column does not show which it is
    assert parse_rates(commas, decimal="comma")[0]["exact"].tolist() == [0.615, 0.705]
    assert parse_rates(pd.Series(["61,5"]), decimal="point")[0]["status"].tolist() == ["unreadable"]


def test_nines_far_from_all_other_points_are_a_code() -> None:
    points = parse_points(pd.Series(["50", "99", "-99", "999", "-1"]))
    assert points["status"].tolist() == ["exact", "exact", "exact", "unreadable", "exact"]  # -99 is as far as 99
    assert parse_points(pd.Series(["980", "999"]))["status"].tolist() == ["exact", "exact"]
    assert parse_points(pd.Series(["0,5", "(1,5)"]))["exact"].tolist() == [0.5, -1.5]
    assert parse_rates(pd.Series(["0.42", "LT50"]))[1] == ["percent", "share"]


def test_ones_and_zeros_alone_tell_nothing_unless_the_form_of_the_file_does() -> None:
    texts = pd.Series(["1", "0", "PS"])
    assert parse_rates(texts)[1] == []
    assert parse_rates(texts, unit="percent")[0]["low"].tolist() == [0.01, 0.0, 0.0]
    assert parse_rates(texts, unit="share")[0]["low"].tolist() == [1.0, 0.0, 0.0]


def test_categories_give_what_text_gives_on_the_same_index() -> None:
    texts = pd.Series(["93", "PS", "60-69", "93"], index=[7, 3, 5, 1])
    # "0.5" is a category of no row: it must not make a column of per cents look mixed.
    categories = pd.Series(pd.Categorical(texts, categories=["0.5", "60-69", "93", "PS"]), index=texts.index)
    plain, units = parse_rates(texts)
    found, found_units = parse_rates(categories)
    pd.testing.assert_frame_equal(found, plain)
    assert found.index.tolist() == [7, 3, 5, 1]
    assert found_units == units == ["percent"]


def test_a_missing_cell_is_missing_and_not_its_neighbour() -> None:
    rates, _ = parse_rates(pd.Series(["93", None, "PS"]))
    assert rates["status"].tolist() == ["exact", "missing", "suppressed"]


@given(st.text(max_size=12) | st.from_regex(r"(GE|LT|<=?|>)?[0-9.]{1,4}(-[0-9]{1,3})?%?", fullmatch=True))
def test_any_text_gives_an_interval_within_0_and_1_or_nothing(text: str) -> None:
    ((low, high, exact, status),) = parse(text)
    if status in ("exact", "range", "suppressed"):
        assert 0 <= low <= high <= 1
    else:
        assert pd.isna(low)
        assert pd.isna(high)
    assert (status == "exact") == (not pd.isna(exact))


@pytest.mark.parametrize("text", ["93", "0.93", "93%", "60-69", "LT50", "PS", "N<10", "351 of 506", "word", "", "120"])
@pytest.mark.parametrize("unit", [None, "percent", "share"])
def test_one_rate_is_read_as_a_column_that_holds_nothing_else(text: str, unit: Unit | None) -> None:
    rates, _ = parse_rates(pd.Series([text]), unit=unit)
    (column,) = rates[["low", "high", "exact", "status"]].itertuples(index=False, name=None)
    rate = parse_rate(text, unit=unit)
    assert rate.status == column[3]
    assert rate[:3] == pytest.approx(column[:3], rel=0, abs=0, nan_ok=True)
