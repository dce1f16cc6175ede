"""From needs, a register and an answer to the state's picture."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pandas as pd

from clustering.capacity.need.school_counts import COUNTS
from clustering.capacity.need.zone_needs import ZoneNeeds
from clustering.capacity.picture.audit import audit_picture
from clustering.capacity.picture.headlines import describe_picture, describe_reach, note_picture
from clustering.capacity.picture.partner_shares import share_out
from clustering.capacity.picture.picture import StatePicture
from clustering.capacity.picture.served_schools import group_districts, group_levels, mark_served_schools, total_parts
from clustering.capacity.picture.service import Answer, Service, describe_service
from clustering.capacity.picture.started_zones import list_started
from clustering.capacity.plan_years.years_to_reach_all import YearsToReachAll
from clustering.capacity.register.register import Register
from clustering.errors import SolverError
from clustering.model.arguments import of_type


def state_picture(
    needs: ZoneNeeds, answer: Answer, register: Register, *, years_to_reach_all: YearsToReachAll | str | None = None
) -> StatePicture:
    """
    Draw up need against capacity: who is served, by whom, where, from when and at what cost.

    Parameters
    ----------
    needs
        The Zones of the request.
    answer
        A match or a year plan of these needs and this register.
    register
        The partners of the request.
    years_to_reach_all
        What ``years_to_reach_all`` answers of the same request, or a sentence, where that was worked out.

    Returns
    -------
    picture
        Tables whose sums were checked. No count of students in it is more exact than those of the schools in
        ``needs.schools``.

    Raises
    ------
    SolverError
        The sums of the tables differ: the answer is not one of these needs.
    """
    of_type("needs", needs, ZoneNeeds, "the ZoneNeeds that measure_zone_needs or read_zone_needs answers")
    of_type("register", register, Register, "the Register that read_register answers")
    service = describe_service(answer, needs, register)
    served, served_zones = service.served, set(service.served["zone_id"])
    schools = mark_served_schools(needs, served.set_index("partner_id")["variant_id"])
    first = service.falls["fall"].iloc[0] if len(service.falls) else None
    picture = StatePicture(
        kind=service.kind,
        headlines=(),
        totals=total_parts(needs, schools, served_zones),
        districts=group_districts(needs, schools, served_zones),
        levels=group_levels(schools),
        partners=share_out(needs, served, schools, register, fall=None if pd.isna(first) else int(first)),
        falls=service.falls,
        started=list_started(needs, served, register),
        unserved=_unserved(needs, service),
        planning_is_free=service.planning_is_free,
        years_to_reach_all=describe_reach(years_to_reach_all, service),
        disclosure=needs.disclosure,
        provenance=service.provenance,
        notes=note_picture(needs, service),
    )
    if violations := audit_picture(picture):
        raise SolverError("the picture does not add up: " + " ".join(violations))
    return replace(picture, headlines=describe_picture(picture, service))


def _unserved(needs: ZoneNeeds, service: Service) -> pd.DataFrame:
    """Zones without a partner, the most students first, those of unknown number last."""
    proposed = needs.variants[needs.variants["variant"] == "as proposed"].set_index("zone_id")
    unserved = needs.zones.index.difference(pd.Index(service.served["zone_id"].unique()))
    table = pd.DataFrame(
        {
            "zone_id": unserved,
            "name": needs.zones["name"].reindex(unserved).to_numpy(),
            "schools": proposed["school_count"].reindex(unserved).to_numpy(),
            **{name: proposed[name].reindex(unserved).to_numpy() for name in COUNTS},
            "anchor_rate": needs.zones["anchor_rate"].reindex(unserved).to_numpy(),
            "reason": service.reasons.reindex(unserved).fillna("The answer gives no reason.").to_numpy(),
        }
    )
    size = -table["students"].fillna(-math.inf)
    order = np.lexsort([table["zone_id"].to_numpy(dtype="str"), size.to_numpy()])
    return table.iloc[order].reset_index(drop=True)
