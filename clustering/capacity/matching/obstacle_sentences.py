"""The sentences that say what stands in the way of a pair."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from clustering.capacity.matching.reasons import PairObstacle

_NAMED = 5


def listed(names: Sequence[str]) -> str:
    """Write the first five names, and how many more there are."""
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {more:,} more" if more > 0 else "")


def plural(count: float, noun: str) -> str:
    """Write a number with its noun."""
    return f"{count:,.10g} {noun}{'' if count == 1 else 's'}"


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
        Of which the partner is the subject: ``has no room for 5 schools (3 left)``.
    """
    items, value, limit = obstacle.items, obstacle.value or 0.0, obstacle.limit
    clauses: Mapping[str, str] = {
        "supporting partner": "supports other partners and runs no Zones",
        "approval": f"has an approval that the request does not accept ({listed(items)})",
        "duties": f"does not give what is asked on {listed([each.replace('_', ' ') for each in items])}",
        "excluded": f"is excluded by the {' and the '.join(items)}",
        "forbidden": "is forbidden by a lock",
        "levels": f"does not serve its {listed(items)} schools",
        "reach": _describe_reach(obstacle),
        "start": f"can start in {value:.0f} and not in {limit or 0:.0f}",
        "size": f"can take on {plural(limit or 0, 'school')} of the {value:,.0f}",
        "budget": f"would cost {value:,.0f} dollars a year, and the budget is {limit or 0:,.0f}",
    }
    if obstacle.obstacle == "size" and limit is None:
        return "has no known capacity (the register lacks maximum_schools or schools_now)"
    return clauses[obstacle.obstacle]


def describe_remedy(obstacle: PairObstacle) -> str:
    """
    Say what would have to change for an obstacle to go.

    Parameters
    ----------
    obstacle
        With its numbers.

    Returns
    -------
    clause
        Of which the partner is the subject: ``to take on 2 schools more``.
    """
    items, value, limit = obstacle.items, obstacle.value or 0.0, obstacle.limit
    remedies: Mapping[str, str] = {
        "supporting partner": "to become a Lead Partner",
        "approval": f"to be approved ({items[0] if items else ''} now)",
        "duties": f"to take on {listed([each.replace('_', ' ') for each in items])}",
        "excluded": f"the {' and the '.join(items)} to lift the exclusion",
        "forbidden": "the lock to be lifted",
        "levels": f"to serve {listed(items)} schools",
        "reach": f"to work in {listed(items)}" if items else f"to reach {value:,.1f} km",
        "start": f"to start in {limit or 0:.0f}",
        "size": "its capacity to be known" if limit is None else f"to take on {plural(value - limit, 'school')} more",
        "zones per partner": f"to be allowed {value:,.0f} Zones",
        "budget": f"{value - (limit or 0.0):,.0f} dollars more in the budget",
    }
    return remedies[obstacle.obstacle]


def _describe_reach(obstacle: PairObstacle) -> str:
    parts = [f"does not work in {'district' if len(obstacle.items) == 1 else 'districts'} {listed(obstacle.items)}"]
    parts = parts * bool(obstacle.items)
    if obstacle.value is not None and obstacle.limit is not None:
        parts.append(f"reaches {obstacle.limit:,.0f} km, and the anchor is {obstacle.value:,.1f} km away")
    return " and ".join(parts)
