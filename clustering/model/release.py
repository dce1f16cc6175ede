"""The release of the software that numbers come from."""

from __future__ import annotations

from functools import cache
from importlib.metadata import PackageNotFoundError, version


@cache  # looking it up opens files, and every answer names it
def software_version() -> str:
    """Version of the installed package: ``0.1.0``; ``not installed`` in a clone that was never set up."""
    try:
        return version("feeder-zones")
    except PackageNotFoundError:
        return "not installed"


def software_release() -> str:
    """Name and version: ``feeder-zones 0.1.0``."""
    return f"feeder-zones {software_version()}"
