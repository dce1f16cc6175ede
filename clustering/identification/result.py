"""The identification by a rule: the decision for every school, the numbers behind it, and the effect of exclusions."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from clustering.identification.certainty import CERTAINTIES
from clustering.identification.cutoff import Cutoff
from clustering.identification.explanations import explain_decisions
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
        Schools with a grade of the rule that are left out for it.
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
    Which schools a rule identifies as low-performing.

    Parameters
    ----------
    rule
        The rule.
    year
        Fall of the newest rates tested; ``None`` if no file says it.
    decisions
        Index ``school_id`` of every school that the rule decides or leaves out, sorted:

        - ``name``;
        - ``certainty``: ``certain``, ``possible``, ``no``, ``unknown`` or ``excluded``;
        - ``identified``: whether it counts as low-performing, as the rule treats ranges;
        - ``source``: ``official`` or ``computed``;
        - ``low``, ``high``: ends of the number tested [shares, or points]; missing where none is published;
        - ``text``: as published; missing where it was computed from several;
        - ``first_year``, ``last_year``: falls of its rates; missing if not stated;
        - ``students``: size of its cohort; missing where not published; rounded to ten if protected;
        - ``subgroup``, ``measure``: what it measures; several measures are joined by ``+``;
        - ``cut_low``, ``cut_high``: the threshold, or the ends of the cutoff of the lowest in that year;
        - ``criterion``: which of the rule's criteria decided, from 0;
        - ``computed_certainty``: the certainty by rates, which an official list may overrule;
        - ``list_entry``: entry of the official list;
        - ``excluded_because``: why the rule leaves it out;
        - ``reason``: in a few words, why the school is neither certain nor no; missing if it is one of them.
    exclusions
        The effect of each exclusion of the rule.
    cutoffs
        For criteria of the lowest: one per year that is tested by itself.
    notes
        What a reader must know about the decisions, a sentence each.
    provenance
        Rule, data and disclosure that the numbers come from.
    """

    rule: Rule
    year: int | None
    decisions: pd.DataFrame
    exclusions: tuple[ExclusionEffect, ...]
    cutoffs: tuple[Cutoff, ...]
    notes: tuple[str, ...]
    provenance: dict[str, Any]

    @property
    def counts(self) -> Counts:
        """Schools of each certainty, and how many count as ``identified``."""
        found = self.decisions["certainty"].value_counts()
        counts = {name: int(found.get(name, 0)) for name in reversed(CERTAINTIES)}
        return {**counts, "identified": int(self.decisions["identified"].sum())}

    @cached_property
    def explanations(self) -> pd.Series:
        """A sentence per school, on the index of ``decisions``."""
        return self.explain(self.decisions)

    def explain(self, decisions: pd.DataFrame) -> pd.Series:
        """Explain some of the ``decisions`` in a sentence each, on the same index."""
        is_protected = self.provenance["disclosure"] != "exact"
        return explain_decisions(decisions, self.rule, self.cutoffs, is_protected=is_protected)

    @property
    def disagreements(self) -> pd.DataFrame:
        """Decisions in which the official list and the rates contradict each other: certain and no, either way."""
        both = self.decisions[["certainty", "computed_certainty"]]
        is_listed = (both["certainty"] == "certain") & both["computed_certainty"].isin(["no"])
        is_missed = (both["certainty"] == "no") & both["computed_certainty"].isin(["certain"])
        return self.decisions[(self.decisions["source"] == "official") & (is_listed | is_missed)]

    def rule_document(self) -> dict[str, Any]:
        """The rule written down in full."""
        return write_rule(self.rule)
