"""What isolated processes do with the files of a dataset, and with its report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from app.jobs.protection_tasks import Registering, choose_for_staff, count_content
from app.queries.analysis import Progress
from app.store import IngestedDataset, LocatedSchool
from clustering import (
    NamedFile,
    Scenario,
    parse_parameters,
    propose_zones,
    read_scenario,
    release_name,
    render_report,
    report_document,
    report_with_counts,
    scenario_from_bytes,
    scenario_to_bytes,
    with_crosswalk,
    zones_geojson_bytes,
)

# Parts of a dataset's report, each by the name that the library gives it as a file.
REPORT_PARTS = {"set-aside": "set_aside.csv", "crosswalk": "crosswalk.csv"}

Files = Mapping[str, Sequence[NamedFile]]


def ingest(progress: Progress, files: Files, reading: Mapping[str, Any], registering: Registering) -> IngestedDataset:
    """
    Read and validate uploads.

    Parameters
    ----------
    progress
        Called with the stage and the fraction done, 0 to 1.
    files
        Role (``schools``, ``flows``, ``performance``, ``students`` ...) to files.
    reading
        ``encoding``, ``options``, ``estimate``, ``exclude_receivers`` and ``capture``, as for
        ``clustering.read_scenario``.
    registering
        The key of hashes and the policy for staff.

    Returns
    -------
    dataset
        The ingest report, the inputs, of which students they hold counts, and how they are protected.
    """
    progress("Reading the files", 0.0)
    return _ingested(progress, _read(files, reading), registering)


def apply_rows(
    progress: Progress,
    scenario: bytes,
    rows: Sequence[Mapping[str, Any]],
    protect_first: bool,
    registering: Registering,
) -> IngestedDataset:
    """Apply confirmed rows of a crosswalk to stored inputs, after protecting them or not."""
    progress("Applying the crosswalk", 0.0)
    applied = with_crosswalk(scenario_from_bytes(scenario), rows, protect_first=protect_first)
    return _ingested(progress, applied, registering)


def report_part(progress: Progress, scenario: bytes, part: str, with_students: bool) -> bytes:
    """One form of the ingest report of stored inputs (``REPORT_PARTS``), with rows of student records or without."""
    progress("Writing", 0.0)
    report = report_with_counts(scenario_from_bytes(scenario))
    files = render_report(report, with_students=with_students)
    name = REPORT_PARTS[part]
    return files.get(name) or files[release_name(name, "exact")]


def report_of(progress: Progress, scenario: bytes) -> dict[str, Any]:
    """The document of the ingest report of stored inputs."""
    progress("Writing", 0.0)
    return report_document(report_with_counts(scenario_from_bytes(scenario)))


def schools_of(progress: Progress, scenario: bytes) -> list[LocatedSchool]:
    """The schools of stored inputs, as anybody may know them."""
    progress("Writing", 0.0)
    return _located(scenario_from_bytes(scenario))


def zones_of_files(progress: Progress, files: Files, reading: Mapping[str, Any], parameters: dict[str, Any]) -> bytes:
    """Files in, GeoJSON of the Zones out; the parameters are as for :func:`ingest` and :func:`propose`."""
    proposal = propose_zones(_read(files, reading), parse_parameters(parameters), progress=progress)
    return zones_geojson_bytes(proposal)


def _read(files: Files, reading: Mapping[str, Any]) -> Scenario:
    sources: dict[str, Any] = {"schools": [], **files, **reading}
    return read_scenario(**sources)


def _ingested(progress: Progress, scenario: Scenario, registering: Registering) -> IngestedDataset:
    chosen = choose_for_staff(progress, scenario, registering)
    counted = count_content(scenario, registering, chosen)
    protected = replace(scenario, protections={"protected": chosen.protection})
    return IngestedDataset(
        report=report_document(report_with_counts(protected)),
        scenario=scenario_to_bytes(scenario),
        counted=counted,
        schools=_located(scenario),
    )


def _located(scenario: Scenario) -> list[LocatedSchool]:
    located = scenario.schools[~(scenario.schools.geometry.isna() | scenario.schools.geometry.is_empty)]
    texts = located[["name", "level", "district_id"]].astype(object)
    named = texts.where(texts.notna(), None).itertuples(name=None)
    return [
        LocatedSchool(
            school_id=str(school_id),
            name=name,
            level=level,
            district_id=district_id,
            longitude=float(longitude),
            latitude=float(latitude),
        )
        for (school_id, name, level, district_id), longitude, latitude in zip(
            named, located.geometry.x, located.geometry.y, strict=True
        )
    ]
