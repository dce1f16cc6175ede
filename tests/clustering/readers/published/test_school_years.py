"""School years as files write them: full ones, bare ones, and what dates settle."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import pandas as pd
import pytest

from clustering.readers.published.school_years import parse_school_years


def settled(
    texts: Sequence[str],
    convention: Literal["fall", "spring"] | None = None,
    dates: Sequence[tuple[str, int, int]] = (),
) -> list[int | None]:
    table = pd.DataFrame(dates, columns=["text", "year", "records"]) if dates else None
    years = parse_school_years(pd.Index(texts, dtype="str"), convention=convention, dates=table).years
    return [None if pd.isna(year) else year for year in years]


def test_full_school_years_need_no_convention() -> None:
    texts = ["2022-23", "2022-2023", "2022/23", "2022–23", "1999-00", "1999-2000", ""]
    assert settled(texts) == [2022, 2022, 2022, 2022, 1999, 1999, None]
    assert settled(texts, "spring") == settled(texts)
    assert settled(["SY2022-23", "22-23", "FY23", "20222023"]) == [2022, 2022, 2022, 2022]
    assert settled(["2122", "2223"]) == [2021, 2022]  # pairs, since 2122 is no year
    assert settled(["SY2023"], "spring") == [2022]


@pytest.mark.parametrize("text", ["2022-24", "2022-2123", "1066", "2022-2022", "20222"])
def test_what_is_no_school_year_is_named(text: str) -> None:
    assert parse_school_years(pd.Index([text], dtype="str"), convention="fall").unreadable == (text,)


def test_a_bare_year_is_what_it_is_said_to_be() -> None:
    assert settled(["2022", "2023.0"], "fall") == [2022, 2023]
    assert settled(["2022", "2023.0"], "spring") == [2021, 2022]
    assert settled(["2022"]) == [None]
    assert parse_school_years(pd.Index(["2022"], dtype="str")).is_ambiguous


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        ([("2023", 2022, 100)], 2022),  # all entries and exits in 2022-23: the spring of 2023
        ([("2023", 2023, 100)], 2023),
        ([("2023", 2022, 99), ("2023", 2023, 1)], 2022),  # one slip in a hundred
        ([("2023", 2021, 60), ("2023", 2022, 20), ("2023", 2023, 20)], 2023),  # entries carried over from earlier years
        ([("2023", 2022, 90), ("2023", 2023, 10)], None),  # neither here nor there
        ([("2023", 2015, 100)], None),
    ],
)
def test_dates_settle_a_bare_year(dates: list[tuple[str, int, int]], expected: int | None) -> None:
    assert settled(["2023"], dates=dates) == [expected]
