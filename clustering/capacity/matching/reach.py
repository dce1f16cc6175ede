"""Whether a partner reaches a Zone: its districts, and the great circle between its home and the first anchor."""

from __future__ import annotations

import numpy as np
import pandas as pd

from clustering.capacity.register.register import Register
from clustering.model.columns import EARTH_RADIUS_KM
from clustering.model.sphere import unit_vectors_of

DISTANCE_DIGITS = 3


def measure_distances(zones: pd.DataFrame, partners: pd.DataFrame) -> np.ndarray:
    """
    Measure the great circles from Zones to partners.

    Parameters
    ----------
    zones, partners
        ``latitude`` and ``longitude`` [degrees, missing allowed].

    Returns
    -------
    distances
        Zones (rows) and partners (columns) [km]; NaN where a position is unknown.
    """
    chords = np.linalg.norm(_vectors(zones)[:, None, :] - _vectors(partners)[None, :, :], axis=2)
    kilometres: np.ndarray = 2 * EARTH_RADIUS_KM * np.arcsin(np.clip(chords / 2, 0.0, 1.0))
    return kilometres.round(DISTANCE_DIGITS)


def find_unreached_districts(variants: pd.DataFrame, register: Register) -> np.ndarray:
    """
    Count the districts of each variant that a partner does not serve.

    Parameters
    ----------
    variants
        ``district_ids`` (tuples).
    register
        ``reach_districts`` (tuples; empty: every district).

    Returns
    -------
    unreached
        Variants (rows) and partners (columns), int64.
    """
    reaches = register.partners["reach_districts"].to_list()
    listed = variants["district_ids"].explode()
    codes, districts = pd.factorize(listed, sort=True)
    rows = np.repeat(np.arange(len(variants)), variants["district_ids"].map(lambda each: max(1, len(each))))
    is_outside = np.zeros((len(districts), len(reaches)), dtype="int64")
    for column, reach in enumerate(reaches):
        if reach:
            is_outside[:, column] = ~districts.isin(reach)
    unreached = np.zeros((len(variants), len(reaches)), dtype="int64")
    np.add.at(unreached, rows[codes >= 0], is_outside[codes[codes >= 0]])
    return unreached


def _vectors(table: pd.DataFrame) -> np.ndarray:
    longitude, latitude = (
        np.radians(table[name].to_numpy("float64", na_value=np.nan)) for name in ("longitude", "latitude")
    )
    return unit_vectors_of(longitude, latitude)
