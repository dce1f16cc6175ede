"""A generated country of Zones and Lead Partners: cities of very different sizes, and far more need than capacity."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from clustering.capacity.need.zone_needs import ZoneNeeds
from clustering.capacity.register.register import DUTIES, Register

CITIES, FIRST_FALL = 250, 2026


@dataclass(frozen=True, kw_only=True)
class _Cities:
    """Positions, shares of the population, and the ids of the districts."""

    latitude: np.ndarray
    longitude: np.ndarray
    share: np.ndarray
    district: np.ndarray


def generate_capacity_country(zones: int, partners: int, seed: int) -> tuple[ZoneNeeds, Register]:
    """
    Generate Zones and partners.

    Parameters
    ----------
    zones, partners
        How many.
    seed
        Of everything drawn.

    Returns
    -------
    needs, register
        Cities follow Zipf's law, one district each; two of five partners are a district's own unit.
    """
    random = np.random.default_rng(seed)
    share = 1.0 / np.arange(3, CITIES + 3)
    cities = _Cities(
        latitude=random.uniform(30, 47, CITIES),
        longitude=random.uniform(-122, -73, CITIES),
        share=share / share.sum(),
        district=np.array([f"{number:07d}" for number in range(1, CITIES + 1)]),
    )
    return _needs(cities, zones, random), _register(cities, partners, random)


def _needs(cities: _Cities, count: int, random: np.random.Generator) -> ZoneNeeds:
    home = random.choice(CITIES, count, p=cities.share)
    ids = pd.Index([f"zone-{number:05d}" for number in range(count)], name="zone_id")
    school_count = 1 + random.poisson(4.0, count)
    students = (school_count * random.lognormal(6.2, 0.35, count)).round()
    rate = random.beta(8, 6, count).round(3)
    below = (students * random.uniform(0.55, 0.9, count)).round()
    zones = pd.DataFrame(
        {
            "name": ids.to_series().str.replace("zone-", "Zone "),
            "anchor_ids": [(f"{number:05d}00",) for number in range(count)],
            "latitude": cities.latitude[home] + random.normal(0, 0.08, count),
            "longitude": cities.longitude[home] + random.normal(0, 0.1, count),
            "anchor_rate": rate,
            "anchor_rate_low": rate,
            "anchor_rate_high": rate,
        },
        index=ids,
    )
    school_ids = [
        tuple(f"{number:05d}{school:02d}" for school in range(size)) for number, size in enumerate(school_count)
    ]
    variants = pd.DataFrame(
        {
            "zone_id": ids.to_numpy(),
            "variant": "as proposed",
            "school_count": school_count,
            "school_ids": school_ids,
            "district_ids": [(each,) for each in cities.district[home]],
            "levels": [("elementary", "high", "middle")[: max(1, min(3, size))] for size in school_count],
            **{f"students{end}": students for end in ("", "_low", "_high")},
            **{f"students_below{end}": below for end in ("", "_low", "_high")},
        },
        index=pd.Index(ids, name="variant_id"),
    )
    each = np.repeat(np.arange(count), school_count)
    schools = pd.DataFrame(
        {
            "name": "School",
            "level": "high",
            "district_id": cities.district[home][each],
            "district_name": "District",
            "students": (students / school_count)[each].round(),
            "students_below": (below / school_count)[each].round(),
        },
        index=pd.Index([school for ids_of in school_ids for school in ids_of], name="school_id"),
    )
    return ZoneNeeds(
        zones=zones,
        variants=variants,
        schools=schools,
        disclosure="exact",
        first_fall=FIRST_FALL,
        provenance={"generated": "bench.capacity"},
        notes=(),
    )


def _register(cities: _Cities, count: int, random: np.random.Generator) -> Register:
    is_unit = np.arange(count) % 5 < 2
    # The largest districts have a unit of their own; other partners live where the people are.
    home = random.choice(CITIES, count, p=cities.share)
    home[is_unit] = np.arange(int(is_unit.sum())) % CITIES
    reach_km = np.where(is_unit, np.nan, random.choice([150.0, 300.0, 600.0, 1200.0], count, p=[0.4, 0.3, 0.2, 0.1]))
    ids = pd.Index([f"partner-{number:04d}" for number in range(count)], name="partner_id")
    now = random.poisson(3.0, count)
    most = now + np.maximum(2, random.lognormal(2.0, 0.6, count).round())
    cost = (random.normal(750_000, 120_000, count).clip(400_000) / 1_000).round() * 1_000
    partners = pd.DataFrame(
        {
            "name": ids.to_series().str.replace("partner-", "Partner "),
            "kind": np.where(is_unit, "district unit", "organisation"),
            "home_district": cities.district[home],
            "latitude": cities.latitude[home],
            "longitude": cities.longitude[home],
            "reach_districts": [(cities.district[at],) if unit else () for at, unit in zip(home, is_unit, strict=True)],
            "reach_km": reach_km,
            "levels": [()] * count,
            "schools_now": now.astype(float),
            **{f"maximum_schools{end}": most for end in ("", "_low", "_high")},
            "earliest_start": pd.array(FIRST_FALL + random.choice(3, count, p=[0.6, 0.3, 0.1]), dtype="Int64"),
            "growth_share": np.where(random.random(count) < 0.6, random.choice([0.25, 0.5, 1.0], count), np.nan),
            "growth_ceiling": most + random.integers(0, 16, count),
            "contract_years": pd.array(random.integers(3, 6, count), dtype="Int64"),
            **{f"cost_per_school{end}": cost for end in ("", "_low", "_high")},
            **{f"cost_per_student{end}": np.nan for end in ("", "_low", "_high")},
            "approval": "pre-qualified",
            **dict.fromkeys(DUTIES, "met"),
            "supporting_partners": [()] * count,
            "services": [()] * count,
            "evidence": None,
            "evidence_source": None,
        },
        index=ids,
    )
    preferences = pd.DataFrame(
        {
            "partner_id": random.choice(ids, count),
            "district_id": random.choice(cities.district, count, p=cities.share),
            "school_id": None,
            "level": None,
            "choice": "prefer",
            "stated_by": random.choice(["partner", "district", "state"], count),
            "reason": None,
        }
    )
    capacities = pd.DataFrame(
        {
            "partner_id": pd.Series(dtype=str),
            "fall": pd.Series(dtype="int64"),
            "maximum_schools": pd.Series(dtype=float),
        }
    )
    return Register(partners=partners, capacities=capacities, preferences=preferences, files=(), warnings=())
