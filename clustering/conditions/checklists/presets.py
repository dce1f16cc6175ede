"""The checklists that ship, each a file of JSON with its source."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files

from clustering.conditions.checklists.checklist import Checklist


@cache
def list_checklists() -> tuple[Checklist, ...]:
    """
    List the checklists that ship.

    Returns
    -------
    checklists
        Sorted by ``checklist_id``: from the agreements of Delaware's Partnership Zone, of Miami-Dade's School
        Improvement Zone and of the Springfield Empowerment Zone.
    """
    folder = files("clustering.conditions.checklists").joinpath("presets")
    names = sorted(each.name for each in folder.iterdir() if each.name.endswith(".json"))
    return tuple(Checklist(**json.loads(folder.joinpath(name).read_text(encoding="utf-8"))) for name in names)
