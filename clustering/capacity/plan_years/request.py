"""A request for a multi-year plan, checked, with everything that the model and the audit look up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from clustering.capacity.matching.eligibility import YEARLY_OBSTACLES
from clustering.capacity.matching.free_capacity import free_schools, start_fall
from clustering.capacity.matching.locks import Locks, read_locks
from clustering.capacity.matching.pairs import pair_zones
from clustering.capacity.matching.variants import need_of_variants
from clustering.capacity.need.zone_needs import ZoneNeeds
from clustering.capacity.plan_years.parameters import PlanYearsParameters
from clustering.capacity.register.register import Register
from clustering.errors import InputError, Problem
from clustering.model.validation_errors import did_you_mean
from clustering.zones.parameters import parameter_problem


@dataclass(frozen=True, kw_only=True, eq=False)
class YearRequest:
    """
    What a plan is made of.

    Parameters
    ----------
    needs, register, parameters
        As given.
    falls
        ``(n_falls,)``: the school years looked at, one after another.
    last_start
        Last fall in which a Zone may start.
    need_of_variants
        Need of each variant, by id; missing where unknown.
    pairs
        As of ``pair_zones``, with ``obstacles`` that hold in every year only, and ``school_count``, ``school_ids``,
        ``is_part``, ``students`` and ``need`` of the variant (the last two missing where unknown), ``earliest_start``
        (Int64, missing: any) and ``contract_years`` (int64) of the partner, and ``most_renewals`` (how often its
        contract may be renewed).
    locks
        As checked.
    exits
        Zone to the fall from which no partner runs it.
    free_schools
        Partners (rows) and falls (columns): schools that the partner can take on, growth apart; missing where unknown.
    ceilings
        The same with all the growth that the partner can ever have; infinite where the register names no ceiling.
    growth_shares
        By partner: more schools for each school run for two years; 0 without growth.
    budgets
        ``(n_falls,)`` [dollars]; infinite without a limit.
    """

    needs: ZoneNeeds
    register: Register
    parameters: PlanYearsParameters
    falls: np.ndarray
    last_start: int
    need_of_variants: pd.Series
    pairs: pd.DataFrame
    locks: Locks
    exits: Mapping[str, int]
    free_schools: pd.DataFrame
    ceilings: pd.DataFrame
    growth_shares: pd.Series
    budgets: np.ndarray


def build_year_request(
    needs: ZoneNeeds,
    register: Register,
    parameters: PlanYearsParameters | Mapping[str, object] | None = None,
    *,
    start_years: int | None = None,
) -> YearRequest:
    """
    Check a request and look up what it is made of.

    Parameters
    ----------
    needs, register
        What there is.
    parameters
        What is asked; names and values do too. ``None`` means the defaults.
    start_years
        Years in which Zones may start; then every year until the last contract ends is looked at, and the last budget
        of a list holds for every year after it. ``None``: the years of the plan, and no others.

    Returns
    -------
    request
        Ready for the model.

    Raises
    ------
    InputError
        No fall to start with is known, or a lock or an exit names what there is not: all problems at once.
    """
    parameters = PlanYearsParameters.given(parameters)
    first = start_fall(needs, parameters)
    need = need_of_variants(needs, parameters)
    pairs = yearly_pairs(needs, register, parameters, need)
    exits, problems = _read_exits(needs, parameters)
    if first is None:
        message = "The files do not say which school year is the newest."
        problems.append(
            parameter_problem("start_year", None, message, "Give the first fall of the plan, such as 2026.")
        )
    locks = _read_locks(pairs, parameters, problems)
    if problems or first is None or locks is None:
        raise InputError(problems)
    ends = 0 if start_years is None or pairs.empty else int(pairs["contract_years"].max()) - 1
    falls = np.arange(first, first + (start_years or parameters.years) + ends)
    free = _free_by_fall(register, falls)
    return YearRequest(
        needs=needs,
        register=register,
        parameters=parameters,
        falls=falls,
        last_start=first + (start_years or parameters.years) - 1,
        need_of_variants=need,
        pairs=pairs,
        locks=locks,
        exits=exits,
        free_schools=free,
        ceilings=_ceilings(register, free),
        growth_shares=_growth_shares(register, parameters),
        budgets=_budgets(parameters, len(falls)),
    )


def yearly_pairs(
    needs: ZoneNeeds, register: Register, parameters: PlanYearsParameters, need: pd.Series
) -> pd.DataFrame:
    """
    Pair variants and partners, with the obstacles that hold in every year only.

    Parameters
    ----------
    needs, register, parameters
        The request.
    need
        Of each variant, by id.

    Returns
    -------
    pairs
        As ``YearRequest.pairs``.
    """
    pairs = pair_zones(needs, register, parameters)
    variants = needs.variants.assign(need=need, is_part=needs.variants["variant"] == "part")
    partners = register.partners
    columns = ["school_count", "school_ids", "is_part", "students", "need"]
    variant = variants.index.get_indexer(pd.Index(pairs["variant_id"]))
    partner = partners.index.get_indexer(pd.Index(pairs["partner_id"]))
    lasting = [tuple(each for each in row if each not in YEARLY_OBSTACLES) for row in pairs["obstacles"]]
    contract = partners["contract_years"].astype("Int64").fillna(parameters.contract_years).astype("int64")
    return pairs.assign(
        obstacles=pd.Series(lasting, index=pairs.index, dtype="object"),
        **{name: variants[name].array[variant] for name in columns},
        earliest_start=partners["earliest_start"].array[partner],
        contract_years=contract.array[partner],
        most_renewals=parameters.renewals,
    )


def _read_locks(pairs: pd.DataFrame, parameters: PlanYearsParameters, problems: list[Problem]) -> Locks | None:
    """Locks as matching reads them; what is wrong with them joins the other problems."""
    try:
        return read_locks(pairs, parameters)
    except InputError as error:
        problems.extend(error.problems)
        return None


def _free_by_fall(register: Register, falls: np.ndarray) -> pd.DataFrame:
    """Schools that partners can take on in each fall; where the register names no years, one answer holds for all."""
    if register.capacities.empty:
        always = free_schools(register, None)
        return pd.DataFrame(dict.fromkeys(falls, always)).sort_index()
    return pd.DataFrame({fall: free_schools(register, int(fall)) for fall in falls}).sort_index()


def _ceilings(register: Register, free: pd.DataFrame) -> pd.DataFrame:
    """Schools that a partner can take on at most, however much it grows; never fewer than without growth."""
    partners = register.partners.reindex(free.index)
    ceiling = pd.to_numeric(partners["growth_ceiling"]).astype("float64").fillna(np.inf)
    now = pd.to_numeric(partners["schools_now"]).astype("float64")
    grown = np.maximum(free.to_numpy(), (ceiling - now).to_numpy()[:, None])
    return pd.DataFrame(grown, index=free.index, columns=free.columns)


def _growth_shares(register: Register, parameters: PlanYearsParameters) -> pd.Series:
    shares = pd.to_numeric(register.partners["growth_share"]).astype("float64").fillna(0.0).sort_index()
    return shares if parameters.growth else shares * 0.0


def _budgets(parameters: PlanYearsParameters, count: int) -> np.ndarray:
    amounts = parameters.budgets_dollars
    if amounts:
        return np.array([amounts[min(position, len(amounts) - 1)] for position in range(count)], dtype="float64")
    return np.full(count, np.inf if parameters.budget_dollars is None else parameters.budget_dollars)


def _read_exits(needs: ZoneNeeds, parameters: PlanYearsParameters) -> tuple[dict[str, int], list[Problem]]:
    exits: dict[str, int] = {}
    problems: list[Problem] = []
    for text in parameters.exits:
        zone, _, fall = (part.strip() for part in text.rpartition("="))
        problems += _exit_problems(text, zone, fall, needs)
        if not problems and exits.setdefault(zone, int(fall)) != int(fall):
            message = "The Zone has another exit too."
            problems.append(parameter_problem("exits", text, message, "Give one exit for each Zone."))
    return exits, problems


def _exit_problems(text: str, zone: str, fall: str, needs: ZoneNeeds) -> Iterator[Problem]:
    if not (fall.isascii() and fall.isdigit() and 1900 <= int(fall) <= 2200):
        remedy = "Write zone=fall, such as 0450=2029."
        yield parameter_problem("exits", text, "The exit does not name a Zone and a fall.", remedy)
    elif zone not in needs.zones.index:
        remedy = f"{did_you_mean(zone, needs.zones.index)}Give the id of a Zone, leading zeros included."
        yield parameter_problem("exits", text, "There is no Zone with this identifier.", remedy)
