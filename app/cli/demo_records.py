"""Records of two Zones of the generated state, so that there is a life to look at; as fictional as the state."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import uuid4

from app.store import Store
from clustering import RecordChange, apply_change, checklist_document, read_checklist, zone_of_proposal

CHECKLIST = "delaware_partnership_zone"
BY = "State office of school improvement (fictional)"


class _Step(NamedTuple):
    """One change of the story: its kind, why it was made, and its content."""

    kind: str
    why: str
    content: Mapping[str, Any]


_AGREEMENT = {"document_name": "Agreement of district and union", "agreed_on": "2026-03-02", "state": "agreed"}
_STORY = (
    _Step(
        "condition",
        "The district's school board voted for it.",
        {"condition_id": "people-hiring-and-transfer-limits", "holder": "District and union", **_AGREEMENT},
    ),
    _Step(
        "condition",
        "Part of the same agreement, for two years.",
        {"condition_id": "time-calendar", "holder": "District", "until": "2028-06-30", **_AGREEMENT},
    ),
    _Step(
        "condition",
        "The district's lawyers look at the formula.",
        {"condition_id": "money-follows-the-student", "holder": "District", "state": "negotiating"},
    ),
    _Step(
        "condition",
        "The schools asked for it.",
        {"condition_id": "late-buses", "area": "money", "name": "Late buses", "asked_on": "2026-04-13"},
    ),
    _Step("stage", "The commissioner has named the Zone.", {"to": "designated"}),
    _Step(
        "contract",
        "The Lead Partner was chosen by request for proposals.",
        {
            "partner": "A Lead Partner (fictional)",
            "starts_on": "2026-07-01",
            "ends_on": "2031-06-30",
            "benchmarks": [{"measure": "Four-year graduation rate", "target": "at least 60%", "by_on": "2029-07-01"}],
            "consequences": ["The State names another Lead Partner."],
        },
    ),
)


def begin_demo_records(store: Store, proposal_id: str) -> None:
    """
    Begin records of the first two Zones of a proposal: one with a story, one that was only proposed.

    Parameters
    ----------
    store
        That has the proposal.
    proposal_id
        The proposal.
    """
    document, zones = (store.proposal_part(proposal_id, part) for part in ("document", "zones"))
    zone_ids = [zone["zone_id"] for zone in json.loads(document)["zones"]]
    for zone_id, story in zip(zone_ids, ((), _STORY), strict=False):
        record_id = str(uuid4())
        zone = zone_of_proposal(document, zone_id, zones=zones, proposal_id=proposal_id).model_dump(mode="json")
        checklist = checklist_document(read_checklist(CHECKLIST))
        content = {"record_id": record_id, "zone": zone, "checklist": checklist}
        change = _change(1, _Step("created", "Proposed for the coming year.", content))
        record = apply_change(None, change)
        store.records.add(record_id, change, proposal_id=proposal_id)
        for step in story:
            change = _change(record.revision + 1, step)
            record = apply_change(record, change)
            store.records.append(record_id, change)


def _change(revision: int, step: _Step) -> RecordChange:
    return RecordChange(
        revision=revision, at=datetime.now(UTC), by=BY, why=step.why, kind=step.kind, content=dict(step.content)
    )
