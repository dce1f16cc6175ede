"""Files in the shape that states and districts publish are read without an option, value by value, never wrongly."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bench.published_files import generate_file, later
from bench.register import CHANGES, compare, outcome_of, read
from clustering.readers.recognition.published_layouts import PublishedLayout, layouts_by_name, published_layouts

# One of each kind: an identifier in parts, a year in the heading, rates from counts, a directory, catchments.
SAMPLE = (
    *("California: adjusted cohort graduation rates", "Oregon: cohort media file, sheet 4YR District and School"),
    *("Wisconsin: high school completion, certified", "Texas: directory AskTED", "Chicago: attendance boundaries"),
)


@pytest.mark.parametrize("layout", published_layouts(), ids=lambda layout: layout.name)
def test_a_file_as_it_is_published_is_read_value_by_value(layout: PublishedLayout, tmp_path: Path) -> None:
    assert outcome_of(generate_file(layout), tmp_path) == "right"


@pytest.mark.parametrize("name", SAMPLE)
@pytest.mark.parametrize("change", [name for name in CHANGES if name != "as published"])
def test_a_changed_file_is_not_read_wrongly(name: str, change: str, tmp_path: Path) -> None:
    file = CHANGES[change](generate_file(layouts_by_name()[name], 1), np.random.default_rng(1))
    assert outcome_of(file, tmp_path) == "right"


def test_control_what_is_read_wrongly_or_not_at_all_is_found(tmp_path: Path) -> None:
    file = generate_file(layouts_by_name()["Texas: four-year graduation rates by campus"])
    reading = read(file, tmp_path)
    assert compare(file, reading) == "right"
    key = next(key for key, share in file.rates.items() if share is not None)
    assert compare(replace(file, rates={**file.rates, key: 0.123}), reading) == "wrong"
    assert compare(file, replace(reading, rates=reading.rates[reading.rates["school_id"] != key[0]])) == "unread"
    assert compare(file, replace(reading, schools=reading.schools.rename(index={key[0]: "other"}))) == "wrong"


def test_years_in_headings_are_made_later() -> None:
    assert later("Rate - Class of 2017", 2) == "Rate - Class of 2019"
    assert later("1999-00 rate", 1) == "2000-01 rate"
    assert later("School 12345", 1) == "School 12345"
