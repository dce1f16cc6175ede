"""Work in processes that can be stopped: reading uploads, proposing Zones, matching them with Lead Partners."""

from app.jobs.isolated_process import ProcessLimits, run_isolated, start_server_process
from app.jobs.kinds import capacity_base, run_job
from app.jobs.queue import JobQueue

__all__ = ["JobQueue", "ProcessLimits", "capacity_base", "run_isolated", "run_job", "start_server_process"]
