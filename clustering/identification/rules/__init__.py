"""
Identification rules as data: which schools are low-performing, under whose rule.

``model`` has the parts of a rule, ``written`` the form in which people write it, ``field_types`` the bounds of both,
``presets`` those that ship, ``parse`` the way from text, JSON or TOML to a rule, and ``vocabulary`` the words for its
parts.
"""

from clustering.identification.rules.model import Criterion, ExitRule, OfficialList, Rule
from clustering.identification.rules.parse import parse_rule, read_rule, rule_text, write_rule
from clustering.identification.rules.presets import list_presets
from clustering.identification.rules.written import rule_schema

__all__ = [
    "Criterion",
    "ExitRule",
    "OfficialList",
    "Rule",
    "list_presets",
    "parse_rule",
    "read_rule",
    "rule_schema",
    "rule_text",
    "write_rule",
]
