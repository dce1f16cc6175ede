"""Assessments and progress values as bytes and back."""

from __future__ import annotations

import pandas as pd
import pytest

from clustering import (
    InputError,
    assessments_from_bytes,
    assessments_to_bytes,
    progress_from_bytes,
    progress_to_bytes,
    read_assessments,
)
from tests.examples.progress_rows import counts

ASSESSED = read_assessments(
    pd.DataFrame({"school_id": ["0001"], "indicator": ["act-1"], "value": ["2"], "date": ["2024-01-01"], "note": ["x"]})
)
PROGRESS = counts(("0001", 2021, "suspensions", 3, 98), ("0001", 2022, "suspensions", "*", 98))


def test_what_was_packed_comes_back() -> None:
    again = assessments_from_bytes(assessments_to_bytes(ASSESSED))
    pd.testing.assert_frame_equal(again.rows, ASSESSED.rows)
    assert (again.sets, again.files, again.warnings) == (ASSESSED.sets, ASSESSED.files, ASSESSED.warnings)
    values = progress_from_bytes(progress_to_bytes(PROGRESS))
    pd.testing.assert_frame_equal(values.rows, PROGRESS.rows)
    assert values.files == PROGRESS.files
    assert progress_to_bytes(values) == progress_to_bytes(PROGRESS)


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", assessments_to_bytes(ASSESSED)])
def test_other_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(InputError):
        progress_from_bytes(data)
