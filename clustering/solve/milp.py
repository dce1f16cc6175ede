"""The Zone model of a few anchors as one mixed-integer linear programme, solved by HiGHS."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

import highspy
import numpy as np

from clustering.candidates import Candidates
from clustering.constraints import Limits
from clustering.errors import SolverError

Outcome = Literal["optimal", "time limit", "infeasible", "nothing found"]


@dataclass(frozen=True, kw_only=True)
class MilpAnswer:
    """
    What HiGHS says of one model.

    Parameters
    ----------
    outcome
        ``nothing found``: out of time without an answer.
    zones
        Anchor to the feeders chosen; only anchors whose Zone is open.
    objective, bound
        Value of the answer and proven limit of any answer, in the model's objective.
    """

    outcome: Outcome
    zones: dict[str, tuple[str, ...]]
    objective: float
    bound: float


# One thread and no gap: the same model has the same answer on every machine, and "optimal" means optimal. These models
# are small and their relaxations nearly whole: presolve and the costlier heuristics take longer than they save.
_SETTINGS: dict[str, bool | int | float | str] = {
    "output_flag": False,
    "threads": 1,
    "random_seed": 0,
    "mip_rel_gap": 0.0,
    "mip_abs_gap": 1e-6,
    "presolve": "off",
    "mip_heuristic_run_feasibility_jump": False,
    "mip_heuristic_run_rens": False,
    "mip_heuristic_run_rins": False,
    "mip_heuristic_run_root_reduced_cost": False,
}


class _QuietHighs(highspy.Highs):
    """HiGHS without callbacks: setting them up prints a banner before any option can forbid it."""

    def __init__(self) -> None:
        super(highspy.Highs, self).__init__()


@dataclass
class _Model:
    """Columns and rows while they are written down."""

    cost: list[float] = field(default_factory=list)
    lower: list[float] = field(default_factory=list)
    integer: list[bool] = field(default_factory=list)
    row_lower: list[float] = field(default_factory=list)
    row_upper: list[float] = field(default_factory=list)
    starts: list[int] = field(default_factory=lambda: [0])
    indices: list[int] = field(default_factory=list)
    values: list[float] = field(default_factory=list)

    def add_column(self, cost: float, *, lower: float = 0.0, integer: bool = True) -> int:
        """Add a variable between ``lower`` and 1; returns its number."""
        self.cost.append(cost)
        self.lower.append(lower)
        self.integer.append(integer)
        return len(self.cost) - 1

    def add_row(self, terms: Iterable[tuple[int, float]], *, lower: float = -math.inf, upper: float = math.inf) -> None:
        """Add ``lower <= sum of terms <= upper``."""
        for column, value in terms:
            self.indices.append(column)
            self.values.append(value)
        self.starts.append(len(self.indices))
        self.row_lower.append(lower)
        self.row_upper.append(upper)


def solve_milp(
    group: Sequence[Candidates],
    limits: Limits,
    *,
    forced: frozenset[str],
    time_limit_s: float,
) -> MilpAnswer:
    """
    Solve the Zone model for a group of anchors.

    Parameters
    ----------
    group
        The anchors with their candidates.
    limits
        The limits of the request.
    forced
        Schools that must be in a Zone of this group; an anchor among them must have its Zone.
    time_limit_s
        Seconds HiGHS may take.

    Returns
    -------
    answer
        Objective: total score [students per year]; an anchor without a Zone counts 0.

    Raises
    ------
    SolverError
        HiGHS neither solved the model nor found it infeasible nor ran out of time.
    """
    model = _Model()
    opened = {each.anchor_id: model.add_column(0.0, lower=float(each.anchor_id in forced)) for each in group}
    chosen = {each.anchor_id: _add_zone(model, each, opened[each.anchor_id], limits) for each in group}
    holders: dict[str, list[int]] = {}
    for columns in chosen.values():
        for school, column in columns.items():
            holders.setdefault(school, []).append(column)
    for school, options in holders.items():
        if len(options) > 1 or school in forced:
            model.add_row(((column, 1.0) for column in options), lower=float(school in forced), upper=1.0)
    outcome, values, objective, bound = _run(model, time_limit_s)
    zones = {
        anchor: tuple(school for school, column in columns.items() if values[column] > 0.5)
        for anchor, columns in chosen.items()
        if len(values) and values[opened[anchor]] > 0.5
    }
    return MilpAnswer(outcome=outcome, zones=zones, objective=objective, bound=bound)


def _add_zone(model: _Model, candidates: Candidates, opened: int, limits: Limits) -> dict[str, int]:
    """Write down one anchor's Zone; returns the column of each candidate school."""
    asked = limits.parameters
    weight = asked.leakage_weight
    anchor = len(candidates.schools)
    gain = 1.0 + weight
    # A member pays for every student it promotes and earns those who stay: F(1 + w) - w * promoted.
    cost = [-weight * promoted for promoted in candidates.promoted]
    for sender, receiver, students, _ in candidates.links:
        if receiver == anchor:
            cost[sender] += gain * students
    columns = [model.add_column(value) for value in cost]
    ties: list[list[int]] = [[] for _ in columns]
    for sender, receiver, students, is_tie in candidates.links:
        if is_tie:
            ties[sender].append(opened if receiver == anchor else columns[receiver])
        if receiver != anchor and students > 0:
            both = model.add_column(gain * students, integer=False)
            model.add_row([(both, 1.0), (columns[sender], -1.0)], upper=0.0)
            model.add_row([(both, 1.0), (columns[receiver], -1.0)], upper=0.0)
    for column, reached in zip(columns, ties, strict=True):
        model.add_row([(column, 1.0), (opened, -1.0)], upper=0.0)
        if opened not in reached:
            model.add_row([(column, 1.0), *((other, -1.0) for other in reached)], upper=0.0)
    members = [(column, 1.0) for column in columns]
    model.add_row([*members, (opened, 1.0 - asked.minimum_schools)], lower=0.0)
    model.add_row([*members, (opened, 1.0 - asked.maximum_schools)], upper=0.0)
    if asked.maximum_enrolment_students is not None:
        room = asked.maximum_enrolment_students - candidates.anchor_enrolment
        enrolled = zip(columns, candidates.enrolment, strict=True)
        model.add_row([*enrolled, (opened, -room)], upper=0.0)
    return dict(zip(candidates.schools, columns, strict=True))


