"""The sentences that say why a school is in a Zone."""

from __future__ import annotations

from clustering.zones.entrants import describe_entrants
from clustering.zones.member_links import LinkShares
from clustering.zones.member_reasons import AnchorReason, FeederReason

_LINKS_DESCRIBED = 3


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
        For example "62% of Oak Middle's promoted students (62 of 100 a year) go to West High and make up 41% of its
        known entering students (62 of 151)."; "about" marks numbers that rest on counts that are intervals.
    """
    known = "" if is_estimated else "known "
    sentences = _describe_feeder(reason, known) if isinstance(reason, FeederReason) else _describe_anchor(reason)
    return " ".join(["Estimated flows:"] * is_estimated + sentences)


def _describe_feeder(reason: FeederReason, known: str) -> list[str]:
    if not reason.inside:
        if reason.is_unknown:
            return [f"Where the students of {reason.name} go on is unknown: nothing in the files tells it."]
        return [f"No promotions from {reason.name} into the Zone are recorded."]
    first, *others = reason.inside[:_LINKS_DESCRIBED]
    possessive = f"{reason.name}'" if reason.name.endswith("s") else f"{reason.name}'s"
    promoted = _count(reason.arrival.promoted_students)
    sentences = [
        (
            f"{'About ' if first.is_send_uncertain else ''}{first.send_share:.0%} of {possessive} promoted students"
            f" ({_count(first.students)} of {promoted} a year) go to {first.receiver} and make up"
            f" {_receive_share(first)} of its {known}entering students ({_count(first.students)} of"
            f" {_count(first.entering_students)})."
        )
    ]
    sentences += [
        f"{'About' if each.is_send_uncertain else 'Another'} {each.send_share:.0%} ({_count(each.students)}) go to"
        f" {each.receiver} ({_receive_share(each)} of its {_count(each.entering_students)} {known}entering students)."
        for each in others
    ]
    return [*sentences, *_describe_arrival(reason, possessive), *_describe_rest(reason)]


def _receive_share(link: LinkShares) -> str:
    return f"{'about ' if link.is_receive_uncertain else ''}{link.receive_share:.0%}"


def _describe_arrival(reason: FeederReason, possessive: str) -> list[str]:
    """Say how many reach the anchor, unless the first sentence has said it."""
    share, arrival = reason.arrival.share, reason.arrival
    if share is None or (arrival.basis == "direct" and len(reason.inside) == 1 and len(reason.anchors) == 1):
        return []
    anchors = " or ".join(reason.anchors)
    how = {None: "", "direct": "", "chained shares": ", if each school's students go on in its usual shares"}.get(
        arrival.basis, f", by {arrival.basis}"
    )
    about = "About " if any(link.is_send_uncertain for link in reason.inside) else ""
    counts = f"{_count(arrival.arriving_students)} of {_count(arrival.promoted_students)} a year"
    return [f"{about}{share:.0%} of {possessive} students ({counts}) reach {anchors} inside the Zone{how}."]


def _describe_rest(reason: FeederReason) -> list[str]:
    """Say where the others go, and how many left without a destination."""
    outside, elsewhere, promoted = reason.outside, reason.elsewhere, reason.arrival.promoted_students
    sentences = []
    if outside is not None:
        about = "about " if outside.is_send_uncertain else ""
        sentences.append(
            f"Outside the Zone, {about}{outside.send_share:.0%} ({_count(outside.students)}) go to {outside.receiver}."
        )
    unlisted = "About " if elsewhere.is_unlisted_uncertain else ""
    for about, students, which in (
        (unlisted, elsewhere.to_unlisted_schools, "go to schools that are not in the schools files"),
        ("", elsewhere.to_unknown_schools, "go to a school that the estimate does not know"),
    ):
        if students > 0:
            sentences.append(f"{about}{students / promoted:.0%} ({_count(students)}) {which}.")
    if elsewhere.left > 0:
        about = "About " if elsewhere.is_left_uncertain else ""
        which = "of them" if elsewhere.is_left_counted else "more a year"
        sentences.append(f"{about}{_count(elsewhere.left)} {which} left without a destination.")
    return sentences


def _count(students: float) -> str:
    """Write students; a decimal where a small number of them is an average."""
    return f"{students:z,.0f}" if students >= 10 else f"{students:z,.1f}".removesuffix(".0")


def _describe_anchor(reason: AnchorReason) -> list[str]:
    sentences = [
        "Low-performing high school." if reason.is_identified else "Not identified as low-performing.",
        reason.explanation or "It is no open school that offers any of grades 9 to 12.",
    ]
    return [*sentences, *([] if reason.choice_school is None else [reason.choice_school]), *_describe_coverage(reason)]


def _describe_coverage(reason: AnchorReason) -> list[str]:
    """Say how many students the Zone's feeders send, what the share rests on and what it leaves out."""
    metrics, entrants = reason.metrics, reason.entrants
    if metrics.coverage is None:
        return []
    feeders = f"{reason.feeder_count} feeder{'' if reason.feeder_count == 1 else 's'}"
    about, sends = "about " if reason.is_uncertain else "", "sends" if reason.feeder_count == 1 else "send"
    those = "its" if entrants.anchor_count == 1 else f"its {entrants.anchor_count} anchors'"
    counted = "about " if entrants.is_uncertain else ""
    return [
        (
            f"The Zone's {feeders} {sends} {about}{metrics.coverage:.0%} of {those} known entering students"
            f" ({counted}{metrics.entering_from_feeders_students:,.0f} of {entrants.entering_students:,.0f} a year)."
        ),
        *describe_entrants(entrants),
    ]
