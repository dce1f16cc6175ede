"""
Examples of requests for the OpenAPI document, which a test sends in turn: what one makes the next ones are about.

All are about one small, fictional district. Identifiers that the service gives are other ones there.
"""

from __future__ import annotations

from typing import Any

_DATASET, _PROPOSAL, _PLAN, _REGISTER, _MATCH, _YEAR_PLAN, _RECORD, _RELEASE, _JOB = (
    f"7d3f0a52-9d0e-4a55-8f57-3f6d9a1c2b{number:02}" for number in range(1, 10)
)
EXAMPLE_IDS = {
    "dataset_id": _DATASET,
    "proposal_id": _PROPOSAL,
    "other_id": _PLAN,
    "register_id": _REGISTER,
    "match_id": _MATCH,
    "year_plan_id": _YEAR_PLAN,
    "record_id": _RECORD,
    "release_id": _RELEASE,
    "job_id": _JOB,
}
_SCHOOLS = """school_id,name,lat,lon,grades,enrollment,district_id,graduation_rate,designation
2001,Ash Elementary,38.01,-98.0,K-5,300,20,,
2002,Beech Elementary,38.02,-98.0,K-5,300,20,,
2003,Cedar Elementary,38.03,-98.0,K-5,300,20,,
2007,Oak Middle,38.07,-98.0,6-8,500,20,,
2008,Elm Middle,38.08,-98.0,6-8,500,20,,
2010,West High,38.10,-98.0,9-12,900,20,55,CSI
2011,East High,38.11,-98.0,9-12,900,20,60,CSI
"""
# Oak Middle had the number 1907 before: the service proposes a row of a crosswalk for it.
_FLOWS = """origin,school_name,destination,new_school_name,grade,students,next_grade,school_year
2001,Ash Elementary,2007,Oak Middle,5,60,6,2022-23
2002,Beech Elementary,2007,Oak Middle,5,40,6,2022-23
2002,Beech Elementary,1907,Oak Middle,5,30,6,2022-23
2003,Cedar Elementary,2008,Elm Middle,5,80,6,2022-23
2007,Oak Middle,2010,West High,8,60,9,2022-23
2007,Oak Middle,2011,East High,8,40,9,2022-23
2008,Elm Middle,2010,West High,8,20,9,2022-23
2008,Elm Middle,2011,East High,8,90,9,2022-23
"""
_PLAN_FILE = "school_id,zone\n2010,West\n2007,West\n2001,West\n2002,West\n2011,East\n2008,East\n2003,East\n"
_CONDITIONS = "zone_id,condition,state,until\nzone-2011,time-calendar,agreed,2030-06-30\n"
_PARTNERS = """partner_id,name,kind,schools_now,maximum_schools,cost_per_school,approval,\
accountability,authority,comprehensive_services,embedded_presence
P-1,Prairie Partners,organisation,2,12,500000,pre-qualified,met,met,met,met
"""
_INDICATORS = """school_id,school_year,indicator,numerator,denominator
2007,2021-22,suspensions,40,500
2007,2022-23,suspensions,31,500
2010,2021-22,suspensions,90,900
2010,2022-23,suspensions,82,900
"""
_ASSESSMENTS = """school_id,indicator,value,date,rater
2007,learn-1,2,2026-03-01,Ann Lee
2010,learn-1,3,2026-03-01,Ann Lee
"""
_PERFORMANCE = """school_id,year,graduation_rate,cohort
2010,2021-22,55,210
2010,2022-23,54,215
2011,2021-22,70,205
2011,2022-23,60,200
"""
_SETS = "set,indicator,title,least,greatest\nours,p1,Teachers plan together,0,2\n"
_CHECKLIST = "item_id,area,title,required\nday,time,A longer day,yes\npay,money,Pay for hard posts,no\n"
_NAMES = "School,Feeds To\nOak Middle,West High\nElm Middle,East High\n"
_BY_LIST = {"identification": "official:designation=CSI"}
_WHO = {"by": "Ann Lee", "why": "The board agreed on 5 January"}
_ZONE = {"zone_id": "north", "name": "North Zone", "school_ids": ["3010", "3001"], "anchor_ids": ["3010"]}

