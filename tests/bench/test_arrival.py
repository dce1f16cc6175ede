"""What a planner would find wrong with a plan of which the paths are known, worked out by hand."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from bench.arrival import chained_arrival, find_left_out, find_wrongly_in, recognise, true_arrival
from clustering import Proposal, evaluate_plan, read_plan, read_scenario

# Low and High are high schools, Middle sends 60% to Low, Far 14%, the K-8 school Whole 35%. Of the elementary schools
# Near lives on Low's side of Middle's catchment, Other on the other side; Beyond lives where Far's students go to Low.
PATHS = pd.DataFrame(
    [
        ("Near", "Middle", "Low", 50),
        ("Near", "Middle", "High", 10),
        ("Other", "Middle", "Low", 5),
        ("Other", "Middle", "High", 40),
        ("Other", "Middle", None, 5),
        ("Beyond", "Far", "Low", 30),
        ("Beyond", "Far", "High", 10),
        ("Middle", None, "Low", 60),
        ("Middle", None, "High", 40),
        ("Far", None, "Low", 14),
        ("Far", None, "High", 86),
        ("Whole", None, "Low", 35),
        ("Whole", None, "High", 65),
    ],
    columns=["origin", "via", "destination", "students"],
)
GRADES = {
    **dict.fromkeys(("Near", "Other", "Beyond"), "KG-5"),
    **dict.fromkeys(("Middle", "Far"), "6-8"),
    "Whole": "KG-8",
    **dict.fromkeys(("Low", "High"), "9-12"),
}
RATES = {"Low": "50", "High": "90"}


def plan(*feeders: str, **parameters: object) -> Proposal:
    """Score the Zone of Low with these feeders."""
    ids = list(GRADES)
    schools = pd.DataFrame({"school_id": ids, "name": ids, "grades": list(GRADES.values())})
    schools["graduation_rate"] = schools["school_id"].map(RATES)
    flows = PATHS.assign(destination=PATHS["via"].fillna(PATHS["destination"]))
    flows = flows[["origin", "destination", "students"]].astype("str")
    scenario = read_scenario(schools=schools, flows=flows)
    table = pd.DataFrame({"school_id": ["Low", *feeders], "zone": "Low"})
    return evaluate_plan(scenario, read_plan(table, scenario), {"disclosure": "exact", **parameters})


def test_true_arrival_counts_paths_inside_the_zone() -> None:
    arrival = true_arrival(PATHS, "Low", {"Low", "Middle"})
    expected = {"Beyond": 0.0, "Far": 0.14, "Middle": 0.6, "Near": 50 / 60, "Other": 0.1, "Whole": 0.35}
    assert arrival.to_dict() == pytest.approx(expected)


def test_chained_arrival_forgets_where_students_come_from() -> None:
    proposal = plan("Middle", "Near", "Other", "Far", "Beyond")
    arrival = chained_arrival(proposal.links, proposal.zones[0])
    expected = {"Low": 1.0, "Middle": 0.6, "Near": 0.6, "Other": 0.6, "Far": 0.14, "Beyond": 0.14}
    assert arrival.to_dict() == pytest.approx(expected)


def test_feeders_whose_students_go_elsewhere_are_wrongly_in() -> None:
    proposal = plan("Middle", "Near", "Other", "Far", "Beyond")
    assert sorted(find_wrongly_in(proposal, PATHS)) == [("Low", "Far"), ("Low", "Other")]


def test_schools_whose_students_would_arrive_are_left_out() -> None:
    assert find_left_out(plan("Middle", "Near", "Far"), PATHS) == (("Low", "Beyond"), ("Low", "Whole"))
    # Near would come by way of Middle, so Middle is added first, and Near then comes before Whole.
    left_out = (("Low", "Middle"), ("Low", "Near"), ("Low", "Whole"))
    assert find_left_out(plan("Other"), PATHS) == left_out


def test_limits_explain_what_is_left_out() -> None:
    full = recognise(plan("Middle", "Near", "Far", maximum_schools=5), PATHS)
    assert full.left_out == (("Low", "Beyond"),)
    assert (full.feeders, full.kept_out_by_size) == (3, 1)
    without = replace(plan("Middle"), zones=())
    assert find_left_out(without, PATHS) == (("Low", "Middle"), ("Low", "Near"), ("Low", "Whole"))
    too_small = replace(plan("Middle", minimum_schools=5), zones=())
    assert find_left_out(too_small, PATHS) == ()


def test_another_zone_explains_what_is_left_out() -> None:
    proposal = plan("Middle", "Near")
    (zone,) = proposal.zones
    other = replace(zone, zone_id="other", anchor_id="High", members=plan("Whole").zones[0].members[1:])
    assert find_left_out(replace(proposal, zones=(zone, other)), PATHS) == ()
