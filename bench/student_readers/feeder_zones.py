"""Feeder Zones."""

from __future__ import annotations

from pathlib import Path

from clustering.flows.records.promotions import derive_promotions
from clustering.readers.student_records import read_student_records


def count_promotions(path: Path) -> tuple[int, int]:
    """Cells of the flow table with a destination, and students in them."""
    flows = derive_promotions(read_student_records([path])).flows
    moved = flows[flows["destination"].notna()]
    return len(moved), int(moved["students"].sum())
