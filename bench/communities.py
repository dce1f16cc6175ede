"""From a feeder graph to proven-optimal Zones, beside algorithms that cut the same graph into communities."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, get_args

import igraph
import leidenalg
import networkx as nx
import numpy as np
import pandas as pd
import scipy.sparse as sp
from sknetwork.clustering import Leiden, Louvain

from bench.ground import Ground, lay_ground, read_files, total_score, warm_processes, write_files
from bench.turns import Contender, Row, Timed, in_one_piece, take_turns
from clustering.zones.audit import audit
from clustering.zones.candidates import Candidates, generate_candidates
from clustering.zones.feeder_graph import FeederTables, graph_of_tables
from clustering.zones.parameters import Method
from clustering.zones.request import ZoneRequest
from clustering.zones.solver import Resources, ZoneSolution, solve
from clustering.zones.tolerances import TIE_BREAK_STUDENTS

_SEED = 1
_PROCESSES = 2


def generated_country(schools: int) -> Ground:
    """A generated country, read from its files."""
    with tempfile.TemporaryDirectory() as folder:
        return lay_ground(read_files(write_files(Path(folder), schools)))


def compare_with_communities(schools: int, rounds: int, louvain_rounds: int) -> list[Row]:
    """
    Time Zones against communities of the same graph.

    Parameters
    ----------
    schools
        Of the generated country.
    rounds
        Turns of each; the medians count.
    louvain_rounds
        Turns of networkx, which takes longest.

    Returns
    -------
    rows
        Seconds of each from the feeder tables on, and our ratio to each; building a graph, or candidates, told apart.
    """
    ground = generated_country(schools)
    with warm_processes(_PROCESSES) as executor:
        timed = _take_turns(ground, executor, rounds, louvain_rounds)
    return _country_rows(ground, schools, timed)


def _take_turns(ground: Ground, executor: Executor, rounds: int, louvain_rounds: int) -> dict[str, Timed]:
    tables, request = ground.tables, ground.request
    return take_turns(
        [
            *(
                Contender(
                    name=name,
                    prepare=lambda: generate_candidates(tables, ground.anchors, request),
                    run=partial(_solve, request, where),
                )
                for name, where in (("zones", executor), ("zones_in_one_process", None))
            ),
            Contender(name="leidenalg", prepare=lambda: _for_igraph(tables), run=_by_leidenalg),
            Contender(
                name="networkx_louvain",
                prepare=lambda: _for_networkx(tables),
                run=lambda graph: len(nx.community.louvain_communities(graph, seed=_SEED)),
                rounds=min(louvain_rounds, rounds),
            ),
            *(
                Contender(
                    name=f"scikit_network_{kind.__name__.lower()}",
                    prepare=partial(_for_scikit_network, tables),
                    run=partial(_by_scikit_network, kind),
                )
                for kind in (Leiden, Louvain)
            ),
        ],
        rounds,
    )


def _solve(request: ZoneRequest, executor: Executor | None, candidates: Sequence[Candidates]) -> ZoneSolution:
    return solve(candidates, request, with_costs=False, resources=Resources(executor=executor))


def _country_rows(ground: Ground, schools: int, timed: dict[str, Timed]) -> list[Row]:
    ours, answer = timed["zones"], timed["zones"].result
    alone = timed["zones_in_one_process"]
    if alone.result != answer:
        raise AssertionError("the answer of several processes is another")
    bars = {"leidenalg": 1.0, "networkx_louvain": 0.15}
    rows = [
        Row(name="country_schools", value=schools, unit="schools"),
        Row(name="country_links", value=len(ground.tables.links), unit="links"),
        Row(name="country_anchors", value=len(ground.anchors), unit="anchors"),
        Row(
            name="country_zones",
            value=ours.whole_s,
            note=f"{len(answer.membership)} Zones, {answer.status}, {_PROCESSES} processes; of which candidates"
            f" {ours.prepare_s:.2f} s",
        ),
        Row(name="country_zones_in_one_process", value=alone.whole_s, note="the same answer"),
    ]
    rows += [
        Row(
            name=f"country_{name}",
            value=each.whole_s,
            ratio=ours.whole_s / each.whole_s,
            most_ratio=bars.get(name),
            note=f"a partition into {each.result}, no Zones; of which its graph {each.prepare_s:.2f} s;"
            f" {each.rounds} rounds",
        )
        for name, each in timed.items()
        if not name.startswith("zones")
    ]
    return rows


def _ends(tables: FeederTables) -> tuple[np.ndarray, np.ndarray]:
    index = tables.totals.index
    return index.get_indexer(pd.Index(tables.links["origin"])), index.get_indexer(pd.Index(tables.links["destination"]))


def _for_igraph(tables: FeederTables) -> Any:
    graph = igraph.Graph(n=len(tables.totals), edges=np.column_stack(_ends(tables)), directed=False)
    graph.es["students"] = tables.links["students"].to_numpy()
    return graph


def _by_leidenalg(graph: Any) -> int:
    kind = leidenalg.ModularityVertexPartition
    return len(leidenalg.find_partition(graph, kind, weights="students", seed=_SEED))


def _by_scikit_network(kind: type[Any], matrix: sp.csr_matrix) -> int:
    return len(np.unique(kind(random_state=_SEED).fit_predict(matrix)))


def _for_networkx(tables: FeederTables) -> nx.Graph:
    graph = nx.Graph()
    graph.add_nodes_from(tables.totals.index)
    links = (tables.links[name] for name in ("origin", "destination", "students"))
    graph.add_weighted_edges_from(zip(*links, strict=True))
    return graph


def _for_scikit_network(tables: FeederTables) -> sp.csr_matrix:
    size = len(tables.totals)
    one_way = sp.csr_matrix((tables.links["students"].to_numpy(), _ends(tables)), shape=(size, size))
    return sp.csr_matrix(one_way + one_way.T)


def compare_scores(schools: int, rounds: int) -> list[Row]:
    """
    Score the exact answer against every other method of a proposal, each within the same limits.

    Parameters
    ----------
    schools
        Of the generated country.
    rounds
        Turns of each; the medians count.

    Returns
    -------
    rows
        Score and seconds of each method, and by how much the exact answer scores more.
    """
    ground = generated_country(schools)
    candidates = generate_candidates(ground.tables, ground.anchors, ground.request)
    methods: tuple[Method, ...] = get_args(Method) if _takes_tables() else ("exact", "greedy")
    work = {name: partial(answer_by, name, candidates, ground.tables, ground.request) for name in methods}
    timed = take_turns([in_one_piece(name, work[name]) for name in methods], rounds)
    graph = graph_of_tables(ground.tables, ground.scenario.schools)
    scores = {}
    for method, each in timed.items():
        if broken := audit(graph, each.result.membership, ground.request):
            sys.exit(f"The answer by {method} breaks a limit: {broken[0]}")
        scores[method] = total_score(ground, each.result.membership)
    rows = []
    members = sum(1 + len(feeders) for feeders in timed["exact"].result.membership.values())
    most = scores["exact"] + 2 * TIE_BREAK_STUDENTS * members
    for method, score in scores.items():
        name, answer = method.replace(" ", "_"), timed[method].result
        more = f"exact scores {scores['exact'] / score - 1:.2%} more; " if method != "exact" and score > 0 else ""
        rows.append(
            Row(
                name=f"score_{name}",
                value=score,
                unit="students",
                most=None if method == "exact" else most,
                note=f"{more}{len(answer.membership)} Zones, {answer.status}",
            )
        )
        seconds = timed[method].whole_s
        rows.append(Row(name=f"score_{name}_s", value=seconds, ratio=timed["exact"].whole_s / seconds))
    return rows


def _takes_tables() -> bool:
    """Whether the solver has the methods that need the whole graph."""
    return "tables" in (solve.__kwdefaults__ or {})


def answer_by(
    method: Method, candidates: tuple[Candidates, ...], tables: FeederTables, request: ZoneRequest
) -> ZoneSolution:
    """
    Solve by a method of ``ProposalParameters.method``.

    Parameters
    ----------
    method
        Its name.
    candidates, tables
        Of the request; methods that cut the whole graph need the tables.
    request
        The limits of the request, whatever method they name.

    Returns
    -------
    answer
        Within all limits.
    """
    by_method = replace(request, parameters=request.parameters.with_changes(method=method))
    whole: dict[str, Any] = {"tables": tables} if _takes_tables() else {}
    return solve(candidates, by_method, with_costs=False, **whole)
