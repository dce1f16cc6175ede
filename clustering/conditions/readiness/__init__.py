"""Readiness: indicator sets as data, what raters say by them, and what that makes of schools, districts and Zones."""

from clustering.conditions.readiness.assessments import Assessments, join_assessments
from clustering.conditions.readiness.documents import readiness_document, readiness_table
from clustering.conditions.readiness.evaluation import Readiness, evaluate_readiness
from clustering.conditions.readiness.indicator_sets import (
    IndicatorSet,
    indicator_set_document,
    indicators_table,
    list_indicator_sets,
    parse_indicator_set,
)
from clustering.conditions.readiness.read_sets import read_indicator_sets
from clustering.conditions.readiness.reading import read_assessments

__all__ = [
    "Assessments",
    "IndicatorSet",
    "Readiness",
    "evaluate_readiness",
    "indicator_set_document",
    "indicators_table",
    "join_assessments",
    "list_indicator_sets",
    "parse_indicator_set",
    "read_assessments",
    "read_indicator_sets",
    "readiness_document",
    "readiness_table",
]
