"""The page around the map: title, legend, notes, and the table twin of everything drawn."""

from __future__ import annotations

import json
import re
from functools import cache
from importlib.resources import files

import jinja2
from markupsafe import Markup

from clustering.model.plain_text import plain_text
from clustering.outputs.assets import read_asset
from clustering.outputs.escaping import escape_for_html
from clustering.outputs.maps.layers import (
    colour_of_zones,
    corners_of,
    count_text,
    range_text,
    school_points,
    share_text,
)
from clustering.zones.proposal import Member, Proposal, Zone

MAP_CONTENT_SECURITY_POLICY = (
    "sandbox allow-scripts; default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:;"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)


# Folium forbids to zoom into the page, which people with low vision need; the page has a viewport of its own.
_FIXED_VIEWPORT = re.compile(r'<meta name="viewport"[^>]*>')


def draw_map(proposal: Proposal, *, title: str | None = None) -> str:
    """
    Draw a Proposal as one HTML document.

    Parameters
    ----------
    proposal
        As ``propose_zones`` answers. What it hides the map cannot show.
    title
        Heading of the page.

    Returns
    -------
    document
        Complete HTML; Leaflet, state outlines and data are inside, and nothing is ever requested. Serve it under
        ``MAP_CONTENT_SECURITY_POLICY``. The same Proposal gives the same document.

    Raises
    ------
    FileNotFoundError
        The browser assets were not installed; the message says how to.
    """
    # Folium is slow to load: whoever draws nothing need not wait for it.
    from clustering.outputs.maps.folium_map import render_map  # noqa: PLC0415

    located = proposal.schools.geometry.notna()
    shown = school_points(proposal)
    drawn = render_map(proposal, shown)
    return _template().render(
        title=plain_text(title or ("Zones as given" if proposal.solution.status == "given" else "Proposed Zones")),
        leaflet_script=Markup(read_asset("leaflet.js")),  # noqa: S704 (an asset, not input)
        leaflet_style=Markup(read_asset("leaflet.css")),  # noqa: S704 (an asset, not input)
        page_script=Markup(_file("page.js")),  # noqa: S704 (ours)
        page_style=Markup(_file("page.css")),  # noqa: S704 (ours)
        map_header=Markup(_FIXED_VIEWPORT.sub("", drawn.header)),  # noqa: S704 (every text in it passed the escaper)
        map_body=Markup(drawn.body),  # noqa: S704 (every text in it passed the escaper)
        map_script=Markup(drawn.script),  # noqa: S704 (every text in it passed the escaper)
        map_name=drawn.name,
        proposal=proposal,
        zones=proposal.zones,
        without_zone=[anchor for anchor in proposal.anchors if anchor.zone_id is None],
        colours=colour_of_zones(proposal),
        corners=json.dumps(corners_of(shown)),
        bounds={zone.zone_id: _bounds(zone) for zone in proposal.zones},
        member_rows=Markup(_member_rows(proposal)),  # noqa: S704 (every text in it passed the escaper)
        drawn_count=len(shown),
        located_count=int(located.sum()),
        unlocated=[(school, name) for school, name in proposal.schools.loc[~located, "name"].items()][:200],
        unlocated_count=int((~located).sum()),
    )


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["share"] = share_text
    environment.filters["students"] = count_text
    environment.globals["range_text"] = range_text
    # The one escaper in the place of Jinja's: names stay inert even in a document that is compiled again.
    environment.filters["escaped"] = lambda text: Markup(escape_for_html(str(text)))  # noqa: S704
    return environment.from_string(_file("page.html"))


def _file(name: str) -> str:
    return (files(__package__) / name).read_text(encoding="utf-8")


def _member_rows(proposal: Proposal) -> str:
    """Rows of the table of schools in Zones: a country has so many that the template would take long for them."""
    rows = []
    for zone in proposal.zones:
        zone_name = escape_for_html(zone.name)
        for member in zone.members:
            name, school_id, level, reason = map(
                escape_for_html, (member.name, member.school_id, member.level, member.reason)
            )
            distance = "–" if member.distance_km is None else f"{member.distance_km:.1f}"
            rows.append(
                f'<tr><th scope="row">{name}</th><td class="id">{school_id}</td><td class="zone">{zone_name}</td>'
                f'<td>{member.role}</td><td class="level">{level}</td>'
                f'<td class="number">{_arrival_cell(member)}</td>'
                f'<td class="number">{count_text(member.exit_students)}</td><td class="number">{distance}</td>'
                f'<td class="why">{reason}</td></tr>'
            )
    return "\n".join(rows)


def _arrival_cell(member: Member) -> str:
    """The share of a school's students who reach the anchor, the students behind it, and how it is known."""
    share = share_text(member.arrival_share)
    if member.promoted_students is None:
        return share
    counts = f"{count_text(member.arriving_students)} of {count_text(member.promoted_students)} promoted"
    basis = f"<br>{member.arrival_basis}" if member.arrival_basis else ""
    return f"{share}<br><small>{counts}{basis}</small>"


def _bounds(zone: Zone) -> str | None:
    if zone.outline is None:
        return None
    west, south, east, north = zone.outline.bounds
    return json.dumps([[south, west], [north, east]])
