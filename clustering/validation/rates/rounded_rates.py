"""Rates that a file publishes rounded, as the interval of what they can be: 67 in whole per cents is 66.5 to 67.5."""

from __future__ import annotations

import numpy as np
import pandas as pd

from clustering.model.columns import POINT_MEASURES

# Ten rates that happen to be whole per cents by themselves, though the file gives tenths: one chance in ten billion.
LEAST_ROUNDED_RATES = 10
MOST_DECIMALS = 6  # rates with more digits are quotients as a computer writes them
_EXACT_DIGITS = 12
_NUMBER = r"(?=[.,]?[0-9])[0-9]*(?:[.,](?P<digits>[0-9]*))?\s*(?P<sign>%?)"


def with_rounding(rates: pd.DataFrame, numerators: pd.Series | None = None) -> pd.DataFrame:
    """
    Give rounded rates the ends of what they can be.

    Parameters
    ----------
    rates
        Of one file: ``measure``, ``year``, ``low``, ``high``, ``exact`` [shares], ``status``, ``text`` and
        ``cohort_students``.
    numerators
        Texts of the students of each cohort who are counted, where the file has them beside the rate.

    Returns
    -------
    rates
        ``low`` and ``high`` of each rounded rate are the ends of all rates that round to it, halves up: 67 in whole per
        cents is 66.5 or more and less than 67.5. ``exact`` stays the number as published. A rounded rate beside counts
        that round to it is the rate of these counts: ``8 of 12``.

    Notes
    -----
    The digits of the file tell. The rates of one measure and school year are rounded to as many decimals of a per cent
    as the one with the most decimals has, if there are at least ``LEAST_ROUNDED_RATES`` of them; fewer may all be
    whole by chance. Rates of 0 and 100 per cent do not count, as these are whole however they are rounded. A rate with
    more than ``MOST_DECIMALS`` decimals shows that they are not rounded. A rate made of counts is exact, and so are
    points. A band has the ends that are printed.
    """
    is_number = (rates["status"] == "exact") & ~rates["measure"].isin(POINT_MEASURES)
    decimals = _decimals(rates[is_number])
    numbers = rates.loc[decimals.index, "exact"].to_numpy(dtype="float64")
    tells = (numbers > 0) & (numbers < 1)
    key = [rates.loc[decimals.index, name] for name in ("measure", "year")]
    of_file = decimals.where(tells).groupby(key, dropna=False, observed=True)
    most, count = of_file.transform("max").to_numpy(), of_file.transform("count").to_numpy()
    is_rounded = (count >= LEAST_ROUNDED_RATES) & (most <= MOST_DECIMALS)
    if not is_rounded.any():
        return rates
    number, half = numbers[is_rounded], 0.5 * 10.0 ** -(most[is_rounded] + 2)
    low, high = (np.round(number + side * half, _EXACT_DIGITS) for side in (-1, 1))
    ends = rates[["low", "high"]].copy()
    ends.loc[decimals.index[is_rounded], "low"] = np.maximum(low, 0.0)
    ends.loc[decimals.index[is_rounded], "high"] = np.where(high > 1, 1.0, np.nextafter(high, -1))
    rounded = rates.assign(low=ends["low"], high=ends["high"])
    return rounded if numerators is None else _with_counts(rounded, numerators)


def _with_counts(rates: pd.DataFrame, numerators: pd.Series) -> pd.DataFrame:
    """Rounded rates beside counts that round to them, as the rates of these counts."""
    counted = pd.to_numeric(numerators.astype("str").str.replace(",", ""), errors="coerce")
    share = counted / rates["cohort_students"].astype("float64").where(lambda students: students > 0)
    agrees = (rates["exact"].notna() & (rates["low"] < rates["high"])) & share.between(rates["low"], rates["high"])
    agrees &= counted % 1 == 0
    whole = counted.where(agrees, 0).astype("int64").astype("str")
    text = whole + " of " + rates["cohort_students"].where(agrees, 0).astype("str")
    return rates.assign(
        **{name: rates[name].mask(agrees, share) for name in ("low", "high", "exact")},
        text=rates["text"].mask(agrees, text),
    )


def _decimals(rates: pd.DataFrame) -> pd.Series:
    """Decimals of a per cent that each number was published with; rates made of counts are left out."""
    codes, distinct = pd.factorize(rates["text"])
    texts = pd.Series(distinct, dtype="str")
    found = texts.str.extract(rf"^{_NUMBER}$")
    is_number = found["sign"].notna().to_numpy()
    has_sign = (found["sign"] != "").to_numpy()
    written = pd.to_numeric(texts.where(is_number).str.rstrip("% ").str.replace(",", ".")).to_numpy(dtype="float64")
    digits = found["digits"].fillna("").str.len().to_numpy(dtype="float64")
    cells = np.flatnonzero(is_number[codes])
    of_cells = codes[cells]
    is_share = ~has_sign[of_cells] & (written[of_cells] == rates["exact"].to_numpy(dtype="float64")[cells])
    # A share with fewer than two decimals has lost its zeros: 0.7 is 70 per cent.
    return pd.Series(np.maximum(digits[of_cells] - 2 * is_share, 0.0), index=rates.index[cells])
