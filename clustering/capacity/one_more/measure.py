"""What one more school, partner, year or million would bring, or an approval or a duty made good, by solving again."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from clustering.capacity.matching.choice_model import ChoiceModel, build_model
from clustering.capacity.matching.effects import measure_effect
from clustering.capacity.matching.instance import MatchInstance, build_instance
from clustering.capacity.matching.obstacle_sentences import all_of
from clustering.capacity.matching.opened_pairs import build_changed_choice
from clustering.capacity.matching.parameters import MatchParameters
from clustering.capacity.matching.request_changes import Request
from clustering.capacity.matching.solve_match import solve_match
from clustering.capacity.matching.units import UNITS, describe_need
from clustering.capacity.matching.variants import NEED_DIGITS
from clustering.capacity.need.district_names import name_district
from clustering.capacity.need.zone_needs import ZoneNeeds
from clustering.capacity.one_more.changes import (
    KINDS,
    MORE_DOLLARS,
    Change,
    ChangeKind,
    NewPartner,
    list_changes,
)
from clustering.capacity.one_more.growth import describe_growth
from clustering.capacity.register.register import Register
from clustering.capacity.solver import AssignmentSolution
from clustering.errors import InputError
from clustering.model.arguments import of_type
from clustering.model.rounding import rounded
from clustering.zones.parameters import parameter_problem
from clustering.zones.progress import Progress, ignore_progress

_COLUMNS = (
    "kind partner_id partner_name district_id district_name need_gained need_served zones_gained zones_lost"
    " zone_names_gained zone_names_lost cost_dollars hint proof grown_from sentence"
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
    def schools_left(self) -> pd.Series:
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
        ``approval``: a partner whose approval the request does not accept is approved. ``duty``: a partner that lacks
        duties that the request asks for meets them.
    new_partner
        Features of the new ones; by default 10 schools of all levels within 80 kilometres at the default cost.
    progress
        Told the stage and the fraction done, 0 to 1.

    Returns
    -------
    changes
        A row per change, the greatest gain first: ``kind``, ``partner_id``, ``partner_name``, ``district_id`` and
        ``district_name`` (with the id; each missing where it does not apply), ``need_gained``, ``need_served`` with the
        change, ``zones_gained`` and ``zones_lost`` (tuples of ids, against the match without it), ``zone_names_gained``
        and ``zone_names_lost`` (their names, in the same order), ``cost_dollars`` (more a year), ``hint`` (the gain by
        the dual price; missing for all but schools and dollars), ``proof`` (``solved`` again; ``bound``: the linear
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
    deadline = time.monotonic() + change.parameters.time_limit_s
    request = Request(register=change.register, parameters=change.parameters)
    changed = build_changed_choice(base.instance, request)
    effect = measure_effect(base.instance, base.solution, changed, deadline=deadline)
    partners, instance = change.register.partners, base.instance
    names = instance.needs.zones["name"]
    grown_from = None
    if change.kind == "partner":
        known, new_partner = instance.register.partners, partners.loc[[change.partner_id]]
        places = _places(base, str(change.district_id))
        grown_from = describe_growth(known, base.schools_left, new_partner, places, near_km=features.reach_km)
    row: dict[str, object] = {
        "kind": change.kind,
        "partner_id": change.partner_id,
        "partner_name": None if change.partner_id is None else partners.loc[change.partner_id, "name"],
        "district_id": change.district_id,
        "district_name": None if change.district_id is None else name_district(instance.needs, change.district_id),
        "need_gained": effect.need_gained,
        "need_served": rounded(base.solution.value + effect.need_gained, NEED_DIGITS),
        "zones_gained": effect.zones_gained,
        "zones_lost": effect.zones_lost,
        "zone_names_gained": tuple(str(names[each]) for each in effect.zones_gained),
        "zone_names_lost": tuple(str(names[each]) for each in effect.zones_lost),
        "cost_dollars": effect.cost_dollars,
        "hint": _hint(base, change),
        "proof": effect.proof,
        "grown_from": grown_from,
    }
    return row | {"sentence": _describe(row, change, UNITS[change.parameters.need])}


def _places(base: _Solved, district: str) -> pd.DataFrame:
    """Where the unserved Zones with a school of a district are."""
    unserved, needs = _unserved(base), base.instance.needs
    is_here = needs.variants.loc[unserved, "district_ids"].map(lambda each: district in each)
    return pd.DataFrame(needs.zones.loc[unserved[is_here.to_numpy(dtype=bool)], ["latitude", "longitude"]])


def _hint(base: _Solved, change: Change) -> float:
    if change.kind == "school":
        return base.price("capacity", str(change.partner_id))
    return MORE_DOLLARS * base.price("budget", "") if change.kind == "dollars" else float("nan")


def _describe(row: Mapping[str, object], change: Change, unit: str) -> str:
    name = str(row["partner_name"])
    duties = " and ".join(each.replace("_", " ") for each in change.duties)
    what = {
        "school": f"If {name} could run one more school",
        "partner": f"With {name[:1].lower()}{name[1:]}",
        "year": f"If {name} could start a year earlier",
        "dollars": "With a million more dollars",
        "approval": f"If {name} were approved",
        "duty": f"If {name} met {duties}",
    }[change.kind]
    gain = float(str(row["need_gained"]))
    if not gain:
        end = ", as far as the search went" if row["proof"] in ("within gap", "time limit") else ""
        return f"{what}, no more need would be served{end}."
    parts = []
    for column, verb in (("zone_names_gained", "would be served too"), ("zone_names_lost", "would not be served")):
        zones = row[column]
        if isinstance(zones, tuple) and zones:
            parts.append(f"{all_of(zones)} {verb}")
    served = f" {', but '.join(parts)}." if parts else ""
    return f"{what}, {describe_need(gain, unit, 'more')} would be served.{served}"
