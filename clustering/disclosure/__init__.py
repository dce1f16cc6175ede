"""What may be known of a Scenario: the protected base table on which everything is computed."""

from clustering.disclosure.protected_base import (
    protect_rates,
    protected_base,
    with_protected_rates,
)

__all__ = [
    "protect_rates",
    "protected_base",
    "with_protected_rates",
]
