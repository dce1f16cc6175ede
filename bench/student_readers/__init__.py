"""Readers of one file of student records: ours, and the bare equivalent of others."""
