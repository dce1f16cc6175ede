"""Where the lowest of some schools end."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Cut:
    """
    Where the lowest end.

    Parameters
    ----------
    criterion
        Place of the test in the rule, from 0.
    year
        Fall of the rates ranked, the last of several; ``None`` if no file says it. A test of every or any year has a
        cut in each of them.
    ranked_schools
        Schools among which the lowest are told, those without any rate included.
    lowest_schools
        How many of them are the lowest.
    unknown_schools
        Further schools of which it is not known whether they are among the ranked.
    low, high
        Ends of what the number of the last of the lowest can be; ``None`` if that is not known.
    """

    criterion: int
    year: int | None
    ranked_schools: int
    lowest_schools: int
    unknown_schools: int
    low: float | None
    high: float | None
