"""Warnings where several schools files disagree: schools that only one has, cells that contradict each other."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from clustering.readers.text.columns import numpy_of
from clustering.validation.findings import positions_of
from clustering.validation.schools.school_file import SchoolPart

_COMPARED = ("district_id", "status", "grades_offered", "enrolment_students", "school_type", "title1_status", "virtual")
_LABELS = {
    "district_id": "district",
    "grades_offered": "grades",
    "enrolment_students": "enrolment",
    "school_type": "type of the school",
    "title1_status": "Title I status",
    "virtual": "entry on virtual instruction",
}
# Two files may round coordinates differently; beyond a kilometre they are different points.
_SAME_POINT_DEGREES = 0.01


def warn_unmatched(parts: Sequence[SchoolPart]) -> None:
    """Warn of schools that only one file has."""
    for part in parts:
        alone = np.ones(len(part.ids), dtype=bool)
        for other in parts:
            if other is not part:
                alone &= positions_of(part.ids, other.ids) < 0
        rows = np.zeros(len(part.findings.table), dtype=bool)
        rows[part.records[alone]] = True
        part.findings.mark(
            rows,
            "school_id",
            message="The school is in none of the other schools files.",
            remedy="Check that the files are of the same year. The school is kept, with the cells of this file.",
            is_error=False,
        )


def warn_disagreements(parts: Sequence[SchoolPart]) -> None:
    """Warn of cells that contradict the first file that has them."""
    for number, part in enumerate(parts):
        for name in (*_COMPARED, "latitude", "longitude"):
            first = next((other for other in parts[:number] if name in other.columns), None)
            if first is None or name not in part.columns:
                continue
            positions = pa.array(positions_of(part.ids, first.ids))
            found = pc.if_else(pc.equal(positions, -1), pa.scalar(None, positions.type), positions)
            first_values = first.columns[name].take(found)
            if name in ("latitude", "longitude"):
                differs = pc.greater(pc.abs(pc.subtract(first_values, part.columns[name])), _SAME_POINT_DEGREES)
            else:
                differs = pc.not_equal(first_values, part.columns[name])
            rows = np.zeros(len(part.findings.table), dtype=bool)
            rows[part.records[numpy_of(differs.fill_null(False))]] = True
            part.findings.mark(
                rows,
                {"grades_offered": "grades", "enrolment_students": "enrolment"}.get(name, name),
                message=f"The {_LABELS.get(name, name)} differs from that in {first.findings.table.name},"
                " which counts.",
                remedy="Check which of the two is right, and that the files are of the same year.",
                is_error=False,
            )
