"""
Bands that a file of indicators itself gives, as far as they may be shown.

Whoever knows the form of the file knows all bands that there could have been. A band is therefore never widened: how
wide it became would say which it was.
"""

from __future__ import annotations

import pandas as pd

from clustering.disclosure.rates import RateProtection
from clustering.disclosure.rates.size_classes import class_of_sizes, ends_of_classes

_SAME = 1e-9


def bands_that_stay(low: pd.Series, high: pd.Series, size: pd.Series, protection: RateProtection) -> pd.Series:
    """
    Find the published bands that may be shown.

    Parameters
    ----------
    low, high
        Ends as printed [shares].
    size
        Of the groups; missing where nothing tells it.
    protection
        The policy.

    Returns
    -------
    stays
        Of each band: at every size of the class of its group, no count below the minimum is in it, of those counted or
        of the others; or bands as wide hold as many counts as must stay possible. Bands that do not stay look alike.
        With the lowest and the highest of them these are at least as many counts.
    """
    classes = class_of_sizes(size.to_numpy(dtype="float64"), protection)
    least, _ = ends_of_classes(classes, protection)
    few = protection.minimum_students - _SAME
    is_large = (low * least >= few) & ((1 - high) * least >= few)
    is_wide = (high - low) * least > protection.least_possible_values - _SAME
    stays: pd.Series = (is_large | is_wide) & (classes >= 0)
    return stays
