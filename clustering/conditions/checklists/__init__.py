"""Checklists: what a Zone must have agreed before it is protected, as data."""

from clustering.conditions.checklists.checklist import Checklist, ChecklistItem
from clustering.conditions.checklists.documents import checklist_document, checklist_table
from clustering.conditions.checklists.presets import list_checklists
from clustering.conditions.checklists.reading import read_checklist
from clustering.conditions.field_types import AREAS, Area

__all__ = [
    "AREAS",
    "Area",
    "Checklist",
    "ChecklistItem",
    "checklist_document",
    "checklist_table",
    "list_checklists",
    "read_checklist",
]
