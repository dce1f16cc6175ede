"""The tables of a multi-year plan, from the options that it chooses."""

from __future__ import annotations

import numpy as np
import pandas as pd

from clustering.capacity.matching.eligibility import eligible_partners
from clustering.capacity.plan_years.calendar import (
    INTENSIVE,
    LATER,
    PHASES,
    PLANNING,
    REVIEW_MONTHS,
    contract_falls,
    review_dates,
)
from clustering.capacity.plan_years.options import YearOptions, uses_capacity
from clustering.capacity.plan_years.request import YearRequest
from clustering.capacity.plan_years.tolerances import SCHOOLS

EVENTS = ("review at 18 months", "review at 36 months", "renewal", "exit", "planning", "start")


def starts_of(chosen: YearOptions, request: YearRequest) -> pd.DataFrame:
    """
    Write the Zones that start.

    Parameters
    ----------
    chosen
        The options chosen.
    request
        The request.

    Returns
    -------
    starts
        ``YearPlan.starts`` without its reasons, in the order of the options.
    """
    table, parameters, needs = chosen.table, request.parameters, request.needs
    planning = table["start_fall"].astype("Int64") - parameters.planning_years
    contracts = [contract_falls(*falls) for falls in table[_CONTRACT].itertuples(index=False, name=None)]
    dates = [dict(review_dates(*first, parameters)) for first, *_ in contracts]
    renewal_falls = ["; ".join(str(begin) for begin, _ in renewed) or None for _, *renewed in contracts]
    need_known = table["variant_id"].map(request.need_of_variants)
    return pd.DataFrame(
        {
            "zone_id": table["zone_id"],
            "zone_name": table["zone_id"].map(needs.zones["name"]),
            "variant_id": table["variant_id"],
            "variant": table["variant_id"].map(needs.variants["variant"]),
            "partner_id": table["partner_id"],
            "partner_name": table["partner_id"].map(request.register.partners["name"]),
            "planning_fall": planning if parameters.planning_years else pd.NA,
            **{name: table[name] for name in ("start_fall", "contract_years", "renewals")},
            "renewal_falls": pd.Series(renewal_falls, index=table.index, dtype="str"),
            "last_service_fall": table["exit_fall"] - 1,
            "exit_fall": table["exit_fall"],
            **{
                f"review_{months}_months": pd.Series([each.get(months) for each in dates], dtype="str")
                for months in REVIEW_MONTHS
            },
            "school_count": table["school_count"].astype("int64"),
            "students": table["students"].astype("float64"),
            "need": need_known.astype("float64"),
            "years_served": table["years_served"].astype("int64"),
            "need_years": need_known.astype("float64") * table["years_served"],
            "preferences": table["preference"].astype("int64"),
            "cost_dollars": chosen.calendar.costs.sum(axis=1),
            "cost_afterwards_dollars": chosen.calendar.cost_afterwards,
        }
    ).astype({"planning_fall": "Int64", **dict.fromkeys(_TEXTS, "str")})


def costs_of(chosen: YearOptions) -> pd.DataFrame:
    """Write ``YearPlan.costs``: what each start costs in each school year, and in which phase."""
    option, fall = np.nonzero(chosen.calendar.phase)
    table = chosen.table.iloc[option]
    return pd.DataFrame(
        {
            **{name: table[name].to_numpy() for name in ("variant_id", "zone_id", "partner_id")},
            "fall": chosen.calendar.falls[fall],
            "phase": np.array(PHASES)[chosen.calendar.phase[option, fall]],
            "cost_dollars": chosen.calendar.costs[option, fall],
        }
    ).astype(dict.fromkeys(["variant_id", "zone_id", "partner_id", "phase"], "str"))


def partners_of(chosen: YearOptions, request: YearRequest) -> pd.DataFrame:
    """Write ``YearPlan.partners``: capacity of each partner in each school year, and its use."""
    before_growth = request.free_schools
    schools = chosen.table["school_count"].to_numpy("float64")[:, None]
    row = before_growth.index.get_indexer(pd.Index(chosen.table["partner_id"]))
    used, grown, zones = (np.zeros(before_growth.shape) for _ in range(3))
    np.add.at(used, row, schools * uses_capacity(chosen, request))
    np.add.at(grown, row, schools * chosen.calendar.has_grown)
    np.add.at(zones, row, chosen.calendar.in_service)
    grown = np.floor(grown * request.growth_shares.to_numpy()[:, None] + SCHOOLS)
    free = np.minimum(before_growth + grown, request.ceilings)
    partner, fall = (each.ravel() for each in np.indices(free.shape))
    return pd.DataFrame(
        {
            "partner_id": free.index.to_numpy()[partner],
            "partner_name": request.register.partners["name"].reindex(free.index).to_numpy()[partner],
            "fall": request.falls[fall],
            "schools_before_growth": before_growth.to_numpy().ravel(),
            "schools_grown": (free - before_growth).to_numpy().ravel(),
            "schools_free": free.to_numpy().ravel(),
            "schools_used": used.ravel().astype("int64"),
            "schools_left": (free - used).to_numpy().ravel(),
            "zones_in_service": zones.ravel().astype("int64"),
            "is_eligible": free.index.isin(eligible_partners(request.pairs))[partner],
        }
    ).astype({"partner_id": "str", "partner_name": "str"})


