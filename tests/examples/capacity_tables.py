"""Needs and registers for tests, built from a few values; what is not said is missing or the plainest there is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from clustering.capacity.need.zone_needs import ZoneNeeds
from clustering.capacity.register.register import DUTIES, Register

_SCHOOL = {"level": "high", "district_id": "D1", "district_name": None, "students": np.nan, "students_below": np.nan}
_PARTNER = {
    "kind": "organisation",
    "home_district": None,
    "latitude": np.nan,
    "longitude": np.nan,
    "reach_districts": (),
    "reach_km": np.nan,
    "levels": (),
    "schools_now": 0.0,
    "maximum_schools": 10.0,
    "maximum_schools_low": np.nan,
    "maximum_schools_high": np.nan,
    "earliest_start": pd.NA,
    "growth_share": np.nan,
    "growth_ceiling": np.nan,
    "contract_years": pd.NA,
    **{f"cost_per_{of}{end}": np.nan for of in ("school", "student") for end in ("", "_low", "_high")},
    "approval": "pre-qualified",
    **dict.fromkeys(DUTIES, "met"),
    "supporting_partners": (),
    "services": (),
    "evidence": None,
    "evidence_source": None,
}
_STATEMENT = {"partner_id": None, "district_id": None, "school_id": None, "level": None, "reason": None}
_TEXTS = ("name", "kind", "home_district", "approval", "evidence", "evidence_source", *DUTIES)


def needs_of(
    schools: Mapping[str, Mapping[str, Any]],
    zones: Mapping[str, Sequence[str]],
    *,
    smaller: Mapping[str, tuple[str, Sequence[str]]] | None = None,
    parts: Mapping[str, tuple[str, Sequence[str]]] | None = None,
    about: Mapping[str, Mapping[str, Any]] | None = None,
    first_fall: int | None = 2025,
) -> ZoneNeeds:
    """
    Build needs.

    Parameters
    ----------
    schools
        Id to what is known of a school: ``students``, ``students_below``, ``level``, ``district_id``.
    zones
        Id to the schools of the Zone as proposed, the anchor first.
    smaller, parts
        Id of a variant to its Zone and schools.
    about
        Id of a Zone to ``anchor_rate``, ``latitude``, ``longitude``.
    """
    table = pd.DataFrame(
        {each: {"name": f"School {each}", **_SCHOOL, **said} for each, said in sorted(schools.items())}
    ).T
    table = table.astype({"students": "float64", "students_below": "float64"}).rename_axis("school_id")
    kinds = {zone: ("as proposed", zone, members) for zone, members in zones.items()}
    kinds |= {name: ("smaller", *what) for name, what in (smaller or {}).items()}
    kinds |= {name: ("part", *what) for name, what in (parts or {}).items()}
    variants = {name: _variant(table, *what) for name, what in sorted(kinds.items())}
    zone_rows = {
        zone: {
            "name": f"Zone {zone}",
            "anchor_ids": (members[0],),
            **dict.fromkeys(["latitude", "longitude", "anchor_rate", "anchor_rate_low", "anchor_rate_high"], np.nan),
            **(about or {}).get(zone, {}),
        }
        for zone, members in sorted(zones.items())
    }
    return ZoneNeeds(
        zones=pd.DataFrame(zone_rows).T.infer_objects().rename_axis("zone_id"),
        variants=pd.DataFrame(variants).T.infer_objects().rename_axis("variant_id"),
        schools=table,
        disclosure="exact",
        first_fall=first_fall,
        provenance={"software": "feeder-zones", "tables_sha256": "0" * 64},
        notes=(),
    )


def register_of(
    partners: Mapping[str, Mapping[str, Any]],
    *,
    statements: Sequence[Mapping[str, Any]] = (),
    capacities: Sequence[tuple[str, int, float]] = (),
) -> Register:
    """
    Build a register.

    Parameters
    ----------
    partners
        Id to what is known of a partner; without more it is approved, meets its duties and has room for 10 schools.
    statements
        Each with ``choice``, ``stated_by`` and what it names.
    capacities
        Partner, fall and schools.
    """
    rows = {each: {"name": f"Partner {each}", **_PARTNER, **said} for each, said in sorted(partners.items())}
    table = pd.DataFrame.from_dict(rows, orient="index").rename_axis("partner_id")
    numbers = [name for name, value in _PARTNER.items() if isinstance(value, float)]
    table = table.astype(
        {
            **dict.fromkeys(numbers, "float64"),
            **dict.fromkeys(["earliest_start", "contract_years"], "Int64"),
            **dict.fromkeys(_TEXTS, "str"),
        }
    )
    said = pd.DataFrame([{**_STATEMENT, **each} for each in statements], columns=[*_STATEMENT, "choice", "stated_by"])
    years = pd.DataFrame(capacities, columns=["partner_id", "fall", "maximum_schools"])
    return Register(
        partners=table,
        capacities=years.astype({"partner_id": "str", "fall": "int64", "maximum_schools": "float64"}),
        preferences=said.astype("str"),
        files=(),
        warnings=(),
    )


def _variant(schools: pd.DataFrame, kind: str, zone: str, members: Sequence[str]) -> dict[str, Any]:
    held = schools.loc[sorted(members)]
    sums = {name: held[name].sum(min_count=1) for name in ("students", "students_below")}
    return {
        "zone_id": zone,
        "variant": kind,
        "school_count": len(held),
        "school_ids": tuple(held.index),
        "district_ids": tuple(sorted(set(held["district_id"]))),
        "levels": tuple(sorted(set(held["level"]))),
        **{f"{name}{end}": value for name, value in sums.items() for end in ("", "_low", "_high")},
    }
