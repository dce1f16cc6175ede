"""The map: what it shows, that it asks nothing of anybody, and that no name runs in it."""

from __future__ import annotations

import html
import json
import re
from typing import Any

import folium
import pandas as pd
import pytest

from clustering import MAP_CONTENT_SECURITY_POLICY, Proposal, draw_map, parse_parameters, propose_zones
from clustering.outputs.assets import read_asset
from clustering.outputs.maps.folium_map import FeatureLayer, build_map
from clustering.outputs.maps.layers import line_width, school_points
from tests.examples.toy_district import EAST, WEST, toy_flows, toy_scenario, toy_schools
from tests.faulty_files.hostile_names import EVALUATED, HOSTILE_NAMES, hostile_state_flows, hostile_state_schools


def propose(schools: pd.DataFrame | None = None, flows: pd.DataFrame | None = None, **more: object) -> Proposal:
    parameters = parse_parameters({"identification": "official:designation=CSI", **more})
    return propose_zones(toy_scenario(schools, flows), parameters)


@pytest.fixture(scope="module")
def drawn() -> str:
    return draw_map(propose(), title="Toy district")


def layers_of(proposal: Proposal) -> dict[str, list[dict[str, Any]]]:
    return {
        child.layer_name: [json.loads(feature) for feature in child.features]
        for child in build_map(proposal)._children.values()
        if isinstance(child, FeatureLayer)
    }


def test_each_layer_holds_what_its_name_says() -> None:
    layers = layers_of(propose())
    assert {name: len(features) for name, features in layers.items() if name != "States"} == {
        "Zones": 2,
        "Flows out of Zones": 4,  # Oak and Elm to East, Pine to West, E4 to Pine
        "Other schools": 0,
        "Flows within Zones": 10,
        "Feeders": 9,
        "Low-performing high schools": 2,
    }
    texts = [feature["properties"]["text"] for feature in layers["Flows within Zones"]]
    oak = next(text for text in texts if text.startswith("<b>Oak Middle → West High"))
    assert oak == (
        "<b>Oak Middle → West High</b><br>55 to 69 students a year<br>"
        "60% of its promoted students, 35% of the known entering students"  # 62 of 62 + 42, and of 62 + 92 + 22
    )


@pytest.mark.parametrize(
    ("students", "pixels"), [(1, 1.5), (9.9, 1.5), (10, 3), (49, 3), (50, 5.5), (99, 5.5), (100, 8)]
)
def test_flows_are_as_wide_as_the_legend_says(students: float, pixels: float, drawn: str) -> None:
    assert line_width(students) == pixels
    assert f'stroke-width="{pixels:g}"' in drawn


def test_a_suppressed_flow_is_shown_as_an_interval_not_as_a_number() -> None:
    flows = toy_flows()
    flows.loc[8, "students"] = "7"  # Oak to West
    (text,) = [
        feature["properties"]["text"]
        for name in ("Flows within Zones", "Flows out of Zones")
        for feature in layers_of(propose(flows=flows))[name]
        if "Oak Middle → West High" in str(feature)
    ]
    assert "<br>1 to 9 students a year<br>" in text
    assert "7" not in text


def test_the_table_twin_says_what_the_map_draws(drawn: str) -> None:
    proposal = propose()
    text = html.unescape(re.sub(r"<script>.*?</script>", "", drawn, flags=re.DOTALL))
    for zone in proposal.zones:
        assert f"{zone.metrics.coverage:.0%}" in text
        for member in zone.members:
            assert member.reason in text
    for note in proposal.notes:
        assert note in text


def test_the_same_proposal_is_the_same_document(drawn: str) -> None:
    assert draw_map(propose(), title="Toy district") == drawn


def test_nothing_is_loaded_from_anywhere(drawn: str) -> None:
    own = drawn.replace(read_asset("leaflet.js"), "").replace(read_asset("leaflet.css"), "")
    assert not re.findall(r"(?:src|href)\s*=\s*(?![\"']?(?:#|data:))\S+", own)
    assert not re.findall(r"(?:https?:)?//[a-z0-9.-]+\.[a-z]{2,}", own)
    assert "@import" not in drawn
    assert "connect-src" not in MAP_CONTENT_SECURITY_POLICY, "default-src 'none' forbids every connection"


