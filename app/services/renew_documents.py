"""After an upgrade: documents of registers and datasets are made again from what is stored beside them."""

from __future__ import annotations

import logging
from collections.abc import Callable

from app.errors import ServiceError
from app.jobs import ProcessLimits, capacity_tasks, dataset_tasks, run_isolated
from app.store import DATASET, REGISTER, Store, summarise_report

logger = logging.getLogger(__name__)


def renew_documents(store: Store, limits: ProcessLimits) -> None:
    """
    Write every document of a register or a dataset anew that an earlier version wrote.

    Parameters
    ----------
    store
        Where they are. One that cannot be read any more stays as it is: the log names it, and its page says so.
    limits
        Time and memory for each.
    """
    for kind, renew in ((REGISTER, _renew_register), (DATASET, _renew_dataset)):
        for identifier in store.earlier_documents.of(kind):
            _try(renew, store, identifier, limits, kind)


def locate_schools(store: Store, limits: ProcessLimits) -> None:
    """
    Write the schools of datasets of an earlier version, for programs that read the database itself.

    Parameters
    ----------
    store
        Where they are. A dataset that cannot be read any more has none: the log names it.
    limits
        Time and memory for each.
    """
    for dataset_id in store.features.datasets_without_schools():
        _try(_locate, store, dataset_id, limits, DATASET)


def _locate(store: Store, dataset_id: str, limits: ProcessLimits) -> None:
    schools = run_isolated(dataset_tasks.schools_of, store.scenario(dataset_id), limits=limits)
    store.features.add_schools(dataset_id, schools)


def _try(
    renew: Callable[[Store, str, ProcessLimits], None], store: Store, identifier: str, limits: ProcessLimits, kind: str
) -> None:
    try:
        renew(store, identifier, limits)
    except ServiceError as error:
        logger.warning("The %s %s of an earlier version cannot be read: %s", kind, identifier, error.detail)


def _renew_register(store: Store, register_id: str, limits: ProcessLimits) -> None:
    content = store.capacity.register_content(register_id)
    found = run_isolated(capacity_tasks.describe_stored_register, content, limits=limits)
    store.earlier_documents.replace(REGISTER, register_id, found.report, found.summary)


def _renew_dataset(store: Store, dataset_id: str, limits: ProcessLimits) -> None:
    report = run_isolated(dataset_tasks.report_of, store.scenario(dataset_id), limits=limits)
    store.earlier_documents.replace(DATASET, dataset_id, report, summarise_report(report))
