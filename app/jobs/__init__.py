"""Work in processes that can be stopped: reading uploads, proposing Zones."""

from app.jobs.beside import BesideAnswer, Kind, compute_kind
from app.jobs.child import ChildLimits, run_in_child
from app.jobs.rule_tasks import RuleAnswer, RuleKind, answer_rule
from app.jobs.runner import JobRunner

__all__ = [
    "BesideAnswer",
    "ChildLimits",
    "JobRunner",
    "Kind",
    "RuleAnswer",
    "RuleKind",
    "answer_rule",
    "compute_kind",
    "run_in_child",
]
