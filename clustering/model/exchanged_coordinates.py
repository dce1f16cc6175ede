"""Latitude and longitude in each other's place, as far as numbers can tell for schools of the United States."""

from __future__ import annotations

import numpy as np

# Every state and territory of the western hemisphere: from Samoa to Maine, and from Samoa to the north of Alaska.
# Where the two are exchanged there is sea or ice, or no place at all.
_LONGITUDES, _LATITUDES = (-180.0, -64.0), (-15.0, 72.0)


def are_exchanged(longitude: np.ndarray, latitude: np.ndarray) -> np.ndarray:
    """
    Tell which positions lie in the United States only if their coordinates are exchanged.

    Parameters
    ----------
    longitude, latitude
        As they are given, whatever their size; missing is NaN.

    Returns
    -------
    exchanged
        Boolean, one per position.
    """
    is_longitude = (latitude >= _LONGITUDES[0]) & (latitude <= _LONGITUDES[1])
    return is_longitude & (longitude >= _LATITUDES[0]) & (longitude <= _LATITUDES[1])


def are_mostly_exchanged(longitude: np.ndarray, latitude: np.ndarray) -> bool:
    """Whether that holds for more than half of the positions that are known."""
    known = np.isfinite(longitude) & np.isfinite(latitude) & ((longitude != 0) | (latitude != 0))
    return 2 * int(are_exchanged(longitude[known], latitude[known]).sum()) > int(known.sum())
