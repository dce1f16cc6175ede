"""
Proposal to GeoJSON features for each layer of the map, every text escaped.

A country has tens of thousands of features, so each is written as JSON at once, in the form in which Folium writes
them: keys sorted, ASCII only.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from functools import cache
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
import shapely

from clustering.model.grades import format_grades
from clustering.model.lookup import is_one_of
from clustering.outputs.assets import read_asset
from clustering.outputs.escaping import escape_for_html
from clustering.zones.proposal import Proposal

# Okabe and Ito's colours without black and yellow: told apart by people with any colour vision, dark enough on white.
ZONE_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
OUTSIDE_COLOUR = "#8a8f98"
MAXIMUM_SCHOOLS_DRAWN = 6_000
MAXIMUM_LINKS_DRAWN = 8_000
_RADIUS = {"high": 8, "middle-high": 8, "all-grades": 8, "middle": 6, "elementary-middle": 6}
_FAN_DEGREES = 0.0004  # about 40 m: enough to tell schools of one building apart

Feature: TypeAlias = str  # a feature as JSON


def colour_of_zones(proposal: Proposal) -> dict[str, str]:
    """Colour of each Zone, by ``zone_id``."""
    return {zone.zone_id: ZONE_COLOURS[number % len(ZONE_COLOURS)] for number, zone in enumerate(proposal.zones)}


def corners_of(points: pd.DataFrame) -> list[list[float]] | None:
    """Southwest and northeast corner, as latitude and longitude, of what is shown first: Zones, or else all schools."""
    members = points[points["role"] != "outside"]
    shown = members if len(members) else points
    if shown.empty:
        return None
    return [
        [float(shown["latitude"].min()), float(shown["longitude"].min())],
        [float(shown["latitude"].max()), float(shown["longitude"].max())],
    ]


def zone_features(proposal: Proposal) -> list[Feature]:
    """Outlines with a summary each."""
    colours = colour_of_zones(proposal)
    features = []
    for number, zone in enumerate(proposal.zones):
        if zone.outline is None:
            continue
        metrics = zone.metrics
        lines = [
            f"<b>{escape_for_html(zone.name)}</b>",
            f"{metrics.school_count} school{'' if metrics.school_count == 1 else 's'}",
            f"Coverage {range_text(metrics.coverage, metrics.coverage_low, metrics.coverage_high)}",
            f"Retention {range_text(metrics.retention, metrics.retention_low, metrics.retention_high)}",
            *["From estimated flows"] * proposal.basis.is_estimated,
        ]
        style = {"color": colours[zone.zone_id], "fillColor": colours[zone.zone_id], "weight": 2.5, "fillOpacity": 0.14}
        features.append(
            write_feature(number, write_json(shapely.geometry.mapping(zone.outline)), lines, write_json(style))
        )
    return features


def school_points(proposal: Proposal) -> pd.DataFrame:
    """
    Choose the schools to draw and set apart those that share a point.

    Parameters
    ----------
    proposal
        As ``propose_zones`` answers.

    Returns
    -------
    points
        Index ``school_id``; ``longitude``, ``latitude`` [degrees], ``role``, ``zone_id``, ``level``, ``name``,
        ``grades_offered``, ``reason``. All schools with coordinates or, beyond 6,000 of them, all those in Zones
        and as many of those with flows into or out of Zones as there is room for.
    """
    schools = proposal.schools[["name", "level", "grades_offered", "role", "zone_id", "reason", "geometry"]]
    located = schools[schools.geometry.notna()]
    table = pd.DataFrame(located.drop(columns="geometry")).assign(
        longitude=located.geometry.x.to_numpy(), latitude=located.geometry.y.to_numpy()
    )
    if len(table) > MAXIMUM_SCHOOLS_DRAWN:
        members = table.index[table["role"] != "outside"]
        ends = proposal.links["origin"], proposal.links["destination"]
        touches = is_one_of(ends[0], members) | is_one_of(ends[1], members)
        near = pd.concat([end[touches] for end in ends])
        others = table[(table["role"] == "outside") & is_one_of(table.index, near)]
        drawn = [table.loc[members], others.head(max(0, MAXIMUM_SCHOOLS_DRAWN - len(members)))]
        table = pd.concat(drawn)
    position = table.groupby(["longitude", "latitude"]).cumcount().to_numpy()
    angle = position * 2.4  # the golden angle spreads any number of schools
    reach = _FAN_DEGREES * np.sqrt(position)
    return table.assign(
        longitude=(table["longitude"] + reach * np.cos(angle)).round(6),
        latitude=(table["latitude"] + reach * np.sin(angle)).round(6),
    )


def school_features(proposal: Proposal, points: pd.DataFrame, role: str) -> list[Feature]:
    """Points of the schools of one role."""
    colours = colour_of_zones(proposal)
    describe, style_of = cache(_describe_school), cache(_school_style)  # few differ
    features = []
    for number, school in enumerate(rows_of(points[points["role"] == role])):
        colour = OUTSIDE_COLOUR if role == "outside" else colours[school.zone_id.partition("; ")[0]]
        lines = [f"<b>{escape_for_html(school.name)}</b>", describe(school.level, school.grades_offered)]
        if role != "outside":
            lines.append(escape_for_html(school.reason))
        point = f'{{"coordinates": [{school.longitude}, {school.latitude}], "type": "Point"}}'
        features.append(write_feature(number, point, lines, style_of(role, school.level, colour)))
    return features


def _describe_school(level: str, grades_offered: int) -> str:
    return escape_for_html(f"{level}, grades {format_grades(grades_offered) or 'unknown'}")


def _school_style(role: str, level: str, colour: str) -> str:
    radius = _RADIUS.get(level, 4.5)
    if role == "anchor":  # a thick dark ring, so that an anchor is told apart without colour
        style = {"radius": 11, "color": "#111111", "weight": 4, "fillColor": colour, "fillOpacity": 1}
    elif role == "feeder":
        style = {"radius": radius, "color": "#ffffff", "weight": 1.5, "fillColor": colour, "fillOpacity": 0.95}
    else:
        style = {"radius": radius * 0.6, "color": "#5f6670", "weight": 0.8, "fillColor": "#ffffff", "fillOpacity": 0.8}
    return write_json(style)


def links_of_members(proposal: Proposal, points: pd.DataFrame) -> pd.DataFrame:
    """Links from schools in Zones to schools that are drawn."""
    links = proposal.links
    members = points.index[points["role"] != "outside"]
    leaving = links[is_one_of(links["origin"], members)]
    return leaving[is_one_of(leaving["destination"], points.index)]


def link_features(proposal: Proposal, points: pd.DataFrame, links: pd.DataFrame, *, inside: bool) -> list[Feature]:
    """Lines of the flows within Zones, or of those that leave them, the widest last so that it lies on top."""
    chosen = links[links["zone_id"].notna() if inside else links["zone_id"].isna()]
    chosen = chosen.nlargest(MAXIMUM_LINKS_DRAWN, "students", keep="first").iloc[::-1]
    colours = colour_of_zones(proposal)
    schools = points[["name", "longitude", "latitude"]]
    names, coordinates = {}, {}
    for school_id, name, longitude, latitude in rows_of(schools):
        names[school_id], coordinates[school_id] = name, f"[{longitude}, {latitude}]"
    escaped, count, style_of = cache(escape_for_html), cache(students_text), cache(_link_style)  # few differ
    estimate = ", estimated" if proposal.basis.is_estimated else ""
    features = []
    for number, link in enumerate(rows_of(chosen)):
        lines = [
            f"<b>{escaped(names[link.origin])} → {escaped(names[link.destination])}</b>",
            f"{count(link.students, link.students_low, link.students_high)} a year{estimate}",
            f"{link.send_share:.0%} of its promoted students, {link.receive_share:.0%} of the known entering students",
        ]
        ends = f'{{"coordinates": [{coordinates[link.origin]}, {coordinates[link.destination]}], "type": "LineString"}}'
        colour = colours[link.zone_id.partition("; ")[0]] if inside else OUTSIDE_COLOUR
        style = style_of(colour, line_width(link.students), inside=inside)
        features.append(write_feature(number, ends, lines, style))
    return features


def _link_style(colour: str, width: float, *, inside: bool) -> str:
    opacity, dashes = (0.75, None) if inside else (0.6, "4 5")
    return write_json({"color": colour, "weight": width, "opacity": opacity, "dashArray": dashes})


def line_width(students: float) -> float:
    """Width of a flow in pixels, in steps that the legend can name."""
    return 1.5 if students < 10 else 3.0 if students < 50 else 5.5 if students < 100 else 8.0


def students_text(students: float, low: float, high: float) -> str:
    """Students as a map may say them: an interval stays an interval."""
    if low != high:
        return f"{math.floor(low):,} to {math.ceil(high):,} students"
    return f"about {students:,.0f} students"


def count_text(students: float | None) -> str:
    """Students, with a decimal where a small number of them is an average; or a dash."""
    if students is None:
        return "–"
    return f"{students:z,.0f}" if students >= 10 else f"{students:z,.1f}".removesuffix(".0")


def share_text(share: float | None) -> str:
    """A share in per cent, or a dash."""
    return "–" if share is None else f"{share:.0%}"


def range_text(share: float | None, low: float | None, high: float | None) -> str:
    """A share in per cent, with how far protected counts leave it open."""
    if share is None or low is None or high is None:
        return "–"
    ends = f"{low:.0%}", f"{high:.0%}"
    return f"{share:.0%}" if ends[0] == ends[1] else f"{share:.0%} ({ends[0]} to {ends[1]})"


def state_features(points: pd.DataFrame) -> list[Feature]:
    """Outlines of the states near the schools."""
    if points.empty:
        return []
    states, shapes = _states()
    view = shapely.box(
        points["longitude"].min(), points["latitude"].min(), points["longitude"].max(), points["latitude"].max()
    ).buffer(15)
    near = shapely.intersects(shapes, view)
    style = write_json({"color": "#b9bec7", "weight": 1, "fillColor": "#fbfaf7", "fillOpacity": 1})
    return [
        write_feature(number, write_json(state["geometry"]), [escape_for_html(state["properties"]["name"])], style)
        for number, (state, is_near) in enumerate(zip(states, near, strict=True))
        if is_near
    ]


@cache
def _states() -> tuple[list[dict[str, Any]], np.ndarray]:
    """All states as the asset has them, and their shapes."""
    states = json.loads(read_asset("states.geojson"))["features"]
    return states, shapely.from_geojson([json.dumps(state["geometry"]) for state in states])


def rows_of(table: pd.DataFrame) -> Iterator[Any]:
    """Rows as named tuples, the index as ``Index``."""
    return table.astype("object").itertuples()  # text in Arrow is slow to go through


def write_feature(number: int, geometry: str, lines: list[str], style: str) -> Feature:
    """Write a feature whose tooltip has some lines, each escaped before; ``geometry`` and ``style`` are JSON."""
    properties = f'{{"style": {style}, "text": {write_json("<br>".join(lines))}}}'
    return f'{{"geometry": {geometry}, "id": {number}, "properties": {properties}, "type": "Feature"}}'


write_json = json.JSONEncoder(sort_keys=True, allow_nan=False).encode
