"""From a Scenario and a request to a Proposal: the whole way, stage by stage, and the same way with a cache."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import Executor
from dataclasses import replace
from functools import partial

import pandas as pd

from clustering.errors import InputError, Problem
from clustering.identification.high_schools import decide_high_schools
from clustering.identification.result import Identification
from clustering.identification.rules import parse_rule
from clustering.model.arguments import of_type
from clustering.model.scenario import Scenario
from clustering.zones.anchor_selection import AnchorSelection, select_anchors
from clustering.zones.assembly import assemble_proposal
from clustering.zones.binding_limits import describe_binding_limit, find_binding_limits
from clustering.zones.candidate_cache import CandidateCache
from clustering.zones.capture_losses import describe_capture_losses, find_capture_losses
from clustering.zones.feeder_graph import FeederTables, Suppressed, tables_of_sums
from clustering.zones.feeder_sums import sum_flows
from clustering.zones.member_reasons import explain_members
from clustering.zones.metrics import evaluate_zones
from clustering.zones.parameters import ProposalParameters, unknown_schools
from clustering.zones.progress import Progress, ignore_progress, part_of
from clustering.zones.proposal import Proposal
from clustering.zones.protection_choice import protect
from clustering.zones.request import ZoneRequest, build_request
from clustering.zones.solver import ExactSearch, Resources, SolutionCache, ZoneSolution
from clustering.zones.solving import (
    ModelInstance,
    Solved,
    audit_solution,
    find_candidates,
    solve_instance,
    solve_tables,
    with_merged_anchors,
)
from clustering.zones.solving_ends import find_zones_at_end
from clustering.zones.stage_cache import keep_results
from clustering.zones.suppressed_ends import End, check_ends


def propose_zones(
    scenario: Scenario | ZonePlanner,
    parameters: ProposalParameters | Mapping[str, object] | None = None,
    *,
    progress: Progress | None = None,
) -> Proposal:
    """
    Propose Zones around low-performing high schools.

    Parameters
    ----------
    scenario
        Validated inputs (see :func:`~clustering.read_scenario`); or a planner of them, which starts from what it has
        worked out before.
    parameters
        The request, or its names and values; the defaults where nothing is given.
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
        The scenario has no flows, or the rule, the list or a year asked for does not fit the inputs.
    InfeasibleError
        Locks contradict the limits.
    SolverError
        The solver failed, or its answer did not pass the audit.
    """
    planner = scenario if isinstance(scenario, ZonePlanner) else ZonePlanner(scenario)
    parameters, report = ProposalParameters.given(parameters), progress or ignore_progress
    report("Identifying low-performing high schools", 0.0)
    base = planner.protect(parameters)
    decisions = planner.identify(parameters)
    selection = planner.select_anchors(parameters)
    tables = planner.build_graph(parameters)

    report("Solving", 0.05)
    solver_progress = part_of(report, "Solving", 0.05, 0.4)
    deadline = time.monotonic() + parameters.time_limit_s
    resources = planner.resources(deadline=deadline)
    instance = planner.find_candidates(tables, selection)
    solution = solve_instance(instance, progress=solver_progress, with_costs=True, resources=resources)
    metrics = evaluate_zones(tables, solution.membership, instance.request)
    solved = audit_solution(instance, solution, metrics)
    changes = check_ends(partial(planner.solve_end, selection, resources=resources), solved, base, report)

    report("Explaining", 0.8)
    reasons = explain_members(solved, decisions)
    limits = find_binding_limits(instance, solution, metrics, select=planner.select_anchors, resources=resources)
    losses = find_capture_losses(instance, solution.membership)
    facts = [*map(describe_binding_limit, limits), *describe_capture_losses(losses, instance.request)]
    proposal = assemble_proposal(
        base, decisions, solved=solved, reasons=reasons, changes=changes, facts=facts, excluded=selection.excluded
    )
    report("Done", 1.0)
    return proposal


class ZonePlanner:
    """
    Proposes Zones for one scenario, and keeps what it worked out for the next proposal.

    What is kept makes a later proposal quicker and changes nothing in it: it is the same, to the last byte, as that of
    a planner that starts afresh.

    Parameters
    ----------
    scenario
        Validated inputs (see :func:`~clustering.read_scenario`).
    executor
        Processes that groups of anchors are spread over where there are many, and the independent solves of an
        analysis, such as ``concurrent.futures.ProcessPoolExecutor``; every answer is the same, to the last byte.

    Raises
    ------
    InputError
        The scenario was read without flows.
    """

    def __init__(self, scenario: Scenario, *, executor: Executor | None = None) -> None:
        of_type("scenario", scenario, Scenario, "the Scenario that read_scenario answers")
        if scenario.report.basis.method == "none":
            remedy = "Read it again with flows, student records or catchments, or with an estimate."
            raise InputError([Problem(table="flows", message="Zones need flows; there are none.", remedy=remedy)])
        self._scenario, self._executor = scenario, executor
        self._keep, self._keep_last = keep_results(), keep_results(most=1)
        self._candidates, self._solutions = CandidateCache(), SolutionCache()
        # Zones found under one reading are poor ones to start with under another.
        self._solutions_at = {"low": SolutionCache(), "high": SolutionCache()}

    @property
    def executor(self) -> Executor | None:
        """The processes that work is spread over."""
        return self._executor

    def propose(
        self, parameters: ProposalParameters | Mapping[str, object] | None = None, *, progress: Progress | None = None
    ) -> Proposal:
        """Propose Zones: :func:`~clustering.propose_zones`, starting from what was worked out before."""
        return propose_zones(self, parameters, progress=progress)

    def protect(self, parameters: ProposalParameters) -> Scenario:
        """Return the scenario that a request is computed on: protected, unless the request is for exact counts."""
        return self._keep(protect, self._scenario, parameters.disclosure)

    def identify(self, parameters: ProposalParameters, *, explained: Collection[str] = ()) -> pd.DataFrame:
        """
        Decide which high schools are low-performing.

        Parameters
        ----------
        parameters
            The request.
        explained
            Schools to be explained, whatever the decision.

        Returns
        -------
        decisions
            As ``identification.identify_high_schools`` answers; without ``explanation`` where a school is neither
            certainly nor possibly low-performing.
        """
        identification = self._decide(parameters)
        decisions = identification.decisions[["certainty", "identified", "source"]]
        is_explained = decisions["certainty"].isin(["certain", "possible"]) | decisions["identified"]
        is_explained |= decisions.index.isin(list(explained))
        return decisions.assign(explanation=identification.explain(identification.decisions[is_explained]))

    def _decide(self, parameters: ProposalParameters) -> Identification:
        rule = parse_rule(parameters.identification)
        return self._keep(decide_high_schools, self.protect(parameters), rule, disclosure=parameters.disclosure)

    def select_anchors(self, parameters: ProposalParameters) -> AnchorSelection:
        """Select the anchors of a request: see ``anchor_selection.select_anchors``."""
        return select_anchors(self._decide(parameters).decisions, self._build_request(parameters))

    def _build_request(self, parameters: ProposalParameters) -> ZoneRequest:
        """Build a request; look up what its limits need where only the locks differ from the last one."""
        base = self.protect(parameters)
        if unknown_schools(parameters, base.schools.index):
            return build_request(base, parameters)  # refused, with whatever else is wrong
        unlocked = self._keep_last(build_request, base, parameters.with_changes(force_in=(), force_out=()))
        return unlocked.with_locks(parameters)

    def build_graph(self, parameters: ProposalParameters, suppressed: Suppressed | None = None) -> FeederTables:
        """Build the feeder graph under one reading of the suppressed cells, the request's own unless one is named."""
        base = self.protect(parameters)
        if parameters.count_exits:
            _refuse_without_exits(self._scenario, base)
        suppressed = parameters.assumed_students(base) if suppressed is None else suppressed
        sums = self._keep(sum_flows, base, parameters.years)
        return self._keep(tables_of_sums, sums, count_exits=parameters.count_exits, suppressed=suppressed)

    def find_candidates(self, tables: FeederTables, selection: AnchorSelection) -> ModelInstance:
        """Find the schools that could belong to each Zone: see ``solving.find_candidates``."""
        return find_candidates(tables, selection, self._candidates)

    def resources(self, *, deadline: float | None = None) -> Resources:
        """Return the solutions kept and the processes; ``deadline`` as for ``solver.Resources``."""
        return Resources(cache=self._solutions, executor=self._executor, deadline=deadline)

    def solve(
        self,
        selection: AnchorSelection,
        suppressed: Suppressed | None = None,
        progress: Callable[[float], None] | None = None,
        *,
        resources: Resources | None = None,
    ) -> Solved:
        """Find candidates, solve and audit under one reading of the suppressed cells, as for :meth:`build_graph`."""
        tables = self.build_graph(selection.request.parameters, suppressed)
        return self.solve_tables(tables, selection, progress, resources=resources or self.resources())

    def solve_end(
        self,
        selection: AnchorSelection,
        end: End,
        progress: Callable[[float], None] | None = None,
        *,
        resources: Resources,
    ) -> ZoneSolution:
        """Find the best Zones under one reading of the cells that are no exact counts, without metrics."""
        tables = self.build_graph(selection.request.parameters, end)
        resources = replace(resources, cache=self._solutions_at[end])
        request = with_merged_anchors(tables, selection)
        return find_zones_at_end(tables, selection.anchors, request, progress=progress, resources=resources)

    def solve_tables(
        self,
        tables: FeederTables,
        selection: AnchorSelection,
        progress: Callable[[float], None] | None = None,
        *,
        resources: Resources | None = None,
    ) -> Solved:
        """Find candidates, solve and audit on any feeder graph of the same schools; by default nothing is kept."""
        resources = resources or Resources(executor=self._executor)
        return solve_tables(tables, selection, progress=progress, resources=resources)

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
        tables = self.build_graph(parameters)
        instance = self.find_candidates(tables, self.select_anchors(parameters))
        search = ExactSearch(instance.candidates, instance.request, self.resources())
        search.solve(lambda fraction: None, tables=tables, with_costs=False)
        return search


def _refuse_without_exits(scenario: Scenario, base: Scenario) -> None:
    """A base whose grades are added up leaves out who left: a share of them would be too high."""
    known, shown = ((each.flows["kind"] == "exit").any() for each in (scenario, base))
    if known and not shown:
        problem = Problem(
            table="parameters",
            column="count_exits",
            value="true",
            message="Small counts are protected by adding up the grades: nothing is known of those who left.",
            remedy="Leave count_exits out; or give disclosure exact, if you may see exact counts.",
        )
        raise InputError([problem])
