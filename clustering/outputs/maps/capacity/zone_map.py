"""The map of a match or a year plan: Zones coloured by partner or by start, with the same in a table below."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, TypeAlias

import geopandas as gpd
import jinja2
import pandas as pd
import shapely
from markupsafe import Markup

from clustering.capacity.need.zone_needs import ZoneNeeds
from clustering.capacity.picture.headlines import count_text
from clustering.capacity.picture.service import Answer
from clustering.capacity.register.register import Register
from clustering.model.columns import GEOGRAPHIC_CRS
from clustering.model.disclosure_setting import is_exact
from clustering.model.plain_text import plain_text, school_year_text
from clustering.outputs.assets import read_asset
from clustering.outputs.escaping import escape_for_html
from clustering.outputs.maps.capacity.zone_states import UNSERVED, ZoneStates, describe_zone_states
from clustering.zones.geometry import draw_outlines

Geometry: TypeAlias = Mapping[str, Any]
_FIXED_VIEWPORT = re.compile(r'<meta name="viewport"[^>]*>')
_LEGEND_ROWS = 9


def draw_zone_map(
    needs: ZoneNeeds,
    answer: Answer,
    register: Register,
    *,
    title: str | None = None,
    geometry: Geometry | None = None,
) -> str:
    """
    Draw the Zones of a match or a year plan as one HTML document.

    Parameters
    ----------
    needs, answer, register
        As for ``state_picture``.
    title
        Heading of the page.
    geometry
        Outlines: a polygon by ``zone_id``, or the GeoJSON of ``zones_geojson``. ``None``: drawn around the schools.

    Returns
    -------
    document
        Complete HTML; Leaflet, state outlines and data are inside, and nothing is ever requested. Serve it under
        ``MAP_CONTENT_SECURITY_POLICY``. The same answer gives the same document.

    Raises
    ------
    FileNotFoundError
        The browser assets were not installed; the message says how to.
    """
    # Folium is slow to load: whoever draws nothing need not wait for it.
    from clustering.outputs.maps.capacity.zone_layers import corners_of_schools, draw_zones  # noqa: PLC0415

    states = describe_zone_states(needs, answer, register)
    outlines = outlines_of(needs, geometry)
    drawn = draw_zones(needs, states, outlines)
    shown = states.zones["state"].unique()
    legend = [(state, colour) for state, colour in states.colours.items() if state in shown]
    return _template().render(
        title=plain_text(title or "Zones and their partners"),
        leaflet_script=Markup(read_asset("leaflet.js")),  # noqa: S704 (an asset, not input)
        leaflet_style=Markup(read_asset("leaflet.css")),  # noqa: S704 (an asset, not input)
        page_script=Markup(_file("clustering.outputs.maps", "page.js")),  # noqa: S704 (ours)
        page_style=Markup(_file("clustering.outputs.maps", "page.css")),  # noqa: S704 (ours)
        map_header=Markup(_FIXED_VIEWPORT.sub("", drawn.header)),  # noqa: S704 (every text in it passed the escaper)
        map_body=Markup(drawn.body),  # noqa: S704 (every text in it passed the escaper)
        map_script=Markup(drawn.script),  # noqa: S704 (every text in it passed the escaper)
        map_name=drawn.name,
        corners=json.dumps(corners_of_schools(needs)),
        is_exact=is_exact(needs.disclosure),
        zone_count=len(states.zones),
        served_count=int((states.zones["state"] != UNSERVED).sum()),
        legend=legend[: _LEGEND_ROWS - 1] + legend[-1:] if len(legend) > _LEGEND_ROWS else legend,
        legend_left=max(0, len(legend) - _LEGEND_ROWS),
        rows=Markup(_rows(states, outlines)),  # noqa: S704 (every text in it passed the escaper)
        notes=needs.notes,
    )


def outlines_of(needs: ZoneNeeds, geometry: Geometry | None) -> dict[str, shapely.Geometry]:
    """
    Find the outline of every Zone.

    Parameters
    ----------
    needs
        The Zones.
    geometry
        As for :func:`draw_zone_map`.

    Returns
    -------
    outlines
        By ``zone_id``; Zones without one, or without any coordinates, are left out.
    """
    if geometry is not None and "features" in geometry:
        shapes = {str(each["id"]): each["geometry"] for each in geometry["features"]}
        given = {zone: shapely.geometry.shape(shape) for zone, shape in shapes.items() if shape is not None}
    elif geometry is not None:
        given = {zone: shape for zone, shape in geometry.items() if shape is not None}
    else:
        points = gpd.points_from_xy(needs.schools["longitude"], needs.schools["latitude"], crs=GEOGRAPHIC_CRS)
        located = needs.schools[["latitude", "longitude"]].notna().all(axis=1).to_numpy()
        table = gpd.GeoDataFrame(geometry=points, index=needs.schools.index)[located]
        proposed = needs.variants[needs.variants["variant"] == "as proposed"]
        given = dict(draw_outlines(table, dict(zip(proposed["zone_id"], proposed["school_ids"], strict=True))))
    return {zone: given[zone] for zone in needs.zones.index if zone in given}


def _rows(states: ZoneStates, outlines: Mapping[str, shapely.Geometry]) -> str:
    """Rows of the table of Zones, served ones first."""
    ordered = states.zones.assign(is_unserved=states.zones["state"] == UNSERVED)
    ordered = ordered.sort_values("is_unserved", kind="stable")
    return "\n".join(_row(str(zone_id), row, states, outlines) for zone_id, row in ordered.iterrows())


def _row(zone_id: str, row: pd.Series, states: ZoneStates, outlines: Mapping[str, shapely.Geometry]) -> str:
    name = escape_for_html(row["name"])
    partner = escape_for_html(row["partner"]) if isinstance(row["partner"], str) else UNSERVED
    start = "–" if pd.isna(row["start_fall"]) else school_year_text(int(row["start_fall"]))
    zoom = ""
    if zone_id in outlines:
        west, south, east, north = outlines[zone_id].bounds
        bounds = json.dumps([[south, west], [north, east]])
        zoom = (
            f' <button type="button" class="zoom" hidden data-bounds="{bounds}">Show on map'
            f'<span class="unseen">: {name}</span></button>'
        )
    swatch = f'<span class="swatch" style="background:{states.colours[row["state"]]}"></span>'
    cells = (
        f'<th scope="row">{swatch}{name}{zoom}</th>',
        f'<td class="zone">{partner}</td>',
        f'<td class="start">{start}</td>',
        f'<td class="number">{row["schools_served"]} of {row["schools"]}</td>',
        f'<td class="number">{count_text(row["students"])}</td>',
        f'<td class="why">{escape_for_html(row["reason"])}</td>',
    )
    return f"<tr>{''.join(cells)}</tr>"


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["escaped"] = lambda text: Markup(escape_for_html(str(text)))  # noqa: S704
    return environment.from_string(_file(__package__, "zone_map.html"))


def _file(package: str, name: str) -> str:
    return (files(package) / name).read_text(encoding="utf-8")
