"""A table of Zones and schools, for programs and states without flows."""

from clustering.capacity.need.given_table.reading import read_zone_needs

__all__ = ["read_zone_needs"]
