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


def groups_of_longer_rates(rates: pd.DataFrame, pairs: pd.DataFrame, is_free: np.ndarray) -> np.ndarray:
    """
    Find the rates of groups whose cohort has a rate after fewer years.

    Parameters
    ----------
    rates
        As for ``coarsen_together``.
    pairs
        Of :func:`pairs_of_cohorts`.
    is_free
        Whether each rate may be made coarser.

    Returns
    -------
    rows
        Positions of rates that may be made coarser: of groups with such a rate, and of all groups of a school, year and
        measure where all students have one.
    """
    whole = rates.groupby(["school_id", "year", "measure"], observed=True).ngroup().to_numpy()
    is_all = (rates["subgroup"] == "all").to_numpy()
    longer = pairs["row_longer"].unique().astype("int64")
    found = np.isin(np.arange(len(rates)), longer) | np.isin(whole, whole[longer[is_all[longer]]])
    return np.flatnonzero(found & is_free & ~is_all)


def what_longer_rates_tell(pairs: pd.DataFrame, protection: RateProtection) -> pd.DataFrame:
    """
    Judge rates after more years beside those of the same cohort after fewer.

    Parameters
    ----------
    pairs
        ``students``, and the counts that each rate, and all of its school and year together, leave possible: ``least``,
        ``most``, ``least_longer``, ``most_longer``.
    protection
        The parameters.

    Returns
    -------
    told
        The pairs with ``is_possible``, whether any counts fit both, and ``is_narrow``, whether they leave a small count
        too few values.
    """
    students, least, most = (pairs[name].to_numpy(dtype="float64") for name in ("students", "least", "most"))
    least_longer, most_longer = (pairs[name].to_numpy(dtype="float64") for name in ("least_longer", "most_longer"))
    # Those who took longer, and those of each rate, as the other one bounds them.
    took_longer = np.maximum(0, least_longer - most), most_longer - least
    narrow = leaves_too_few(students, *took_longer, protection)
    narrow |= most_longer < most
    narrow |= leaves_too_few(students, np.maximum(least, least_longer), most_longer, protection)
    return pairs.assign(is_possible=most_longer >= least, is_narrow=narrow)


def pairs_of_cohorts(rates: pd.DataFrame, students: np.ndarray) -> pd.DataFrame:
    """
    Pair the rates of one cohort: of the same school, group and size.

    They are of one year, or as many years apart as one takes longer: a state gives the rates of a cohort under the year
    in which it should have graduated, or each under its own.

    Parameters
    ----------
    rates
        As for ``coarsen_together``.
    students
        True sizes [students].

    Returns
    -------
    pairs
        ``students``, and positions of the rates: ``row`` after fewer years, ``row_longer`` after more.
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
