"""Which schools are at the ends of each link, and which links lead out of and into each school, by position."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from clustering.model.positions import positions_of


@dataclass(frozen=True, kw_only=True, eq=False)
class LinkEnds:
    """
    Positions of the schools at the ends of links.

    Parameters
    ----------
    origin, destination
        In the index of all schools; sorted by origin, then destination [links].
    school_count
        How many schools there are.
    """

    origin: np.ndarray
    destination: np.ndarray
    school_count: int

    @cached_property
    def starts(self) -> np.ndarray:
        """First link out of each school, and the end of the last [schools + 1]."""
        return np.searchsorted(self.origin, np.arange(self.school_count + 1))

    @cached_property
    def incoming(self) -> IncomingLinks:
        """The links into each school."""
        links = np.argsort(self.destination, kind="stable")
        starts = np.searchsorted(self.destination[links], np.arange(self.school_count + 1))
        return IncomingLinks(links=links, starts=starts)


@dataclass(frozen=True, kw_only=True, eq=False)
class IncomingLinks:
    """
    Links in the order of the schools that they lead into.

    Parameters
    ----------
    links
        Numbers of the links, sorted by destination, then origin [links].
    starts
        First of them into each school, and the end of the last [schools + 1].
    """

    links: np.ndarray
    starts: np.ndarray


def find_ends(links: pd.DataFrame, index: pd.Index) -> LinkEnds:
    """
    Find the schools at the ends of links.

    Parameters
    ----------
    links
        ``origin``, ``destination``: identifiers, sorted.
    index
        Identifiers of all schools, sorted.

    Returns
    -------
    ends
        By position in the index.
    """
    origin, destination = (positions_of(links[side], index) for side in ("origin", "destination"))
    return LinkEnds(origin=origin, destination=destination, school_count=len(index))
