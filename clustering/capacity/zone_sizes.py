"""What smaller Zones bring: the match at every greatest size, and the joint optimum in which each Zone has its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from clustering.analysis.arguments import listed, number_problems, refuse
from clustering.capacity.matching.match import Match
from clustering.capacity.matching.match_zones import match_zones
from clustering.capacity.matching.parameters import MatchParameters
from clustering.capacity.matching.variants import need_of_variants
from clustering.capacity.need.measure import measure_zone_needs
from clustering.capacity.need.zone_needs import ZoneNeeds
from clustering.capacity.register.register import Register
from clustering.errors import InfeasibleError, InputError
from clustering.model.columns import SHARE_DIGITS
from clustering.model.scenario import Scenario
from clustering.zones.planner import ZonePlanner
from clustering.zones.progress import Progress, ignore_progress, part_of
from clustering.zones.proposal import Proposal

_COLUMNS = (
    "choice",
    "maximum_schools",
    "zones",
    "zones_served",
    "schools_served",
    "need_served",
    "need_served_share",
    "need_kept_share",
    "cost_dollars",
    "status",
)


def trace_zone_sizes(
    scenario: Scenario | ZonePlanner,
    proposal: Proposal | Mapping[str, Any],
    register: Register,
    parameters: MatchParameters | Mapping[str, object] | None = None,
    *,
    sizes: Sequence[int] | None = None,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """
    Match the Zones of a proposal at every greatest size, and jointly with their sizes.

    Smaller Zones let more Zones be served, and each serves less of its need. This shows both.

    Parameters
    ----------
    scenario, proposal
        As for :func:`~clustering.measure_zone_needs`.
    register
        The partners.
    parameters
        Of matching; ``allow_smaller`` is set as each row needs it.
    sizes
        Greatest sizes, each once; ``None``: from the least to the greatest size of a variant.
    progress
        Told the stage and the fraction done, 0 to 1.

    Returns
    -------
    table
        A row per size, then one for the joint optimum: ``choice`` (``at most 5 schools``, ``joint``),
        ``maximum_schools`` (Int64, missing for the joint one), ``zones`` (that have a variant of that size),
        ``zones_served``, ``schools_served``, ``need_served`` (by the measure of the request; a Zone that is not whole
        counts as in :func:`~clustering.match_zones`), ``need_served_share`` (of the need of all Zones as proposed),
        ``need_kept_share`` (mean over the Zones served of what their variant has of the whole Zone's need),
        ``cost_dollars`` (a year), ``status`` (``infeasible`` where locks cannot be kept at that size). No row serves
        more need than the joint one.

    Raises
    ------
    InputError
        The proposal, a size or a parameter cannot be used.
    InfeasibleError
        Locks cannot be kept at any size.
    SolverError
        The solver failed.
    """
    request, report = MatchParameters.given(parameters), progress or ignore_progress
    measured = part_of(report, "Finding smaller variants", 0.0, 0.5)
    needs = measure_zone_needs(
        scenario,
        proposal,
        smaller=True,
        parts=request.allow_parts,
        progress=lambda stage, fraction: measured(fraction),
    )
    chosen = _sizes(needs, sizes)
    # First, since it refuses what is wrong with the request at any size.
    joint = _figures(needs, needs, register, request.with_changes(allow_smaller=True))
    rows = []
    for number, size in enumerate(chosen):
        report("Matching", 0.6 + 0.4 * number / len(chosen))
        trimmed, without = _trimmed(needs, size)
        locks = tuple(dict.fromkeys([*request.force_unserved, *without]))
        own = request.with_changes(allow_smaller=False, allow_parts=False, force_unserved=locks)
        row = {"choice": f"at most {size} schools", "maximum_schools": size, "zones": len(needs.zones) - len(without)}
        try:
            rows.append(row | _figures(needs, trimmed, register, own))
        except (InfeasibleError, InputError):  # locks that no partner can keep at this size
            rows.append(row | {"status": "infeasible"})
    rows.append({"choice": "joint", "maximum_schools": pd.NA, "zones": len(needs.zones)} | joint)
    report("Done", 1.0)
    whole = ["maximum_schools", "zones", "zones_served", "schools_served"]
    table = pd.DataFrame(rows).reindex(columns=list(_COLUMNS)).astype(dict.fromkeys(whole, "Int64"))
    return table.astype({"choice": "str", "status": "str"})


def _sizes(needs: ZoneNeeds, sizes: Sequence[int] | None) -> list[int]:
    if sizes is None:
        counts = needs.variants.loc[needs.variants["variant"] != "part", "school_count"]
        return sorted(counts.unique().tolist())
    wanted_sizes = listed("sizes", sizes, "a list of whole numbers, such as [3, 5, 8]")
    refuse([problem for size in wanted_sizes for problem in number_problems("sizes", size, 1, 1000)])
    return sorted(set(wanted_sizes))


def _trimmed(needs: ZoneNeeds, size: int) -> tuple[ZoneNeeds, list[str]]:
    """Every Zone with its best variant of at most so many schools in its place; and the Zones that have none."""
    variants = needs.variants[needs.variants["variant"] != "part"]
    fitting = variants[variants["school_count"] <= size].sort_values("school_count", kind="stable")
    largest = fitting.drop_duplicates("zone_id", keep="last").set_index("zone_id", drop=False)
    whole = variants[variants["variant"] == "as proposed"].set_index("zone_id", drop=False)
    without = sorted(set(whole.index) - set(largest.index))
    table = pd.concat([largest, whole.loc[without]]).assign(variant="as proposed").sort_index()
    return replace(needs, variants=table.rename_axis("variant_id")), without


def _figures(needs: ZoneNeeds, variants_of: ZoneNeeds, register: Register, own: MatchParameters) -> dict[str, Any]:
    """What a match serves, its need measured on the Zones as they are."""
    match = match_zones(variants_of, register, own)
    need = need_of_variants(needs, own)
    served = _variants_served(match, needs)
    proposed = needs.variants["variant"] == "as proposed"
    total = need[proposed].sum()
    kept = need.loc[served] / need.loc[needs.variants.loc[served, "zone_id"]].to_numpy()
    by_zone = kept.groupby(needs.variants.loc[served, "zone_id"].to_numpy()).sum(min_count=1)
    return {
        "zones_served": match.matches["zone_id"].nunique(),
        "schools_served": int(match.matches["school_count"].sum()),
        "need_served": float(need.loc[served].sum()),
        "need_served_share": round(float(need.loc[served].sum() / total), SHARE_DIGITS) if total > 0 else np.nan,
        "need_kept_share": round(float(by_zone.mean()), SHARE_DIGITS) if len(by_zone) else np.nan,
        "cost_dollars": float(match.matches["cost_dollars"].sum()),
        "status": match.solution.status,
    }


def _variants_served(match: Match, needs: ZoneNeeds) -> list[str]:
    """Ids, among the variants of the Zones as they are, of what a match serves: the same Zone and schools."""
    keys = zip(needs.variants["zone_id"], needs.variants["school_ids"], strict=True)
    by_schools = dict(zip(keys, needs.variants.index, strict=True))
    served = zip(match.matches["zone_id"], match.matches["school_ids"], strict=True)
    return [by_schools[zone, tuple(schools)] for zone, schools in served]
