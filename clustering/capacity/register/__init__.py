"""The register of Lead Partners and supporting partners: read from tables, checked, every problem at once."""
