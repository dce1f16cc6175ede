"""Types of what people write into records and checklists: lines, notes, days."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, Literal, get_args

from pydantic import BeforeValidator, Field

from clustering.model.parameter_types import CHOICE, MAXIMUM_LIST_ENTRIES, identifier, plain_value, sound_characters
from clustering.model.plain_text import plain_text
from clustering.model.validation_errors import fault, unreadable

Area = Literal["people", "money", "time", "program", "governance", "accountability", "contract"]
AREAS: tuple[Area, ...] = get_args(Area)

MAXIMUM_LINE_CHARACTERS = 300
MAXIMUM_NOTE_CHARACTERS = 5_000
MAXIMUM_LEVELS = 30
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
# Of longitude and latitude in degrees, and of a height in metres.
_BOUNDS = (180, 90, 100_000)
_EARLIEST, _LATEST = date(1900, 1, 1), date(2200, 12, 31)


def clean_line(value: object) -> str:
    """A text in one line, without invisible characters and blanks around it."""
    return plain_text(str(sound_characters(value))).strip()


def _note(value: object) -> object:
    """A text of several lines, each without invisible characters."""
    text = str(sound_characters(value))
    return "\n".join(plain_text(line).rstrip() for line in re.split(r"\r\n|\r|\n", text)).strip()


def _blank_is_none(value: object) -> object:
    return None if isinstance(value, str) and not value.strip() else value


def _day(value: object) -> object:
    """A day, as a date or as ``2027-08-31``."""
    if isinstance(value, str) and _DAY.fullmatch(value.strip()):
        try:
            value = date.fromisoformat(value.strip())
        except ValueError:
            raise fault("There is no such day.", "Write the day as 2027-08-31.") from None
    if not isinstance(value, date) or isinstance(value, datetime):
        raise fault("This is not a day.", "Write the day as 2027-08-31.")
    if not _EARLIEST <= value <= _LATEST:
        raise fault("The day is out of range.", "Give a day from 1900 to 2200.")
    return value


def _moment(value: object) -> object:
    if not isinstance(value, datetime) or value.utcoffset() is None:
        raise fault("This is not a time with its zone.", "Give a time in UTC.")
    return value


def _plain_mapping(value: object) -> object:
    """Names and values that JSON can hold."""
    if not isinstance(value, Mapping):
        raise unreadable()
    if not _is_shallow(value, MAXIMUM_LEVELS):
        raise fault("The value is nested too deeply.", f"Nest lists and names at most {MAXIMUM_LEVELS} levels deep.")
    try:
        text = json.dumps(plain_value(value), allow_nan=False, ensure_ascii=False)
        return json.loads(text.encode())  # half of a character (a lone surrogate) cannot be encoded
    except (TypeError, ValueError):
        raise fault("JSON cannot hold this.", "Give names with texts, numbers and lists.") from None


def _is_shallow(value: object, levels: int) -> bool:
    """Whether lists and mappings are nested at most so many levels deep: what is nested deeper could not be shown."""
    if not isinstance(value, Mapping | list | tuple):
        return True
    parts = value.values() if isinstance(value, Mapping) else value
    return levels > 0 and all(_is_shallow(part, levels - 1) for part in parts)


def _outline(value: object) -> object:
    """A polygon of GeoJSON, or several."""
    plain = _plain_mapping(value)
    if not isinstance(plain, dict) or plain.get("type") not in ("Polygon", "MultiPolygon"):
        raise fault("This is not an outline.", "Give a geometry of GeoJSON: a Polygon or a MultiPolygon.")
    parts = [plain.get("coordinates")] if plain["type"] == "Polygon" else plain.get("coordinates")
    if not isinstance(parts, list) or not parts or not all(map(_is_polygon, parts)):
        remedy = "Give rings of at least four positions, the first and last the same, longitude before latitude."
        raise fault("The outline is not sound.", remedy)
    return {"type": plain["type"], "coordinates": plain["coordinates"]}


def _is_polygon(rings: Any) -> bool:
    return isinstance(rings, list) and bool(rings) and all(map(_is_ring, rings))


def _is_ring(ring: Any) -> bool:
    return isinstance(ring, list) and len(ring) >= 4 and all(map(_is_position, ring)) and ring[0] == ring[-1]


def _is_position(position: Any) -> bool:
    """Whether a position is longitude and latitude in degrees, with or without a height."""
    if not isinstance(position, list) or len(position) not in (2, 3):
        return False
    if not all(isinstance(each, int | float) and not isinstance(each, bool) for each in position):
        return False
    return all(abs(each) <= bound for each, bound in zip(position, _BOUNDS, strict=False))


Line = Annotated[str, Field(min_length=1, max_length=MAXIMUM_LINE_CHARACTERS), BeforeValidator(clean_line)]
LineOrNone = Annotated[
    Annotated[str, Field(max_length=MAXIMUM_LINE_CHARACTERS), BeforeValidator(clean_line)] | None,
    BeforeValidator(_blank_is_none),
]
Note = Annotated[str, Field(min_length=1, max_length=MAXIMUM_NOTE_CHARACTERS), BeforeValidator(_note)]
NoteOrNone = Annotated[
    Annotated[str, Field(max_length=MAXIMUM_NOTE_CHARACTERS), BeforeValidator(_note)] | None,
    BeforeValidator(_blank_is_none),
]
Link = Annotated[
    Annotated[str, Field(max_length=2_000), BeforeValidator(clean_line)] | None,
    BeforeValidator(_blank_is_none),
]
Day = Annotated[date, BeforeValidator(_day)]
DayOrNone = Annotated[Annotated[date, BeforeValidator(_day)] | None, BeforeValidator(_blank_is_none)]
Moment = Annotated[datetime, BeforeValidator(_moment)]
AreaOfCondition = Annotated[Area, CHOICE]
PlainMapping = Annotated[dict[str, Any], BeforeValidator(_plain_mapping)]
Outline = Annotated[dict[str, Any] | None, BeforeValidator(lambda value: None if value is None else _outline(value))]
SchoolIdentifier = Annotated[
    str, Field(min_length=1, max_length=100), BeforeValidator(clean_line), BeforeValidator(identifier)
]


def _listed(value: object) -> object:
    """A list as it is; a text is none."""
    plain = plain_value(value)
    if not isinstance(plain, list):
        raise unreadable()
    return plain


LISTED = BeforeValidator(_listed)
SchoolIdentifiers = Annotated[tuple[SchoolIdentifier, ...], Field(max_length=MAXIMUM_LIST_ENTRIES), LISTED]
