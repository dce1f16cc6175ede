"""Catchments and population points validated."""
