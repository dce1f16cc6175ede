"""Heuristics that the exact method is compared with: each assigns schools to anchors, then its Zones are repaired."""
