"""The life of a Zone and the states of its conditions: which step may follow which."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

Stage = Literal["proposed", "designated", "protected", "under review", "ended"]
ConditionState = Literal["asked", "negotiating", "agreed", "in force", "lapsed"]

STAGES: tuple[Stage, ...] = get_args(Stage)
CONDITION_STATES: tuple[ConditionState, ...] = get_args(ConditionState)
# States that count as settled: a required condition in one of them does not keep a Zone from being protected.
SETTLED: tuple[ConditionState, ...] = ("agreed", "in force")

# A Zone may end at any stage: that of Newark's Global Village ended when those who led the district changed.
STAGES_AFTER: Mapping[Stage, tuple[Stage, ...]] = {
    "proposed": ("designated", "ended"),
    "designated": ("protected", "ended"),
    "protected": ("under review", "ended"),
    "under review": ("protected", "ended"),
    "ended": (),
}
# What was agreed may be negotiated again, and what lapsed may be asked for again or renewed.
STATES_AFTER: Mapping[ConditionState, tuple[ConditionState, ...]] = {
    "asked": ("negotiating", "agreed", "lapsed"),
    "negotiating": ("asked", "agreed", "lapsed"),
    "agreed": ("negotiating", "in force", "lapsed"),
    "in force": ("negotiating", "lapsed"),
    "lapsed": ("asked", "negotiating", "agreed", "in force"),
}


def join_choices(choices: tuple[str, ...]) -> str:
    """Write choices as people say them: ``agreed, lapsed or in force``."""
    *others, last = choices
    return f"{', '.join(others)} or {last}" if others else last
