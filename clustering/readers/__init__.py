"""Readers: bytes to tables of text. They parse; ``validate`` judges."""
