"""
Complementary cells found for one small cell after another, by cheapest paths; needless ones are published again.

The heuristic of network flows (Cox 1995; J. Castro, "A shortest-paths heuristic for statistical data protection in
positive tables", INFORMS Journal on Computing 19, 2007): each small cell becomes part of cycles of hidden cells, along
which students can move. Of the paths that close a cycle, the one is taken that costs least to hide.
"""

from __future__ import annotations

import numpy as np

from clustering.disclosure.complementary_suppression.cell_table import CellTable
from clustering.disclosure.complementary_suppression.flow_network import UNLIMITED
from clustering.disclosure.complementary_suppression.protection import Levels, Movement, Question

# A path along hidden cells costs next to nothing, and a short one less than a long one.
_NEARLY_NOTHING = 1e-6


def hide_by_shortest_paths(table: CellTable, hidden: np.ndarray, levels: Levels, costs: np.ndarray) -> np.ndarray:
    """
    Hide further cells until every small cell reaches its protection level.

    Parameters
    ----------
    table
        The cells.
    hidden
        Whether each is hidden so far.
    levels
        Protection level of each small cell; none unresolved.
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
            path = _cheapest_path(movement, hidden, moved.net, costs, Question(cell, upward, missing))
            if path is None:  # no more students can move even with all cells hidden
                break
            hidden[path] = True
    return hidden


def _cheapest_path(
    movement: Movement, hidden: np.ndarray, net: np.ndarray, costs: np.ndarray, question: Question
) -> np.ndarray | None:
    """The cheapest path that can carry all missing students, or else one of them."""
    cell, upward, missing = question
    start, end = movement.network.ends(cell, upward=upward)
    give = np.minimum(movement.spare, UNLIMITED) - net
    take = UNLIMITED + net
    give[cell] = take[cell] = 0
    prices = np.where(hidden, 0.0, costs) + _NEARLY_NOTHING
    for students in dict.fromkeys((missing, 1)):
        is_open = np.concatenate([give, take]) >= students
        path = movement.network.cheapest_path(prices, is_open, start, end)
        if path is not None:
            return path
    return None


def publish_needless(table: CellTable, hidden: np.ndarray, levels: Levels, costs: np.ndarray) -> np.ndarray:
    """
    Publish complementary cells again that no small cell needs, the dearest first.

    Parameters
    ----------
    table
        The cells.
    hidden
        A choice of cells with which every small cell reaches its protection level.
    levels, costs
        As for :func:`hide_by_shortest_paths`.

    Returns
    -------
    hidden
        Without the needless ones.
    """
    movement, hidden = Movement(table), hidden.copy()
    questions = levels.questions()
    # Each question is answered by a flow along a few cells. It is asked again only if one of these is published.
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
    """The cells along which enough students can move; ``None`` if too few can."""
    cell, upward, wanted = question
    moved = movement.move(hidden, cell, upward=upward, most=wanted)
    return np.flatnonzero(moved.net) if moved.students >= wanted else None


def _note_users(users: dict[int, set[int]], number: int, cells: np.ndarray | None) -> None:
    for cell in () if cells is None else cells.tolist():
        users.setdefault(cell, set()).add(number)
