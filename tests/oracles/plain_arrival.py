"""Arrival by plain recursion over the rows of the feeder graph, and by plain pandas: no code of the library."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

Paths = Mapping[tuple[str, str], Mapping[str, float]]


def arriving_students(
    flows: Mapping[tuple[str, str], float],
    promoted: Mapping[str, float],
    members: Iterable[str],
    anchors: Iterable[str],
    paths: Paths | None = None,
) -> dict[str, float]:
    """
    Count the students of each member who arrive, as docs/model.md has it: path by path.

    Parameters
    ----------
    flows, promoted
        Students on each link, and promoted out of each school.
    members, anchors
        Of the Zone; the anchors are among the members.
    paths
        Of the students on some links, the share that goes on to each school.
    """
    inside, heads, known = set(members), set(anchors), paths or {}

    def arrive(origin: str, destination: str) -> float:
        if destination not in inside:
            return 0.0
        if destination in heads:
            return 1.0
        onward = {b: students / promoted[destination] for (a, b), students in flows.items() if a == destination}
        if (origin, destination) in known:
            onward = {each: known[origin, destination].get(each, 0.0) for each in onward}
        return sum(share * arrive(destination, each) for each, share in onward.items())

    return {
        school: sum(students * arrive(a, b) for (a, b), students in flows.items() if a == school)
        for school in sorted(inside)
    }


def arrival_by_pandas(links: pd.DataFrame, promoted: pd.Series, zones: pd.DataFrame) -> pd.Series:
    """
    Measure the share of each feeder's students who arrive, where shares are chained.

    Parameters
    ----------
    links
        ``origin``, ``destination``, ``students``.
    promoted
        By school.
    zones
        ``zone``, ``school_id`` and ``is_anchor``, a row per member.

    Returns
    -------
    shares
        By Zone and school; 1 for anchors.
    """
    shares = links.assign(share=links["students"] / links["origin"].map(promoted))
    inside = shares.merge(zones[["zone", "school_id"]], left_on="origin", right_on="school_id").merge(
        zones[["zone", "school_id"]], left_on=["zone", "destination"], right_on=["zone", "school_id"]
    )
    arrival = zones.set_index(["zone", "school_id"])["is_anchor"].astype(float)
    is_anchor = arrival == 1
    # No way is longer than there are grades.
    for _ in range(13):
        onward = inside["share"] * pd.MultiIndex.from_frame(inside[["zone", "destination"]]).map(arrival)
        sums = onward.groupby([inside["zone"], inside["origin"]]).sum()
        sums.index.names = ["zone", "school_id"]
        arrival = sums.reindex(arrival.index, fill_value=0.0).where(~is_anchor, 1.0)
    return arrival
