"""What everything speaks of: a Scenario and its tables, columns, grades, the ingest report."""
