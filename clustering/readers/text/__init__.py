"""
Delimited text, from bytes to columns and values.

- ``encodings``: bytes to UTF-8. ``layout``: delimiter, header row, headings. ``delimited``: records to columns.
- ``columns``: a column with each distinct text once.
- ``values``: numbers, student counts (suppressed ones as an interval), grades, school years.
"""
