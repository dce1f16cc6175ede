"""Headers that are longer than the part of a file that is looked at first."""

from __future__ import annotations

import pytest

from clustering.readers.file_options import FileOptions
from clustering.readers.text.layout import recognise_layout


@pytest.mark.parametrize("above", ["", "A note\nAnother note\n"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_long_header_is_read_as_a_whole(above: str, end: str) -> None:
    headings = ["school_id", *(f"column {number} {'x' * 180}" for number in range(1_999))]
    record = ",".join(["1"] * 2_000)
    text = (above.replace("\n", end) + ",".join(headings) + end + (record + end) * 200).encode()
    assert len(",".join(headings)) > 1 << 18
    layout = recognise_layout(text, "a.csv", options=FileOptions(), is_known_heading=lambda cell: cell == "school_id")
    assert layout.headings == tuple(headings)
    assert layout.header_row == 1 + above.count("\n")
