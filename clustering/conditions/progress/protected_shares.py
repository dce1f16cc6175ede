"""
Shares of people protected as rates of students are, and as the same rates of the dataset.

A share of an indicator is put into the form of ``Scenario.rates`` and goes through ``protect_rates``: one rule, so that
neither says more than the other would.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from clustering.conditions.progress.published_bands import bands_that_stay
from clustering.conditions.progress.rates_of_dataset import (
    is_beside_others,
    rates_of_measures,
    same_rates,
    widened_by_undated,
)
from clustering.disclosure.rates import RateProtection, protect_rates
from clustering.disclosure.rates.size_classes import FEW, class_of_sizes, ends_of_classes
from clustering.model.suppression import SUPPRESSED_HIGH
from clustering.validation.rates.rounded_rates import with_rounding

FROM_FILE = "the file"
FROM_RATES = "rates of the dataset"
WITHOUT_SIZE = "no number of students"
BESIDE_OTHERS = "other rates of the dataset"
NARROW_BAND = "narrow band"
BASES = (FROM_FILE, FROM_RATES, WITHOUT_SIZE, NARROW_BAND, BESIDE_OTHERS)

# Whoever was in a school at all counts in some files; even so, they are seldom twice as many or half as many as those
# enrolled on one day. Bands of a class hold five counts at every greater size too.
LEAST_SHARE_OF_ENROLMENT = 0.5
_KNOWN = ["exact", "range"]
_MOST_STUDENTS = 100_000.0  # more than any school has
SIZES = ["students", "students_low", "students_high"]


def protect_shares(shares: pd.DataFrame, rates: pd.DataFrame, protection: RateProtection) -> pd.DataFrame:
    """
    Protect shares of students and of staff.

    Parameters
    ----------
    shares
        Rows of ``ProgressValues.rows`` of indicators of people, with ``enrolment`` [students] of the school, and
        ``covers_all_students`` of the catalogue.
    rates
        ``Scenario.rates``, exact or protected before.
    protection
        The policy of staff.

    Returns
    -------
    protected
        The same rows: ``status``, ``value`` (the middle of a band), ``low``, ``high`` [shares], :data:`SIZES` (as
        :func:`shown_sizes` answers; missing where the file gives no denominator) and ``basis``, one of :data:`BASES`:

        - :data:`FROM_FILE`: the band of the file's own value;
        - :data:`FROM_RATES`: the dataset has the same rate of the school and year, and this is what is shown of it;
        - :data:`WITHOUT_SIZE`: suppressed, as nobody knows of how many it is;
        - :data:`NARROW_BAND`: suppressed, as the file's own band leaves a small count too few values;
        - :data:`BESIDE_OTHERS`: suppressed, as the dataset has rates of parts of these students, such as of groups, and
          none of all of them, and both together could tell too much.
    """
    size = _sizes(shares)
    is_narrow = shares["status"].eq("range") & ~bands_that_stay(shares["low"], shares["high"], size, protection)
    table = _as_rates(shares, size, is_narrow, protection)
    # Each stands alone, and a band holds enough counts at every size of its class: nothing to be checked together
    # (which takes long). So each is of a school of its own, and of no year.
    alone = table.assign(school_id=table.index.astype("str"), year=pd.array([None] * len(table), dtype="Int64"))
    own = protect_rates(alone, protection).assign(school_id=table["school_id"])
    shown = rates_of_measures(rates, shares, protection)
    own = widened_by_undated(own, table, shown, protection)
    sizes = shown_sizes(shares["denominator"], shares["enrolment"], protection)
    is_without = size.isna() & shares["status"].isin(_KNOWN)
    protected = shares.assign(
        **{name: own[name].to_numpy() for name in ("status", "low", "high")},
        value=_middle(own).to_numpy(),
        **sizes.mask(own["status"].eq("suppressed").set_axis(shares.index)),
        basis=np.select([is_without, is_narrow], [WITHOUT_SIZE, NARROW_BAND], default=FROM_FILE),
    )
    protected = _suppressed(protected, is_beside_others(shares, rates))
    same = same_rates(shares, shown)
    is_same = same["status"].notna()
    of_same = shown_sizes(same["size"], shares["enrolment"], protection)
    taken = same.assign(value=_middle(same), **of_same, basis=FROM_RATES)
    names = ["status", "value", "low", "high", *SIZES, "basis"]
    protected.loc[is_same, names] = taken.loc[is_same, names]
    return protected


def shown_sizes(students: pd.Series, enrolment: pd.Series, protection: RateProtection) -> pd.DataFrame:
    """
    Say about how many students are in the class of each size.

    Parameters
    ----------
    students
        Exact sizes.
    enrolment
        Students of the schools; missing allowed.
    protection
        The classes.

    Returns
    -------
    sizes
        ``students_low`` and ``students_high``, the ends of the class, and ``students``, its middle in tens; for this
        the class ends at the enrolment, which is public. All missing below the minimum.
    """
    classes = class_of_sizes(students.to_numpy(dtype="float64"), protection)
    least, most = ends_of_classes(classes, protection)
    enrolled = enrolment.to_numpy(dtype="float64")
    bounded = np.where(np.isfinite(most), most, least)
    top = np.where(np.isnan(enrolled), bounded, np.clip(enrolled, least, most))
    middle, most = np.round((least + top) / 20) * 10, np.minimum(most, _MOST_STUDENTS)
    sizes = {"students": middle, "students_low": least, "students_high": most}
    return pd.DataFrame(sizes, index=students.index).mask(pd.Series(classes == FEW, students.index))


def _sizes(shares: pd.DataFrame) -> pd.Series:
    """Size of the group that each share is protected as; missing where nothing tells it."""
    enrolled = np.floor(shares["enrolment"] * LEAST_SHARE_OF_ENROLMENT).where(shares["covers_all_students"])
    size: pd.Series = shares["denominator"].fillna(enrolled).clip(lower=1)
    return size


def _as_rates(shares: pd.DataFrame, size: pd.Series, is_narrow: pd.Series, protection: RateProtection) -> pd.DataFrame:
    """Shares in the form of ``Scenario.rates``, each indicator a measure; narrow bands, and no size: suppressed."""
    is_counted = shares["numerator"].notna() & shares["denominator"].notna() & (shares["status"] == "exact")
    # "Fewer than ten of 98": at most nine, of the least size of the class.
    is_few = shares["status"].eq("suppressed") & (shares["low"] > 0) & shares["denominator"].notna()
    least, _ = ends_of_classes(class_of_sizes(size.to_numpy(dtype="float64"), protection), protection)
    hidden = (size.isna() & shares["status"].eq("exact")) | is_narrow
    whole = shares[["numerator", "denominator"]].where(is_counted, 0).astype("int64").astype("str")
    number = (100 * shares["value"]).map("{:.10g}%".format)
    cohort = size.round().astype("Int64")
    rates = pd.DataFrame(
        {
            "school_id": shares["school_id"].astype("str"),
            "year": shares["year"].astype("Int64"),
            "measure": shares["indicator_id"].astype("str"),
            "subgroup": "all",
            "grade": "all",
            "cohort_students": cohort,
            "cohort_at_most": cohort,
            "low": shares["low"].mask(hidden | is_few, 0.0),
            "high": shares["high"].mask(is_few, (SUPPRESSED_HIGH / least).clip(max=1)).mask(hidden, 1.0),
            "exact": shares["value"].mask(hidden),
            "status": shares["status"].mask(is_few, "range").mask(hidden, "suppressed").astype("str"),
            "text": (whole["numerator"] + " of " + whole["denominator"]).where(is_counted, number).astype("str"),
        }
    ).reset_index(drop=True)
    return with_rounding(rates)


def _suppressed(protected: pd.DataFrame, hidden: pd.Series) -> pd.DataFrame:
    hidden = hidden & protected["status"].isin(_KNOWN)
    return protected.assign(
        status=protected["status"].mask(hidden, "suppressed"),
        value=protected["value"].mask(hidden),
        low=protected["low"].mask(hidden, 0.0),
        high=protected["high"].mask(hidden, 1.0),
        **protected[SIZES].mask(hidden),
        basis=protected["basis"].mask(hidden, BESIDE_OTHERS),
    )


def _middle(rates: pd.DataFrame) -> pd.Series:
    """What is shown of a rate as one number; missing where nothing is known."""
    middle = rates["exact"].fillna((rates["low"] + rates["high"]) / 2)
    return middle.where(rates["status"].isin(_KNOWN))
