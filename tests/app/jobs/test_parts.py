"""Parts that are worked out elsewhere, and what comes back of them."""

from __future__ import annotations

import pytest

from app.jobs.parts import PartsExecutor, work_out_part
from clustering import InputError, Problem

FAULT = Problem(table="flows", message="Bad.", remedy="Mend it.")


def fail() -> None:
    raise InputError([FAULT])


def test_the_problem_of_a_part_arrives_as_it_was_raised() -> None:
    sent: list[tuple[int, bytes]] = []
    executor = PartsExecutor(lambda number, part: sent.append((number, part)))
    future = executor.submit(fail)
    ((number, part),) = sent
    executor.receive(number, "result", work_out_part(lambda _stage, _fraction: None, part))
    with pytest.raises(InputError) as raised:
        future.result(timeout=0)
    assert raised.value.problems == (FAULT,)


def test_an_answer_that_cannot_be_read_ends_the_wait() -> None:
    executor = PartsExecutor(lambda _number, _part: None)
    future = executor.submit(fail)
    executor.receive(0, "result", b"half an answer")
    with pytest.raises(Exception, match="index 97"):
        future.result(timeout=0)
