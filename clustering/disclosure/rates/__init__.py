"""Rates of groups: what may be known of them, and what all of them together tell."""

from clustering.disclosure.rates.protect import protect_rates, with_protected_rates
from clustering.disclosure.rates.protection import STANDARD_RATE_PROTECTION, RateProtection

MINIMUM_CELL_STUDENTS = STANDARD_RATE_PROTECTION.minimum_students

__all__ = [
    "MINIMUM_CELL_STUDENTS",
    "STANDARD_RATE_PROTECTION",
    "RateProtection",
    "protect_rates",
    "with_protected_rates",
]
