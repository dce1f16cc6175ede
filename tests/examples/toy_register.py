"""A register for the toy district: one partner that has room for one Zone, one that the state has not approved."""

from __future__ import annotations

import pandas as pd

from tests.examples.service_requests import Upload, upload

PRAIRIE, DISTANT, TUTORS = "P-1", "P-2", "S-1"


def toy_partners() -> pd.DataFrame:
    """Three partners, all as text."""
    duties = ("accountability", "authority", "comprehensive_services", "embedded_presence")
    return pd.DataFrame(
        {
            "partner_id": [PRAIRIE, DISTANT, TUTORS],
            "name": ["Prairie Partners", "Distant Partners", "Prairie Tutors"],
            "kind": ["organisation", "organisation", "supporting partner"],
            "schools_now": ["2", "0", ""],
            "maximum_schools": ["9", "20", ""],
            "cost_per_school": ["500000", "400000", ""],
            "approval": ["pre-qualified", "not approved", ""],
            **{duty: ["met", "promised", ""] for duty in duties},
            "supporting_partners": ["", TUTORS, ""],
            "services": ["", "", "tutoring"],
        }
    )


def toy_preferences() -> pd.DataFrame:
    """What the district says, as text."""
    return pd.DataFrame(
        {"partner_id": [PRAIRIE], "district_id": ["01"], "choice": ["prefer"], "stated_by": ["district"]}
    )


def register_uploads(partners: pd.DataFrame | None = None) -> list[Upload]:
    """The register as uploads; the table of partners may be replaced."""
    return [
        upload("partners", toy_partners() if partners is None else partners),
        upload("preferences", toy_preferences()),
    ]
