"""Ways over two promotions, from the part of a catchment that lies in those of the next school and of the one after."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from clustering.flows.catchments.measured_ground import MeasuredGround
from clustering.model.columns import PATH_COLUMNS
from clustering.model.scenario import no_paths

CATCHMENT_BASIS = "catchments"
_PAIR = ["origin", "via"]
_WAY = [*_PAIR, "destination"]


def estimate_paths(flows: pd.DataFrame, ground: MeasuredGround, *, minimum_share: float = 0.01) -> pd.DataFrame:
    """
    Divide each estimated flow by where its students are entitled to go next.

    Parameters
    ----------
    flows
        Estimated flows: ``origin``, ``destination``, ``grade``, ``next_grade``, ``students``.
    ground
        The catchments that they were estimated from. Where people live counts instead of area; a common part in which
        nobody lives is divided by area.
    minimum_share
        Smaller parts of a common part are slivers, and count for the others [0 to below 1].

    Returns
    -------
    paths
        ``columns.PATH_COLUMNS``. What lies in none of the catchments that the school between sends students to has a
        missing destination; where several of them overlap, each counts it. A school that sends no one on has no rows.
    """
    if flows.empty:
        return no_paths()
    firsts = _first_legs(flows, ground)
    seconds = flows[["origin", "destination", "grade", "next_grade"]].set_axis(
        ["via", "destination", "final_grade", "entry_grade"], axis="columns"
    )
    ways = firsts.drop(columns="shape").merge(seconds, on=["via", "final_grade"])
    if ways.empty:
        return no_paths()
    firsts = firsts[firsts.index.isin(ways["leg"])]
    entered = ground.receiving.set_index(["school_id", "grade"])["shape"]
    theirs = entered.loc[pd.MultiIndex.from_frame(ways[["destination", "entry_grade"]])].to_numpy()
    shapes = _common_shapes(firsts["shape"].loc[ways["leg"]].to_numpy(), theirs)
    sizes = _measure_area(firsts, ways["leg"].to_numpy(), shapes)
    if ground.population is not None:
        sizes = _measure_residents(firsts, ways["leg"].to_numpy(), shapes, ground.population).or_else(sizes)
    return _divide(firsts, ways.assign(size=sizes.of_way), sizes, minimum_share)


def divide_by_shares(flows: pd.DataFrame, shares: pd.DataFrame) -> pd.DataFrame:
    """
    Divide estimated flows by known shares.

    Parameters
    ----------
    flows
        ``origin``, ``destination``, ``students``.
    shares
        ``origin``, ``via``, ``destination``, ``share`` [0 to 1], which add up to 1 for each origin and via.

    Returns
    -------
    paths
        ``columns.PATH_COLUMNS``, for the pairs that are in both.
    """
    firsts = flows.groupby(["origin", "destination"])["students"].sum().rename_axis(_PAIR).reset_index()
    ways = firsts.merge(shares, on=_PAIR)
    return _as_paths(ways.assign(students=ways["students"] * ways["share"]))


def _first_legs(flows: pd.DataFrame, ground: MeasuredGround) -> pd.DataFrame:
    """Each flow with its common part and the grade after which its students leave the school between."""
    commons = ground.commons.drop(columns="size")
    legs = flows.merge(commons, on=["origin", "grade", "destination"]).rename(columns={"destination": "via"})
    finals = ground.senders.set_axis(["via", "final_grade"], axis="columns")
    legs = legs.astype({"next_grade": "int64"}).sort_values(["next_grade", *_PAIR, "grade"], ignore_index=True)
    found = pd.merge_asof(
        legs,
        finals.sort_values("final_grade"),
        left_on="next_grade",
        right_on="final_grade",
        by="via",
        direction="forward",
    )
    found = found[found["final_grade"].notna()].reset_index(drop=True)
    return found.assign(leg=found.index)[["leg", *_PAIR, "final_grade", "students", "shape"]]


def _common_shapes(parts: np.ndarray, catchments: np.ndarray) -> np.ndarray:
    """Intersect them one by one; most parts lie wholly in a catchment or outside it, which is soon told."""
    shapely.prepare(catchments)
    is_within = shapely.covers(catchments, parts)
    crosses = ~is_within & shapely.intersects(catchments, parts)
    shapes: np.ndarray = np.where(is_within, parts, shapely.Polygon())
    shapes[crosses] = shapely.intersection(parts[crosses], catchments[crosses])
    return shapes


@dataclass(frozen=True, kw_only=True, repr=False)
class _Sizes:
    """Size of each way; and of each leg, the whole and the part that any way covers."""

    of_way: np.ndarray
    leg: np.ndarray
    whole: pd.Series
    covered: pd.Series

    def or_else(self, other: _Sizes) -> _Sizes:
        """These, and the other's where the whole is nothing."""
        has_size = self.whole > 0
        return _Sizes(
            of_way=np.where(has_size.loc[self.leg], self.of_way, other.of_way),
            leg=self.leg,
            whole=self.whole.where(has_size, other.whole),
            covered=self.covered.where(has_size, other.covered),
        )


