"""Third-party assets of the maps: Leaflet and state outlines, brought by ``scripts/install_assets.py``."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def read_asset(name: str) -> str:
    """
    Read one asset.

    Parameters
    ----------
    name
        ``leaflet.js``, ``leaflet.css`` or ``states.geojson``.

    Returns
    -------
    text
        Its content.

    Raises
    ------
    FileNotFoundError
        The assets were not installed; the message says how to.
    """
    source = files(__name__) / name
    if not source.is_file():
        raise FileNotFoundError(f"{name} is not installed: run make setup, or python scripts/install_assets.py.")
    return source.read_text(encoding="utf-8")
