"""The Zone model of all anchors as one mixed-integer linear programme, solved by HiGHS with its usual settings."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

import highspy
import networkx as nx
import numpy as np

from clustering.errors import SolverError
from clustering.zones.candidates import Candidates
from clustering.zones.request import ZoneRequest
from clustering.zones.solver.branch_and_price.highs import QuietHighs
from clustering.zones.solver.single_zone.problem import ZoneProblem

# What HiGHS does when it is told nothing, but for the gap, which is to be none, and the one thread: HiGHS cannot change
# its number of threads in a process, and our own solver uses it with one.
_USUAL: dict[str, bool | int | float | str] = {
    "presolve": "choose",
    "mip_heuristic_run_feasibility_jump": True,
    "mip_heuristic_run_rens": True,
    "mip_heuristic_run_rins": True,
    "mip_heuristic_run_root_reduced_cost": True,
}

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
        Anchor to the feeders chosen, by place; only anchors whose Zone is open.
    objective, bound
        Value of the answer and proven limit of any answer, in the model's objective.
    """

    outcome: Outcome
    zones: dict[str, tuple[int, ...]]
    objective: float
    bound: float


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
    group: Sequence[ZoneProblem],
    request: ZoneRequest,
    *,
    forced: frozenset[str] = frozenset(),
    time_limit_s: float = math.inf,
) -> MilpAnswer:
    """
    Solve the Zone model for a group of anchors.

    Parameters
    ----------
    group
        The anchors' Zones.
    request
        The limits of the request.
    forced
        Schools that must be in a Zone of this group; an anchor among them must have its Zone.
    time_limit_s
        Seconds HiGHS may take.

    Returns
    -------
    answer
        Objective: total score [students per year], less what breaks ties; an anchor without a Zone counts 0.

    Raises
    ------
    ValueError
        Schools that others feed feed each other, or the files tell paths of students.
    SolverError
        HiGHS neither solved the model nor found it infeasible nor ran out of time.
    """
    model = _Model()
    opened = [model.add_column(0.0, lower=float(each.candidates.anchor_id in forced)) for each in group]
    zones = [_add_zone(model, problem, column, request) for problem, column in zip(group, opened, strict=True)]
    _add_rows_across(model, group, zones, opened=opened, forced=forced, request=request)
    return _solve_in_one_piece(model, group, zones, opened, request, time.monotonic() + time_limit_s)


def _add_rows_across(
    model: _Model,
    group: Sequence[ZoneProblem],
    zones: Sequence[list[int]],
    *,
    opened: list[int],
    forced: frozenset[str],
    request: ZoneRequest,
) -> None:
    """A school in one Zone, the schools forced in, the number of Zones."""
    parameters = request.parameters
    holders: dict[str, list[int]] = {}
    for problem, columns in zip(group, zones, strict=True):
        for school, column in zip(problem.candidates.schools, columns, strict=True):
            holders.setdefault(school, []).append(column)
    for school, options in holders.items():
        if (len(options) > 1 and not parameters.shared_feeders) or school in forced:
            most = math.inf if parameters.shared_feeders else 1.0
            model.add_row(((column, 1.0) for column in options), lower=float(school in forced), upper=most)
    if parameters.maximum_zones is not None:
        model.add_row(((column, 1.0) for column in opened), upper=parameters.maximum_zones)


def _add_zone(model: _Model, problem: ZoneProblem, opened: int, request: ZoneRequest) -> list[int]:
    """Write down one anchor's Zone; returns the column of each candidate school."""
    candidates = problem.candidates
    columns = [model.add_column(float(value)) for value in problem.own]
    _add_routes(model, problem, columns)
    for place, column in enumerate(columns):
        model.add_row(
            [(column, 1.0), (opened, -1.0)], lower=-math.inf if not problem.mandatory[place] else 0.0, upper=0.0
        )
        if not problem.tied_to_anchor[place]:
            reached = [columns[other] for other in problem.inner[problem.tied[place]]]
            model.add_row([(column, 1.0), *((other, -1.0) for other in reached)], upper=0.0)
    for unit in problem.units:
        first, *others = problem.inner[unit].tolist()
        for other in others:
            model.add_row([(columns[first], 1.0), (columns[other], -1.0)], lower=0.0, upper=0.0)
    members = [(column, 1.0) for column in columns]
    model.add_row([*members, (opened, -float(problem.least))], lower=0.0)
    model.add_row([*members, (opened, -float(problem.most))], upper=0.0)
    if request.parameters.maximum_enrolment_students is not None:
        room = request.parameters.maximum_enrolment_students - candidates.anchor_enrolment
        enrolled = zip(columns, candidates.enrolment.tolist(), strict=True)
        model.add_row([*enrolled, (opened, -room)], upper=0.0)
    return columns


