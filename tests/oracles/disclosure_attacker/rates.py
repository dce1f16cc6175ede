"""
Rates of groups: which numbers of students and graduates give the same answers to every question.

The software is public. So an attacker puts his questions to a state of his own, with a school for each number that may
be the true one, and keeps those whose answers are the same as those that he has seen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product

import pandas as pd

_SMALL = 9


def every_pair(cohorts: Sequence[int]) -> pd.DataFrame:
    """Every number of graduates of cohorts of these sizes: ``graduates`` and ``cohort``, a row each."""
    pairs = [(graduates, cohort) for cohort in cohorts for graduates in range(cohort + 1)]
    return pd.DataFrame(pairs, columns=["graduates", "cohort"])


def every_group(cohort: int, groups: Sequence[int]) -> pd.DataFrame:
    """Every number of graduates of a cohort, and of a group in it of each of these sizes."""
    rows = [
        (graduates, cohort, group_graduates, group)
        for graduates, group in product(range(cohort + 1), groups)
        for group_graduates in range(max(0, graduates - (cohort - group)), min(group, graduates) + 1)
    ]
    return pd.DataFrame(rows, columns=["graduates", "cohort", "group_graduates", "group"])


def counts_of(candidates: pd.DataFrame) -> pd.DataFrame:
    """Every count of students that a candidate tells: graduates, the others, and all students less a group."""
    counts = {
        "cohort": candidates["cohort"],
        "graduates": candidates["graduates"],
        "others": candidates["cohort"] - candidates["graduates"],
    }
    if "group" in candidates:
        counts["group"] = candidates["group"]
        counts["outside the group"] = candidates["cohort"] - candidates["group"]
        counts["group graduates"] = candidates["group_graduates"]
        counts["group others"] = candidates["group"] - candidates["group_graduates"]
        counts["graduates outside the group"] = counts["graduates"] - counts["group graduates"]
        counts["others outside the group"] = counts["others"] - counts["group others"]
    return pd.DataFrame(counts)


def values_left(candidates: pd.DataFrame, answers: Sequence[object]) -> pd.DataFrame:
    """
    Say how many values each count of 1 to 9 students keeps.

    Parameters
    ----------
    candidates
        As made above, shape (n, 2) or (n, 4).
    answers
        All that is answered of each, shape (n,).

    Returns
    -------
    left
        Shape (n, n_counts): different values among all candidates of which the same is answered; missing where the
        count is not from 1 to 9.
    """
    counts = counts_of(candidates)
    alike = pd.factorize(pd.Series(list(map(str, answers))))[0]
    left = counts.groupby(alike).transform("nunique")
    return left.where((counts >= 1) & (counts <= _SMALL))


def searching_rules(
    subgroups: Sequence[object], numbers: Sequence[int], thresholds: Sequence[float]
) -> list[Mapping[str, object]]:
    """Rules that ask for the size of a cohort and for its rate, one number after another."""
    return [
        *(
            {"threshold": 0.5, "minimum_students": number, "subgroup": group}
            for group in subgroups
            for number in numbers
        ),
        *({"threshold": threshold, "subgroup": group} for group in subgroups for threshold in thresholds),
    ]
