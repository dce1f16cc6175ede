"""The policies that ship, each with its source."""

from __future__ import annotations

import copy
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from clustering.disclosure.policy.model import DisclosurePolicy


def policy_presets() -> tuple[DisclosurePolicy, ...]:
    """
    List the disclosure policies that ship.

    Returns
    -------
    policies
        In the order in which they ship; ``standard``, which the library takes where none is given, is the first.
    """
    return tuple(DisclosurePolicy(**document) for document in _shipped().values())


def preset_names() -> tuple[str, ...]:
    """Names of the presets, in the order in which they ship."""
    return tuple(_shipped())


def preset_document(name: str) -> dict[str, Any]:
    """A preset as written."""
    return copy.deepcopy(_shipped()[name])


@cache
def _shipped() -> dict[str, dict[str, Any]]:
    text = files("clustering.disclosure.policy").joinpath("presets.toml").read_text(encoding="utf-8")
    return {policy["name"]: policy for policy in tomllib.loads(text)["policy"]}
