"""What a rule says of every school: the answer, the numbers behind it, and how many would change without exclusions."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from clustering.identification.certainty import ANSWERS
from clustering.identification.cutoff import Cut
from clustering.identification.explanations import tell_decisions
from clustering.identification.rules import Rule, write_rule

Counts = dict[str, int]


@dataclass(frozen=True, kw_only=True)
class ExclusionEffect:
    """
    What one exclusion of a rule does.

    Parameters
    ----------
    reason
        Such as ``alternative``.
    schools
        Schools left out for it, with a grade of the rule.
    certain, possible
        Those of them that would otherwise be ``certain``, or ``possible``.
    """

    reason: str
    schools: int
    certain: int
    possible: int


@dataclass(frozen=True, kw_only=True)
class Identification:
    """
    The answer of one rule.

    Parameters
    ----------
    rule
        The rule.
    year
        Fall of the newest rates tested; ``None`` if no file says a year.
    decisions
        Index ``school_id`` of every school that the rule decides or leaves out, sorted:

        - ``name``;
        - ``certainty``: ``certain``, ``possible``, ``no``, ``unknown`` or ``excluded``;
        - ``identified``: whether it counts as low-performing, as the rule treats ranges;
        - ``source``: ``official`` or ``computed``;
        - ``low``, ``high``: ends of the number tested [shares, or points]; missing where none is published;
        - ``text``: as published; missing where it was worked out of several;
        - ``first_year``, ``last_year``: falls it is of; missing if not stated;
        - ``students``: size of its cohort; missing where not published, and to the nearest ten in a protected answer;
        - ``subgroup``, ``measure``: of what; several measures are joined by ``+``;
        - ``cut_low``, ``cut_high``: the threshold, or what the number of the last of the lowest can be in that year;
        - ``criterion``: which of the rule's criteria decided, from 0;
        - ``computed_certainty``: the answer by rates, where an official list has another;
        - ``list_entry``: entry of the official list;
        - ``excluded_because``: why the rule leaves it out;
        - ``reason``: why there is no plainer answer, in a few words; missing if there is one.
    exclusions
        The effect of each exclusion of the rule.
    cuts
        Of the criteria of the lowest, one per year that is tested by itself.
    notes
        What to know about the answer, a sentence each.
    provenance
        Rule, data and disclosure that the numbers come from.
    """

    rule: Rule
    year: int | None
    decisions: pd.DataFrame
    exclusions: tuple[ExclusionEffect, ...]
    cuts: tuple[Cut, ...]
    notes: tuple[str, ...]
    provenance: dict[str, Any]

    @property
    def counts(self) -> Counts:
        """Schools of each answer, and how many count as ``identified``."""
        found = self.decisions["certainty"].value_counts()
        counts = {name: int(found.get(name, 0)) for name in reversed(ANSWERS)}
        return {**counts, "identified": int(self.decisions["identified"].sum())}

    @cached_property
    def explanations(self) -> pd.Series:
        """A sentence per school, on the index of ``decisions``."""
        is_protected = self.provenance["disclosure"] == "protected"
        return tell_decisions(self.decisions, self.rule, self.cuts, is_protected=is_protected)

    @property
    def disagreements(self) -> pd.DataFrame:
        """Decisions in which the official list and the rates differ: certain against no, or the other way round."""
        both = self.decisions[["certainty", "computed_certainty"]]
        is_listed = (both["certainty"] == "certain") & both["computed_certainty"].isin(["no"])
        is_missed = (both["certainty"] == "no") & both["computed_certainty"].isin(["certain"])
        return self.decisions[(self.decisions["source"] == "official") & (is_listed | is_missed)]

    def rule_document(self) -> dict[str, Any]:
        """The rule written down in full."""
        return write_rule(self.rule)
