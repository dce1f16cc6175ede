"""Notes in place of identifiers."""

from __future__ import annotations

import pytest

from clustering.readers.text.notes import is_note


@pytest.mark.parametrize(
    ("text", "expected"),
    [("* fewer than 10", True), ("**a b", True), ("† x", True), ("*7", False), ("*" * 1_000_000, False)],
)
def test_marks_before_words_are_notes_and_marks_alone_are_none(text: str, expected: bool) -> None:
    # A million marks took over an hour while each number of them was tried.
    assert is_note(text) is expected
