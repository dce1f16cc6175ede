"""The register of Lead Partners: what a state knows of the organisations that could run its Zones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import pandas as pd

from clustering.capacity.register.plain_tables import hash_register
from clustering.capacity.register.register_tables import DUTIES, DutyState
from clustering.errors import Problem
from clustering.model.ingest_report import SourceFile

__all__ = ["DUTIES", "Approval", "DutyState", "PartnerKind", "Register"]

PartnerKind = Literal["organisation", "district unit", "supporting partner"]
Approval = Literal["pre-qualified", "applied", "not approved", "unknown"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Register:
    """
    Partners and what they and the state say of each other.

    Parameters
    ----------
    partners
        Index ``partner_id`` (text, sorted). ``name``; ``kind`` (:data:`PartnerKind`); ``home_district`` (text or
        missing); ``latitude``, ``longitude`` [degrees, missing allowed], with ``position_source`` (``register`` or
        ``schools of the home district``; missing without a position); ``reach_districts`` (tuple of district ids;
        empty: every district); ``reach_km`` (as the crow flies from home; missing: no limit); ``levels`` (tuple of
        ``elementary``, ``middle``, ``high``; empty: all); ``schools_now`` (missing: unknown); ``maximum_schools``
        that it can run at once, those of today among them, with ``maximum_schools_low`` and ``maximum_schools_high``;
        ``earliest_start`` (fall, Int64, missing: any); ``growth_share`` (more schools that it can run for each school
        of a Zone that it has run for two years; missing: none); ``growth_ceiling`` (most schools that it can ever run;
        missing: no limit); ``contract_years`` (Int64, missing: the default of the request); ``cost_per_school`` and
        ``cost_per_student`` [dollars a year; missing: the default], each with ``_low`` and ``_high``; ``approval``
        (:data:`Approval`); one column for each of :data:`DUTIES` (:data:`DutyState`); ``supporting_partners`` (tuple
        of partner ids); ``services`` (tuple of texts); ``evidence`` and ``evidence_source`` (text or missing). Where
        the register gives a range, the number itself is its careful end: fewest schools, most dollars.
    capacities
        ``partner_id``, ``fall`` (int64), ``maximum_schools``, with ``_low`` and ``_high``, sorted: the years for which
        the register says it; a year without a row has that of the last year before it, or else ``maximum_schools`` of
        ``partners``.
    preferences
        What one side says of the other: ``partner_id`` (missing: every partner), ``district_id``, ``school_id``,
        ``level`` (each missing where the row does not name one; a row names at least one of the last three, and fits a
        Zone with a school that is all it names), ``choice`` (``prefer`` or ``exclude``), ``stated_by`` (``partner``,
        ``district`` or ``state``), ``reason`` (text or missing); sorted.
    files
        How the tables were read.
    warnings
        What is doubtful in them.
    out_of_reach
        Lead Partners (ids, sorted) that can reach no school of the scenario that the register was read with. Empty
        where it was read without one.
    """

    partners: pd.DataFrame
    capacities: pd.DataFrame
    preferences: pd.DataFrame
    files: tuple[SourceFile, ...]
    warnings: tuple[Problem, ...]
    out_of_reach: tuple[str, ...] = ()

    @property
    def content_sha256(self) -> str:
        """Hash of partners, capacities and preferences, whatever the order of the rows or the files they came from."""
        return hash_register(self.partners, self.capacities, self.preferences)
