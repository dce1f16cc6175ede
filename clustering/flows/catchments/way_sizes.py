"""Which part of the ground between two schools lies in the catchment of a third."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely


@dataclass(frozen=True, kw_only=True, repr=False)
class WaySizes:
    """
    How much of the ground of each leg lies in catchments [square metres, or population].

    Parameters
    ----------
    of_way
        The part of each way's leg that lies in the way's catchment [ways].
    leg
        Label of the leg of each way [ways].
    whole, covered
        All of each leg, and the part of it that any of its ways covers; index: labels of legs.
    """

    of_way: np.ndarray
    leg: np.ndarray
    whole: pd.Series
    covered: pd.Series

    def or_else(self, other: WaySizes) -> WaySizes:
        """These, and the other's where the whole is nothing."""
        has_size = self.whole > 0
        return WaySizes(
            of_way=np.where(has_size.loc[self.leg], self.of_way, other.of_way),
            leg=self.leg,
            whole=self.whole.where(has_size, other.whole),
            covered=self.covered.where(has_size, other.covered),
        )


def measure_ways(
    legs: pd.Series, leg: np.ndarray, catchments: np.ndarray, population: gpd.GeoDataFrame | None
) -> WaySizes:
    """
    Measure which part of each leg lies in which catchments.

    Parameters
    ----------
    legs
        Ground of each leg [metre, equal-area].
    leg, catchments
        Of each way, the label of its leg and the catchment that it leads into, in the same projection [ways].
    population
        Points with ``weight`` that count instead of area; a leg in which nobody lives is measured by area.

    Returns
    -------
    sizes
        By way and by leg.
    """
    shapes = _common_shapes(legs.loc[leg].to_numpy(), catchments)
    sizes = _measure_area(legs, leg, shapes)
    return sizes if population is None else _measure_residents(legs, leg, shapes, population).or_else(sizes)


def _common_shapes(parts: np.ndarray, catchments: np.ndarray) -> np.ndarray:
    """Intersect them one by one; most parts lie wholly in a catchment or outside it, which is soon told."""
    shapely.prepare(catchments)
    is_within = shapely.covers(catchments, parts)
    crosses = ~is_within & shapely.intersects(catchments, parts)
    shapes: np.ndarray = np.where(is_within, parts, shapely.Polygon())
    shapes[crosses] = shapely.intersection(parts[crosses], catchments[crosses])
    return shapes


def _measure_area(legs: pd.Series, leg: np.ndarray, shapes: np.ndarray) -> WaySizes:
    sizes = pd.Series(shapely.area(shapes), index=leg)
    covered = sizes.groupby(level=0).sum()
    # Only where several catchments have a part can they have the same part.
    is_shared = pd.Series(sizes > 0).groupby(level=0).transform("sum").to_numpy() > 1
    labels, group = np.unique(leg[is_shared], return_inverse=True)
    order = np.argsort(group, kind="stable")
    pieces = shapely.geometrycollections(shapes[is_shared][order], indices=group[order])
    covered.loc[labels] = shapely.area(shapely.union_all(pieces[:, np.newaxis], axis=1))
    return WaySizes(
        of_way=sizes.to_numpy(),
        leg=leg,
        whole=pd.Series(shapely.area(legs.to_numpy()), index=legs.index),
        covered=covered.reindex(legs.index, fill_value=0.0),
    )


def _measure_residents(legs: pd.Series, leg: np.ndarray, shapes: np.ndarray, population: gpd.GeoDataFrame) -> WaySizes:
    tree, weights = shapely.STRtree(population.geometry.to_numpy()), population["weight"].to_numpy()
    first, point = tree.query(legs.to_numpy(), predicate="intersects")
    way, living = tree.query(shapes, predicate="intersects")
    reached = pd.DataFrame({"leg": leg[way], "point": living}).drop_duplicates()
    covered = pd.Series(weights[reached["point"]], index=reached["leg"]).groupby(level=0).sum()
    return WaySizes(
        of_way=np.bincount(way, weights=weights[living], minlength=len(shapes)),
        leg=leg,
        whole=pd.Series(np.bincount(first, weights=weights[point], minlength=len(legs)), index=legs.index),
        covered=covered.reindex(legs.index, fill_value=0.0),
    )
