"""Degrees as people write them."""

from __future__ import annotations

import pytest

from clustering.readers.text.degrees import parse_degrees


@pytest.mark.parametrize(
    ("text", "degrees"),
    [
        ("40\u00b003'00\"N", 40.05),
        ("N40 03 00", 40.05),
        ("40-03-00", 40.05),
        ("40\u00b0 3' N", 40.05),
        ("91\u00b009\u201900\u201dW", -91.15),
        ("-91 09 00", -91.15),
        ("91.15 W", -91.15),
        ("40.05\u00b0", 40.05),
        ("33 30 S", -33.5),
        ("40 61 00", None),  # no such minute
        ("40.5 30", None),
        ("N 40 S", None),
        ("40.05, -91.15", None),
        ("about 40", None),
        ("4" * 50, None),
    ],
)
def test_degrees(text: str, degrees: float | None) -> None:
    assert parse_degrees(text) == (None if degrees is None else pytest.approx(degrees))
