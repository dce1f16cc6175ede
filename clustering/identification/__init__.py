"""
Which schools are low-performing: a rule put to the published rates, or an official list that overrules them.

The way from a rule to a decision for every school, in the order of ``identify.identify_from_arrays``:

- ``rules/``: what a rule is, how it is read, checked and written, and the rules that ship;
- ``rate_arrays``: the published rates as arrays of numbers, sorted once for all rules;
- ``population``: the schools that a rule decides, leaves out and ranks;
- ``measures``: several measures and years made into the one number that a criterion tests;
- ``certainty``, ``cutoff``: how sure it is that this number meets the criterion, and where the lowest schools end;
- ``evaluate_criterion``: one criterion put to every school; which group of students decides;
- ``decision_table``: which criterion decides, and the numbers behind each decision;
- ``official_list``: the list that overrules the rates;
- ``result``: the identification as a whole, with ``notes`` on all schools and ``explanations`` of each decision.

Built on it: ``high_schools`` (the anchors of Zones), ``compare_rules`` (two rules on the same schools), ``exits``
(which schools leave), ``cycles`` (schools followed over the years) and ``documents`` (all of these as plain values and
tables).
"""

from clustering.identification.compare_rules import RuleComparison, compare_rules
from clustering.identification.cycles import Cycles, follow_cycles
from clustering.identification.exits import passes_exit
from clustering.identification.high_schools import flagged_schools, identify_high_schools
from clustering.identification.identify import identify_by_rules, identify_schools
from clustering.identification.result import ExclusionEffect, Identification

__all__ = [
    "Cycles",
    "ExclusionEffect",
    "Identification",
    "RuleComparison",
    "compare_rules",
    "flagged_schools",
    "follow_cycles",
    "identify_by_rules",
    "identify_high_schools",
    "identify_schools",
    "passes_exit",
]
