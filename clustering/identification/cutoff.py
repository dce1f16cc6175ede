"""The cutoff of a criterion of the lowest: the rate at which the lowest schools end."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Cutoff:
    """
    Where the lowest schools end.

    Parameters
    ----------
    criterion
        Number of the criterion in the rule, from 0.
    year
        Fall of the rates ranked, the last of several; ``None`` if no file says it. A criterion of every or any year has
        a cutoff in each of them.
    ranked_schools
        Schools that are ranked, those without any rate included.
    lowest_schools
        How many of them are the lowest.
    unknown_schools
        Further schools for which it is not known whether they are ranked.
    low, high
        Ends of what the rate of the last of the lowest can be [share, or points]; ``None`` if that is not known.
    """

    criterion: int
    year: int | None
    ranked_schools: int
    lowest_schools: int
    unknown_schools: int
    low: float | None
    high: float | None
