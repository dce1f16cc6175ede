"""Records of Zones and checklists: begun, changed to the revision that was seen, read."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

from app.addresses import addresses
from app.errors import ServiceError, request_error
from app.jobs import run_isolated, tasks
from app.services.proposals import read_document, read_part
from app.services.rights import refuse_single_datasets
from app.services.service import Service
from app.services.uploads import Uploads, saved
from app.store import RecordConflictError, RecordExistsError, refuse_earlier
from clustering import (
    Checklist,
    HistoryEntry,
    Problem,
    RecordChange,
    ZoneRecord,
    apply_change,
    checklist_document,
    follow_record,
    history_document,
    list_checklists,
    record_warnings,
    sound_change,
    zone_of_proposal,
)

DEFAULT_CHECKLIST = "delaware_partnership_zone"
MAXIMUM_PARTNERS_NAMED = 20
DUE_DAYS = 365  # what is due is told for so many days, unless others are asked for


def begin_record(
    service: Service, *, by: str, why: str, zone: Mapping[str, Any], checklist: str | Mapping[str, Any]
) -> ZoneRecord:
    """
    Begin a record of a Zone.

    Parameters
    ----------
    service
        The service.
    by, why
        Who begins it, and for which reason.
    zone
        As in a change of the kind ``created`` (``clustering.apply_change``).
    checklist
        The name of one, or one in full.

    Returns
    -------
    record
        As stored, at revision 1.

    Raises
    ------
    InputError
        With everything that cannot be used.
    ServiceError
        404 if there is no such checklist; 409, with ``record_id`` and ``stage``, if the Zone has a record whose life
        has not ended.
    """
    record_id = str(uuid4())
    document = checklist_document(find_checklist(service, checklist)) if isinstance(checklist, str) else dict(checklist)
    content = {"record_id": record_id, "zone": dict(zone), "checklist": document}
    change = _change(1, by=service.signed_by(by), why=why, kind="created", content=content)
    record = apply_change(None, change)
    origin = record.zone.origin.proposal_id
    try:
        service.store.records.add(record_id, sound_change(change), proposal_id=origin, zone=record.zone)
    except RecordExistsError as error:
        raise second_record(error.record) from None
    return record


def begin_record_of_proposal(
    service: Service, proposal_id: str, zone_id: str, *, by: str, why: str, checklist: str | Mapping[str, Any]
) -> ZoneRecord:
    """As :func:`begin_record`, with a Zone of a proposal; 403, 404, 409 as for ``read_document`` too."""
    document, zones = read_document(service, proposal_id), read_part(service, proposal_id, "zones")
    find_zone(document, zone_id)
    zone = zone_of_proposal(document, zone_id, zones=zones, proposal_id=proposal_id)
    return begin_record(service, by=by, why=why, zone=zone.model_dump(mode="json"), checklist=checklist)


def find_zone(proposal: bytes, zone_id: str) -> Mapping[str, Any]:
    """One Zone of the document of a proposal; 404 if it has none of this name."""
    zones = json.loads(proposal)["zones"]
    zone: Mapping[str, Any] | None = next((each for each in zones if each["zone_id"] == zone_id), None)
    if zone is None:
        raise ServiceError(404, "The proposal has no such Zone.")
    return zone


def change_record(
    service: Service, record_id: str, *, seen: int, by: str, why: str, kind: str, content: Mapping[str, Any]
) -> ZoneRecord:
    """
    Add a change to a record.

    Parameters
    ----------
    service
        The service.
    record_id
        The record.
    seen
        Its revision when the editor saw it.
    by, why, kind, content
        Of the change (``clustering.RecordChange``); a checklist may be given by its ``checklist_id`` alone.

    Returns
    -------
    record
        As stored, with the change.

    Raises
    ------
    InputError
        With everything that cannot be used, or that is not allowed.
    ServiceError
        404 if there is no such record; 409, with ``revision`` and ``since``, if it has been changed since. Nothing is
        stored then. 409 too, with ``record_id`` and ``stage``, if it would become the second record of a Zone.
    """
    record = service.store.records.record(record_id)
    if record.revision != seen:
        raise record_conflict(service, record_id, seen)
    if kind == "checklist" and set(content) == {"checklist_id"}:
        content = checklist_document(find_checklist(service, str(content["checklist_id"])))
    change = _change(seen + 1, by=service.signed_by(by), why=why, kind=kind, content=content)
    changed = apply_change(record, change)
    try:
        zone = changed.zone if kind == "zone" else None
        service.store.records.append(record_id, sound_change(change), zone=zone)
    except RecordConflictError:
        raise record_conflict(service, record_id, seen) from None
    except RecordExistsError as error:
        raise second_record(error.record) from None
    return changed


def refuse_unknown_partner(service: Service, register_id: str, content: Mapping[str, Any]) -> None:
    """Refuse a contract with a partner that a register has not: 422 with what it has; 404 if there is no register."""
    register = service.store.capacity.register(register_id)
    refuse_earlier(register)
    known = [partner["partner_id"] for partner in register.report["partners"]]
    named = content.get("partner_id")
    if named is None or named in known:
        return
    listed = ", ".join(known[:MAXIMUM_PARTNERS_NAMED]) + (", ..." if len(known) > MAXIMUM_PARTNERS_NAMED else "")
    problem = ("partner_id", "The register has no partner with this identifier.", f"Give one of {listed}.")
    raise request_error(422, "The contract names a partner that the register does not have.", [problem])


def warnings_of(service: Service, record: ZoneRecord) -> Sequence[Problem]:
    """What is doubtful in a record, by the registers that there are."""
    return record_warnings(record, partner_ids=service.store.capacity.partner_ids())


def read_history(service: Service, record_id: str) -> Sequence[HistoryEntry]:
    """Every change of a record, and what it changed; 404 if there is none."""
    return follow_record(service.store.records.changes(record_id))


def all_checklists(service: Service) -> list[Checklist]:
    """The checklists that ship, then the state's own, newest first."""
    return [*list_checklists(), *(Checklist(**kept.document) for kept in service.store.records.checklists())]


