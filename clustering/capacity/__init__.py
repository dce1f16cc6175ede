"""Capacity: which Lead Partner runs which Zone, from when, at what cost, and what is missing to serve the others."""
