"""Whether catchments beside counted flows bring the paths closer to the true ones, of a state that knows them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from clustering import read_scenario
from clustering.datasets import CatchmentState
from clustering.ingest.described_base import described_base

PAIR = ["origin", "via"]
WAY = [*PAIR, "destination"]


def shares_of(ways: pd.DataFrame, keys: list[str]) -> pd.Series:
    """Share of each destination among those with the same keys; leaving is a destination."""
    named = ways.assign(destination=ways["destination"].astype(object).fillna("left"))
    students = named.groupby([*keys, "destination"])["students"].sum()
    return students / students.groupby(level=keys).transform("sum")


def misplaced(shares: pd.Series, truth: pd.DataFrame) -> float:
    """Students of the true ways that other shares send elsewhere, as a share of all."""
    true = shares_of(truth, PAIR)
    both = pd.concat([true, shares], axis="columns", keys=["true", "known"]).fillna(0.0)
    off = (both["true"] - both["known"]).abs().groupby(level=PAIR).sum() / 2
    students = truth.groupby(PAIR)["students"].sum()
    return float((off.reindex(students.index) * students).sum() / students.sum())


def test_the_paths_of_counted_students_are_nearer_to_the_truth_than_chained_shares(
    traced: CatchmentState, files: dict[str, Path]
) -> None:
    layers = {"catchments": files["catchments"], "population": files["population"]}
    scenario = read_scenario(schools=[files["schools"], files["membership"]], flows=files["promotions"], **layers)
    known = shares_of(described_base(scenario, "exact").paths, PAIR)
    onward = traced.paths[traced.paths["via"].notna()]
    truth = onward[pd.MultiIndex.from_frame(onward[PAIR]).isin(known.index.droplevel("destination"))]
    assert truth["students"].sum() > 0.9 * onward["students"].sum()
    of_via = shares_of(truth, ["via"]).rename("share").reset_index()
    chained = truth[PAIR].drop_duplicates().merge(of_via, on="via").set_index(WAY)["share"]
    # Chained shares are given the true flows out of each school, and are still much further off.
    assert misplaced(known, truth) < 0.6 * misplaced(chained, truth)
