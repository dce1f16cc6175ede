"""How the memory of the service is shared among what computes, reads and answers."""

from __future__ import annotations

from dataclasses import dataclass

from app.jobs import ProcessLimits, default_budget_mb
from app.settings import Settings

# Layers get an eighth of the budget, and each process that answers at most this much. A proposal for a whole country
# (250,000 links) has layers of about 300 MB, one for a state of about 3 MB.
_LAYERS_SHARE, _MOST_OF_LAYERS_MB = 8, 512


@dataclass(frozen=True)
class MemoryShares:
    """
    How the budget is shared.

    Parameters
    ----------
    whole
        The budget of isolated processes: ``memory_mb`` less what is kept of layers [MB].
    of_job, of_upload, of_read
        What a process of each kind may have [MB]; a job and an upload fit into the budget together.
    of_layers
        What each process that answers requests may keep of layers [MB].
    """

    whole: int
    of_job: int
    of_upload: int
    of_read: int
    of_layers: int


def shares_of(settings: Settings) -> MemoryShares:
    """
    Share the memory of the service.

    Parameters
    ----------
    settings
        ``memory_mb``; ``job_memory_mb`` and ``read_memory_mb``, which a process gets unless the budget is too small;
        ``server_workers``.

    Returns
    -------
    shares
        An eighth is for layers, in equal parts for each process that answers, of 512 MB at most. Of the rest, an
        upload gets as much as a job does where there is room for both, else half.
    """
    given = settings.memory_mb or default_budget_mb()
    of_layers = min(_MOST_OF_LAYERS_MB, given // _LAYERS_SHARE // settings.server_workers)
    whole = given - of_layers * settings.server_workers
    of_upload = min(settings.job_memory_mb, whole // 2)
    of_job = min(settings.job_memory_mb, whole - of_upload)
    return MemoryShares(whole, of_job, of_upload, min(settings.read_memory_mb, of_job), of_layers)


def job_limits(settings: Settings) -> ProcessLimits:
    """Time and memory of a job."""
    return ProcessLimits(time_limit_s=settings.job_time_limit_s, memory_mb=shares_of(settings).of_job)
