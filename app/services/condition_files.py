"""Files of conditions: records of the Zones of a proposal begun and changed by one upload, all of it or nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import uuid4

from fastapi import Depends, File, Form, Request, UploadFile

from app.errors import ServiceError, request_error
from app.jobs import run_isolated
from app.jobs.condition_tasks import read_conditions_file
from app.services.dependencies import lines_of, refuse_unknown_fields
from app.services.proposals import read_document, read_part
from app.services.records import DEFAULT_CHECKLIST, find_checklist, record_conflict, second_record
from app.services.service import Service
from app.services.uploads import Uploads, saved
from app.store import AddedChanges, RecordConflictError, RecordExistsError
from clustering import (
    ConditionsOfZone,
    RecordChange,
    RecordedZone,
    ZoneRecord,
    apply_change,
    checklist_document,
    sound_change,
    zones_of_proposal,
)

_FIELDS = {"conditions", "by", "why", "checklist", "seen", "encoding", "read"}


@dataclass(frozen=True)
class ConditionsUpload:
    """
    An upload of conditions.

    Parameters
    ----------
    uploads
        One file, of the role ``conditions``.
    by, why
        Who gives it, and for which reason.
    checklist
        The name of that of Zones without a record.
    seen
        Records and their revisions as the editor saw them; ``None`` if that was not said.
    """

    uploads: Uploads
    by: str
    why: str
    checklist: str
    seen: Mapping[str, int] | None


async def _no_unknown_fields(request: Request) -> None:
    await refuse_unknown_fields(request, _FIELDS, "The file goes into conditions")


def _conditions_upload(
    _checked: Annotated[None, Depends(_no_unknown_fields)],
    conditions: Annotated[list[UploadFile], File(description="A table with a Zone and a condition in each row.")],
    by: Annotated[str, Form(max_length=1_000, description="Who gives it.")] = "",
    why: Annotated[str, Form(max_length=10_000, description="For which reason.")] = "",
    checklist: Annotated[str, Form(max_length=200, description="Of Zones without a record.")] = DEFAULT_CHECKLIST,
    *,
    seen: Annotated[
        list[str] | None,
        Form(description="A record and its revision as you saw it, as id=3; may be repeated."),
    ] = None,
    encoding: Annotated[str, Form(max_length=40, description="Encoding of the file, if not UTF-8.")] = "",
    read: Annotated[list[str], Form(description="How to read the file, as option=value; may be repeated.")] = [],  # noqa: B006
) -> ConditionsUpload:
    uploads = Uploads({"conditions": conditions}, encoding, lines_of(read))
    return ConditionsUpload(uploads, by, why, checklist, None if seen is None else _seen_revisions(seen))


def _seen_revisions(texts: Sequence[str]) -> dict[str, int]:
    pairs = [line.partition("=") for line in lines_of(list(texts))]
    wrong = [record for record, _, revision in pairs if not revision.isdecimal() or len(revision) > 9]
    if wrong:
        problems = [("seen", "This is not a record and its revision.", "Write them as id=3.") for _ in wrong]
        raise request_error(422, "The revisions that you saw cannot be read.", problems)
    return {record: int(revision) for record, _, revision in pairs}


ConditionsUploadHere = Annotated[ConditionsUpload, Depends(_conditions_upload)]


def add_conditions(service: Service, proposal_id: str, upload: ConditionsUpload) -> list[ZoneRecord]:
    """
    Read conditions in an isolated process, begin records of Zones that have none, and add changes to the others.

    Parameters
    ----------
    service
        The service.
    proposal_id
        Whose Zones the file names.
    upload
        The file, who gives it and why.

    Returns
    -------
    records
        Those that were begun or changed, as stored, in the order of the file. Of what a record says already there is
        no change.

    Raises
    ------
    InputError
        With everything that cannot be used of ``by`` and ``why``.
    ServiceError
        404 if there is no such proposal or checklist; 422 with every problem of the file; 428 if records would be
        changed of which it was not said at which revision they were seen; 409 with ``record_id``, ``revision`` and
        ``since`` if one has been changed since. Nothing is stored then.
    """
    kept = service.store.records.records(proposal_id=proposal_id, maximum=None)
    living = [each for each in kept if each.stage != "ended"]
    free = _zones_without_record(service, proposal_id, {each.zone.zone_id for each in living})
    checklist = checklist_document(find_checklist(service, upload.checklist))
    found = _read(service, upload, living, free, checklist)
    records = {each.record_id: each for each in living}
    changing = [each for each in found if each.contents]
    _refuse_unseen(service, [records[each.record_id] for each in changing if each.record_id], upload.seen)
    made = [_changes_of(each, upload, records, free, checklist) for each in changing]
    try:
        service.store.records.append_all(
            [added for added, _ in made],
            proposal_id=proposal_id,
            known=[each.record_id for each in kept],
            zones=[record.zone for added, record in made if added.changes[0].revision == 1],
        )
    except RecordExistsError as error:
        raise second_record(error.record) from None
    except RecordConflictError as error:
        before = records.get(error.record_id)
        raise _conflict(service, error.record_id, 0 if before is None else before.revision) from None
    return [record for _, record in made]


def _zones_without_record(service: Service, proposal_id: str, has_record: set[str]) -> dict[str, RecordedZone]:
    """The Zones of a proposal of which no record is kept, by their identifiers; errors as for ``read_document``."""
    document, zones = read_document(service, proposal_id), read_part(service, proposal_id, "zones")
    found = zones_of_proposal(document, zones=zones, proposal_id=proposal_id)
    return {zone_id: zone for zone_id, zone in found.items() if zone_id not in has_record}


def _read(
    service: Service,
    upload: ConditionsUpload,
    living: Sequence[ZoneRecord],
    free: Mapping[str, RecordedZone],
    checklist: Mapping[str, Any],
) -> Sequence[ConditionsOfZone]:
    """Read the file in an isolated process, beside the records as they are and the Zones without one."""
    with service.uploads.slot(), saved(upload.uploads, service.settings) as files:
        if len(files.get("conditions", ())) != 1:
            raise ServiceError(422, "Give one file with the conditions.")
        found: Sequence[ConditionsOfZone] = run_isolated(
            read_conditions_file,
            files,
            upload.uploads.reading(),
            [service.store.records.changes(each.record_id)[: each.revision] for each in living],
            [zone.model_dump(mode="json") for zone in free.values()],
            checklist,
            limits=service.upload_limits,
        )
    return found


def _refuse_unseen(service: Service, changing: Sequence[ZoneRecord], seen: Mapping[str, int] | None) -> None:
    """Refuse to change what the editor did not see, or saw as it is no more."""
    if seen is None:
        if changing:
            names = ", ".join(each.record_id for each in changing[:3])
            detail = f"Zones of the file have records. Say which revisions you saw, as seen=id=3: {names}."
            raise ServiceError(428, detail)
        return
    for record in changing:
        if seen.get(record.record_id, 0) != record.revision:
            raise _conflict(service, record.record_id, seen.get(record.record_id, 0))


def _conflict(service: Service, record_id: str, seen: int) -> ServiceError:
    error = record_conflict(service, record_id, seen)
    name = service.store.records.record(record_id).zone.name
    detail = f"The record of {name} was changed since you saw it. Nothing of the file was kept. {error.detail}"
    return ServiceError(409, detail, extra={"record_id": record_id, **error.extra}, type_name=error.type_name)


def _changes_of(
    found: ConditionsOfZone,
    upload: ConditionsUpload,
    records: Mapping[str, ZoneRecord],
    free: Mapping[str, RecordedZone],
    checklist: Mapping[str, Any],
) -> tuple[AddedChanges, ZoneRecord]:
    """The changes of one record, and the record with them."""
    at = datetime.now(UTC)
    record = None if found.record_id is None else records[found.record_id]
    record_id = str(uuid4()) if record is None else record.record_id
    changes: list[RecordChange] = []
    if record is None:
        zone = free[found.zone_id].model_dump(mode="json")
        content = {"record_id": record_id, "zone": zone, "checklist": checklist}
        changes.append(RecordChange(revision=1, at=at, by=upload.by, why=upload.why, kind="created", content=content))
    revision = 1 if record is None else record.revision
    changes += found.changes_after(revision, at=at, by=upload.by, why=upload.why)
    for change in changes:
        record = apply_change(record, change)
    if record is None:
        raise RuntimeError("a record was neither kept nor begun")
    return AddedChanges(record_id, [sound_change(each) for each in changes]), record
