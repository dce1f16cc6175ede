"""Candidates of one anchor from its links alone, without files: paths are not known, so that shares are chained."""

from __future__ import annotations

import numpy as np

from clustering.zones.arrival import LinkChains
from clustering.zones.candidates import Candidates

Link = tuple[int, int, float]


def candidates_of_links(
    schools: tuple[str, ...],
    links: list[Link],
    *,
    promoted: np.ndarray,
    enrolment: np.ndarray | None = None,
    anchor_enrolment: float = 0.0,
) -> Candidates:
    """
    Build the candidates of an anchor named ``h``; every link is large enough to hold its origin in the Zone.

    Parameters
    ----------
    schools
        Sorted.
    links
        Positions of both ends, the anchor being ``len(schools)``, and students per year; sorted.
    promoted
        Students whom each school promotes [schools].
    enrolment, anchor_enrolment
        Students enrolled; 0 by default.
    """
    count = len(schools)
    pairs = [
        (first, second, links[second][2] / promoted[links[second][0]])
        for first, (_, receiver, _) in enumerate(links)
        for second, (origin, _, _) in enumerate(links)
        if origin == receiver
    ]

    def arriving(first: int) -> float:
        if links[first][1] == count:
            return 1.0
        return float(sum(share * arriving(second) for each, second, share in pairs if each == first))

    return Candidates(
        anchor_id="h",
        merged=(),
        schools=schools,
        promoted=promoted,
        bonus=np.zeros(count),
        enrolment=np.zeros(count) if enrolment is None else enrolment,
        anchor_enrolment=anchor_enrolment,
        origin=np.array([origin for origin, _, _ in links]),
        destination=np.array([destination for _, destination, _ in links]),
        students=np.array([students for _, _, students in links], dtype=float),
        is_tie=np.ones(len(links), dtype=bool),
        arriving=np.array([arriving(each) for each in range(len(links))]),
        is_followed=np.zeros(len(links), dtype=bool),
        chains=LinkChains(
            first=np.array([first for first, _, _ in pairs], dtype=np.intp),
            second=np.array([second for _, second, _ in pairs], dtype=np.intp),
            shares=np.array([share for _, _, share in pairs], dtype=float),
        ),
        is_exempt=np.zeros(count, dtype=bool),
        excluded=(),
        low_arrival={},
        has_impossible_group=False,
    )
