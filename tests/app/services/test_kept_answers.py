"""Answers that are kept: once for each key, the last used ones, and no more than fit."""

from __future__ import annotations

from app.services.kept_answers import KeptAnswers


class Worker:
    """Works answers out and remembers for which keys it did; each answer counts one byte for each sign of its key."""

    def __init__(self, maximum_bytes: int) -> None:
        self.made: list[str] = []
        self._answers = KeptAnswers(maximum_bytes)

    def answer(self, key: str) -> str:
        def make() -> str:
            self.made.append(key)
            return key.upper()

        return self._answers.get(key, make, size=len)


def test_an_answer_is_made_once_for_each_key() -> None:
    worker = Worker(maximum_bytes=10)
    assert [worker.answer(key) for key in "aba"] == ["A", "B", "A"]
    assert worker.made == ["a", "b"]


def test_those_used_longest_ago_go_first() -> None:
    worker = Worker(maximum_bytes=2)
    for key in ("a", "b", "a", "c", "a", "b"):  # a is used again before c comes, so b goes
        worker.answer(key)
    assert worker.made == ["a", "b", "c", "b"]


def test_what_is_larger_than_all_may_be_is_not_kept() -> None:
    worker = Worker(maximum_bytes=3)
    assert [worker.answer("large") for _ in range(2)] == ["LARGE", "LARGE"]
    assert worker.made == ["large", "large"]
