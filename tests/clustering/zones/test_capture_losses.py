"""Schools that only an estimate's capture keeps out, worked out by hand on the toy district."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from clustering import parse_parameters
from clustering.zones.capture_losses import CaptureLoss, describe_capture_losses, find_capture_losses
from clustering.zones.feeder_graph import FeederTables, build_feeder_tables
from clustering.zones.solving import ModelInstance, find_candidates, solve_instance
from tests.examples.toy_district import OAK, WEST, toy_planner, toy_scenario


def with_unknown(unknown: dict[str, float], paths: pd.DataFrame | None = None) -> FeederTables:
    """Feeder tables of the toy district, where some schools promote more students, to schools that are not known."""
    tables = build_feeder_tables(toy_scenario())
    more = pd.Series(unknown, dtype="float64").reindex(tables.totals.index, fill_value=0.0)
    promoted = tables.totals["promoted_students"] + more
    shares = tables.links["students"] / tables.links["origin"].map(promoted)
    totals = tables.totals.assign(promoted_students=promoted, unknown_students=more)
    return replace(tables, totals=totals, links=tables.links.assign(send_share=shares), paths=paths)


def instance_of(tables: FeederTables) -> tuple[ModelInstance, tuple[CaptureLoss, ...]]:
    planner = toy_planner()
    instance = find_candidates(tables, planner.select_anchors(parse_parameters({})))
    solution = solve_instance(instance, resources=planner.resources())
    return instance, find_capture_losses(instance, solution.membership)


def test_what_is_left_of_a_chain_after_two_captures_is_told() -> None:
    # Oak sends 60 of 400 to West, 15%, and 60 of the 100 whose school is known. E1 sends half of 120 to Oak: 7.5%
    # arrive, and of those whose schools are known as many as of Oak's. Without Oak, E2 sends 10 of 50 by way of Elm,
    # 0.2 * 90% = 18%, with it 0.8 * 60% + 18% = 66%. Pine sends too few to West whether or not the others are known.
    instance, losses = instance_of(with_unknown({OAK: 300.0, "0001": 60.0}))
    assert [(each.school_id, each.anchor_id) for each in losses] == [("0001", WEST), ("0002", WEST), (OAK, WEST)]
    assert [round(each.arrival_share, 9) for each in losses] == [0.075, 0.18, 0.15]
    assert [round(each.known_share, 9) for each in losses] == [0.6, 0.66, 0.6]
    (note,) = describe_capture_losses(losses, instance.request)
    assert note.startswith(
        "3 schools are in no Zone because the estimate takes students to go elsewhere at each school on the way that"
        " has too few places, so that fewer than minimum_arrival_share=0.2 could arrive: E1 (0001), 8% to West High"
        " (0010) instead of 60%; E2 (0002), 18% to West High (0010) instead of 66%; Oak Middle (0007), 15% to West High"
        " (0010) instead of 60%. The second share"
    )


def test_nothing_is_told_where_every_next_school_is_known() -> None:
    instance, losses = instance_of(with_unknown({}))
    assert losses == ()
    assert describe_capture_losses(losses, instance.request) == []


def test_known_ways_over_two_promotions_count_too() -> None:
    # By its way, 10 of E1's 60 at Oak go on to West, and of 40 it is not known. Of the 20 that are known, half arrive.
    ways = [("0001", OAK, WEST, 10.0), ("0001", OAK, "0011", 10.0), ("0001", OAK, None, 40.0)]
    paths = pd.DataFrame(ways, columns=["origin", "via", "destination", "students"])
    paths = paths.assign(students_low=paths["students"], students_high=paths["students"], basis="catchments")
    _, losses = instance_of(with_unknown({OAK: 1.0}, paths))
    assert [(each.school_id, round(each.arrival_share, 9), round(each.known_share, 9)) for each in losses] == [
        ("0001", round(1 / 6, 9), 0.5)
    ]
