"""What a child has around it: the folders of the parsers, and an environment of our own."""

from __future__ import annotations

import importlib.util
from functools import cache
from pathlib import Path

# What the child imports; the fresh interpreter may search other folders than this one.
_PACKAGES = ("numpy", "packaging", "pyarrow", "pyogrio", "pyproj", "python_calamine", "shapely")


@cache
def package_folders() -> tuple[str, ...]:
    """Where the parsers are installed; apart from the interpreter the child may read nothing else."""
    found = (importlib.util.find_spec(package) for package in _PACKAGES)
    folders = {str(Path(spec.origin).parents[1]) for spec in found if spec is not None and spec.origin is not None}
    return tuple(sorted(folders))


@cache
def _other_drivers(driver: str) -> str:
    """All drivers of GDAL but one."""
    import pyogrio  # noqa: PLC0415 (slow to load, and tables of text do without it)

    return ",".join(sorted(set(pyogrio.list_drivers()) - {driver}))


def environment_of(driver: str, folder: Path) -> dict[str, str]:
    """Our own environment: nothing is inherited, and only the declared driver of GDAL is there."""
    return {
        "PATH": "/usr/bin:/bin",
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "LANG": "C.UTF-8",
        "OGR_SKIP": _other_drivers(driver),
        "GDAL_HTTP_PROXY": "127.0.0.1:1",
        "GDAL_HTTPS_PROXY": "127.0.0.1:1",
        "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": "none",
        "GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR",
        "OGR_SQLITE_LOAD_EXTENSIONS": "NO",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "ARROW_DEFAULT_MEMORY_POOL": "system",
        "MALLOC_ARENA_MAX": "2",
    }
