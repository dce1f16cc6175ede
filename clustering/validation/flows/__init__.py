"""Flows judged."""
