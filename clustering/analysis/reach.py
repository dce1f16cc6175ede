"""Every school within reach of an anchor: in or out, the numbers behind it, and what the other way would cost."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields

import numpy as np
import pandas as pd

from clustering.analysis.arguments import ids_of, planner_of
from clustering.analysis.reach_reasons import describe_decision
from clustering.analysis.school_decision import Reached, SchoolDecision, decide
from clustering.errors import InputError, Problem
from clustering.model.columns import SHARE_DIGITS, STUDENT_DIGITS
from clustering.model.rounding import rounded
from clustering.model.scenario import Scenario
from clustering.zones.candidates import Candidates, promoted_of
from clustering.zones.exclusions import describe_exclusions
from clustering.zones.feeder_graph import FeederTables
from clustering.zones.geometry import zone_id_of
from clustering.zones.group_exclusions import exclusions_by_school
from clustering.zones.parameters import ProposalParameters
from clustering.zones.parts import work_out
from clustering.zones.planner import ZonePlanner
from clustering.zones.solver import ExactSearch, value_if


def explain_reach(
    planner: ZonePlanner | Scenario,
    parameters: ProposalParameters | Mapping[str, object] | None = None,
    *,
    anchors: Sequence[str] | None = None,
) -> pd.DataFrame:
    """
    Explain every school within reach of some anchors.

    Parameters
    ----------
    planner
        Of the scenario; one that has proposed Zones with the same parameters starts from them.
    parameters
        The request; its method must be ``exact``.
    anchors
        Ids; ``None`` means all.

    Returns
    -------
    table
        A row per anchor and school, with the fields of
        :class:`~clustering.analysis.school_decision.SchoolDecision` and ``reason`` (one or two sentences). For every
        loss all is solved again, with the school forced the other way, while ``time_limit_s`` lasts.

    Raises
    ------
    InputError
        A school named is not an anchor of the request, or the method is not ``exact``.
    InfeasibleError
        Locks contradict the limits.
    """
    planner, parameters = planner_of(planner), ProposalParameters.given(parameters)
    anchors = None if anchors is None else ids_of("anchors", anchors)
    if parameters.method != "exact":
        problem = Problem(
            table="parameters",
            column="method",
            value=parameters.method,
            message="Only the exact method can say what another choice would cost.",
            remedy="Use method=exact.",
        )
        raise InputError([problem])
    search = planner.search(parameters)
    known = {anchor: each.anchor_id for each in search.candidates for anchor in each.anchors}
    _refuse_strangers(anchors or (), known)
    wanted = {known[anchor] for anchor in anchors} if anchors is not None else set(known.values())
    search.deadline = time.monotonic() + parameters.time_limit_s
    tables = planner.build_graph(parameters)
    explained = [each.anchor_id for each in search.candidates if each.anchor_id in wanted]
    of_anchors = work_out(
        _rows_of_anchors,
        len(explained),
        lambda numbers: (search, tables, explained[numbers.start : numbers.stop]),
        executor=planner.executor,
    )
    rows = [row for rows in of_anchors for row in rows]
    columns = [*(field.name for field in fields(SchoolDecision)), "reason"]
    return pd.DataFrame(rows, columns=columns).sort_values(["anchor_id", "school_id"], ignore_index=True)


def _refuse_strangers(anchors: Sequence[str], known: Mapping[str, str]) -> None:
    problems = [
        Problem(
            table="parameters",
            column="anchors",
            value=anchor,
            message="No Zone can be made for this school: it is not an anchor of the request.",
            remedy="See the anchors of the proposal.",
        )
        for anchor in anchors
        if anchor not in known
    ]
    if problems:
        raise InputError(problems)


def _rows_of_anchors(
    search: ExactSearch, tables: FeederTables, anchors: Sequence[str]
) -> Iterator[list[dict[str, object]]]:
    of_anchor = {each.anchor_id: each for each in search.candidates}
    for anchor in anchors:
        yield list(_rows_of(of_anchor[anchor], search, tables))


def _rows_of(candidates: Candidates, search: ExactSearch, tables: FeederTables) -> Iterator[dict[str, object]]:
    """A row per candidate of an anchor, and per school within its reach that a limit or lock excludes."""
    feeders = frozenset(search.found.feeders_of(candidates.anchor_id))
    members = np.fromiter((school in feeders for school in candidates.schools), bool, len(candidates.schools))
    weight = search.oracles[candidates.anchor_id].weigh_zone(members)
    for position, school in enumerate(candidates.schools):
        if school in candidates.merged:
            continue
        reached = Reached(
            candidates=candidates,
            position=position,
            members=members,
            weight=weight,
            zones_holding=search.found.anchors_holding.get(school, ()),
            search=search,
        )
        value = value_if(search, candidates.anchor_id, school, inside=not reached.is_member)
        decision = decide(reached, value)
        yield {**vars(decision), "reason": describe_decision(decision, reached, value)}
    yield from _rows_of_excluded(candidates, search, tables)


def _rows_of_excluded(candidates: Candidates, search: ExactSearch, tables: FeederTables) -> Iterator[dict[str, object]]:
    """A row per school within reach that a limit or lock excludes: what it promotes, and what could arrive."""
    request, zone = search.request, [*candidates.anchors, *search.found.feeders_of(candidates.anchor_id)]
    promoted, inside = promoted_of(tables, request), request.positions_of(zone)
    exclusions = exclusions_by_school(request, candidates, search.anchors)
    for school, position in zip(candidates.excluded, request.positions_of(candidates.excluded), strict=True):
        first, last = np.searchsorted(tables.ends.origin, [position, position + 1])
        is_inside = np.isin(tables.ends.destination[first:last], inside)
        to_zone = float(tables.links["students"].to_numpy()[first:last][is_inside].sum())
        zones_holding = search.found.anchors_holding.get(school, ())
        share = candidates.low_arrival.get(school)
        decision = SchoolDecision(
            anchor_id=candidates.anchor_id,
            school_id=school,
            name=request.cell(school, "name"),
            level=request.cell(school, "level"),
            decision="another Zone" if zones_holding else "out",
            zone_id="; ".join(map(zone_id_of, zones_holding)) or None,
            students_to_zone=rounded(to_zone, STUDENT_DIGITS),
            promoted_students=rounded(promoted[position], STUDENT_DIGITS),
            kept_share=rounded(to_zone / promoted[position], SHARE_DIGITS) if promoted[position] > 0 else None,
            arrival_share=None if share is None else rounded(share, SHARE_DIGITS),
            bound_by=exclusions[school][0].parameter,
        )
        yield {**vars(decision), "reason": f"It {describe_exclusions(exclusions[school])}."}
