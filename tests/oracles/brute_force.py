"""Small random Zone problems with every option of the model, and their best answer by trying everything."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache

import networkx as nx
import numpy as np
import pandas as pd

from clustering.zones.audit import audit, score_zone
from clustering.zones.candidates import Candidates, generate_candidates
from clustering.zones.eligibility import exclusions_of
from clustering.zones.feeder_graph import FeederTables, graph_of_tables
from clustering.zones.parameters import ProposalParameters
from clustering.zones.request import ZoneRequest

Instance = tuple[nx.DiGraph, tuple[Candidates, ...], ZoneRequest]
# Feeders by anchor, and the total score.
Plan = tuple[dict[str, frozenset[str]], float]
InstanceOfTables = tuple[FeederTables, tuple[Candidates, ...], ZoneRequest]


def random_parameters(chance: random.Random, schools: Sequence[str], plain: bool) -> ProposalParameters:
    """
    Draw a request.

    A school is forced in with three chances in ten and one forced out with one in ten; unless the request is to be
    plain, every other option is asked for with three chances in twenty.
    """
    inside, outside, *group = chance.sample(schools, min(len(schools), chance.choice([4, 5])))
    is_forced_in = chance.random() < 0.3

    def sometimes(value: object, otherwise: object, probability: float = 0.15) -> object:
        return value if not plain and chance.random() < probability else otherwise

    settings: dict[str, object] = {
        "score_by": chance.choice(["arrival", "arrival", "moves"]),
        "minimum_arrival_share": chance.choice([0.0, 0.0, 0.2, 0.5]),
        "leakage_weight": chance.choice([0.0, 0.25, 1.0]),
        "minimum_schools": chance.choice([1, 2, 3]),
        "maximum_schools": chance.choice([3, 4, 10]),
        "maximum_steps": chance.choice([1, 2, 3]),
        "minimum_link_share": chance.choice([0.0, 0.1, 0.3]),
        "count_exits": chance.random() < 0.3,
        "maximum_enrolment_students": chance.choice([None, None, 300.0]),
        "force_in": (inside,) if is_forced_in else (),
        "force_out": (outside,) if is_forced_in and chance.random() < 0.3 else (),
        "need_weight": sometimes(0.5, 0.0),
        "distance_weight": sometimes(0.7, 0.0),
        "travel_weight": sometimes(0.4, 0.0),
        "maximum_distance_km": sometimes(40.0, None),
        "maximum_travel_minutes": sometimes(30.0, None),
        "same_district": sometimes(True, False),
        "contiguous": sometimes(True, False),
        "levels": sometimes(("elementary", "high"), ()),
        "maximum_zones": sometimes(chance.choice([1, 2]), None),
        "keep_together": sometimes(("+".join(group),), ()) if len(group) > 1 else (),
        "shared_feeders": sometimes(True, False),
    }
    return ProposalParameters(**settings)  # type: ignore[arg-type]


def random_instance(seed: int, *, plain: bool = False) -> Instance:
    """Draw one to three anchors, one to four middle and up to four schools before these, with flows between them."""
    _, candidates, request = _instance_of_tables(seed, plain)
    return _graph(seed, plain), candidates, request


def random_instance_of_tables(seed: int, *, plain: bool = False) -> InstanceOfTables:
    """Draw the same instance as ``random_instance``, with the feeder graph as tables."""
    return _instance_of_tables(seed, plain)


@cache
def _graph(seed: int, plain: bool) -> nx.DiGraph:
    tables, _, request = _instance_of_tables(seed, plain)
    return graph_of_tables(tables, request.schools)


@cache
def _instance_of_tables(seed: int, plain: bool) -> InstanceOfTables:
    """Draw an instance once: several tests look at the same, and none changes it."""
    chance = random.Random(seed)
    high = [f"h{number}" for number in range(chance.randint(1, 3))]
    middle = [f"m{number}" for number in range(chance.randint(1, 4))]
    primary = [f"p{number}" for number in range(chance.choice([0, 0, 1, 2]))]
    elementary = [f"e{number}" for number in range(chance.randint(0, 4 - len(primary)))]
    flows: dict[tuple[str, str], float] = {}
    for senders, receivers, chances in (
        (middle, [*high, "hx"], 0.6),
        (elementary, [*middle, "mx"], 0.5),
        (elementary, high, 0.15),
        (primary, elementary, 0.7),
        (primary, middle, 0.2),
    ):
        for sender, receiver in itertools.product(senders, receivers):
            if chance.random() < chances:
                flows[sender, receiver] = float(chance.choice([1, 5, 10, 20, 40]))
    names = sorted([*high, *middle, *elementary, *primary, "hx", "mx"])
    inside = [*high, *middle, *elementary, *primary]
    parameters = random_parameters(chance, inside, plain)
    tables = _tables(chance, names, flows, parameters)
    request = _request(chance, names, parameters)
    anchors = [school for school in high if not exclusions_of(request, school, (school,))]
    if not plain and len(anchors) > 1 and chance.random() < 0.2:
        request = replace(request, merged={anchors[0]: tuple(anchors[:2])})
    return tables, generate_candidates(tables, anchors, request), request


def _tables(
    chance: random.Random, names: list[str], flows: dict[tuple[str, str], float], parameters: ProposalParameters
) -> FeederTables:
    sent, entering = dict.fromkeys(names, 0.0), dict.fromkeys(names, 0.0)
    for (origin, destination), students in sorted(flows.items()):
        sent[origin] += students
        entering[destination] += students
    promoted = {school: sent[school] + chance.choice([0, 0, 0, 10]) for school in names}
    exits = {school: float(chance.choice([0, 5, 20])) for school in names}
    moving = np.array([flows[ends] for ends in sorted(flows)], dtype="float64")
    sending = np.array([promoted[a] + parameters.count_exits * exits[a] for a, _ in sorted(flows)], dtype="float64")
    receiving = np.array([entering[b] for _, b in sorted(flows)], dtype="float64")
    links = {
        "origin": pd.array([origin for origin, _ in sorted(flows)], dtype="str"),
        "destination": pd.array([destination for _, destination in sorted(flows)], dtype="str"),
        **dict.fromkeys(("students", "students_low", "students_high"), moving),
        "send_share": moving / sending,
        "receive_share": moving / receiving,
    }
    totals = {
        "promoted_students": list(promoted.values()),
        "exit_students": list(exits.values()),
        "entering_students": list(entering.values()),
    }
    return FeederTables(
        links=pd.DataFrame(links),
        totals=pd.DataFrame(totals, index=_index(tuple(names))),
        years=(),
        paths=_paths(chance, flows) if chance.random() < 0.4 else None,
    )


def _paths(chance: random.Random, flows: dict[tuple[str, str], float]) -> pd.DataFrame | None:
    """Where the students of half the links went next, whatever the send shares of the school in between."""
    rows = [
        (origin, via, destination, float(chance.choice([0, 5, 10, 30])))
        for origin, via in sorted(flows)
        if chance.random() < 0.5
        for destination in [*sorted(b for a, b in flows if a == via), None]
        if destination is None or chance.random() < 0.7
    ]
    followed = {(origin, via) for origin, via, _, students in rows if students > 0}
    table = pd.DataFrame(
        [row for row in rows if row[:2] in followed], columns=["origin", "via", "destination", "students"]
    ).astype({"origin": "str", "via": "str", "destination": "str", "students": "float64"})
    return table.assign(students_low=table["students"], students_high=table["students"], basis="student records")


@cache
def _index(names: tuple[str, ...]) -> pd.Index:
    """Identifiers of a table: many instances have the same, and an index takes longer to make than the rest."""
    return pd.Index(names, dtype="str", name="school_id")


def _request(chance: random.Random, names: list[str], parameters: ProposalParameters) -> ZoneRequest:
    levels = {"h": "high", "m": "middle", "e": "elementary", "p": "elementary"}
    schools = pd.DataFrame(
        {
            "name": _index(tuple(names)).array,
            "level": pd.array([levels[school[0]] for school in names], dtype="str"),
            "district": pd.array([chance.choice(["D", "D", "E", None]) for _ in names], dtype="str"),
            "enrolment": [float(chance.choice([50, 100, 150])) for _ in names],
            "longitude": [chance.choice([0.0, 0.1, 0.2, 0.4]) for _ in names],
            "latitude": [chance.choice([0.0, 0.1, 0.2, float("nan")]) for _ in names],
            "is_closed": [chance.random() < 0.03 for _ in names],
            "need": [chance.choice([0.1, 0.5, 0.9]) for _ in names],
        },
        index=_index(tuple(names)),
    )
    minutes = {
        pair: chance.choice([5.0, 15.0, 25.0, 45.0])
        for pair in itertools.permutations(names, 2)
        if chance.random() < 0.9
    }
    touching = [pair for pair in itertools.combinations(names, 2) if chance.random() < 0.4]
    mapped = [school for school in names if chance.random() < 0.9]
    neighbours = {
        school: frozenset(b if a == school else a for a, b in touching if school in (a, b) and {a, b} <= set(mapped))
        for school in mapped
    }
    return ZoneRequest(parameters=parameters, schools=schools, travel_minutes=minutes, neighbours=neighbours)


def best_by_brute_force(graph: nx.DiGraph, candidates: Sequence[Candidates], request: ZoneRequest) -> float | None:
    """Greatest total score over every combination of sound Zones; ``None`` if there is none."""
    return best_plan(all_by_brute_force(graph, candidates, request), lambda zones: True)


def best_plan(plans: Iterable[Plan], accept: Callable[[dict[str, frozenset[str]]], bool]) -> float | None:
    """Greatest total score of the plans that are accepted; ``None`` if there is none."""
    return max((score for zones, score in plans if accept(zones)), default=None)


def all_by_brute_force(graph: nx.DiGraph, candidates: Sequence[Candidates], request: ZoneRequest) -> Iterator[Plan]:
    """Every combination of sound Zones that keeps the locks, with its total score."""
    parameters = request.parameters
    # What binds several Zones is checked of each combination, all else of each Zone.
    alone = cache(lambda held: replace(request, parameters=parameters.with_changes(force_in=held, maximum_zones=None)))
    options: list[list[tuple[str, frozenset[str], float] | None]] = []
    for each in candidates:
        sets = (
            feeders
            for size in range(min(len(each.schools), parameters.maximum_schools - 1) + 1)
            for feeders in itertools.combinations(each.schools, size)
        )
        sound = [
            (each.anchor_id, frozenset(feeders), score_zone(graph, each.anchor_id, feeders, request))
            for feeders in sets
            if not audit(
                graph,
                {each.anchor_id: feeders},
                alone(tuple(lock for lock in parameters.force_in if lock in (each.anchor_id, *feeders))),
            )
        ]
        options.append([None, *sound])
    for combination in itertools.product(*options):
        zones = [zone for zone in combination if zone is not None]
        used = [school for _, feeders, _ in zones for school in feeders]
        held = {*used, *(anchor for anchor, _, _ in zones)}
        if not parameters.shared_feeders and len(used) != len(set(used)):
            continue
        if not set(parameters.force_in) <= held or (
            parameters.maximum_zones is not None and len(zones) > parameters.maximum_zones
        ):
            continue
        yield {anchor: feeders for anchor, feeders, _ in zones}, sum(score for _, _, score in zones)
