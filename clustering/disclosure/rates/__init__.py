"""Rates of groups: what may be known of them, and what all of them together tell."""

from clustering.disclosure.rates.protect import MINIMUM_CELL_STUDENTS, shown_rates, suppress_rates, with_protected_rates

__all__ = ["MINIMUM_CELL_STUDENTS", "shown_rates", "suppress_rates", "with_protected_rates"]
