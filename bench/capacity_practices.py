"""Greedy practice: in which order the options of a request would be taken, one after another."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from clustering.capacity.matching.instance import MatchInstance
from clustering.capacity.plan_years.model import YearModel


class Practice(NamedTuple):
    """A practice: its name, the order of the options, and what it does."""

    name: str
    order: np.ndarray
    note: str


def practices_of_plan(years: YearModel) -> list[Practice]:
    """
    Order the options of a multi-year plan.

    Parameters
    ----------
    years
        The model of the plan.

    Returns
    -------
    practices
        Two.
    """
    distances = years.request.pairs[["variant_id", "partner_id", "distance_km"]]
    return _practices(years.options.table.merge(distances, on=["variant_id", "partner_id"], how="left"))


def practices_of_match(instance: MatchInstance) -> list[Practice]:
    """
    Order the options of a match.

    Parameters
    ----------
    instance
        The request.

    Returns
    -------
    practices
        Two.
    """
    return _practices(instance.options.assign(start_fall=0))


def _practices(table: pd.DataFrame) -> list[Practice]:
    away, start = table["distance_km"].to_numpy("float64"), table["start_fall"].to_numpy()
    need, zone = table["need"].to_numpy("float64"), table["zone_id"].to_numpy(str)
    partner = table["partner_id"].to_numpy(str)
    neediest = np.lexsort((away, start, zone, -need))
    by_partner = np.lexsort((start, away, partner))
    return [
        Practice("neediest_first", neediest, "the neediest Zone takes the nearest partner"),
        Practice("partner_by_partner", by_partner, "one partner after another takes the nearest Zones"),
    ]
