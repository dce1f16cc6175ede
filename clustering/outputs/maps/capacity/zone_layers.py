"""The layers of the map of a match or a year plan, drawn by Folium, every text escaped."""

from __future__ import annotations

from collections.abc import Mapping

import folium
import pandas as pd
import shapely

from clustering.capacity.need.zone_needs import ZoneNeeds
from clustering.capacity.picture.headlines import count_text
from clustering.outputs.escaping import escape_for_html
from clustering.outputs.maps.capacity.zone_states import UNSERVED, ZoneStates
from clustering.outputs.maps.folium_map import (
    MAXIMUM_LABELS,
    MapParts,
    OfflineMap,
    feature_layer,
    number_elements,
    write_map,
)
from clustering.outputs.maps.layers import (
    MAXIMUM_SCHOOLS_DRAWN,
    OUTSIDE_COLOUR,
    Feature,
    state_features,
    write_feature,
    write_json,
)


def corners_of_schools(needs: ZoneNeeds) -> list[list[float]] | None:
    """Southwest and northeast corner of all schools of Zones, as latitude and longitude; ``None`` without any."""
    points = needs.schools[["latitude", "longitude"]].dropna()
    if points.empty:
        return None
    return [[float(points[name].min()) for name in points], [float(points[name].max()) for name in points]]


def draw_zones(needs: ZoneNeeds, states: ZoneStates, outlines: Mapping[str, shapely.Geometry]) -> MapParts:
    """
    Draw the layers and write them.

    Parameters
    ----------
    needs, states
        The Zones and what is shown of each.
    outlines
        By ``zone_id``.

    Returns
    -------
    parts
        Layers from bottom to top: states, Zones without a partner, Zones with one, their schools, names.
    """
    points = needs.schools[needs.schools[["latitude", "longitude"]].notna().all(axis=1)]
    drawn = OfflineMap(tiles=None, prefer_canvas=True, maxZoom=18, zoom_control=True, control_scale=True)
    is_served = states.zones["state"] != UNSERVED
    layers = (
        ("States", state_features(points), False),
        (UNSERVED, _zone_features(states, states.zones[~is_served], outlines), True),
        ("With a partner", _zone_features(states, states.zones[is_served], outlines), True),
        ("Schools", _school_features(needs, states, points.head(MAXIMUM_SCHOOLS_DRAWN)), True),
    )
    for name, features, is_listed in layers:
        feature_layer(name, features, is_shown=True, is_listed=is_listed).add_to(drawn)
    if len(states.zones) <= MAXIMUM_LABELS:
        _labels(needs, states).add_to(drawn)
    folium.LayerControl(collapsed=False, position="topright").add_to(drawn)
    corners = corners_of_schools(needs)
    if corners is not None:
        drawn.fit_bounds(corners, padding=(30, 30), max_zoom=14)
    number_elements(drawn.get_root())
    return write_map(drawn)


def _zone_features(states: ZoneStates, zones: pd.DataFrame, outlines: Mapping[str, shapely.Geometry]) -> list[Feature]:
    features = []
    for number, (zone_id, row) in enumerate(zones.iterrows()):
        if str(zone_id) not in outlines:
            continue
        is_served = row["state"] != UNSERVED
        lines = [
            f"<b>{escape_for_html(row['name'])}</b>",
            escape_for_html(row["partner"]) if is_served else UNSERVED,
            f"{row['schools_served']} of {row['schools']} schools served",
            f"{count_text(row['students'])} students",
            *([escape_for_html(row["state"])] if is_served and row["state"] != row["partner"] else []),
        ]
        colour = states.colours[row["state"]]
        # Dashes tell Zones without a partner apart without colour.
        style = {"color": colour, "fillColor": colour, "weight": 2.5, "fillOpacity": 0.25 if is_served else 0.1}
        style |= {} if is_served else {"dashArray": "6 5"}
        geometry = write_json(shapely.geometry.mapping(outlines[str(zone_id)]))
        features.append(write_feature(number, geometry, lines, write_json(style)))
    return features


def _school_features(needs: ZoneNeeds, states: ZoneStates, points: pd.DataFrame) -> list[Feature]:
    anchors = {anchor for each in needs.zones["anchor_ids"] for anchor in each}
    proposed = needs.variants[needs.variants["variant"] == "as proposed"]
    state_of = {
        school: states.zones.loc[zone, "state"]
        for zone, schools in zip(proposed["zone_id"], proposed["school_ids"], strict=True)
        for school in schools
    }
    features = []
    for number, (school_id, row) in enumerate(points.iterrows()):
        school = str(school_id)
        is_served = school in states.served_schools
        colour = states.colours[state_of[school]] if is_served else OUTSIDE_COLOUR
        style = {
            "radius": 9 if school in anchors else 5,
            "color": "#111111" if school in anchors else "#ffffff",
            "weight": 3 if school in anchors else 1.5,
            "fillColor": colour if is_served else "#ffffff",
            "fillOpacity": 0.95,
        }
        style |= {} if is_served or school in anchors else {"color": OUTSIDE_COLOUR}
        lines = [
            f"<b>{escape_for_html(row['name'])}</b>",
            escape_for_html(row["level"]),
            "served" if is_served else "not served",
        ]
        point = f'{{"coordinates": [{row["longitude"]}, {row["latitude"]}], "type": "Point"}}'
        features.append(write_feature(number, point, lines, write_json(style)))
    return features


def _labels(needs: ZoneNeeds, states: ZoneStates) -> folium.FeatureGroup:
    """Names of the Zones beside their anchors, each with its colour: from afar, Zones may cover each other."""
    group = folium.FeatureGroup(name="Names", show=True)
    names, state_of = states.zones["name"].to_dict(), states.zones["state"].to_dict()
    for zone_id, row in needs.zones.iterrows():
        if pd.isna(row["latitude"]) or pd.isna(row["longitude"]):
            continue
        name = escape_for_html(names[zone_id])
        swatch = f'<i class="swatch" style="background:{states.colours[state_of[zone_id]]}"></i>'
        icon = folium.DivIcon(html=f"<span>{swatch}{name}</span>", class_name="zone-name", icon_size=(0, 0))
        point = [round(row["latitude"], 6), round(row["longitude"], 6)]
        folium.Marker(point, icon=icon, interactive=False, keyboard=False).add_to(group)
    return group
