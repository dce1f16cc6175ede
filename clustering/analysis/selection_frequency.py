"""How often each school is in a Zone, in the plans that score nearly as much as the best."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

import pandas as pd

from clustering.analysis.arguments import inexact_problems, number_problems, planner_of, refuse
from clustering.analysis.school_zones import zones_of_schools
from clustering.model.columns import SHARE_DIGITS, STUDENT_DIGITS
from clustering.model.scenario import Scenario
from clustering.zones.parameters import ProposalParameters
from clustering.zones.planner import ZonePlanner
from clustering.zones.request import ZoneRequest
from clustering.zones.solver.k_best.combine import list_near_best
from clustering.zones.solver.k_best.near_best import NearBest
from clustering.zones.solving import find_candidates

MAXIMUM_WITHIN_SHARE = 0.2
MAXIMUM_PLANS_COUNTED = 10_000


def measure_selection_frequency(
    planner: ZonePlanner | Scenario,
    parameters: ProposalParameters | Mapping[str, object] | None = None,
    *,
    within_share: float = 0.01,
    maximum_plans: int = 1000,
) -> pd.DataFrame:
    """
    Measure in which share of the plans near the best each school is in a Zone.

    Plans are counted area by area. An area is a set of anchors that can have a school in common, directly or through
    others of the area (all anchors, if the number of Zones is limited): areas are planned independently, so that what
    one loses tells nothing of another. Conservation planners count over the runs of a heuristic (selection frequency
    in Marxan); here every plan within the share counts, each once.

    Parameters
    ----------
    planner
        Of the scenario; or the scenario itself.
    parameters
        The request; its method must be ``exact``. Its time limit holds for all areas together.
    within_share
        What a plan of an area may lose against the best plan of the area, as a share of its score [0 to 0.2].
    maximum_plans
        How many plans of an area are counted at most, 1 to 10,000: the best ones.

    Returns
    -------
    table
        A row per school that could be in a Zone, sorted by area and school:

        - ``area_id``: the first anchor of the area;
        - ``school_id``, ``name``, ``level``;
        - ``zone_id``: of its Zone in the best plan; several, if feeders are shared, separated by ``"; "``; missing if
          it is in none;
        - ``selection_frequency``: in which share of the plans it is in any Zone [0 to 1];
        - ``same_zone_frequency``: in which share it is in the same Zone as in the best, or in none like there [0 to 1];
        - ``plans``: plans of the area that were counted;
        - ``is_complete``: whether these are all plans within the share;
        - ``loss_counted_students``, ``loss_counted_share``: all plans that lose less than this were counted [students
          per year, share of the best score of the area]; what ``within_share`` allows if the count is complete.

    Raises
    ------
    InputError
        The parameters do not fit the inputs, there are more than 20,000 pairs of anchor and candidate school, or time
        ran out.
    InfeasibleError
        Locks contradict the limits.
    """
    planner, parameters = planner_of(planner), ProposalParameters.given(parameters)
    refuse(
        [
            *inexact_problems(parameters, "only exact plans can be counted"),
            *number_problems("within_share", within_share, 0, MAXIMUM_WITHIN_SHARE, is_whole=False),
            *number_problems("maximum_plans", maximum_plans, 1, MAXIMUM_PLANS_COUNTED),
        ]
    )
    selection = planner.select_anchors(parameters)
    tables = planner.build_graph(parameters)
    # Refuses locks that cannot be kept, and says why.
    planner.solve_tables(tables, selection)
    instance = find_candidates(tables, selection)
    areas = list_near_best(
        instance.candidates,
        instance.request,
        within_share=within_share,
        most=maximum_plans,
        executor=planner.executor,
    )
    texts = ["area_id", "school_id", "name", "level", "zone_id"]
    shares = ["selection_frequency", "same_zone_frequency"]
    columns = [*texts, *shares, "plans", "is_complete", "loss_counted_students", "loss_counted_share"]
    rows = [row for area in areas for row in _rows(area, instance.request)]
    table = pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(texts, "str"))
    return table.sort_values(["area_id", "school_id"], ignore_index=True)


def _rows(area: NearBest, request: ZoneRequest) -> Iterator[tuple[object, ...]]:
    placements = [zones_of_schools(membership) for membership in area.memberships]
    if not placements:
        return
    selected = Counter(school for zones in placements for school in zones)
    placed = Counter((school, zones.get(school)) for zones in placements for school in area.schools)
    best, count = placements[0], len(placements)
    for school in area.schools:
        yield (
            area.area_id,
            school,
            request.cell(school, "name"),
            request.cell(school, "level"),
            "; ".join(best.get(school, ())) or None,
            round(selected[school] / count, SHARE_DIGITS),
            round(placed[school, best.get(school)] / count, SHARE_DIGITS),
            count,
            area.is_complete,
            round(area.loss, STUDENT_DIGITS),
            round(area.loss / area.best, SHARE_DIGITS) if area.best > 0 else None,
        )
