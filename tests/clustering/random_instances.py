"""Small random Zone problems, and their best answer by trying everything."""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence
from dataclasses import replace

import networkx as nx

from clustering.candidates import Candidates, generate_candidates
from clustering.config import ProposalParameters
from clustering.constraints import Limits, audit, score_zone


def random_parameters(chance: random.Random, schools: Sequence[str]) -> ProposalParameters:
    """Draw a request; a school forced in with three chances in ten, one forced out with one in ten."""
    inside, outside = chance.sample(schools, 2) if chance.random() < 0.3 else (None, None)
    is_forced_out = outside is not None and chance.random() < 0.3
    return ProposalParameters(
        leakage_weight=chance.choice([0.0, 0.25, 1.0]),
        minimum_schools=chance.choice([1, 2, 3]),
        maximum_schools=chance.choice([3, 4, 10]),
        maximum_steps=chance.choice([1, 2, 3]),
        minimum_link_share=chance.choice([0.0, 0.1, 0.3]),
        count_exits=chance.random() < 0.3,
        maximum_enrolment_students=chance.choice([None, None, 300.0]),
        force_in=() if inside is None else (inside,),
        force_out=(outside,) if is_forced_out else (),
    )


def random_instance(seed: int) -> tuple[nx.DiGraph, tuple[Candidates, ...], Limits]:
    """Draw one to three anchors, one to four middle and up to four elementary schools with flows between them."""
    chance = random.Random(seed)
    high = [f"h{number}" for number in range(chance.randint(1, 3))]
    middle = [f"m{number}" for number in range(chance.randint(1, 4))]
    elementary = [f"e{number}" for number in range(chance.randint(0, 4))]
    flows: dict[tuple[str, str], float] = {}
    for senders, receivers, chances in (
        (middle, [*high, "hx"], 0.6),
        (elementary, [*middle, "mx"], 0.5),
        (elementary, high, 0.15),
    ):
        for sender, receiver in itertools.product(senders, receivers):
            if chance.random() < chances:
                flows[sender, receiver] = float(chance.choice([1, 5, 10, 20, 40]))
    graph = nx.DiGraph()
    for school in [*high, *middle, *elementary, "hx", "mx"]:
        sent = sum(students for (sender, _), students in flows.items() if sender == school)
        entering = sum(students for (_, receiver), students in flows.items() if receiver == school)
        unlisted = chance.choice([0, 0, 0, 10])
        exits = float(chance.choice([0, 5, 20]))
        graph.add_node(school, promoted_students=sent + unlisted, exit_students=exits, entering_students=entering)
    names = [*high, *middle, *elementary]
    asked = random_parameters(chance, names)
    for (sender, receiver), students in flows.items():
        promoted = graph.nodes[sender]["promoted_students"] + asked.count_exits * graph.nodes[sender]["exit_students"]
        shares = {
            "send_share": students / promoted,
            "receive_share": students / graph.nodes[receiver]["entering_students"],
        }
        graph.add_edge(sender, receiver, students=students, **shares)
    limits = Limits(
        parameters=asked,
        names={school: school for school in graph},
        enrolment={school: float(chance.choice([50, 100, 150])) for school in graph},
        district={},
        longitude=dict.fromkeys(graph, 0.0),
        latitude=dict.fromkeys(graph, 0.0),
        closed=frozenset(),
    )
    anchors = [school for school in high if school not in asked.force_out]
    return graph, generate_candidates(graph, anchors, limits), limits


def best_by_brute_force(graph: nx.DiGraph, candidates: Sequence[Candidates], limits: Limits) -> float | None:
    """Greatest total score over every combination of sound Zones; ``None`` if the locks cannot be kept."""
    asked = limits.parameters
    unlocked = replace(limits, parameters=replace(asked, force_in=()))
    options: list[list[tuple[str, frozenset[str], float] | None]] = []
    for each in candidates:
        sound: list[tuple[str, frozenset[str], float] | None] = [None]
        for size in range(min(len(each.schools), asked.maximum_schools - 1) + 1):
            for feeders in itertools.combinations(each.schools, size):
                if not audit(graph, {each.anchor_id: feeders}, unlocked):
                    score = score_zone(graph, each.anchor_id, feeders, asked)
                    sound.append((each.anchor_id, frozenset(feeders), score))
        options.append(sound)
    best: float | None = None
    for combination in itertools.product(*options):
        zones = [zone for zone in combination if zone is not None]
        used = [school for _, feeders, _ in zones for school in feeders]
        held = {*used, *(anchor for anchor, _, _ in zones)}
        if len(used) != len(set(used)) or not set(asked.force_in) <= held:
            continue
        total = sum(score for _, _, score in zones)
        best = total if best is None else max(best, total)
    return best
