"""
Delimited text, from bytes to columns and values.

- ``encodings``: bytes to UTF-8. ``layout``: delimiter, header row, headings. ``delimited``: records to columns.
- ``columns``: a column with each distinct text once.
- ``values``: numbers, student counts (suppressed ones as an interval), grades, school years.
- ``numbers``: one number. ``printed_marks``: what is printed instead of one. ``year_words``: years in longer texts.
"""
