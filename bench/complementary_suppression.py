"""
Complementary suppression of tables of flows: ours compared with published heuristics, and all of them attacked.

Run ``python -m bench.complementary_suppression``. First districts: tables of 30 origins and 30 destinations, optimal, a
few seeds. Then the promotions out of grade 5 of a generated state, block by block. All methods get the same tables, in
which every small cell can be protected. What each of them hides is attacked by linear programmes that share no code
with the library: a small cell is broken if its interval does not reach what was asked. Of a state 100 small cells are
attacked, drawn from a seed. Prints tables; ends with one line of JSON that holds every figure.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from scipy.optimize import linprog
from scipy.sparse import csr_array

from bench.suppression_heuristics import HEURISTICS, Heuristic, small_only
from bench.turns import Row, figures_of, show
from clustering import SuppressionParameters, generate_state
from clustering.disclosure.complementary_suppression.cell_table import CellTable
from clustering.disclosure.complementary_suppression.flow_table import cells_of_flows
from clustering.disclosure.complementary_suppression.further_pairs import Lines
from clustering.disclosure.complementary_suppression.modular import hide_block_by_block
from clustering.disclosure.complementary_suppression.optimal import Choice, hide_at_least_cost
from clustering.disclosure.complementary_suppression.protection import Levels
from clustering.disclosure.complementary_suppression.suppress_table import resolve

_TOLERANCE = 1e-6
_MOST_ATTACKED = 100


@dataclass(frozen=True, kw_only=True)
class Task:
    """A table in which every small cell can be protected."""

    table: CellTable
    lines: Lines
    levels: Levels

    @property
    def costs(self) -> np.ndarray:
        """Students of each cell; one without any counts as one."""
        costs: np.ndarray = np.maximum(self.table.students, 1)
        return costs


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a method hides in addition to small cells, how long it took, and how many small cells were broken."""

    cells: int
    students: int
    seconds: float
    broken: int
    attacked: int