def years_of(chosen: YearOptions, request: YearRequest, partners: pd.DataFrame) -> pd.DataFrame:
    """
    Write ``YearPlan.years``.

    Parameters
    ----------
    chosen
        The options chosen.
    request
        The request.
    partners
        Of :func:`partners_of`.

    Returns
    -------
    years
        A row per school year.
    """
    table, calendar, falls = chosen.table, chosen.calendar, request.falls
    is_run = calendar.in_service
    start, stop, length = (table[name].to_numpy("int64")[:, None] for name in _CONTRACT)
    starts, leaves = start == falls[None, :], stop == falls[None, :]
    by_phase = {
        f"{PHASES[phase]}_cost_dollars": np.where(calendar.phase == phase, calendar.costs, 0.0).sum(axis=0)
        for phase in (PLANNING, INTENSIVE, LATER)
    }
    students = table["students"].astype("float64").to_numpy()
    is_unknown = is_run.any(axis=0) & ~is_run[~np.isnan(students)].any(axis=0)
    eligible = partners["schools_free"].where(partners["is_eligible"])
    sums = ["schools_used", "schools_free", "schools_eligible"]
    by_fall = partners.assign(schools_eligible=eligible).groupby("fall")[sums].sum()
    years = pd.DataFrame(
        {
            "fall": falls,
            "zones_planned": (calendar.phase == PLANNING).sum(axis=0),
            "zones_starting": starts.sum(axis=0),
            "cohort": ["; ".join(table["variant_id"][column]) for column in starts.T],
            "zones_in_service": is_run.sum(axis=0),
            "zones_renewed": (is_run & (falls > start) & ((falls - start) % length == 0)).sum(axis=0),
            "zones_leaving": leaves.sum(axis=0),
            "schools_leaving": table["school_count"].to_numpy("int64") @ leaves,
            "schools_in_service": table["school_count"].to_numpy("int64") @ is_run,
            "students_in_service": np.where(is_unknown, np.nan, np.nan_to_num(students) @ is_run),
            "need_served": table["need"].to_numpy("float64") @ is_run,
            **by_phase,
            "cost_dollars": calendar.costs.sum(axis=0),
            "cumulative_cost_dollars": calendar.costs.sum(axis=0).cumsum(),
            **_money(calendar.costs.sum(axis=0), request),
            **{name: by_fall[name].reindex(falls).fillna(0.0).to_numpy() for name in by_fall.columns},
        }
    )
    return years.astype({"cohort": "str", "schools_used": "int64"})


def timeline_of(starts: pd.DataFrame, request: YearRequest) -> pd.DataFrame:
    """
    Write ``YearPlan.timeline``.

    Parameters
    ----------
    starts
        Of :func:`starts_of`.
    request
        The request.

    Returns
    -------
    timeline
        By date, kind of event and ids.
    """
    month = request.parameters.first_month
    ids = ["zone_id", "variant_id", "partner_id"]
    falls = {"planning": "planning_fall", "start": "start_fall", "exit": "exit_fall"}
    events_of_starts = [
        starts[ids].assign(event=event, date=starts[name].map(lambda fall: f"{fall}-{month:02d}", na_action="ignore"))
        for event, name in falls.items()
    ]
    events_of_starts += [
        _events_of_contracts(start, request)[[*ids, "event", "date"]] for _, start in starts.iterrows()
    ]
    events = pd.concat(events_of_starts).dropna(subset="date")
    events["date"] = events["date"].astype("str")
    years, months_of_year = events["date"].str[:4].astype("int64"), events["date"].str[5:].astype("int64")
    events["fall"] = years - (months_of_year < month)
    events["is_within_plan"] = events["fall"] <= int(request.falls[-1])
    events = events.assign(order=events["event"].map(EVENTS.index)).sort_values(["date", "order", *ids])
    return events[["date", "fall", "event", *ids, "is_within_plan"]].reset_index(drop=True).astype({"event": "str"})


def _events_of_contracts(start: pd.Series, request: YearRequest) -> pd.DataFrame:
    """Renewals of a start, and the reviews of each of its contracts."""
    contracts = contract_falls(*start[_CONTRACT])
    rows = [
        (f"review at {months} months", date)
        for contract in contracts
        for months, date in review_dates(*contract, request.parameters)
    ]
    rows += [("renewal", f"{begin}-{request.parameters.first_month:02d}") for begin, _ in contracts[1:]]
    events = pd.DataFrame(rows, columns=["event", "date"])
    return events.assign(**{name: start[name] for name in ("zone_id", "variant_id", "partner_id")})


_CONTRACT = ["start_fall", "exit_fall", "contract_years"]
_TEXTS = ("zone_id", "zone_name", "variant_id", "variant", "partner_id", "partner_name")


def _money(costs: np.ndarray, request: YearRequest) -> dict[str, np.ndarray]:
    """Budget, what there is with money carried over, and what is left; missing without a limit."""
    budgets = np.where(np.isfinite(request.budgets), request.budgets, np.nan)
    if not request.parameters.carry_over:
        return {"budget_dollars": budgets, "available_dollars": budgets, "left_dollars": budgets - costs}
    left = (budgets - costs).cumsum()
    return {"budget_dollars": budgets, "available_dollars": left + costs, "left_dollars": left}
