"""What larger or stricter Zones cost: the request solved at other sizes and other weights of leakage."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from clustering.analysis.arguments import listed, number_problems, planner_of, refuse
from clustering.errors import InfeasibleError, InputError, Problem
from clustering.model.columns import SHARE_DIGITS, STUDENT_DIGITS
from clustering.model.rounding import rounded
from clustering.model.scenario import Scenario
from clustering.zones.anchor_selection import AnchorSelection
from clustering.zones.feeder_graph import FeederTables
from clustering.zones.metrics import evaluate_zones
from clustering.zones.parameters import ProposalParameters, parameter_problem
from clustering.zones.parts import work_out
from clustering.zones.planner import ZonePlanner
from clustering.zones.progress import Progress, part_of
from clustering.zones.request import anchors_of
from clustering.zones.solving import Solved, solve_tables

MAXIMUM_COMBINATIONS = 64
TRADE_OFF_SIZES = (3, 5, 8, 12, 15)
LEAKAGE_WEIGHTS = (0.0, 0.1, 0.25, 0.5, 1.0)


def trace_trade_off(
    planner: ZonePlanner | Scenario,
    parameters: ProposalParameters | Mapping[str, object] | None = None,
    *,
    maximum_schools: Sequence[int] | None = None,
    leakage_weights: Sequence[float] = LEAKAGE_WEIGHTS,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """
    Solve a request at every combination of some sizes and weights.

    Parameters
    ----------
    planner
        Of the scenario; or the scenario itself.
    parameters
        The request; all but ``maximum_schools`` and ``leakage_weight`` stay as they are. The defaults where nothing
        is given.
    maximum_schools
        Most schools in a Zone, each value once; ``None`` means 3, 5, 8, 12 and 15, without those below
        ``minimum_schools``.
    leakage_weights
        Score lost per promoted student who leaves, each value once.
    progress
        Told the stage and the fraction done, 0 to 1.

    Returns
    -------
    table
        A row per combination, in the order of the values, at most 64: ``maximum_schools``, ``leakage_weight``,
        ``zones`` and ``schools_in_zones`` (counts), ``score`` and ``score_at_own_request`` (at the combination's weight
        of leakage, and at that of ``parameters``, by which rows can be compared), ``retained_students``,
        ``leaked_students`` [per year], ``coverage``, ``retention`` (over all Zones, 0 to 1; missing without Zones),
        ``status`` (``optimal``, ``time limit``, ``heuristic``, or ``infeasible``: the locks cannot be kept; then the
        numbers are missing). ``is_best_by_leakage`` and ``is_best_by_schools`` mark the Pareto front: no other row
        retains as many students or more with as few leaked students, or schools, or fewer, and differs in one of the
        two. Rows with equal numbers are on the front together.

    Raises
    ------
    InputError
        A value is out of range, the combinations are none or too many, or the request does not fit the inputs.
    SolverError
        The solver failed, or an answer did not pass the audit.
    """
    planner, parameters = planner_of(planner), ProposalParameters.given(parameters)
    if maximum_schools is None:
        least = parameters.minimum_schools
        maximum_schools = [size for size in TRADE_OFF_SIZES if size >= least] or [least]
    combinations = _combinations(parameters, maximum_schools, leakage_weights)
    report = progress or (lambda stage, fraction: None)
    selection = planner.select_anchors(parameters)
    tables = planner.build_graph(parameters)
    rows = work_out(
        _solve_combinations,
        len(combinations),
        lambda numbers: (tables, selection, parameters, [combinations[number] for number in numbers]),
        executor=planner.executor,
        report=part_of(report, "Solving the combinations", 0.0, 1.0),
    )
    table = pd.DataFrame(rows).reindex(columns=_COLUMNS)
    table = table.astype({"zones": "Int64", "schools_in_zones": "Int64", "status": "str"})
    return table.assign(
        is_best_by_leakage=_is_on_front(table, "leaked_students"),
        is_best_by_schools=_is_on_front(table, "schools_in_zones"),
    )


def _solve_combinations(
    tables: FeederTables,
    selection: AnchorSelection,
    own: ProposalParameters,
    combinations: Sequence[ProposalParameters],
) -> Iterator[dict[str, Any]]:
    """A row per combination."""
    for combination in combinations:
        row: dict[str, Any] = {
            "maximum_schools": combination.maximum_schools,
            "leakage_weight": combination.leakage_weight,
        }
        request = replace(selection.request, parameters=combination)
        try:
            # Other sizes and weights are other questions: nothing that was solved before answers them.
            row |= _figures(solve_tables(tables, replace(selection, request=request)), own)
        except InfeasibleError:
            row["status"] = "infeasible"
        yield row


_COLUMNS = (
    "maximum_schools",
    "leakage_weight",
    "zones",
    "schools_in_zones",
    "score",
    "score_at_own_request",
    "retained_students",
    "leaked_students",
    "coverage",
    "retention",
    "status",
)


def _combinations(
    parameters: ProposalParameters, maximum_schools: Sequence[int], leakage_weights: Sequence[float]
) -> list[ProposalParameters]:
    """The requests of a grid; every problem of every value at once."""
    sizes = listed("maximum_schools", maximum_schools, "a list of whole numbers, such as [5, 10]")
    weights = listed("leakage_weights", leakage_weights, "a list of numbers, such as [0.25, 0.5]")
    problems = [problem for size in sizes for problem in _size_problems(parameters, size)]
    for weight in weights:
        problems += number_problems("leakage_weights", weight, 0, 1000, is_whole=False)
    count = len(sizes) * len(weights)
    if not 1 <= count <= MAXIMUM_COMBINATIONS:
        remedy = f"Give at least one of each, and at most {MAXIMUM_COMBINATIONS} combinations."
        problems.append(
            parameter_problem("maximum_schools, leakage_weights", count, "The number is out of range.", remedy)
        )
    refuse(problems)
    for name, values in (("maximum_schools", list(map(float, sizes))), ("leakage_weights", weights)):
        problems += [
            parameter_problem(name, f"{value:g}", "The value is named twice.", "Name each value once.")
            for value in sorted({value for value in values if values.count(value) > 1})
        ]
    refuse(problems)
    return [
        parameters.with_changes(maximum_schools=size, leakage_weight=float(weight))
        for size, weight in itertools.product(sizes, weights)
    ]


def _size_problems(parameters: ProposalParameters, size: int) -> list[Problem]:
    """What is wrong with a size, alone or together with the other parameters."""
    if problems := number_problems("maximum_schools", size, 1, 1000):
        return problems
    try:
        parameters.with_changes(maximum_schools=size)
    except InputError as error:
        return list(error.problems)
    return []


def _figures(solved: Solved, own: ProposalParameters) -> dict[str, Any]:
    """The row of one answer."""
    membership = solved.solution.membership
    zones = [solved.metrics[anchor] for anchor in sorted(solved.metrics)]
    at_own = evaluate_zones(solved.tables, membership, replace(solved.request, parameters=own))
    exits = float(solved.request.parameters.count_exits)
    retained = math.fsum(zone.retained_students for zone in zones)
    promoted = math.fsum(zone.promoted_students + exits * zone.exit_students for zone in zones)
    return {
        "zones": len(zones),
        "schools_in_zones": len({school for anchor in membership for school in (anchor, *membership[anchor])}),
        "score": rounded(math.fsum(zone.score for zone in zones), STUDENT_DIGITS),
        "score_at_own_request": rounded(math.fsum(zone.score for zone in at_own.values()), STUDENT_DIGITS),
        "retained_students": round(retained, STUDENT_DIGITS),
        "leaked_students": rounded(promoted - retained, STUDENT_DIGITS),
        "coverage": _coverage(solved),
        "retention": round(retained / promoted, SHARE_DIGITS) if promoted > 0 else np.nan,
        "status": solved.solution.status,
    }


def _coverage(solved: Solved) -> float:
    """Students entering the anchors of all Zones from feeders of their Zone / all who enter these anchors."""
    links, entering = solved.tables.links, solved.tables.totals["entering_students"]
    rows = [
        (feeder, each)
        for anchor, feeders in solved.solution.membership.items()
        for feeder in feeders
        for each in anchors_of(solved.request, anchor)
    ]
    pairs = pd.DataFrame(rows, columns=["origin", "destination"], dtype="str")
    from_feeders = math.fsum(links.merge(pairs, on=["origin", "destination"])["students"])
    anchors = sorted({each for anchor in solved.solution.membership for each in anchors_of(solved.request, anchor)})
    all_entering = math.fsum(entering.loc[anchors])
    return round(from_feeders / all_entering, SHARE_DIGITS) if all_entering > 0 else np.nan


def _is_on_front(table: pd.DataFrame, cost: str) -> np.ndarray:
    """Whether no other row retains as much at as little cost and is better in one of the two."""
    gains, costs = (table[name].to_numpy(dtype="float64", na_value=np.nan) for name in ("retained_students", cost))
    no_worse = (gains[:, None] >= gains) & (costs[:, None] <= costs)
    better = (gains[:, None] > gains) | (costs[:, None] < costs)
    on_front: np.ndarray = ~(no_worse & better).any(axis=0) & ~np.isnan(gains)
    return on_front