def main() -> None:
    """Compare on districts, then on a state."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--districts", type=int, default=5, help="Districts, each from its own seed.")
    parser.add_argument("--lines", type=int, default=30, help="Origins, and destinations, of a district.")
    parser.add_argument("--schools", type=int, default=600, help="Schools of the state; 0 leaves it out.")
    parser.add_argument("--time-limit", type=float, default=60.0)
    given = parser.parse_args()
    rows = compare([district(given.lines, seed) for seed in range(given.districts)], given.time_limit, is_state=False)
    show(f"{given.districts} districts of {given.lines} by {given.lines}, together", rows)
    figures = figures_of(rows)
    if given.schools:
        task = state(given.schools)
        rows = compare([task], given.time_limit, is_state=True)
        show(f"state of {given.schools:,} schools, grade 5: {len(task.table.rows):,} cells", rows)
        figures |= {f"state_{name}": value for name, value in figures_of(rows).items()}
    print(json.dumps({"benchmark": "complementary_suppression", **figures}))


def compare(tasks: list[Task], time_limit: float, *, is_state: bool) -> list[Row]:
    """Rows of the table: ours, then each heuristic."""
    choices: list[Choice] = []

    def ours(task: Task) -> np.ndarray:
        small = small_only(task.table, task.levels, task.costs)
        if is_state:
            choice = hide_block_by_block(task.table, task.lines.is_shared, task.levels, task.costs, time_limit)
        else:
            choice = hide_at_least_cost(task.table, small, task.levels, task.costs, time_limit)
        choices.append(choice)
        return choice.hidden

    best = _sum([_measure(task, ours) for task in tasks])
    bound, cost = sum(each.bound for each in choices), sum(each.cost for each in choices)
    gap = "block by block, no bound" if is_state else f"gap {100 * (cost - bound) / max(cost, 1):.1f}%"
    small = sum(len(task.levels.cells) for task in tasks)
    rows = _rows("modular" if is_state else "optimal", best, best, f"{small:,} small cells, {gap}")
    for name, (heuristic, note) in HEURISTICS.items():
        outcome = _sum([_measure(task, partial(_apply, heuristic)) for task in tasks])
        rows += _rows(name, outcome, best, note)
    return rows


def _apply(heuristic: Heuristic, task: Task) -> np.ndarray:
    return heuristic(task.table, task.levels, task.costs)


def _measure(task: Task, run: Callable[[Task], np.ndarray]) -> Outcome:
    start = time.perf_counter()
    hidden = run(task)
    seconds = time.perf_counter() - start
    further = hidden & ~small_only(task.table, task.levels, task.costs)
    broken, attacked = attack(task, hidden)
    return Outcome(
        cells=int(further.sum()),
        students=int(task.table.students[further].sum()),
        seconds=seconds,
        broken=broken,
        attacked=attacked,
    )


def _sum(outcomes: list[Outcome]) -> Outcome:
    return Outcome(**{name: sum(getattr(each, name) for each in outcomes) for name in vars(outcomes[0])})


def _rows(name: str, outcome: Outcome, ours: Outcome, note: str) -> list[Row]:
    is_ours = outcome is ours

    def ratio(mine: float, its: float) -> float | None:
        return None if is_ours or not its else mine / its

    return [
        Row(
            name=f"{name}_broken",
            value=outcome.broken,
            unit="cells",
            most=0 if is_ours else None,
            note=f"of {outcome.attacked:,} small cells attacked; {note}",
        ),
        *(
            Row(name=f"{name}_{what}", value=value, unit=what, ratio=ratio(getattr(ours, what), value))
            for what, value in (("students", outcome.students), ("cells", outcome.cells))
        ),
        Row(name=f"{name}_s", value=outcome.seconds, ratio=ratio(ours.seconds, outcome.seconds)),
    ]


def attack(task: Task, hidden: np.ndarray) -> tuple[int, int]:
    """
    Attack a table by linear programmes.

    Parameters
    ----------
    task
        The table, and what was asked.
    hidden
        Whether each cell is hidden.

    Returns
    -------
    broken, attacked
        Small cells whose interval does not reach what was asked; and how many were attacked.
    """
    table, levels, cells = task.table, task.levels, np.flatnonzero(hidden)
    sums = np.concatenate([table.rows[cells], table.columns[cells] + table.row_count])
    _, line = np.unique(sums, return_inverse=True)
    usage = csr_array((np.ones(len(line)), (line, np.tile(np.arange(len(cells)), 2))))
    totals, bounds = usage @ table.students[cells], [(low, None) for low in table.least[cells]]
    chosen = np.arange(len(levels.cells))
    if len(chosen) > _MOST_ATTACKED and len(cells) > 1_000:
        chosen = np.random.default_rng(1).choice(chosen, _MOST_ATTACKED, replace=False)
    broken = 0
    for number in chosen:
        cell, aim = levels.cells[number], np.zeros(len(cells))
        at = np.searchsorted(cells, cell)
        ends = []
        for sign in (1.0, -1.0):
            aim[at] = sign
            ends.append(linprog(aim, A_eq=usage, b_eq=totals, bounds=bounds).x[at])
        low, high = table.students[cell] - levels.down[number], table.students[cell] + levels.up[number]
        broken += bool(ends[0] > low + _TOLERANCE or ends[1] < high - _TOLERANCE)
    return broken, len(chosen)


def district(lines: int, seed: int) -> Task:
    """A district of choice: each origin has a few strong destinations and many weak ones; some students leave."""
    random = np.random.default_rng(seed)
    rows: list[tuple[str, str | None, int]] = []
    for origin in range(lines):
        count = int(random.integers(3, max(4, lines // 2)))
        destinations = random.choice(lines - 1, min(count, lines - 1), replace=False)
        students = random.multinomial(random.poisson(90) + 10, random.dirichlet(np.full(len(destinations), 0.35)))
        pairs = zip(destinations, students, strict=True)
        rows += [(f"o{origin:03d}", f"d{each:03d}", number) for each, number in pairs]
        rows.append((f"o{origin:03d}", None, int(random.poisson(3))))
    flows = pd.DataFrame(rows, columns=["origin", "destination", "students"])
    return _task(flows[flows["students"] > 0])


def state(schools: int) -> Task:
    """Promotions out of grade 5 of a generated state; hidden counts are drawn anew, most of them very small."""
    promotions = generate_state(schools=schools, seed=6).promotions
    of_grade = promotions[(promotions["school_year"] == "2021-22") & (promotions["grade"] == "05")]
    students = of_grade["students"].astype("int64").to_numpy(copy=True)
    hidden = students < 0
    students[hidden] = np.random.default_rng(1).geometric(0.4, int(hidden.sum())).clip(max=9)
    flows = pd.DataFrame(
        {
            "origin": of_grade["origin_ncessch"],
            "destination": of_grade["destination_ncessch"],
            "grade": 5,
            "next_grade": pd.to_numeric(of_grade["next_grade"]).astype("Int64"),
            "students": students,
        }
    )
    return _task(flows.reset_index(drop=True))


def _task(flows: pd.DataFrame) -> Task:
    given = cells_of_flows(flows, pool_years=False)
    table, levels = resolve(given.cells, given.lines, SuppressionParameters())
    return Task(table=table, lines=given.lines, levels=levels.of(~levels.is_unresolved))


if __name__ == "__main__":
    main()
