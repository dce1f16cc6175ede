"""Work in processes that can be stopped: reading uploads, proposing Zones, matching them with Lead Partners."""

from app.jobs.engines import Engine, LocalProcesses, open_engine
from app.jobs.isolated_process import ProcessLimits, run_isolated, start_server_process
from app.jobs.kinds import COMPARISON, capacity_base, job_kinds, run_job
from app.jobs.memory_budget import MemoryBudget, busy, default_budget_mb
from app.jobs.presence import Presence
from app.jobs.queue import JobQueue, Lane

__all__ = [
    "COMPARISON",
    "Engine",
    "JobQueue",
    "Lane",
    "LocalProcesses",
    "MemoryBudget",
    "Presence",
    "ProcessLimits",
    "busy",
    "capacity_base",
    "default_budget_mb",
    "job_kinds",
    "open_engine",
    "run_isolated",
    "run_job",
    "start_server_process",
]
