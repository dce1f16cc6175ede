"""Locks of a request, set and lifted with buttons."""

from __future__ import annotations

import pytest

from app.services.capacity import with_lock

LOCKED = {"need": "students", "force_match": ["a=1"], "forbid_match": ["b=2"], "force_served": [], "force_unserved": []}


@pytest.mark.parametrize(
    ("lock", "value", "changed"),
    [
        ("force_match", "c=3", {"force_match": ["a=1", "c=3"]}),
        ("force_match", "a=1", {}),
        # What contradicts it is lifted.
        ("force_match", "b=2", {"force_match": ["a=1", "b=2"], "forbid_match": []}),
        ("forbid_match", "a=1", {"force_match": [], "forbid_match": ["b=2", "a=1"]}),
        ("force_unserved", "a", {"force_unserved": ["a"]}),
        ("none", "a=1", {"force_match": []}),
        ("none", "z", {}),
    ],
)
def test_a_lock_is_set_and_what_contradicts_it_is_lifted(lock: str, value: str, changed: dict[str, list[str]]) -> None:
    before = {name: list(each) if isinstance(each, list) else each for name, each in LOCKED.items()}
    assert with_lock(LOCKED, lock, value) == {**LOCKED, **changed}
    assert before == LOCKED