def test_control_a_plain_folium_map_loads_from_many_hosts() -> None:
    plain = folium.Map([38, -98]).get_root().render()
    assert len(set(re.findall(r"https://([a-z0-9.-]+)/", plain))) >= 2


def assert_same_elements(hostile: str, calm: str) -> None:
    """As many elements as with calm names: none was opened or closed by a name."""
    assert EVALUATED not in hostile
    for tag in ("<script", "</script", "<img", "<svg", "<iframe", "<b>", "<style", "<li", "<tr", "<title"):
        assert hostile.lower().count(tag) == calm.lower().count(tag), tag


def test_no_name_of_a_school_runs_as_a_template_or_closes_a_script() -> None:
    calm = hostile_state_schools([f"Calm {number}" for number in range(len(HOSTILE_NAMES))])
    assert_same_elements(
        draw_map(propose(hostile_state_schools(), hostile_state_flows())),
        draw_map(propose(calm, hostile_state_flows())),
    )


def test_no_title_runs_as_a_template_or_closes_a_script(drawn: str) -> None:
    proposal = propose()
    for name in HOSTILE_NAMES:
        assert_same_elements(draw_map(proposal, title=name), drawn)


@pytest.mark.parametrize("sink", ["popup", "tooltip", "layer", "icon"])
def test_control_raw_folium_runs_a_name_as_a_template(sink: str) -> None:
    name = "{{ 7 * 191 }}"
    target = folium.Map([38, -98], tiles=None)
    if sink == "popup":
        folium.Marker([38, -98], popup=name).add_to(target)
    elif sink == "tooltip":
        folium.Marker([38, -98], tooltip=name).add_to(target)
    elif sink == "layer":
        folium.FeatureGroup(name=name).add_to(target)
        folium.LayerControl().add_to(target)
    else:
        folium.Marker([38, -98], icon=folium.DivIcon(html=name)).add_to(target)
    assert EVALUATED in target.get_root().render()


def test_schools_of_one_building_are_told_apart() -> None:
    schools = toy_schools().assign(lat="38.05", lon="-98.0")
    points = school_points(propose(schools))
    assert not points.duplicated(["longitude", "latitude"]).any()
    assert ((points["latitude"] - 38.05).abs() < 0.002).all()


def test_schools_without_coordinates_are_listed_instead() -> None:
    schools = toy_schools()
    schools.loc[[7, 10], ["lat", "lon"]] = ""  # Elm, East
    text = draw_map(propose(schools))
    assert "2 schools cannot be drawn" in text
    assert "<li>Elm Middle (0008)</li>" in text
    assert "East High Zone" in text
    nowhere = draw_map(propose(schools.assign(lat="", lon="")))
    assert "11 schools cannot be drawn" in nowhere


def test_a_map_without_zones_says_so_and_shows_the_schools() -> None:
    proposal = propose(maximum_distance_km=0.001)
    assert proposal.zones == ()
    text = draw_map(proposal)
    assert "No Zone is proposed." in text
    assert len(layers_of(proposal)["Other schools"]) == 11
    for anchor in (WEST, EAST):
        reason = next(each.reason_without_zone for each in proposal.anchors if each.school_id == anchor)
        assert reason is not None
        assert reason in html.unescape(text)


def test_states_are_drawn_below_the_schools() -> None:
    states = json.dumps(layers_of(propose())["States"])
    assert "Kansas" in states
    assert "Hawaii" not in states


def test_a_crowd_of_schools_hides_no_member(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clustering.outputs.maps.layers.MAXIMUM_SCHOOLS_DRAWN", 5)
    proposal = propose(identification="graduation_rate<0.67", maximum_schools=4)
    members = {member.school_id for zone in proposal.zones for member in zone.members}
    assert len(members) == 4
    points = school_points(proposal)
    assert members <= set(points.index)
    assert len(points) == 5
    assert "5 of 11 schools are drawn" in draw_map(proposal)
    monkeypatch.setattr("clustering.outputs.maps.layers.MAXIMUM_SCHOOLS_DRAWN", 2)
    assert set(school_points(proposal).index) == members
