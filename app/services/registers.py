"""Registers of Lead Partners: made from uploads, shown, deleted."""

from __future__ import annotations

from app.errors import ServiceError
from app.jobs import capacity_tasks, run_isolated
from app.services.quotas import refuse_full_agency
from app.services.rights import refuse_single_datasets
from app.services.service import Service
from app.services.uploads import MAXIMUM_NAME_CHARACTERS, Uploads, saved
from app.store import Register
from clustering import plain_text


def add_register(service: Service, uploads: Uploads, *, name: str | None, dataset_id: str | None = None) -> Register:
    """
    Read a register in an isolated process and keep it if nothing is wrong.

    Parameters
    ----------
    service
        The service.
    uploads
        Files of the roles ``partners`` and ``preferences``.
    name
        Of the register; without one it is called by the names of its files.
    dataset_id
        A dataset whose districts and schools the register is checked against.

    Returns
    -------
    register
        As stored, with its report.

    Raises
    ------
    ServiceError
        404 if there is no such dataset, 422 with every problem of the files, 503 if too many uploads are being read.
        Nothing is stored.
    """
    scenario = service.store.scenario(dataset_id) if dataset_id else None
    refuse_single_datasets(service.caller)
    refuse_full_agency(service)
    with service.uploads.slot(), saved(uploads, service.settings) as files:
        if not files.get("partners"):
            raise ServiceError(422, "Give a file with the partners.")
        work = (files, uploads.reading(), scenario)
        checked = run_isolated(capacity_tasks.check_register, *work, limits=service.upload_limits)
    title = plain_text(name or "").strip() or ", ".join(file.name for role in files.values() for file in role)
    return service.store.capacity.add_register(title[:MAXIMUM_NAME_CHARACTERS], checked)


def read_register_table(service: Service, register_id: str, table: str) -> bytes:
    """One table of a register (``capacity_tasks.REGISTER_TABLES``) as CSV; 404 if there is no such register."""
    content = service.store.capacity.register_content(register_id)
    with service.reads.slot():
        data: bytes = run_isolated(capacity_tasks.register_table, content, table, limits=service.read_limits)
    return data
