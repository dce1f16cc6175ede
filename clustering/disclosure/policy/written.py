"""A disclosure policy written down: as a document, as TOML, and the hash of it."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from clustering.disclosure.policy.model import NOISE, NOISE_FIELDS, DisclosurePolicy


def policy_document(policy: DisclosurePolicy) -> dict[str, Any]:
    """
    Write a policy down in full.

    Parameters
    ----------
    policy
        Of any source.

    Returns
    -------
    document
        Every field of :func:`~clustering.policy_schema` that the policy uses, ready for JSON: the two of noise only
        where noise is among the methods. ``parse_policy`` makes the same policy of it.
    """
    document: dict[str, Any] = policy.model_dump(mode="json")
    if NOISE not in policy.methods:
        return {name: value for name, value in document.items() if name not in NOISE_FIELDS}
    return document


def policy_toml(policy: DisclosurePolicy) -> str:
    """
    Write a policy as TOML.

    Parameters
    ----------
    policy
        Of any source.

    Returns
    -------
    text
        The fields of :func:`policy_document`, one a line. The same policy always gives the same text.
    """
    return "".join(f"{name} = {_toml(value)}\n" for name, value in policy_document(policy).items())


def policy_hash(policy: DisclosurePolicy) -> str:
    """
    Hash a policy; a policy is public, so its hash tells nothing.

    Parameters
    ----------
    policy
        Of any source.

    Returns
    -------
    hash
        SHA-256 of the document as JSON in UTF-8, fields in alphabetical order and without blanks, as 64 hexadecimal
        digits.
    """
    text = json.dumps(policy_document(policy), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _toml(value: object) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{name} = {_toml(each)}" for name, each in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    # TOML reads numbers and texts as JSON writes them.
    return json.dumps(value, ensure_ascii=False)
