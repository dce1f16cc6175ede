"""
One protected base table, made before anything is computed, so that no output can say more than it does.

Every count becomes an interval: 1 to 9 students, which are suppressed, or 10 to 14, 15 to 24 and so on. Shares,
metrics, membership, scores, maps and every later scenario are functions of that table alone, so neither one output nor
the difference of two can reveal a small count: post-processing cannot add information. The minimum of 10 is the one
most states use (NCES 2011-603, SLDS Technical Brief 3: 39 states); the intervals are those of counts rounded to tens,
after the "10-5" practice of official statistics.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from clustering.disclosure.count_ranges import (
    ROUNDED_DOWN,
    ROUNDED_UP,
    ROUNDING_STUDENTS,
)
from clustering.disclosure.policy import DisclosurePolicy, parse_policy
from clustering.disclosure.protected_flows import ProtectedFlows, protect_flows
from clustering.disclosure.protected_paths import one_basis_by_pair, protect_paths
from clustering.disclosure.protected_residents import protect_residents
from clustering.disclosure.protection import Protection
from clustering.disclosure.public_sizes import public_sizes
from clustering.disclosure.rates import MINIMUM_CELL_STUDENTS, RateProtection, protect_rates, with_protected_rates
from clustering.model.disclosure_setting import Disclosure, is_exact, refuse_unreleased
from clustering.model.scenario import Scenario
from clustering.model.suppression import SUPPRESSED_HIGH, SUPPRESSED_LOW

COARSE_STUDENTS = 100
_WIDTH_OF_ONE = SUPPRESSED_HIGH - SUPPRESSED_LOW
__all__ = [
    "MINIMUM_CELL_STUDENTS",
    "ProtectedScenario",
    "coarse_students",
    "one_basis_by_pair",
    "protect_for",
    "protect_rates",
    "protect_scenario",
    "protected_base",
    "protection_of",
    "rates_base",
    "suppress_flows",
    "with_protected_rates",
]


def coarse_students(count: int) -> int | None:
    """
    Round a total of students so coarsely that it says nothing of a small part of it.

    Parameters
    ----------
    count
        Students.

    Returns
    -------
    hundreds
        The total in hundreds; ``None`` below one hundred. Rounded to tens, a total would narrow a flow of 1 to 9
        students wherever the other flows are known.
    """
    return None if count < COARSE_STUDENTS else COARSE_STUDENTS * ((count + COARSE_STUDENTS // 2) // COARSE_STUDENTS)


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
        is protected once more, so that both together tell no more than the first.

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
        scenario = protect_scenario(scenario, protection_of(scenario, "protected"), sizes).base
    return protect_scenario(scenario, protection, sizes)


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
        With the rates of :func:`protected_base`; those for the public are those for staff.

    Raises
    ------
    InputError
        ``disclosure`` is none of the three, or ``public`` for a scenario that was never released.
    """
    if is_exact(disclosure):
        return scenario
    refuse_unreleased(disclosure, scenario.protections)
    policy = protection_of(scenario, "protected").policy
    return with_protected_rates(scenario, disclosure, rate_protection(policy))


def protect_scenario(scenario: Scenario, protection: Protection, sizes: pd.DataFrame) -> ProtectedScenario:
    """
    Protect every table of a scenario.

    Parameters
    ----------
    scenario
        Exact, or protected before.
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
    protected = protect_flows(scenario.flows, sizes, protection)
    flows = protected.flows
    paths = protect_paths(scenario.paths, flows, scenario.schools["grades_offered"], years=years, policy=policy)
    # Years that were added up before stay so.
    pooled = years if is_pooled else scenario.pooled_years
    likely = protected.likely_students
    base = replace(base, flows=flows, paths=paths, pooled_years=pooled, likely_students=likely)
    return ProtectedScenario(base=base, method=protection.method, flows=protected)


def suppress_flows(flows: pd.DataFrame) -> pd.DataFrame:
    """
    Protect a table of flows.

    Parameters
    ----------
    flows
        ``columns.FLOW_COLUMNS`` or ``columns.RESIDENT_COLUMNS``.

    Returns
    -------
    protected
        The same rows. The true count is anywhere from ``students_low`` to ``students_high`` [students]: 0, 1 to 9, 10
        to 14, 15 to 24 and so on. ``students`` is the middle of that, and missing for 1 to 9. Where suppressed cells
        were added to an exact part, that part is protected like a cell of its own. Rows that are intervals already, of
        whole students or of parts of them, say no less and no more than before.
    """
    students, low, high = (
        flows[name].to_numpy(dtype="float64") for name in ("students", "students_low", "students_high")
    )
    hidden = np.flatnonzero(np.isnan(students))
    shown_low, shown_high = _ends_of_class(students)
    shown_low[hidden], shown_high[hidden] = _protect_hidden(low[hidden], high[hidden])
    is_few = (students > 0) & (students < MINIMUM_CELL_STUDENTS)
    # Protected before: a count that was known had no interval.
    is_interval = low < high
    is_interval[hidden] = False
    middle = np.where(is_few, np.nan, (shown_low + shown_high) / 2)
    middle[hidden] = np.nan
    return flows.assign(
        students=np.where(is_interval, students, middle),
        students_low=np.where(is_interval, low, shown_low),
        students_high=np.where(is_interval, high, shown_high),
    )


def _ends_of_class(students: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Between which counts each count is shown: 0, 1 to 9, 10 to 14, 15 to 24 and so on [students]."""
    tens = np.floor(students / ROUNDING_STUDENTS + 0.5) * ROUNDING_STUDENTS
    is_few, is_some = (students > 0) & (students < MINIMUM_CELL_STUDENTS), students > 0
    least = np.maximum(tens - ROUNDED_UP, MINIMUM_CELL_STUDENTS) * is_some
    most = (tens + ROUNDED_DOWN) * is_some
    return np.where(is_few, SUPPRESSED_LOW, least), np.where(is_few, SUPPRESSED_HIGH, most)


def _protect_hidden(low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """
    Ends of suppressed counts, protected: of single cells, of sums with an exact part, and of intervals of other kinds.

    The exact part of a sum is protected as a cell of its own, then added again.
    """
    width = high - low
    cells = np.floor(width / _WIDTH_OF_ONE)
    part_low, part_high = _ends_of_class(low - cells * SUPPRESSED_LOW)
    is_sum = (width == cells * _WIDTH_OF_ONE) & (low >= cells * SUPPRESSED_LOW)
    is_protected = _is_protected_sum(low, width)
    # Of any other interval the ends are protected as counts are.
    least, _ = _ends_of_class(np.floor(low))
    _, most = _ends_of_class(np.ceil(high))
    return (
        np.select([is_protected, is_sum], [low, cells * SUPPRESSED_LOW + part_low], least),
        np.select([is_protected, is_sum], [high, cells * SUPPRESSED_HIGH + part_high], most),
    )


def _is_protected_sum(low: np.ndarray, width: np.ndarray) -> np.ndarray:
    """Whether an interval is that of suppressed cells and a protected part of 10 to 14, 15 to 24 and so on."""
    is_protected = np.zeros(len(low), dtype=bool)
    for least, most in ((10.0, 14.0), (15.0, 24.0)):
        cells = (width - (most - least)) / _WIDTH_OF_ONE
        part = low - cells * SUPPRESSED_LOW
        is_part = (part == least) if least == MINIMUM_CELL_STUDENTS else (part >= least) & (part % 10 == least % 10)
        is_protected |= (cells >= 0) & (cells == np.floor(cells)) & is_part
    return is_protected
