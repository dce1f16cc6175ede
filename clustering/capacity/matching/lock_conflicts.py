"""Locks that cannot be kept together: a set of them of which none can be spared, found by leaving out one at a time."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csr_array, vstack

from clustering.capacity.matching.choice_model import build_model
from clustering.capacity.matching.instance import MatchInstance, build_instance
from clustering.capacity.matching.joint_cost import describe_joint_cost
from clustering.capacity.matching.obstacle_sentences import plural
from clustering.capacity.solver import AssignmentModel, solve_assignment

_PARTNERS_NAMED = 3
_LOCK_KINDS = ("force_match", "force_served")
# Limits that a planner can loosen, with the parameter or the column that holds each.
_LOOSER = {
    "capacity": "more capacity of the partners (maximum_schools in the register)",
    "budget": "a greater budget_dollars",
    "zones per partner": "a greater maximum_zones_per_partner",
}


@dataclass(frozen=True, kw_only=True)
class LockConflict:
    """
    Locks that cannot be kept together.

    Parameters
    ----------
    locks
        Kind and text of each; without any one of them, the others can be kept.
    remedies
        Kinds of limits, each of which alone, if it were lifted, would let all of them be kept.
    is_late
        Whether time ran out before everything was tried.
    partners
        A sentence for each Zone that one of the locks wants served: who may run it, with the numbers.
    costs
        What the cheapest way to keep them costs, where the budget is too small for it.
    """

    locks: tuple[tuple[str, str], ...]
    remedies: tuple[str, ...]
    is_late: bool
    partners: tuple[str, ...] = ()
    costs: tuple[str, ...] = ()


def find_conflict(instance: MatchInstance, *, deadline: float) -> LockConflict:
    """
    Find a least set of locks that cannot be kept together.

    A deletion filter (Chinneck, 2008, Feasibility and Infeasibility in Optimization).

    Parameters
    ----------
    instance
        A request whose locks cannot all be kept.
    deadline
        Of ``time.monotonic``.

    Returns
    -------
    conflict
        The locks, and what would resolve it.
    """
    trial = _Trial(instance, deadline)
    least = list(trial.locks)
    for lock in trial.locks:
        fewer = [each for each in least if each != lock]
        if trial.can_keep(fewer) is False:
            least = fewer
    remedies = [kind for kind in _LOOSER if trial.can_keep(least, lifted=kind)]
    locks = tuple((str(trial.kinds[each]), trial.names[each]) for each in least)
    return LockConflict(
        locks=locks,
        remedies=tuple(remedies),
        is_late=trial.is_late,
        partners=tuple(
            _describe_able(instance, *_named(instance, trial.names[each]))
            for each in least
            if trial.kinds[each] in _LOCK_KINDS
        ),
        costs=tuple(describe_joint_cost(instance, locks, deadline=deadline)),
    )


def describe_conflict(conflict: LockConflict) -> list[str]:
    """
    Name the locks of a conflict, and what would resolve it.

    Parameters
    ----------
    conflict
        Of :func:`find_conflict`.

    Returns
    -------
    violations
        A sentence per lock, one per Zone on who may run it, then what they cost together, then one on the limits.
    """
    count = len(conflict.locks)
    ending = (
        "cannot be kept under the limits of the request."
        if count == 1
        else (f"is one of {count} locks that cannot be kept together.")
    )
    violations = [f"{kind} {text} {ending}" for kind, text in conflict.locks]
    violations += [*conflict.partners, *conflict.costs]
    if conflict.remedies:
        violations.append(f"They could be kept with {' or '.join(_LOOSER[kind] for kind in conflict.remedies)}.")
    elif not conflict.is_late:
        violations.append("No change of a single limit would allow them: leave out one of these locks.")
    if conflict.is_late:
        violations.append("Time ran out before everything was tried: a greater time_limit_s may shorten this list.")
    return violations


def _named(instance: MatchInstance, text: str) -> tuple[str, str | None]:
    """The Zone, and the partner if there is one, that a lock names."""
    pairs = {"=".join(pair): pair for pair in instance.locks.matched}
    if text not in pairs:
        return text, None
    return pairs[text].zone_id, pairs[text].partner_id


def _describe_able(instance: MatchInstance, zone: str, partner: str | None) -> str:
    """Who may run a Zone, with the capacity and the cost of each: those with the most capacity first."""
    options = instance.options[instance.options["zone_id"] == zone]
    options = options if partner is None else options[options["partner_id"] == partner]
    free, names = instance.free.reindex(options["partner_id"]).to_numpy(), instance.register.partners["name"]
    ordered = options.assign(free=free).sort_values(["free", "cost_dollars", "position"], ascending=[False, True, True])
    parts = [
        f"{names[each['partner_id']]} can take on {plural(each['free'], 'school')} and would need"
        f" {each['school_count']:,} for it, at {each['cost_dollars']:,.0f} dollars a year"
        for each in ordered.drop_duplicates("partner_id")[:_PARTNERS_NAMED].to_dict("records")
    ]
    names_of_zones = instance.needs.zones["name"]
    return f"{names_of_zones[zone]}: {'; '.join(parts) or 'no partner may run it'}."


class _Trial:
    """
    Tries which locks can be kept.

    Zones that no lock wants served can go unserved, so only the others are looked at. A forbidden pair is a limit here,
    which can be left out.
    """

    def __init__(self, instance: MatchInstance, deadline: float) -> None:
        self.deadline, self.is_late = deadline, False
        wanted = build_instance(
            instance.needs, instance.register, instance.parameters.with_changes(forbid_match=(), force_unserved=())
        )
        is_wanted = wanted.options["zone_id"].isin(wanted.locks.served_zones)
        wanted = replace(wanted, options=wanted.options[is_wanted].reset_index(drop=True))
        choice, forbidden = build_model(wanted), instance.locks.forbidden
        zone, partner = wanted.options["zone_id"], wanted.options["partner_id"]
        uses = np.array([(zone == pair.zone_id) & (partner == pair.partner_id) for pair in forbidden], dtype="float64")
        kinds = choice.limits["kind"].to_numpy()
        self.kinds = np.append(kinds, ["forbid_match"] * len(forbidden))
        self.names = [*choice.limits["name"], *("=".join(pair) for pair in forbidden)]
        self.locks = np.flatnonzero(np.isin(self.kinds, [*_LOCK_KINDS, "forbid_match"])).tolist()
        self.model = AssignmentModel(
            values=np.zeros(len(zone)),
            usage=csr_array(vstack([choice.model.usage, csr_array(uses.reshape(len(forbidden), len(zone)))])),
            lower=np.append(choice.model.lower, np.full(len(forbidden), -np.inf)),
            upper=np.append(choice.model.upper, np.zeros(len(forbidden))),
        )

    def can_keep(self, locks: Sequence[int], *, lifted: str | None = None) -> bool | None:
        """Whether some locks can be kept, with one kind of limits lifted; ``None`` if time ran out before that."""
        left = self.deadline - time.monotonic()
        is_dropped = self.kinds == lifted
        is_dropped[sorted(set(self.locks) - set(locks))] = True
        if left > 0:
            lower = np.where(is_dropped, -np.inf, self.model.lower)
            upper = np.where(is_dropped, np.inf, self.model.upper)
            solution = solve_assignment(replace(self.model, lower=lower, upper=upper), time_limit_s=left)
            if solution.status != "time limit" or solution.chosen.any():
                return solution.status != "infeasible"
        self.is_late = True
        return None
