"""Which columns of a table say what school each school feeds."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from clustering.model.spelling import british
from clustering.readers.recognition.feeder_aliases import FEEDER_ALIASES, FEEDER_LEVELS
from clustering.readers.recognition.headings import heading_key

# Words for a school of any level: beside columns of all levels they say whose row it is, and no step.
_ANY_SCHOOL = frozenset({"school", "school_name", "sch_name", "name", "school_id", "school_code", "ncessch"})
# What columns of levels are called besides: Zoned Middle School ID, Feeder Pattern High School.
_BEFORE_LEVEL = (
    r"(?:(?:zoned|assigned|attendance_area|base|boundary|destination|feeder(?:_pattern)?|feeds_(?:to|into)"
    r"|feeds|home|neighbou?rhood|next|receiving|resident)_)?"
)
_IDENTIFIER_OF_LEVEL, _NAME_OF_LEVEL = r"_(?:id|code|number|no|nbr|num|dbn)", r"(?:_name)?"
_LEVELS_IN_WORDS = {
    "elementary_school": r"(?:elementary|elem|primary)(?:_schools?)?",
    "middle_school": r"(?:middle|junior_high|jr_high|intermediate)(?:_schools?)?",
    "high_school": r"(?:high|senior_high|sr_high)_?(?:schools?)?",
}
_SENDING = re.compile(r"feed|send")
_FEEDERS = re.compile(r"(?:feeders?|feeder_schools?)(?:_(?:ids?|codes?|numbers?|dbns?|names?))?")
_NUMBER = re.compile(r"_?[1-9]$")
_SHARE = re.compile(r"(^|_)(shares?|percent|pct|percentage|proportion|fraction)(_|$)")


@dataclass(frozen=True, kw_only=True)
class FeederColumns:
    """
    Columns of a feeder table.

    Parameters
    ----------
    chain
        Headings of origins and of destinations, or of three levels: the schools of each feed those beside them in the
        next. Several headings of one place in the chain hold several schools.
    shares
        Heading of a destination to that of the share of the students who go there.
    used
        All of these headings by what they tell, such as ``destination, Feeds To 2``.
    """

    chain: tuple[tuple[str, ...], ...]
    shares: Mapping[str, str] = field(default_factory=dict)
    used: Mapping[str, str] = field(default_factory=dict)


def find_feeder_columns(headings: Sequence[str], columns: Mapping[str, str]) -> FeederColumns | None:
    """
    Find the columns that say what school each school feeds.

    Parameters
    ----------
    headings
        Of the file.
    columns
        Headings that the user names, by canonical column; they count before every alias.

    Returns
    -------
    found
        ``None`` if there are neither an origin and destinations nor two levels of schools. A destination or a level may
        be in several columns with a number at the end, such as ``Feeds To 1`` and ``Feeds To 2``.
    """
    keys = {heading: british(heading_key(heading)) for heading in headings if heading not in columns.values()}
    names = {heading: (key, _NUMBER.sub("", key)) for heading, key in keys.items()}
    named = {
        canonical: [columns[canonical]] if canonical in columns else _known(names, canonical)
        for canonical in ("origin", "destination", *FEEDER_LEVELS)
    }
    origins, destinations = named["origin"], named["destination"]
    if not (origins and _SENDING.match(heading_key(origins[0]))):  # School (2) is hardly a second school that sends
        origins = origins[:1]
    levels = [named[level] for level in FEEDER_LEVELS if named[level]]
    if destinations:
        chain = [origins, destinations] if origins else [*levels, destinations] if len(levels) == 1 else []
    elif origins and not (_is_any_school(origins[0]) and len(levels) > 1 and named["elementary_school"]):
        chain = [origins, *levels]
    else:
        chain = levels
    if len(chain) < 2:
        return None
    shares = _shares(headings, chain, columns)
    used: dict[str, str] = {}
    for number, each in enumerate(chain):
        name = "origin" if number == 0 else "destination"
        for heading in each:
            used[f"{name}, {heading}"] = heading
    used |= {f"share, {heading}": heading for heading in shares.values()}
    return FeederColumns(chain=tuple(map(tuple, chain)), shares=shares, used=used)


def find_listed_feeders(headings: Sequence[str]) -> tuple[str, str] | None:
    """
    Find a column of schools, and one called feeder schools, which may send students to it or take them in.

    Parameters
    ----------
    headings
        Of a file without a column of destinations.

    Returns
    -------
    found
        Heading of the schools and of the feeder schools.
    """
    feeders = [heading for heading in headings if _FEEDERS.fullmatch(heading_key(heading))]
    schools = [heading for heading in headings if _is_any_school(heading) or heading_key(heading) == "school_number"]
    ids = [heading for heading in schools if heading_key(heading) not in ("school", "school_name", "sch_name", "name")]
    return ((ids or schools)[0], feeders[0]) if schools and feeders else None


def is_share_heading(heading: str) -> bool:
    """Whether a heading speaks of a share."""
    return "%" in heading or _SHARE.search(heading_key(heading)) is not None


def _is_any_school(heading: str) -> bool:
    return heading_key(heading) in _ANY_SCHOOL


def _known(names: Mapping[str, tuple[str, str]], canonical: str) -> list[str]:
    """Headings of the best alias of a canonical column; each heading has its key, and this without its number."""
    for alias in FEEDER_ALIASES[canonical]:
        if found := [heading for heading, known in names.items() if alias in known]:
            return found
    for end in (_IDENTIFIER_OF_LEVEL, _NAME_OF_LEVEL) if canonical in _LEVELS_IN_WORDS else ():
        pattern = re.compile(rf"{_BEFORE_LEVEL}{_LEVELS_IN_WORDS[canonical]}{end}(_?[1-9])?")
        if found := [heading for heading, (key, _) in names.items() if pattern.fullmatch(key)]:
            return found
    return []


def _shares(headings: Sequence[str], chain: Sequence[Sequence[str]], columns: Mapping[str, str]) -> dict[str, str]:
    """Share of each destination, where each of them has one."""
    if len(chain) != 2:
        return {}
    found = [columns["share"]] if "share" in columns else [each for each in headings if is_share_heading(each)]
    return dict(zip(chain[1], found, strict=True)) if len(found) == len(chain[1]) else {}
