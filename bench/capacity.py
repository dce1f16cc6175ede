"""
A country's multi-year plan by our solver, beside plain HiGHS and CP-SAT on the same model, and beside greedy practice.

Run ``python -m bench.capacity``; ``--budget-millions 0`` leaves the yearly budget out. About 1,300 Zones, 200 Lead
Partners and 5 years: each Zone starts at most once, partners' capacity grows, and every year has its budget. Then the
match of one year, at the same size. All three
have the same time and stop at a gap of 0.1%. HiGHS has its usual settings, CP-SAT two threads. Seconds of the processor
are shown too: a busy machine hardly changes them. Greedy practice: the neediest Zone first takes the nearest partner
that still has room, as early as it can; or one partner after another takes the nearest Zones that are left. Prints a
table; ends with one line of JSON that holds every figure.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from dataclasses import dataclass

import highspy
import numpy as np
from ortools.sat.python import cp_model
from scipy.sparse import csc_array, csr_array

from bench.capacity_country import generate_capacity_country
from bench.capacity_practices import Practice, practices_of_match, practices_of_plan
from bench.turns import Row, figures_of, show
from clustering.capacity.matching.choice_model import build_model
from clustering.capacity.matching.instance import build_instance
from clustering.capacity.matching.parameters import MatchParameters
from clustering.capacity.plan_years.model import build_year_model
from clustering.capacity.plan_years.request import build_year_request
from clustering.capacity.solver import AssignmentModel, solve_assignment

GAP, MOST_S = 1e-3, 30.0
# CP-SAT knows whole numbers only: amounts of limits are counted in these parts.
_PARTS = 1_000


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a solver found and proved, and the seconds that it took: as it was, and of the processor."""

    value: float
    bound: float
    whole_s: float
    processor_s: float

    @property
    def gap(self) -> float:
        """As a share of the bound."""
        return (self.bound - self.value) / max(1.0, abs(self.bound))


