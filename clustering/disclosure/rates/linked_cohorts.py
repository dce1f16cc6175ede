"""
Rates of the same cohort after four, five and six years.

Whoever graduated in four years counts after five as well, so the difference of two rates of one cohort is the number of
those who took longer, which is small. Rates of groups after five and six years are suppressed where those after four
are there too, and what is left, of all students, is made coarser until the difference keeps enough values.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from clustering.disclosure.rates.audit import leaves_too_few
from clustering.disclosure.rates.protection import RateProtection

# In this order: each counts all whom those before it count.
_MEASURES = ("graduation_3year", "graduation_4year", "graduation_5year", "graduation_6year")


def groups_of_longer_rates(rates: pd.DataFrame, students: np.ndarray, is_free: np.ndarray) -> np.ndarray:
    """
    Find the rates of groups whose cohort has a rate after fewer years.

    Parameters
    ----------
    rates, students, is_free
        As for ``coarsen_together``.

    Returns
    -------
    rows
        Positions of rates that may be made coarser.
    """
    pairs = _pairs(rates, students)
    longer = pairs["row_longer"].unique()
    is_group = (rates["subgroup"] != "all").to_numpy()
    return np.asarray(longer[is_free[longer] & is_group[longer]], dtype="int64")


def longer_rates_to_coarsen(
    rates: pd.DataFrame,
    least: np.ndarray,
    most: np.ndarray,
    students: np.ndarray,
    can: np.ndarray,
    protection: RateProtection,
) -> np.ndarray:
    """
    Find the rates after more years that tell too much beside one after fewer.

    Parameters
    ----------
    rates
        As for ``coarsen_together``.
    least, most
        Counts that each rate, and all of its school and year together, leave possible.
    students
        True sizes [students].
    can
        Whether a rate can be made coarser.
    protection
        The parameters.

    Returns
    -------
    rows
        Positions of rates that can be made coarser.
    """
    pairs = _pairs(rates, students)
    fewer, longer = pairs["row"].to_numpy(), pairs["row_longer"].to_numpy()
    least, most, least_longer, most_longer = least[fewer], most[fewer], least[longer], most[longer]
    # Those who took longer, and those of each rate, as the other one bounds them.
    took_longer = np.maximum(0, least_longer - most), most_longer - least
    narrow = leaves_too_few(students[fewer], *took_longer, protection)
    narrow |= most_longer < most
    narrow |= leaves_too_few(students[longer], np.maximum(least, least_longer), most_longer, protection)
    return np.unique(longer[narrow & can[longer]])


def _pairs(rates: pd.DataFrame, students: np.ndarray) -> pd.DataFrame:
    """
    Pair the rates of one cohort: of the same school, group and size.

    They are of one year, or as many years apart as one takes longer: a state gives the rates of a cohort under the year
    in which it should have graduated, or each under its own.
    """
    order = rates["measure"].map({name: number for number, name in enumerate(_MEASURES)})
    table = pd.DataFrame(
        {
            "school_id": rates["school_id"].to_numpy(),
            "subgroup": rates["subgroup"].to_numpy(),
            "students": students,
            "year": rates["year"].to_numpy(dtype="float64", na_value=np.nan),
            "order": order.to_numpy(dtype="float64"),
            "row": np.arange(len(rates)),
        }
    ).dropna()
    if table["order"].nunique() < 2:
        return table.assign(row_longer=table["row"]).iloc[:0]
    pairs = table.merge(table, on=["school_id", "subgroup", "students"], suffixes=("", "_longer"))
    steps, years = pairs["order_longer"] - pairs["order"], pairs["year_longer"] - pairs["year"]
    return pairs[(steps > 0) & ((years == 0) | (years == steps))]
