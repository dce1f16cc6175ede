"""Progress: indicators of schools by year, and what became of Zones since their entry, with their persistence."""

from clustering.conditions.progress.benchmarks import Benchmark
from clustering.conditions.progress.catalogue import (
    ProgressIndicator,
    list_progress_indicators,
    progress_indicator_documents,
)
from clustering.conditions.progress.documents import (
    benchmarks_table,
    progress_document,
    progress_summary_table,
    progress_table,
)
from clustering.conditions.progress.entry import ZoneEntry, entries_of_records
from clustering.conditions.progress.evaluation import Progress, evaluate_progress
from clustering.conditions.progress.evidence import OUTCOME_YEARS
from clustering.conditions.progress.parameters import ProgressParameters
from clustering.conditions.progress.progress_values import ProgressValues, join_progress
from clustering.conditions.progress.reading import read_progress

__all__ = [
    "OUTCOME_YEARS",
    "Benchmark",
    "Progress",
    "ProgressIndicator",
    "ProgressParameters",
    "ProgressValues",
    "ZoneEntry",
    "benchmarks_table",
    "entries_of_records",
    "evaluate_progress",
    "join_progress",
    "list_progress_indicators",
    "progress_document",
    "progress_indicator_documents",
    "progress_summary_table",
    "progress_table",
    "read_progress",
]
