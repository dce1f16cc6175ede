"""Judged criteria as a table of decisions, with the numbers behind each."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from clustering.identification.certainty import ANSWERS, POSSIBLE, UNKNOWN
from clustering.identification.evaluate_criterion import Judged
from clustering.identification.population import KNOWN_OUT, UNKNOWN_IF_IN, Scope
from clustering.identification.rate_arrays import (
    KNOWN,
    MISSING,
    NO_CELL,
    REASONS,
    UNSTATED,
    Cells,
    CodedRates,
    words_of,
)
from clustering.identification.rules import Rule
from clustering.model.scenario import Scenario


def tabulate(base: Scenario, coded: CodedRates, rule: Rule, judged: Sequence[Judged], scope: Scope) -> pd.DataFrame:
    """A row per school decided, with the numbers of the criterion that decides."""
    shown = np.flatnonzero(scope.is_decided)
    answers = np.array([each.answer[shown] for each in judged])
    # Of several criteria the one with the greatest answer decides; of equal ones the first with a rate.
    has_cell = np.array([each.place[shown] >= 0 for each in judged])
    decisive = (answers * 2 + has_cell).argmax(axis=0)
    answer = answers[decisive, np.arange(len(shown))]
    middle = np.array([each.middle[shown] & (each.answer[shown] == POSSIBLE) for each in judged]).any(axis=0)
    parts = [
        _numbers(base, coded, each, np.flatnonzero(decisive == number), shown, number)
        for number, each in enumerate(judged)
    ]
    table = parts[0] if len(parts) == 1 else pd.concat(parts).sort_index()
    certain = answer == len(ANSWERS) - 1
    identified = {"certain": certain, "possible": answer >= POSSIBLE, "midpoint": certain | middle}[rule.range_policy]
    nothing = np.full(len(shown), -1)
    table["computed_certainty"] = words_of(ANSWERS, answer)
    table["identified"] = identified
    table["source"] = words_of(["computed"], nothing + 1)
    table["excluded_because"] = words_of(rule.exclude, scope.exclusion[shown])
    table["list_entry"] = words_of([], nothing)
    table["name"] = base.schools["name"].array.take(shown)
    table.index = base.schools.index.take(shown)
    return table[_COLUMNS]


_COLUMNS = [
    *("name", "identified", "source", "low", "high", "text", "first_year", "last_year", "students", "subgroup"),
    *("measure", "cut_low", "cut_high", "criterion", "computed_certainty", "list_entry", "excluded_because", "reason"),
]


def _numbers(
    base: Scenario, coded: CodedRates, judged: Judged, rows: np.ndarray, shown: np.ndarray, number: int
) -> pd.DataFrame:
    """The cell that decides for some schools, in columns; index: their places among those shown."""
    place = judged.place[shown[rows]]
    has_cell = place >= 0
    all_cells = judged.answered.cells
    cells = (all_cells if len(all_cells) else NO_CELL).take(np.where(has_cell, place, 0))
    cut_low, cut_high = _cuts_of(judged, place)
    known = has_cell & (cells.state == KNOWN)
    table = pd.DataFrame(
        {
            "criterion": number,
            "low": np.where(known, cells.low, np.nan),
            "high": np.where(known, cells.high, np.nan),
            "students": np.where(has_cell, cells.students, np.nan),
            "cut_low": cut_low,
            "cut_high": cut_high,
        },
        index=rows,
    )
    for name in ("first_year", "last_year"):
        years = np.where(has_cell, getattr(cells, name), UNSTATED)
        table[name] = pd.array(years, dtype="Int64")
        table[name] = table[name].mask(years == UNSTATED)
    texts = base.rates["text"].array.take(np.where(has_cell & (cells.row >= 0), cells.row, -1), allow_fill=True)
    table["text"] = texts.astype("str")
    table["subgroup"] = words_of(coded.groups, np.where(has_cell, cells.group, -1))
    table["measure"] = words_of(["+".join(judged.criterion.measures)], np.zeros(len(rows), dtype=np.intp))
    table["reason"] = words_of(REASONS, _reasons(judged, shown[rows], place, cells))
    return table


def _cuts_of(judged: Judged, place: np.ndarray) -> list[np.ndarray]:
    """What each cell that decides was held against; of a school without one what all are, if they all are the same."""
    ends = []
    for name in ("low", "high"):
        of_cells = getattr(judged.answered, f"cut_{name}")
        numbers = {getattr(cut, name) for cut in judged.answered.cuts} or {judged.criterion.threshold}
        (common,) = numbers if len(numbers) == 1 else (None,)
        ends.append(np.append(of_cells, np.nan if common is None else common)[place])
    return ends


_TOLD = ("not of the population", "population unknown", "few students", "no groups", "cohort unknown")


def _reasons(judged: Judged, schools: np.ndarray, place: np.ndarray, cells: Cells) -> np.ndarray:
    """Why an answer is not plain, as a place in ``REASONS``; -1 where it is."""
    membership, answer = judged.membership[schools], judged.answer[schools]
    has_cell = place >= 0
    is_small = has_cell & np.append(judged.answered.is_small, False)[place]
    is_known = has_cell & (cells.state == KNOWN)
    is_unsure = (membership == UNKNOWN_IF_IN) & (answer == UNKNOWN)
    told = np.where(has_cell, cells.state, MISSING) - 1  # a rate that is known has no reason to tell
    return np.select(
        [
            membership == KNOWN_OUT,
            is_unsure & is_known,
            is_small,
            is_known & (answer == UNKNOWN) & judged.lacks_groups,
            is_known & (answer == UNKNOWN),
        ],
        [REASONS.index(word) for word in _TOLD],
        default=told,
    )
