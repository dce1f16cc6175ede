"""Crosswalk files judged."""
