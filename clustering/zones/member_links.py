"""Where the students of a feeder go, link by link and elsewhere, with what rests on counts that are intervals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class LinkShares:
    """
    One link out of a feeder.

    Parameters
    ----------
    receiver
        Name of the school it leads to.
    students
        On it, per year.
    send_share, receive_share
        Of the feeder's promoted students, and of those who are known to enter the receiver [0 to 1].
    entering_students
        Students who are known to enter the receiver, per year.
    is_send_uncertain, is_receive_uncertain
        Whether each share rests on counts that are intervals.
    """

    receiver: str
    students: float
    send_share: float
    receive_share: float
    entering_students: float
    is_send_uncertain: bool = False
    is_receive_uncertain: bool = False


@dataclass(frozen=True, kw_only=True)
class Elsewhere:
    """
    Students of a feeder who go to no listed school, per year.

    Parameters
    ----------
    to_unknown_schools
        Of whom an estimate does not know the next school.
    to_unlisted_schools
        Who go to schools that the schools files do not list.
    left
        Who left out of a final grade: nothing tells where they went.
    is_unlisted_uncertain, is_left_uncertain
        Whether each number rests on counts that are intervals.
    is_left_counted
        Whether those who left are among the promoted students (``count_exits``).
    """

    to_unknown_schools: float = 0.0
    to_unlisted_schools: float = 0.0
    left: float = 0.0
    is_unlisted_uncertain: bool = False
    is_left_uncertain: bool = False
    is_left_counted: bool = False


def find_elsewhere(totals: Mapping[str, Any], *, is_left_counted: bool) -> Elsewhere:
    """Read where the students of a feeder go who go to no listed school, from its totals in the feeder graph."""
    return Elsewhere(
        to_unknown_schools=totals.get("unknown_students", 0.0),
        to_unlisted_schools=totals["unlisted_students"],
        left=totals["exit_students"],
        is_unlisted_uncertain=is_uncertain(totals, "unlisted_students"),
        is_left_uncertain=is_uncertain(totals, "exit_students"),
        is_left_counted=is_left_counted,
    )


def shares_of_link(link: Mapping[str, Any], receiver: Mapping[str, Any], *, is_promoted_uncertain: bool) -> LinkShares:
    """Read the shares of a link of the feeder graph, from its data and those of the school that it leads to."""
    is_open = is_uncertain(link, "students")
    return LinkShares(
        receiver=receiver["name"],
        students=link["students"],
        send_share=link["send_share"],
        receive_share=link["receive_share"],
        entering_students=receiver["entering_students"],
        is_send_uncertain=is_open or is_promoted_uncertain,
        is_receive_uncertain=is_open or is_uncertain(receiver, "entering_students"),
    )


def is_uncertain(totals: Mapping[str, Any], name: str) -> bool:
    """Whether a number rests on counts that are intervals."""
    return bool(totals[f"{name}_low"] != totals[f"{name}_high"])
