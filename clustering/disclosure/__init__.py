"""What may be known of a Scenario: the protected base table on which everything is computed."""

from clustering.disclosure.protected_base import (
    coarse_students,
    protected_base,
    shown_rates,
    suppress_flows,
    suppress_rates,
    with_protected_rates,
)

__all__ = [
    "coarse_students",
    "protected_base",
    "shown_rates",
    "suppress_flows",
    "suppress_rates",
    "with_protected_rates",
]
