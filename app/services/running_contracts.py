"""Running contracts of records beside a match or a year plan, which was made without them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.queries.capacity_kinds import YEAR_PLANS, CapacityKind
from app.services import records
from app.services.capacity import read_result_part
from app.services.service import Service
from clustering import Contract, ZoneRecord

# A start in a fall follows a contract that ends before this day of September, and takes nothing of it away.
_SCHOOL_BEGINS = 9


@dataclass(frozen=True, kw_only=True)
class ContractOtherwise:
    """
    A Zone of which its record says otherwise than a match or a year plan.

    Parameters
    ----------
    zone_id, zone_name, record_id
        The Zone and its record.
    partner, contract_starts_on, contract_ends_on
        Of the contract; days as ``2031-06-30``, ``None`` for no last day.
    sentence
        What the record says, and what the match or the plan says.
    """

    zone_id: str
    zone_name: str
    record_id: str
    partner: str
    contract_starts_on: str
    contract_ends_on: str | None
    sentence: str


def contracts_that_differ(service: Service, kind: CapacityKind, result_id: str) -> list[ContractOtherwise]:
    """
    Compare a match or a year plan with the contracts that run today, or are yet to start.

    Parameters
    ----------
    service
        The service.
    kind
        Matches or year plans.
    result_id
        One of them.

    Returns
    -------
    otherwise
        A Zone for each contract that names another partner, or that a plan would start anew while it runs; by Zone.
        Only records of the same proposal whose life has not ended are looked at.

    Raises
    ------
    ServiceError
        404 if there is no such result.
    """
    result = service.store.capacity.result(result_id, kind.name)
    document = json.loads(read_result_part(service, kind, result_id, kind.document.file))
    is_plan = kind is YEAR_PLANS
    rows: dict[str, list[Mapping[str, Any]]] = {}
    for row in document["starts" if is_plan else "matches"]:
        rows.setdefault(row["zone_id"], []).append(row)
    kept = service.store.records.records(proposal_id=result.proposal_id, maximum=None)
    found = [
        _otherwise(record, record.contract, rows.get(record.zone.zone_id, []), is_plan=is_plan)
        for record in kept
        if record.stage != "ended" and record.contract is not None and _goes_on(record.contract)
    ]
    return sorted((each for each in found if each is not None), key=lambda each: (each.zone_name, each.zone_id))


def _goes_on(contract: Contract) -> bool:
    return contract.ends_on is None or contract.ends_on >= records.today()


def _otherwise(
    record: ZoneRecord, contract: Contract, rows: Iterable[Mapping[str, Any]], *, is_plan: bool
) -> ContractOtherwise | None:
    given = list(rows)
    if given and all(_agrees(contract, row, is_plan=is_plan) for row in given):
        return None
    until = "without a last day" if contract.ends_on is None else f"until {contract.ends_on.isoformat()}"
    of_record = f"{record.zone.name} has a contract with {contract.partner} {until}."
    noun = "plan" if is_plan else "match"
    contradictions = [
        f"starts it in fall {row['start_fall']} with {row['partner_name']}"
        if is_plan
        else f"gives it to {row['partner_name']}"
        for row in given
    ]
    of_result = f"This {noun} {' and '.join(contradictions) if contradictions else 'gives it no partner'}."
    return ContractOtherwise(
        zone_id=record.zone.zone_id,
        zone_name=record.zone.name,
        record_id=record.record_id,
        partner=contract.partner,
        contract_starts_on=contract.starts_on.isoformat(),
        contract_ends_on=None if contract.ends_on is None else contract.ends_on.isoformat(),
        sentence=f"{of_record} {of_result}",
    )


def _agrees(contract: Contract, row: Mapping[str, Any], *, is_plan: bool) -> bool:
    """Whether a row leaves the contract as it is: the same partner from the same year on, or a start after its end."""
    named = contract.partner if contract.partner_id is None else contract.partner_id
    is_same = named == str(row["partner_name"] if contract.partner_id is None else row["partner_id"])
    if not is_plan:
        return is_same
    begins = date(int(row["start_fall"]), _SCHOOL_BEGINS, 1)
    follows = contract.ends_on is not None and contract.ends_on < begins
    return follows or (is_same and contract.starts_on.year == begins.year)
