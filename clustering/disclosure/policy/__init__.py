"""
Disclosure policies as data: how small a count may not be shown, and what is done about it.

``model`` has the fields of a policy, ``parse`` the way from a preset, a file, text or fields to a policy, ``presets``
those that ship, ``written`` the way back and the hash, and ``strictness`` says whether one policy tells no more than
another.
"""

from clustering.disclosure.policy.model import DisclosurePolicy, Method, RateBand
from clustering.disclosure.policy.parse import parse_policy, policy_schema
from clustering.disclosure.policy.presets import policy_presets
from clustering.disclosure.policy.strictness import is_at_least_as_strict, what_is_looser
from clustering.disclosure.policy.written import policy_document, policy_hash, policy_toml

__all__ = [
    "DisclosurePolicy",
    "Method",
    "RateBand",
    "is_at_least_as_strict",
    "parse_policy",
    "policy_document",
    "policy_hash",
    "policy_presets",
    "policy_schema",
    "policy_toml",
    "what_is_looser",
]
