"""Which method makes the protected base of a dataset: the one that keeps most of the Zones of the exact counts."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from clustering.disclosure.policy import NOISE, DisclosurePolicy, parse_policy
from clustering.disclosure.protected_base import (
    protect_for,
    protect_scenario,
    protection_of,
    rate_protection,
    with_protected_rates,
)
from clustering.disclosure.protection import Protection
from clustering.disclosure.public_sizes import public_sizes
from clustering.errors import InputError, Problem
from clustering.ingest.described_base import described_base
from clustering.model.disclosure_setting import Disclosure, is_exact
from clustering.model.scenario import Scenario
from clustering.zones.method_trial import (
    MethodTrial,
    best_by_method,
    measure_trial,
    rank,
    select_anchors_of,
    zones_of,
)
from clustering.zones.progress import Progress, ignore_progress

NOISE_DRAWS = 8
_STAFF: Disclosure = "protected"
_CHOSEN, _BASE = "protection", "protected base"


@dataclass(frozen=True, kw_only=True)
class AuditReport:
    """
    What the audit of a base found.

    Parameters
    ----------
    cells, hidden_cells
        Cells of the flows that are shown; those of them shown only as fewer than the minimum. How many are not shown at
        all is not said: twelve in a grade of twelve would be one student each.
    assumed_rows
        Grades of schools whose public size is not in the data.
    fewest_values
        The fewest values that a small count keeps; ``None`` where none is hidden.
    zones
        By method, the number of Zones that are the same as on exact counts, and of all. It follows from exact counts.
    """

    cells: int
    hidden_cells: int
    assumed_rows: int
    fewest_values: int | None
    zones: Mapping[str, tuple[int, int]]

    def document(self) -> dict[str, Any]:
        """Write it as plain values."""
        return {**asdict(self), "zones": {method: list(kept) for method, kept in self.zones.items()}}


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
        Of the methods tried, in the order of the policy; of several draws of noise, the best.
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
            assumed_rows=flows.assumed_rows if flows else 0,
            fewest_values=flows.fewest_values if flows else None,
            zones={trial.method: (trial.same_zones, trial.zones) for trial in self.trials},
        )


@dataclass(frozen=True, kw_only=True)
class _Tried:
    """A protection that was tried, with the base that it makes, and all trials there were."""

    trial: MethodTrial
    protection: Protection
    base: Scenario | None
    trials: tuple[MethodTrial, ...] = ()


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
        Called with the method tried and the fraction of the whole done, 0 to 1.

    Returns
    -------
    chosen
        The method on whose base most Zones of a request without parameters have the same schools as on the exact
        counts; of equal ones the first in the policy. Where the exact counts give no Zone, the method that suppresses
        the smallest share of its cells. Noise is drawn eight times, and its best draw is compared. Methods after one
        that keeps every Zone are not tried. All methods give the same guarantee (``disclosure.count_classes``).

    Raises
    ------
    InputError
        The policy is faulty, or allows only noise and there is no key.
    """
    tried = _try_methods(scenario, _protections(parse_policy(policy), key), progress)
    return ChosenProtection(protection=tried.protection, trial=tried.trial, trials=tried.trials)


def with_protection(
    scenario: Scenario,
    policy: DisclosurePolicy | str | Path | Mapping[str, Any],
    key: bytes | None = None,
    progress: Progress | None = None,
) -> Scenario:
    """
    Choose how the protected base is made, by a policy of one's own; without it, the standard policy is taken.

    Parameters
    ----------
    scenario, policy, key, progress
        As for :func:`choose_protection`.

    Returns
    -------
    scenario
        The same inputs with ``protections``: every request with ``disclosure`` protected is computed on that base. They
        have no public base any more, since that was made from another base.

    Raises
    ------
    InputError
        The policy is faulty, or allows only noise and there is no key.
    """
    return _protected_by(scenario, _try_methods(scenario, _protections(parse_policy(policy), key), progress))


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
        exact = zones_of(scenario, select_anchors_of(scenario, "exact"))
        trial = measure_trial(protected, zones_of(protected.base, select_anchors_of(protected.base, disclosure)), exact)
    return ChosenProtection(protection=protection, trial=trial, trials=(trial,))


def protect(scenario: Scenario, disclosure: Disclosure) -> Scenario:
    """
    Return the scenario on which requests are computed, as ``ingest.described_base`` makes it.

    Parameters
    ----------
    scenario
        Exact inputs. Without ``protections``, the method is chosen under the standard policy, once.
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
    if is_exact(disclosure) or disclosure != _STAFF:
        return described_base(scenario, disclosure)
    if not scenario.protections:
        if _CHOSEN not in scenario.kept:
            scenario.kept[_CHOSEN] = with_protection(scenario, "standard")
        scenario = scenario.kept[_CHOSEN]
    return described_base(scenario, disclosure, scenario.kept.get(_BASE))


def _protected_by(scenario: Scenario, tried: _Tried) -> Scenario:
    """The scenario with its protection; the base that was made to try it is kept with it."""
    protected = replace(scenario, protections={_STAFF: tried.protection})
    if tried.base is not None:
        protected.kept[_BASE] = replace(tried.base, protections=protected.protections)
    return protected


def _protections(policy: DisclosurePolicy, key: bytes | None) -> list[Protection]:
    """The protections to try, in the order of the policy."""
    methods = [method for method in policy.methods if method != NOISE or key is not None]
    if not methods:
        message, remedy = (
            "The policy allows only noise, which needs a secret key.",
            "Give a key, or allow other methods.",
        )
        raise InputError([Problem(table="disclosure policy", column="methods", message=message, remedy=remedy)])
    protections = []
    for method in methods:
        keys: list[bytes | None] = [key]
        if method == NOISE and key is not None:
            keys = [hmac.new(key, f"draw {draw}".encode(), hashlib.sha256).digest() for draw in range(NOISE_DRAWS)]
        protections += [Protection(policy=policy, method=method, key=each) for each in keys]
    return protections


def _try_methods(scenario: Scenario, protections: Sequence[Protection], progress: Progress | None) -> _Tried:
    """Try protections until one keeps every Zone; of equal ones the first."""
    if scenario.report.basis.method == "none" or scenario.report.basis.is_estimated:
        first = protections[0]
        trial = MethodTrial(method=first.method, zones=0, same_zones=0, retention_off=None, flows=None)
        return _Tried(trial=trial, protection=first, base=None, trials=(trial,))
    report = progress or ignore_progress
    trials: list[MethodTrial] = []
    best = max(_attempts(scenario, protections, trials, report), key=lambda tried: rank(tried.trial))
    report("Protected", 1.0)
    return replace(best, trials=best_by_method(trials))


def _attempts(
    scenario: Scenario, protections: Sequence[Protection], trials: list[MethodTrial], report: Progress
) -> Iterator[_Tried]:
    """Try one protection after another, and append the trials; only the best base need be kept."""
    exact = zones_of(scenario, select_anchors_of(scenario, "exact"))
    sizes = public_sizes(scenario.flows, scenario.grade_enrolment)
    rated = with_protected_rates(scenario, _STAFF, rate_protection(protections[0].policy))
    selection = select_anchors_of(rated, _STAFF)
    for number, protection in enumerate(protections):
        report(f"Protecting with {protection.method}", number / len(protections))
        protected = protect_scenario(rated, protection, sizes)
        trials.append(measure_trial(protected, zones_of(protected.base, selection), exact))
        yield _Tried(trial=trials[-1], protection=protection, base=protected.base)
        if trials[-1].keeps_all:
            return
