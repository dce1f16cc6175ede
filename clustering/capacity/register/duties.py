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
from typing import Any

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
    partners = register.partners.assign(partner_id=register.partners.index).to_dict("index")
    lead = register.partners.index[is_lead(register.partners)]
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
    stated = register.partners[list(DUTIES)]
    described = describe_duties(register)
    by_partner = described["state"].to_numpy().reshape(-1, len(DUTIES))
    states = pd.DataFrame(by_partner, index=described["partner_id"][:: len(DUTIES)], columns=list(DUTIES))
    return states.reindex(stated.index).astype("str").fillna(stated)


def _describe(partners: Partners, partner: Mapping[Hashable, Any], duty: str) -> dict[str, object]:
    partner_id, name, stated = str(partner["partner_id"]), str(partner["name"]), str(partner[duty])
    row = {"partner_id": partner_id, "name": name, "duty": duty, "stated": stated}
    label = duty.replace("_", " ")
    if duty == "accountability":
        return row | _accountability(partner)
    if duty in SUPPORTED_DUTIES and (found := _better_supporters(partners, partner, duty)):
        state, supporters = found
        names = ", ".join(f"{partners[each]['name']} ({each})" for each in supporters)
        sentence = f"{label.capitalize()} of {name}: {state} by its supporting partner {names}, not by itself."
        return row | {"state": state, "by": supporters, "sentence": sentence}
    sentence = _SAID[stated].format(name=name, duty=label, definition=DUTY_DEFINITIONS[duty])
    return row | {"state": stated, "by": _own(partner_id, stated), "sentence": sentence}


def _accountability(partner: Mapping[Hashable, Any]) -> dict[str, object]:
    partner_id, name = str(partner["partner_id"]), str(partner["name"])
    stated, years = partner["accountability"], partner["contract_years"]
    definition = DUTY_DEFINITIONS["accountability"]
    if stated == "met" and pd.notna(years):
        if not SHORTEST_CONTRACT_YEARS <= years <= LONGEST_CONTRACT_YEARS:
            sentence = (
                f"The register says that {name} meets accountability, but its contract of {years} years is not"
                f" {definition}: the duty counts as promised."
            )
            return {"state": "promised", "by": (partner_id,), "sentence": sentence}
        sentence = f"{name} meets accountability, as the register says: its contract is of {years} years."
        return {"state": "met", "by": (partner_id,), "sentence": sentence}
    sentence = _SAID[stated].format(name=name, duty="accountability", definition=definition)
    return {"state": stated, "by": _own(partner_id, stated), "sentence": sentence}


def _better_supporters(
    partners: Partners, partner: Mapping[Hashable, Any], duty: str
) -> tuple[str, tuple[str, ...]] | None:
    """A better state than the partner's own, and the supporting partners that have it; an unapproved one has none."""
    named = {
        each: partners[each][duty] for each in sorted(partner["supporting_partners"]) if _is_approved(partners[each])
    }
    for state in ("met", "promised"):
        if partner[duty] == state:
            return None
        if found := tuple(each for each, of_other in named.items() if of_other == state):
            return state, found
    return None


def _is_approved(partner: Mapping[Hashable, Any]) -> bool:
    return bool(partner["approval"] != "not approved")


def _own(partner_id: str, state: str) -> tuple[str, ...]:
    return (partner_id,) if state in ("met", "promised") else ()
