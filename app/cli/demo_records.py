"""Records of three Zones of the generated state, so that there is a life to look at; as fictional as the state."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import uuid4

from app.store import Store
from clustering import RecordChange, apply_change, checklist_document, read_checklist, zone_of_proposal

CHECKLIST = "delaware_partnership_zone"
BY = "State office of school improvement (fictional)"


class DemoPartner(NamedTuple):
    """The Lead Partner that a match chose for a Zone."""

    partner_id: str | None
    name: str


class _Step(NamedTuple):
    """One change of a story: its kind, why it was made, its content, and its day (today, if there is none)."""

    kind: str
    why: str
    content: Mapping[str, Any]
    day: str | None = None


UNKNOWN_PARTNER = DemoPartner(None, "A Lead Partner (fictional)")
_DOCUMENT = {"document_name": "Agreement of district and union", "state": "agreed"}
_OF_2021 = {**_DOCUMENT, "agreed_on": "2021-03-15", "until": "2026-06-30"}
_OF_2026 = {**_DOCUMENT, "agreed_on": "2026-03-02"}
_HIRING = {"condition_id": "people-hiring-and-transfer-limits", "holder": "District and union"}
_CALENDAR = {"condition_id": "time-calendar", "holder": "District"}
_CONSEQUENCES = {"consequences": ["The State names another Lead Partner."]}

_Story = Callable[[DemoPartner], Sequence[_Step]]


def _years_of_work(partner: DemoPartner) -> Sequence[_Step]:
    """A Zone that has run for a whole contract, whose renewal rests on what became of it."""
    benchmark = {"measure": "Four-year graduation rate", "target": "better than in 2020-21", "by_on": "2024-07-01"}
    contract = {"starts_on": "2021-07-01", "ends_on": "2026-06-30", "benchmarks": [benchmark], **_CONSEQUENCES}
    order = "The commissioner protected it by order. The other conditions were to be agreed in the first year."
    return (
        _Step("condition", "The board and the union voted for it.", {**_HIRING, **_OF_2021}, "2021-03-15"),
        _Step("condition", "Part of the same agreement.", {**_CALENDAR, **_OF_2021}, "2021-03-15"),
        _Step("stage", "The commissioner has named the Zone.", {"to": "designated"}, "2021-04-12"),
        _Step("contract", "Chosen by request for proposals.", {**_names(partner), **contract}, "2021-05-03"),
        _Step("stage", "Its first year is to begin.", {"to": "protected", "exception": order}, "2021-06-14"),
        _Step("stage", "The renewal of its contract rests on what became of the Zone.", {"to": "under review"}),
    )


def _new_agreement(partner: DemoPartner) -> Sequence[_Step]:
    """A Zone that is designated, with a contract, while the last conditions are negotiated."""
    benchmark = {"measure": "Four-year graduation rate", "target": "at least 60%", "by_on": "2029-07-01"}
    contract = {"starts_on": "2026-07-01", "ends_on": "2031-06-30", "benchmarks": [benchmark], **_CONSEQUENCES}
    formula = {"condition_id": "money-follows-the-student", "holder": "District", "state": "negotiating"}
    buses = {"condition_id": "late-buses", "area": "money", "name": "Late buses", "asked_on": "2026-04-13"}
    calendar = {**_CALENDAR, **_OF_2026, "until": "2028-06-30"}
    return (
        _Step("condition", "The district's school board voted for it.", {**_HIRING, **_OF_2026}),
        _Step("condition", "Part of the same agreement, for two years.", calendar),
        _Step("condition", "The district's lawyers look at the formula.", formula),
        _Step("condition", "The schools asked for it.", buses),
        _Step("stage", "The commissioner has named the Zone.", {"to": "designated"}),
        _Step("contract", "Chosen by request for proposals.", {**_names(partner), **contract}),
    )


def _only_proposed(_partner: DemoPartner) -> Sequence[_Step]:
    return ()


def _names(partner: DemoPartner) -> dict[str, str | None]:
    return {"partner": partner.name, "partner_id": partner.partner_id}


def begin_demo_records(store: Store, proposal_id: str, partners: Mapping[str, DemoPartner]) -> None:
    """
    Begin records of three Zones of a proposal: one that has run for years, one with a new contract, one only proposed.

    Parameters
    ----------
    store
        That has the proposal.
    proposal_id
        The proposal.
    partners
        Zone to the Lead Partner that a match chose: these Zones come first.
    """
    document, zones = (store.proposal_part(proposal_id, part) for part in ("document", "zones"))
    zone_ids = sorted(
        (zone["zone_id"] for zone in json.loads(document)["zones"]), key=lambda zone: zone not in partners
    )
    chosen = [*zone_ids[:2], *zone_ids[2:][-1:]]
    stories: tuple[tuple[str | None, _Story], ...] = (
        ("2021-02-01", _years_of_work),
        (None, _new_agreement),
        (None, _only_proposed),
    )
    for zone_id, (day, story) in zip(chosen, stories, strict=False):
        record_id = str(uuid4())
        zone = zone_of_proposal(document, zone_id, zones=zones, proposal_id=proposal_id).model_dump(mode="json")
        checklist = checklist_document(read_checklist(CHECKLIST))
        content = {"record_id": record_id, "zone": zone, "checklist": checklist}
        change = _change(1, _Step("created", "Proposed for the coming year.", content, day))
        record = apply_change(None, change)
        store.records.add(record_id, change, proposal_id=proposal_id)
        for step in story(partners.get(zone_id, UNKNOWN_PARTNER)):
            change = _change(record.revision + 1, step)
            record = apply_change(record, change)
            store.records.append(record_id, change)


def _change(revision: int, step: _Step) -> RecordChange:
    at = datetime.now(UTC) if step.day is None else datetime.fromisoformat(step.day).replace(hour=15, tzinfo=UTC)
    return RecordChange(revision=revision, at=at, by=BY, why=step.why, kind=step.kind, content=dict(step.content))
