"""How many Zones of the exact counts a method of protection keeps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from clustering.disclosure.protected_base import ProtectedScenario
from clustering.disclosure.protected_flows import ProtectedFlows
from clustering.identification.high_schools import decide_high_schools
from clustering.identification.rules import parse_rule
from clustering.model.disclosure_setting import Disclosure
from clustering.model.scenario import Scenario
from clustering.zones.anchor_selection import AnchorSelection, select_anchors
from clustering.zones.feeder_graph import tables_of_sums
from clustering.zones.feeder_sums import sum_flows
from clustering.zones.metrics import evaluate_zones
from clustering.zones.parameters import ProposalParameters
from clustering.zones.request import build_request
from clustering.zones.solver import Resources
from clustering.zones.solving import find_candidates, solve_instance

Zones = Mapping[str, tuple[frozenset[str], float]]


@dataclass(frozen=True, kw_only=True)
class MethodTrial:
    """
    How much one method keeps.

    Parameters
    ----------
    method
        As of ``Protection``.
    zones, same_zones
        Zones of the exact counts, and those that have the same schools on the protected base.
    retention_off
        Median difference of the retention of the Zones that both have [0 to 1]; ``None`` without any.
    flows
        The protected flows; ``None`` where no students were counted.
    """

    method: str
    zones: int
    same_zones: int
    retention_off: float | None
    flows: ProtectedFlows | None

    @property
    def keeps_all(self) -> bool:
        """Whether every Zone of the exact counts has the same schools, so that no method can keep more."""
        return 0 < self.zones == self.same_zones


def measure_trial(protected: ProtectedScenario, zones: Zones, exact: Zones) -> MethodTrial:
    """Compare the Zones of a base with those of the exact counts, both as of :func:`zones_of`."""
    both = [anchor for anchor in exact if anchor in zones]
    off = [abs(exact[anchor][1] - zones[anchor][1]) for anchor in both]
    return MethodTrial(
        method=protected.method,
        zones=len(exact),
        same_zones=sum(exact[anchor][0] == zones[anchor][0] for anchor in both),
        retention_off=round(float(np.median(off)), 6) if off else None,
        flows=protected.flows,
    )


def rank(trial: MethodTrial) -> tuple[float, float]:
    """Return a key that is greater for the better trial: same Zones, or without any Zone the share of cells shown."""
    if trial.zones or trial.flows is None:
        return (trial.same_zones, 0.0)
    return (0, -trial.flows.suppressed_cells / max(1, trial.flows.cells))


def best_by_method(trials: Iterable[MethodTrial]) -> tuple[MethodTrial, ...]:
    """The best trial of each method, methods in the order of their first trials; of equal trials the first."""
    best: dict[str, MethodTrial] = {}
    for trial in trials:
        best[trial.method] = max(best.get(trial.method, trial), trial, key=rank)
    return tuple(best.values())


def select_anchors_of(base: Scenario, disclosure: Disclosure) -> AnchorSelection:
    """Select the anchors of a request without parameters. They depend on rates, so all methods have the same."""
    parameters = ProposalParameters(disclosure=disclosure, check_suppressed=False)
    found = decide_high_schools(base, parse_rule(parameters.identification), disclosure=disclosure)
    return select_anchors(found.decisions, build_request(base, parameters))


def zones_of(base: Scenario, selection: AnchorSelection) -> Zones:
    """Find schools and retention of every Zone of a request without parameters, by anchor."""
    parameters = selection.request.parameters
    tables = tables_of_sums(
        sum_flows(base), count_exits=parameters.count_exits, suppressed=parameters.assumed_students(base)
    )
    instance = find_candidates(tables, selection)
    solution = solve_instance(instance, resources=Resources())
    metrics = evaluate_zones(tables, solution.membership, instance.request)
    members = solution.membership.items()
    return {anchor: (frozenset(feeders), metrics[anchor].retention or 0.0) for anchor, feeders in members}
