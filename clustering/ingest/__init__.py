"""An analyst's files to a Scenario and its ingest report."""

from clustering.ingest.apply_crosswalk import with_crosswalk
from clustering.ingest.scenario import read_scenario

__all__ = ["read_scenario", "with_crosswalk"]
