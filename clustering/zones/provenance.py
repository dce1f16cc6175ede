"""Where a Proposal comes from: software, files, years, rules, and a hash of the tables that it was computed on."""

from __future__ import annotations

from typing import Any

from clustering.disclosure.protected_base import protection_of
from clustering.identification.rules import parse_rule, write_rule
from clustering.ingest.fingerprint import hash_tables
from clustering.model.disclosure_setting import is_exact
from clustering.model.ingest_report import ROLES_OF_STUDENTS, SourceFile
from clustering.model.release import software_release
from clustering.model.scenario import Scenario
from clustering.zones.parameters import ProposalParameters


def describe_provenance(base: Scenario, parameters: ProposalParameters, years: tuple[int, ...]) -> dict[str, Any]:
    """
    Describe where a Proposal comes from.

    Parameters
    ----------
    base
        The scenario computed on.
    parameters
        The request.
    years
        Falls of the school years averaged.

    Returns
    -------
    provenance
        Plain values.
    """
    return {
        "software": software_release(),
        "school_years": list(years),
        "files": [{"role": file.role, "name": file.name, "rows": _shown_rows(file)} for file in base.report.files],
        # Of the tables computed on: a hash of exact counts would let a guess at a protected one be tested.
        "tables_sha256": hash_tables(
            base.schools, base.flows, base.performance, base.travel_times, base.contiguity, base.rates, base.paths
        ),
        "disclosure": parameters.disclosure,
        "protection": _protection(base, parameters),
        "identification_rule": write_rule(parse_rule(parameters.identification)),
        "need_rule": None if parameters.need_rule is None else write_rule(parse_rule(parameters.need_rule)),
        "flow_basis": base.report.basis.method,
    }


def _protection(base: Scenario, parameters: ProposalParameters) -> dict[str, Any] | None:
    """How the base is made; ``None`` for exact counts. Of estimated flows only rates and residents are protected."""
    if is_exact(parameters.disclosure):
        return None
    document = protection_of(base, parameters.disclosure).document()
    method = None if base.report.basis.is_estimated else document["method"]
    return {
        **document,
        "method": method,
        "pooled_years": list(base.pooled_years),
        "suppressed_students": parameters.assumed_students(base),
    }


def _shown_rows(file: SourceFile) -> int | None:
    """Rows of a file; missing of those whose rows tell of students."""
    return None if file.role in ROLES_OF_STUDENTS else file.rows_read
