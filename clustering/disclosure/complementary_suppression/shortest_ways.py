"""
Complementary cells found one small cell after another, by cheapest ways, and the needless ones published again.

The heuristic of network flows (Cox 1995; J. Castro, "A shortest-paths heuristic for statistical data protection in
positive tables", INFORMS Journal on Computing 19, 2007): each small cell is closed into cycles of hidden cells, on
which students can move, along the ways that hide the least besides what is hidden already.
"""

from __future__ import annotations

import numpy as np

from clustering.disclosure.complementary_suppression.cell_table import CellTable
from clustering.disclosure.complementary_suppression.flow_network import UNLIMITED
from clustering.disclosure.complementary_suppression.protection import Levels, Movement, Question

# A way over hidden cells costs next to nothing, and a short one less than a long one.
_NEARLY_NOTHING = 1e-6


def hide_by_ways(table: CellTable, hidden: np.ndarray, levels: Levels, costs: np.ndarray) -> np.ndarray:
    """
    Hide further cells until every small cell can move as far as it has to.

    Parameters
    ----------
    table
        The cells.
    hidden
        Whether each is hidden so far.
    levels
        What is asked; none unresolved.
    costs
        Of hiding each cell, above 0.

    Returns
    -------
    hidden
        With the complementary cells.
    """
    movement, hidden = Movement(table), hidden.copy()
    for cell, upward, wanted in levels.questions():
        while True:
            moved = movement.move(hidden, cell, upward=upward, most=wanted)
            missing = wanted - moved.students
            if missing <= 0:
                break
            way = _cheapest_way(movement, hidden, moved.net, costs, Question(cell, upward, missing))
            if way is None:  # no more students can move even with all cells hidden
                break
            hidden[way] = True
    return hidden


def _cheapest_way(
    movement: Movement, hidden: np.ndarray, net: np.ndarray, costs: np.ndarray, question: Question
) -> np.ndarray | None:
    """The cheapest way for all students that are still missing, or else for some."""
    cell, upward, missing = question
    start, end = movement.network.ends(cell, upward=upward)
    give = np.minimum(movement.spare, UNLIMITED) - net
    take = UNLIMITED + net
    give[cell] = take[cell] = 0
    prices = np.where(hidden, 0.0, costs) + _NEARLY_NOTHING
    for students in dict.fromkeys((missing, 1)):
        is_open = np.concatenate([give, take]) >= students
        way = movement.network.cheapest_way(prices, is_open, start, end)
        if way is not None:
            return way
    return None


def publish_needless(table: CellTable, hidden: np.ndarray, levels: Levels, costs: np.ndarray) -> np.ndarray:
    """
    Publish complementary cells again that no small cell needs, the dearest first.

    Parameters
    ----------
    table
        The cells.
    hidden
        A choice of cells with which every small cell can move as far as it has to.
    levels, costs
        As for :func:`hide_by_ways`.

    Returns
    -------
    hidden
        Without the needless ones.
    """
    movement, hidden = Movement(table), hidden.copy()
    questions = levels.questions()
    # Each question is answered by a flow over a few cells: only theirs need to be asked again.
    users: dict[int, set[int]] = {}
    for number, question in enumerate(questions):
        _note_users(users, number, _answer(movement, hidden, question))
    is_small = np.zeros(len(hidden), dtype=bool)
    is_small[levels.cells] = True
    complementary = np.flatnonzero(hidden & ~is_small)
    for cell in complementary[np.argsort(-costs[complementary], kind="stable")].tolist():
        hidden[cell] = False
        answers: dict[int, np.ndarray] = {}
        for number in sorted(users.get(cell, ())):
            answer = _answer(movement, hidden, questions[number])
            if answer is None:
                hidden[cell] = True
                break
            answers[number] = answer
        else:
            for number, answer in answers.items():
                _note_users(users, number, answer)
            users.pop(cell, None)
    return hidden


def _answer(movement: Movement, hidden: np.ndarray, question: Question) -> np.ndarray | None:
    """The cells over which enough students can move, ``None`` if they cannot."""
    cell, upward, wanted = question
    moved = movement.move(hidden, cell, upward=upward, most=wanted)
    return np.flatnonzero(moved.net) if moved.students >= wanted else None


def _note_users(users: dict[int, set[int]], number: int, cells: np.ndarray | None) -> None:
    for cell in () if cells is None else cells.tolist():
        users.setdefault(cell, set()).add(number)
