"""The sentences that say why a school is in a Zone."""

from __future__ import annotations

from clustering.zones.member_reasons import AnchorReason, FeederReason

_LINKS_DESCRIBED = 3
# Some students of an entry grade repeat it or come from elsewhere. Where fewer than this share of the grade are known
# to come from another school, the flows leave most of its students out.
LEAST_KNOWN_SHARE = 0.5


def describe_reason(reason: FeederReason | AnchorReason, *, is_estimated: bool) -> str:
    """
    Write the reason of a member for people.

    Parameters
    ----------
    reason
        Of a feeder or an anchor.
    is_estimated
        Whether the flows are an estimate.

    Returns
    -------
    sentences
        For example "62% of Oak Middle's promoted students go to West High and make up 41% of its entering grade.";
        "about" marks a share that rests on suppressed counts.
    """
    sentences = _describe_feeder(reason) if isinstance(reason, FeederReason) else _describe_anchor(reason)
    return " ".join(["Estimated flows:"] * is_estimated + sentences)


def _describe_feeder(reason: FeederReason) -> list[str]:
    if not reason.inside:
        if reason.is_unknown:
            return [f"Where the students of {reason.name} go on is unknown: nothing in the files tells it."]
        return [f"No promotions from {reason.name} into the Zone are recorded."]
    first, *others = reason.inside[:_LINKS_DESCRIBED]
    possessive = f"{reason.name}'" if reason.name.endswith("s") else f"{reason.name}'s"
    sentences = [
        (
            f"{'About ' if first.is_uncertain else ''}{first.send_share:.0%} of {possessive} promoted students go to"
            f" {first.receiver} and make up {first.receive_share:.0%} of its entering grade."
        )
    ]
    sentences += [
        f"{'About' if each.is_uncertain else 'Another'} {each.send_share:.0%} go to {each.receiver}"
        f" ({each.receive_share:.0%} of its entering grade)."
        for each in others
    ]
    sentences += _describe_arrival(reason, possessive)
    if reason.outside is not None:
        sentences.append(f"Outside the Zone, {reason.outside.send_share:.0%} go to {reason.outside.receiver}.")
    return sentences


def _describe_arrival(reason: FeederReason, possessive: str) -> list[str]:
    """Say how many reach the anchor, unless the first sentence has said it."""
    share, arrival = reason.arrival.share, reason.arrival
    if share is None or (arrival.basis == "direct" and len(reason.inside) == 1 and len(reason.anchors) == 1):
        return []
    anchors = " or ".join(reason.anchors)
    how = {None: "", "direct": "", "chained shares": ", if each school's students go on in its usual shares"}.get(
        arrival.basis, f", by {arrival.basis}"
    )
    about = "About " if any(link.is_uncertain for link in reason.inside) else ""
    return [f"{about}{share:.0%} of {possessive} students reach {anchors} inside the Zone{how}."]


def _describe_anchor(reason: AnchorReason) -> list[str]:
    sentences = [
        "Low-performing high school." if reason.is_identified else "Not identified as low-performing.",
        reason.explanation or "It is no open school that offers any of grades 9 to 12.",
    ]
    return [*sentences, *([] if reason.choice_school is None else [reason.choice_school]), *_describe_coverage(reason)]


def _describe_coverage(reason: AnchorReason) -> list[str]:
    """Say how many students the Zone's feeders send, what the share rests on and what it leaves out."""
    metrics = reason.metrics
    if metrics.coverage is None:
        return []
    feeders = f"{reason.feeder_count} feeder{'' if reason.feeder_count == 1 else 's'}"
    about, sends = "about " if reason.is_uncertain else "", "sends" if reason.feeder_count == 1 else "send"
    entering = f"{metrics.entering_students:,.0f}"
    sentences = [
        (
            f"The Zone's {feeders} {sends} {about}{metrics.coverage:.0%} of its entering students"
            f" ({metrics.entering_from_feeders_students:,.0f} of {entering} a year)."
        )
    ]
    in_grade = metrics.entry_grade_students
    if in_grade is not None and metrics.entering_students < LEAST_KNOWN_SHARE * in_grade:
        sentences.append(
            f"Its entry grade has about {in_grade:,.0f} students, and only for {entering} the files tell the school"
            " before: the share rests on these."
        )
    if reason.unlisted_sender is not None:
        sentences.append(
            f"Schools that are not in the schools files send {metrics.entering_from_unlisted_students:,.0f} of the"
            f" {entering}, most of them {reason.unlisted_sender.label}"
            f" ({reason.unlisted_sender.students:,.0f})."
        )
    return sentences
