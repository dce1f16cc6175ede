"""Progress of Zones: values by year against the entry and comparison schools, each with its persistence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from clustering.conditions.progress.benchmarks import Benchmark, judge_benchmarks, parse_benchmarks
from clustering.conditions.progress.catalogue import catalogue_table
from clustering.conditions.progress.comparison_changes import NO_PROOF, difference_of_changes
from clustering.conditions.progress.comparison_schools import ComparisonSchools, choose_comparison_schools
from clustering.conditions.progress.entry import EntryFall, ZoneEntry, parse_entries
from clustering.conditions.progress.evidence import NO_EVIDENCE, WHY_PERSISTENCE, persistence_of_zones
from clustering.conditions.progress.parameters import ProgressParameters
from clustering.conditions.progress.precision import directions
from clustering.conditions.progress.progress_values import ProgressValues
from clustering.conditions.progress.protection import protect_values
from clustering.conditions.progress.protection_notes import describe_protection
from clustering.conditions.progress.sentences import benchmark_sentences, value_sentences
from clustering.conditions.progress.summary import summarise_zones
from clustering.conditions.progress.zone_values import (
    changes_since_entry,
    pool_by_year,
    sort_by_catalogue,
    values_of_zones,
)
from clustering.conditions.zone_schools import ZoneSchools, zone_names_of, zone_schools_of
from clustering.errors import InputError, Problem
from clustering.model.arguments import of_type
from clustering.model.plain_text import school_year_text
from clustering.model.release import software_release
from clustering.model.scenario import Scenario

ZONE_VALUE_COLUMNS = (
    *("zone_id", "zone_name", "indicator_id", "title", "unit", "better", "timing", "year", "value", "low", "high"),
    *("weights", "schools", "schools_suppressed", "schools_without", "students", "entry_value", "change", "change_low"),
    *("change_high", "direction", "change_schools", "compared_schools", "comparison_schools", "compared_change"),
    *("comparison_change", "difference", "difference_low", "difference_high"),
    *("persistence", "persistence_years", "evidence", "sentence"),
)
BENCHMARK_COLUMNS = (
    *("zone_id", "zone_name", "indicator_id", "title", "months", "year", "kind", "target", "entry_value", "value"),
    *("change", "change_low", "change_high", "direction", "verdict", "is_certain", "difference"),
    *("persistence", "persistence_years", "evidence", "sentence"),
)
_SAME_SCHOOLS = (
    "A change is over the schools that have a value in both years, so it may differ from the difference of two values."
)


@dataclass(frozen=True, kw_only=True, eq=False)
class Progress:
    """
    Progress of Zones.

    Parameters
    ----------
    summary
        ``summary.SUMMARY_COLUMNS``: a row per Zone with its verdicts counted, its persistence, and a sentence.
    zone_values
        :data:`ZONE_VALUE_COLUMNS`: a row per Zone, indicator and school year (the fall). Shares run from 0 to 1.
        ``direction`` says whether the change, as shown, is ``better``, ``worse`` or ``no change``; missing is unknown.
    benchmarks
        :data:`BENCHMARK_COLUMNS`: a row per Zone, indicator and month, 18 or 36; ``year`` is the one looked up (the
        fall). A Zone that has not started has none.
    comparison_schools
        Which schools each school of a Zone was compared with, how far away they were, and which have none.
    entries
        Zone to its first school year, and where that is known from.
    parameters
        The request.
    notes
        Sentences to be read with the numbers.
    provenance
        Files, software, disclosure.
    """

    summary: pd.DataFrame
    zone_values: pd.DataFrame
    benchmarks: pd.DataFrame
    comparison_schools: ComparisonSchools
    entries: Mapping[str, ZoneEntry]
    parameters: ProgressParameters
    notes: tuple[str, ...]
    provenance: Mapping[str, Any]

    @property
    def entry_falls(self) -> dict[str, int | None]:
        """Zone to the fall of its first year; ``None`` if it has not started."""
        return {zone: entry.fall for zone, entry in self.entries.items()}


def evaluate_progress(
    progress: ProgressValues,
    zone_schools: ZoneSchools,
    *,
    entry_fall: EntryFall | Mapping[str, EntryFall],
    scenario: Scenario,
    persistence: pd.DataFrame | None = None,
    benchmarks: Iterable[Benchmark | Mapping[str, Any]] | None = None,
    parameters: ProgressParameters | Mapping[str, Any] | None = None,
) -> Progress:
    """
    Follow the indicators of Zones from their entry on.

    Parameters
    ----------
    progress
        As :func:`read_progress` or :func:`join_progress` answers.
    zone_schools
        A Proposal, its document, or a mapping of Zone to school ids.
    entry_fall
        Fall in which the first year of the Zones began, one for all or one for each; ``None`` of Zones that have not
        started, which get no verdicts. :func:`entries_of_records` takes it from records. The entry value is that of
        the school year before.
    scenario
        Level, type, status and enrolment of all schools; the dataset's rates of the same students, and its policy.
    persistence
        As :func:`measure_persistence` answers, best over three years. Outcomes without it are marked.
    benchmarks
        What was agreed, as :class:`Benchmark` or its fields; by default every indicator better than at the entry. The
        benchmark at 18 months is looked up in the second school year, the outcome at 36 months in the third.
    parameters
        Protection, and the choice of comparison schools.

    Returns
    -------
    progress
        A summary of each Zone; values, benchmarks, comparison schools.

    Raises
    ------
    InputError
        Unusable parameters, benchmarks or years: all of them at once.
    """
    of_type("progress", progress, ProgressValues, "the ProgressValues that read_progress answers")
    of_type("scenario", scenario, Scenario, "the Scenario that read_scenario answers")
    request = parameters if isinstance(parameters, ProgressParameters) else ProgressParameters(**(parameters or {}))
    agreed = parse_benchmarks(benchmarks)
    zones, names = zone_schools_of(zone_schools), zone_names_of(zone_schools)
    entries = parse_entries(entry_fall, zones)
    entry_falls = {zone: entry.fall for zone, entry in entries.items()}
    _refuse_other_zones(agreed, zones)
    enrolment = scenario.schools["enrolment_students"].astype("float64")
    base = protect_values(progress.rows, scenario, request.disclosure)
    rows = values_of_zones(base, zones, enrolment)
    compared = choose_comparison_schools(base, scenario, zones, entry_falls, request)
    persistence_by_zone = persistence_of_zones(persistence, list(zones))
    table = pool_by_year(rows).join(changes_since_entry(rows, entry_falls))
    table = table.join(difference_of_changes(rows, base, compared.matches, entry_falls)).reset_index()
    newest = int(progress.rows["year"].max()) if len(progress.rows) else 0
    judged = judge_benchmarks(table, agreed, entry_falls, newest)
    named = pd.Series({zone: names.get(zone) for zone in zones}, dtype="object")
    zone_facts = persistence_by_zone.assign(zone_name=named)
    return Progress(
        summary=summarise_zones(judged, table, entries, names, persistence_by_zone),
        zone_values=_described_values(table, zone_facts, entry_falls),
        benchmarks=_described_benchmarks(judged, table, zone_facts),
        comparison_schools=compared,
        entries=entries,
        parameters=request,
        notes=(
            *describe_protection(rows, scenario, request.disclosure),
            *_notes(progress, zones, request, persistence_by_zone),
        ),
        provenance={
            "software": software_release(),
            "files": [{"role": file.role, "name": file.name, "rows": file.rows_read} for file in progress.files],
            "school_years": sorted({int(year) for year in progress.rows["year"]}),
            "disclosure": request.disclosure,
        },
    )


def _refuse_other_zones(benchmarks: Iterable[Benchmark], zones: Mapping[str, Any]) -> None:
    """Refuse benchmarks of Zones that there are not."""
    unknown = sorted({each.zone_id for each in benchmarks if each.zone_id is not None} - set(zones))
    remedy = f"Give one of {', '.join(list(zones)[:10])}, or leave zone_id out for every Zone."
    problems = [
        Problem(table="benchmarks", column="zone_id", value=each[:200], message="There is no such Zone.", remedy=remedy)
        for each in unknown
    ]
    if problems:
        raise InputError(problems)


def _described_values(
    table: pd.DataFrame, zone_facts: pd.DataFrame, entry_falls: Mapping[str, int | None]
) -> pd.DataFrame:
    """Values of Zones with what stands beside them: words, directions, persistence, sentences."""
    catalogue = catalogue_table()[["title", "unit", "better", "timing"]]
    described = table.join(catalogue, on="indicator_id").join(zone_facts, on="zone_id")
    for name in ("change_schools", "compared_schools", "comparison_schools"):
        described[name] = described[name].fillna(0).astype("int64")
    described["direction"] = directions(described["change"], described["unit"], described["better"])
    described = sort_by_catalogue(described)
    return described.assign(sentence=value_sentences(described, entry_falls))[list(ZONE_VALUE_COLUMNS)]


def _described_benchmarks(judged: pd.DataFrame, table: pd.DataFrame, zone_facts: pd.DataFrame) -> pd.DataFrame:
    key = ["zone_id", "indicator_id", "year"]
    described = judged.merge(table[[*key, "difference"]], on=key, how="left")
    described = described.join(catalogue_table()[["title", "unit", "better"]], on="indicator_id")
    described = described.join(zone_facts, on="zone_id")
    described["direction"] = directions(described["change"], described["unit"], described["better"])
    return described.assign(sentence=benchmark_sentences(described))[list(BENCHMARK_COLUMNS)]


def _notes(
    progress: ProgressValues, zones: Mapping[str, Any], request: ProgressParameters, persistence_by_zone: pd.DataFrame
) -> tuple[str, ...]:
    without = [str(zone) for zone in persistence_by_zone.index[persistence_by_zone["evidence"] == NO_EVIDENCE]]
    listed = f"{len(without):,} of {len(zones):,} Zones"
    variables = ", ".join(name.replace("_", " ") for name in request.variables)
    chosen = (
        f"Each school has at most {request.neighbours} comparison schools. They have its level and type and are in no"
        f" Zone. In the year before the entry they were at most {request.caliper:g} standard deviations away, by"
        f" {variables}. Of schools equally far away, the first by identifier is taken."
    )
    newest = f"The data go up to {school_year_text(int(progress.rows['year'].max()))}." if len(progress.rows) else ""
    unknown = f"Persistence is not known for {listed}: their outcomes are no evidence." if without else ""
    return tuple(note for note in (_SAME_SCHOOLS, chosen, NO_PROOF, WHY_PERSISTENCE, unknown, newest) if note)
