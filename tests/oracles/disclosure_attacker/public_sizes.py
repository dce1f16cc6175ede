"""Public grade sizes: how many students each school has in each grade and year, exactly, as CCD publishes them."""

from __future__ import annotations

import numpy as np
import pandas as pd

SIZE_COLUMNS = ["school_id", "grade", "year", "students", "is_whole"]
NEWCOMERS = 0.06  # of those who arrive, where the file does not follow the next year


def public_sizes(flows: pd.DataFrame, *, seed: int = 0) -> pd.DataFrame:
    """
    Work out the public sizes behind an exact table of flows.

    Parameters
    ----------
    flows
        Exact, ``students`` complete: who leaves is in a row without destination.
    seed
        Of the newcomers in grades that the file does not follow.

    Returns
    -------
    sizes
        ``school_id``, ``grade``, ``year``, ``students``. ``is_whole``: the rows of the file add up to the size, since
        all students of the grade are in it.
    """
    left = flows.groupby(["origin", "grade", "year"], dropna=False)["students"].sum()
    left.index.names = ["school_id", "grade", "year"]
    arrivals = flows.dropna(subset=["destination", "next_grade"])
    arrived = arrivals.groupby(["destination", "next_grade", "year"])["students"].sum().reset_index()
    arrived = arrived.set_axis(["school_id", "grade", "year", "students"], axis="columns")
    came = arrived.assign(year=arrived["year"] + 1).set_index(["school_id", "grade", "year"])["students"]
    both = pd.DataFrame({"left": left, "came": came})
    newcomers = np.random.default_rng(seed).poisson(NEWCOMERS * both["came"].fillna(0.0))
    students = both["left"].fillna(both["came"] + newcomers)
    students = students.clip(lower=both["came"].fillna(0.0))  # repeaters of a table made of samples
    sizes = both.assign(students=students, is_whole=both["left"] == students).reset_index()
    return sizes[SIZE_COLUMNS]
