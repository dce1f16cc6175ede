"""Ways over two promotions, from the part of a catchment that lies in those of the next school and of the one after."""

from __future__ import annotations

import pandas as pd

from clustering.flows.catchments.measured_ground import MeasuredGround
from clustering.flows.catchments.way_sizes import WaySizes, measure_ways
from clustering.model.columns import PATH_COLUMNS
from clustering.model.scenario import no_paths

CATCHMENT_BASIS = "catchments"
_PAIR = ["origin", "via"]
_WAY = [*_PAIR, "destination"]


def estimate_paths(
    flows: pd.DataFrame, ground: MeasuredGround, *, captured: pd.Series | None = None, minimum_share: float = 0.01
) -> pd.DataFrame:
    """
    Divide each estimated flow by where its students are entitled to go next.

    Parameters
    ----------
    flows
        Estimated flows: ``origin``, ``destination``, ``grade``, ``next_grade``, ``students``.
    ground
        The catchments that they were estimated from. Where people live counts instead of area; a common part in which
        nobody lives is divided by area.
    captured
        Share of those who would enter a school by their address who do so [0 to 1], index ``school_id`` and ``grade``;
        1 where a school is not in it. It is measured on the students of the schools before, those who were captured
        there, so it holds for every way alike.
    minimum_share
        Smaller parts of a common part are slivers, and count for the others [0 to below 1].

    Returns
    -------
    paths
        ``columns.PATH_COLUMNS``. The destination is missing for what lies in none of the catchments that the school
        between sends students to, and for who is not captured by the next school. Where several catchments overlap,
        each counts the common part. A school that sends no one on has no rows.
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
    sizes = measure_ways(firsts["shape"], ways["leg"].to_numpy(), theirs, ground.population)
    ways = ways.assign(size=sizes.of_way, captured=1.0)
    if captured is not None:
        entries = pd.MultiIndex.from_frame(ways[["destination", "entry_grade"]].astype({"entry_grade": "int64"}))
        ways["captured"] = captured.reindex(entries).fillna(1.0).to_numpy(dtype="float64")
    return _divide(firsts, ways, sizes, minimum_share)


def divide_by_shares(flows: pd.DataFrame, shares: pd.DataFrame, *, captured: pd.Series | None = None) -> pd.DataFrame:
    """
    Divide estimated flows by known shares.

    Parameters
    ----------
    flows
        ``origin``, ``destination``, ``students``.
    shares
        ``origin``, ``via``, ``destination``, ``share`` [0 to 1], which add up to 1 for each origin and via.
    captured
        As for :func:`estimate_paths`, index ``school_id``.

    Returns
    -------
    paths
        ``columns.PATH_COLUMNS``, for the pairs that are in both.
    """
    firsts = flows.groupby(["origin", "destination"])["students"].sum().rename_axis(_PAIR).reset_index()
    ways = firsts.merge(shares, on=_PAIR)
    entering = 1.0 if captured is None else ways["destination"].map(captured).fillna(1.0)
    students = ways["students"] * ways["share"]
    rest = ways.assign(students=students * (1 - entering), destination=pd.Series(pd.NA, ways.index, dtype="str"))
    return _as_paths(pd.concat([ways.assign(students=students * entering), rest], ignore_index=True))


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


def _divide(firsts: pd.DataFrame, ways: pd.DataFrame, sizes: WaySizes, minimum_share: float) -> pd.DataFrame:
    whole, students = sizes.whole.loc[ways["leg"]].to_numpy(), firsts["students"]
    kept = ways[(ways["size"] > 0) & (ways["size"] / whole >= minimum_share)]
    covered = (sizes.covered / sizes.whole).clip(0, 1)
    # What is left at the border of two layers is a sliver too; a leg without any way kept has none to give it to.
    covered = covered.mask(1 - covered < minimum_share, 1.0).where(covered.index.isin(kept["leg"]), 0.0)
    share = kept["size"] / kept.groupby("leg")["size"].transform("sum")
    going = kept.assign(students=share * kept["captured"] * (students * covered).loc[kept["leg"]].to_numpy())
    # Nobody is left where all are captured, whatever the last digit of a sum says.
    captured = (share * kept["captured"]).groupby(kept["leg"]).sum().reindex(firsts.index, fill_value=0.0).round(12)
    rest = firsts.assign(
        students=students * (1 - covered * captured), destination=pd.Series(pd.NA, firsts.index, dtype="str")
    )
    return _as_paths(pd.concat([going[[*_WAY, "students"]], rest[[*_WAY, "students"]]], ignore_index=True))


def _as_paths(ways: pd.DataFrame) -> pd.DataFrame:
    summed = ways[ways["students"] > 0].groupby(_WAY, dropna=False, sort=True)["students"].sum().reset_index()
    counts = dict.fromkeys(("students", "students_low", "students_high"), summed["students"])
    paths = summed.assign(**counts, basis=CATCHMENT_BASIS)[list(PATH_COLUMNS)]
    return paths.astype(dict.fromkeys((*_WAY, "basis"), "str"))
