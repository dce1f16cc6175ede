"""Rates and official lists judged."""
