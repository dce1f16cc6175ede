"""
Ways over two promotions where flows are counted: whose students go on where, by the ground that they live on.

Counts say how many students come into a school from each origin, and how many go on from it to each destination.
Catchments say which of them live where. The table that agrees with both counts and is nearest to the ground is found by
iterative proportional fitting (W. E. Deming and F. F. Stephan, On a least squares adjustment of a sampled frequency
table when the expected marginal totals are known, Annals of Mathematical Statistics 11, 1940).
"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pandas as pd
import shapely

from clustering.flows.catchments.measured_ground import MeasuredGround
from clustering.flows.catchments.paths import CATCHMENT_BASIS
from clustering.flows.catchments.proportional_fitting import Margins, fit_proportionally
from clustering.flows.catchments.way_sizes import measure_ways
from clustering.model.columns import CATCHMENT_WAY_COLUMNS, PATH_COLUMNS
from clustering.model.scenario import no_catchment_ways, no_paths

# Some students go to the school of another neighbourhood. Without them, flows that the ground does not explain would
# leave a table without a solution.
ELSEWHERE_SHARE = 0.01
_VIA = ["via", "final_grade"]
_LEG = ["origin", "grade", *_VIA]
_COUNTS = ["students", "students_low", "students_high"]
_ENTRIES = ("feeding", "unlisted origin")
_PROMOTIONS = ("feeding", "unlisted destination", "against grade order")


def ways_of_recorded_flows(
    flows: pd.DataFrame, ground: MeasuredGround, *, excluded: Collection[str] = (), minimum_share: float = 0.01
) -> pd.DataFrame:
    """
    Measure where the students live who may go each way over two counted promotions.

    Parameters
    ----------
    flows
        ``columns.FLOW_COLUMNS``. Which of them there are decides what is measured; no count does.
    ground
        The catchments. Where people live counts instead of area.
    excluded
        Schools whose catchment says nothing of who attends them (choice, alternative and city-wide schools).
    minimum_share
        Of a catchment, what a common part needs to be no sliver [0 to below 1].

    Returns
    -------
    ways
        ``columns.CATCHMENT_WAY_COLUMNS``, sorted, for schools between of which catchments tell something.
    """
    ways, entries = _ways_of(flows)
    if ways.empty or ground.served.empty:
        return no_catchment_ways()
    legs = _ground_of(entries, ground, excluded, minimum_share)
    ways = _with_parts(ways, legs, ground, excluded)
    tells = ways.groupby(_VIA)["part"].transform("max") > 0
    found = ways.loc[tells, list(CATCHMENT_WAY_COLUMNS)].astype(no_catchment_ways().dtypes.to_dict())
    return found.sort_values([*_LEG, "destination"], ignore_index=True)


def paths_of_ways(flows: pd.DataFrame, measured: pd.DataFrame) -> pd.DataFrame:
    """
    Divide counted flows by where their students go next, as far as catchments tell.

    Parameters
    ----------
    flows
        ``columns.FLOW_COLUMNS``, those of a base: the paths say nothing of a count that these flows do not. A
        suppressed cell counts with the middle of its interval.
    measured
        Of :func:`ways_of_recorded_flows`. What it does not measure lies in no catchment.

    Returns
    -------
    paths
        ``columns.PATH_COLUMNS``, for schools between of which catchments tell something. Rows with one ``via`` sum to
        all whom it sends on or who leave after its final grade, by destination, and share them among the origins as
        these share the entries. A missing destination is a student who left. The ends move as far as the suppressed
        cells of the two flows of a way do together.
    """
    if measured.empty:
        return no_paths()
    told = measured.drop_duplicates(_VIA)[_VIA]
    ways = _ways_of(flows)[0].merge(told, on=_VIA)
    near = measured.loc[measured["is_near"], ["destination", "final_grade"]].drop_duplicates().assign(near=True)
    ways = ways.merge(near, on=["destination", "final_grade"], how="left")
    ways = ways.merge(measured[[*_LEG, "destination", "part"]], on=[*_LEG, "destination"], how="left")
    rest = measured.drop_duplicates(_LEG).set_index(_LEG)["rest"]
    of_leg = rest.reindex(pd.MultiIndex.from_frame(ways[_LEG])).fillna(1.0).to_numpy()
    ways = ways.assign(part=ways["part"].fillna(0.0), rest=of_leg, is_near=ways["near"].notna())
    return _as_paths(ways, _fit(ways)) if len(ways) else no_paths()


def _ways_of(flows: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Every entry into a school with every exit after the grade that it leads to; and the entries."""
    exits = _exits(flows)
    entries = _entries(flows, exits)
    return entries.merge(exits, on=_VIA, suffixes=("_in", "")), entries


