"""Which Zone starts when, with whom, and with how much of it."""

from __future__ import annotations

import pandas as pd

from clustering.capacity.need.zone_needs import ZoneNeeds
from clustering.capacity.register.register import Register


def list_started(needs: ZoneNeeds, served: pd.DataFrame, register: Register) -> pd.DataFrame:
    """
    List the Zones, or parts of Zones, that have a partner.

    Parameters
    ----------
    needs
        The Zones of the request.
    served
        Of the answer: ``zone_id``, ``variant_id``, ``partner_id``, ``start_fall``.
    register
        The partners of the request.

    Returns
    -------
    started
        ``StatePicture.started``.
    """
    variants, variant = needs.variants, served["variant_id"]
    table = pd.DataFrame(
        {
            "zone_id": served["zone_id"].to_numpy(),
            "name": needs.zones["name"].reindex(served["zone_id"]).to_numpy(),
            "variant_id": variant.to_numpy(),
            "partner_id": served["partner_id"].to_numpy(),
            "partner_name": register.partners["name"].reindex(served["partner_id"]).to_numpy(),
            "start_fall": served["start_fall"].to_numpy(),
            "schools": variants["school_count"].reindex(variant).to_numpy(),
            "schools_of_zone": variants["school_count"].reindex(served["zone_id"]).to_numpy(),
            "students": variants["students"].reindex(variant).to_numpy("float64"),
        }
    )
    texts = dict.fromkeys(["zone_id", "name", "variant_id", "partner_id", "partner_name"], "str")
    table = table.astype({**texts, "start_fall": "Int64", "schools": "int64", "schools_of_zone": "int64"})
    return table.sort_values(["start_fall", "name", "variant_id"], kind="stable", ignore_index=True)
