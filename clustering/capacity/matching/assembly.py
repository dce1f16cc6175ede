"""From the pairs chosen to a Match: tables, sums, reasons, notes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from clustering.capacity.matching.capacity_left import find_capacity_left
from clustering.capacity.matching.costs import COST_BASES, cost_variants
from clustering.capacity.matching.free_capacity import maximum_schools
from clustering.capacity.matching.instance import MatchInstance
from clustering.capacity.matching.losses import SolvedMatch
from clustering.capacity.matching.match import Match, MatchSolution
from clustering.capacity.matching.match_reasons import describe_match, explain_match
from clustering.capacity.matching.notes import describe_notes, describe_tried
from clustering.capacity.matching.preference_cost import describe_preference_cost
from clustering.capacity.matching.reasons import MatchReason
from clustering.capacity.matching.remedies import RemedySearch
from clustering.capacity.matching.unserved_zones import explain_unserved
from clustering.capacity.matching.unused_partners import explain_unused
from clustering.capacity.matching.variants import AS_PROPOSED, NEED_DIGITS
from clustering.capacity.solver import AssignmentStatus, worst_status
from clustering.model.release import software_release
from clustering.model.rounding import rounded

_LIMITS = ("capacity", "zones per partner", "budget")
_DUAL_DIGITS = 9
_TEXTS = ("zone_id", "zone_name", "variant_id", "variant", "partner_id", "partner_name", "cost_basis", "reason")
_PROVED_GAP = 1e-7


def assemble_match(solved: SolvedMatch) -> Match:
    """
    Write down a choice with its reasons.

    Parameters
    ----------
    solved
        The choice.

    Returns
    -------
    match
        Not yet audited.
    """
    instance, search = solved.instance, RemedySearch(solved, find_capacity_left(solved))
    chosen = solved.chosen.sort_values(["zone_id", "variant_id"])
    reasons = tuple(explain_match(solved, option) for option in chosen.to_dict("records"))
    unserved = explain_unserved(solved, search)
    return Match(
        parameters=instance.parameters,
        fall=instance.fall,
        solution=_solution(solved),
        matches=_matches(instance, chosen, reasons),
        reasons=reasons,
        unserved=unserved,
        unused=explain_unused(solved, search, unserved),
        capacity=_capacity(instance, chosen),
        limits=_binding_limits(solved),
        disclosure=instance.needs.disclosure,
        provenance=_provenance(instance),
        notes=(
            *describe_notes(instance, solved.solution),
            *describe_preference_cost(solved),
            *describe_tried(solved, unserved),
        ),
    )


def _solution(solved: SolvedMatch) -> MatchSolution:
    instance, solution, chosen = solved.instance, solved.solution, solved.chosen
    proposed = instance.variants[instance.variants["variant"] == AS_PROPOSED]
    need = rounded(chosen["need"].sum(), NEED_DIGITS)
    is_proved = solution.bound - need <= _PROVED_GAP * max(1.0, abs(solution.bound))
    status: AssignmentStatus = "optimal" if is_proved else solution.status
    bound = need if status == "optimal" else max(need, rounded(solution.bound, NEED_DIGITS))
    return MatchSolution(
        status=status,
        ties_status=worst_status(status, solution.later_status),
        need_served=need,
        need_in_all=rounded(proposed["need"].sum(), NEED_DIGITS),
        bound=bound,
        gap=(bound - need) / max(1.0, bound),
        zones_served=int(chosen["zone_id"].nunique()),
        zones_in_all=len(instance.needs.zones),
        schools_served=int(chosen["school_count"].sum()),
        preferences_met=int(chosen["preference"].sum()),
        cost_dollars=float(chosen["cost_dollars"].sum()),
    )


def _matches(instance: MatchInstance, chosen: pd.DataFrame, reasons: tuple[MatchReason, ...]) -> pd.DataFrame:
    variants = instance.variants.loc[chosen["variant_id"]]
    partners = instance.register.partners.loc[chosen["partner_id"]]
    names = instance.register.partners["name"]
    basis = cost_variants(variants, instance.register, instance.parameters).basis
    column = instance.register.partners.index.get_indexer(pd.Index(chosen["partner_id"]))
    codes = basis[np.arange(len(chosen)), column]
    duties = instance.duties.loc[chosen["partner_id"]]
    table = pd.DataFrame(
        {
            "zone_id": chosen["zone_id"].to_numpy(),
            "zone_name": instance.needs.zones.loc[chosen["zone_id"], "name"].to_numpy(),
            "variant_id": chosen["variant_id"].to_numpy(),
            "variant": variants["variant"].to_numpy(),
            "partner_id": chosen["partner_id"].to_numpy(),
            "partner_name": partners["name"].to_numpy(),
            "school_ids": variants["school_ids"].to_numpy(),
            "school_count": variants["school_count"].to_numpy("int64"),
            "students": pd.to_numeric(variants["students"]).to_numpy("float64"),
            "need": variants["need"].to_numpy("float64"),
            "cost_dollars": chosen["cost_dollars"].to_numpy(),
            "cost_basis": np.array(COST_BASES, dtype="object")[codes],
            "distance_km": chosen["distance_km"].to_numpy(),
            **{str(name): column.to_numpy() for name, column in duties.items()},
            "preference": chosen["preference"].to_numpy(),
            "is_locked": chosen["zone_id"].isin(instance.locks.served_zones).to_numpy(),
            "reason": [describe_match(each, names, instance.parameters.need) for each in reasons],
        }
    )
    return table.astype(dict.fromkeys((*_TEXTS, *map(str, duties.columns)), "str"))


def _capacity(instance: MatchInstance, chosen: pd.DataFrame) -> pd.DataFrame:
    partners = instance.register.partners
    sums = (
        chosen.groupby("partner_id")[["school_count", "need", "cost_dollars"]].sum().reindex(partners.index).fillna(0)
    )
    count = chosen.groupby("partner_id").size().reindex(partners.index).fillna(0)
    return pd.DataFrame(
        {
            "name": partners["name"],
            "schools_now": pd.to_numeric(partners["schools_now"]).astype("float64"),
            "maximum_schools": maximum_schools(instance.register, instance.fall),
            "schools_free": instance.free,
            "schools_used": sums["school_count"].astype("int64"),
            "schools_left": instance.free - sums["school_count"],
            "zone_count": count.astype("int64"),
            "need": sums["need"].round(NEED_DIGITS),
            "cost_dollars": sums["cost_dollars"],
        },
        index=partners.index,
    )


def _binding_limits(solved: SolvedMatch) -> pd.DataFrame:
    limits, model = solved.choice.limits, solved.choice.model
    table = limits.assign(
        used=model.usage @ solved.solution.chosen.astype("float64"),
        limit=model.upper,
        dual_price=np.round(solved.solution.dual_prices, _DUAL_DIGITS) + 0.0,
    )
    is_binding = (table["used"] >= table["limit"]) | (table["dual_price"] > 0)
    table = table[table["kind"].isin(_LIMITS) & is_binding]
    partner = table["name"].where(table["kind"] != "budget")
    columns = ["kind", "partner_id", "used", "limit", "dual_price"]
    return table.assign(partner_id=partner.astype("str"))[columns].astype({"kind": "str"}).reset_index(drop=True)


def _provenance(instance: MatchInstance) -> dict[str, Any]:
    return {
        "software": software_release(),
        "disclosure": instance.needs.disclosure,
        "needs": dict(instance.needs.provenance),
        "register": [{"role": each.role, "name": each.name, "sha256": each.sha256} for each in instance.register.files],
    }
