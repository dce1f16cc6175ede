"""
Counts shown in classes, so that every count of 1 to 9 keeps several possible values even if sizes are known.

Counts are cells of a table. Those of one row (the students of a grade of a school) add up to no more than its public
size, and so do those of one column (the students who arrive in a grade of a school). What is left of a row, those who
left, is never shown. For each count, a lower bound is known: the least count. The slack of a row or column is its size
less the least counts of its cells.

The counts are found out by questions, such as "is this count 10 or more?". The answer yes raises the least count. A
question is asked only if the slacks of row and column are ``least_possible_values - 1`` or more after a yes. So whether
it is asked depends on sizes and on earlier answers, never on the count itself. At the end, counts of the minimum and
more are shown exactly where every count of their class leaves the slacks large enough, and another cell of the row
stays in its class.

Therefore the tables that are possible for a viewer, even for one who knows all sizes and this method, are exactly the
tables of whole numbers that lie between the least and the greatest counts and fit the sizes. For each of them, the same
questions would have been asked and would have had the same answers. With all other counts at their least, any one count
can rise by the slack of its row and of its column. So each count keeps at least ``least_possible_values`` values, and
so do those who left. Where years or grades are added up, the least counts fit the size of every single grade and year
(``cell_parts``).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from clustering.disclosure.cell_key_noise import CellNoise
from clustering.disclosure.cell_parts import CellParts, Slack
from clustering.disclosure.policy import DisclosurePolicy


@dataclass(frozen=True, kw_only=True, eq=False)
class CountCells:
    """
    Cells of a table of counts.

    Parameters
    ----------
    row, column
        Number of the row and column of each cell; column -1 for a cell that is in none.
    least, most
        Students: equal where the count is known, else the bounds that a file gives.
    priority
        Questions about cells with a smaller number come first, since they use up the slack.
    parts
        The single grades and years of the cells, with their public sizes. A cell without parts is withheld.
    row_most, column_most, cell_most
        Upper bounds that a viewer is shown [students]: the size where it is public, more where it is assumed.
    """

    row: np.ndarray
    column: np.ndarray
    least: np.ndarray
    most: np.ndarray
    priority: np.ndarray
    parts: CellParts
    row_most: np.ndarray
    column_most: np.ndarray
    cell_most: np.ndarray


@dataclass(frozen=True, kw_only=True, eq=False)
class ShownCounts:
    """
    What is shown for each cell.

    Parameters
    ----------
    low, high
        The least and greatest count that the cell can have [students].
    noisy
        The count with cell-key noise; missing without noise.
    is_withheld
        Not shown at all: the size of its row or column leaves it too few possible values.
    can_rise
        Students by which each count can be more than its least if all others are at their least.
    least_of_parts
        Students of the least counts in each part, so that all of them fit the sizes of every grade and year.
    """

    low: np.ndarray
    high: np.ndarray
    noisy: np.ndarray
    is_withheld: np.ndarray
    can_rise: np.ndarray
    least_of_parts: np.ndarray


def cut_points(greatest: float, policy: DisclosurePolicy) -> np.ndarray:
    """
    Where classes begin [students]: at the minimum, and then a width each.

    No class is narrower than ``least_possible_values``: in a grade with a single cell, the class bounds how many left.
    """
    width = policy.rounding_students
    return np.arange(policy.minimum_students, greatest + policy.minimum_students + 2 * width, width, dtype="float64")


def classify_counts(
    cells: CountCells, policy: DisclosurePolicy, noise: CellNoise | None = None, *, rest: np.ndarray | None = None
) -> ShownCounts:
    """
    Show counts in classes.

    Parameters
    ----------
    cells
        Counts above 0, with the sizes of rows and columns.
    policy
        ``minimum_students``, ``rounding_students`` and ``least_possible_values``.
    noise
        Cell-key noise for counts of the first priority, up to 14, whose row and column have the slack for it; ``None``
        for classes alone.
    rest
        Whether each cell is one that nothing is asked about. Those who left are the rest of a row of flows. Where all
        cells of a column add up to its size, one of them has to be the rest: of 18 students in two cells, both below
        ten, each is nine. Then no count is shown exactly. ``None`` where no cell is.

    Returns
    -------
    shown
        In the order of the cells. A count below the minimum is in the class from 1 (0 where the file allows 0) to the
        minimum less 1, or to less where sizes allow less.
    """
    questions = _Questions(cells, policy)
    is_withheld = questions.withhold_narrow()
    is_rest = np.zeros(len(cells.row), dtype=bool) if rest is None else rest
    for priority in np.unique(cells.priority):
        open_cells = np.flatnonzero((cells.priority == priority) & ~is_withheld & ~is_rest)
        if noise is not None and priority == cells.priority.min():
            open_cells = questions.draw_noise(open_cells, noise)
        questions.ask(open_cells)
    if rest is None:
        in_order = np.argsort(cells.priority, kind="stable")
        questions.show_large(in_order[~is_withheld[in_order]])
    return questions.answer(is_withheld)


class _Questions:
    """The bounds of a table so far; they change with every answer."""

    def __init__(self, cells: CountCells, policy: DisclosurePolicy) -> None:
        self._cells, self._policy = cells, policy
        self._low = np.zeros(len(cells.row))
        self._high = np.full(len(cells.row), np.inf)
        self._noisy = np.full(len(cells.row), np.nan)
        self._slack = Slack(cells.parts, len(cells.row), policy.least_possible_values - 1.0)
        self._cuts = cut_points(cells.most.max(initial=0.0), policy)

    def withhold_narrow(self) -> np.ndarray:
        """
        Find the cells whose sizes allow too few values from the start; all others are 1 or more, or what the file says.

        A viewer is not told that they exist, but may know it: so they take their slack, where there is any.
        """
        everyone = np.arange(len(self._low))
        least = np.minimum(self._cells.least, 1.0)
        is_narrow = ~self._slack.is_reserved()
        wide = everyone[~is_narrow]
        is_raised = self._slack.raise_together(wide, least[wide], np.ones(len(wide), dtype=bool))
        self._raise_or_withhold(wide[~is_raised], least, is_narrow)
        for cell in np.flatnonzero(is_narrow).tolist():
            self._slack.give_up(cell, least[cell])
        self._low = np.where(is_narrow, 0.0, least)
        return is_narrow

    def _raise_or_withhold(self, cells: np.ndarray, least: np.ndarray, is_narrow: np.ndarray) -> None:
        """
        Raise cells one by one. Where one of them cannot be, withhold all of them in its row or column.

        Otherwise it would be known that those withheld are the last ones.
        """
        rows, columns = self._cells.row, self._cells.column
        while len(cells):
            found = {cell: self._slack.rise(cell, least[cell]) for cell in cells.tolist()}
            failed = np.array([cell for cell, rises in found.items() if rises is None], dtype="int64")
            if not len(failed):
                return
            for rises in found.values():
                if rises is not None:
                    self._slack.undo(rises)
            of_columns = columns[failed][columns[failed] >= 0]
            is_near = np.isin(rows[cells], rows[failed]) | np.isin(columns[cells], of_columns)
            is_narrow[cells[is_near]] = True
            cells = cells[~is_near]

    def _raise(self, cell: int, low: float) -> None:
        """Raise a least count for which there is enough slack."""
        if low > self._low[cell]:
            if self._slack.rise(cell, low - self._low[cell]) is None:
                raise AssertionError("a least count was raised without the slack for it")
            self._low[cell] = low

    def ask(self, cells: np.ndarray) -> None:
        """Ask whether each cell reaches the first cut point, then whether those that do reach the next, and so on."""
        for number, cut in enumerate(self._cuts):
            if not len(cells):
                return
            is_asked = self._is_asked(cells, cut)
            is_yes = is_asked & (self._cells.least[cells] >= cut)
            is_no = is_asked & ~is_yes
            # A count that a file gives as an interval ends below the first cut point above the interval.
            ends = self._cuts[np.searchsorted(self._cuts, np.maximum(self._cells.most[cells[is_no]], cut - 1), "right")]
            self._high[cells[is_no]] = np.maximum(ends, self._cuts[number]) - 1
            cells = cells[is_yes]

    def _is_asked(self, cells: np.ndarray, cut: float) -> np.ndarray:
        """
        Decide which cells are asked whether they reach a cut point, and raise the least counts of those that do.

        Where there is slack enough even if all answers are yes, the order does not matter. The other cells follow one
        by one, those of the largest slack first: they are the likeliest to be large.
        """
        by = np.maximum(cut - self._low[cells], 0.0)
        reaches = self._cells.least[cells] >= cut
        is_asked = self._slack.raise_together(cells, by, reaches)
        raised = cells[is_asked & reaches]
        self._low[raised] = np.maximum(self._low[raised], cut)
        others = np.flatnonzero(~is_asked)
        for position in others[np.argsort(-self._slack.spare(cells[others]), kind="stable")].tolist():
            cell = int(cells[position])
            if self._slack.can_rise(cell, by[position]):
                is_asked[position] = True
                if reaches[position]:
                    self._raise(cell, cut)
        return is_asked

    def show_large(self, cells: np.ndarray) -> None:
        """
        Show counts of the minimum and more exactly, one by one, where the slacks allow it.

        At least one cell of each row stays in its class, which hides how many left.
        """
        known = self._cells.least[cells] == self._cells.most[cells]
        is_large = (self._low[cells] >= self._policy.minimum_students) & np.isfinite(self._high[cells])
        in_class = _add_up(self._cells.row[cells], np.ones(len(cells)), len(self._cells.row_most))
        for cell in cells[is_large & known].tolist():
            row = self._cells.row[cell]
            width = self._high[cell] - self._low[cell]
            if in_class[row] > 1 and self._slack.can_rise(cell, width) and self._slack.can_shift(cell):
                in_class[row] -= 1
                self._raise(cell, self._cells.least[cell])
                self._high[cell] = self._low[cell]
                self._noisy[cell] = np.nan

    def draw_noise(self, cells: np.ndarray, noise: CellNoise) -> np.ndarray:
        """Show counts up to ``noise.greatest`` with noise where the slacks allow it; return the other cells."""
        others = []
        for cell in cells.tolist():
            least, most = self._cells.least[cell], self._cells.most[cell]
            if least != most or not self._slack.can_rise(cell, noise.greatest):
                others.append(cell)
            elif least > noise.greatest:
                self._raise(cell, noise.greatest + 1.0)
                others.append(cell)
            else:
                drawn = noise.draw(cell, int(least))
                self._noisy[cell] = drawn
                low, self._high[cell] = noise.true_counts(drawn)
                self._raise(cell, low)
        return np.array(others, dtype="int64")

    def answer(self, is_withheld: np.ndarray) -> ShownCounts:
        """The bounds of each cell after all questions."""
        rows, columns = self._cells.row, self._cells.column
        row_left = self._cells.row_most - _add_up(rows, self._low, len(self._cells.row_most))
        column_left = self._cells.column_most - _add_up(columns, self._low, len(self._cells.column_most))
        left = np.minimum(row_left[rows], np.append(column_left, np.inf)[columns])
        most = np.minimum(self._low + left, self._cells.cell_most)
        return ShownCounts(
            low=self._low,
            high=np.minimum(self._high, np.maximum(most, self._low)),
            noisy=self._noisy,
            is_withheld=is_withheld,
            can_rise=self._slack.most_rise(),
            least_of_parts=self._slack.taken(),
        )


def _add_up(groups: np.ndarray, values: np.ndarray, count: int) -> np.ndarray:
    in_group = groups >= 0
    return np.bincount(groups[in_group], weights=values[in_group], minlength=count)
