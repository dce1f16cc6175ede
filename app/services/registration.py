"""How datasets are registered: the key and the policy of the service, and datasets of an earlier version."""

from __future__ import annotations

import logging

from app.errors import ServiceError
from app.jobs import ProcessLimits, protection_tasks, run_isolated
from app.jobs.protection_tasks import Registering
from app.settings import Settings
from app.store import Dataset, SecondCut, Store

logger = logging.getLogger(__name__)


def registering(store: Store, settings: Settings) -> Registering:
    """What an isolated process needs to register inputs."""
    return Registering(hash_key=store.registrations.hash_key(), policy=settings.disclosure_policy)


def register_earlier(store: Store, settings: Settings, limits: ProcessLimits) -> None:
    """
    Register the datasets that an earlier version kept, before any upload is compared with them.

    Parameters
    ----------
    store
        Where they are. One that cannot be read any more is not registered: the log names it.
    settings
        The policy.
    limits
        Time and memory for each.
    """
    for dataset_id in store.registrations.unregistered():
        own = store.of_agency(store.dataset(dataset_id).agency_id)
        try:
            work = (own.scenario(dataset_id), registering(store, settings))
            counted = run_isolated(protection_tasks.count_stored, *work, limits=limits)
        except ServiceError as error:
            logger.warning("The dataset %s of an earlier version cannot be registered: %s", dataset_id, error.detail)
        else:
            own.registrations.register_earlier(dataset_id, counted)


def refuse_second_cut_without_right(second_cut: SecondCut, settings: Settings) -> None:
    """Refuse a decision about second cuts: 403 without the right, 422 without a name and a reason."""
    if second_cut.choice != "refuse":
        refuse_without_right(settings)
        refuse_without_reason(second_cut.by, second_cut.why)


def refuse_without_right(settings: Settings) -> None:
    """Raise a ServiceError, 403, where nobody may release."""
    if not settings.allow_release:
        detail = "Releasing, deciding about second cuts and reading the ledger need the setting"
        raise ServiceError(403, f"{detail} FEEDER_ZONES_ALLOW_RELEASE of the service, and the right admin.")


def refuse_without_reason(by: str, why: str) -> None:
    """Raise a ServiceError, 422, without who does it or why: both go into the ledger."""
    if not by.strip() or not why.strip():
        raise ServiceError(422, "Say who decides this (by) and for which reason (why): both are kept in the ledger.")


def describe_held(dataset: Dataset) -> str:
    """
    Say of inputs that came again that they are held, and under which name: every user may see both in the lists.

    Rates may differ within the bands that staff see: it is not said whether they do.
    """
    return (
        "The same inputs, or inputs that look the same to staff, are held already,"
        f' since {dataset.created_at:%Y-%m-%d}, under the name "{dataset.name}".'
        " They were not stored again, and no other name was given to them."
    )
