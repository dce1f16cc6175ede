"""Readers of the files that NCES, EDFacts and the Education Data Portal publish."""
