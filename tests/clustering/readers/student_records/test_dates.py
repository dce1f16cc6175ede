"""Dates as student records write them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from clustering.readers.student_records.dates import NO_DATE, parse_date


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2022-08-15", date(2022, 8, 15)),
        ("2022-08-15T00:00:00", date(2022, 8, 15)),
        ("2022-08-15 00:00:00.000", date(2022, 8, 15)),
        ("8/5/2022", date(2022, 8, 5)),
        ("08/05/2022 0:00", date(2022, 8, 5)),
        ("20220815", date(2022, 8, 15)),
        ("08152022", date(2022, 8, 15)),
        ("20121020", date(2012, 10, 20)),
    ],
)
def test_dates(text: str, expected: date) -> None:
    assert date(1970, 1, 1) + timedelta(days=parse_date(text)) == expected


def test_no_dates() -> None:
    assert {parse_date(text) for text in ("", "9999-12-31", "1900-01-01")} == {NO_DATE}
    for text in ("2022-02-30", "15/8/2022", "2022", "8/15/22", "soon"):
        with pytest.raises(ValueError, match=r"."):
            parse_date(text)
