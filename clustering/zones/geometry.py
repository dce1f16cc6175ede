"""What can be drawn and listed of a Zone: its outline, and steps and distances to its anchor."""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
import shapely
from pyproj import Geod

from clustering.zones.audit import Membership, is_candidate_link
from clustering.zones.distances import distances_of_pairs_km
from clustering.zones.request import ZoneRequest, anchors_of, pair_up

OUTLINE_MARGIN_M = 600.0
_POINTS_AROUND_A_SCHOOL = 16
_EARTH = Geod(ellps="WGS84")


def zone_id_of(anchor_id: str) -> str:
    """Identifier of an anchor's Zone."""
    return f"zone-{anchor_id}"


def draw_outlines(schools: gpd.GeoDataFrame, membership: Membership) -> Mapping[str, shapely.Geometry]:
    """
    Draw a hull 600 m around the schools of each Zone.

    Parameters
    ----------
    schools
        EPSG:4326, index ``school_id``.
    membership
        Anchor to the feeders of its Zone.

    Returns
    -------
    outlines
        Anchor to a polygon, longitude and latitude, counter-clockwise; Zones without any coordinates are left out.
        Points around each school are set on the ellipsoid, so no projection has to be chosen.
    """
    anchors = [anchor for anchor, feeders in membership.items() for _ in (anchor, *feeders)]
    members = [school for anchor, feeders in membership.items() for school in (anchor, *feeders)]
    points = schools.geometry.reindex(members)
    located = points.notna().to_numpy()
    longitude, latitude = points.x.to_numpy()[located], points.y.to_numpy()[located]
    zone_codes, zone_anchors = pd.factorize(np.array(anchors, dtype=object)[located])
    if not len(zone_codes):
        return {}
    angles = np.tile(np.arange(_POINTS_AROUND_A_SCHOOL) * 360 / _POINTS_AROUND_A_SCHOOL, len(longitude))
    centre_x, centre_y = (np.repeat(values, _POINTS_AROUND_A_SCHOOL) for values in (longitude, latitude))
    x, y, _ = _EARTH.fwd(centre_x, centre_y, angles, np.full(len(angles), OUTLINE_MARGIN_M))
    owner = np.repeat(zone_codes, _POINTS_AROUND_A_SCHOOL)
    order = np.argsort(owner, kind="stable")
    # A line through its points has the hull of the points, and takes a fraction of the time of a point each.
    lines = shapely.linestrings(np.round(x[order], 6), np.round(y[order], 6), indices=owner[order])
    hulls = shapely.orient_polygons(shapely.convex_hull(lines))
    return dict(zip(map(str, zone_anchors), hulls, strict=True))


def steps_to_anchors(graph: nx.DiGraph, membership: Membership, request: ZoneRequest) -> Mapping[tuple[str, str], int]:
    """
    Count the promotions from each member to an anchor inside its Zone.

    Parameters
    ----------
    graph
        The feeder graph.
    membership
        Anchor to the feeders of its Zone; merged anchors are among the feeders.
    request
        ``minimum_link_share``, and which anchors are merged.

    Returns
    -------
    steps
        By anchor and member: promotions over candidate links to the nearest anchor of the Zone; 0 for the anchors.
        Members from which none lead there are left out; only a plan can have any.
    """
    least = request.parameters.minimum_link_share
    leading = [(anchor, each) for anchor in membership for each in anchors_of(request, anchor)]
    ties = nx.DiGraph()
    ties.add_nodes_from(leading)
    for anchor, feeders in membership.items():
        members = {anchor, *feeders, *anchors_of(request, anchor)}
        ties.add_edges_from(
            ((anchor, receiver), (anchor, sender))
            for sender in feeders
            for receiver, data in graph.succ[sender].items()
            if receiver in members and is_candidate_link(data["send_share"], data["receive_share"], least)
        )
    layers = nx.bfs_layers(ties, leading)
    return {member: steps for steps, layer in enumerate(layers) for member in layer}


def distances_km(request: ZoneRequest, membership: Membership) -> Mapping[tuple[str, str], float]:
    """Distance of each feeder to the nearest anchor of its Zone on the ellipsoid [km], by anchor and school."""
    pairs = [(anchor, school) for anchor, feeders in sorted(membership.items()) for school in feeders]
    found = distances_of_pairs_km(
        request, pair_up(request, [(school, anchors_of(request, each)) for each, school in pairs])
    )
    return dict(zip(pairs, found.tolist(), strict=True))
