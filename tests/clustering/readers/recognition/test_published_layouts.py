"""The register of states and districts: what each layout says of itself, and that no two are taken for one another."""

from __future__ import annotations

import re
import tomllib
from itertools import permutations

import pytest

from clustering.model.spelling import british
from clustering.readers.recognition.aliases import ALIASES
from clustering.readers.recognition.headings import heading_key, is_known_heading
from clustering.readers.recognition.published_layouts import (
    REGISTER,
    ROLES,
    PublishedLayout,
    published_layouts,
    year_free_key,
)
from clustering.readers.recognition.school_aliases import LEARNED, SCHOOL_ALIASES

LAYOUTS = published_layouts()
DISTRICTS = {
    *("Boston", "Chicago", "Los Angeles", "Miami-Dade", "New York City", "Philadelphia", "San Francisco"),
    "Washington, DC",
}


def test_the_register_has_states_and_large_districts() -> None:
    sources = {tomllib.loads(path.read_text(encoding="utf-8"))["source"] for path in REGISTER.glob("*.toml")}
    assert sources >= DISTRICTS
    assert len(sources - DISTRICTS) >= 12
    assert len({layout.name for layout in LAYOUTS}) == len(LAYOUTS)


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)
def test_a_layout_says_where_it_was_seen_and_is_told_by_headings_of_its_own(layout: PublishedLayout) -> None:
    assert re.search(r"^[a-z0-9.-]+\.[a-z]{2,}\b.*; read \d{1,2} \w+ 20\d\d$", layout.seen)
    assert layout.role in ROLES
    # A file that has only headings which every file may have is no published layout.
    assert any(not is_known_heading(heading, layout.role) for heading in layout.needs)
    assert len(layout.needs) >= 3
    keys = {year_free_key(heading) for heading in layout.needs}
    assert {year_free_key(heading) for heading in layout.options.rows} <= keys


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)
def test_a_layout_reads_columns_that_its_role_has(layout: PublishedLayout) -> None:
    assert set(layout.options.columns) <= set(ALIASES[layout.role])
    headings = [part for heading in layout.options.columns.values() for part in heading.split("+")]
    keys = [year_free_key(heading) for heading in headings]
    assert len(set(keys)) == len(keys)
    assert set(layout.example["written"]) <= {"school_id", *layout.options.columns}
    assert set(layout.example.get("others", {})) == set(layout.options.rows)


def test_a_file_with_the_headings_of_one_layout_does_not_fit_another() -> None:
    def headings(layout: PublishedLayout) -> set[str]:
        read = {part for heading in layout.options.columns.values() for part in heading.split("+")}
        every = {*layout.needs, *read, *layout.example.get("more", ()), *layout.example.get("filled", {})}
        return {year_free_key(heading) for heading in every}

    confused = [
        (one.name, other.name)
        for one, other in permutations(LAYOUTS, 2)
        if one.role == other.role and set(other.keys) <= headings(one)
    ]
    assert confused == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Four Year Rate - Class of 2017", "four_year_rate"),
        ("2022-23 Four-year Cohort Graduation Rate", "Four-Year Cohort Graduation Rate"),
        ("School Enrollment as of Oct 2023", "School_Enrolment_as_of_Oct_2019"),
        ("grades2018", "Grades 2020"),
        ("# Student Enrollment", "student enrolment"),
    ],
)
def test_headings_are_compared_without_year_case_and_signs(one: str, other: str) -> None:
    assert year_free_key(one) == year_free_key(other)


def test_headings_of_other_words_differ() -> None:
    assert year_free_key("Four-Year Graduation Rate") != year_free_key("Five-Year Graduation Rate")
    assert year_free_key("4 year rate") != year_free_key("5 year rate")


def test_a_learned_heading_has_one_meaning_wherever_it_was_seen() -> None:
    meanings: dict[str, set[str]] = {}
    for layout in LAYOUTS:
        for column, heading in layout.options.columns.items():
            meanings.setdefault(british(heading_key(heading)), set()).add(column)
    learned = {british(heading): column for column, headings in LEARNED.items() for heading in headings}
    assert sum(len(headings) for headings in LEARNED.values()) == len(learned)
    assert {heading: meanings[heading] for heading in learned.keys() & meanings.keys()} == {
        heading: {column} for heading, column in learned.items() if heading in meanings
    }
    # The others are plain words for a graduation rate, and headings that the guide's readers have named.
    assert len(learned.keys() & meanings.keys()) >= len(learned) - 5
    assert all(set(headings) <= set(SCHOOL_ALIASES[column]) for column, headings in LEARNED.items())
