"""What an agency may store and have computed."""

from __future__ import annotations

from app.errors import ServiceError
from app.services.service import Service

_MB = 1024 * 1024


def refuse_full_agency(service: Service, *, is_dataset: bool = False) -> None:
    """
    Refuse to store more for an agency that has used its quota.

    Parameters
    ----------
    service
        As the caller sees it.
    is_dataset
        Whether a dataset is to be stored.

    Raises
    ------
    ServiceError
        403, with what is used and what is allowed.
    """
    settings = service.settings
    if is_dataset and settings.quota_datasets:
        used = service.store.usage.datasets()
        if used >= settings.quota_datasets:
            raise _refusal("datasets", used, settings.quota_datasets)
    if settings.quota_mb and (used := service.store.usage.stored_bytes()) >= settings.quota_mb * _MB:
        raise _refusal("megabytes", used // _MB, settings.quota_mb)


def refuse_busy_agency(service: Service) -> None:
    """Refuse a further job of an agency that has as many as it may: 429."""
    allowed = service.settings.quota_jobs
    if allowed and (used := service.store.usage.unfinished_jobs()) >= allowed:
        raise ServiceError(
            429,
            f"Your agency has {used} jobs that wait or run, of {allowed} that it may have. Try again when one is done.",
            extra={"quota": "jobs", "used": used, "allowed": allowed},
            headers={"Retry-After": "30"},
        )


def _refusal(what: str, used: int, allowed: int) -> ServiceError:
    detail = f"Your agency has stored {used} {what}, of {allowed} that it may store. Delete some first."
    return ServiceError(403, detail, extra={"quota": what, "used": used, "allowed": allowed})
