"""The sentences that say what stands in the way of a pair."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from clustering.capacity.matching.reasons import PairObstacle

_NAMED = 5
# What an approval that is not accepted makes of the partner.
_APPROVALS = {
    "not approved": "is not approved",
    "applied": "has applied for approval and does not have it yet",
    "unknown": "is not known to be approved",
    "pre-qualified": "is pre-qualified, which this request does not accept",
}
# What keeps one partner, or several, from a Zone.
_PARTNERS: Mapping[str, tuple[str, str]] = {
    "supporting partner": ("only supports other partners", "only support other partners"),
    "approval": ("is not approved", "are not approved"),
    "duties": ("does not meet the duties", "do not meet the duties"),
    "excluded": ("is excluded", "are excluded"),
    "forbidden": ("is kept from it by a lock", "are kept from it by locks"),
    "levels": ("does not serve all of its levels", "do not serve all of its levels"),
    "reach": ("does not reach it", "do not reach it"),
    "start": ("starts too late", "start too late"),
    "size": ("cannot take on so many schools", "cannot take on so many schools"),
    "budget": ("costs more than the whole budget", "cost more than the whole budget"),
}
# What one Zone, or several, have that keeps a partner from them.
_ZONES: Mapping[str, tuple[str, str]] = {
    "supporting partner": ("needs a Lead Partner", "need a Lead Partner"),
    "approval": ("asks for an approval", "ask for an approval"),
    "duties": ("asks for duties that it does not meet", "ask for duties that it does not meet"),
    "excluded": ("is closed to it by an exclusion", "are closed to it by an exclusion"),
    "forbidden": ("is closed to it by a lock", "are closed to it by locks"),
    "levels": ("has schools of levels that it does not serve", "have schools of levels that it does not serve"),
    "reach": ("is out of its reach", "are out of its reach"),
    "start": ("starts before it can", "start before it can"),
    "size": ("has more schools than it can take on", "have more schools than it can take on"),
    "budget": ("would cost more than the whole budget", "would cost more than the whole budget"),
}


def listed(names: Sequence[str]) -> str:
    """Write the first five names, and how many more there are."""
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {more:,} more" if more > 0 else "")


def all_of(names: Sequence[str]) -> str:
    """Write names with "and" before the last; of more than five the first ones."""
    return listed(names) if len(names) > _NAMED else _joined(names)


def either_of(names: Sequence[str]) -> str:
    """Write names with "or" before the last; of more than five the first ones."""
    return listed(names) if len(names) > _NAMED else _joined(names, "or")


def plural(count: float, noun: str) -> str:
    """Write a number with its noun."""
    return f"{count:,.10g} {noun}{'' if count == 1 else 's'}"


def describe_partners(counts: Mapping[str, int]) -> str:
    """
    Say how many partners each obstacle keeps from a Zone.

    Parameters
    ----------
    counts
        Obstacle to number of partners.

    Returns
    -------
    clauses
        The most frequent first: ``3 do not reach it and 1 is not approved``.
    """
    return _counted(counts, _PARTNERS)


def describe_zones(counts: Mapping[str, int]) -> str:
    """
    Say from how many Zones each obstacle keeps a partner.

    Parameters
    ----------
    counts
        Obstacle to number of Zones.

    Returns
    -------
    clauses
        The most frequent first: ``3 are out of its reach and 1 has more schools than it can take on``.
    """
    return _counted(counts, _ZONES)


def describe_obstacle(obstacle: PairObstacle) -> str:
    """
    Say what an obstacle is.

    Parameters
    ----------
    obstacle
        With its numbers.

    Returns
    -------
    clause
        Of which the partner is the subject: ``can take on 3 schools of the 5``.
    """
    items, value, limit = obstacle.items, obstacle.value or 0.0, obstacle.limit
    clauses: Mapping[str, str] = {
        "supporting partner": "supports other partners and runs no Zones",
        "approval": _APPROVALS.get("".join(items), "is not approved"),
        "duties": f"does not meet {_duties(items)}",
        "excluded": _describe_exclusion(items),
        "forbidden": "is kept from it by a lock",
        "levels": f"does not serve its {listed(items)} schools",
        "reach": _describe_reach(obstacle),
        "start": f"can start in {value:.0f} and not in {limit or 0:.0f}",
        "size": f"can take on {plural(limit or 0, 'school')} of the {value:,.0f}",
        "budget": f"would cost {value:,.0f} dollars a year, and the budget is {limit or 0:,.0f}",
    }
    if obstacle.obstacle == "size" and limit is None:
        return "has no known capacity (the register lacks maximum_schools or schools_now)"
    return clauses[obstacle.obstacle]


def describe_changes(changes: Sequence[PairObstacle], name: str) -> str:
    """
    Say what changes lift obstacles.

    Parameters
    ----------
    changes
        With their numbers.
    name
        Of the partner.

    Returns
    -------
    clauses
        ``Partner P works in D2 and takes on 2 more schools``.
    """
    own = [clause for each in changes if (clause := _change_of_partner(each))]
    others = [clause for each in changes if (clause := _change_of_others(each, name))]
    return " and ".join([f"{name} {' and '.join(own)}"] * bool(own) + others)


def _change_of_partner(change: PairObstacle) -> str | None:
    """What the partner does then."""
    items, value, limit = change.items, change.value or 0.0, change.limit
    further = [f"reaches {value:,.1f} km"] * (change.value is not None)
    clauses = {
        "supporting partner": "becomes a Lead Partner",
        "approval": "is approved",
        "duties": f"meets {_duties(items)}",
        "levels": f"serves {listed(items)} schools",
        "reach": " and ".join([f"works in {_districts(change)}"] * bool(items) + further),
        "start": f"starts in {limit or 0:.0f}",
        "size": None if limit is None else f"takes on {plural(value - limit, 'more school')}",
        "zones per partner": f"may run {value:,.0f} Zones",
        "excluded": "agrees to run it" if "partner" in items else None,
    }
    return clauses.get(change.obstacle)


def _change_of_others(change: PairObstacle, name: str) -> str | None:
    """What somebody else does then."""
    value, limit = change.value or 0.0, change.limit
    sides = [f"the {each}" for each in change.items if each != "partner"]
    clauses = {
        "excluded": f"{_joined(sides)} no longer exclude{'s' * (len(sides) == 1)} {name}" if sides else None,
        "forbidden": f"the lock that keeps {name} from it is lifted",
        "size": f"the register says how many schools {name} can run" if limit is None else None,
        "budget": f"the budget has {value - (limit or 0.0):,.0f} more dollars a year",
    }
    return clauses.get(change.obstacle)


def _counted(counts: Mapping[str, int], words: Mapping[str, tuple[str, str]]) -> str:
    ordered = sorted(counts.items(), key=lambda each: (-each[1], each[0]))
    return _joined([f"{count:,} {words[name][count != 1]}" for name, count in ordered])


def _joined(names: Sequence[str], word: str = "and") -> str:
    return f" {word} ".join([", ".join(names[:-1])] * (len(names) > 1) + list(names[-1:]))


def _duties(names: Sequence[str]) -> str:
    return all_of([each.replace("_", " ") for each in names])


def _describe_exclusion(sides: Sequence[str]) -> str:
    others = [f"the {each}" for each in sides if each != "partner"]
    own = ["does not want to run it"] * ("partner" in sides)
    return " and ".join([*own, *[f"is excluded by {_joined(others)}"] * bool(others)])


def _districts(obstacle: PairObstacle) -> str:
    names = obstacle.names or obstacle.items
    return f"{'district' if len(names) == 1 else 'districts'} {all_of(names)}"


def _describe_reach(obstacle: PairObstacle) -> str:
    parts = [f"does not work in {_districts(obstacle)}"] * bool(obstacle.items)
    if obstacle.value is not None and obstacle.limit is not None:
        parts.append(f"reaches {obstacle.limit:,.0f} km, and the anchor is {obstacle.value:,.1f} km away")
    return " and ".join(parts)