def _add_routes(model: _Model, problem: ZoneProblem, columns: list[int]) -> None:
    """Write down what each candidate adds over each route, and the least share of its students who arrive."""
    if len(problem.routes.start):
        raise ValueError("Inner schools feed each other, or paths are known: only routes of one school can be written.")
    carried: dict[int, list[tuple[int, float]]] = {}
    for sender, receiver in zip(*np.nonzero((problem.gain != 0) | (problem.arrival != 0)), strict=True):
        both = model.add_column(float(problem.gain[sender, receiver]), integer=False)
        model.add_row([(both, 1.0), (columns[sender], -1.0)], upper=0.0)
        model.add_row([(both, 1.0), (columns[problem.inner[receiver]], -1.0)], upper=0.0)
        carried.setdefault(sender, []).append((both, float(problem.arrival[sender, receiver])))
    if problem.needed is not None:
        for sender in np.flatnonzero(problem.needed > 0).tolist():
            # The columns of routes may be lower than they could: what arrives is at most their sum.
            needed = (columns[sender], -float(problem.needed[sender]))
            model.add_row([*carried.get(sender, ()), needed], lower=0.0)


def _solve_in_one_piece(
    model: _Model,
    group: Sequence[ZoneProblem],
    zones: Sequence[list[int]],
    opened: list[int],
    request: ZoneRequest,
    deadline: float,
) -> MilpAnswer:
    """Solve; where catchments must hang together, forbid what does not and solve again until nothing is left."""
    while True:
        outcome, values, objective, bound = _run(model, deadline - time.monotonic())
        found, is_cut = {}, False
        for problem, columns, column in zip(group, zones, opened, strict=True):
            if not len(values) or values[column] < 0.5:
                continue
            inside = values[columns] > 0.5
            found[problem.candidates.anchor_id] = tuple(np.flatnonzero(inside).tolist())
            for piece, around in pieces_apart(problem.candidates, inside, request):
                # Some school of the piece is out, or a school next to it is in.
                terms = [(columns[place], 1.0) for place in piece] + [(columns[place], -1.0) for place in around]
                model.add_row(terms, upper=len(piece) - 1.0)
                is_cut = True
        if not is_cut or outcome != "optimal":
            is_sound = not is_cut
            return MilpAnswer(
                outcome=outcome if is_sound else "nothing found",
                zones=found if is_sound else {},
                objective=objective if is_sound else -math.inf,
                bound=bound,
            )


def pieces_apart(candidates: Candidates, inside: np.ndarray, request: ZoneRequest) -> list[tuple[list[int], list[int]]]:
    """
    Find the schools of a Zone whose catchments do not hang together with the anchor's.

    Parameters
    ----------
    candidates
        Of the anchor.
    inside
        Which of them are in the Zone.
    request
        The limits of the request.

    Returns
    -------
    pieces
        For each piece that lies apart its schools and the candidates next to it, by place; none if catchments do not
        count.
    """
    if not request.parameters.contiguous:
        return []
    place = {school: number for number, school in enumerate(candidates.schools)}
    members = {candidates.anchor_id, *(candidates.schools[number] for number in np.flatnonzero(inside))}
    touching = nx.Graph()
    touching.add_nodes_from(members)
    touching.add_edges_from(
        (school, other) for school in members for other in request.neighbours.get(school, ()) if other in members
    )
    pieces = []
    for piece in sorted(map(sorted, nx.connected_components(touching))):
        if candidates.anchor_id not in piece:
            around = {other for school in piece for other in request.neighbours.get(school, ())} & set(place) - set(
                piece
            )
            pieces.append(([place[school] for school in piece], sorted(place[other] for other in around)))
    return pieces


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
    solver = QuietHighs(time_limit=max(0.01, time_limit_s), **_USUAL)
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
