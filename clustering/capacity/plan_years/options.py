"""The options of a multi-year plan: every variant, partner, start and renewals that nothing rules out by itself."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from clustering.capacity.plan_years.calendar import OptionCalendar, calendar_of_options
from clustering.capacity.plan_years.request import YearRequest
from clustering.capacity.plan_years.tolerances import DOLLARS, SCHOOLS

_ORDER = ["zone_id", "variant_id", "partner_id", "start_fall", "renewals"]
_COLUMNS = "contract_years exit_fall school_count school_ids is_part students need preference cost_dollars".split()


@dataclass(frozen=True, kw_only=True, eq=False)
class YearOptions:
    """
    Options and their school years.

    Parameters
    ----------
    table
        A row per option, sorted by the first five: ``zone_id``, ``variant_id``, ``partner_id``, ``start_fall``,
        ``renewals`` (how often the contract is renewed), ``contract_years`` (of each contract), ``exit_fall`` (the
        first fall in which the Zone is no longer run), ``school_count``, ``school_ids`` (tuple),
        ``is_part``, ``students`` (missing where unknown), ``need`` (0 where it is unknown), ``years_served`` (falls
        looked at in which it is run), ``preference``, ``cost_dollars`` (a year at full cost).
    calendar
        In the order of the table.
    """

    table: pd.DataFrame
    calendar: OptionCalendar

    def only(self, kept: np.ndarray) -> YearOptions:
        """Keep some options, by position or by truth value."""
        return YearOptions(
            table=self.table.iloc[kept].reset_index(drop=True), calendar=self.calendar.with_options(kept)
        )


def build_options(request: YearRequest) -> YearOptions:
    """
    List the options of a request.

    Parameters
    ----------
    request
        The request.

    Returns
    -------
    options
        Those that keep every limit when nothing else is in the plan, growth by other Zones apart. A Zone whose need is
        unknown or 0 has options only if a lock asks for it.
    """
    every = options_of_pairs(request, sought_pairs(request))
    return every.only(fits_partner(every, request) & fits_budget(every, request))


def options_of_pairs(request: YearRequest, pairs: pd.DataFrame) -> YearOptions:
    """
    List the options of some pairs, whether or not capacity and budget do for them.

    Parameters
    ----------
    request
        The request.
    pairs
        Of ``request.pairs``.

    Returns
    -------
    options
        Each pair with each fall in which it can start, and each number of renewals that begin within the plan.
    """
    options = _with_renewals(request, _all_starts(request, pairs))
    calendar = calendar_of_options(options, request.falls, request.parameters)
    return YearOptions(table=options.assign(years_served=calendar.in_service.sum(axis=1)), calendar=calendar)


def sought_pairs(request: YearRequest) -> pd.DataFrame:
    """Pick the pairs that nothing rules out in every year, and that bring something or are locked."""
    pairs, locks = request.pairs, request.locks
    is_sought = (pairs["need"] > 0) | pairs["zone_id"].isin(locks.served_zones)
    is_free = pairs["obstacles"].map(len) == 0
    return pairs[is_sought & is_free & ~pairs["zone_id"].isin(locks.unserved)]


def fits_partner(options: YearOptions, request: YearRequest) -> np.ndarray:
    """
    Tell which options keep the capacity of their partner when nothing else is in the plan.

    Parameters
    ----------
    options
        Any.
    request
        The request.

    Returns
    -------
    fits
        Truth value of each option. A partner with growth is taken for grown as far as it ever can.
    """
    most = np.where((request.growth_shares > 0).to_numpy()[:, None], request.ceilings, request.free_schools)
    row = request.free_schools.index.get_indexer(pd.Index(options.table["partner_id"]))
    uses = uses_capacity(options, request)
    schools = options.table["school_count"].to_numpy("float64")[:, None]
    return np.asarray((~uses | (schools <= most[row] + SCHOOLS)).all(axis=1))


def fits_budget(options: YearOptions, request: YearRequest) -> np.ndarray:
    """Whether the option alone keeps the budget of each fall."""
    costs, budgets = options.calendar.costs, request.budgets
    if request.parameters.carry_over:
        costs, budgets = costs.cumsum(axis=1), budgets.cumsum()
    return np.asarray((costs <= budgets + DOLLARS).all(axis=1))


def uses_capacity(options: YearOptions, request: YearRequest) -> np.ndarray:
    """``(n_options, n_falls)``: whether the option takes schools of its partner's capacity."""
    phase = options.calendar.phase
    uses: np.ndarray = phase > 0 if request.parameters.planning_uses_capacity else options.calendar.in_service
    return uses


def _all_starts(request: YearRequest, pairs: pd.DataFrame) -> pd.DataFrame:
    """Each pair with each fall in which it can start."""
    first = int(request.falls[0]) + request.parameters.planning_years
    starts = np.arange(first, request.last_start + 1)
    options = pairs.iloc[np.repeat(np.arange(len(pairs)), len(starts))].assign(start_fall=np.tile(starts, len(pairs)))
    no_exit = int(options["start_fall"].max() if len(options) else 0) + 100
    exits = options["zone_id"].map(request.exits).astype("float64").fillna(no_exit).astype("int64")
    earliest = options["earliest_start"].astype("Int64").fillna(first).astype("int64")
    options = options.assign(need=options["need"].fillna(0.0), exit_at_most=exits)
    return options[(options["start_fall"] >= earliest) & (exits > options["start_fall"])]


def _with_renewals(request: YearRequest, options: pd.DataFrame) -> pd.DataFrame:
    """
    Each start with each number of renewals.

    None is left out for being worse than another: one renewal more serves longer, and one less leaves more room and
    money to others.
    """
    ends = np.minimum(request.last_start + 1, options["exit_at_most"])
    most = (ends - options["start_fall"] - 1) // options["contract_years"]
    count = np.minimum(most, options["most_renewals"]).to_numpy("int64") + 1
    options = options.iloc[np.repeat(np.arange(len(options)), count)]
    renewals = np.arange(count.sum()) - np.repeat(count.cumsum() - count, count)
    end = options["start_fall"] + options["contract_years"] * (1 + renewals)
    options = options.assign(renewals=renewals, exit_fall=np.minimum(end, options["exit_at_most"]))
    return options.sort_values(_ORDER)[[*_ORDER, *_COLUMNS]].reset_index(drop=True)
