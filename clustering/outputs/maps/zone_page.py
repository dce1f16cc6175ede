"""The page around a map of Zones: headline, legend, notes, and a table that says the same as the map."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import jinja2
import shapely
from markupsafe import Markup

from clustering.model.plain_text import plain_text
from clustering.outputs.assets import read_asset
from clustering.outputs.escaping import escape_for_html
from clustering.outputs.release_mark import MARK_OF_PAGES

if TYPE_CHECKING:
    from clustering.outputs.maps.folium_map import MapParts

_FIXED_VIEWPORT = re.compile(r'<meta name="viewport"[^>]*>')
_LEGEND_ROWS = 9


@dataclass(frozen=True, kw_only=True)
class ZonePage:
    """
    What stands around a map of Zones.

    Parameters
    ----------
    title, headline
        Texts as they are; they are escaped.
    caption, warnings
        HTML of our own.
    is_exact
        Whether counts of students are exact: then the page says first that it is not for release.
    headings
        Of the table: each with the class of its column, blank for none.
    rows
        HTML of the table's body, every text in it escaped.
    legend
        Texts and colours; of many the last one stays, and others are counted.
    notes
        Texts as they are.
    corners
        Southwest and northeast corner of what is shown; ``None`` if nothing can be drawn.
    """

    title: str
    headline: str
    caption: str
    warnings: Sequence[str]
    is_exact: bool
    headings: Sequence[tuple[str, str]]
    rows: str
    legend: Sequence[tuple[str, str]]
    notes: Sequence[str]
    corners: list[list[float]] | None


def draw_zone_page(page: ZonePage, drawn: MapParts) -> str:
    """
    Write the page.

    Parameters
    ----------
    page
        What stands around the map.
    drawn
        The map, every text in it escaped.

    Returns
    -------
    document
        Complete HTML that requests nothing.
    """
    legend = list(page.legend)
    warnings = [*([f"<strong>{MARK_OF_PAGES}</strong>"] if page.is_exact else []), *page.warnings]
    return _template().render(
        title=plain_text(page.title),
        headline=page.headline,
        caption=Markup(page.caption),  # noqa: S704 (ours)
        is_exact=page.is_exact,
        warnings=[Markup(each) for each in warnings],  # noqa: S704 (ours)
        headings=page.headings,
        leaflet_script=Markup(read_asset("leaflet.js")),  # noqa: S704 (an asset, not input)
        leaflet_style=Markup(read_asset("leaflet.css")),  # noqa: S704 (an asset, not input)
        page_script=Markup(_file("page.js")),  # noqa: S704 (ours)
        page_style=Markup(_file("page.css")),  # noqa: S704 (ours)
        map_header=Markup(_FIXED_VIEWPORT.sub("", drawn.header)),  # noqa: S704 (every text in it passed the escaper)
        map_body=Markup(drawn.body),  # noqa: S704 (every text in it passed the escaper)
        map_script=Markup(drawn.script),  # noqa: S704 (every text in it passed the escaper)
        map_name=drawn.name,
        corners=json.dumps(page.corners),
        legend=legend[: _LEGEND_ROWS - 1] + legend[-1:] if len(legend) > _LEGEND_ROWS else legend,
        legend_left=max(0, len(legend) - _LEGEND_ROWS),
        rows=Markup(page.rows),  # noqa: S704 (every text in it passed the escaper)
        notes=page.notes,
    )


def zone_cell(name: str, colour: str, outline: shapely.Geometry | None) -> str:
    """
    Write the first cell of a Zone's row: its colour, its name, and a button that shows it on the map.

    Parameters
    ----------
    name
        Escaped.
    colour
        Of the Zone on the map.
    outline
        ``None`` for a Zone that is not drawn.
    """
    zoom = ""
    if outline is not None:
        west, south, east, north = outline.bounds
        bounds = json.dumps([[south, west], [north, east]])
        zoom = (
            f' <button type="button" class="zoom" hidden data-bounds="{bounds}">Show on map'
            f'<span class="unseen">: {name}</span></button>'
        )
    return f'<th scope="row"><span class="swatch" style="background:{colour}"></span>{name}{zoom}</th>'


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["escaped"] = lambda text: Markup(escape_for_html(str(text)))  # noqa: S704
    return environment.from_string(_file("zone_page.html"))


def _file(name: str) -> str:
    return (files(__package__) / name).read_text(encoding="utf-8")
