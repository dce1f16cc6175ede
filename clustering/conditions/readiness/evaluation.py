"""Readiness: what is strong, what is missing and what changed, of every school, district and Zone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from clustering.conditions.readiness.assessments import Assessments
from clustering.conditions.readiness.indicator_sets import IndicatorSet
from clustering.conditions.readiness.standing_values import every_indicator, standing_values, zone_values
from clustering.conditions.readiness.totals import add_totals
from clustering.conditions.readiness.weakest_schools import weakest_schools
from clustering.conditions.zone_schools import ZoneSchools, zone_names_of, zone_schools_of
from clustering.errors import InputError, Problem
from clustering.model.arguments import of_type
from clustering.model.release import software_release
from clustering.model.scenario import Scenario

INDICATOR_COLUMNS = (
    *("subject_kind", "subject_id", "name", "indicator_id", "domain", "title", "state", "value", "least", "greatest"),
    *("raters", "date", "previous", "change", "basis", "schools", "assessed_schools", "schools_with_gap"),
)
_NOTE_ZONES = (
    "A Zone that was assessed as a whole has the value of its raters. Every other Zone has the mean of its assessed"
    " schools, each counted once, with the value of its weakest school."
)
_NOTE_RATERS = "A value is the mean of the newest value of each rater on or before the day."
_NOTE_CHANGES = "A change is the difference from the value before the newest assessment of the indicator."


@dataclass(frozen=True, kw_only=True, eq=False)
class Readiness:
    """
    Readiness on one day, by one indicator set.

    Parameters
    ----------
    indicator_set
        What was assessed.
    on
        The day, as 2024-03-01.
    indicators
        :data:`INDICATOR_COLUMNS`, a row per subject and indicator, assessed or not. ``state``: ``strength``, ``gap``,
        ``between`` or ``not assessed``; ``least`` and ``greatest`` are those of the raters, or of the schools of a
        Zone.
    subjects
        A row per school of a Zone, district and Zone: ``subject_kind``, ``subject_id``, ``name``, ``zones`` (of a
        school or district, separated by ``; ``), ``indicators``, ``assessed`` (of these indicators), ``strengths``,
        ``gaps``, ``not_assessed``, ``rose`` and ``fell`` (by what can be seen with one digit); of a Zone ``schools``,
        ``assessed_schools``, ``schools_with_gaps`` (at least one), ``weakest_school_id`` and ``weakest_school`` (that
        with the most gaps, by id and name) with its ``weakest_gaps``; ``widest_spread`` (greatest less least value of
        the raters, or of a Zone's schools), ``date``, ``total``, ``total_least``, ``total_greatest`` (what the total
        can be, whatever is not assessed), ``band`` (missing unless certain), ``possible_bands`` and ``sentence``.
    notes
        Sentences to be read with the numbers.
    provenance
        Files, software, day and set.
    """

    indicator_set: IndicatorSet
    on: str
    indicators: pd.DataFrame
    subjects: pd.DataFrame
    notes: tuple[str, ...]
    provenance: Mapping[str, Any]


def evaluate_readiness(
    assessments: Assessments,
    indicator_set: IndicatorSet | str,
    zone_schools: ZoneSchools,
    *,
    on: date | str | None = None,
    scenario: Scenario | None = None,
) -> Readiness:
    """
    Say how ready schools, districts and Zones are.

    Parameters
    ----------
    assessments
        As :func:`read_assessments` or :func:`join_assessments` answers.
    indicator_set
        A set, or the identifier of one of the assessments' own.
    zone_schools
        A Proposal, its document, or a mapping of Zone to school ids.
    on
        The day; later assessments do not count. By default that of the newest assessment.
    scenario
        Names of schools and districts, and which district each school belongs to. Without it every assessed district
        is listed, by its identifier.

    Returns
    -------
    readiness
        Of every school of a Zone, of their districts, and of every Zone; what is not assessed is listed too.

    Raises
    ------
    InputError
        There is no such set, or the day is no date.
    """
    of_type("assessments", assessments, Assessments, "the Assessments that read_assessments answers")
    chosen = _set_of(assessments, indicator_set)
    zones, names = zone_schools_of(zone_schools), zone_names_of(zone_schools)
    rows = assessments.rows[assessments.rows["set_id"] == chosen.set_id]
    day = _day_of(on, rows)
    values = standing_values(rows, day)
    subjects = _subjects(chosen, values, zones, names, scenario)
    of_zones = zone_values(values, zones, gap_to=chosen.gap_to)
    together = pd.concat([values[values.index.get_level_values("subject_kind") != "zone"], of_zones])
    indicator_ids = [each.indicator_id for each in chosen.indicators]
    indicators = _described(every_indicator(together, subjects, indicator_ids), subjects, chosen)
    outside = _schools_outside(rows, zones)
    return Readiness(
        indicator_set=chosen,
        on=day,
        indicators=indicators,
        subjects=add_totals(subjects, indicators, chosen, schools=weakest_schools(values, zones, chosen, scenario)),
        notes=(_NOTE_RATERS, _NOTE_ZONES, _NOTE_CHANGES, *outside),
        provenance={
            "software": software_release(),
            "files": [{"role": file.role, "name": file.name, "rows": file.rows_read} for file in assessments.files],
            "on": day,
            "set": {"set_id": chosen.set_id, "title": chosen.title, "source": chosen.source},
        },
    )


def _set_of(assessments: Assessments, indicator_set: IndicatorSet | str) -> IndicatorSet:
    if isinstance(indicator_set, IndicatorSet):
        return indicator_set
    known = {each.set_id: each for each in assessments.sets}
    if indicator_set not in known:
        message = "The assessments have no set with this identifier."
        remedy = f"Give one of {', '.join(known) or 'those that were assessed: there are none'}."
        raise InputError(
            [Problem(table="readiness", column="set", value=str(indicator_set)[:200], message=message, remedy=remedy)]
        )
    return known[indicator_set]


def _day_of(on: date | str | None, rows: pd.DataFrame) -> str:
    if on is None and len(rows):
        return str(rows["date"].max())
    try:
        return (on if isinstance(on, date) else date.fromisoformat(str(on).strip())).isoformat()
    except ValueError:
        message, remedy = "This is not a date.", "Write the day as 2024-03-01."
        raise InputError(
            [Problem(table="readiness", column="on", value=str(on)[:200], message=message, remedy=remedy)]
        ) from None


def _subjects(
    indicator_set: IndicatorSet,
    values: pd.DataFrame,
    zones: Mapping[str, tuple[str, ...]],
    names: Mapping[str, str],
    scenario: Scenario | None,
) -> pd.DataFrame:
    """Who is listed: Zones, then districts, then schools, each sorted."""
    kinds, parts = indicator_set.subject_kinds, []
    pairs = pd.DataFrame([(zone, school) for zone, schools in zones.items() for school in schools])
    pairs.columns = pd.Index(["zone", "subject_id"])
    if "zone" in kinds or "school" in kinds:
        of_zones = {"subject_kind": "zone", "subject_id": list(zones), "name": [names.get(zone) for zone in zones]}
        parts.append(pd.DataFrame(of_zones).assign(zones=None))
    if "district" in kinds:
        parts.append(_districts(pairs, values, scenario))
    if "school" in kinds:
        schools = pairs.groupby("subject_id")["zone"].agg("; ".join).rename("zones").reset_index()
        called = None if scenario is None else schools["subject_id"].map(scenario.schools["name"])
        parts.append(schools.assign(subject_kind="school", name=called))
    listed = pd.concat([part.astype("object") for part in parts], ignore_index=True)
    return listed[["subject_kind", "subject_id", "name", "zones"]].where(listed.notna(), None)


def _districts(pairs: pd.DataFrame, values: pd.DataFrame, scenario: Scenario | None) -> pd.DataFrame:
    """Districts with a school in a Zone; without a scenario all that were assessed."""
    if scenario is None:
        is_district = values.index.get_level_values("subject_kind") == "district"
        ids = values.index.get_level_values("subject_id")[is_district].unique().sort_values()
        return pd.DataFrame({"subject_kind": "district", "subject_id": ids, "name": None, "zones": None})
    schools = scenario.schools
    of_pairs = pairs.assign(district=pairs["subject_id"].map(schools["district_id"])).dropna(subset="district")
    zones = of_pairs.drop_duplicates(["district", "zone"]).groupby("district")["zone"].agg("; ".join)
    names = schools.drop_duplicates("district_id").set_index("district_id")["district_name"]
    return pd.DataFrame(
        {
            "subject_kind": "district",
            "subject_id": zones.index,
            "name": names.reindex(zones.index).to_numpy(),
            "zones": zones.to_numpy(),
        }
    )


def _described(rows: pd.DataFrame, subjects: pd.DataFrame, indicator_set: IndicatorSet) -> pd.DataFrame:
    """Rows with the words of the set, the names of the subjects, and what each value counts as."""
    words = pd.DataFrame([each.model_dump() for each in indicator_set.indicators])
    named = rows.merge(words, on="indicator_id", how="left").merge(
        subjects[["subject_kind", "subject_id", "name"]], on=["subject_kind", "subject_id"], how="left"
    )
    value = named["value"].astype("float64")
    conditions = [value.isna(), value >= indicator_set.strength_from, value <= indicator_set.gap_to]
    named["state"] = np.select(conditions, ["not assessed", "strength", "gap"], default="between")
    return named[list(INDICATOR_COLUMNS)]


def _schools_outside(rows: pd.DataFrame, zones: Mapping[str, tuple[str, ...]]) -> list[str]:
    inside = {school for schools in zones.values() for school in schools}
    assessed = set(rows.loc[rows["subject_kind"] == "school", "subject_id"])
    count = len(assessed - inside)
    if not count:
        return []
    return [f"{count:,} assessed {'school is' if count == 1 else 'schools are'} in none of these Zones and not listed."]
