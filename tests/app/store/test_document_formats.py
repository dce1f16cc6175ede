"""The shape of every stored document, written down with its format: one does not change without the other."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from app.queries.capacity_kinds import CAPACITY_KINDS
from app.store import DATASET, DOCUMENT_FORMATS, PROPOSAL, REGISTER
from tests.examples.service_requests import wait_for_job
from tests.examples.toy_register import register_uploads

pytestmark = pytest.mark.usefixtures("one_process")

# Members whose names come from the files or the request, and provenance, which pages read by name with care.
FREE = {
    *(
        "parameters",
        "provenance",
        "facts",
        "columns",
        "likely_columns",
        "set_aside_reasons",
        "flow_rows",
        "flow_students_low",
        "flow_students_high",
    ),
    *("warning_counts", "unlisted_names", "decision_counts", "by_kind", "by_approval", "reason_values"),
    "obstacle_counts",
}
# The members at each place of a document. Do not change an entry: raise the format beside the function that writes the
# document (MATCH_FORMAT and so on), and put an entry for the new format in the place of the old one.
_PICTURE = {
    "picture.json": (
        "disclosure districts falls headlines kind levels notes partners planning_is_free provenance "
        "started totals unserved years_to_reach_all"
    ),
    "picture.json.districts": (
        "district_id district_name schools schools_served students students_below students_below_served "
        "students_served zones zones_served"
    ),
    "picture.json.falls": (
        "budget_dollars cost_dollars cumulative_cost_dollars fall schools schools_eligible schools_free "
        "schools_leaving students zones zones_leaving"
    ),
    "picture.json.levels": (
        "level schools schools_served students students_below students_below_served students_served"
    ),
    "picture.json.partners": (
        "cost_dollars kind name partner_id schools schools_free share_of_served_schools students zones"
    ),
    "picture.json.started": (
        "name partner_id partner_name schools schools_of_zone start_fall students variant_id zone_id"
    ),
    "picture.json.totals": (
        "part schools students students_below students_below_unknown_count students_unknown_count zones"
    ),
    "picture.json.unserved": "anchor_rate name reason schools students students_below zone_id",
}
SHAPES = {
    ("dataset", 3): {
        "": (
            "alarms basis crosswalk facts files flow_rows flow_students_high flow_students_low set_aside "
            "unknown_promotions unlisted_names warning_counts warning_kinds warnings"
        ),
        "basis": "choice_schools comparison details is_estimated method statement",
        "files": (
            "columns container delimiter encoding header_row kind likely_columns name role rows_read rows_set_aside "
            "rows_used set_aside_reasons unused_columns"
        ),
    },
    ("register", 3): {
        "": (
            "capacities content_sha256 counts duties files partners preferences software_version warning_kinds warnings"
        ),
        "counts": (
            "by_approval by_kind exclusions lead_partners lead_partners_with_unknown_capacity "
            "lead_partners_without_obstacle maximum_schools partners preferences schools_free "
            "schools_free_without_obstacle schools_now"
        ),
        "duties": "by duty name partner_id sentence state stated",
        "files": (
            "columns container delimiter encoding header_row kind likely_columns name role rows_read rows_set_aside "
            "rows_used set_aside_reasons sha256 unused_columns"
        ),
        "partners": (
            "accountability approval authority comprehensive_services contract_years cost_per_school "
            "cost_per_school_high cost_per_school_low cost_per_student cost_per_student_high "
            "cost_per_student_low earliest_start embedded_presence evidence evidence_source growth_ceiling "
            "growth_share home_district kind latitude levels longitude maximum_schools maximum_schools_high "
            "maximum_schools_low missing_for_match name partner_id position_source reach_districts reach_km "
            "schools_now services supporting_partners"
        ),
        "preferences": "choice district_id level partner_id reason school_id stated_by",
    },
    ("proposal", 1): {
        "": "anchors decision_counts flow_basis notes parameters provenance solution summary zones",
        "anchors": "certainty explanation name reason_without_zone school_id source zone_id",
        "flow_basis": "choice_schools comparison details is_estimated method statement",
        "solution": "bound gap method score status",
        "summary": "anchors disclosure schools_in_zones score status zones",
        "zones": "anchor_id arrival_by_level changes_at_high changes_at_low flow_basis members metrics name zone_id",
        "zones.arrival_by_level": "arrival_share arriving_students level promoted_students school_count",
        "zones.members": (
            "arrival_basis arrival_share arriving_students distance_km exit_students kept_share level name "
            "promoted_students reason role school_id steps"
        ),
        "zones.metrics": (
            "coverage coverage_high coverage_low enrolment_missing_count enrolment_students "
            "entering_from_feeders_students entering_from_other_schools_students "
            "entering_from_other_zones_students entering_from_unlisted_students entering_students "
            "entry_grade_students exit_students leakage leaked_further_on_students "
            "leaked_to_other_schools_students leaked_to_other_zones_students leaked_to_unknown_students "
            "leaked_to_unlisted_students membership_bonus_students promoted_students retained_students "
            "retention retention_high retention_low school_count score suppressed_share"
        ),
    },
    ("match", 2): {
        "": (
            "capacity disclosure fall limits matches notes parameters picture.json provenance solution "
            "summary unserved unused"
        ),
        "capacity": (
            "cost_dollars maximum_schools need partner_id partner_name schools_free schools_left schools_now "
            "schools_used zone_count"
        ),
        "limits": "dual_price kind limit partner_id used",
        "matches": (
            "accountability authority comprehensive_services cost_basis cost_dollars distance_km "
            "embedded_presence is_locked need partner_id partner_name preference reason reason_values "
            "school_count school_ids students variant variant_id zone_id zone_name"
        ),
        "solution": (
            "bound cost_dollars gap need_in_all need_served preferences_met schools_served status ties_status "
            "zones_in_all zones_served"
        ),
        "summary": "disclosure statement status warning",
        "unserved": (
            "dollars_short if_served kind may_shrink name need obstacle_counts partners reason remedies "
            "school_count smaller smaller_variant_id taken_by tried_count zone_id"
        ),
        "unserved.if_served": "cost_dollars is_possible need_high need_low partner_ids preferences proof",
        "unserved.partners": "distance_km obstacles partner_id schools_left variant_id zone_ids",
        "unserved.partners.obstacles": "items limit names obstacle value",
        "unserved.remedies": (
            "changes cost_dollars is_least need_gained partner_id proof variant_id zones_gained zones_lost"
        ),
        "unserved.remedies.changes": "items limit names obstacle value",
        "unused": (
            "kind name nearest nearest_zone_id obstacle_counts partner_id reason remedy schools_free "
            "served_by zone_count"
        ),
        "unused.nearest": "distance_km obstacles partner_id schools_left variant_id zone_ids",
        "unused.nearest.obstacles": "items limit names obstacle value",
        **_PICTURE,
    },
    ("year plan", 2): {
        "": (
            "first_fall last_fall never_started notes parameters partners picture.json planning_is_free "
            "provenance solution starts summary timeline years"
        ),
        "never_started": "first_fall kind last_fall need reason school_count students zone_id zone_name",
        "partners": (
            "fall is_eligible partner_id partner_name schools_before_growth schools_free schools_grown "
            "schools_left schools_used zones_in_service"
        ),
        "solution": "bound cost_dollars first_three_years_cost_dollars gap need preferences status ties_status",
        "starts": (
            "contract_years cost_afterwards_dollars cost_dollars costs end_reason exit_fall last_service_fall "
            "need need_years partner_id partner_name planning_fall preferences reason reason_kind "
            "renewal_falls renewals review_18_months review_36_months school_count start_fall students "
            "variant variant_id years_served zone_id zone_name"
        ),
        "starts.costs": "cost_dollars fall phase",
        "summary": "disclosure statement status warning",
        "timeline": "date event fall is_within_plan partner_id variant_id zone_id",
        "years": (
            "available_dollars budget_dollars cohort cost_dollars cumulative_cost_dollars fall "
            "intensive_cost_dollars later_cost_dollars left_dollars need_served planning_cost_dollars "
            "schools_eligible schools_free schools_in_service schools_leaving schools_used "
            "students_in_service zones_in_service zones_leaving zones_planned zones_renewed zones_starting"
        ),
        **_PICTURE,
    },
}


def shape_of(value: Any, place: str = "") -> dict[str, set[str]]:
    """The names of members at each place; entries of a list are at one place."""
    found: dict[str, set[str]] = {}
    inner = [(place, each) for each in value] if isinstance(value, list) else []
    if isinstance(value, dict) and value and place.rpartition(".")[2] not in FREE:
        found[place] = set(value)
        inner = [(f"{place}.{name}".lstrip("."), each) for name, each in value.items()]
    for where, each in inner:
        for name, members in shape_of(each, where).items():
            found.setdefault(name, set()).update(members)
    return found


@pytest.fixture(scope="module")
def documents(client: TestClient, dataset_id: str, proposal_id: str) -> dict[str, Any]:
    """A document of each kind with its summary, and of matches and plans the figures that their pages show."""
    register_id = client.post("/registers", files=register_uploads()).json()["id"]
    found = {
        DATASET: client.get(f"/datasets/{dataset_id}").json()["report"],
        REGISTER: client.get(f"/registers/{register_id}").json()["register"],
        PROPOSAL: client.get(f"/proposals/{proposal_id}").json()["proposal"],
    }
    (listed,) = (each for each in client.get("/proposals").json() if each["id"] == proposal_id)
    found[PROPOSAL]["summary"] = listed["summary"]
    for kind in CAPACITY_KINDS.values():
        request = {"register_id": register_id, "parameters": {"need": "students"}}
        job = client.post(f"/proposals/{proposal_id}/{kind.path}", json=request).headers["location"]
        assert wait_for_job(client, job)["status"] == "succeeded"
        (listed,) = client.get(f"/{kind.path}", params={"register_id": register_id}).json()
        own = listed["links"]["self"]
        found[kind.name] = client.get(own).json()[kind.name.replace(" ", "_")]
        found[kind.name] |= {"picture.json": client.get(f"{own}/figures").json(), "summary": listed["summary"]}
    return found


@pytest.mark.parametrize("kind", DOCUMENT_FORMATS)
def test_a_document_does_not_change_its_shape_without_its_format(documents: dict[str, Any], kind: str) -> None:
    written_down = SHAPES.get((kind, DOCUMENT_FORMATS[kind]))
    assert written_down is not None, "Write down the shape of the new format."
    found = {place: " ".join(sorted(members)) for place, members in shape_of(documents[kind]).items()}
    assert found == written_down, "The document has another shape. Raise its format: stored documents keep theirs."
