"""Third-party assets of the maps: Leaflet and state outlines, brought by ``scripts/install_assets.py``."""

from __future__ import annotations

import errno
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
        The asset is missing; the message says how to get it.
    """
    source = files(__name__) / name
    if not source.is_file():
        message = "The map needs this file, which a wheel brings along; in a clone, run make setup first."
        raise FileNotFoundError(errno.ENOENT, message, name)
    return source.read_text(encoding="utf-8")
