"""Folium, and only here: a Proposal as one HTML document that asks nothing of any server."""

from clustering.outputs.maps.page import MAP_CONTENT_SECURITY_POLICY, draw_map

__all__ = ["MAP_CONTENT_SECURITY_POLICY", "draw_map"]
