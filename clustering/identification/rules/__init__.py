"""
Identification rules as data: which schools are low-performing, under whose rule.

``rule`` has the parts of a rule, ``schema`` the form in which people write it, ``presets`` those that ship, ``reading``
the way from text, JSON or TOML to a rule, and ``words`` the words for its parts.
"""

from clustering.identification.rules.model import Criterion, ExitRule, OfficialList, Rule
from clustering.identification.rules.parse import parse_rule, read_rule, write_rule
from clustering.identification.rules.presets import list_presets
from clustering.identification.rules.schema import rule_schema

__all__ = [
    "Criterion",
    "ExitRule",
    "OfficialList",
    "Rule",
    "list_presets",
    "parse_rule",
    "read_rule",
    "rule_schema",
    "write_rule",
]
