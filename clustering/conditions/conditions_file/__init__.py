"""Conditions from a file, as an agency keeps them in a spreadsheet: changes of records, or every fault at once."""

from clustering.conditions.conditions_file.reading import ConditionsOfZone, read_conditions

__all__ = ["ConditionsOfZone", "read_conditions"]
