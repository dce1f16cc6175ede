"""Why a school may not be in a Zone: the reason as a value, and the one place where it is put into words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal


@dataclass(frozen=True, kw_only=True)
class Exclusion:
    """
    One rule that keeps a school out of a Zone, with its numbers.

    Parameters
    ----------
    parameter
        Name of the parameter behind the rule; ``closed`` for a closed school, which no parameter lets in.
    value
        What the school has: its level, its district, kilometres or minutes to the anchor, the share of its students who
        could arrive; ``None`` if unknown.
    limit
        What the value is held against: the levels allowed, the districts of the anchors, the most kilometres or
        minutes, the least share; ``None`` where there is nothing to compare with.
    """

    parameter: str
    value: str | float | None = None
    limit: float | tuple[str, ...] | None = None


@dataclass(frozen=True, kw_only=True)
class GroupExclusion:
    """
    A school that must keep together with another one, which cannot be in the Zone.

    Parameters
    ----------
    companion
        Name and identifier of the other school; ``None`` if it is itself out because of the group.
    cause
        Why the other school cannot be there.
    exclusions
        The rules against the other school, for the cause ``excluded``.
    """

    parameter: ClassVar[str] = "keep_together"
    companion: str | None
    cause: Literal["excluded", "anchor to be merged", "anchor of another Zone", "out of reach", "group"]
    exclusions: tuple[Exclusion, ...] = ()


def describe_exclusion(exclusion: Exclusion | GroupExclusion) -> str:
    """
    Put an exclusion into words.

    Parameters
    ----------
    exclusion
        Of one school and one Zone.

    Returns
    -------
    reason
        Half a sentence that follows "the school", such as ``is closed``.
    """
    if isinstance(exclusion, GroupExclusion):
        return _describe_group(exclusion)
    return _SENTENCES[exclusion.parameter](exclusion)


def describe_exclusions(exclusions: tuple[Exclusion | GroupExclusion, ...]) -> str:
    """Put several exclusions of one school into words, joined by ``and``."""
    return " and ".join(map(describe_exclusion, exclusions))


def _describe_group(exclusion: GroupExclusion) -> str:
    match exclusion.cause:
        case "excluded":
            why = describe_exclusions(exclusion.exclusions)
        case "anchor to be merged":
            why = "is another anchor: name both in merge_anchors to give them one Zone"
        case "anchor of another Zone":
            why = "is the anchor of another Zone"
        case "out of reach":
            why = "is not within reach of the anchor"
        case "group":
            return "must keep together with a school that cannot be in the Zone"
    return f"must keep together with {exclusion.companion}, which {why}"


def _describe_level(exclusion: Exclusion) -> str:
    levels = exclusion.limit if isinstance(exclusion.limit, tuple) else ()
    return f"is of the level {exclusion.value}, and the levels asked for are {', '.join(levels)}"


def _describe_district(exclusion: Exclusion) -> str:
    if exclusion.value is None or not exclusion.limit:
        return "cannot be kept within one district, since one is not known"
    return "is in another district"


def _describe_distance(exclusion: Exclusion) -> str:
    if exclusion.value is None:
        return "is at a distance that is not known, and distance counts"
    return f"is {_describe_excess(exclusion, digits=1)} km away, and the limit is {exclusion.limit:.12g} km"


def _describe_travel_time(exclusion: Exclusion) -> str:
    if exclusion.value is None:
        return "has no travel time to the anchor in the files, and travel time counts"
    return f"is {_describe_excess(exclusion, digits=0)} minutes away, and the limit is {exclusion.limit:.12g} minutes"


def _describe_arrival(exclusion: Exclusion) -> str:
    share, least = exclusion.value, exclusion.limit
    if not isinstance(share, float) or not isinstance(least, int | float):
        raise TypeError("an exclusion by minimum_arrival_share has no numbers")
    digits = next((more for more in range(10) if f"{share:.{more}%}" != f"{least:.{more}%}"), 10)
    return (
        f"sends too few students on to the anchor: at most {share:.{digits}%} of those it promotes could reach it"
        f" inside the Zone, and minimum_arrival_share is {least:.12g}"
    )


def _describe_excess(exclusion: Exclusion, *, digits: int) -> str:
    """A value beyond its limit, with as many digits as it takes to see that it is."""
    value, limit = exclusion.value, exclusion.limit
    if not isinstance(value, float) or not isinstance(limit, int | float):
        raise TypeError(f"an exclusion by {exclusion.parameter} has no numbers")
    shown = next((more for more in range(digits, 12) if round(value, more) > limit), 12)
    return f"{value:.{shown}f}"


# By parameter, one for each of ``eligibility.RULES``, and one for what the flows of all candidates decide.
_SENTENCES: Mapping[str, Callable[[Exclusion], str]] = {
    "force_out": lambda exclusion: "is forced out",
    "closed": lambda exclusion: "is closed",
    "levels": _describe_level,
    "maximum_enrolment_students": lambda exclusion: "has no known enrolment, and enrolment is limited",
    "contiguous": lambda exclusion: "has no catchment in the files, and Zones are to be contiguous",
    "same_district": _describe_district,
    "maximum_distance_km": _describe_distance,
    "distance_weight": _describe_distance,
    "maximum_travel_minutes": _describe_travel_time,
    "travel_weight": _describe_travel_time,
    "minimum_arrival_share": _describe_arrival,
}
