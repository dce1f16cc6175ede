"""
Tables of text to typed tables; every problem of a file is collected, none is raised before all files are read.

- ``findings``: the problems and set-aside records of one file.
- ``schools``, ``flows``, ``rates``, ``enrolment``, ``catchments``, ``crosswalk``: one package a kind of file.
- ``travel_times``: minutes between schools. ``years``: school years. ``identifiers``: lost zeros and other faults.
- ``overlong_cells``: quotation marks that swallow records. ``polygons``: repair and equal-area projection.
- ``unreadable_cells``: what cannot be read, each mark once. ``degrees``: latitude and longitude as numbers.

A suppressed count is read in ``readers/text/values.py`` (``parse_students``); the interval that it stands for is in
``model/suppression.py``.
"""
