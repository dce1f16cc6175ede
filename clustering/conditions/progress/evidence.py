"""Persistence with each outcome: how many of a Zone's first students the outcome can speak of."""

from __future__ import annotations

import numpy as np
import pandas as pd

from clustering.errors import InputError, Problem
from clustering.model.arguments import of_type

OUTCOME_YEARS = 3  # persistence over three promotions goes with what is reached at 36 months
WEAK_BELOW = 0.5
NO_EVIDENCE = "no evidence without persistence"
WEAK_EVIDENCE = "weak evidence: most students have left"
WITH_PERSISTENCE = "persistence is known"
WHY_PERSISTENCE = (
    "An outcome describes the students who are there at the end. Half of the first students of Project L.I.F.T. had"
    " left its schools after three years, so its outcomes were those of other children."
)
_NEEDED = ("zone_id", "years", "persistence")


def persistence_of_zones(persistence: pd.DataFrame | None, zone_ids: list[str]) -> pd.DataFrame:
    """
    Choose the persistence that is shown with the outcomes of each Zone.

    Parameters
    ----------
    persistence
        As :func:`measure_persistence` answers, of one number of years or of several, one after another; ``None`` if it
        was not measured.
    zone_ids
        The Zones.

    Returns
    -------
    chosen
        Index ``zone_id``: ``persistence`` [share 0 to 1], ``persistence_years`` (three, or else the nearest number
        below, or else the nearest above) and ``evidence``.

    Raises
    ------
    InputError
        The table has not the columns of :func:`measure_persistence`.
    """
    chosen = pd.DataFrame(index=pd.Index(zone_ids, name="zone_id", dtype="str"))
    if persistence is None:
        return chosen.assign(persistence=np.nan, evidence=NO_EVIDENCE).assign(
            persistence_years=pd.array([None] * len(chosen), dtype="Int64")
        )
    of_type("persistence", persistence, pd.DataFrame, "the table that measure_persistence answers")
    if missing := [name for name in _NEEDED if name not in persistence]:
        message = f"The table has no column {missing[0]}."
        remedy = "Give the table that measure_persistence answers for these Zones."
        raise InputError([Problem(table="persistence", column=missing[0], message=message, remedy=remedy)])
    known = persistence.loc[persistence["persistence"].notna(), list(_NEEDED)].astype({"zone_id": "str"})
    years = known["years"].astype("int64")
    is_late = years > OUTCOME_YEARS
    nearest = known.assign(is_late=is_late, away=(years - OUTCOME_YEARS).abs())
    first = nearest.sort_values(["zone_id", "is_late", "away"]).drop_duplicates("zone_id").set_index("zone_id")
    chosen["persistence"] = first["persistence"].reindex(chosen.index).astype("float64")
    chosen["persistence_years"] = first["years"].reindex(chosen.index).astype("Int64")
    conditions = [chosen["persistence"].isna(), chosen["persistence"] < WEAK_BELOW]
    chosen["evidence"] = np.select(conditions, [NO_EVIDENCE, WEAK_EVIDENCE], default=WITH_PERSISTENCE)
    return chosen
