"""
STAND-IN, to be replaced by the core: the protection of a dataset, its audit, and how both are chosen.

The names and fields are those of the interface that the service is built on; the numbers are those of the base as it
is today (counts of 1 to 9 hidden, the others in tens).
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from clustering.disclosure.protected_base import protected_base
from clustering.model.scenario import Scenario


@dataclass(frozen=True, kw_only=True)
class Protection:
    """
    How a base is made of exact inputs.

    Parameters
    ----------
    policy
        The policy.
    method
        One of the policy's methods.
    key
        Secret of the dataset, for noise.
    """

    policy: Any
    method: str
    key: bytes


@dataclass(frozen=True, kw_only=True)
class AuditReport:
    """
    What the auditor found of a base.

    Parameters
    ----------
    cells, hidden_cells, coarsened_cells
        Numbers of cells.
    fewest_values
        The fewest values that a hidden cell keeps; ``None`` where none is hidden.
    zones
        Method to the Zones that are the same as on exact counts, and all of them.
    status
        ``audited``.
    """

    cells: int
    hidden_cells: int
    coarsened_cells: int
    fewest_values: int | None
    zones: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    status: str = "audited"


@dataclass(frozen=True, kw_only=True)
class ChosenProtection:
    """
    A protection, its audit and the base.

    Parameters
    ----------
    protection, audit, base
        As named.
    """

    protection: Protection
    audit: AuditReport
    base: Scenario


def choose_protection(
    scenario: Scenario, policy: Any, *, key: bytes | None = None, progress: Callable[[str, float], None] | None = None
) -> ChosenProtection:
    """
    Choose how a scenario is protected.

    Parameters
    ----------
    scenario
        Exact inputs.
    policy
        The policy.
    key
        Secret; drawn where none is given.
    progress
        Told the stage and the fraction done, 0 to 1.

    Returns
    -------
    chosen
        The first method of the policy.
    """
    if progress is not None:
        progress("Protecting", 0.0)
    protection = Protection(policy=policy, method=policy.methods[0], key=key or secrets.token_bytes(32))
    base = protected_base(replace(scenario, protections={"protected": protection}), "protected")
    hidden = base.flows["students"].isna() if not scenario.report.basis.is_estimated else np.zeros(0, dtype=bool)
    audit = AuditReport(
        cells=len(base.flows) if len(hidden) else 0,
        hidden_cells=int(hidden.sum()),
        coarsened_cells=0,
        fewest_values=9 if hidden.any() else None,
        zones={protection.method: (0, 0)},
    )
    return ChosenProtection(protection=protection, audit=audit, base=base)