# The bodies, in an order in which each finds what it is about; the files of a form as their text.
BODIES: dict[str, Any] = {
    "/checks": {"files": [_SCHOOLS]},
    "/name-matches": {"schools": [_SCHOOLS], "flows": [_NAMES]},
    "/datasets": {"name": "A district", "schools": [_SCHOOLS], "flows": [_FLOWS], "performance": [_PERFORMANCE]},
    "/datasets/{dataset_id}/crosswalk": {"confirmed": [0]},
    "/datasets/{dataset_id}/identification": {"rule": "graduation_rate<0.67", "only": ["certain", "possible"]},
    "/datasets/{dataset_id}/rule-comparisons": {"first": "graduation_rate<0.67", "second": "graduation_rate<0.58"},
    "/datasets/{dataset_id}/cycles": {"rule": "graduation_rate<0.67", "years": [2022]},
    "/proposals": {"dataset_id": _DATASET, "parameters": _BY_LIST},
    "/datasets/{dataset_id}/plans": {"plan": [_PLAN_FILE], "set": ["identification=official:designation=CSI"]},
    "/datasets/{dataset_id}/indicator-sets": {"file": [_SETS]},
    "/datasets/{dataset_id}/assessments": {"file": [_ASSESSMENTS]},
    "/datasets/{dataset_id}/progress": {"file": [_INDICATORS]},
    "/registers": {"name": "Partners of the state", "partners": [_PARTNERS]},
    "/proposals/{proposal_id}/matches": {"register_id": _REGISTER, "parameters": {"budget_dollars": 20_000_000}},
    "/proposals/{proposal_id}/year-plans": {"register_id": _REGISTER, "parameters": {"years": 3}},
    "/zones": {"schools": [_SCHOOLS], "flows": [_FLOWS], "set": ["identification=official:designation=CSI"]},
    "/rules/check": {"preset": "essa_csi_graduation", "comparator": "le"},
    "/disclosure-policies/check": {"preset": "standard", "minimum_students": 15},
    "/records": {**_WHO, "zone": _ZONE},
    "/proposals/{proposal_id}/zones/{zone_id}/record": _WHO,
    "/proposals/{proposal_id}/conditions": {**_WHO, "conditions": [_CONDITIONS]},
    "/records/{record_id}/changes": {
        **_WHO,
        "kind": "condition",
        "content": {"condition_id": "time-calendar", "state": "agreed", "agreed_on": "2026-11-30"},
    },
    "/checklists": {"name": "Our own", "checklist": [_CHECKLIST]},
    "/datasets/{dataset_id}/releases": {**_WHO, "title": "Zones of the district", "parameters": [_BY_LIST]},
    "/datasets/{dataset_id}/releases/{release_id}/withdrawal": _WHO,
}
_BENCHMARKS = '[{"indicator_id": "suspensions", "months": 18, "kind": "value", "target": 0.08}]'
_PARAMETERS: dict[str, Any] = {
    **{name: EXAMPLE_IDS[name] for name in ("dataset_id", "proposal_id", "other_id", "register_id", "record_id")},
    **{name: EXAMPLE_IDS[name] for name in ("release_id", "job_id")},
    "anchor_id": ["2010"],
    "benchmarks": _BENCHMARKS,
    "by_year": True,
    "caliper": 0.5,
    "checklist": "miami_school_improvement_zone",
    "checklist_id": "delaware_partnership_zone",
    "count": 3,
    "destinations": 3,
    "disclosure": "protected",
    "draws": 5,
    "entry_fall": 2022,
    "f": "csv",
    "if-match": '"1"',
    "if-none-match": '"0"',
    "leakage_weights": [0.25, 0.5],
    "limit": 50,
    "longest": 3,
    "maximum_plans": 100,
    "maximum_schools": [4, 8],
    "minimum_difference": 1,
    "minimum_difference_schools": 1,
    "neighbours": 3,
    "number": 1,
    "on": "2026-12-01",
    "points": 2,
    "prefer": "wait=30",
    "reach_km": 80,
    "resamples": 3,
    "rule_id": "essa_csi_graduation",
    "schools": 4,
    "seed": 1,
    "set": "readiness-triangle",
    "table": "values",
    "until": "2027-12-01",
    "variables": "suspensions,enrolment",
    "within_share": 0.05,
    "years": 2,
    "zone_id": "zone-2010",
}
# What is another thing under the same name, by the beginning of the path.
_OTHERS: tuple[tuple[str, str, Any], ...] = (
    ("/matches/", "result_id", _MATCH),
    ("/year-plans/", "result_id", _YEAR_PLAN),
    ("/problems/", "name", "not-found"),
    ("/disclosure-policies/", "name", "standard"),
    ("/proposals/{proposal_id}/files/", "name", "zones.csv"),
    ("/proposals/{proposal_id}/comparison/", "table", "moves"),
)


def with_examples(document: dict[str, Any]) -> dict[str, Any]:
    """
    Give every parameter and every body of an OpenAPI document an example.

    Parameters
    ----------
    document
        As FastAPI makes it; it is changed.

    Returns
    -------
    document
        The same. ``after`` has no example: only a list can give one.
    """
    for path, methods in document["paths"].items():
        for operation in methods.values():
            for parameter in operation.get("parameters", ()):
                example = example_of(path, parameter["name"].lower())
                if example is not None:
                    parameter["example"] = example
            if path in BODIES and "requestBody" in operation:
                for content in operation["requestBody"]["content"].values():
                    content["example"] = BODIES[path]
    return document


def example_of(path: str, name: str) -> Any:
    """The example of a parameter of a path; ``None`` if there is none."""
    found = next((value for start, key, value in _OTHERS if key == name and path.startswith(start)), None)
    return _PARAMETERS.get(name) if found is None else found
