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
    known = {each: {"name": f"School {each}", **_SCHOOL, **said} for each, said in sorted(schools.items())}
    kinds = {zone: ("as proposed", zone, members) for zone, members in zones.items()}
    kinds |= {name: ("smaller", *what) for name, what in (smaller or {}).items()}
    kinds |= {name: ("part", *what) for name, what in (parts or {}).items()}
    variants = {name: _variant(known, *what) for name, what in sorted(kinds.items())}
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
        zones=_table(zone_rows, "zone_id"),
        variants=_table(variants, "variant_id"),
        schools=_table(known, "school_id"),
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
    types: dict[str, Any] = {name: "float64" for name, value in _PARTNER.items() if isinstance(value, float)}
    types |= {**dict.fromkeys(["earliest_start", "contract_years"], "Int64"), **dict.fromkeys(_TEXTS, "str")}
    names = ["name", *_PARTNER]
    columns = {name: pd.Series([row[name] for row in rows.values()], dtype=types.get(name)) for name in names}
    table = pd.DataFrame(columns).set_axis(pd.Index(rows, dtype="str", name="partner_id"))
    said = pd.DataFrame([{**_STATEMENT, **each} for each in statements], columns=[*_STATEMENT, "choice", "stated_by"])
    years = pd.DataFrame(capacities, columns=["partner_id", "fall", "maximum_schools"])
    return Register(
        partners=table,
        capacities=years.astype({"partner_id": "str", "fall": "int64", "maximum_schools": "float64"}),
        preferences=said.astype("str"),
        files=(),
        warnings=(),
    )


def _table(rows: Mapping[str, Mapping[str, Any]], index: str) -> pd.DataFrame:
    return pd.DataFrame(list(rows.values()), index=pd.Index(rows, dtype="str", name=index))


def _variant(schools: Mapping[str, Mapping[str, Any]], kind: str, zone: str, members: Sequence[str]) -> dict[str, Any]:
    held = [schools[each] for each in sorted(members)]
    sums = {}
    for name in ("students", "students_below"):
        known = [each[name] for each in held if not pd.isna(each[name])]
        sums[name] = float(sum(known)) if known else np.nan
    return {
        "zone_id": zone,
        "variant": kind,
        "school_count": len(held),
        "school_ids": tuple(sorted(members)),
        "district_ids": tuple(sorted({each["district_id"] for each in held})),
        "levels": tuple(sorted({each["level"] for each in held})),
        **{f"{name}{end}": value for name, value in sums.items() for end in ("", "_low", "_high")},
    }
