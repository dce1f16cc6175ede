"""A Zone that a search for one anchor found, and the errors of a search that proves none the best."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class ZoneFound:
    """A set of feeders, by sorted position, and its value at the prices at which it was found."""

    value: float
    feeders: tuple[int, ...]


class UnprovedZoneError(Exception):
    """
    The best Zone of an anchor was not proved: the deadline passed, or there are too many sets of inner schools.

    Parameters
    ----------
    found
        The best Zone so far that satisfies all limits; ``None`` if none was found.
    bound
        No Zone of the anchor has a greater value.
    """

    def __init__(self, found: ZoneFound | None, bound: float) -> None:
        super().__init__(found, bound)
        self.found, self.bound = found, bound


class TooManySetsError(UnprovedZoneError):
    """
    Too many sets of inner schools may still hold the best Zone: they would fill the memory or take too long.

    Parameters
    ----------
    best
        The best Zone so far; its side constraints are not checked. ``None`` if there is none.
    bound
        No Zone of the anchor has a greater value.
    """

    def __init__(self, best: ZoneFound | None, bound: float) -> None:
        super().__init__(None, bound)
        self.best = best
