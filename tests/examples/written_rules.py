"""Rules as people write them, for tests: their numbers, and the problems of what is none."""

from __future__ import annotations

from typing import Any

import pytest

from clustering import (
    InputError,
    Problem,
    read_rule,
)


def problems_of(source: Any) -> list[Problem]:
    with pytest.raises(InputError) as refused:
        read_rule(source)
    for problem in refused.value.problems:
        assert problem.message
        assert problem.remedy
        assert problem.table == "rule"
    return list(refused.value.problems)


NUMBERS = ("threshold", "bottom_share", "bottom_count", "years", "minimum_years", "decimals", "minimum_students")
