"""The feeder graph: schools as nodes, promotions between them as edges with send and receive shares."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import networkx as nx
import numpy as np
import pandas as pd

from clustering.model.columns import LINK_COLUMNS
from clustering.model.scenario import Scenario
from clustering.model.suppression import SUPPRESSED_HIGH, SUPPRESSED_LOW
from clustering.zones.feeder_sums import FlowSums, sum_flows
from clustering.zones.known_paths import KnownPaths, find_known_paths
from clustering.zones.link_ends import LinkEnds, find_ends

Suppressed = float | Literal["low", "high"]


@dataclass(frozen=True, kw_only=True, eq=False)
class FeederTables:
    """
    The feeder graph as tables.

    Parameters
    ----------
    links
        ``columns.LINK_COLUMNS``, sorted by origin and destination; only links with students.
    totals
        Index ``school_id``, every listed school; ``promoted_students`` (out of final grades, into any school),
        ``unlisted_students`` (those of them into unlisted schools), ``unknown_students`` (those of whom an estimate
        does not know the school), ``exit_students`` (left from a final grade),
        ``entering_students`` (came from another school's final grade) and ``unlisted_entering_students`` (those of them
        from unlisted schools; grade g of an unlisted school is final if the flows have no student of that school in
        grade g+1), ``entry_grade_students`` (in the grade, from 4 on, that most promotions enter, but for those
        who went up inside the school; by the flows or else by published enrolment; 0 where no file tells), all per
        year; and each but the last again with ``_low`` and ``_high`` behind it: the true number is anywhere between.
    years
        Falls of the school years averaged; empty if the file has no years.
    paths
        ``columns.PATH_COLUMNS``: where the students on a link went next, as far as the files tell it, all years
        together; ``None`` if they tell it of none.
    unlisted_senders
        ``origin`` (a school that the schools files do not list), ``destination``, ``students`` [per year] of the links
        into listed schools; ``None`` if that is not known.
    is_suppressed
        Whether the students of each link rest on suppressed cells [links]; ``None`` if no cell is suppressed.
    may_be_followed
        Whether the ways of the students on each link may be known from student records, but left out of ``paths`` to
        protect small counts [links]; ``None`` if none can.
    known_ends
        The same as ``ends``, if it was looked up before; ``None`` if not.
    """

    links: pd.DataFrame
    totals: pd.DataFrame
    years: tuple[int, ...]
    paths: pd.DataFrame | None = None
    unlisted_senders: pd.DataFrame | None = None
    is_suppressed: np.ndarray | None = None
    may_be_followed: np.ndarray | None = None
    known_ends: LinkEnds | None = None

    @cached_property
    def ends(self) -> LinkEnds:
        """Positions of the schools at the ends of each link."""
        return self.known_ends or find_ends(self.links, self.totals.index)

    @cached_property
    def greater_shares(self) -> np.ndarray:
        """The send share or the receive share of each link, whichever is greater; a missing one does not count."""
        greater: np.ndarray = np.fmax(self.links["send_share"].to_numpy(), self.links["receive_share"].to_numpy())
        return greater

    @cached_property
    def known_paths(self) -> KnownPaths | None:
        """The shares of known paths, by rows of ``links``; ``None`` if none are known."""
        return None if self.paths is None else find_known_paths(self.paths, self.ends, self.totals.index)


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
        Students assumed in a suppressed cell of 1 to 9, with every other cell at the middle of its interval; or ``low``
        or ``high`` for the least or the greatest count that every cell can stand for.

    Returns
    -------
    tables
        ``send_share`` = F[a,b] / promoted out of a; ``receive_share`` = F[a,b] / entering b, where F[a,b] is the yearly
        average of the students promoted out of a's final grade into b. Promotions into unlisted schools count
        in the first denominator, students from unlisted schools in the second.

    Raises
    ------
    InputError
        A year asked for is not in the flows.
    """
    return tables_of_sums(sum_flows(scenario, years), count_exits=count_exits, suppressed=suppressed)


def tables_of_sums(sums: FlowSums, *, count_exits: bool, suppressed: Suppressed) -> FeederTables:
    """
    Compute send and receive shares under one reading of the cells that are no exact counts.

    Parameters
    ----------
    sums
        Promotions added up.
    count_exits, suppressed
        As for :func:`build_feeder_tables`.

    Returns
    -------
    tables
        As :func:`build_feeder_tables` answers.
    """
    names = [name.removesuffix("_read_low") for name in sums.totals.columns if name.endswith("_read_low")]
    totals = sums.totals.drop(columns=[f"{name}_read_{end}" for name in names for end in ("low", "high")])
    totals = totals.assign(**{name: _read(sums.totals, name, suppressed) for name in names})
    links = sums.links.assign(students=_read(sums.links, "students", suppressed))
    promoted = totals["promoted_students"].to_numpy() + (totals["exit_students"].to_numpy() if count_exits else 0)
    students = links["students"].to_numpy()
    for share, of_links in (
        ("send_share", promoted[sums.ends.origin]),
        ("receive_share", totals["entering_students"].to_numpy()[sums.ends.destination]),
    ):
        links[share] = np.divide(students, of_links, out=np.full(len(links), np.nan), where=of_links > 0)
    paths = None if sums.paths is None else sums.paths.assign(students=read_students(sums.paths, suppressed))
    unlisted = sums.unlisted_senders
    return FeederTables(
        links=links[list(LINK_COLUMNS)],
        totals=totals,
        years=sums.years,
        paths=paths,
        unlisted_senders=None
        if unlisted is None
        else unlisted[["origin", "destination"]].assign(students=_read(unlisted, "students", suppressed)),
        is_suppressed=(links["students_read_low"] != links["students_read_high"]).to_numpy(),
        may_be_followed=sums.may_be_followed,
        known_ends=sums.ends,
    )


