"""
The four duties of a Lead Partner: which are met, promised, missing or unknown, and by whom.

The duties are those of The Lead Partner Playbook (ERIC ED538308) and of Mass Insight's description of Partnership
Zones: a performance contract of 3 to 5 years; authority, over people first; comprehensive services, its own or those of
supporting partners whom it contracts; presence in the schools at least 5 days a week.

What a supporting partner does counts for one duty only, comprehensive services: the same sources let a Lead Partner
sub-contract services, and nothing else. Accountability, authority and presence stay with the Lead Partner, or no one is
answerable for the whole.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any, NamedTuple

import pandas as pd

from clustering.capacity.register.partner_checks import LONGEST_CONTRACT_YEARS, SHORTEST_CONTRACT_YEARS, is_lead
from clustering.capacity.register.register import DUTIES, Register

# What each duty asks for.
DUTY_DEFINITIONS = {
    "accountability": f"a performance contract of {SHORTEST_CONTRACT_YEARS} to {LONGEST_CONTRACT_YEARS} years",
    "authority": "authority over people first, and over time, money and program",
    "comprehensive_services": "core academic work and supports for students, its own or by supporting partners",
    "embedded_presence": "people in the schools at least 5 days a week",
}
Partners = Mapping[Hashable, Mapping[Hashable, Any]]
SUPPORTED_DUTIES = ("comprehensive_services",)
_SAID = {
    "met": "{name} meets {duty}, as the register says: {definition}.",
    "promised": "{name} promises {duty}, and does not meet it yet: {definition}.",
    "missing": "{name} does not meet {duty}: {definition}.",
    "unknown": "The register does not say whether {name} meets {duty}: {definition}.",
}


def describe_duties(register: Register) -> pd.DataFrame:
    """
    Say of every Lead Partner and duty whether it is met, and by whom.

    A register's word counts, with two rules. Accountability is promised at most if the register gives a contract of
    less than 3 or more than 5 years; without a length its word stands. Comprehensive services that a Lead Partner does
    not meet itself are met, or promised, by a supporting partner that it names and whose own row says so, unless the
    state has not approved that one.

    Parameters
    ----------
    register
        The partners.

    Returns
    -------
    duties
        One row per Lead Partner and duty, by partner and in the order of the duties: ``partner_id``, ``name``,
        ``duty``, ``stated`` (as the register says), ``state`` (``met``, ``promised``, ``missing`` or ``unknown``),
        ``by`` (tuple of the ids of those who meet or promise it; empty otherwise), ``sentence``. Supporting partners
        have no rows: they have no Zone to answer for.

    References
    ----------
    .. [1] Mass Insight Education (2010). The Lead Partner Playbook. ERIC ED538308.
    """
    partners, lead = _records(register), register.partners.index[is_lead(register.partners)]
    rows = [_describe(partners, partners[partner_id], duty) for partner_id in lead for duty in DUTIES]
    columns = ["partner_id", "name", "duty", "stated", "state", "by", "sentence"]
    table = pd.DataFrame(rows, columns=columns)
    return table.astype({name: "object" if name == "by" else "str" for name in columns})


def duty_states(register: Register) -> pd.DataFrame:
    """
    Look up the state of each partner's duties, supporting partners and contract lengths taken into account.

    Parameters
    ----------
    register
        The partners.

    Returns
    -------
    states
        Index ``partner_id`` as in ``register.partners``, a column for each of ``DUTIES``; of supporting partners as the
        register says.
    """
    partners, lead = _records(register), is_lead(register.partners)
    states = [
        [_state(partners, partner, duty).state if leads else partner[duty] for duty in DUTIES]
        for partner, leads in zip(partners.values(), lead, strict=True)
    ]
    return pd.DataFrame(states, index=register.partners.index, columns=list(DUTIES), dtype="str")


def _records(register: Register) -> Partners:
    """What the duties rest on, by partner."""
    columns = ("name", "approval", "contract_years", "supporting_partners", *DUTIES)
    ids, values = register.partners.index, (register.partners[name] for name in columns)
    rows = zip(ids, *values, strict=True)
    return {row[0]: dict(zip(("partner_id", *columns), row, strict=True)) for row in rows}


class _State(NamedTuple):
    """State of a duty, and who meets or promises it."""

    state: str
    by: tuple[str, ...]


def _state(partners: Partners, partner: Mapping[Hashable, Any], duty: str) -> _State:
    partner_id, stated = str(partner["partner_id"]), str(partner[duty])
    if duty in SUPPORTED_DUTIES and (found := _better_supporters(partners, partner, duty)):
        return found
    if duty == "accountability" and stated == "met" and not _has_fit_contract(partner):
        stated = "promised"
    return _State(stated, (partner_id,) if stated in ("met", "promised") else ())


def _has_fit_contract(partner: Mapping[Hashable, Any]) -> bool:
    years = partner["contract_years"]
    return bool(pd.isna(years) or SHORTEST_CONTRACT_YEARS <= years <= LONGEST_CONTRACT_YEARS)


def _describe(partners: Partners, partner: Mapping[Hashable, Any], duty: str) -> dict[str, object]:
    partner_id, name, stated = str(partner["partner_id"]), str(partner["name"]), str(partner[duty])
    state, by = _state(partners, partner, duty)
    label, years = duty.replace("_", " "), partner["contract_years"]
    if duty in SUPPORTED_DUTIES and by not in ((), (partner_id,)):
        names = ", ".join(f"{partners[each]['name']} ({each})" for each in by)
        sentence = f"{label.capitalize()} of {name}: {state} by its supporting partner {names}, not by itself."
    elif state != stated:
        sentence = (
            f"The register says that {name} meets accountability, but its contract lasts {years} years, which is not"
            f" {DUTY_DEFINITIONS[duty]}: the duty counts as promised."
        )
    elif duty == "accountability" and state == "met" and pd.notna(years):
        sentence = f"{name} meets accountability, as the register says: its contract lasts {years} years."
    else:
        sentence = _SAID[stated].format(name=name, duty=label, definition=DUTY_DEFINITIONS[duty])
    columns = {"partner_id": partner_id, "name": name, "duty": duty, "stated": stated}
    return columns | {"state": state, "by": by, "sentence": sentence}


def _better_supporters(partners: Partners, partner: Mapping[Hashable, Any], duty: str) -> _State | None:
    """A better state than the partner's own, and the supporting partners that have it; an unapproved one has none."""
    named = {
        each: partners[each][duty] for each in sorted(partner["supporting_partners"]) if _is_approved(partners[each])
    }
    for state in ("met", "promised"):
        if partner[duty] == state:
            return None
        if found := tuple(each for each, of_other in named.items() if of_other == state):
            return _State(state, found)
    return None


def _is_approved(partner: Mapping[Hashable, Any]) -> bool:
    return bool(partner["approval"] != "not approved")
