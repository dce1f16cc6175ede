"""Work in processes that can be stopped: reading uploads, proposing Zones."""

from app.jobs.isolated_process import ChildLimits, run_in_child
from app.jobs.queue import JobRunner
from app.queries.proposal_analyses import BesideAnswer, Kind, compute_kind
from app.queries.rule_questions import RuleAnswer, RuleKind, answer_rule

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
