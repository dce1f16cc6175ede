"""Proposals for one scenario, one after the other, each starting from what the ones before have worked out."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import Executor
from dataclasses import replace
from typing import Any, TypeVar

import pandas as pd

from clustering.disclosure.protected_base import protected_base
from clustering.errors import InfeasibleError, InputError, OutOfTimeError, Problem, SolverError
from clustering.identification import flagged_schools, identify_high_schools
from clustering.identification.rules import parse_rule
from clustering.model.scenario import Scenario
from clustering.zones.assembly import Solved, assemble_proposal
from clustering.zones.audit import Membership, audit
from clustering.zones.candidates import generate_candidates
from clustering.zones.eligibility import reason_against
from clustering.zones.feeder_graph import FeederTables, Suppressed, graph_of_tables, tables_of_sums
from clustering.zones.feeder_sums import FlowSums, sum_flows
from clustering.zones.merged_anchors import merge_anchors
from clustering.zones.notes import Changes
from clustering.zones.parameters import ProposalParameters
from clustering.zones.proposal import Proposal
from clustering.zones.reasons import explain_no_room
from clustering.zones.request import ZoneRequest, build_request
from clustering.zones.solver import ExactSearch, Resources, SolutionCache, solve

Progress = Callable[[str, float], None]
_Kept = TypeVar("_Kept")


class ZonePlanner:
    """
    Proposes Zones for one scenario, and keeps what it worked out for the next proposal.

    What is kept makes a later proposal quicker and no other: it is the same, to the last byte, as that of a planner
    that starts afresh.

    Parameters
    ----------
    scenario
        Validated inputs (see :func:`~clustering.read_scenario`).
    executor
        Of processes that groups of anchors are spread over where there are many, such as
        ``concurrent.futures.ProcessPoolExecutor``; the proposal is the same, to the last byte.

    Raises
    ------
    InputError
        The scenario was read without flows.
    """

    def __init__(self, scenario: Scenario, *, executor: Executor | None = None) -> None:
        if scenario.report.basis.method == "none":
            remedy = "Read it again with flows, student records or catchments, or with an estimate."
            raise InputError([Problem(table="flows", message="Zones need flows; there are none.", remedy=remedy)])
        self._scenario, self._executor = scenario, executor
        self._kept: dict[Hashable, Any] = {}
        self._cache = SolutionCache()

    def propose(self, parameters: ProposalParameters | None = None, *, progress: Progress | None = None) -> Proposal:
        """
        Propose Zones.

        Parameters
        ----------
        parameters, progress
            As for :func:`~clustering.propose_zones`.

        Returns
        -------
        proposal
            As :func:`~clustering.propose_zones` answers.

        Raises
        ------
        InputError
            The rule, the list or a year asked for does not fit the inputs.
        InfeasibleError
            Locks contradict the limits.
        SolverError
            The solver failed, or its answer did not pass the audit.
        """
        parameters = parameters or ProposalParameters()
        report = progress or (lambda stage, fraction: None)
        report("Identifying low-performing high schools", 0.0)
        base, decisions = self.base(parameters), self.decisions(parameters)
        anchors, request, barred = self.question(parameters)
        report("Solving", 0.05)
        deadline = time.monotonic() + parameters.time_limit_s
        heard = _part(report, "Solving", 0.05, 0.4)
        solved = self.solve(anchors, request, parameters.suppressed_students, heard, deadline=deadline)
        changes = self._changes_at_the_ends(anchors, request, solved, report, deadline)
        report("Explaining", 0.8)
        proposal = assemble_proposal(
            base, decisions, solved=solved, changes=changes, barred=barred, parameters=parameters
        )
        report("Done", 1.0)
        return proposal

    def search(self, parameters: ProposalParameters) -> ExactSearch:
        """
        Solve exactly, and be ready to solve again with single schools elsewhere.

        Parameters
        ----------
        parameters
            The request.

        Returns
        -------
        search
            Solved.

        Raises
        ------
        InputError
            The rule, the list or a year asked for does not fit the inputs.
        InfeasibleError
            Locks contradict the limits.
        """
        anchors, request, _ = self.question(parameters)
        tables = self.tables(parameters, parameters.suppressed_students)
        request = replace(request, merged=merge_anchors(tables, anchors, request))
        search = ExactSearch(generate_candidates(tables, anchors, request), request, Resources(cache=self._cache))
        search.solve(lambda fraction: None, tables=tables, with_costs=False)
        return search

    def base(self, parameters: ProposalParameters) -> Scenario:
        """The scenario that all of a request is computed on: protected, unless the request is for exact counts."""
        return self._keep(parameters.disclosure, lambda: protected_base(self._scenario, parameters.disclosure))

    def decisions(self, parameters: ProposalParameters) -> pd.DataFrame:
        """Which high schools are low-performing: see ``identification.identify_high_schools``."""
        rule = parse_rule(parameters.identification)
        return self._keep(
            (rule, parameters.disclosure),
            lambda: identify_high_schools(self.base(parameters), rule, disclosure=parameters.disclosure),
        )

    def question(self, parameters: ProposalParameters) -> tuple[list[str], ZoneRequest, dict[str, str]]:
        """The anchors of a request, its limits, and the anchors that these exclude, each with the reason."""
        decisions, request = self.decisions(parameters), build_request(self.base(parameters), parameters)
        flagged = flagged_schools(decisions, include_possible=parameters.include_possible)
        barred = {
            anchor: f"It {reason}." for anchor in flagged if (reason := reason_against(request, anchor, (anchor,)))
        }
        return [anchor for anchor in flagged if anchor not in barred], request, barred

    def sums(self, parameters: ProposalParameters) -> FlowSums:
        """Promotions added up over the years of a request."""
        base = self.base(parameters)
        return self._keep((id(base), parameters.years), lambda: sum_flows(base, parameters.years))

    def tables(self, parameters: ProposalParameters, suppressed: Suppressed) -> FeederTables:
        """The feeder graph under one reading of the suppressed cells."""
        return self._keep(
            (id(self.base(parameters)), parameters.years, parameters.count_exits, suppressed),
            lambda: tables_of_sums(self.sums(parameters), count_exits=parameters.count_exits, suppressed=suppressed),
        )

    def solve(
        self,
        anchors: Sequence[str],
        request: ZoneRequest,
        suppressed: Suppressed,
        progress: Callable[[float], None],
        *,
        with_costs: bool = True,
        deadline: float | None = None,
    ) -> Solved:
        """Solve under one reading of the suppressed cells and audit the answer."""
        tables = self.tables(request.parameters, suppressed)
        resources = Resources(cache=self._cache, executor=self._executor, deadline=deadline)
        return self.solve_tables(tables, anchors, request, progress, with_costs=with_costs, resources=resources)

    def solve_tables(
        self,
        tables: FeederTables,
        anchors: Sequence[str],
        request: ZoneRequest,
        progress: Callable[[float], None] | None = None,
        *,
        with_costs: bool = False,
        resources: Resources | None = None,
    ) -> Solved:
        """Solve any feeder graph of the same schools and audit the answer; nothing is kept but in a memory given."""
        request = replace(request, merged=merge_anchors(tables, anchors, request))
        candidates = generate_candidates(tables, anchors, request)
        resources = resources or Resources(executor=self._executor)
        answer = solve(
            candidates, request, tables=tables, progress=progress, with_costs=with_costs, resources=resources
        )
        without_room = {
            each.anchor_id: reason
            for each in candidates
            if each.anchor_id in answer.without_zone and (reason := explain_no_room(each, request))
        }
        answer = replace(answer, without_zone={**answer.without_zone, **without_room})
        members = {school for anchor, feeders in answer.membership.items() for school in (anchor, *feeders)}
        graph = graph_of_tables(tables, self._scenario.schools, origins=members)
        violations = audit(graph, answer.membership, request)
        if violations:
            raise SolverError("the answer did not pass the audit: " + " ".join(violations))
        return Solved(tables=tables, graph=graph, answer=answer, request=request)

    def _changes_at_the_ends(
        self, anchors: Sequence[str], request: ZoneRequest, solved: Solved, report: Progress, deadline: float
    ) -> Changes | None:
        """Solve again with every suppressed cell at its least and greatest; ``None`` if there is nothing to check."""
        parameters = request.parameters
        if not parameters.check_suppressed or not self.base(parameters).flows["students"].isna().any():
            return None
        stage, given = "Checking suppressed cells", solved.answer.membership
        low = self._membership_at(anchors, request, "low", _part(report, stage, 0.4, 0.6), deadline)
        high = self._membership_at(anchors, request, "high", _part(report, stage, 0.6, 0.8), deadline)
        if low is None or high is None:
            return Changes(is_settled=False)

        def changed(other: Membership) -> frozenset[str]:
            return frozenset(anchor for anchor in given if given[anchor] != other.get(anchor))

        return Changes(
            at_low=changed(low),
            at_high=changed(high),
            added_at_low=len(set(low) - set(given)),
            added_at_high=len(set(high) - set(given)),
        )

    def _membership_at(
        self,
        anchors: Sequence[str],
        request: ZoneRequest,
        end: Suppressed,
        progress: Callable[[float], None],
        deadline: float,
    ) -> Membership | None:
        """Zones at one end of the suppressed cells; none where locks cannot be kept there; ``None`` if unsettled."""
        try:
            answer = self.solve(anchors, request, end, progress, with_costs=False, deadline=deadline).answer
        except InfeasibleError:
            return {}
        except OutOfTimeError:
            return None
        return None if answer.status == "time limit" else answer.membership

    def _keep(self, question: Hashable, work_out: Callable[[], _Kept]) -> _Kept:
        if question not in self._kept:
            self._kept[question] = work_out()
        kept: _Kept = self._kept[question]
        return kept


def _part(report: Progress, stage: str, start: float, end: float) -> Callable[[float], None]:
    """Progress of one stage as a part of the whole."""
    return lambda fraction: report(stage, start + (end - start) * fraction)


def propose_zones(
    scenario: Scenario, parameters: ProposalParameters | None = None, *, progress: Progress | None = None
) -> Proposal:
    """
    Propose Zones around low-performing high schools.

    Parameters
    ----------
    scenario
        Validated inputs (see :func:`~clustering.read_scenario`).
    parameters
        The request; the defaults where nothing is given.
    progress
        Told the stage and the fraction of the whole done, 0 to 1.

    Returns
    -------
    proposal
        Zones with members, metrics and reasons, the anchors without a Zone and why, and how good the answer is. The
        same scenario and parameters always give the same proposal.

    Raises
    ------
    InputError
        The rule, the list or a year asked for does not fit the inputs.
    InfeasibleError
        Locks contradict the limits.
    SolverError
        The solver failed, or its answer did not pass the audit.
    """
    return ZonePlanner(scenario).propose(parameters, progress=progress)
