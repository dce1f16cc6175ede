"""What isolated processes do for registers, matches and year plans: library calls on plain values, nothing else."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from app.queries.analysis import Analysis, AnalysisParameters, Progress
from app.queries.capacity_analyses import CapacityInputs
from app.queries.capacity_kinds import MATCHES, YEAR_PLANS, CapacityKind
from app.queries.capacity_statements import describe_register
from app.store import CheckedRegister, RenderedResult
from clustering import (
    MatchParameters,
    NamedFile,
    PlanYearsParameters,
    Register,
    match_document,
    match_zones,
    measure_zone_needs,
    plan_years,
    read_register,
    register_document,
    register_from_bytes,
    register_to_bytes,
    release_name,
    render_match,
    render_register,
    render_year_plan,
    scenario_from_bytes,
    with_release_mark,
    year_plan_document,
)

# Tables of a register, each by the name that the library gives it as a file.
REGISTER_TABLES = {"partners": "partners.csv", "duties": "duties.csv"}


@dataclass(frozen=True, kw_only=True)
class CapacityBase:
    """
    What a match or a year plan starts from.

    Parameters
    ----------
    scenario
        The inputs of the proposal.
    proposal
        Its document.
    zones
        Its Zones as GeoJSON.
    register
        Of Lead Partners.
    """

    scenario: bytes
    proposal: bytes
    zones: bytes
    register: bytes


def check_register(
    progress: Progress,
    files: Mapping[str, Sequence[NamedFile]],
    reading: Mapping[str, Any],
    scenario: bytes | None,
) -> CheckedRegister:
    """
    Read and check a register.

    Parameters
    ----------
    progress
        Called with the stage and the fraction done, 0 to 1.
    files
        Of the roles ``partners`` and ``preferences``.
    reading
        ``encoding`` and ``options``, as for ``clustering.read_register``.
    scenario
        Inputs as bytes, whose districts and schools the register should know.

    Returns
    -------
    register
        Ready to be kept.
    """
    progress("Reading the register", 0.0)
    known = None if scenario is None else scenario_from_bytes(scenario)
    how = {name: reading[name] for name in ("encoding", "options")}
    register = read_register(files["partners"], files.get("preferences"), scenario=known, **how)
    return _described(register, register_to_bytes(register))


def describe_stored_register(progress: Progress, register: bytes) -> CheckedRegister:
    """Write the document of a stored register anew; the register stays as it is."""
    progress("Writing", 0.0)
    return _described(register_from_bytes(register), register)


def register_table(progress: Progress, register: bytes, table: str) -> bytes:
    """One table (``REGISTER_TABLES``) of a stored register, as CSV."""
    progress("Writing", 0.0)
    return render_register(register_from_bytes(register))[REGISTER_TABLES[table]]


def match(progress: Progress, base: CapacityBase, parameters: Mapping[str, Any], title: str) -> RenderedResult:
    """
    Match the Zones of a proposal with the partners of a register.

    Parameters
    ----------
    progress
        Called with the stage and the fraction done, 0 to 1.
    base
        What there is.
    parameters
        Of the match.
    title
        Heading of the picture and the map.

    Returns
    -------
    rendered
        The match, ready to be kept.
    """
    inputs = _inputs(base, MatchParameters(**parameters), progress)
    found = match_zones(inputs.needs, inputs.register, inputs.parameters, progress=progress)
    progress("Writing", 1.0)
    files = render_match(found, inputs.needs, inputs.register, title=title, geometry=json.loads(base.zones))
    return _rendered(MATCHES, match_document(found), files)


def plan(progress: Progress, base: CapacityBase, parameters: Mapping[str, Any], title: str) -> RenderedResult:
    """Plan the years of the Zones of a proposal; as :func:`match`."""
    request = PlanYearsParameters(**parameters)
    inputs = _inputs(base, request, progress)
    found = plan_years(inputs.needs, inputs.register, request, progress=progress)
    progress("Writing", 1.0)
    files = render_year_plan(found, inputs.needs, inputs.register, title=title, geometry=json.loads(base.zones))
    return _rendered(YEAR_PLANS, year_plan_document(found), files)


def analyse(
    progress: Progress,
    base: CapacityBase,
    result: bytes,
    analysis: Analysis,
    parameters: AnalysisParameters,
) -> dict[str, bytes]:
    """
    Compute an analysis of a match or of a year plan.

    Parameters
    ----------
    progress
        Called with the stage and the fraction done, 0 to 1.
    base
        What the match or the plan was made of.
    result
        Its document.
    analysis, parameters
        What to compute.

    Returns
    -------
    forms
        ``csv``, and ``json`` with ``parameters`` and ``provenance`` of the match or plan and the result's content.
    """
    made = json.loads(result)
    kind = MATCHES if analysis in MATCHES.analyses else YEAR_PLANS
    found = analysis.compute(_inputs(base, kind.parameters(**made["parameters"]), progress), parameters, progress)
    csv = with_release_mark(".csv", found.csv, made["provenance"]["disclosure"])
    return {"csv": csv, "json": found.json(made)}


def _inputs(base: CapacityBase, parameters: MatchParameters, progress: Progress) -> CapacityInputs:
    scenario, proposal = scenario_from_bytes(base.scenario), json.loads(base.proposal)
    smaller, parts = parameters.allow_smaller, parameters.allow_parts
    return CapacityInputs(
        scenario=scenario,
        proposal=proposal,
        needs=measure_zone_needs(scenario, proposal, smaller=smaller, parts=parts, progress=progress),
        register=register_from_bytes(base.register),
        parameters=parameters,
    )


def _rendered(kind: CapacityKind, document: Mapping[str, Any], files: Mapping[str, bytes]) -> RenderedResult:
    summary = kind.summarise(document, datetime.now(UTC).date())
    parts = {part.file: files[release_name(part.file, document["provenance"]["disclosure"])] for part in kind.parts}
    return RenderedResult(summary=summary, parts=parts)


def _described(register: Register, content: bytes) -> CheckedRegister:
    document = register_document(register)
    summary = {**document["counts"], "statement": describe_register(document["counts"])}
    return CheckedRegister(report=document, summary=summary, content=content)