def _exits(flows: pd.DataFrame) -> pd.DataFrame:
    """Students who leave a school after a grade from which it sends students on, by destination."""
    rows = flows[flows["kind"].isin((*_PROMOTIONS, "exit"))]
    rows = rows.rename(columns={"origin": "via", "grade": "final_grade"})
    summed = _sum(rows, [*_VIA, "destination"])
    finals = _sum(rows[rows["kind"] == "feeding"], _VIA)[_VIA]
    return summed.merge(finals, on=_VIA)


def _entries(flows: pd.DataFrame, exits: pd.DataFrame) -> pd.DataFrame:
    """
    Students who come into a school, by origin and by the grade after which they leave it; ``leg`` numbers them.

    Who was in the school before and goes on there stands beside those who enter, with the school as its own origin.
    """
    is_entry = flows["kind"].isin(_ENTRIES) & (flows["next_grade"] > flows["grade"]).fillna(value=False)
    entering = _with_final_grade(flows[is_entry].rename(columns={"destination": "via"}), exits)
    is_stay = (flows["kind"] == "continuation") & (flows["origin"] == flows["destination"])
    staying = _with_final_grade(flows[is_stay].rename(columns={"destination": "via"}), exits)
    first = entering.groupby(_VIA)["next_grade"].min().rename("first").reset_index()
    staying = staying.merge(first, on=_VIA)
    staying = staying[staying["next_grade"] == staying["first"]].drop(columns="first")
    entries = _sum(pd.concat([entering, staying], ignore_index=True), _LEG)
    return entries.assign(leg=entries.index)


def _with_final_grade(rows: pd.DataFrame, exits: pd.DataFrame) -> pd.DataFrame:
    """Rows of students in a school with the next grade after which it sends students on."""
    finals = exits[_VIA].drop_duplicates().sort_values("final_grade")
    rows = rows.astype({"next_grade": "int64"}).sort_values("next_grade", kind="stable")
    found = pd.merge_asof(rows, finals, left_on="next_grade", right_on="final_grade", by="via", direction="forward")
    return found[found["final_grade"].notna()]


