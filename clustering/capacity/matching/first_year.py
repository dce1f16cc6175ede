"""Whether the first school year of a request fits the data."""

from __future__ import annotations

from clustering.capacity.matching.parameters import MatchParameters
from clustering.capacity.need.zone_needs import ZoneNeeds
from clustering.model.plain_text import school_year_text


def describe_early_start(needs: ZoneNeeds, parameters: MatchParameters) -> tuple[str, ...]:
    """
    Warn of a first school year that lies before the first one after the newest data.

    Parameters
    ----------
    needs
        With the first school year after the newest data.
    parameters
        With the first school year of the request.

    Returns
    -------
    warning
        A warning, or nothing.
    """
    start, first = parameters.start_year, needs.first_fall
    if start is None or first is None or start >= first:
        return ()
    warning = (
        f"start_year is {start}, which lies before {school_year_text(first)}, the first school year after the newest"
        f" data. What partners can do in a year that is over is counted. Leave start_year out, or give {first} or"
        " later."
    )
    return (warning,)
