"""An analyst's files to a Scenario and its ingest report."""

from clustering.ingest.scenario import read_scenario

__all__ = ["read_scenario"]
