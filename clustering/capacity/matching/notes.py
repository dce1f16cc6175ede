"""Sentences to be read with a match."""

from __future__ import annotations

from collections.abc import Iterator

from clustering.capacity.matching.first_year import describe_early_start
from clustering.capacity.matching.instance import MatchInstance
from clustering.capacity.matching.losses import MOST_OPTIONS, MOST_ZONES, SolvedMatch
from clustering.capacity.matching.obstacle_sentences import listed, plural
from clustering.capacity.matching.reasons import UnservedZone
from clustering.capacity.matching.variants import AS_PROPOSED
from clustering.capacity.solver import AssignmentSolution

_MEASURES = {
    "students": "Need is the students enrolled in the Zones' schools.",
    "students_below": "Need is the students of the Zones' schools who are below the mark.",
    "lowest_rates": (
        "Need is points: of k Zones whose graduation rate is known, each has k points less one for every Zone with a"
        " lower rate. A smaller variant or a part has the share of the points that it has of the schools."
    ),
}


def describe_notes(instance: MatchInstance, solution: AssignmentSolution) -> tuple[str, ...]:
    """
    Describe what a match rests on.

    Parameters
    ----------
    instance
        The request.
    solution
        The choice.

    Returns
    -------
    notes
        A sentence or two each.
    """
    early = describe_early_start(instance.needs, instance.parameters)
    return (*early, *instance.needs.notes, *_notes(instance, solution))


def describe_tried(solved: SolvedMatch, unserved: tuple[UnservedZone, ...]) -> tuple[str, ...]:
    """
    Say for which Zones without a partner it is not worked out what a change brings in all.

    Parameters
    ----------
    solved
        The match.
    unserved
        Its Zones without a partner.

    Returns
    -------
    note
        A note, or nothing.
    """
    tried = sum(each.tried_count is not None for each in unserved)
    left_out = sum(each.tried_count is None and bool(each.remedies) for each in unserved)
    if not left_out or not solved.is_best:
        return ()
    if not solved.is_small:
        note = (
            "Of each Zone without a partner, the smallest change that would serve it is named. What it would bring in"
            f" all is worked out only up to {MOST_OPTIONS:,} pairs and {MOST_ZONES} Zones that may have a partner."
        )
    elif not tried:
        note = "The match is not proved, so it is not worked out what changes would bring in all."
    else:
        note = (
            f"What changes would bring in all is worked out for the {plural(tried, 'Zone')} without a partner that"
            f" have the greatest need. For {plural(left_out, 'other Zone')}, the smallest change alone is named."
        )
    return (note,)


def _notes(instance: MatchInstance, solution: AssignmentSolution) -> Iterator[str]:
    parameters, variants, partners = instance.parameters, instance.variants, instance.register.partners
    yield _MEASURES[parameters.need]
    proposed = variants[variants["variant"] == AS_PROPOSED]
    unknown = proposed.index[proposed["need"].isna()]
    if len(unknown):
        yield (
            f"The need of {plural(len(unknown), 'Zone')} is unknown and counts as nothing: {listed(list(unknown))}."
            " They are served only where a lock asks for it."
        )
    of_partners = partners[partners["kind"] != "supporting partner"]
    silent = of_partners.index[instance.free.reindex(of_partners.index).isna()]
    if len(silent):
        yield (
            f"{plural(len(silent), 'partner')} cannot be matched, for the register lacks maximum_schools or"
            f" schools_now: {listed(list(silent))}."
        )
    if instance.fall is None:
        yield "No file tells a year and start_year is not given: earliest starts are not checked."
    if parameters.cost_by == "student" and variants["students"].isna().any():
        yield "Where the students of a Zone are unknown, its cost is by school."
    far = (
        instance.options["distance_km"].isna()
        & partners["reach_km"].reindex(instance.options["partner_id"]).notna().to_numpy()
    )
    if far.any():
        yield "Where a position is missing, the distance is unknown and keeps no partner out. Such matches say so."
    if solution.status == "time limit":
        yield "Time ran out (time_limit_s). The solution says how much more need could be served at most."
    elif solution.later_status == "time limit":
        yield "Preferences, cost and order are the best found; that there are no better ones is not proved."
