"""A Scenario as bytes and back, for storing inputs; nothing is unpickled."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import asdict
from typing import Any

import geopandas as gpd
import pandas as pd

from clustering.errors import InputError, Problem
from clustering.ingest.fingerprint import hash_tables
from clustering.model.ingest_report import ChoiceSchool, FlowBasis, IngestReport, SetAsideRow, SourceFile
from clustering.model.scenario import Scenario

FORMAT = "feeder-zones scenario 7"
# Written before there were residents, and before there were paths; still read.
_EARLIER_FORMATS = ("feeder-zones scenario 6", "feeder-zones scenario 5")
_TABLES = (
    *("schools", "flows", "performance", "rates", "grade_enrolment", "travel_times", "contiguity"),
    *("paths", "residents"),
)
_FIRST_DATE = (1980, 1, 1, 0, 0, 0)  # a constant, so that equal scenarios are equal bytes


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
    members: dict[str, bytes] = {"format.txt": FORMAT.encode()}
    for name in _TABLES:
        buffer = io.BytesIO()
        getattr(scenario, name).to_parquet(buffer)
        members[f"{name}.parquet"] = buffer.getvalue()
    summary = {"content_sha256": scenario.content_sha256, "report": asdict(scenario.report)}
    members["head.json"] = json.dumps(summary, ensure_ascii=False).encode()
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name, _FIRST_DATE), data)
    return whole.getvalue()


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
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = {name: archive.read(name) for name in archive.namelist()}
    except (zipfile.BadZipFile, zipfile.LargeZipFile) as error:
        raise _damaged(f"The stored scenario cannot be opened ({error}).") from None
    if members.get("format.txt") not in [name.encode() for name in (FORMAT, *_EARLIER_FORMATS)]:
        raise _damaged("The stored scenario is of another format.")
    summary = json.loads(members["head.json"])
    stored = [name for name in _TABLES if name != "schools" and f"{name}.parquet" in members]
    tables = {name: pd.read_parquet(io.BytesIO(members[f"{name}.parquet"])) for name in stored}
    scenario = Scenario(
        schools=gpd.read_parquet(io.BytesIO(members["schools.parquet"])),
        **tables,
        report=_report_from(summary["report"]),
        content_sha256=summary["content_sha256"],
    )
    others = (scenario.travel_times, scenario.contiguity, scenario.rates, scenario.paths, scenario.residents)
    if hash_tables(scenario.schools, scenario.flows, scenario.performance, *others) != scenario.content_sha256:
        raise _damaged("The stored scenario does not have the hash it was stored with.")
    return scenario


def _report_from(document: dict[str, Any]) -> IngestReport:
    files = tuple(SourceFile(**{**file, "unused_columns": tuple(file["unused_columns"])}) for file in document["files"])
    warnings = tuple(Problem(**problem) for problem in document["warnings"])
    return IngestReport(
        alarms=tuple(document.get("alarms", ())),  # reports stored by earlier versions have none
        files=files,
        warnings=warnings,
        warning_counts=document["warning_counts"],
        flow_rows=document["flow_rows"],
        flow_students=document["flow_students"],
        facts=document["facts"],
        set_aside=tuple(SetAsideRow(**row) for row in document["set_aside"]),
        basis=_basis_from(document["basis"]),
        unknown_promotions=tuple(document.get("unknown_promotions", ())),
        unlisted_names=document.get("unlisted_names", {}),
        crosswalk=tuple(document["crosswalk"]),
    )


def _basis_from(document: dict[str, Any]) -> FlowBasis:
    found = [
        ChoiceSchool(**{**school, "covered": tuple(school["covered"])}) for school in document.get("choice_schools", ())
    ]
    return FlowBasis(**{**document, "details": tuple(document["details"]), "choice_schools": tuple(found)})


def _damaged(message: str) -> InputError:
    return InputError([Problem(table="stored scenario", message=message, remedy="Upload the files again.")])
