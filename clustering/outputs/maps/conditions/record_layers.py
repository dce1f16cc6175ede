"""The layers of the map of records, drawn by Folium, every text escaped."""

from __future__ import annotations

from collections.abc import Sequence

import folium
import pandas as pd
import shapely

from clustering.conditions.record.life import STAGES
from clustering.outputs.escaping import escape_for_html
from clustering.outputs.maps.conditions.record_map import STAGE_COLOURS
from clustering.outputs.maps.conditions.record_texts import RecordTexts
from clustering.outputs.maps.folium_map import (
    MAXIMUM_LABELS,
    MapParts,
    OfflineMap,
    feature_layer,
    number_elements,
    write_map,
)
from clustering.outputs.maps.layers import Feature, state_features, write_feature, write_json

Outlines = Sequence[shapely.Geometry | None]
# Dashes tell stages without protection apart without colour.
_DASHES = {"proposed": "2 6", "designated": "8 5", "ended": "1 8"}


def corners_of_outlines(outlines: Outlines) -> list[list[float]] | None:
    """Southwest and northeast corner of all outlines, as latitude and longitude; ``None`` without any."""
    drawn = [each for each in outlines if each is not None]
    if not drawn:
        return None
    west, south, east, north = (float(each) for each in shapely.total_bounds(drawn))
    return [[south, west], [north, east]]


def draw_records(texts: Sequence[RecordTexts], outlines: Outlines) -> MapParts:
    """
    Draw the layers and write them.

    Parameters
    ----------
    texts, outlines
        What is said of each record, and its outline.

    Returns
    -------
    parts
        Layers from bottom to top: states, one for each stage, names.
    """
    drawn = OfflineMap(tiles=None, prefer_canvas=True, maxZoom=18, zoom_control=True, control_scale=True)
    corners = corners_of_outlines(outlines)
    points = pd.DataFrame(corners or [], columns=["latitude", "longitude"], dtype="float64")
    feature_layer("States", state_features(points), is_shown=True, is_listed=False).add_to(drawn)
    for stage in STAGES:
        features = [
            _feature(number, text, outline)
            for number, (text, outline) in enumerate(zip(texts, outlines, strict=True))
            if outline is not None and text.row["stage"] == stage
        ]
        if features:
            feature_layer(stage.capitalize(), features, is_shown=True, is_listed=True).add_to(drawn)
    if len(texts) <= MAXIMUM_LABELS:
        _labels(texts, outlines).add_to(drawn)
    folium.LayerControl(collapsed=False, position="topright").add_to(drawn)
    if corners is not None:
        drawn.fit_bounds(corners, padding=(30, 30), max_zoom=14)
    number_elements(drawn.get_root())
    return write_map(drawn)


def _feature(number: int, text: RecordTexts, outline: shapely.Geometry) -> Feature:
    stage = text.row["stage"]
    colour = STAGE_COLOURS[stage]
    style = {"color": colour, "fillColor": colour, "weight": 2.5, "fillOpacity": 0.25}
    style |= {"dashArray": _DASHES[stage]} if stage in _DASHES else {}
    lines = [f"<b>{escape_for_html(text.row['name'])}</b>", *map(escape_for_html, text.lines())]
    return write_feature(number, write_json(shapely.geometry.mapping(outline)), lines, write_json(style))


def _labels(texts: Sequence[RecordTexts], outlines: Outlines) -> folium.FeatureGroup:
    """Names of the Zones within their outlines."""
    group = folium.FeatureGroup(name="Names", show=True)
    for text, outline in zip(texts, outlines, strict=True):
        if outline is None:
            continue
        west, south, east, north = outline.bounds
        icon = folium.DivIcon(
            html=f"<span>{escape_for_html(text.row['name'])}</span>", class_name="zone-name", icon_size=(0, 0)
        )
        point = [round((south + north) / 2, 6), round((west + east) / 2, 6)]
        folium.Marker(point, icon=icon, interactive=False, keyboard=False).add_to(group)
    return group
