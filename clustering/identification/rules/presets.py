"""The rules that ship, each with its source."""

from __future__ import annotations

import copy
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

import pandas as pd


def list_presets() -> pd.DataFrame:
    """
    List the presets.

    Returns
    -------
    presets
        Index ``id``; ``title``, ``source`` and ``fields`` (the rule as written, see ``rule_schema``).
    """
    documents = [preset_document(name) for name in preset_ids()]
    rows = [(each["id"], each["title"], each["source"], each) for each in documents]
    return pd.DataFrame(rows, columns=["id", "title", "source", "fields"]).set_index("id")


def preset_ids() -> tuple[str, ...]:
    """Names of the presets, in the order in which they ship."""
    return tuple(_shipped())


def preset_document(name: str) -> dict[str, Any]:
    """A preset as written."""
    return copy.deepcopy(_shipped()[name])


@cache
def _shipped() -> dict[str, dict[str, Any]]:
    text = files("clustering.identification.rules").joinpath("presets.toml").read_text(encoding="utf-8")
    return {rule["id"]: rule for rule in tomllib.loads(text)["rule"]}