def main() -> None:
    """Solve in turn and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, default in (("zones", 1_300), ("partners", 200), ("years", 5), ("seed", 1)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--budget-millions", type=float, default=800.0)
    parser.add_argument("--time-limit", type=float, default=60.0)
    arguments = parser.parse_args()
    needs, register = generate_capacity_country(arguments.zones, arguments.partners, arguments.seed)
    budget = {"budget_dollars": arguments.budget_millions * 1e6} if arguments.budget_millions else {}
    years = build_year_model(build_year_request(needs, register, {"years": arguments.years, **budget}))
    instance = build_instance(needs, register, MatchParameters.given(budget))
    size, limit = f"{arguments.zones:,} Zones, {arguments.partners} partners", arguments.time_limit
    figures = _compare(f"{size}, {arguments.years} years", years.assignment, practices_of_plan(years), limit)
    practices, choice = practices_of_match(instance), build_model(instance)
    figures |= {
        f"one_year_{name}": value
        for name, value in _compare(f"{size}, one year", choice.model, practices, limit).items()
    }
    print(json.dumps({"benchmark": "capacity", **figures}))


def _compare(title: str, model: AssignmentModel, practices: list[Practice], limit: float) -> dict[str, object]:
    """Solve a model in turn, and by greedy practice; print the table."""
    answers = {
        "ours": _timed(lambda: by_ours(model, limit)),
        "highs": _timed(lambda: by_highs(model, limit)),
        "cp_sat": _timed(lambda: by_cp_sat(model, limit)),
    }
    best = min(each.bound for each in answers.values())
    rows = [row for name, answer in answers.items() for row in _rows(name, answer, answers["ours"])]
    rows += [
        Row(name=f"greedy_{name}_unserved", value=1 - greedy(model, order) / best, unit="of bound", note=note)
        for name, order, note in practices
    ]
    rows.append(
        Row(name="ours_unserved", value=1 - answers["ours"].value / best, unit="of bound", note="the same measure")
    )
    show(f"{title}, {len(model.values):,} options, {len(model.upper):,} limits", rows)
    return dict(figures_of(rows))


def _timed(solve: Callable[[], tuple[float, float]]) -> Answer:
    start, used = time.perf_counter(), time.process_time()
    value, bound = solve()
    return Answer(value=value, bound=bound, whole_s=time.perf_counter() - start, processor_s=time.process_time() - used)


def _rows(name: str, answer: Answer, ours: Answer) -> list[Row]:
    is_ours = answer is ours
    note = f"value {answer.value:,.0f}, bound {answer.bound:,.0f}"
    return [
        Row(
            name=f"{name}_gap",
            value=100 * answer.gap,
            unit="%",
            ratio=None if is_ours or not answer.gap else ours.gap / answer.gap,
            most=100 * GAP if is_ours else None,
            note=note,
        ),
        Row(name=f"{name}_s", value=answer.whole_s, ratio=None if is_ours else ours.whole_s / answer.whole_s),
        Row(
            name=f"{name}_cpu",
            value=answer.processor_s,
            ratio=None if is_ours else ours.processor_s / answer.processor_s,
            most=MOST_S if is_ours else None,
            note="time of the processor",
        ),
    ]


def by_ours(model: AssignmentModel, limit: float) -> tuple[float, float]:
    """Value and bound of our solver."""
    solution = solve_assignment(model, time_limit_s=limit, maximum_gap=GAP)
    return solution.value, solution.bound


def by_highs(model: AssignmentModel, limit: float) -> tuple[float, float]:
    """Value and bound of HiGHS as it comes."""
    count, solver, problem = len(model.values), highspy.Highs(), highspy.HighsLp()  # type: ignore[no-untyped-call]
    problem.num_col_, problem.num_row_, problem.sense_ = count, len(model.upper), highspy.ObjSense.kMaximize
    problem.col_cost_, problem.col_lower_, problem.col_upper_ = model.values, np.zeros(count), np.ones(count)
    problem.row_lower_, problem.row_upper_ = model.lower, model.upper
    problem.a_matrix_.format_, usage = highspy.MatrixFormat.kRowwise, csr_array(model.usage)
    problem.a_matrix_.start_, problem.a_matrix_.index_ = usage.indptr, usage.indices
    problem.a_matrix_.value_, problem.integrality_ = usage.data, [highspy.HighsVarType.kInteger] * count
    for name, value in (("output_flag", False), ("time_limit", limit), ("mip_rel_gap", GAP)):
        solver.setOptionValue(name, value)
    solver.passModel(problem)
    solver.run()
    return float(solver.getInfo().objective_function_value), float(solver.getInfo().mip_dual_bound)


def by_cp_sat(model: AssignmentModel, limit: float) -> tuple[float, float]:
    """Value and bound of CP-SAT with two threads."""
    problem, solver = cp_model.CpModel(), cp_model.CpSolver()
    columns = np.array([problem.new_bool_var("") for _ in model.values], dtype=object)
    usage = csr_array(model.usage)
    for row, (least, most) in enumerate(zip(model.lower, model.upper, strict=True)):
        at = slice(usage.indptr[row], usage.indptr[row + 1])
        use = np.round(_PARTS * usage.data[at]).astype(int).tolist()
        used = cp_model.LinearExpr.weighted_sum(columns[usage.indices[at]].tolist(), use)
        if np.isfinite(most):
            problem.add(used <= int(np.floor(_PARTS * most + 1e-6)))
        if np.isfinite(least):
            problem.add(used >= int(np.ceil(_PARTS * least - 1e-6)))
    values = np.round(model.values).astype(int).tolist()
    problem.maximize(cp_model.LinearExpr.weighted_sum(columns.tolist(), values))
    solver.parameters.max_time_in_seconds, solver.parameters.num_workers = limit, 2
    solver.parameters.relative_gap_limit, solver.parameters.random_seed = GAP, 1
    solver.solve(problem)
    return float(solver.objective_value), float(solver.best_objective_bound)


def greedy(model: AssignmentModel, order: np.ndarray) -> float:
    """Value of the options taken in order, each if it is within the limits that are left."""
    usage, left, value = csc_array(model.usage), model.upper.copy(), 0.0
    for option in order.tolist():
        at = slice(usage.indptr[option], usage.indptr[option + 1])
        rows, use = usage.indices[at], usage.data[at]
        if (use <= left[rows] + 1e-9).all():
            left[rows] -= use
            value += float(model.values[option])
    return value


if __name__ == "__main__":
    main()