def _measure_area(firsts: pd.DataFrame, leg: np.ndarray, shapes: np.ndarray) -> _Sizes:
    sizes = pd.Series(shapely.area(shapes), index=leg)
    covered = sizes.groupby(level=0).sum()
    # Only where several catchments have a part can they have the same part.
    is_shared = pd.Series(sizes > 0).groupby(level=0).transform("sum").to_numpy() > 1
    legs, group = np.unique(leg[is_shared], return_inverse=True)
    order = np.argsort(group, kind="stable")
    pieces = shapely.geometrycollections(shapes[is_shared][order], indices=group[order])
    covered.loc[legs] = shapely.area(shapely.union_all(pieces[:, np.newaxis], axis=1))
    return _Sizes(
        of_way=sizes.to_numpy(),
        leg=leg,
        whole=pd.Series(shapely.area(firsts["shape"].to_numpy()), index=firsts.index),
        covered=covered.reindex(firsts.index, fill_value=0.0),
    )


def _measure_residents(firsts: pd.DataFrame, leg: np.ndarray, shapes: np.ndarray, people: gpd.GeoDataFrame) -> _Sizes:
    tree, weights = shapely.STRtree(people.geometry.to_numpy()), people["weight"].to_numpy()
    first, point = tree.query(firsts["shape"].to_numpy(), predicate="intersects")
    way, living = tree.query(shapes, predicate="intersects")
    reached = pd.DataFrame({"leg": leg[way], "point": living}).drop_duplicates()
    covered = pd.Series(weights[reached["point"]], index=reached["leg"]).groupby(level=0).sum()
    return _Sizes(
        of_way=np.bincount(way, weights=weights[living], minlength=len(shapes)),
        leg=leg,
        whole=pd.Series(np.bincount(first, weights=weights[point], minlength=len(firsts)), index=firsts.index),
        covered=covered.reindex(firsts.index, fill_value=0.0),
    )


def _divide(firsts: pd.DataFrame, ways: pd.DataFrame, sizes: _Sizes, minimum_share: float) -> pd.DataFrame:
    whole, students = sizes.whole.loc[ways["leg"]].to_numpy(), firsts["students"]
    kept = ways[(ways["size"] > 0) & (ways["size"] / whole >= minimum_share)]
    covered = (sizes.covered / sizes.whole).clip(0, 1)
    # What is left at the border of two layers is a sliver too; a leg without any way kept has none to give it to.
    covered = covered.mask(1 - covered < minimum_share, 1.0).where(covered.index.isin(kept["leg"]), 0.0)
    share = kept["size"] / kept.groupby("leg")["size"].transform("sum")
    going = kept.assign(students=share * (students * covered).loc[kept["leg"]].to_numpy())
    rest = firsts.assign(students=students * (1 - covered), destination=pd.Series(pd.NA, firsts.index, dtype="str"))
    return _as_paths(pd.concat([going[[*_WAY, "students"]], rest[[*_WAY, "students"]]], ignore_index=True))


def _as_paths(ways: pd.DataFrame) -> pd.DataFrame:
    summed = ways[ways["students"] > 0].groupby(_WAY, dropna=False, sort=True)["students"].sum().reset_index()
    counts = dict.fromkeys(("students", "students_low", "students_high"), summed["students"])
    paths = summed.assign(**counts, basis=CATCHMENT_BASIS)[list(PATH_COLUMNS)]
    return paths.astype(dict.fromkeys((*_WAY, "basis"), "str"))
