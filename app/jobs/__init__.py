"""Work in processes that can be stopped: reading uploads, proposing Zones."""

from app.jobs.isolated_process import ProcessLimits, run_isolated, start_server_process
from app.jobs.queue import JobQueue

__all__ = ["JobQueue", "ProcessLimits", "run_isolated", "start_server_process"]
