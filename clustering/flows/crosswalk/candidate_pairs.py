"""Pairs of an old and a new school worth comparing: they have similar names, or lie near each other."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd

from clustering.flows.crosswalk.names import name_similarity, parse_name, word_weights
from clustering.model.columns import EARTH_RADIUS_KM
from clustering.model.sphere import chord_of, unit_vectors

# Beyond this many schools of a state a first syllable ("Wash...") tells nothing; in one district it still does.
_MAXIMUM_SCHOOLS_OF_KEY = 500
_MAXIMUM_NAMES_COMPARED = 25
_KEY_LETTERS = 4
NEARBY_KM = 1.0


def name_pairs(unlisted: pd.DataFrame, schools: pd.DataFrame) -> pd.DataFrame:
    """
    Pair schools whose names share a telling word, or its first four letters.

    Parameters
    ----------
    unlisted, schools
        Index ``school_id``; ``name``, ``district`` and ``state`` (missing where unknown). Schools of two different
        states are never paired.

    Returns
    -------
    pairs
        ``old_id``, ``new_id``, ``name_similarity`` [0 to 1], sorted; for each old school at most 25.

    Notes
    -----
    Keys are looked up in a table, so that the work grows with the number of schools and not with its square.
    """
    weights = word_weights(schools["name"].dropna())
    old, new = _keys(unlisted).add_prefix("old_"), _keys(schools).add_prefix("new_")
    rare = new.groupby(["new_key", "new_state"], dropna=False)["new_id"].transform("size") <= _MAXIMUM_SCHOOLS_OF_KEY
    common = new.groupby("new_key")["new_id"].transform("size") <= _MAXIMUM_SCHOOLS_OF_KEY
    stateless = old["old_state"].isna()
    found = [
        old[~stateless].merge(new[rare], left_on=["old_key", "old_state"], right_on=["new_key", "new_state"]),
        old[~stateless].merge(new[common & new["new_state"].isna()], left_on="old_key", right_on="new_key"),
        old[stateless].merge(new[common], left_on="old_key", right_on="new_key"),
        old[old["old_district"].notna()].merge(
            new[~rare], left_on=["old_key", "old_district"], right_on=["new_key", "new_district"]
        ),
    ]
    pairs = pd.concat(found, ignore_index=True).drop_duplicates(["old_id", "new_id", "old_key"])
    sizes = new.groupby("new_key").size()
    pairs["evidence"] = 1 / pairs["old_key"].map(sizes).astype("float64") + (
        pairs["old_district"] == pairs["new_district"]
    )
    likely = pairs.groupby(["old_id", "new_id"])["evidence"].sum().reset_index()
    likely = likely.sort_values(["old_id", "evidence", "new_id"], ascending=[True, False, True])
    likely = likely.groupby("old_id").head(_MAXIMUM_NAMES_COMPARED)[["old_id", "new_id"]]
    names = {
        school: parse_name(text) for table in (unlisted, schools) for school, text in table["name"].dropna().items()
    }
    likely["name_similarity"] = [
        name_similarity(names[old_id], names[new_id], weights)
        for old_id, new_id in likely.itertuples(index=False, name=None)
    ]
    return likely.reset_index(drop=True)


def _keys(schools: pd.DataFrame) -> pd.DataFrame:
    named = schools[schools["name"].notna()]
    parsed = {name: parse_name(name) for name in named["name"].unique()}
    words = [
        sorted({word[:_KEY_LETTERS] for word in parsed[name].words | parsed[name].site_words}) for name in named["name"]
    ]
    table = named[["district", "state"]].rename_axis("id").reset_index()
    table["key"] = pd.Series(words, dtype="object")
    return table.explode("key").dropna(subset="key").astype({"key": "str"})


def nearby_pairs(old: gpd.GeoSeries, new: gpd.GeoSeries) -> pd.DataFrame:
    """
    Pair schools within a kilometre of each other.

    Parameters
    ----------
    old, new
        Points (EPSG:4326), index ``school_id``; missing ones are left out.

    Returns
    -------
    pairs
        ``old_id``, ``new_id``.
    """
    old, new = old[_located(old)], new[_located(new)]
    if old.empty or new.empty:
        return pd.DataFrame({"old_id": pd.Series(dtype="str"), "new_id": pd.Series(dtype="str")})
    from scipy.spatial import cKDTree  # noqa: PLC0415 (slow to load, and rarely needed)

    tree = cKDTree(unit_vectors(new))
    neighbours = tree.query_ball_point(unit_vectors(old), chord_of(NEARBY_KM), return_sorted=True)
    positions = np.repeat(np.arange(len(old)), [len(near) for near in neighbours])
    return pd.DataFrame(
        {"old_id": old.index[positions], "new_id": new.index[np.concatenate(neighbours).astype("int64")]}
    )


def distances_km(pairs: pd.DataFrame, old: gpd.GeoSeries, new: gpd.GeoSeries) -> pd.Series:
    """Great-circle distance of each pair [km]; missing where either school has no coordinates."""
    start_points, end_points = old.reindex(pairs["old_id"]), new.reindex(pairs["new_id"])
    located = _located(start_points).to_numpy() & _located(end_points).to_numpy()
    distances = pd.Series(np.nan, index=pairs.index)
    if located.any():
        start, end = _radians(start_points[located]), _radians(end_points[located])
        half = np.sin((end - start) / 2) ** 2
        chord = half[:, 0] + np.cos(start[:, 0]) * np.cos(end[:, 0]) * half[:, 1]
        distances[located] = 2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.clip(chord, 0, 1)))
    return distances


def _located(points: gpd.GeoSeries) -> pd.Series:
    return pd.Series(~(points.isna() | points.is_empty), dtype="bool")


def _radians(points: gpd.GeoSeries) -> np.ndarray:
    return np.asarray(np.radians(np.column_stack([points.y, points.x])))
