"""Which limits a plan would break with one option more, or with one in place of another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from scipy.sparse import csc_array

from clustering.capacity.plan_years.model import YearModel
from clustering.capacity.plan_years.options import uses_capacity
from clustering.capacity.plan_years.tolerances import SCHOOLS


@dataclass(frozen=True, kw_only=True, eq=False)
class RowUse:
    """
    A plan and what it uses of each limit.

    Parameters
    ----------
    model
        What it answers.
    chosen
        ``(n_options,)``: the plan.
    columns
        Use of the limits, option by option.
    use
        ``(n_rows,)``: of the plan.
    """

    model: YearModel
    chosen: np.ndarray
    columns: csc_array
    use: np.ndarray

    def broken_by(self, options: np.ndarray, *, instead_of: np.ndarray | None = None) -> pd.DataFrame:
        """
        Find the limits that each of some options would break if it came in alone.

        Parameters
        ----------
        options
            ``(n,)``: positions of the options, each once.
        instead_of
            ``(n,)``: positions of those that go out for them; ``None``: none does.

        Returns
        -------
        broken
            A row for each option and each limit that it breaks, in the order of the options and then of the limits:
            ``option``, the labels of the limit, and ``missing``: by how much it is broken, in its own unit.
        """
        rows, change = self.model.rows, self.columns[:, options]
        if instead_of is not None:
            change = change - self.columns[:, instead_of]
        change = csc_array(change)
        change.sort_indices()
        row, option = change.indices, np.repeat(options, np.diff(change.indptr))
        use = self.use[row] + change.data
        missing = np.maximum(use - rows.upper[row], rows.lower[row] - use)
        is_broken = missing > SCHOOLS
        labels: pd.DataFrame = rows.labels.iloc[row[is_broken]].reset_index(drop=True)
        return labels.assign(option=option[is_broken], missing=missing[is_broken])

    def limits_broken_by(
        self, options: np.ndarray, *, instead_of: np.ndarray | None = None
    ) -> dict[int, list[dict[Any, Any]]]:
        """
        Find the limits that each of some options would break if it came in alone, option by option.

        Parameters
        ----------
        options
            ``(n,)``: positions of the options, each once.
        instead_of
            ``(n,)``: positions of those that go out for them; ``None``: none does.

        Returns
        -------
        limits
            By option: the rows of :meth:`broken_by`. Options that break no limit are left out.
        """
        limits: dict[int, list[dict[Any, Any]]] = {}
        for limit in self.broken_by(options, instead_of=instead_of).to_dict("records"):
            limits.setdefault(limit["option"], []).append(limit)
        return limits

    @cached_property
    def chosen_of_partner(self) -> Mapping[str, list[dict[Any, Any]]]:
        """
        Options of the plan by partner: rows of the table of options.

        Each has ``uses_capacity`` and ``has_grown`` too: truth values by fall.
        """
        options = self.model.options.only(self.chosen)
        table = options.table.assign(
            uses_capacity=list(uses_capacity(options, self.model.request)), has_grown=list(options.calendar.has_grown)
        )
        return {str(partner): rows.to_dict("records") for partner, rows in table.groupby("partner_id")}


def use_of_rows(model: YearModel, chosen: np.ndarray) -> RowUse:
    """
    Add up what a plan uses of each limit.

    Parameters
    ----------
    model
        The model.
    chosen
        ``(n_options,)``: the plan.

    Returns
    -------
    row_use
        Ready to ask which limits a change would break.
    """
    return RowUse(
        model=model,
        chosen=chosen,
        columns=csc_array(model.rows.usage),
        use=model.rows.usage @ chosen.astype("float64"),
    )
