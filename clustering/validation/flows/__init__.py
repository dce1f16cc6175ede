"""
Flow files validated.

- ``flows``: one flow file, and the table of flows.
- ``flow_cells``: flows as arrays, added up. ``flow_kinds``: feeding, lateral, retained ...
- ``matrix``: files with a column for each destination.
"""
