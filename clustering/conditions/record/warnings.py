"""What is doubtful in a record although it may be kept: the length of its contract, a partner that nobody knows."""

from __future__ import annotations

from collections.abc import Collection

from clustering.conditions.record.condition import Contract
from clustering.conditions.record.record import ZoneRecord
from clustering.errors import Problem
from clustering.model.validation_errors import shown_value

USUAL_CONTRACT_YEARS = (3, 5)
CONTRACT_SOURCE = "Mass Insight, The Lead Partner Playbook"
_DAYS_IN_YEAR = 365.25


def record_warnings(record: ZoneRecord, *, partner_ids: Collection[str] | None = None) -> tuple[Problem, ...]:
    """
    Say what is doubtful in a record.

    Parameters
    ----------
    record
        At any revision.
    partner_ids
        The partners of every register there is; ``None`` if there is no register, for a record may live without one.

    Returns
    -------
    warnings
        A contract that is shorter or longer than practice, which is 3 to 5 years (Mass Insight, The Lead Partner
        Playbook), and a ``partner_id`` that no register has. Empty if nothing is doubtful.
    """
    if record.contract is None:
        return ()
    possible = (_length_warning(record.contract), _partner_warning(record.contract, partner_ids))
    return tuple(warning for warning in possible if warning is not None)


def _length_warning(contract: Contract) -> Problem | None:
    """A warning if the contract, in whole years, is not of the usual length; one without a last day has no length."""
    if contract.ends_on is None:
        return None
    exact = ((contract.ends_on - contract.starts_on).days + 1) / _DAYS_IN_YEAR
    years, (shortest, longest) = round(exact), USUAL_CONTRACT_YEARS
    if shortest <= years <= longest:
        return None
    length = "less than a year" if years < 1 else f"about {years} year{'' if years == 1 else 's'}"
    return Problem(
        table="contract",
        column="ends_on",
        value=contract.ends_on.isoformat(),
        message=f"The contract runs for {length}.",
        remedy=f"Performance contracts with Lead Partners usually run {shortest} to {longest} years"
        f" ({CONTRACT_SOURCE}). Check both days.",
        is_error=False,
    )


def _partner_warning(contract: Contract, partner_ids: Collection[str] | None) -> Problem | None:
    if contract.partner_id is None or partner_ids is None or contract.partner_id in partner_ids:
        return None
    return Problem(
        table="contract",
        column="partner_id",
        value=shown_value(contract.partner_id),
        message="No register has a partner with this identifier.",
        remedy="Correct it, or upload the register that the partner is in. The record is kept as it is.",
        is_error=False,
    )