def _run(model: _Model, time_limit_s: float) -> tuple[Outcome, np.ndarray, float, float]:
    program = highspy.HighsLp()
    program.sense_ = highspy.ObjSense.kMaximize
    program.num_col_, program.num_row_ = len(model.cost), len(model.row_lower)
    program.col_cost_ = np.array(model.cost)
    program.col_lower_, program.col_upper_ = np.array(model.lower), np.ones(len(model.cost))
    program.row_lower_, program.row_upper_ = np.array(model.row_lower), np.array(model.row_upper)
    program.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    program.a_matrix_.start_ = np.array(model.starts, dtype=np.int32)
    program.a_matrix_.index_ = np.array(model.indices, dtype=np.int32)
    program.a_matrix_.value_ = np.array(model.values)
    kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
    program.integrality_ = [kinds[is_integer] for is_integer in model.integer]
    solver = _QuietHighs()
    for name, value in {**_SETTINGS, "time_limit": max(0.01, time_limit_s)}.items():
        solver.setOptionValue(name, value)
    solver.passModel(program)
    solver.run()
    status, info = solver.getModelStatus(), solver.getInfo()
    nothing = np.empty(0)
    if status == highspy.HighsModelStatus.kInfeasible:
        return "infeasible", nothing, -math.inf, -math.inf
    if status == highspy.HighsModelStatus.kOptimal:
        values = np.array(solver.getSolution().col_value)
        return "optimal", values, info.objective_function_value, info.objective_function_value
    if status == highspy.HighsModelStatus.kTimeLimit:
        found = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
        values = np.array(solver.getSolution().col_value) if found else nothing
        value = info.objective_function_value if found else -math.inf
        return ("time limit" if found else "nothing found"), values, value, info.mip_dual_bound
    raise SolverError(solver.modelStatusToString(status))
