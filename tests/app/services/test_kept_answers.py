"""Answers that are kept: once for each key, the last used ones, and no more than fit."""

from __future__ import annotations

from app.services.kept_answers import KeptAnswers


def test_an_answer_is_made_once_for_each_key() -> None:
    made: list[str] = []
    answers = KeptAnswers()

    def answer(key: str) -> str:
        return answers.get(key, lambda: made.append(key) or key.upper(), size=len)  # type: ignore[func-returns-value]

    assert [answer("a"), answer("b"), answer("a")] == ["A", "B", "A"]
    assert made == ["a", "b"]


def test_those_used_longest_ago_go_first() -> None:
    made: list[str] = []
    answers = KeptAnswers(maximum_bytes=2)

    def use(key: str) -> None:
        answers.get(key, lambda: made.append(key) or key, size=lambda _: 1)  # type: ignore[func-returns-value]

    for key in "abaca":  # a is used again before c comes, so b goes
        use(key)
    use("b")
    assert made == ["a", "b", "c", "b"]


def test_what_is_larger_than_all_may_be_is_not_kept() -> None:
    answers, made = KeptAnswers(maximum_bytes=10), []
    for _ in range(2):
        assert answers.get("large", lambda: made.append(1) or "x" * 11, size=len) == "x" * 11  # type: ignore[func-returns-value]
    assert len(made) == 2
