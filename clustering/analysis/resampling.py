"""
Flows as they might have been: the parametric bootstrap of the promotions of a request.

Every link, and the rest of every school's promoted, entering and leaving students, is drawn from a Poisson law around
its value, independently: B. Efron and R. J. Tibshirani, An Introduction to the Bootstrap (1993), section 6.5.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from clustering.zones.feeder_graph import FeederTables, tables_of_sums
from clustering.zones.feeder_sums import FlowSums

# Not drawn.
_KEPT = ("unlisted_students", "unknown_students", "unlisted_entering_students", "entry_grade_students")
_ENDS = ("low", "high", "read_low", "read_high")  # all the same
# Drawn apart from the links; the totals of promoted and entering students are added up anew from both.
_REST_OF = {"promoted_students": "origin", "entering_students": "destination"}


def resample_tables(
    tables: FeederTables, *, count_exits: bool, resamples: int, seed: int, first: int = 0
) -> Iterator[FeederTables]:
    """
    Draw feeder graphs around one.

    Parameters
    ----------
    tables
        The feeder graph, under one reading of the suppressed cells.
    count_exits
        As for ``feeder_graph.build_feeder_tables``.
    resamples
        How many.
    seed
        Of ``numpy.random.default_rng``: the same seed gives the same graphs, and more of them begin with the same.
    first
        Number of the first graph that is returned, from 0. It does not change any graph.

    Yields
    ------
    drawn
        A feeder graph of the same schools. A value is an average over some years: what is drawn is the sum over these
        years, and what is returned its average. Links without students are left out.
    """
    chance, years = np.random.default_rng(seed), max(1, len(tables.years))
    index, links = tables.totals.index, tables.links
    ends = {"origin": tables.ends.origin, "destination": tables.ends.destination}
    students = links["students"].to_numpy()
    rest = {
        name: np.maximum(tables.totals[name].to_numpy() - _per_school(ends[side], students, len(index)), 0.0)
        for name, side in _REST_OF.items()
    }
    exits = tables.totals["exit_students"].to_numpy()
    # Sorted, so that what is drawn does not depend on the order of any file.
    for number in range(resamples):
        drawn = chance.poisson(students * years) / years
        totals = {
            name: _per_school(ends[side], drawn, len(index)) + chance.poisson(rest[name] * years) / years
            for name, side in _REST_OF.items()
        }
        totals["exit_students"] = chance.poisson(exits * years) / years
        if number >= first:
            yield _as_tables(tables, drawn, totals, count_exits=count_exits)


def _per_school(positions: np.ndarray, values: np.ndarray, count: int) -> np.ndarray:
    return np.bincount(positions, weights=values, minlength=count)


def _as_tables(
    tables: FeederTables, drawn: np.ndarray, totals: dict[str, np.ndarray], *, count_exits: bool
) -> FeederTables:
    is_there = drawn > 0
    links = tables.links.loc[is_there, ["origin", "destination"]].reset_index(drop=True)
    kept = {name: tables.totals[name].to_numpy() for name in _KEPT}
    table = pd.DataFrame(
        {f"{name}_{end}": values for name, values in {**kept, **totals}.items() for end in _ENDS},
        index=tables.totals.index,
    )
    sums = FlowSums(
        links=links.assign(**{f"students_{end}": drawn[is_there] for end in _ENDS}),
        totals=table,
        years=tables.years,
        # Shares of paths are kept as they are: they decide where the drawn students go next.
        paths=None
        if tables.paths is None
        else tables.paths.assign(students_low=tables.paths["students"], students_high=tables.paths["students"]),
    )
    # The counts drawn are no intervals: every reading of suppressed cells finds the same.
    return tables_of_sums(sums, count_exits=count_exits, suppressed=5.0)
