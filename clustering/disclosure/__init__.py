"""What may be known of a Scenario: the protected base table on which everything is computed."""

from clustering.disclosure.protected_base import (
    coarse_students,
    protect_rates,
    protected_base,
    suppress_flows,
    with_protected_rates,
)

__all__ = [
    "coarse_students",
    "protect_rates",
    "protected_base",
    "suppress_flows",
    "with_protected_rates",
]
