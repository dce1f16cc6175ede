"""The toy district as a generated state."""

from __future__ import annotations

from pathlib import Path

import pytest

from clustering import build_feeder_graph, identify_high_schools, parse_rule, read_scenario
from clustering.datasets import generate_state, toy_district, write_state


def test_toy_district_by_hand(tmp_path: Path) -> None:
    toy = toy_district()
    names = toy.directory.set_index("NCESSCH")["SCH_NAME"]
    flows = {
        (names[row.origin_ncessch].split()[0] + row.grade, names.get(row.destination_ncessch)): row.students
        for row in toy.promotions.itertuples()
    }
    assert names.tolist()[:2] + names.tolist()[-1:] == [
        "Alder Elementary School",
        "Birch Elementary School",
        "East High School",
    ]
    assert flows == {
        ("Alder05", "West Middle School"): 50,
        ("Birch05", "West Middle School"): 40,
        ("Birch05", "Centre Middle School"): 10,
        ("Cedar05", "Centre Middle School"): 50,
        ("Dogwood05", "Centre Middle School"): 40,
        ("Dogwood05", "East Middle School"): 10,
        ("Elm05", "East Middle School"): 50,
        ("Fir05", "East Middle School"): 60,
        ("West08", "West High School"): 80,
        ("West08", "East High School"): 10,
        ("Centre08", "West High School"): 60,
        ("Centre08", "East High School"): 40,
        ("Centre08", None): 10,
        ("East08", "West High School"): 10,
        ("East08", "East High School"): 110,
    }
    paths = write_state(toy, tmp_path)
    scenario = read_scenario(schools=paths[:2], flows=[paths[2]], performance=paths[3:5])
    graph = build_feeder_graph(scenario)
    centre, west, east = "070000100008", "070000100010", "070000100011"
    assert graph.edges[centre, west]["send_share"] == pytest.approx(60 / 100)
    assert graph.edges[centre, west]["receive_share"] == pytest.approx(60 / 150)
    assert graph.edges[centre, east]["receive_share"] == pytest.approx(40 / 160)
    certainty = identify_high_schools(scenario, parse_rule("graduation_rate<0.67"))["certainty"]
    assert certainty.to_dict() == {west: "certain", east: "certain"}


def test_eleven_schools_are_the_toy_whatever_the_seed() -> None:
    for seed in (1, 99):
        state = generate_state(schools=11, seed=seed)
        assert state.promotions.equals(toy_district().promotions)
        assert state.directory.equals(toy_district().directory)
