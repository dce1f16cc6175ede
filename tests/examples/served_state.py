"""
A state of four Zones and three partners, small enough to add up by hand.

::

    Zone    schools (students, below the mark)                             district  served by
    North   N High (900, 600), N Middle (500, 300), N K-8 (400, 250)       01        Bright, all three
    South   S High (800, 500), S Middle (450, 250), S Elem (300, 150)      02        Bright, without S Elem
    East    E High (700, 400), E Middle (350, 200), E Elem (250, unknown)  02        Acme, all three
    West    W High (unknown), W Middle (400, 8), W Elem (280, 140)         03        nobody

All: 12 schools, 5,330 students in the 11 that are known. Served: North 1,800, South 1,250, East 1,300: 4,350 in eight
schools; Bright runs five of the eight. Unserved: S Elem 300, W Middle 400, W Elem 280: 980 in three, and W High of
which nothing is known. Below the mark: North 1,150, South 750 (900 with S Elem), East 600 in two; West 140 and 1 to 9,
which sums take at 5. All: 1,150 + 900 + 600 + 145 = 2,795; served 2,500.

A match costs 750,000 dollars a school: Bright 5, Acme 3, together 6,000,000 dollars a year. Bright could take on six
schools, Acme three and Idle Hands five; Idle Hands is a unit of district 09, where no Zone is.

The year plan is of three years from fall 2025. North starts in 2025, South and East in 2026, West never. With 500,000
dollars a school and year, 2025 costs 1.5, 2026 and 2027 4 million.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from clustering import read_register, read_zone_needs
from clustering.capacity.matching.match import Loss, Match, MatchReason, MatchSolution, UnservedZone, UnusedPartner
from clustering.capacity.matching.parameters import MatchParameters
from clustering.capacity.need.zone_needs import ZoneNeeds
from clustering.capacity.plan_years.parameters import PlanYearsParameters
from clustering.capacity.plan_years.year_plan import YearPlan, YearPlanSolution
from clustering.capacity.register.register import DUTIES, Register

BRIGHT, ACME, IDLE = "LP-1", "LP-2", "LP-3"
_SCHOOLS = (
    ("n1", "North", "N High", "9-12", "01", "900", "600"),
    ("n2", "North", "N Middle", "6-8", "01", "500", "300"),
    ("n3", "North", "N K-8", "K-8", "01", "400", "250"),
    ("s1", "South", "S High", "9-12", "02", "800", "500"),
    ("s2", "South", "S Middle", "6-8", "02", "450", "250"),
    ("s3", "South", "S Elem", "K-5", "02", "300", "150"),
    ("e1", "East", "E High", "9-12", "02", "700", "400"),
    ("e2", "East", "E Middle", "6-8", "02", "350", "200"),
    ("e3", "East", "E Elem", "K-5", "02", "250", ""),
    ("w1", "West", "W High", "9-12", "03", "", ""),
    ("w2", "West", "W Middle", "6-8", "03", "400", "8"),
    ("w3", "West", "W Elem", "K-5", "03", "280", "140"),
)
_SERVED = (
    ("East", "East", "as proposed", ACME, ("e1", "e2", "e3"), 1300.0),
    ("North", "North", "as proposed", BRIGHT, ("n1", "n2", "n3"), 1800.0),
    ("South", "South/2", "smaller", BRIGHT, ("s1", "s2"), 1250.0),
)


def served_needs(*, names: dict[str, str] | None = None, below_of_w2: str = "8") -> ZoneNeeds:
    """The needs, with a smaller variant of South; schools of other names where these are given, by id."""
    columns = ["school_id", "zone", "name", "grades", "district_id", "students", "students_below"]
    table = pd.DataFrame(_SCHOOLS, columns=columns).assign(
        graduation_rate=["55", "", "", "60", "", "", "50-59", "", "", "", "", ""],
        district_name=[f"District {row[4]}" for row in _SCHOOLS],
        latitude=[f"{38 + number / 100:.2f}" for number in range(12)],
        longitude=[f"{-98 - number / 100:.2f}" for number in range(12)],
    )
    table.loc[table["school_id"] == "w2", "students_below"] = below_of_w2
    table["name"] = [(names or {}).get(row[0], row[2]) for row in _SCHOOLS]
    needs = read_zone_needs(table, first_fall=2025)
    row = needs.variants.loc["South"].copy()
    row["variant"], row["school_count"], row["school_ids"] = "smaller", 2, ("s1", "s2")
    for end in ("", "_low", "_high"):
        row[f"students{end}"] = 1250.0
    row["students_below"] = 750.0
    needs.variants.loc["South/2"] = row
    return needs


def served_register(*, name: str = "Bright Futures") -> Register:
    """Three partners: six schools free with the first, three with the second, five with the third."""
    table = pd.DataFrame(
        {
            "partner_id": [BRIGHT, ACME, IDLE],
            "name": [name, "Acme Schools", "Idle Hands"],
            "kind": ["organisation", "organisation", "district unit"],
            "home_district": ["", "", "09"],
            "schools_now": ["4", "0", "0"],
            "maximum_schools": ["10", "3", "5"],
        }
    )
    return read_register(table)


def served_match(**changes: Any) -> Match:
    """The match, as if it had been solved for."""
    matches = pd.DataFrame(
        [
            {
                "zone_id": zone,
                "zone_name": zone,
                "variant_id": variant_id,
                "variant": variant,
                "partner_id": partner,
                "partner_name": {BRIGHT: "Bright Futures", ACME: "Acme Schools"}[partner],
                "school_ids": schools,
                "school_count": len(schools),
                "students": students,
                "need": students,
                "cost_dollars": 750_000.0 * len(schools),
                "cost_basis": "default, by school",
                "distance_km": np.nan,
                **dict.fromkeys(DUTIES, "unknown"),
                "preference": 0,
                "is_locked": False,
                "reason": f"{partner} is the only partner that may run {zone}.",
            }
            for zone, variant_id, variant, partner, schools, students in _SERVED
        ]
    )
    unserved = UnservedZone(
        zone_id="West",
        name="West",
        kind="partners full",
        school_count=3,
        need=680.0,
        partners=(),
        obstacle_counts={},
        smaller_variant_id=None,
        taken_by=(),
        if_served=Loss(),
        reason="Every partner that may run it is full.",
    )
    unused = UnusedPartner(
        partner_id=IDLE,
        name="Idle Hands",
        kind="no Zone",
        schools_free=5.0,
        zone_count=0,
        served_by=(),
        obstacle_counts={},
        nearest=None,
        nearest_zone_id=None,
        reason="It may run no Zone.",
    )
    parts: dict[str, Any] = {
        "parameters": MatchParameters(allow_smaller=True),
        "fall": 2025,
        "solution": MatchSolution(
            status="optimal",
            ties_status="optimal",
            need_served=4350.0,
            need_in_all=5330.0,
            bound=4350.0,
            gap=0.0,
            zones_served=3,
            zones_in_all=4,
            schools_served=8,
            preferences_met=0,
            cost_dollars=6e6,
        ),
        "matches": matches,
        "reasons": tuple(
            MatchReason(
                zone_id=row[0],
                variant_id=row[1],
                partner_id=row[3],
                kind="only partner",
                partner_count=1,
                without_pair=Loss(),
                unchecked=(),
            )
            for row in _SERVED
        ),
        "unserved": (unserved,),
        "unused": (unused,),
        "capacity": pd.DataFrame(
            {
                "name": ["Bright Futures", "Acme Schools", "Idle Hands"],
                "schools_now": [4.0, 0.0, 0.0],
                "maximum_schools": [10.0, 3.0, 5.0],
                "schools_free": [6.0, 3.0, 5.0],
                "schools_used": [5, 3, 0],
                "schools_left": [1.0, 0.0, 5.0],
                "zone_count": [2, 1, 0],
                "need": [3050.0, 1300.0, 0.0],
                "cost_dollars": [3.75e6, 2.25e6, 0.0],
            },
            index=pd.Index([BRIGHT, ACME, IDLE], name="partner_id"),
        ),
        "limits": pd.DataFrame(columns=["kind", "partner_id", "used", "limit", "dual_price"]),
        "disclosure": "protected",
        "provenance": {"software": "feeder-zones 0", "needs": {}, "register": []},
        "notes": ("A note of the match.",),
    }
    return Match(**{**parts, **changes})


def served_plan() -> YearPlan:
    """The year plan, as if it had been solved for."""
    start_falls = {"East": 2026, "North": 2025, "South": 2026}
    rows = [
        {
            "zone_id": zone,
            "zone_name": zone,
            "variant_id": variant_id,
            "variant": variant,
            "partner_id": partner,
            "partner_name": {BRIGHT: "Bright Futures", ACME: "Acme Schools"}[partner],
            "planning_fall": pd.NA,
            "start_fall": start_falls[zone],
            "contract_years": 5,
            "renewals": 0,
            "renewal_falls": None,
            "last_service_fall": start_falls[zone] + 4,
            "exit_fall": start_falls[zone] + 5,
            "review_18_months": f"{start_falls[zone] + 2}-01",
            "review_36_months": f"{start_falls[zone] + 3}-07",
            "school_count": len(schools),
            "students": students,
            "need": students,
            "years_served": 2028 - start_falls[zone],
            "need_years": students * (2028 - start_falls[zone]),
            "preferences": 0,
            "cost_dollars": 500_000.0 * len(schools) * (2028 - start_falls[zone]),
            "cost_afterwards_dollars": 500_000.0 * len(schools) * (start_falls[zone] + 5 - 2028),
            "reason_kind": "first fall",
            "reason": "It starts as soon as it can.",
            "end_reason": None,
        }
        for zone, variant_id, variant, partner, schools, students in _SERVED
    ]
    starts = pd.DataFrame(rows).astype({"planning_fall": "Int64"}).sort_values(["start_fall", "zone_id"])
    years = pd.DataFrame(
        {
            "fall": [2025, 2026, 2027],
            "zones_planned": [2, 0, 0],
            "zones_starting": [1, 2, 0],
            "cohort": ["North", "East; South/2", ""],
            "zones_in_service": [1, 3, 3],
            "zones_renewed": [0, 0, 0],
            "zones_leaving": [0, 0, 0],
            "schools_leaving": [0, 0, 0],
            "schools_in_service": [3, 8, 8],
            "students_in_service": [1800.0, 4350.0, 4350.0],
            "need_served": [1800.0, 4350.0, 4350.0],
            "planning_cost_dollars": [0.0, 0.0, 0.0],
            "intensive_cost_dollars": [1.5e6, 4e6, 4e6],
            "later_cost_dollars": [0.0, 0.0, 0.0],
            "cost_dollars": [1.5e6, 4e6, 4e6],
            "cumulative_cost_dollars": [1.5e6, 5.5e6, 9.5e6],
            "budget_dollars": [4e6, 4e6, 4e6],
            "available_dollars": [4e6, 4e6, 4e6],
            "left_dollars": [2.5e6, 0.0, 0.0],
            "schools_used": [3, 8, 8],
            "schools_free": [14.0, 14.0, 14.0],
            "schools_eligible": [9.0, 9.0, 9.0],
        }
    )
    partners = pd.DataFrame(
        [
            (partner, name, fall, free, 0.0, free, used, free - used, zones, partner != IDLE)
            for partner, name, free, by_fall in (
                (BRIGHT, "Bright Futures", 6.0, ((3, 1), (5, 2), (5, 2))),
                (ACME, "Acme Schools", 3.0, ((0, 0), (3, 1), (3, 1))),
                (IDLE, "Idle Hands", 5.0, ((0, 0), (0, 0), (0, 0))),
            )
            for fall, (used, zones) in zip((2025, 2026, 2027), by_fall, strict=True)
        ],
        columns="partner_id partner_name fall schools_before_growth schools_grown schools_free schools_used"
        " schools_left zones_in_service is_eligible".split(),
    )
    return YearPlan(
        parameters=PlanYearsParameters(start_year=2025, years=3, budget_dollars=4e6, allow_smaller=True),
        first_fall=2025,
        last_fall=2027,
        solution=YearPlanSolution(
            status="optimal",
            ties_status="optimal",
            need=10500.0,
            bound=10500.0,
            gap=0.0,
            preferences=0,
            cost_dollars=9.5e6,
            first_three_years_cost_dollars=9.5e6,
        ),
        starts=starts.reset_index(drop=True),
        costs=pd.DataFrame(
            [
                (variant_id, zone, partner, fall, "intensive", 500_000.0 * len(schools))
                for zone, variant_id, _, partner, schools, _ in _SERVED
                for fall in range(start_falls[zone], 2028)
            ],
            columns=["variant_id", "zone_id", "partner_id", "fall", "phase", "cost_dollars"],
        ),
        years=years,
        partners=partners,
        never_started=pd.DataFrame(
            {
                "zone_id": ["West"],
                "zone_name": ["West"],
                "school_count": [3],
                "students": [680.0],
                "need": [680.0],
                "kind": ["budget"],
                "first_fall": [2025],
                "last_fall": [2027],
                "reason": ["The money serves others."],
            }
        ),
        timeline=pd.DataFrame(
            columns=["date", "fall", "event", "zone_id", "variant_id", "partner_id", "is_within_plan"]
        ),
        provenance={"software": "feeder-zones 0"},
        notes=("A note of the plan.",),
    )
