"""What the best plan loses without each school in it, and with each school outside it."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from clustering.analysis.arguments import inexact_problems, planner_of, refuse
from clustering.analysis.school_decision import lost_students
from clustering.analysis.school_zones import zones_of_schools
from clustering.model.columns import SHARE_DIGITS
from clustering.model.scenario import Scenario
from clustering.zones.geometry import zone_id_of
from clustering.zones.parameters import ProposalParameters
from clustering.zones.parts import work_out
from clustering.zones.planner import ZonePlanner
from clustering.zones.solver import ExactSearch, ValueOtherwise, value_with, value_without

_TEXTS = ("school_id", "name", "level", "zone_id", "zone_id_otherwise", "proof")


def measure_replacement_cost(
    planner: ZonePlanner | Scenario,
    parameters: ProposalParameters | Mapping[str, object] | None = None,
) -> pd.DataFrame:
    """
    Measure what the best plan loses if each school is on the other side: out if it is in a Zone, in if it is not.

    Conservation planners call it the replacement cost of a site (Cabeza and Moilanen, Replacement cost: a practical
    measure of site value for cost-effective reserve planning, Biological Conservation 132, 2006): whatever else
    changes, all is solved again.

    Parameters
    ----------
    planner
        Of the scenario; one that has proposed Zones with the same parameters starts from them.
    parameters
        The request; its method must be ``exact``.

    Returns
    -------
    table
        A row per anchor and per school that could be in a Zone. Those that no plan can do without stand first, then
        the greatest cost, last those that no plan can have:

        - ``school_id``, ``name``, ``level``;
        - ``zone_id``: of its Zone in the best plan; several, if feeders are shared, separated by ``"; "``; missing if
          it is in none;
        - ``zone_id_otherwise``: of the Zone that takes it at the least cost, for a school in none; missing for one in a
          Zone, which may be in no Zone otherwise;
        - ``replacement_cost_students``: how much less the total score is then [students per year]; missing as ``proof``
          tells;
        - ``replacement_cost_share``: of the best total score [0 to 1]; missing also if that is 0;
        - ``proof``: ``proved``, ``no plan`` (no plan that keeps all limits and locks has it on the other side) or
          ``time limit`` (``time_limit_s`` was reached before).

        Where one anchor alone could have the school, the cost is ``loss_students`` of
        :func:`~clustering.explain_reach`. Where several could, ``explain_reach`` tells for each what it costs to force
        the school into, or out of, that one Zone.

    Raises
    ------
    InputError
        The method is not ``exact``, or the parameters do not fit the inputs.
    InfeasibleError
        Locks contradict the limits.
    """
    planner, parameters = planner_of(planner), ProposalParameters.given(parameters)
    refuse(inexact_problems(parameters, "only exact plans show what another choice costs"))
    search = planner.search(parameters)
    search.deadline = time.monotonic() + parameters.time_limit_s
    columns = [*_TEXTS[:5], "replacement_cost_students", "replacement_cost_share", _TEXTS[5]]
    schools = sorted({school for each in search.oracles.values() for school in each.possible_members})
    rows = work_out(
        _rows,
        len(schools),
        lambda numbers: (search, schools[numbers.start : numbers.stop]),
        executor=planner.executor,
    )
    table = pd.DataFrame(rows, columns=columns)
    table = table.astype({**dict.fromkeys(_TEXTS, "str"), **dict.fromkeys(columns[5:7], "float64")})
    # What no plan can do without stands first, and what no plan can have, last.
    table["_place"] = np.where(table["proof"] != "no plan", 1, np.where(table["zone_id"].notna(), 0, 2))
    by = ["_place", "replacement_cost_students", "school_id"]
    table = table.sort_values(by, ascending=[True, False, True], ignore_index=True)
    return table.drop(columns="_place")


def _rows(search: ExactSearch, schools: Sequence[str]) -> Iterator[tuple[object, ...]]:
    zones = zones_of_schools(search.membership)
    for school in schools:
        otherwise = value_without(search, school) if school in zones else value_with(search, school)
        cost = lost_students(search.found.value, otherwise.value)
        best = search.found.value
        yield (
            school,
            search.request.cell(school, "name"),
            search.request.cell(school, "level"),
            "; ".join(zones.get(school, ())) or None,
            None if otherwise.anchor_id is None else zone_id_of(otherwise.anchor_id),
            cost,
            round(cost / best, SHARE_DIGITS) if cost is not None and best > 0 else None,
            _proof(otherwise),
        )


def _proof(otherwise: ValueOtherwise) -> str:
    if otherwise.value is None:
        return "time limit"
    return "no plan" if otherwise.value == -math.inf else "proved"
