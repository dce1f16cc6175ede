"""A Scenario as bytes and back, for storing inputs; nothing is unpickled."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

import geopandas as gpd
import pandas as pd

from clustering.disclosure.protection import Protection
from clustering.errors import Problem
from clustering.ingest.earlier_reports import without_earlier_counts
from clustering.ingest.fingerprint import hash_tables
from clustering.model.ingest_report import (
    ChoiceSchool,
    FlowBasis,
    IngestReport,
    SetAsideRow,
    parse_source_file,
)
from clustering.model.scenario import Scenario
from clustering.model.stored_archive import add_member, damaged, pack_archive, unpack_archive

_PROTECTIONS = "protections.json"
FORMAT = "feeder-zones scenario 8"
# Written before reports were free of counts, before there were residents, and before there were paths; still read.
_EARLIER_FORMATS = ("feeder-zones scenario 7", "feeder-zones scenario 6", "feeder-zones scenario 5")
_TABLES = (
    *("schools", "flows", "performance", "rates", "grade_enrolment", "travel_times", "contiguity"),
    *("paths", "residents", "estimates", "catchment_ways"),
)


def scenario_to_bytes(scenario: Scenario) -> bytes:
    """
    Pack a Scenario.

    Parameters
    ----------
    scenario
        Exact inputs: keep the bytes as confidential as the files they came from.

    Returns
    -------
    data
        A ZIP archive of Parquet tables and the report as JSON.
    """
    members: dict[str, bytes] = {}
    for name in _TABLES:
        buffer = io.BytesIO()
        getattr(scenario, name).to_parquet(buffer)
        members[f"{name}.parquet"] = buffer.getvalue()
    summary = {
        "content_sha256": scenario.content_sha256,
        "report": asdict(scenario.report),
        "pooled_years": scenario.pooled_years,
        "likely_students": scenario.likely_students,
    }
    members["head.json"] = json.dumps(summary, ensure_ascii=False).encode()
    return pack_archive(FORMAT, members)


def with_protections(data: bytes, protections: Mapping[str, Mapping[str, Any]]) -> bytes:
    """
    Add to a packed Scenario how the bases of its audiences are made.

    Parameters
    ----------
    data
        What :func:`scenario_to_bytes` packed, or anything else, which is refused when it is unpacked.
    protections
        By audience: ``policy`` (its document), ``method`` and ``key`` (hexadecimal).

    Returns
    -------
    data
        The same Scenario with ``protections``; the same bytes if there are none.
    """
    return add_member(data, _PROTECTIONS, json.dumps(protections).encode()) if protections else data


def scenario_from_bytes(data: bytes) -> Scenario:
    """
    Unpack a Scenario.

    Parameters
    ----------
    data
        What :func:`scenario_to_bytes` packed.

    Returns
    -------
    scenario
        Equal to the one packed.

    Raises
    ------
    InputError
        The bytes are something else, or damaged.
    """
    members = unpack_archive(data, (FORMAT, *_EARLIER_FORMATS), noun="scenario")
    summary = json.loads(members["head.json"])
    stored = [name for name in _TABLES if name != "schools" and f"{name}.parquet" in members]
    tables = {name: pd.read_parquet(io.BytesIO(members[f"{name}.parquet"])) for name in stored}
    stored_protections = json.loads(members.get(_PROTECTIONS, b"{}"))
    scenario = Scenario(
        protections={audience: _protection_from(each) for audience, each in stored_protections.items()},
        schools=gpd.read_parquet(io.BytesIO(members["schools.parquet"])),
        **tables,
        report=_report_from(summary["report"]),
        content_sha256=summary["content_sha256"],
        # Earlier versions added no years up.
        pooled_years=tuple(summary.get("pooled_years", ())),
        likely_students=summary.get("likely_students", 5.0),
    )
    if _hash_of(scenario) != scenario.content_sha256:
        raise damaged("scenario", "The stored scenario does not have the hash it was stored with.")
    return scenario if "estimates" in tables else _without_earlier_counts(scenario)


def _hash_of(scenario: Scenario) -> str:
    return hash_tables(scenario.schools, scenario.flows, scenario.performance, *scenario.other_tables())


def _without_earlier_counts(scenario: Scenario) -> Scenario:
    """
    Leave out what an earlier version worked out of exact counts when it read the files.

    The paths that catchments told of counted flows, and the comparison with estimates, come back when the files are
    read again; the rest is worked out from the base.
    """
    if scenario.report.basis.is_estimated:
        return scenario
    paths = scenario.paths[scenario.paths["basis"] != "catchments"].reset_index(drop=True)
    changed = replace(scenario, paths=paths, report=without_earlier_counts(scenario.report))
    return replace(changed, content_sha256=_hash_of(changed))


def _protection_from(document: Mapping[str, Any]) -> Protection:
    from clustering.disclosure.policy import parse_policy  # noqa: PLC0415

    key = bytes.fromhex(document["key"])
    return Protection(policy=parse_policy(document["policy"]), method=document["method"], key=key)


def _report_from(document: dict[str, Any]) -> IngestReport:
    basis = _basis_from(document["basis"])
    files = tuple(map(parse_source_file, document["files"]))
    warnings = tuple(Problem(**problem) for problem in document["warnings"])
    return IngestReport(
        alarms=tuple(document.get("alarms", ())),  # reports stored by earlier versions have none
        files=files,
        warnings=warnings,
        warning_counts=document["warning_counts"],
        flow_rows=document["flow_rows"],
        facts=document["facts"],
        flow_students_low=document.get("flow_students_low", {}),
        flow_students_high=document.get("flow_students_high", {}),
        student_records=document.get("student_records", {}),
        set_aside=tuple(SetAsideRow(**row) for row in document["set_aside"]),
        basis=basis,
        unknown_promotions=tuple(document.get("unknown_promotions", ())),
        unlisted_names=document.get("unlisted_names", {}),
        crosswalk=tuple(document["crosswalk"]),
    )


def _basis_from(document: dict[str, Any]) -> FlowBasis:
    found = [
        ChoiceSchool(**{**school, "covered": tuple(school["covered"])}) for school in document.get("choice_schools", ())
    ]
    return FlowBasis(**{**document, "details": tuple(document["details"]), "choice_schools": tuple(found)})
