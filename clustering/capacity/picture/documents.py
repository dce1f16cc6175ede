"""A picture as plain values, ready for JSON."""

from __future__ import annotations

from typing import Any

from clustering.capacity.picture.picture import StatePicture
from clustering.model.records import table_records


def picture_document(picture: StatePicture) -> dict[str, Any]:
    """
    Write a picture as plain values.

    Parameters
    ----------
    picture
        As ``state_picture`` answers.

    Returns
    -------
    document
        The fields of :class:`StatePicture` in their order; a table is a list with a mapping per row, and missing is
        ``None``.
    """
    return {
        "kind": picture.kind,
        "headlines": list(picture.headlines),
        "totals": table_records(picture.totals.reset_index()),
        **{name: table_records(getattr(picture, name)) for name in ("districts", "levels", "partners", "falls")},
        "started": table_records(picture.started),
        "unserved": table_records(picture.unserved),
        "planning_is_free": picture.planning_is_free,
        "years_to_reach_all": picture.years_to_reach_all,
        "disclosure": picture.disclosure,
        "provenance": dict(picture.provenance),
        "notes": list(picture.notes),
    }
