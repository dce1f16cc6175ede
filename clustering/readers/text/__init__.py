"""Delimited text: encodings, layout, columns, values."""
