"""Which method makes the protected base of a dataset: the one that keeps most of the Zones of the exact counts."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from clustering.disclosure.policy import NOISE, DisclosurePolicy, parse_policy
from clustering.disclosure.protected_base import (
    ProtectedScenario,
    protect_for,
    protect_scenario,
    protection_of,
    rate_protection,
    with_protected_rates,
)
from clustering.disclosure.protected_flows import ProtectedFlows
from clustering.disclosure.protection import Protection
from clustering.disclosure.public_sizes import public_sizes
from clustering.errors import InputError, Problem
from clustering.identification.high_schools import decide_high_schools
from clustering.identification.rules import parse_rule
from clustering.ingest.described_base import described_base
from clustering.model.disclosure_setting import Disclosure, is_exact
from clustering.model.scenario import Scenario
from clustering.zones.anchor_selection import AnchorSelection, select_anchors
from clustering.zones.feeder_graph import tables_of_sums
from clustering.zones.feeder_sums import sum_flows
from clustering.zones.metrics import evaluate_zones
from clustering.zones.parameters import ProposalParameters
from clustering.zones.progress import Progress, ignore_progress
from clustering.zones.request import build_request
from clustering.zones.solver import Resources
from clustering.zones.solving import find_candidates, solve_instance

NOISE_DRAWS = 8
_KEPT = "protection"
_Zones = Mapping[str, tuple[frozenset[str], float]]


@dataclass(frozen=True, kw_only=True)
class MethodTrial:
    """
    What one method would keep.

    Parameters
    ----------
    method
        As of ``Protection``.
    zones, same_zones
        Zones of the exact counts, and those that have the same schools on the protected base.
    retention_off
        Median difference of the retention of the Zones that both have [0 to 1]; ``None`` without any.
    flows
        What the protected flows took; ``None`` where no students were counted.
    """

    method: str
    zones: int
    same_zones: int
    retention_off: float | None
    flows: ProtectedFlows | None


@dataclass(frozen=True, kw_only=True)
class AuditReport:
    """
    What the audit of a base found.

    Parameters
    ----------
    cells, hidden_cells, withheld_cells
        Cells of the flows; those shown as fewer than the minimum; those not shown at all.
    assumed_rows
        Grades of schools whose public size is not in the data.
    fewest_values
        The fewest values that a small count keeps; ``None`` where none is hidden.
    zones
        Method to the Zones that are the same as on exact counts, and all of them. It follows from exact counts.
    """

    cells: int
    hidden_cells: int
    withheld_cells: int
    assumed_rows: int
    fewest_values: int | None
    zones: Mapping[str, tuple[int, int]]


@dataclass(frozen=True, kw_only=True)
class ChosenProtection:
    """
    The method chosen for a dataset, and what each method would have kept.

    Parameters
    ----------
    protection
        For ``Scenario.protections``.
    trial
        That of the method chosen.
    trials
        Of every method that the policy allows, in its order; of several draws of noise, the best.
    """

    protection: Protection
    trial: MethodTrial
    trials: tuple[MethodTrial, ...]

    @property
    def audit(self) -> AuditReport:
        """What the audit found of the base, and how the methods compare."""
        flows = self.trial.flows
        return AuditReport(
            cells=flows.cells if flows else 0,
            hidden_cells=flows.suppressed_cells if flows else 0,
            withheld_cells=flows.withheld_cells if flows else 0,
            assumed_rows=flows.assumed_rows if flows else 0,
            fewest_values=flows.fewest_values if flows else None,
            zones={trial.method: (trial.same_zones, trial.zones) for trial in self.trials},
        )


def choose_protection(
    scenario: Scenario,
    policy: DisclosurePolicy | str | Path | Mapping[str, Any] = "standard",
    *,
    key: bytes | None = None,
    progress: Progress | None = None,
) -> ChosenProtection:
    """
    Choose how the protected base of a dataset is made.

    Parameters
    ----------
    scenario
        Exact inputs.
    policy
        A disclosure policy, or what ``parse_policy`` makes one of.
    key
        Secret key of the dataset, for a policy that allows cell-key noise.
    progress
        Told the method tried and the fraction of the whole done, 0 to 1.

    Returns
    -------
    chosen
        Of the methods that the policy allows, the one on whose base most Zones of a request without parameters have the
        same schools as on the exact counts; of equal ones the first in the policy. Where the exact counts give no
        Zone, the one that suppresses the smallest share of its cells. Noise is drawn eight times, and counts with the
        draw that keeps most Zones. All methods give the same guarantee (``disclosure.count_classes``).

    Raises
    ------
    InputError
        The policy is faulty, or allows only noise and there is no key.
    """
    policy, report = parse_policy(policy), progress or ignore_progress
    tries = list(_protections(policy, key))
    if scenario.report.basis.method == "none" or scenario.report.basis.is_estimated:
        trial = MethodTrial(method=tries[0].method, zones=0, same_zones=0, retention_off=None, flows=None)
        return ChosenProtection(protection=tries[0], trial=trial, trials=(trial,))
    exact, sizes = _zones(scenario, _select(scenario, "exact")), public_sizes(scenario.flows, scenario.grade_enrolment)
    rated = with_protected_rates(scenario, "protected", rate_protection(policy))
    selection = _select(rated, "protected")
    best: dict[str, tuple[MethodTrial, Protection]] = {}
    for number, protection in enumerate(tries):
        report(f"Protecting with {protection.method}", number / len(tries))
        protected = protect_scenario(rated, protection, sizes)
        trial = _trial(protected, _zones(protected.base, selection), exact)
        if trial.method not in best or _rank(trial) > _rank(best[trial.method][0]):
            best[trial.method] = trial, protection
    trial, protection = max(best.values(), key=lambda each: _rank(each[0]))
    report("Protected", 1.0)
    return ChosenProtection(protection=protection, trial=trial, trials=tuple(each for each, _ in best.values()))


def try_protection(scenario: Scenario, disclosure: Disclosure) -> ChosenProtection:
    """
    Audit the base of an audience, and compare its Zones with those of the exact counts.

    Parameters
    ----------
    scenario
        Exact inputs, with ``protections``.
    disclosure
        ``protected`` or ``public``.

    Returns
    -------
    tried
        The protection of the audience, and its one trial.

    Raises
    ------
    InputError
        ``public`` for a scenario that was never released.
    """
    protection = protection_of(scenario, disclosure)
    protected = protect_for(scenario, disclosure)
    if protected.flows is None:
        trial = MethodTrial(method=protection.method, zones=0, same_zones=0, retention_off=None, flows=None)
    else:
        exact = _zones(scenario, _select(scenario, "exact"))
        trial = _trial(protected, _zones(protected.base, _select(protected.base, disclosure)), exact)
    return ChosenProtection(protection=protection, trial=trial, trials=(trial,))


def protect(scenario: Scenario, disclosure: Disclosure) -> Scenario:
    """
    Return the scenario that requests are computed on, as ``ingest.described_base`` makes it.

    Parameters
    ----------
    scenario
        Exact inputs. If it says nothing of how its base is made, that is chosen under the standard policy, once.
    disclosure
        ``public``, ``protected`` or ``exact``.

    Returns
    -------
    base
        Of the audience.

    Raises
    ------
    InputError
        ``disclosure`` is none of the three, or ``public`` for a scenario that was never released.
    """
    if is_exact(disclosure) or scenario.protections:
        return described_base(scenario, disclosure)
    if _KEPT not in scenario.kept:
        scenario.kept[_KEPT] = choose_protection(scenario).protection
    return described_base(replace(scenario, protections={"protected": scenario.kept[_KEPT]}), disclosure)


def _protections(policy: DisclosurePolicy, key: bytes | None) -> Iterator[Protection]:
    """What there is to try, in the order of the policy."""
    methods = [method for method in policy.methods if method != NOISE or key is not None]
    if not methods:
        message, remedy = (
            "The policy allows only noise, which needs a secret key.",
            "Give a key, or allow other methods.",
        )
        raise InputError([Problem(table="disclosure policy", column="methods", message=message, remedy=remedy)])
    for method in methods:
        if method != NOISE or key is None:
            yield Protection(policy=policy, method=method, key=key)
            continue
        for draw in range(NOISE_DRAWS):
            drawn = hmac.new(key, f"draw {draw}".encode(), hashlib.sha256).digest()
            yield Protection(policy=policy, method=method, key=drawn)


def _trial(protected: ProtectedScenario, zones: _Zones, exact: _Zones) -> MethodTrial:
    both = [anchor for anchor in exact if anchor in zones]
    off = [abs(exact[anchor][1] - zones[anchor][1]) for anchor in both]
    return MethodTrial(
        method=protected.method,
        zones=len(exact),
        same_zones=sum(exact[anchor][0] == zones[anchor][0] for anchor in both),
        retention_off=round(float(np.median(off)), 6) if off else None,
        flows=protected.flows,
    )


def _rank(trial: MethodTrial) -> tuple[float, float]:
    if trial.zones or trial.flows is None:
        return (trial.same_zones, 0.0)
    return (0, -trial.flows.suppressed_cells / max(1, trial.flows.cells))


def _select(base: Scenario, disclosure: Disclosure) -> AnchorSelection:
    """Anchors of a request without parameters: they rest on rates, so all methods have the same."""
    parameters = ProposalParameters(disclosure=disclosure, check_suppressed=False)
    found = decide_high_schools(base, parse_rule(parameters.identification), disclosure=disclosure)
    return select_anchors(found.decisions, build_request(base, parameters))


def _zones(base: Scenario, selection: AnchorSelection) -> _Zones:
    """Schools and retention of every Zone of a request without parameters, by anchor; none where there can be none."""
    parameters = selection.request.parameters
    tables = tables_of_sums(
        sum_flows(base), count_exits=parameters.count_exits, suppressed=parameters.assumed_students(base)
    )
    instance = find_candidates(tables, selection)
    solution = solve_instance(instance, resources=Resources())
    metrics = evaluate_zones(tables, solution.membership, instance.request)
    members = solution.membership.items()
    return {anchor: (frozenset(feeders), metrics[anchor].retention or 0.0) for anchor, feeders in members}
