"""The map of a match or a multi-year plan: Zones by partner, or by the school year of their start."""