def _read(table: pd.DataFrame, name: str, suppressed: Suppressed) -> np.ndarray:
    if isinstance(suppressed, str) and f"{name}_{suppressed}" in table:
        end: np.ndarray = table[f"{name}_{suppressed}"].to_numpy(dtype="float64")
        return end
    low, high = (table[f"{name}_read_{end}"].to_numpy(dtype="float64") for end in ("low", "high"))
    return _read_between(low, high, suppressed)


def _read_between(low: np.ndarray, high: np.ndarray, suppressed: Suppressed) -> np.ndarray:
    if isinstance(suppressed, str):
        return {"low": low, "high": high}[suppressed]
    # The same position in a wider interval (a sum with several suppressed parts) as in that of a single cell.
    position = float(np.clip((suppressed - SUPPRESSED_LOW) / (SUPPRESSED_HIGH - SUPPRESSED_LOW), 0, 1))
    students: np.ndarray = low + position * (high - low)
    return students


def read_students(counts: pd.DataFrame, suppressed: Suppressed) -> np.ndarray:
    """
    Read a table of counts in one way.

    Parameters
    ----------
    counts
        ``students`` (missing where suppressed), ``students_low`` and ``students_high``.
    suppressed
        As for :func:`build_feeder_tables`.

    Returns
    -------
    students
        Of each row [students].
    """
    students, low, high = (
        counts[name].to_numpy(dtype="float64") for name in ("students", "students_low", "students_high")
    )
    is_read = np.isnan(students) if not isinstance(suppressed, str) else np.ones(len(students), dtype=bool)
    read: np.ndarray = np.where(is_read, _read_between(low, high, suppressed), students)
    return read


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
        year], ``students_low``, ``students_high``, ``send_share`` and ``receive_share`` [0 to 1]; ``onward`` where the
        files tell where its students went next: the share [0 to 1] by school. Acyclic: every edge leads to a school
        that ends in a higher grade. ``graph.graph["years"]`` holds the years averaged.

    Raises
    ------
    InputError
        A year asked for is not in the flows.
    """
    tables = build_feeder_tables(scenario, years=years, count_exits=count_exits, suppressed=suppressed)
    return graph_of_tables(tables, scenario.schools)


def graph_of_tables(
    tables: FeederTables, schools: pd.DataFrame, *, origins: Collection[str] | None = None, only_among: bool = False
) -> nx.DiGraph:
    """
    Feeder tables as a graph.

    Parameters
    ----------
    tables
        Links and totals.
    schools
        Index ``school_id``; ``name`` and ``level``.
    origins
        Only these schools, with all links that lead out of them, and the schools they lead to; ``None`` means all.
    only_among
        Whether only links between ``origins`` count.

    Returns
    -------
    graph
        As :func:`build_feeder_graph` answers.
    """
    links, totals, nodes = tables.links, tables.totals, schools[["name", "level"]].reindex(tables.totals.index)
    if origins is not None:
        is_used = np.zeros(len(totals), dtype=bool)
        is_used[totals.index.get_indexer(pd.Index(sorted(origins), dtype="str"))] = True
        leads_out = is_used[tables.ends.origin] & (is_used[tables.ends.destination] | (not only_among))
        is_used[tables.ends.destination[leads_out]] = True
        links, totals, nodes = links[leads_out], totals[is_used], nodes[is_used]
    graph = nx.DiGraph(years=tables.years)
    graph.add_nodes_from(zip(nodes.index.to_list(), _records({**nodes, **totals}), strict=True))
    attributes = _records(
        {str(name): column for name, column in links.items() if name not in ("origin", "destination")}
    )
    graph.add_edges_from(zip(links["origin"].to_list(), links["destination"].to_list(), attributes, strict=True))
    if tables.paths is not None:
        _add_paths(graph, tables.paths)
    return graph


def _add_paths(graph: nx.DiGraph, paths: pd.DataFrame) -> None:
    """Say of every edge whose students are followed which share of them went on to which school."""
    followed = paths.groupby(["origin", "via"], sort=False)["students"].transform("sum")
    rows = paths.assign(share=paths["students"] / followed)[followed > 0]
    for (origin, via), group in rows.groupby(["origin", "via"], sort=False):
        if graph.has_edge(origin, via):
            onward = group.dropna(subset="destination")
            graph.edges[origin, via]["onward"] = dict(
                zip(onward["destination"].to_list(), onward["share"].to_list(), strict=True)
            )


def _records(columns: Mapping[str, pd.Series]) -> list[dict[str, Any]]:
    """Rows as dictionaries: a fifth of the time of ``DataFrame.to_dict``, which looks at every cell."""
    rows = zip(*(column.to_list() for column in columns.values()), strict=True)
    return [dict(zip(columns, row, strict=True)) for row in rows]
