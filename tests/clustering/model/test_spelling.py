"""``enrollment`` is ``enrolment``."""

from __future__ import annotations

import pytest

from clustering.model.spelling import british, heading_of, in_both_spellings
from clustering.readers.file_options import FileOptions
from clustering.readers.recognition.aliases import ALIASES
from clustering.readers.recognition.headings import is_known_heading, recognise_headings


@pytest.mark.parametrize(
    ("name", "spelled"),
    [
        ("enrollment", "enrolment"),
        ("maximum_enrollment_students", "maximum_enrolment_students"),
        ("Total Enrollment", "Total Enrolment"),
        ("enrolment", "enrolment"),
        ("enrolled", "enrolled"),
        ("enroll", "enroll"),
    ],
)
def test_only_the_noun_is_spelled_anew(name: str, spelled: str) -> None:
    assert british(name) == spelled


def test_a_heading_keeps_its_own_spelling_where_a_file_has_both() -> None:
    keys = in_both_spellings({"enrollment": "Enrollment", "enrolment": "Enrolment"})
    assert heading_of(["enrollment"], keys) == "Enrollment"
    assert heading_of(["enrolment"], keys) == "Enrolment"
    assert heading_of(["pupils"], keys) is None


@pytest.mark.parametrize("role", ALIASES)
def test_every_heading_of_every_table_is_known_in_both_spellings(role: str) -> None:
    fields: dict[str, str] = {}  # a heading that two fields know, alone in a file, is the first one's
    for canonical, aliases in ALIASES[role].items():
        for alias in aliases:
            fields.setdefault(alias, canonical)
    for alias, canonical in fields.items():
        american = british(alias).replace("enrolment", "enrollment")
        for heading in {american, british(alias)}:
            found = recognise_headings([heading], table="t", role=role, options=FileOptions()).headings
            assert found.get(canonical) == heading or canonical == "state_school_id", (canonical, heading)
            assert is_known_heading(heading, role)
