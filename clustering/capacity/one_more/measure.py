"""What one more school, partner, year or million would bring, by solving again."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from clustering.capacity.matching.choice_model import ChoiceModel, build_model
from clustering.capacity.matching.instance import MatchInstance, build_instance
from clustering.capacity.matching.parameters import MatchParameters
from clustering.capacity.matching.solve_match import solve_match
from clustering.capacity.matching.units import UNITS, describe_need
from clustering.capacity.need.zone_needs import ZoneNeeds
from clustering.capacity.one_more.changes import KINDS, MORE_DOLLARS, Change, ChangeKind, NewPartner, list_changes
from clustering.capacity.one_more.growth import describe_growth
from clustering.capacity.register.register import Register
from clustering.capacity.solver import AssignmentSolution, bound_assignment
from clustering.errors import InputError
from clustering.model.arguments import of_type
from clustering.zones.parameters import parameter_problem
from clustering.zones.progress import Progress, ignore_progress

# A gain below this is the rounding of sums of needs.
_NO_GAIN = 1e-6
_COLUMNS = (
    "kind partner_id partner_name district_id need_gained need_served zones_gained zones_lost cost_dollars hint proof"
    " grown_from sentence"
).split()


@dataclass(frozen=True, kw_only=True, eq=False)
class _Solved:
    """A request and its best match."""

    instance: MatchInstance
    choice: ChoiceModel
    solution: AssignmentSolution

    @property
    def zones(self) -> frozenset[str]:
        return frozenset(self.instance.options.loc[self.solution.chosen, "zone_id"])

    @property
    def cost_dollars(self) -> float:
        return float(self.instance.options.loc[self.solution.chosen, "cost_dollars"].sum())

    @property
    def left_schools(self) -> pd.Series:
        chosen = self.instance.options[self.solution.chosen]
        used = chosen.groupby("partner_id")["school_count"].sum()
        return self.instance.free - used.reindex(self.instance.free.index).fillna(0)

    def price(self, kind: str, name: str) -> float:
        """Dual price of a limit; 0 where there is none."""
        limits = self.choice.limits
        is_limit = ((limits["kind"] == kind) & (limits["name"] == name)).to_numpy()
        return round(float(np.maximum(self.solution.dual_prices[is_limit], 0.0).sum()), 9)


def measure_one_more(
    needs: ZoneNeeds,
    register: Register,
    parameters: MatchParameters | Mapping[str, object] | None = None,
    *,
    kinds: Sequence[ChangeKind] = KINDS,
    new_partner: NewPartner | None = None,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """
    Measure what single changes would bring: each is made alone, and the match is solved again.

    Parameters
    ----------
    needs, register, parameters
        The request, as for ``match_zones``.
    kinds
        ``school``: each partner runs one more. ``partner``: a new one in each district with unserved need. ``year``:
        each partner that comes too late starts a year earlier. ``dollars``: a million more in the budget.
    new_partner
        Features of the new ones; by default 10 schools of all levels within 80 kilometres at the default cost.
    progress
        Told the stage and the fraction done, 0 to 1.

    Returns
    -------
    changes
        A row per change, the greatest gain first: ``kind``, ``partner_id``, ``partner_name``, ``district_id`` (each
        missing where it does not apply), ``need_gained``, ``need_served`` with the change, ``zones_gained`` and
        ``zones_lost`` (tuples of ids, against the match without it), ``cost_dollars`` (more a year), ``hint`` (the gain
        by the dual price; missing for new partners and years), ``proof`` (``solved`` again; ``bound``: the linear
        relaxation shows that there is nothing to gain; ``within gap`` of a large request; ``time limit``: the best
        found), ``grown_from`` (a sentence, of new partners), ``sentence``.

    Raises
    ------
    InputError
        As ``match_zones``, or a kind is unknown.
    InfeasibleError
        Locks cannot be kept together.
    """
    request, report = MatchParameters.given(parameters), progress or ignore_progress
    checked_kinds = _checked(kinds)
    of_type("needs", needs, ZoneNeeds, "what measure_zone_needs answers")
    of_type("register", register, Register, "what read_register answers")
    features = new_partner or NewPartner()
    report("Solving without a change", 0.0)
    base = _solve(build_instance(needs, register, request))
    changes = list(list_changes(base.instance, _unserved(base), checked_kinds, features))
    rows = []
    for number, change in enumerate(changes):
        report("Solving with one more", (1 + number) / (1 + len(changes)))
        rows.append(_measure(base, change, features))
    table = pd.DataFrame(rows, columns=_COLUMNS)
    order = table.assign(kind_rank=table["kind"].map(KINDS.index))
    order = order.sort_values(["need_gained", "kind_rank"], ascending=[False, True], kind="stable")
    report("Done", 1.0)
    return table.loc[order.index].reset_index(drop=True)


def _checked(kinds: Sequence[ChangeKind]) -> tuple[ChangeKind, ...]:
    unknown = [str(each) for each in kinds if each not in KINDS]
    if unknown:
        remedy = f"Take any of {', '.join(KINDS)}."
        raise InputError(
            [parameter_problem("kinds", each, "There is no such kind of change.", remedy) for each in unknown]
        )
    return tuple(each for each in KINDS if each in kinds)


def _solve(instance: MatchInstance) -> _Solved:
    choice = build_model(instance)
    deadline = time.monotonic() + instance.parameters.time_limit_s
    return _Solved(instance=instance, choice=choice, solution=solve_match(instance, choice, deadline=deadline))


def _unserved(base: _Solved) -> pd.Index:
    """Zones without a partner whose need is known and not 0, and that no lock keeps unserved."""
    zones = base.instance.needs.zones.index
    need = base.instance.variants["need"].reindex(zones).astype("float64")
    left_out = {*base.zones, *base.instance.locks.unserved}
    return zones[(need > 0).to_numpy() & ~zones.isin(list(left_out))].sort_values()


def _measure(base: _Solved, change: Change, features: NewPartner) -> dict[str, object]:
    instance = build_instance(base.instance.needs, change.register, change.parameters)
    choice, value = build_model(instance), base.solution.value
    is_nothing = bound_assignment(choice.model) <= value + _NO_GAIN
    if is_nothing and base.solution.status == "optimal":
        after, proof = base, "bound"
    else:
        after = _solve(instance)
        proof = {"optimal": "solved"}.get(after.solution.status, after.solution.status)
    gain = max(0.0, after.solution.value - value)
    if gain <= _NO_GAIN:
        gain, after = 0.0, base
    partners = instance.register.partners
    grown_from = None
    if change.kind == "partner":
        known = base.instance.register.partners
        grown_from = describe_growth(known, base.left_schools, partners.loc[[change.partner_id]], features.reach_km)
    row: dict[str, object] = {
        "kind": change.kind,
        "partner_id": change.partner_id,
        "partner_name": None if change.partner_id is None else partners.loc[change.partner_id, "name"],
        "district_id": change.district_id,
        "need_gained": gain,
        "need_served": value + gain,
        "zones_gained": tuple(sorted(after.zones - base.zones)),
        "zones_lost": tuple(sorted(base.zones - after.zones)),
        "cost_dollars": after.cost_dollars - base.cost_dollars,
        "hint": _hint(base, change),
        "proof": proof,
        "grown_from": grown_from,
    }
    return row | {"sentence": _describe(row, instance)}


def _hint(base: _Solved, change: Change) -> float:
    if change.kind == "school":
        return base.price("capacity", str(change.partner_id))
    return MORE_DOLLARS * base.price("budget", "") if change.kind == "dollars" else float("nan")


def _describe(row: Mapping[str, object], instance: MatchInstance) -> str:
    what = {
        "school": f"If {row['partner_name']} could run one more school",
        "partner": f"With {str(row['partner_name'])[:1].lower()}{str(row['partner_name'])[1:]}",
        "year": f"If {row['partner_name']} could start a year earlier",
        "dollars": "With a million dollars more",
    }[str(row["kind"])]
    gain = float(str(row["need_gained"]))
    if not gain:
        end = ", as far as the search went" if row["proof"] in ("within gap", "time limit") else ""
        return f"{what}, no more need would be served{end}."
    names, parts = instance.needs.zones["name"], []
    for column, verb in (("zones_gained", "would be served too"), ("zones_lost", "would not be served")):
        zones = row[column]
        if isinstance(zones, tuple) and zones:
            parts.append(f"{' and '.join(str(names[each]) for each in zones)} {verb}")
    served = f" {', but '.join(parts)}." if parts else ""
    return f"{what}, {describe_need(gain, UNITS[instance.parameters.need])} more would be served.{served}"
