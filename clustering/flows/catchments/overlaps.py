"""How much of each sending catchment lies in each receiving one, by area or by the population living there."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from clustering.errors import InputError, Problem
from clustering.validation.crossings import cross_too_often

SENDER = ["origin", "grade"]


@dataclass(frozen=True, kw_only=True)
class Overlaps:
    """
    What sending and receiving catchments have in common.

    Parameters
    ----------
    pairs
        ``origin``, ``grade``, ``destination``, ``size`` [square metres, or population]: the common part of each pair.
    senders
        ``origin``, ``grade``, ``size``: the whole catchment; ``covered``: the part in any receiving catchment.
    """

    pairs: pd.DataFrame
    senders: pd.DataFrame


def dissolve_catchments(served: pd.DataFrame, shapes: pd.Series) -> pd.DataFrame:
    """
    Unite the polygons that a school has for a grade.

    Parameters
    ----------
    served
        ``school_id``, ``grade``, ``polygon``.
    shapes
        Valid polygons in an equal-area projection [metre], index as ``polygon``.

    Returns
    -------
    areas
        ``school_id``, ``grade``, ``shape``: one row per school and grade, in the order of ``served``.
    """
    key = ["school_id", "grade"]
    rows = served[key].assign(shape=shapes.loc[served["polygon"]].to_numpy())
    is_repeated = rows.duplicated(key, keep=False)
    repeated = rows[is_repeated].groupby(key, sort=False)["shape"]
    united = repeated.agg(lambda parts: shapely.union_all(parts.to_numpy())).reset_index()
    return pd.concat([rows[~is_repeated], united], ignore_index=True).sort_values(key, ignore_index=True)


def common_parts(senders: pd.DataFrame, receivers: pd.DataFrame) -> pd.DataFrame:
    """
    Intersect each sender with each receiver of its next grade.

    Parameters
    ----------
    senders
        ``school_id``, ``grade``, ``shape`` [metre, equal-area]; the school does not offer the next grade itself.
    receivers
        The same, for entering grades.

    Returns
    -------
    commons
        ``origin``, ``grade``, ``destination``, ``shape``: the common part of each pair that has any area, and its
        ``size`` [square metres].

    Raises
    ------
    InputError
        The borders cross so often that it would take very long.
    """
    numbers, matches = _intersecting(senders, receivers)
    both = np.concatenate([senders["shape"].to_numpy(), receivers["shape"].to_numpy()])
    if cross_too_often(both, numbers, len(senders) + matches):
        message = "The borders of catchments cross those of the next grade too often for their areas to be measured."
        remedy = "Look at the file on a map, and draw again the catchments that are no areas where students live."
        raise InputError([Problem(table="catchments", message=message, remedy=remedy)])
    # Of valid polygons this cannot fail: where floating point does not suffice, GEOS snaps vertices by itself.
    shapes = shapely.intersection(senders["shape"].to_numpy()[numbers], receivers["shape"].to_numpy()[matches])
    commons = _pairs(senders, receivers, numbers, matches).assign(size=shapely.area(shapes), shape=shapes)
    return commons[commons["size"] > 0]


def overlaps_by_area(senders: pd.DataFrame, commons: pd.DataFrame) -> Overlaps:
    """
    Measure the common area of each sender and its receivers.

    Parameters
    ----------
    senders
        As for :func:`common_parts`.
    commons
        Their common parts with the receivers.

    Returns
    -------
    overlaps
        In square metres.
    """
    pieces = commons.groupby(SENDER)["shape"]
    covered = pieces.agg(lambda parts: shapely.area(shapely.union_all(parts.to_numpy())))
    whole = senders.rename(columns={"school_id": "origin"})
    whole = whole.assign(size=shapely.area(whole["shape"].to_numpy())).set_index(SENDER)
    whole["covered"] = covered.astype("float64").reindex(whole.index).fillna(0.0)
    return Overlaps(pairs=commons.drop(columns="shape"), senders=whole[["size", "covered"]].reset_index())


def overlaps_by_population(
    senders: pd.DataFrame, receivers: pd.DataFrame, points: gpd.GeoSeries, weights: np.ndarray
) -> Overlaps:
    """
    Count the population that each sender and each receiver of its next grade have in common.

    Parameters
    ----------
    senders, receivers
        As for :func:`common_parts`.
    points
        In the same projection. A point on a border lies on both sides.
    weights
        Population of each point.

    Returns
    -------
    overlaps
        In population.
    """
    tree = shapely.STRtree(points.to_numpy())
    sender, point = tree.query(senders["shape"].to_numpy(), predicate="intersects")
    living = pd.DataFrame({"sender": sender, "point": point, "next_grade": senders["grade"].to_numpy()[sender] + 1})
    receiver, point = tree.query(receivers["shape"].to_numpy(), predicate="intersects")
    going = pd.DataFrame({"receiver": receiver, "point": point, "next_grade": receivers["grade"].to_numpy()[receiver]})
    common = living.merge(going, on=["point", "next_grade"])
    pairs = _pairs(senders, receivers, common["sender"].to_numpy(), common["receiver"].to_numpy())
    pairs = pairs.assign(size=weights[common["point"]])
    pairs = pairs.groupby([*SENDER, "destination"]).agg({"size": "sum"}).reset_index()
    whole = senders[["school_id", "grade"]].rename(columns={"school_id": "origin"})
    reached = common.drop_duplicates(["sender", "point"])
    whole["size"] = np.bincount(living["sender"], weights=weights[living["point"]], minlength=len(senders))
    whole["covered"] = np.bincount(reached["sender"], weights=weights[reached["point"]], minlength=len(senders))
    return Overlaps(pairs=pairs[pairs["size"] > 0], senders=whole)


def _intersecting(senders: pd.DataFrame, receivers: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Positions of each sender and receiver that intersect, found with one tree for each entering grade."""
    found: list[tuple[np.ndarray, np.ndarray]] = [(np.empty(0, dtype="int64"), np.empty(0, dtype="int64"))]
    for grade in senders["grade"].unique():
        sending = np.flatnonzero(senders["grade"] == grade)
        receiving = np.flatnonzero(receivers["grade"] == grade + 1)
        tree = shapely.STRtree(receivers["shape"].to_numpy()[receiving])
        first, second = tree.query(senders["shape"].to_numpy()[sending], predicate="intersects")
        found.append((sending[first], receiving[second]))
    numbers, matches = (np.concatenate(each) for each in zip(*found, strict=True))
    return numbers, matches


def _pairs(senders: pd.DataFrame, receivers: pd.DataFrame, numbers: np.ndarray, matches: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "origin": senders["school_id"].to_numpy()[numbers],
            "grade": senders["grade"].to_numpy()[numbers],
            "destination": receivers["school_id"].to_numpy()[matches],
        }
    )
