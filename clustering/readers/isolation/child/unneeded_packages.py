"""Packages that the parsers import if they find them, and do not need; pandas above all is slow to load."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from types import ModuleType

_NAMES = ("geopandas", "pandas", "shapely")


class UnneededPackages(MetaPathFinder):
    """Say of these packages that they are not installed."""

    def find_spec(self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None) -> None:
        """Refuse the packages; leave all others to the next finder."""
        del path, target
        if fullname.partition(".")[0] in _NAMES:
            raise ModuleNotFoundError(f"{fullname} is not needed here", name=fullname)