def _sum(rows: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    middle = (rows["students_low"] + rows["students_high"]) / 2
    rows = rows.assign(students=rows["students"].fillna(middle))
    summed = rows.groupby(keys, dropna=False)[_COUNTS].sum().reset_index()
    grades = {name: "int64" for name in keys if name.endswith("grade")}
    return summed[summed["students"] > 0].dropna(subset=list(grades)).astype(grades).reset_index(drop=True)


def _ground_of(
    entries: pd.DataFrame, ground: MeasuredGround, excluded: Collection[str], minimum_share: float
) -> pd.Series:
    """
    Where the students of each leg live, as far as catchments tell: a shape, index ``leg``.

    It is what the catchments of origin and via have in common. Into a school that has no catchment, or one that says
    nothing, students come from all of the origin's.
    """
    whole = _catchments(ground, entries, "origin", entries["grade"])
    areas = pd.Series(shapely.area(whole["shape"].to_numpy()), index=whole.index)
    neighbourhood = set(ground.served["school_id"]) - set(excluded)
    anywhere = whole.loc[~whole["via"].isin(neighbourhood), "shape"]
    commons = ground.commons.rename(columns={"destination": "via"}).drop(columns=_COUNTS, errors="ignore")
    common = entries.merge(commons, on=["origin", "grade", "via"]).set_index("leg")
    is_kept = ~common.index.isin(anywhere.index) & (common["size"] >= minimum_share * areas.reindex(common.index))
    own = _catchments(ground, entries[entries["origin"] == entries["via"]], "via", entries["final_grade"])["shape"]
    found = pd.concat([own, anywhere, common.loc[is_kept, "shape"]])
    shapes: pd.Series = found[~found.index.duplicated()].sort_index()
    return shapes


def _catchments(ground: MeasuredGround, rows: pd.DataFrame, school: str, grade: pd.Series) -> pd.DataFrame:
    """Rows of which the school has a catchment for a grade, with its ``shape``; index ``leg``."""
    wanted = rows.assign(school_id=rows[school], at=grade.reindex(rows.index))
    areas = ground.catchments_of(wanted[["school_id", "at"]].set_axis(["school_id", "grade"], axis="columns"))
    return wanted.merge(areas.rename(columns={"grade": "at"}), on=["school_id", "at"]).set_index("leg")


def _with_parts(ways: pd.DataFrame, legs: pd.Series, ground: MeasuredGround, excluded: Collection[str]) -> pd.DataFrame:
    """
    Measure which ``part`` of a leg's ground lies in which neighbourhood catchment, and which ``rest`` in none of them.

    ``is_near`` tells the destinations that are neighbourhood schools [part and rest: 0 to 1].
    """
    entering = pd.DataFrame({"school_id": ways["destination"], "grade": ways["final_grade"] + 1})
    entered = ground.catchments_of(
        entering[entering["school_id"].notna() & ~entering["school_id"].isin(list(excluded))]
    )
    entered = entered.set_index(["school_id", "grade"])
    positions = entered.index.get_indexer(pd.MultiIndex.from_frame(entering))
    is_near, is_measured = positions >= 0, (positions >= 0) & ways["leg"].isin(legs.index).to_numpy()
    leg = ways["leg"].to_numpy()[is_measured]
    part, rest = np.zeros(len(ways)), pd.Series(1.0, index=np.unique(ways["leg"]))
    if is_measured.any():
        used = legs[legs.index.isin(leg)]
        sizes = measure_ways(used, leg, entered["shape"].to_numpy()[positions[is_measured]], ground.population)
        part[is_measured] = sizes.of_way / sizes.whole.loc[leg].to_numpy()
        rest.loc[used.index] = 1 - (sizes.covered / sizes.whole).clip(0, 1)
    return ways.assign(is_near=is_near, part=part, rest=rest.loc[ways["leg"]].to_numpy())


def _fit(ways: pd.DataFrame) -> np.ndarray:
    """
    Students on each way.

    Students of a part of the ground that lies in no catchment go to the neighbourhood schools as all students do, and a
    school that is none takes the same share of every origin.
    """
    table = ways.groupby(_VIA, sort=False).ngroup()
    near = ways["students"].where(ways["is_near"] & ~ways.duplicated([*_VIA, "destination"]), 0.0)
    share = ways["students"] / near.groupby(table).transform("sum")
    seeds = (ways["part"] + ways["rest"] * share).clip(lower=ELSEWHERE_SHARE).where(ways["is_near"], 1.0)
    row = ways.groupby("leg", sort=False).ngroup()
    column = ways.groupby([*_VIA, "destination"], sort=False, dropna=False).ngroup()
    columns = ways["students"].groupby(column).first()
    going = columns.groupby(table.groupby(column).first()).sum()
    rows, table_of_row = ways["students_in"].groupby(row).first(), table.groupby(row).first()
    entering = rows.groupby(table_of_row).sum()
    margins = Margins(
        table=table.to_numpy(),
        row=row.to_numpy(),
        column=column.to_numpy(),
        row_totals=rows.to_numpy() * (going / entering).loc[table_of_row].to_numpy(),
        column_totals=columns.to_numpy(),
    )
    return fit_proportionally(seeds.to_numpy(), margins)


def _as_paths(ways: pd.DataFrame, students: np.ndarray) -> pd.DataFrame:
    ends = {
        end: students * (ways[f"{end}_in"] / ways["students_in"]) * (ways[end] / ways["students"])
        for end in _COUNTS[1:]
    }
    promoted = ways.assign(students=students, **ends)[ways["origin"] != ways["via"]]
    paths = promoted.groupby(["origin", "via", "destination"], dropna=False)[_COUNTS].sum().reset_index()
    paths = paths.assign(basis=CATCHMENT_BASIS)[list(PATH_COLUMNS)]
    return paths.astype(dict.fromkeys(("origin", "via", "destination", "basis"), "str"))
