"""Which limits a plan would break with one option more, or with one in place of another."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.sparse import csc_array

from clustering.capacity.plan_years.model import YearModel
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

    def broken_with(self, option: int, *, instead_of: int | None = None) -> pd.DataFrame:
        """
        Find the limits that would be broken.

        Parameters
        ----------
        option
            Position of the option that comes in.
        instead_of
            Position of the one that goes out; ``None``: none does.

        Returns
        -------
        broken
            Labels of the rows, and ``missing``: by how much each is broken, in its own unit.
        """
        rows = self.model.rows
        change = self.columns[:, [option]]
        if instead_of is not None:
            change = change - self.columns[:, [instead_of]]
        change = csc_array(change)
        touched = change.indices
        use = self.use[touched] + change.data
        missing = np.maximum(use - rows.upper[touched], rows.lower[touched] - use)
        is_broken = missing > SCHOOLS
        order = np.argsort(touched[is_broken])
        broken = rows.labels.iloc[touched[is_broken][order]]
        return pd.DataFrame(broken.assign(missing=missing[is_broken][order]))


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
