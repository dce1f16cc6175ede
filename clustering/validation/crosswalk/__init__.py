"""Crosswalk files validated: ``crosswalk`` reads the columns, ``contradictions`` finds rows that cannot be true."""
