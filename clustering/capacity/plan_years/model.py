"""The multi-year plan as a choice of options: what each adds to each aim, in order of importance."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np

from clustering.capacity.plan_years.options import YearOptions, build_options
from clustering.capacity.plan_years.request import YearRequest
from clustering.capacity.plan_years.rows import LimitRows, build_rows
from clustering.capacity.plan_years.tolerances import DOLLARS_PER_UNIT
from clustering.capacity.solver import AssignmentModel


@dataclass(frozen=True, kw_only=True, eq=False)
class YearModel:
    """
    A request as a choice.

    Parameters
    ----------
    request
        The request.
    options
        What may be chosen.
    rows
        The limits.
    objectives
        ``(n_aims, n_options)``: what each option adds to the aims, in order of importance: need served; need (at
        least 1) times the falls from the start to the end of the plan; where need counts once, need times the falls in
        which it is served; preferences met; less the cost of all contracts [millions of dollars], so that a late start
        saves nothing; less a number between 0 and 1 that depends on the option's ids, fall and renewals
        alone, so that there is one best choice.
    """

    request: YearRequest
    options: YearOptions
    rows: LimitRows
    objectives: np.ndarray

    @property
    def assignment(self) -> AssignmentModel:
        """The choice with the first aim as its values."""
        rows = self.rows
        return AssignmentModel(values=self.objectives[0], usage=rows.usage, lower=rows.lower, upper=rows.upper)


def build_year_model(request: YearRequest) -> YearModel:
    """
    Write a request as a choice.

    Parameters
    ----------
    request
        The request.

    Returns
    -------
    model
        The same whatever the order of the rows of needs and register.
    """
    options = build_options(request)
    return YearModel(
        request=request,
        options=options,
        rows=build_rows(options, request),
        objectives=_objectives(options, request),
    )


def _objectives(options: YearOptions, request: YearRequest) -> np.ndarray:
    table, calendar = options.table, options.calendar
    by_year = table["need"] * table["years_served"]
    earliness = np.maximum(table["need"], 1.0) * (int(request.falls[-1]) + 1 - table["start_fall"])
    is_by_year = request.parameters.count_by == "years served"
    ids = zip(table["variant_id"], table["partner_id"], table["start_fall"], table["renewals"], strict=True)
    return np.vstack(
        [
            *([by_year, earliness] if is_by_year else [table["need"], earliness, by_year]),
            table["preference"],
            -(calendar.costs.sum(axis=1) + calendar.cost_afterwards) / DOLLARS_PER_UNIT,
            [-_tie_number(*each) for each in ids],
        ]
    ).astype("float64")


def _tie_number(variant_id: str, partner_id: str, start_fall: int, renewals: int) -> float:
    """A number between 0 and 1 that depends on the ids, the fall and the renewals only."""
    text = f"{len(variant_id)} {variant_id} {partner_id} {start_fall} {renewals}"
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=6).digest()) / 2**48
