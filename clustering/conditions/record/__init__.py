"""Records of Zones: conditions, contract, life; each the result of its changes."""

from clustering.conditions.record.changes import apply_change, record_of, sound_change
from clustering.conditions.record.condition import Benchmark, Condition, Contract
from clustering.conditions.record.documents import (
    conditions_table,
    history_document,
    history_table,
    missing_table,
    record_document,
    records_geojson,
    records_table,
)
from clustering.conditions.record.due import DueDate, due_table, list_due
from clustering.conditions.record.history import FieldChange, HistoryEntry, compare_revisions, follow_record
from clustering.conditions.record.life import (
    CONDITION_STATES,
    STAGES,
    STAGES_AFTER,
    STATES_AFTER,
    ConditionState,
    Stage,
)
from clustering.conditions.record.missing import MissingCondition, missing_conditions
from clustering.conditions.record.proposals import zone_of_proposal, zones_of_proposal
from clustering.conditions.record.record import LifeStep, RecordChange, RecordedZone, ZoneOrigin, ZoneRecord
from clustering.conditions.record.warnings import record_warnings

__all__ = [
    "CONDITION_STATES",
    "STAGES",
    "STAGES_AFTER",
    "STATES_AFTER",
    "Benchmark",
    "Condition",
    "ConditionState",
    "Contract",
    "DueDate",
    "FieldChange",
    "HistoryEntry",
    "LifeStep",
    "MissingCondition",
    "RecordChange",
    "RecordedZone",
    "Stage",
    "ZoneOrigin",
    "ZoneRecord",
    "apply_change",
    "compare_revisions",
    "conditions_table",
    "due_table",
    "follow_record",
    "history_document",
    "history_table",
    "list_due",
    "missing_conditions",
    "missing_table",
    "record_document",
    "record_of",
    "record_warnings",
    "records_geojson",
    "records_table",
    "sound_change",
    "zone_of_proposal",
    "zones_of_proposal",
]
