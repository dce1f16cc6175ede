"""Matching: Zones to Lead Partners, at most one partner a Zone, so that as much need as can be is served."""
