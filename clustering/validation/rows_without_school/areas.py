"""Names of areas that no school serves: unassigned land, choice zones, areas of open enrolment."""

from __future__ import annotations

import re

_AREA = r"(attendance )?(area|zone|territory|boundary|land)s?"
_WORDS = "|".join(
    (
        rf"(un ?|not |non )(assigned|zoned|designated|districted)( {_AREA})?",
        rf"no (assigned |zoned |designated |attendance |neighbou?rhood )?(school|{_AREA})( assigned)?",
        rf"non ?{_AREA}",
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
