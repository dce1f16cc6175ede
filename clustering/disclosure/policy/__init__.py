"""
Disclosure policies as data: which counts are too small to be shown, and how they are protected.

``model`` has the fields of a policy, ``parse`` reads one from a preset, a file, text or fields, ``presets`` has those
that ship, ``written`` writes one and hashes it, and ``strictness`` says whether one policy tells no more than another.
"""

from clustering.disclosure.policy.model import NOISE, DisclosurePolicy, Method, RateBand
from clustering.disclosure.policy.parse import parse_policy, policy_schema
from clustering.disclosure.policy.presets import policy_presets
from clustering.disclosure.policy.strictness import is_at_least_as_strict, what_is_looser
from clustering.disclosure.policy.written import policy_document, policy_hash, policy_toml

__all__ = [
    "NOISE",
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
