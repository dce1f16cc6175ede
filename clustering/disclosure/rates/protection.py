"""How rates of groups are protected: a few numbers, which a state's policy sets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Coarsened = Literal["counted", "all"]
_ALL_POINTS = 100.0


@dataclass(frozen=True, kw_only=True)
class RateProtection:
    """
    Parameters of the protection of rates.

    Parameters
    ----------
    minimum_students
        Counts below it are small [students]: a rate of fewer is suppressed (NCES 2011-603: 10 in 39 states).
    least_possible_values
        How many values each small count keeps, of those who are counted and of those who are not.
    ladder
        Size of a group from which on [students], and the width of a band [points of a per cent] from there. The sizes
        are also the classes in which sizes of cohorts are shown, so that the width of a band tells no more than the
        class.
    kept_ends
        Rates at which the law decides [per cent], the most important first. They are ends of bands wherever that leaves
        small counts their values, since a band across the threshold decides nothing.
    coarsen
        ``counted``: rates with counts or the size of a cohort. ``all``: also rates without; they get the bands of the
        smallest class, and so do their sizes.
    coarsen_published_bands
        Whether a band that the file itself gives, and that is as wide as the ladder asks, is coarsened too where it
        leaves a small count fewer values. Such a band is public already.
    """

    minimum_students: int = 10
    least_possible_values: int = 5
    ladder: tuple[tuple[int, float], ...] = ((10, 20.0), (20, 10.0), (40, 5.0), (100, 2.0), (300, 1.0))
    kept_ends: tuple[float, ...] = (67.0, 50.0, 60.0, 68.0)
    coarsen: Coarsened = "counted"
    coarsen_published_bands: bool = False

    @property
    def classes(self) -> tuple[tuple[int, float], ...]:
        """
        The ladder from ``minimum_students`` on: least size of each class [students], width of a band [points].

        Below the first row of the ladder one band is as wide as can be: nothing is shown.
        """
        ladder = sorted(self.ladder)
        at_minimum = [points for students, points in ladder if students <= self.minimum_students]
        first = at_minimum[-1] if at_minimum else _ALL_POINTS
        return ((self.minimum_students, first), *(step for step in ladder if step[0] > self.minimum_students))


STANDARD_RATE_PROTECTION = RateProtection()