def find_checklist(service: Service, checklist_id: str) -> Checklist:
    """One checklist, shipped or the state's own; 404 if there is none."""
    shipped = next((each for each in list_checklists() if each.checklist_id == checklist_id), None)
    return shipped or Checklist(**service.store.records.checklist(checklist_id).document)


def add_checklist(service: Service, uploads: Uploads, *, name: str) -> Checklist:
    """
    Read a checklist of the state's own in an isolated process and keep it.

    Parameters
    ----------
    service
        The service.
    uploads
        One file, of the role ``checklist``.
    name
        What it is called; blank for the name of the file.

    Returns
    -------
    checklist
        As stored, with an identifier of its own.

    Raises
    ------
    ServiceError
        422 with every problem of the file, 503 if too many uploads are being read; nothing is stored.
    """
    refuse_single_datasets(service.caller)
    with service.uploads.slot(), saved(uploads, service.settings) as files:
        if len(files.get("checklist", ())) != 1:
            raise ServiceError(422, "Give one file with the checklist.")
        document = run_isolated(tasks.read_checklist, files, uploads.reading(), name, limits=service.upload_limits)
    checklist = Checklist(**{**document, "checklist_id": str(uuid4())})
    service.store.records.add_checklist(checklist)
    return checklist


def record_conflict(service: Service, record_id: str, seen: int) -> ServiceError:
    """Say who changed what since the editor saw the record, at a revision; 0 for one that was not there yet."""
    history = read_history(service, record_id)
    since = [entry for entry in history if entry.change.revision > seen]
    names = ", ".join(dict.fromkeys(entry.change.by for entry in since))
    detail = f"The record was changed since you saw it, by {names}. Look at the changes, and make yours again."
    if not since:
        detail = f"The record is at revision {len(history)}: there is no revision {seen} yet."
    shown = {"revision": len(history), "since": history_document(since)}
    return ServiceError(409, detail, extra=shown, headers={"ETag": f'"{len(history)}"'}, type_name="changed-meanwhile")


def second_record(record: ZoneRecord) -> ServiceError:
    """Refuse a second record of a Zone whose life goes on, and name the one that there is."""
    detail = (
        f"There is a record of {record.zone.name} already: it is {record.stage}, at revision {record.revision}."
        " Change that record, or end its life first."
    )
    own = {"record_id": record.record_id, "stage": record.stage, "revision": record.revision}
    return ServiceError(409, detail, extra={**own, "links": addresses({"record": f"/records/{record.record_id}"})})


def today() -> date:
    """The day of today in UTC."""
    return datetime.now(UTC).date()


def _change(revision: int, *, by: str, why: str, kind: str, content: Mapping[str, Any]) -> RecordChange:
    return RecordChange(revision=revision, at=datetime.now(UTC), by=by, why=why, kind=kind, content=content)
