"""What the map and its table say of every Zone: its partner or start, its colour, its schools."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from clustering.capacity.need.zone_needs import ZoneNeeds
from clustering.capacity.picture.service import Answer, Service, describe_service
from clustering.capacity.register.register import Register
from clustering.model.plain_text import school_year_text
from clustering.outputs.maps.layers import OUTSIDE_COLOUR, ZONE_COLOURS

UNSERVED = "Without a partner"
# From light to dark, each dark enough for an outline on white; the earliest start is the darkest.
_START_COLOURS = (
    "#08306b",
    "#08519c",
    "#2171b5",
    "#3f8fc5",
    "#5aa2cf",
    "#6baed6",
    "#7fb8da",
    "#8dc0de",
    "#9ac8e0",
    "#a5cde3",
)


@dataclass(frozen=True, kw_only=True, eq=False)
class ZoneStates:
    """
    Every Zone as the map shows it.

    Parameters
    ----------
    zones
        Index ``zone_id``, sorted: ``name``, ``state`` (the partner, or the school year of the start; ``UNSERVED``),
        ``partner`` (names; missing without one), ``start_fall`` (Int64), ``schools`` and ``schools_served``,
        ``students`` (missing where unknown), ``reason``.
    colours
        Colour of each state, in the order of the legend; ``UNSERVED`` is the last.
    served_schools
        Ids of schools that are served.
    """

    zones: pd.DataFrame
    colours: Mapping[str, str]
    served_schools: frozenset[str]


def describe_zone_states(needs: ZoneNeeds, answer: Answer, register: Register) -> ZoneStates:
    """
    Say of every Zone who runs it, or from when.

    Parameters
    ----------
    needs, answer, register
        As for ``state_picture``.

    Returns
    -------
    states
        By partner for a match, by school year of the start for a year plan.
    """
    service = describe_service(answer, needs, register)
    served = service.served.assign(
        partner=_partner_names(service, register), schools=_sets_of(needs, service.served["variant_id"])
    )
    by_zone = served.groupby("zone_id").agg(
        partner=("partner", lambda names: " and ".join(dict.fromkeys(names))),
        start_fall=("start_fall", "min"),
        schools_served=("schools", lambda sets: len(frozenset().union(*sets))),
    )
    proposed = needs.variants[needs.variants["variant"] == "as proposed"].set_index("zone_id")
    zones = needs.zones[["name"]].join(proposed[["school_count", "students"]]).join(by_zone)
    zones = zones.rename(columns={"school_count": "schools"})
    zones["schools_served"] = zones["schools_served"].fillna(0).astype("int64")
    zones["reason"] = _reasons(answer).reindex(zones.index).fillna(service.reasons.reindex(zones.index)).fillna("")
    is_plan = service.kind == "year plan"
    starts = zones["start_fall"].map(lambda fall: f"Starts in {school_year_text(int(fall))}", na_action="ignore")
    zones["state"] = (starts if is_plan else zones["partner"]).astype("str").fillna(UNSERVED)
    return ZoneStates(
        zones=zones.sort_index(),
        colours=_colours(zones, is_plan=is_plan),
        served_schools=frozenset().union(*served["schools"]),
    )


def _partner_names(service: Service, register: Register) -> pd.Series:
    """Names of the partners, with the identifier where a name alone would be taken for another, or for nobody."""
    known, ids = register.partners["name"], service.served["partner_id"]
    is_unclear = known.duplicated(keep=False) | (known == UNSERVED)
    clear = known.mask(is_unclear, known + " (" + known.index.astype("str") + ")")
    return ids.map(clear).fillna(ids).astype("str")


def _sets_of(needs: ZoneNeeds, variant_ids: pd.Series) -> pd.Series:
    return pd.Series(
        [frozenset(needs.variants.loc[each, "school_ids"]) for each in variant_ids],
        index=variant_ids.index,
        dtype="object",
    )


def _reasons(answer: Answer) -> pd.Series:
    """Why each served Zone has its partner; of several parts, one reason after the other."""
    table = answer.starts if hasattr(answer, "starts") else answer.matches
    return table.groupby("zone_id")["reason"].agg(" ".join)


def _colours(zones: pd.DataFrame, *, is_plan: bool) -> dict[str, str]:
    """By start, from dark to light; by partner, those with most schools first, and colours repeat after six."""
    states = zones.loc[zones["state"] != UNSERVED]
    if is_plan:
        ordered = sorted(states["state"].unique())
        positions = np.linspace(0, len(_START_COLOURS) - 1, len(ordered)).round().astype(int).tolist()
        colours = [_START_COLOURS[position] for position in positions]
    else:
        sizes = states.groupby("state")["schools_served"].sum()
        ordered = sorted(sizes.index, key=lambda state: (-sizes[state], state))
        colours = [ZONE_COLOURS[number % len(ZONE_COLOURS)] for number in range(len(ordered))]
    return {**dict(zip(ordered, colours, strict=True)), UNSERVED: OUTSIDE_COLOUR}
