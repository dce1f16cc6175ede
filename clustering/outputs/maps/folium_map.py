"""The Folium map itself: layers, labels and control, without any asset from elsewhere."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

import folium
import pandas as pd
from branca.element import Element
from folium.utilities import JsCode
from jinja2.utils import htmlsafe_json_dumps

from clustering.outputs.escaping import escape_for_html
from clustering.outputs.maps.layers import (
    Feature,
    corners_of,
    link_features,
    links_of_members,
    school_features,
    school_points,
    state_features,
    zone_features,
)
from clustering.zones.proposal import Proposal

MAXIMUM_LABELS = 60
# The whole text is made of escaped parts, so it may be shown as HTML.
_SHOW_TEXT = JsCode(
    "function (feature, layer) { layer.bindTooltip(feature.properties.text, {sticky: true, className: 'tooltip'}); }"
)


class OfflineMap(folium.Map):
    """A Folium map that loads nothing: Leaflet is put into the page beside it."""

    default_js: list[tuple[str, str]] = []  # noqa: RUF012 (Folium declares them so)
    default_css: list[tuple[str, str]] = []  # noqa: RUF012


class FeatureLayer(folium.GeoJson):
    """
    A layer of Folium whose features are JSON already.

    Folium compiles all that it writes as a template once more. Features need that least of all, and are most of the
    text. So Folium writes ``mark`` in their place.
    """

    def __init__(self, features: list[Feature], *, name: str, **options: Any) -> None:
        super().__init__({}, name=name, **options)
        self.features = features
        self.mark = json.dumps(f"features of {name}")
        self.data = json.loads(self.mark)


@dataclass(frozen=True, kw_only=True)
class MapParts:
    """The JavaScript name of a map, and what stands in the head, the body and the last script of its page."""

    name: str
    header: str
    body: str
    script: str


def render_map(proposal: Proposal, points: pd.DataFrame) -> MapParts:
    """
    Draw the map and write it.

    Parameters
    ----------
    proposal, points
        As for :func:`build_map`.

    Returns
    -------
    parts
        The same for the same Proposal. Every text in them passed the escaper.
    """
    return write_map(build_map(proposal, points))


def write_map(drawn: OfflineMap) -> MapParts:
    """
    Write a map that was drawn.

    Parameters
    ----------
    drawn
        With its layers; its elements are numbered.

    Returns
    -------
    parts
        The same for the same map.
    """
    children = drawn._children.values()  # noqa: SLF001 (Folium offers no other way)
    layers = {layer.mark: layer.features for layer in children if isinstance(layer, FeatureLayer)}
    figure: Any = drawn.get_root()
    figure.render()  # fills the figure's parts
    script = re.sub(
        "|".join(map(re.escape, layers)),
        lambda mark: htmlsafe_json_dumps(layers[mark[0]], dumps=_write_collection),  # as Folium writes them
        figure.script.render(),
    )
    return MapParts(name=drawn.get_name(), header=figure.header.render(), body=figure.html.render(), script=script)


def build_map(proposal: Proposal, points: pd.DataFrame | None = None) -> OfflineMap:
    """
    Draw the layers.

    Parameters
    ----------
    proposal
        As ``propose_zones`` answers.
    points
        As ``school_points`` says, if they are known already.

    Returns
    -------
    drawn
        Layers from bottom to top: states, Zone outlines, flows that leave Zones and other schools (both off at first),
        flows within Zones, feeders, anchors, labels. The same Proposal gives the same identifiers inside.
    """
    points = school_points(proposal) if points is None else points
    links = links_of_members(proposal, points)
    drawn = OfflineMap(tiles=None, prefer_canvas=True, maxZoom=18, zoom_control=True, control_scale=True)
    feeders = school_features(proposal, points, "feeder")
    anchors = school_features(proposal, points, "anchor")
    layers = (
        ("States", state_features(points), True, False),
        ("Zones", zone_features(proposal), True, True),
        ("Flows out of Zones", link_features(proposal, points, links, inside=False), False, True),
        ("Other schools", school_features(proposal, points, "outside"), False, True),
        ("Flows within Zones", link_features(proposal, points, links, inside=True), True, True),
        ("Feeders", feeders, True, True),
        ("Low-performing high schools", anchors, True, True),
    )
    for name, features, is_shown, is_listed in layers:
        feature_layer(name, features, is_shown=is_shown, is_listed=is_listed).add_to(drawn)
    if len(proposal.zones) <= MAXIMUM_LABELS:
        _labels(proposal).add_to(drawn)
    folium.LayerControl(collapsed=False, position="topright").add_to(drawn)
    corners = corners_of(points)
    if corners is not None:
        drawn.fit_bounds(corners, padding=(30, 30), max_zoom=14)
    number_elements(drawn.get_root())
    return drawn


def feature_layer(name: str, features: list[Feature], *, is_shown: bool, is_listed: bool) -> FeatureLayer:
    """Make a layer with tooltips, which the control lists; one that it does not list is a backdrop."""
    is_backdrop = not is_listed
    return FeatureLayer(
        features,
        name=escape_for_html(name),
        show=is_shown,
        control=is_listed,
        marker=folium.CircleMarker(fill=True),
        on_each_feature=None if is_backdrop else _SHOW_TEXT,
        interactive=False if is_backdrop else None,
    )


def _write_collection(features: list[Feature]) -> str:
    return f'{{"features": [{", ".join(features)}], "type": "FeatureCollection"}}'


def _labels(proposal: Proposal) -> folium.FeatureGroup:
    """Names of the Zones beside their anchors."""
    group = folium.FeatureGroup(name="Names", show=True)
    for zone in proposal.zones:
        point = proposal.schools.geometry.get(zone.anchor_id)
        if point is None:
            continue
        icon = folium.DivIcon(
            html=f"<span>{escape_for_html(zone.name)}</span>", class_name="zone-name", icon_size=(0, 0)
        )
        folium.Marker([round(point.y, 6), round(point.x, 6)], icon=icon, interactive=False, keyboard=False).add_to(
            group
        )
    return group


def number_elements(root: Element) -> None:
    """Replace Folium's random identifiers, so that the same Proposal is the same document."""
    pending, count = [root], 0
    seen: set[int] = set()
    while pending:
        element = pending.pop()
        if id(element) in seen:
            continue
        seen.add(id(element))
        count += 1
        # Folium offers no other way to choose it.
        element._id = f"{count:04d}"  # noqa: SLF001
        pending.extend(element._children.values())  # noqa: SLF001
        pending.extend(value for value in vars(element).values() if isinstance(value, Element))
