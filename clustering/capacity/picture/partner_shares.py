"""What each partner holds of all that is served."""

from __future__ import annotations

import numpy as np
import pandas as pd

from clustering.capacity.matching.free_capacity import free_schools
from clustering.capacity.need.zone_needs import ZoneNeeds
from clustering.capacity.register.register import Register


def share_out(
    needs: ZoneNeeds, served: pd.DataFrame, schools: pd.DataFrame, register: Register, *, fall: int | None
) -> pd.DataFrame:
    """
    Build ``StatePicture.partners``.

    Parameters
    ----------
    needs, served
        The Zones, and the variants that are served (see ``service.Service``).
    schools
        As ``served_schools.mark_served_schools`` marks them.
    register
        The partners.
    fall
        The first school year, of which the free capacity is told.

    Returns
    -------
    partners
        The partner with the most schools first; those with equally many by id.
    """
    counted = served.assign(schools=needs.variants["school_count"].reindex(served["variant_id"]).to_numpy())
    by_partner = counted.groupby("partner_id").agg(
        zones=("zone_id", "nunique"), schools=("schools", "sum"), cost_dollars=("cost_dollars", "sum")
    )
    students = schools[schools["is_served"]].groupby("partner_id")["students"].sum(min_count=1)
    total = int(schools["is_served"].sum())
    known = register.partners.reindex(by_partner.index)
    table = by_partner.assign(
        name=known["name"].fillna(pd.Series(by_partner.index, index=by_partner.index)),
        kind=known["kind"],
        students=students,
        share_of_served_schools=by_partner["schools"] / total if total else np.nan,
        schools_free=free_schools(register, fall).reindex(by_partner.index),
    )
    table = table.rename_axis("partner_id").reset_index()
    table = table.sort_values(["schools", "partner_id"], ascending=[False, True], ignore_index=True)
    columns = ["partner_id", "name", "kind", "zones", "schools", "students", "share_of_served_schools"]
    return table[[*columns, "schools_free", "cost_dollars"]]
