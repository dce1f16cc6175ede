"""Single changes of a request for a match: one school, partner, year or million more, an approval, a duty made good."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd

from clustering.capacity.matching.instance import MatchInstance
from clustering.capacity.matching.parameters import MatchParameters
from clustering.capacity.matching.request_changes import with_approval, with_duty, with_more_schools
from clustering.capacity.need.district_names import name_district
from clustering.capacity.register.register import DUTIES, Register

ChangeKind = Literal["school", "partner", "year", "dollars", "approval", "duty"]
KINDS: tuple[ChangeKind, ...] = ("school", "partner", "year", "dollars", "approval", "duty")
MORE_DOLLARS = 1_000_000.0


@dataclass(frozen=True, kw_only=True)
class NewPartner:
    """
    The partner that a district without enough of them is given for a trial.

    Parameters
    ----------
    schools
        That it can run.
    reach_km
        From the middle of the Zones of the district that are unserved.
    levels
        That it serves; empty: all.
    cost_per_school
        [dollars a year]; ``None``: the default of the request.
    """

    schools: int = 10
    reach_km: float = 80.0
    levels: tuple[str, ...] = ()
    cost_per_school: float | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Change:
    """
    A request with one change.

    Parameters
    ----------
    kind
        What there is one more of.
    partner_id, district_id
        Of whom or where; ``None`` where it is not said.
    duties
        That are made good.
    register, parameters
        The request with the change.
    """

    kind: ChangeKind
    partner_id: str | None = None
    district_id: str | None = None
    duties: tuple[str, ...] = ()
    register: Register
    parameters: MatchParameters


def list_changes(
    instance: MatchInstance, unserved: pd.Index, kinds: tuple[ChangeKind, ...], new_partner: NewPartner
) -> Iterator[Change]:
    """
    List the changes of a request.

    Parameters
    ----------
    instance
        The request.
    unserved
        Ids of the Zones that have no partner and a need.
    kinds
        Of change.
    new_partner
        Features of a new partner.

    Yields
    ------
    change
        By kind in their order, then by id.
    """
    listers = {
        "school": lambda: _more_schools(instance),
        "partner": lambda: _new_partners(instance, unserved, new_partner),
        "year": lambda: _earlier_starts(instance),
        "dollars": lambda: _more_dollars(instance),
        "approval": lambda: _approvals(instance),
        "duty": lambda: _duties_made_good(instance),
    }
    for kind in kinds:
        yield from listers[kind]()


def _running(instance: MatchInstance) -> pd.DataFrame:
    """Partners that run Zones and whose capacity is known."""
    partners = instance.register.partners
    return partners[(partners["kind"] != "supporting partner") & instance.free.notna()]


def _more_schools(instance: MatchInstance) -> Iterator[Change]:
    for partner in map(str, _running(instance).index):
        changed = with_more_schools(instance.register, partner, 1)
        yield Change(kind="school", partner_id=partner, register=changed, parameters=instance.parameters)


def _new_partners(instance: MatchInstance, unserved: pd.Index, features: NewPartner) -> Iterator[Change]:
    for district in _districts(instance, unserved):
        changed, partner = _with_partner(instance, unserved, district, features)
        yield Change(
            kind="partner",
            partner_id=partner,
            district_id=district,
            register=changed,
            parameters=instance.parameters,
        )


def _earlier_starts(instance: MatchInstance) -> Iterator[Change]:
    if instance.fall is None:
        return
    register, running = instance.register, _running(instance)
    partners = register.partners
    for partner in running.index[(running["earliest_start"] > instance.fall).fillna(False)]:
        earlier = partners["earliest_start"].where(partners.index != partner, partners["earliest_start"] - 1)
        changed = replace(register, partners=partners.assign(earliest_start=earlier))
        yield Change(kind="year", partner_id=str(partner), register=changed, parameters=instance.parameters)


def _more_dollars(instance: MatchInstance) -> Iterator[Change]:
    parameters = instance.parameters
    if parameters.budget_dollars is not None:
        more = parameters.model_copy(update={"budget_dollars": parameters.budget_dollars + MORE_DOLLARS})
        yield Change(kind="dollars", register=instance.register, parameters=more)


def _approvals(instance: MatchInstance) -> Iterator[Change]:
    parameters, running = instance.parameters, _running(instance)
    if parameters.approvals:
        for partner in map(str, running.index[~running["approval"].isin(parameters.approvals)]):
            changed = with_approval(instance.register, partner, parameters)
            yield Change(kind="approval", partner_id=partner, register=changed, parameters=parameters)


def _duties_made_good(instance: MatchInstance) -> Iterator[Change]:
    """Each partner that lacks duties, with all of these met: one alone would leave it where it is."""
    for partner in map(str, _running(instance).index):
        if duties := instance.lacking_duties[partner]:
            changed = instance.register
            for duty in duties:
                changed = with_duty(changed, partner, duty)
            yield Change(
                kind="duty", partner_id=partner, duties=duties, register=changed, parameters=instance.parameters
            )


def _districts(instance: MatchInstance, unserved: pd.Index) -> list[str]:
    """Districts with a school of an unserved Zone."""
    held = instance.needs.variants.loc[unserved, "district_ids"]
    return sorted({district for each in held for district in each})


def _with_partner(
    instance: MatchInstance, unserved: pd.Index, district: str, features: NewPartner
) -> tuple[Register, str]:
    needs, partners = instance.needs, instance.register.partners
    is_here = needs.variants.loc[unserved, "district_ids"].map(lambda each: district in each)
    home = needs.zones.loc[unserved[is_here.to_numpy(dtype=bool)], ["latitude", "longitude"]].astype("float64").mean()
    partner = f"new-partner-{district}"
    while partner in partners.index:
        partner += "-new"
    row: dict[str, object] = {
        **dict.fromkeys(partners.columns),
        "name": f"A new partner in district {name_district(needs, district)}",
        "kind": "organisation",
        "home_district": district,
        "latitude": home["latitude"],
        "longitude": home["longitude"],
        # Without a known position, it reaches its own district only.
        "reach_districts": () if np.isfinite(home).all() else (district,),
        "reach_km": features.reach_km if np.isfinite(home).all() else np.nan,
        "levels": features.levels,
        "schools_now": 0.0,
        "maximum_schools": float(features.schools),
        "cost_per_school": np.nan if features.cost_per_school is None else features.cost_per_school,
        "approval": (instance.parameters.approvals or ("pre-qualified",))[0],
        **dict.fromkeys(DUTIES, "met"),
        "supporting_partners": (),
        "services": (),
    }
    added = pd.DataFrame([row], index=pd.Index([partner], name=partners.index.name), columns=partners.columns)
    together = {name: pd.concat([partners[name], added[name].astype(partners[name].dtype)]) for name in partners}
    return replace(instance.register, partners=pd.DataFrame(together).sort_index()), partner
