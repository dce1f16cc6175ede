"""The map of records: Zones by the stage of their life."""
