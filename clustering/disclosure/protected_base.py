"""
One protected base, made before anything is computed, so that no output can say more than it does.

Every count of students becomes an interval (``count_classes``), and rates become bands (``rates``). Shares, metrics,
membership, scores, maps and every later scenario are functions of these tables alone, so neither one output nor the
difference of two can reveal a small count: post-processing cannot add information. The minimum of 10 of the standard
policy is the one most states use (NCES 2011-603, SLDS Technical Brief 3: 39 states).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import pandas as pd

from clustering.disclosure.policy import DisclosurePolicy, parse_policy
from clustering.disclosure.protected_flows import ProtectedFlows, protect_flows
from clustering.disclosure.protected_paths import one_basis_by_pair, protect_paths
from clustering.disclosure.protected_residents import protect_residents
from clustering.disclosure.protection import Protection
from clustering.disclosure.public_sizes import public_sizes, without_contradicted
from clustering.disclosure.rates import MINIMUM_CELL_STUDENTS, RateProtection, protect_rates, with_protected_rates
from clustering.model.disclosure_setting import Disclosure, is_exact, refuse_unreleased
from clustering.model.scenario import Scenario

COARSE_STUDENTS = 100
__all__ = [
    "MINIMUM_CELL_STUDENTS",
    "ProtectedScenario",
    "one_basis_by_pair",
    "protect_for",
    "protect_rates",
    "protect_scenario",
    "protected_base",
    "protection_of",
    "rates_base",
    "with_protected_rates",
]


def protected_base(scenario: Scenario, disclosure: Disclosure) -> Scenario:
    """
    Choose the one scenario on which everything of a request is computed.

    Parameters
    ----------
    scenario
        Exact inputs. Their ``protections`` say how the base is made (``zones.choose_protection`` finds out); without
        them, years are added up under the standard policy.
    disclosure
        ``protected``, ``public`` or ``exact``.

    Returns
    -------
    base
        For ``exact``, the exact inputs. For ``protected``, rates, residents, flows and paths are protected. Only flows
        and paths estimated from published files stay as they are: they hold no counts of students. The paths of every
        pair have one basis. Every true count lies from ``students_low`` to ``students_high``. For ``public``, that base
        is the base if both policies show counts alike; else it is protected once more, so that both together tell no
        more than the first. Its rates are made of theirs by ``protect_rates(rates, protection, within)``.

    Raises
    ------
    InputError
        ``disclosure`` is none of the three, or ``public`` for a scenario that was never released.
    """
    if is_exact(disclosure):
        is_counted = not scenario.report.basis.is_estimated
        return replace(scenario, paths=one_basis_by_pair(scenario.paths)) if is_counted else scenario
    return protect_for(scenario, disclosure).base


def protect_for(scenario: Scenario, disclosure: Disclosure) -> ProtectedScenario:
    """Make the base of an audience as :func:`protected_base` does, with an account of its flows."""
    protection = protection_of(scenario, disclosure)  # refused first, where there is none
    sizes = public_sizes(scenario.flows, scenario.grade_enrolment)
    if disclosure == "public":
        # Of the exact rates: which bands can be made of staff's follows from them.
        staff = protection_of(scenario, "protected")
        for_staff = protect_scenario(rates_base(scenario, "public"), staff, sizes)
        if _shows_counts_alike(protection.policy, staff.policy):
            return for_staff
        sizes, scenario = without_contradicted(sizes, scenario.flows), for_staff.base
        # Noise is in what staff see. Drawn again, it would tell which small counts are shown to them exactly.
        protection = replace(protection, key=None)
    return protect_scenario(scenario, protection, sizes)


def _shows_counts_alike(one: DisclosurePolicy, other: DisclosurePolicy) -> bool:
    """Whether two policies differ in nothing that concerns counts."""
    fields = ("minimum_students", "least_possible_values", "rounding_students")
    return all(getattr(one, field) == getattr(other, field) for field in fields)


@dataclass(frozen=True, kw_only=True, eq=False)
class ProtectedScenario:
    """A protected base, and what its flows took; ``None`` where no students were counted."""

    base: Scenario
    method: str
    flows: ProtectedFlows | None


def protection_of(scenario: Scenario, disclosure: Disclosure) -> Protection:
    """
    Look up how the base of an audience is made.

    Parameters
    ----------
    scenario
        Its ``protections`` count; without one for ``protected``, years are added up under the standard policy.
    disclosure
        ``protected`` or ``public``.

    Returns
    -------
    protection
        Policy, method and key.

    Raises
    ------
    InputError
        ``public``, and there was no release.
    """
    refuse_unreleased(disclosure, scenario.protections)
    found: Protection | None = scenario.protections.get(disclosure)
    if found is not None:
        return found
    return Protection(policy=parse_policy("standard"), method="pooled years")


def rate_protection(policy: DisclosurePolicy) -> RateProtection:
    """Return what a policy says of rates."""
    return RateProtection(
        minimum_students=policy.minimum_students,
        least_possible_values=policy.least_possible_values,
        ladder=tuple((band.students_from, float(band.points_wide)) for band in policy.rate_bands),
        coarsen=policy.coarsen_rates,
    )


def rates_base(scenario: Scenario, disclosure: Disclosure) -> Scenario:
    """
    Protect what identification needs alone, as the base of an audience has it.

    Parameters
    ----------
    scenario
        Exact, or protected before.
    disclosure
        ``protected``, ``public`` or ``exact``.

    Returns
    -------
    base
        With the rates of :func:`protected_base`; those for the public are made of those for staff.

    Raises
    ------
    InputError
        ``disclosure`` is none of the three, ``public`` for a scenario that was never released, or for one whose rates
        are protected for staff already by another policy.
    """
    if is_exact(disclosure):
        return scenario
    own = rate_protection(protection_of(scenario, disclosure).policy)
    within = rate_protection(protection_of(scenario, "protected").policy) if disclosure == "public" else None
    return with_protected_rates(scenario, disclosure, own, within)


def protect_scenario(scenario: Scenario, protection: Protection, sizes: pd.DataFrame) -> ProtectedScenario:
    """
    Protect every table of a scenario.

    Parameters
    ----------
    scenario
        Exact, or protected before. Rates that are protected already stay as they are.
    protection
        Policy, method and key.
    sizes
        Public sizes of the exact scenario (``public_sizes.public_sizes``).

    Returns
    -------
    protected
        As :func:`protected_base` makes it, with an account of the flows.
    """
    policy = protection.policy
    base = with_protected_rates(scenario, "protected", rate_protection(policy))
    # Counted, whatever the flows rest on.
    base = replace(base, residents=protect_residents(base.residents, sizes, protection.method, policy))
    if scenario.report.basis.is_estimated:
        return ProtectedScenario(base=base, method=protection.method, flows=None)
    years = scenario.flow_years
    is_pooled = protection.method != "single years"
    protected = protect_flows(scenario.flows, sizes, protection, years=years)
    flows = protected.flows
    grades = scenario.schools["grades_offered"]
    paths = protect_paths(scenario.paths, flows, protected.least_counts, grades, years=years, policy=policy)
    # Years that were added up before stay so.
    pooled = years if is_pooled else scenario.pooled_years
    likely = protected.likely_students
    base = replace(base, flows=flows, paths=paths, pooled_years=pooled, likely_students=likely)
    return ProtectedScenario(base=base, method=protection.method, flows=protected)
