"""Which release of the software numbers come from."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version


def software_release() -> str:
    """Name and version: ``feeder-zones 0.1.0``; without a version where the package is not installed."""
    try:
        return f"feeder-zones {version('feeder-zones')}"
    except PackageNotFoundError:
        return "feeder-zones not installed"
