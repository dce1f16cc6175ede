"""Latitude and longitude exchanged, or a minus sign left out: what numbers tell of schools of the United States."""

from __future__ import annotations

import numpy as np

# Every state and territory of the western hemisphere: from Samoa to Maine, and from Samoa to the north of Alaska.
# Where the two are exchanged there is sea or ice, or no place at all.
_LONGITUDES, _LATITUDES = (-180.0, -64.0), (-15.0, 72.0)
# Where the states lie west of Greenwich, as west, east, south, north without the sign: the mainland and Puerto Rico,
# Hawaii, Alaska. East of Greenwich there are no schools of the armed forces, nor those of Guam.
_WEST_OF_GREENWICH = ((125.0, 65.0, 17.0, 50.0), (161.0, 154.0, 18.0, 23.0), (168.0, 129.5, 51.0, 72.0))


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


def lack_minus(longitude: np.ndarray, latitude: np.ndarray) -> bool:
    """
    Tell whether most known positions lie in the United States only if their longitudes get a minus sign.

    Parameters
    ----------
    longitude, latitude
        Degrees; missing is NaN.

    Returns
    -------
    lack_minus
        Whether that is so of more than half of the positions; (0, 0) counts as not known.
    """
    known = np.isfinite(longitude) & np.isfinite(latitude) & ((longitude != 0) | (latitude != 0))
    x, y = longitude[known], latitude[known]
    is_mirrored = np.zeros(len(x), dtype=bool)
    for west, east, south, north in _WEST_OF_GREENWICH:
        is_mirrored |= (x >= east) & (x <= west) & (y >= south) & (y <= north)
    return 2 * int(is_mirrored.sum()) > len(x)
