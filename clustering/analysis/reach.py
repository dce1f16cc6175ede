"""Every school within reach of an anchor: in or out, the numbers behind it, and what the other way would cost."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, fields
from typing import Any

import numpy as np
import pandas as pd

from clustering.analysis.arguments import ids_of, planner_of, request_of
from clustering.analysis.reach_reasons import Standing, limit_behind, say_why, tell_what_decides
from clustering.errors import InputError, Problem
from clustering.model.columns import SHARE_DIGITS, STUDENT_DIGITS
from clustering.model.scenario import Scenario
from clustering.zones.candidates import Candidates
from clustering.zones.geometry import zone_id_of
from clustering.zones.parameters import ProposalParameters
from clustering.zones.planner import ZonePlanner
from clustering.zones.request import ZoneRequest
from clustering.zones.solver import ExactSearch, value_if
from clustering.zones.solver.infeasibility.forced_schools import whats_against


def explain_reach(
    planner: ZonePlanner | Scenario,
    parameters: ProposalParameters | None = None,
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
        A row per anchor and school, with the fields of :class:`~clustering.analysis.reach_reasons.Standing`. Every
        loss is solved for again, with the school forced the other way, while ``time_limit_s`` lasts.

    Raises
    ------
    InputError
        A school named is not an anchor of the request, or the method is not ``exact``.
    InfeasibleError
        Locks contradict the limits.
    """
    planner, parameters = planner_of(planner), request_of(parameters)
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
    known = {head: each.anchor_id for each in search.candidates for head in each.anchors}
    _refuse_strangers(anchors or (), known)
    wanted = {known[anchor] for anchor in anchors} if anchors is not None else set(known.values())
    search.deadline = time.monotonic() + parameters.time_limit_s
    zones = {anchor: feeders for answer in search.answers.values() for anchor, feeders in answer.zones.items()}
    rows = [row for each in search.candidates if each.anchor_id in wanted for row in _standings(each, zones, search)]
    table = pd.DataFrame(rows, columns=[field.name for field in fields(Standing)])
    return table.sort_values(["anchor_id", "school_id"], ignore_index=True)


def _refuse_strangers(anchors: Sequence[str], known: Mapping[str, str]) -> None:
    problems = [
        Problem(
            table="parameters",
            column="anchors",
            value=anchor,
            message="The school is not an anchor of this request that a Zone could be made for.",
            remedy="See the anchors of the proposal.",
        )
        for anchor in anchors
        if anchor not in known
    ]
    if problems:
        raise InputError(problems)


def _standings(
    candidates: Candidates, zones: Mapping[str, tuple[str, ...]], search: ExactSearch
) -> Iterator[dict[str, object]]:
    anchor, request = candidates.anchor_id, search.request
    hosts = {school: [each for each, feeders in zones.items() if school in feeders] for school in candidates.schools}
    members = np.isin(np.array(candidates.schools, dtype=object), zones.get(anchor, ()))
    for place, school in enumerate(candidates.schools):
        if school not in candidates.merged:
            yield _standing(candidates, place, members=members, hosts=hosts[school], search=search)
    for school in candidates.excluded:
        reasons = whats_against(request, school, candidates, search.anchors)
        held = [each for each, feeders in zones.items() if school in feeders]
        yield {
            **_who(anchor, school, request),
            "decision": "another Zone" if held else "out",
            "zone_id": "; ".join(map(zone_id_of, held)) or None,
            "bound_by": limit_behind(reasons[0], request.parameters),
            "reason": f"It {' and '.join(reasons)}.",
        }


def _who(anchor: str, school: str, request: ZoneRequest) -> dict[str, Any]:
    names = {name: request.cell(school, name) for name in ("name", "level")}
    return {"anchor_id": anchor, "school_id": school, **names}


def _standing(
    candidates: Candidates, place: int, *, members: np.ndarray, hosts: Sequence[str], search: ExactSearch
) -> dict[str, object]:
    school, anchor = candidates.schools[place], candidates.anchor_id
    inside = np.append(members, True)
    into = float(candidates.students[(candidates.origin == place) & inside[candidates.destination]].sum())
    promoted, is_in = float(candidates.promoted[place]), bool(members[place])
    marginal = _marginal(candidates, place, members, search)
    forced = value_if(search, anchor, school, inside=not is_in)
    standing = Standing(
        **_who(anchor, school, search.request),
        decision="in" if is_in else "another Zone" if hosts else "out",
        zone_id="; ".join(map(zone_id_of, hosts)) or None,
        students_to_zone=round(into, STUDENT_DIGITS),
        promoted_students=round(promoted, STUDENT_DIGITS),
        kept_share=round(into / promoted, SHARE_DIGITS) if promoted > 0 else None,
        marginal_students=round(marginal, STUDENT_DIGITS),
        loss_students=None if forced in (None, -math.inf) else round(max(0.0, search.value - forced), STUDENT_DIGITS),
        bound_by=tell_what_decides(candidates, place, members=members, marginal=marginal, hosts=hosts, search=search),
        reason="",
    )
    sentence = say_why(standing, candidates.anchors, hosts, search.request, forced=forced)
    return {**asdict(standing), "reason": sentence}


def _marginal(candidates: Candidates, place: int, members: np.ndarray, search: ExactSearch) -> float:
    """What the Zone, as it is, scores more with a school than without."""
    weight = search.request.parameters.leakage_weight
    inside = np.append(members, True)
    inside[place] = False
    out_of, into = candidates.origin == place, candidates.destination == place
    kept = candidates.students[(out_of & inside[candidates.destination]) | (into & inside[candidates.origin])].sum()
    return float((1 + weight) * kept - weight * candidates.promoted[place] + candidates.bonus[place])
