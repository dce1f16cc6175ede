"""The sentences that say why a school within reach is in or out of a Zone."""

from __future__ import annotations

from collections.abc import Mapping

from clustering.analysis.school_decision import Reached, SchoolDecision
from clustering.zones.request import label
from clustering.zones.solver.infeasibility.no_zone_reasons import describe_loss


def describe_decision(decision: SchoolDecision, reached: Reached, value_otherwise: float | None) -> str:
    """
    Say in one or two sentences why a school is in or out.

    Parameters
    ----------
    decision
        Of the school and the anchor.
    reached
        What it was made of.
    value_otherwise
        Total score with the school forced the other way, as ``value_if`` answers.

    Returns
    -------
    reason
        For people.
    """
    return f"{_why(decision, reached)} {_otherwise(decision, value_otherwise)}"


def _why(decision: SchoolDecision, reached: Reached) -> str:
    request, parameters = reached.search.request, reached.search.request.parameters
    marginal, by_arrival = decision.marginal_students or 0.0, parameters.score_by == "arrival"
    share = decision.arrival_share if by_arrival else decision.kept_share
    return _SENTENCES[decision.bound_by].format(
        kept="none of its students" if share is None else f"{share:.0%} of its promoted students",
        stay="reach the anchor inside the Zone" if by_arrival else "stay in the Zone",
        would="would reach the anchor inside the Zone" if by_arrival else "would stay in the Zone",
        arriving=0.0 if decision.arrival_share is None else decision.arrival_share,
        marginal=marginal,
        loss=-marginal,
        more="more" if decision.loss_students else "at least as much",
        needed=parameters.leakage_weight / (1 + parameters.leakage_weight),
        others=" and ".join(label(request, each) for each in reached.zones_holding),
        anchors=" and ".join(label(request, each) for each in reached.candidates.anchors),
        where="In" if decision.decision == "in" else "Out",
        parameters=parameters,
    )


# By what decided (see ``SchoolDecision.bound_by``).
_SENTENCES: Mapping[str, str] = {
    "score": "In: {kept} {stay}, and the Zone scores {marginal:z.1f} students a year more with it.",
    "force_in": "In because it is forced in: {kept} {stay}, and the Zone scores {marginal:+z.1f} with it.",
    "minimum_schools": (
        "In, though the Zone scores {loss:z.1f} less with it: others reach the anchor through it, or the Zone needs"
        " {parameters.minimum_schools} schools."
    ),
    "another Zone": "In the Zone of {others}, where it adds {more} to the total. Here it would add {marginal:z.1f}.",
    "no Zone": "Out: there is no Zone for {anchors}.",
    "no link": (
        "Out: none of its flows into the Zone is at least {parameters.minimum_link_share:.0%} of its promoted or of the"
        " receiver's entering students."
    ),
    "leakage": (
        "Out: {kept} {would} (a school that sends its students to the anchor itself needs {needed:.0%}), and the Zone"
        " would score {loss:z.1f} less with it."
    ),
    "minimum_arrival_share": (
        "Out: {arriving:.0%} of its promoted students would reach the anchor inside the Zone, and minimum_arrival_share"
        " is {parameters.minimum_arrival_share:.0%}."
    ),
    "maximum_schools": (
        "Out: it would add {marginal:z.1f}, but the Zone has its {parameters.maximum_schools} schools, and taking it in"
        " place of others would not raise the score."
    ),
    "maximum_enrolment_students": (
        "Out: it would add {marginal:z.1f}, but the Zone would have more students than the limit."
    ),
    "time_limit_s": "Out: it would add {marginal:z.1f}, but time ran out before the best Zones were found.",
    "contiguous": "Out: it would add {marginal:z.1f}, but its catchment is not connected with those of the Zone.",
    "keep_together": "{where}, together with its group (keep_together).",
}


def _otherwise(decision: SchoolDecision, value_otherwise: float | None) -> str:
    way = "left out of this Zone" if decision.decision == "in" else "forced into this Zone"
    if value_otherwise is None:
        return f"Time ran out before it was known what the total score would be with it {way} (see time_limit_s)."
    if decision.loss_students is None:
        return f"No Zones that keep all limits and locks are possible with it {way}."
    return (
        f"With it {way} and everything else chosen again, the total score would be"
        f" {describe_loss(decision.loss_students)}."
    )
