"""The anchors that Zones are proposed for, and those that a lock or limit excludes from the start."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from clustering.identification import flagged_schools
from clustering.zones.eligibility import exclusions_of_pairs
from clustering.zones.exclusions import Exclusion
from clustering.zones.request import ZoneRequest


@dataclass(frozen=True, kw_only=True)
class AnchorSelection:
    """
    The anchors of a request.

    Parameters
    ----------
    request
        The limits of the request.
    anchors
        Low-performing high schools that may have a Zone, sorted.
    excluded
        The others, with the rules against each.
    """

    request: ZoneRequest
    anchors: tuple[str, ...]
    excluded: Mapping[str, tuple[Exclusion, ...]]


def select_anchors(decisions: pd.DataFrame, request: ZoneRequest) -> AnchorSelection:
    """
    Select the anchors of a request.

    Parameters
    ----------
    decisions
        See ``identification.identify_high_schools``.
    request
        ``include_possible`` of the request, and its limits, which hold for an anchor too.

    Returns
    -------
    selection
        Every low-performing high school, among the anchors or among the excluded.
    """
    flagged = flagged_schools(decisions, include_possible=request.parameters.include_possible).to_list()
    found = exclusions_of_pairs(request, [(school, (school,)) for school in flagged])
    excluded = {school: exclusions for school, exclusions in zip(flagged, found, strict=True) if exclusions}
    return AnchorSelection(
        request=request, anchors=tuple(school for school in flagged if school not in excluded), excluded=excluded
    )
