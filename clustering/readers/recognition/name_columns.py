"""The columns that name schools and districts in words, beside or instead of their identifiers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from clustering.readers.recognition.headings import heading_key
from clustering.readers.recognition.school_aliases import SCHOOL_ALIASES

# Best first; compared in lower case with "_" for other signs.
NAMES_OF_ENDS: Mapping[str, Sequence[str]] = {
    "origin": (
        *("origin_name", "origin_school_name", "from_name", "from_school_name", "sending_school_name"),
        *("sending_school", "school_name", "schnam", "sch_name", "name"),
    ),
    "destination": (
        *("destination_name", "destination_school_name", "to_name", "to_school_name", "receiving_school_name"),
        *("receiving_school", "new_school_name", "next_school_name"),
    ),
}
DISTRICTS_OF_ENDS: Mapping[str, Sequence[str]] = {
    "origin": (
        *("origin_district_name", "origin_district", "origin_lea_name", "from_district_name", "from_district"),
        *("sending_district_name", "sending_district", "lea_name", "district_name", "district"),
    ),
    "destination": (
        *("destination_district_name", "destination_district", "destination_lea_name", "to_district_name"),
        *("to_district", "receiving_district_name", "receiving_district", "new_lea_name", "new_district_name"),
    ),
}
_OF_SCHOOL: Mapping[str, Sequence[str]] = {
    "school_id": (
        *SCHOOL_ALIASES["name"],
        "campus_name",
        "campname",
        "building_name",
        "buildingname",
        "instn_name",
        "entity_name",
    ),
}
_OF_DISTRICT: Mapping[str, Sequence[str]] = {"school_id": SCHOOL_ALIASES["district_name"]}
_ROLES_OF_ENDS = ("flows", "feeder_table", "travel_times")


def name_columns(headings: Sequence[str], role: str) -> dict[str, str]:
    """Canonical column of an identifier to the heading of the school's name, for the names that a file has."""
    return _found(headings, NAMES_OF_ENDS if role in _ROLES_OF_ENDS else _OF_SCHOOL)


def district_columns(headings: Sequence[str], role: str) -> dict[str, str]:
    """Canonical column of an identifier to the heading of the district's name, for the names that a file has."""
    return _found(headings, DISTRICTS_OF_ENDS if role in _ROLES_OF_ENDS else _OF_DISTRICT)


def _found(headings: Sequence[str], aliases_of: Mapping[str, Sequence[str]]) -> dict[str, str]:
    keys = {heading_key(heading): heading for heading in reversed(headings)}
    found = {
        canonical: next((keys[alias] for alias in aliases if alias in keys), None)
        for canonical, aliases in aliases_of.items()
    }
    return {canonical: heading for canonical, heading in found.items() if heading is not None}
