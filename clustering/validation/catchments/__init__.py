"""Catchments and population points judged."""
