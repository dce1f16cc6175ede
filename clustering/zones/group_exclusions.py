"""Why a school within reach is no candidate: its own exclusions, and those of schools it must keep together with."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from clustering.zones.candidates import Candidates
from clustering.zones.eligibility import exclusions_of, exclusions_of_pairs
from clustering.zones.exclusions import Exclusion, GroupExclusion
from clustering.zones.request import ZoneRequest, label


def find_all_exclusions(
    request: ZoneRequest, school: str, candidates: Candidates, anchors: Collection[str]
) -> tuple[Exclusion | GroupExclusion, ...]:
    """
    Find everything that keeps a school within reach out of one anchor's Zone.

    Parameters
    ----------
    request
        The limits of the request.
    school
        Excluded from the candidates, or an anchor of the Zone.
    candidates
        Of the anchor.
    anchors
        All anchors of the request.

    Returns
    -------
    exclusions
        At least one; those of the school itself first.
    """
    of_rules = exclusions_of(request, school, candidates.anchors)
    return _with_group(of_rules, request, school, candidates, anchors)


def exclusions_by_school(
    request: ZoneRequest, candidates: Candidates, anchors: Collection[str]
) -> Mapping[str, tuple[Exclusion | GroupExclusion, ...]]:
    """
    Find everything that keeps each excluded school out of one anchor's Zone.

    Parameters
    ----------
    request
        The limits of the request.
    candidates
        Of the anchor; its excluded schools are those explained.
    anchors
        All anchors of the request.

    Returns
    -------
    exclusions
        As :func:`find_all_exclusions` returns for one school, by ``school_id``, in the order of the excluded schools.
    """
    of_rules = exclusions_of_pairs(request, [(school, candidates.anchors) for school in candidates.excluded])
    return {
        school: _with_group(rules, request, school, candidates, anchors)
        for school, rules in zip(candidates.excluded, of_rules, strict=True)
    }


def _with_group(
    of_rules: tuple[Exclusion, ...],
    request: ZoneRequest,
    school: str,
    candidates: Candidates,
    anchors: Collection[str],
) -> tuple[Exclusion | GroupExclusion, ...]:
    """Add to what the rules exclude the arrival of a school, and its group."""
    own = _with_arrival(of_rules, request, school, candidates)
    of_group = [
        exclusion
        for companion in _missing_companions(request, school, candidates)
        if (exclusion := _exclusion_by(companion, request, school, candidates, anchors))
    ]
    return (*own, *of_group) or (GroupExclusion(companion=None, cause="group"),)


def exclusions_within_reach(request: ZoneRequest, school: str, candidates: Candidates) -> tuple[Exclusion, ...]:
    """
    Find the rules that keep one school out of one anchor's Zone, whatever it keeps together with.

    Parameters
    ----------
    request
        The limits of the request.
    school
        Within reach or not.
    candidates
        Of the anchor.

    Returns
    -------
    exclusions
        None for a candidate.
    """
    return _with_arrival(exclusions_of(request, school, candidates.anchors), request, school, candidates)


def _with_arrival(
    of_rules: tuple[Exclusion, ...], request: ZoneRequest, school: str, candidates: Candidates
) -> tuple[Exclusion, ...]:
    share = candidates.low_arrival.get(school)
    if share is None:
        return of_rules
    least = request.parameters.minimum_arrival_share
    return (*of_rules, Exclusion(parameter="minimum_arrival_share", value=share, limit=least))


def _missing_companions(request: ZoneRequest, school: str, candidates: Candidates) -> list[str]:
    """Schools that a school must keep together with and that are not candidates."""
    together = {each for group in request.parameters.together() if school in group for each in group}
    return sorted(together - {school, *candidates.schools, *candidates.anchors})


def _exclusion_by(
    companion: str, request: ZoneRequest, school: str, candidates: Candidates, anchors: Collection[str]
) -> GroupExclusion | None:
    """Why a companion cannot be in the Zone; ``None`` if it is only out because of the same group."""
    name = label(request, companion)
    if companion in anchors:
        is_anchor_too = school in candidates.anchors
        return GroupExclusion(
            companion=name, cause="anchor to be merged" if is_anchor_too else "anchor of another Zone"
        )
    if exclusions := exclusions_within_reach(request, companion, candidates):
        return GroupExclusion(companion=name, cause="excluded", exclusions=exclusions)
    return None if companion in candidates.excluded else GroupExclusion(companion=name, cause="out of reach")
