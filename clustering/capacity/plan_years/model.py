"""The multi-year plan as a choice of options: what each adds to each aim, in order of importance."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy.sparse import csr_array, vstack

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
        ``(5, n_options)``: what each option adds to the aims, in order of importance: need served, preferences met,
        less cost [millions of dollars], falls from the start to the end of the plan, less a number between 0 and 1
        that depends on the option's ids alone, so that there is one best choice.
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


def without_choices(model: YearModel, choices: list[np.ndarray]) -> YearModel:
    """
    Forbid choices that are known already.

    Parameters
    ----------
    model
        The model.
    choices
        ``(n_options,)`` each.

    Returns
    -------
    model
        With a row for each: at least one option must differ from it.
    """
    rows = model.rows
    use = np.array([np.where(chosen, -1.0, 1.0) for chosen in choices]).reshape(len(choices), -1)
    labels = pd.DataFrame({"kind": "known"}, index=range(len(choices))).astype({"kind": "str"})
    return replace(
        model,
        rows=LimitRows(
            labels=pd.concat([rows.labels, labels], ignore_index=True),
            usage=csr_array(vstack([rows.usage, csr_array(use)], format="csr")),
            lower=np.append(rows.lower, [1.0 - chosen.sum() for chosen in choices]),
            upper=np.append(rows.upper, np.full(len(choices), np.inf)),
        ),
    )


def _objectives(options: YearOptions, request: YearRequest) -> np.ndarray:
    table = options.table
    is_by_year = request.parameters.count_by == "years served"
    times = table["years_served"] if is_by_year else 1.0
    ids = zip(table["variant_id"], table["partner_id"], table["start_fall"], strict=True)
    return np.vstack(
        [
            table["need"] * times,
            table["preference"],
            -options.calendar.costs.sum(axis=1) / DOLLARS_PER_UNIT,
            int(request.falls[-1]) + 1 - table["start_fall"],
            [-_tie_number(*each) for each in ids],
        ]
    ).astype("float64")


def _tie_number(variant_id: str, partner_id: str, start_fall: int) -> float:
    """A number between 0 and 1 that depends on the ids and the fall only."""
    text = f"{len(variant_id)} {variant_id} {partner_id} {start_fall}"
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=6).digest()) / 2**48
