"""Work in processes that can be stopped: reading uploads, proposing Zones."""

from app.jobs.child import ChildLimits, run_in_child
from app.jobs.runner import JobRunner

__all__ = ["ChildLimits", "JobRunner", "run_in_child"]
