"""
What a file is, recognised before any value is read.

- ``containers``: text, workbook, GeoJSON, Parquet, archive ... by its bytes. ``archives``: unpacking within limits.
- ``file_kinds``: which published kind of file it is, by its headings.
- ``published_layouts``: what the files of states and districts mean. **Add a source in ``register/``.**
- ``headings``: which heading is which canonical column. **Add a state's heading to the aliases there.** What the
  canonical columns of the finished tables mean is documented in ``model/columns.py``.
"""
