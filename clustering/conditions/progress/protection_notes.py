"""What is said of the protection of values: by which rule, and which of them are not the file's own."""

from __future__ import annotations

import pandas as pd

from clustering.conditions.progress.protected_shares import BESIDE_OTHERS, FROM_RATES, NARROW_BAND, WITHOUT_SIZE
from clustering.disclosure.protected_base import protection_of
from clustering.model.disclosure_setting import Disclosure, is_exact
from clustering.model.scenario import Scenario

_EXACT = "Computed on exact counts: not for publication."
_PROTECTED = (
    "Computed on protected values, school by school: a share of people is in the band in which a rate of as many is"
    " shown, and what is of fewer than {minimum} people is suppressed. The columns low and high are the ends of what"
    " the value can be."
)
_OF_BASIS = {
    FROM_RATES: "{count} the dataset's rates of the same school and year, since the same counts are shown in one way"
    " only.",
    WITHOUT_SIZE: "{count} suppressed, since the file does not say of how many people. Give their number beside the"
    " rate.",
    NARROW_BAND: "{count} suppressed, since the file gives bands that are narrow for so few people. Give counts: they"
    " are put into bands here.",
    BESIDE_OTHERS: "{count} suppressed, since the dataset has rates of groups of the same students, or of graduation in"
    " more or fewer years, and none of all of them. Both together could give small counts away.",
}


def describe_protection(rows: pd.DataFrame, scenario: Scenario, disclosure: Disclosure) -> list[str]:
    """
    Describe the protection of the values of Zones.

    Parameters
    ----------
    rows
        As ``zone_values.values_of_zones`` returns them.
    scenario
        Whose policy counts.
    disclosure
        ``protected`` or ``exact``.

    Returns
    -------
    notes
        A sentence or two each. How many values are meant follows from which the files have, and from no count.
    """
    if is_exact(disclosure):
        return [_EXACT]
    minimum = protection_of(scenario, "protected").policy.minimum_students
    values = rows.drop_duplicates(["school_id", "year", "indicator_id"])
    counts = values["basis"].value_counts()
    of_all = f"of {len(values):,} values of schools"
    notes = [_PROTECTED.format(minimum=minimum)]
    for basis, sentence in _OF_BASIS.items():
        if number := int(counts.get(basis, 0)):
            notes.append(sentence.format(count=f"{number:,} {of_all} {'is' if number == 1 else 'are'}"))
    return notes
