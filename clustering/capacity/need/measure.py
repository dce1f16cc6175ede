"""From a proposal to the needs of its Zones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from clustering.analysis.arguments import planner_of
from clustering.capacity.need.given_zones import GivenProposal, GivenZone, read_proposal, refuse_strangers
from clustering.capacity.need.need_notes import describe_needs
from clustering.capacity.need.part_variants import find_part_variants
from clustering.capacity.need.school_counts import COUNTS, count_school_needs
from clustering.capacity.need.smaller_variants import SmallerVariants, find_smaller_variants
from clustering.capacity.need.variants import ZoneVariant, build_variants, levels_of
from clustering.capacity.need.zone_needs import ZoneNeeds
from clustering.disclosure.protected_base import MINIMUM_CELL_STUDENTS, protection_of
from clustering.model.arguments import truth_value
from clustering.model.columns import SHARE_DIGITS
from clustering.model.disclosure_setting import Disclosure, is_exact
from clustering.model.scenario import Scenario
from clustering.zones.need import measure_share_below
from clustering.zones.planner import ZonePlanner
from clustering.zones.progress import Progress, ignore_progress, part_of
from clustering.zones.proposal import Proposal
from clustering.zones.provenance import describe_provenance

_COUNT_COLUMNS = [f"{name}{ending}" for name in COUNTS for ending in ("", "_low", "_high")]


def measure_zone_needs(
    scenario: Scenario | ZonePlanner,
    proposal: Proposal | Mapping[str, Any],
    *,
    smaller: bool = False,
    parts: bool = False,
    progress: Progress | None = None,
) -> ZoneNeeds:
    """
    Measure what each Zone of a proposal brings to a partner and asks of it.

    Parameters
    ----------
    scenario
        The inputs of the proposal, or a planner of them.
    proposal
        As ``propose_zones`` or ``evaluate_plan`` answers, or its document.
    smaller
        Whether to add the best smaller variants of each Zone, of every size from the request's ``minimum_schools`` on:
        by the exact search, around the same anchors, from the Zone's own schools.
    parts
        Whether to add, for each Zone of several anchors, one variant per anchor: with it go the feeders of which more
        students arrive in it than in each other anchor of the Zone.
    progress
        Told the stage and the fraction done, 0 to 1.

    Returns
    -------
    needs
        Computed on the base table that the proposal's ``disclosure`` asks for. Counts are added up from counts of
        schools in which nothing small is exact, so that no variant gives away more than these.

    Raises
    ------
    InputError
        It is no proposal, or not one of this scenario.
    """
    smaller, parts = truth_value("smaller", smaller), truth_value("parts", parts)
    planner, report = planner_of(scenario), progress or ignore_progress
    report("Measuring needs", 0.0)
    given = read_proposal(proposal)
    base = planner.protect(given.parameters)
    refuse_strangers(given, base.schools.index)
    schools = _school_table(base, given)
    variants = [
        ZoneVariant(variant_id=zone.zone_id, zone_id=zone.zone_id, variant="as proposed", school_ids=zone.school_ids)
        for zone in given.zones
    ]
    found = SmallerVariants(variants=(), without=())
    if smaller:
        report_variants = part_of(report, "Finding smaller variants", 0.1, 0.9)
        found = find_smaller_variants(planner, given, progress=report_variants)
        variants += found.variants
    if parts:
        variants += find_part_variants(planner, given)
    zones, disclosure = _zone_table(base, given.zones), given.parameters.disclosure
    table = build_variants(variants, schools, disclosure)
    notes = describe_needs(
        table,
        zones,
        given,
        tables_sha256=_hash_of(base, given),
        minimum_students=minimum_of(base, disclosure),
        without_smaller=found.without,
    )
    report("Done", 1.0)
    return ZoneNeeds(
        zones=zones,
        variants=table,
        schools=schools,
        disclosure=disclosure,
        first_fall=first_fall(base),
        provenance={**given.provenance, "parameters": given.parameters.as_dict()},
        notes=notes,
    )


def first_fall(scenario: Scenario) -> int | None:
    """
    Find the first school year after the newest data.

    Parameters
    ----------
    scenario
        Any.

    Returns
    -------
    fall
        Flows tell where students are a year later: the year after that. The year after rates and enrolment of any
        other table. ``None`` if no table tells a year.
    """
    ends = [
        max(scenario.flow_years, default=pd.NA) + 1,
        scenario.rates["year"].max(),
        scenario.grade_enrolment["year"].max(),
    ]
    known = [int(year) for year in ends if not pd.isna(year)]
    return max(known) + 1 if known else None


def minimum_of(base: Scenario, disclosure: Disclosure) -> int:
    """The least number of students that the policy of an audience shows."""
    return MINIMUM_CELL_STUDENTS if is_exact(disclosure) else protection_of(base, disclosure).policy.minimum_students


def _hash_of(base: Scenario, given: GivenProposal) -> str:
    return str(describe_provenance(base, given.parameters, ())["tables_sha256"])


def _school_table(base: Scenario, given: GivenProposal) -> pd.DataFrame:
    """The schools of all Zones, with their protected counts."""
    members = sorted({school for zone in given.zones for school in zone.school_ids})
    schools = base.schools.loc[members]
    shares = measure_share_below(base, given.parameters).loc[members]
    table = pd.DataFrame(schools[["name", "level", "district_id", "district_name"]])
    # A file that names districts only still tells them apart, as in the limits of a proposal.
    table["district_id"] = schools["district_id"].fillna(schools["district_name"])
    table["levels"] = levels_of(schools["level"])
    table["latitude"], table["longitude"] = schools.geometry.y, schools.geometry.x
    disclosure = given.parameters.disclosure
    counts = count_school_needs(schools["enrolment_students"], shares, disclosure, minimum_of(base, disclosure))
    return table.join(counts[_COUNT_COLUMNS]).rename_axis("school_id")


def _zone_table(base: Scenario, zones: tuple[GivenZone, ...]) -> pd.DataFrame:
    """The Zones, where their first anchors are and the lowest rate of their anchors."""
    first = base.schools.geometry.reindex([zone.anchor_ids[0] for zone in zones])
    index = pd.Index([zone.zone_id for zone in zones], name="zone_id", dtype="str")
    table = pd.DataFrame(
        {
            "name": pd.Series([zone.name for zone in zones], dtype="str"),
            "anchor_ids": pd.Series([zone.anchor_ids for zone in zones], dtype="object"),
            "latitude": first.y.to_numpy(),
            "longitude": first.x.to_numpy(),
        }
    ).set_index(index)
    return table.join(_anchor_rates(base.performance, zones).reindex(index))


def _anchor_rates(performance: pd.DataFrame, zones: tuple[GivenZone, ...]) -> pd.DataFrame:
    """The lowest graduation rate of the anchors of each Zone and its ends; a suppressed rate has ends alone."""
    pairs = [(zone.zone_id, anchor) for zone in zones for anchor in zone.anchor_ids]
    of_anchors = performance.reindex([anchor for _, anchor in pairs])
    low, high = (of_anchors[f"graduation_rate_{end}"].astype("float64") for end in ("low", "high"))
    is_shown = of_anchors["graduation_rate_status"].isin(["exact", "range"])
    rates = pd.DataFrame(
        {"anchor_rate": ((low + high) / 2).where(is_shown), "anchor_rate_low": low, "anchor_rate_high": high}
    )
    lowest = rates.groupby(np.array([zone for zone, _ in pairs], dtype=object)).min()
    return lowest.round(SHARE_DIGITS)
