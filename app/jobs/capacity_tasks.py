"""What isolated processes do for registers, matches and year plans: library calls on plain values, nothing else."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from app.queries.analysis import Analysis, AnalysisParameters, Progress
from app.queries.capacity_analyses import CapacityInputs
from app.queries.capacity_kinds import MATCHES, YEAR_PLANS, CapacityKind
from app.store import CheckedRegister, RenderedResult
from clustering import (
    MatchParameters,
    NamedFile,
    ZoneNeeds,
    match_document,
    match_zones,
    measure_zone_needs,
    plan_years,
    read_register,
    register_document,
    register_from_bytes,
    register_to_bytes,
    render_match,
    render_register,
    render_year_plan,
    scenario_from_bytes,
    year_plan_document,
)

# Tables of a register, each by the name that the library gives it as a file.
REGISTER_TABLES = {"partners": "partners.csv", "duties": "duties.csv"}


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
    document = register_document(register)
    return CheckedRegister(report=document, summary=_register_summary(document), content=register_to_bytes(register))


def register_table(progress: Progress, register: bytes, table: str) -> bytes:
    """One table (``REGISTER_TABLES``) of a stored register, as CSV."""
    progress("Writing", 0.0)
    return render_register(register_from_bytes(register))[REGISTER_TABLES[table]]
