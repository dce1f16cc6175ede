"""What a register says of each partner, in words."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd

from app.queries.register_facts import columns_of, describe_columns, facts_by_partner
from clustering import read_register, register_document
from tests.examples.register_files import partner_table, preference_table


def document_of(partners: pd.DataFrame, preferences: pd.DataFrame | None = None) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(json.dumps(register_document(read_register(partners, preferences))))
    return document


def test_every_fact_of_a_lead_partner_is_written_down() -> None:
    partners = partner_table(
        reach_districts=["01; 02", "", ""],
        maximum_schools=["8-10", "", "5"],
        maximum_schools_2027=["9-12", "", ""],
        maximum_schools_2028=["14", "", ""],
        growth_share=["0.5", "", ""],
        growth_ceiling=["20", "", ""],
        cost_per_school=["$700,000-$850,000", "", ""],
        cost_per_student=["$1,330", "", ""],
    )
    preferences = preference_table(
        ("LP1", "01", "", "", "prefer", "partner", "Near"), ("all", "", "", "high", "exclude", "state", "")
    )
    assert dict(facts_by_partner(document_of(partners, preferences))["LP1"]) == {
        "Kind": "organisation",
        "Approval by the state": "pre-qualified",
        "Home district": "01",
        "Home": "38.5000, -98.0000",
        "Reach": "districts 01, 02, within 50 km of its home",
        "Levels": "all",
        "Schools now": "3",
        "Schools at most": "8 (8 to 10)",
        "At most by year": "fall 2027: 9 (9 to 12); fall 2028: 14",
        "Earliest start": "fall 2025",
        "Growth": "0.5 schools more for each school run two years",
        "Ceiling of growth": "20 schools",
        "Contract": "4 years",
        "Cost": "$850,000 ($700,000 to $850,000) a school and year, $1,330 a student and year",
        "Duties": "met: accountability, authority, comprehensive services, embedded presence",
        "Supporting partners": "Tutors (SP1)",
        "Evidence of results": "Graduation rose by 6 points",
        "Source of the evidence": "Report 2023, page 4",
        "Preferred": "district 01 (by the partner: Near)",
        "Excluded": "level high (by the state)",
    }


def test_what_is_not_stated_is_said() -> None:
    partners = pd.DataFrame({"partner_id": ["P", "S"], "kind": ["", "supporting partner"], "evidence": ["Good", ""]})
    facts = facts_by_partner(document_of(partners))
    lead = dict(facts["P"])
    assert lead["Approval by the state"] == lead["Schools now"] == lead["Schools at most"] == "not stated"
    assert (lead["Reach"], lead["Levels"], lead["Earliest start"]) == ("everywhere", "all", "any year")
    assert (lead["Growth"], lead["Ceiling of growth"]) == ("none", "no limit")
    assert lead["Contract"] == lead["Cost"] == "not stated: the request's default counts"
    assert lead["Source of the evidence"] == "not stated: until then it is a claim"
    assert lead["Duties"].startswith("unknown: accountability")
    assert dict(facts["S"]) == {"Kind": "supporting partner", "Approval by the state": "not stated"}


def test_the_columns_of_a_file_are_mapped() -> None:
    table = pd.DataFrame({"Partner": ["A"], "Partner ID": ["1"], "Start": ["2027"], "levels": ["all"], "Notes": [""]})
    (file,) = document_of(table)["files"]
    assert dict(columns_of(file)) == {
        "Partner ID": "partner_id",
        "Partner": "name",
        "Start": "earliest_start",
        "levels": "levels",
        "Notes": "",
    }
    assert describe_columns(file) == (
        "1 column under its own name. Read as: Partner ID = partner_id, Partner = name, Start = earliest_start."
        " Not used: Notes."
    )
