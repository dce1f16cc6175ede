"""The feeder graph: schools as nodes, promotions between them as edges with send and receive shares."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import networkx as nx
import numpy as np
import pandas as pd

from clustering.columns import LINK_COLUMNS
from clustering.errors import InputError, Problem
from clustering.grades import offers_grade
from clustering.io.values import SUPPRESSED_HIGH, SUPPRESSED_LOW
from clustering.model import Scenario

Suppressed = float | Literal["low", "high"]


@dataclass(frozen=True, kw_only=True)
class FeederTables:
    """
    The feeder graph as tables.

    Parameters
    ----------
    links
        ``columns.LINK_COLUMNS``, sorted by origin and destination; only links with students.
    totals
        Index ``school_id``, every listed school; ``promoted_students`` (out of final grades, into any school),
        ``unlisted_students`` (those of them into unlisted schools), ``exit_students`` (left from a final grade),
        ``entering_students`` (came from another school's final grade) and ``unlisted_entering_students`` (those of them
        from unlisted schools, whose final grade is one above which the flows have none of their students), all per
        year; and each again with ``_low`` and ``_high`` behind it, at the ends of the suppressed cells.
    years
        Falls of the school years averaged; empty if the file has no years.
    """

    links: pd.DataFrame
    totals: pd.DataFrame
    years: tuple[int, ...]


def build_feeder_tables(
    scenario: Scenario, *, years: Sequence[int] = (), count_exits: bool = False, suppressed: Suppressed = 5.0
) -> FeederTables:
    """
    Average the promotions of some years and compute send and receive shares.

    Parameters
    ----------
    scenario
        Validated inputs.
    years
        Falls of the school years to average; empty means all.
    count_exits
        Whether students who left from a final grade belong to the denominator of send shares.
    suppressed
        Students assumed in a suppressed cell of 1 to 9, or ``low`` or ``high`` for an end of every interval.

    Returns
    -------
    tables
        ``send_share`` = F[a,b] / promoted out of a; ``receive_share`` = F[a,b] / entering b, where F[a,b] is the mean
        over the years of the students promoted out of a's final grade into b. Promotions into unlisted schools count
        in the first denominator, students from unlisted schools in the second.

    Raises
    ------
    InputError
        A year asked for is not in the flows.
    """
    flows, used_years = _select_years(scenario.flows, years)
    year_count = max(1, len(used_years))
    flows = flows.assign(assumed=_assume(flows, suppressed))
    columns = ["assumed", "students_low", "students_high"]
    feeding = flows[flows["kind"] == "feeding"]
    links = feeding.groupby(["origin", "destination"], sort=True)[columns].sum() / year_count
    links = links[links["students_high"] > 0].reset_index().rename(columns={"assumed": "students"})
    totals = _totals(flows, scenario.schools["grades_offered"]) / year_count
    promoted = totals["promoted_students"] + (totals["exit_students"] if count_exits else 0)
    links["send_share"] = _share(links["students"], links["origin"].map(promoted))
    links["receive_share"] = _share(links["students"], links["destination"].map(totals["entering_students"]))
    return FeederTables(links=links[list(LINK_COLUMNS)], totals=totals, years=used_years)


def build_feeder_graph(
    scenario: Scenario, *, years: Sequence[int] = (), count_exits: bool = False, suppressed: Suppressed = 5.0
) -> nx.DiGraph:
    """
    Build the feeder graph.

    Parameters
    ----------
    scenario, years, count_exits, suppressed
        As for :func:`build_feeder_tables`.

    Returns
    -------
    graph
        A node per listed school, keyed by ``school_id``, with ``name``, ``level``, ``promoted_students``,
        ``unlisted_students``, ``exit_students`` and ``entering_students``; an edge per link with ``students`` [per
        year], ``students_low``, ``students_high``, ``send_share`` and ``receive_share`` [0 to 1]. Acyclic: every edge
        leads to a school that ends in a higher grade. ``graph.graph["years"]`` holds the years averaged.

    Raises
    ------
    InputError
        A year asked for is not in the flows.
    """
    tables = build_feeder_tables(scenario, years=years, count_exits=count_exits, suppressed=suppressed)
    return graph_of_tables(tables, scenario.schools)


def graph_of_tables(tables: FeederTables, schools: pd.DataFrame) -> nx.DiGraph:
    """Feeder tables as a ``networkx.DiGraph``; ``schools`` gives ``name`` and ``level``."""
    graph = nx.DiGraph(years=tables.years)
    nodes = schools[["name", "level"]].join(tables.totals)
    graph.add_nodes_from(zip(nodes.index, nodes.to_dict("records"), strict=True))
    attributes = tables.links.drop(columns=["origin", "destination"]).to_dict("records")
    graph.add_edges_from(zip(tables.links["origin"], tables.links["destination"], attributes, strict=True))
    return graph


def describe_feeders(links: pd.DataFrame, *, minor_share: float = 0.10, straight_share: float = 0.75) -> pd.DataFrame:
    """
    Tell straight from split feeders, and name each school's dominant destination and feeder.

    Parameters
    ----------
    links
        ``columns.LINK_COLUMNS``.
    minor_share
        A destination below this send share is minor [0 to 1].
    straight_share
        A school that is not split is straight if one destination takes at least this much [0 to 1].

    Returns
    -------
    patterns
        Index ``school_id`` of every school with a link; ``pattern`` (``straight``, ``split``: two or more destinations
        that are not minor, ``scattered``; missing for schools that feed none), ``largest_send_share``,
        ``effective_destinations`` (1 / sum of squared shares), ``dominant_destinations`` and ``dominant_feeders``
        (tuples of ids: ties name all).
    """
    by_origin = links.groupby("origin", sort=True)
    largest = by_origin["send_share"].max()
    major = (links["send_share"] >= minor_share).groupby(links["origin"]).sum()
    pattern = np.select([major >= 2, largest >= straight_share], ["split", "straight"], default="scattered")
    patterns = pd.DataFrame(
        {
            "pattern": pd.Series(pattern, index=largest.index, dtype="str"),
            "largest_send_share": largest,
            "effective_destinations": 1 / (links["send_share"] ** 2).groupby(links["origin"]).sum(),
        }
    )
    for name, share, own, other in (
        ("dominant_destinations", "send_share", "origin", "destination"),
        ("dominant_feeders", "receive_share", "destination", "origin"),
    ):
        top = links[links[share] == links.groupby(own)[share].transform("max")]
        patterns = patterns.join(top.groupby(own)[other].agg(tuple).rename(name), how="outer")
    return patterns.rename_axis("school_id")


def _select_years(flows: pd.DataFrame, years: Sequence[int]) -> tuple[pd.DataFrame, tuple[int, ...]]:
    present = sorted(int(year) for year in flows["year"].dropna().unique())
    missing = sorted(set(years) - set(present))
    if missing:
        known = ", ".join(map(str, present)) or "none"
        raise InputError(
            Problem(
                table="parameters",
                column="years",
                value=str(year),
                message="The flows have no such school year.",
                remedy=f"Choose among {known}, or name none to use all.",
            )
            for year in missing
        )
    if not years:
        return flows, tuple(present)
    return flows[flows["year"].isin(list(years))], tuple(sorted(set(years)))


def _assume(flows: pd.DataFrame, suppressed: Suppressed) -> pd.Series:
    if suppressed in ("low", "high"):
        return flows[f"students_{suppressed}"]
    # The same place in a wider interval (a sum with several suppressed parts) as in that of a single cell.
    place = np.clip((float(suppressed) - SUPPRESSED_LOW) / (SUPPRESSED_HIGH - SUPPRESSED_LOW), 0, 1)
    assumed = flows["students_low"] + place * (flows["students_high"] - flows["students_low"])
    return flows["students"].fillna(assumed)


def _totals(flows: pd.DataFrame, grades_offered: pd.Series) -> pd.DataFrame:
    """Sums over the years of what leaves each school's final grades and of what enters each school."""
    kind = flows["kind"]
    final = ~offers_grade(flows["origin"].map(grades_offered), flows["grade"] + 1)
    unlisted = _leaves_unlisted_final_grade(flows)
    promoted = kind.isin(["feeding", "unlisted destination", "against grade order"])
    selections = {
        "promoted_students": (promoted, "origin"),
        "unlisted_students": (kind == "unlisted destination", "origin"),
        "exit_students": ((kind == "exit") & final, "origin"),
        "entering_students": (promoted | unlisted, "destination"),
        "unlisted_entering_students": (unlisted, "destination"),
    }
    counts = {"": "assumed", "_low": "students_low", "_high": "students_high"}
    sums = {
        f"{name}{end}": flows.loc[rows].groupby(school)[column].sum()
        for name, (rows, school) in selections.items()
        for end, column in counts.items()
    }
    return pd.DataFrame(sums).reindex(grades_offered.index).fillna(0.0)


def _leaves_unlisted_final_grade(flows: pd.DataFrame) -> pd.Series:
    """Mark promotions out of unlisted schools from a grade above which the flows have none of their students."""
    is_unlisted = flows["kind"] == "unlisted origin"
    rows = flows[is_unlisted]
    known = flows.loc[flows["origin"].isin(rows["origin"].unique()), ["origin", "grade"]].dropna()
    following = pd.MultiIndex.from_arrays([rows["origin"], rows["grade"] + 1])
    is_final = is_unlisted.copy()
    is_final[is_unlisted] = ~following.isin(pd.MultiIndex.from_frame(known))
    return is_final


def _share(part: pd.Series, whole: pd.Series) -> pd.Series:
    whole = whole.astype("float64")  # an empty map has the type of its keys
    return (part / whole).where(whole > 0)
