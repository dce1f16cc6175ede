"""Polygons of a layer of catchments that are of no school: unassigned land, choice zones, areas of open enrolment."""

from __future__ import annotations

import re

import numpy as np

from clustering.validation.findings import Findings

REASON = "The polygon is an area of no school."
MAXIMUM_NAMED = 20
MAXIMUM_NAME_CHARACTERS = 60

_AREA = r"(attendance )?(area|zone|territory|boundary|land)s?"
_WORDS = "|".join(
    (
        rf"(un ?|not |non )(assigned|zoned|designated)( {_AREA})?",
        rf"no (assigned |zoned |designated |attendance |neighbou?rhood )?(school|{_AREA})( assigned)?",
        rf"open (enrol?lment|enrol?l|zoned|zone)( {_AREA})?",
        rf"(school )?(choice|option|optional) {_AREA}",
        r"zones? of choice",
        rf"(city|county|district) ?wide (choice|open enrol?lment|{_AREA})",
    )
)
_LEVEL = r"( (es|ms|hs|elementary|middle|high|primary|secondary|k 8))?"
# Whole names only: Choice Academy and Open Door School are schools.
_NAME_OF_AREA = re.compile(rf"({_WORDS}){_LEVEL}( [a-z]| \d{{1,3}})?")


def is_name_of_area(text: str) -> bool:
    """Tell whether a name or identifier is that of an area that no school serves."""
    words = re.sub(r"[\W_]+", " ", text.lower()).strip()
    return _NAME_OF_AREA.fullmatch(words) is not None


def set_aside_areas(findings: Findings) -> np.ndarray:
    """
    Leave out the polygons whose name, or identifier, says that they are of no school.

    Parameters
    ----------
    findings
        A layer; a warning names the areas, and the records are set aside.

    Returns
    -------
    is_area
        One per record.
    """
    is_area = np.zeros(len(findings.table), dtype=bool)
    areas: set[str] = set()
    for canonical in ("name", "school_id"):
        column = findings.texts(canonical)
        texts = column.distinct().astype("str")
        matches = np.array([is_name_of_area(text) for text in texts], dtype=bool)
        areas |= {text[:MAXIMUM_NAME_CHARACTERS] for text in texts[matches]}
        is_area |= column.spread(matches).astype(bool)
    if areas:
        findings.set_aside(is_area, REASON)
        named = ", ".join(sorted(areas)[:MAXIMUM_NAMED]) + (", ..." if len(areas) > MAXIMUM_NAMED else "")
        findings.note(
            f"Polygons of no school were left out ({int(is_area.sum()):,}): {named}.",
            "Nothing needs to be done. If one is a school's catchment, give it the school's name.",
        )
    return is_area
