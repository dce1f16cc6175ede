"""
Which schools are low-performing: a rule put to the published rates, or an official list that wins over it.

``decide`` is the line from a rule to an answer for every school: ``coded`` rates, their ``averages``, the ``answers``
of a threshold or of the lowest within a ``scope`` of schools, the criteria to ``judge`` and ``tabulate``, the
``official`` list and the ``sentences``. ``compare`` sets two rules side by side, ``cycles`` follows schools over the
years, ``exits`` tells which leave.
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
