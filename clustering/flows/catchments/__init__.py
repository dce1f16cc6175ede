"""Flows estimated from catchments."""
