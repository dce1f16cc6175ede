"""A coordinate reference system from its name or its text, and coordinates converted from it to degrees."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyproj
import pyproj.network

from clustering.errors import CrsError, Problem
from clustering.model.columns import GEOGRAPHIC_CRS
from clustering.model.plain_text import plain_text

MAXIMUM_CHARACTERS = 20_000
LATITUDE_FIRST = ",latitude_first"
WEST_POSITIVE = "+proj=longlat +datum=WGS84 +axis=wnu"  # longitudes west of Greenwich without a minus sign
EXPORT_IN_DEGREES = "Set crs=EPSG:NUMBER, or export the file in longitude and latitude (EPSG:4326)."

_NAME = re.compile(r"([A-Za-z]{2,10}:)?[0-9A-Za-z]{1,10}")
# The same name as the Open Geospatial Consortium writes it, as an urn or as an address.
_LONG_NAME = re.compile(r"(?:urn:ogc:def:crs:|[a-z]+://www\.opengis\.net/def/crs/)(\w{2,10})[:/][\w.]*[:/](\w{1,10})")
_TEXT = re.compile(r'\s*([A-Za-z_]{5,20}\s*[\[(]|\{\s*"|\+proj=\w+(\s+\+[\w=.,@-]+)*\s*$)')
# Words by which a text can send PROJ to files of its own, before anything of it is understood.
_ELSEWHERE = re.compile(
    r"\b(init|file|model|catalog)\s*=|pipeline|defmodel|tinshift|deformation|PROJ-based", re.IGNORECASE
)
# Of JSON the value of a parameter is a number, or the name of a file.
_GRIDS = re.compile(r'grids\s*=(?!@null\b)|PARAMETERFILE|"value"\s*:\s*"(?!@null")', re.IGNORECASE)

_NEAR_DEGREES = 3.0  # a state is often drawn in the system of one of its zones
_EQUATOR_M = 6_378_137.0  # of GRS 1980 and WGS 84


@dataclass(frozen=True, kw_only=True)
class ReferenceSystem:
    """
    A reference system of positions on the ground.

    Parameters
    ----------
    name
        For messages: authority and code if it was given by them, else its own name.
    to_degrees
        PROJ's conversion to EPSG:4326; ``None`` if the coordinates are in it already.
    is_latitude_first
        Whether coordinates are written the other way round than maps do: latitude, or northing, before longitude.
    is_approximate
        Whether PROJ knows no shift between its datum and that of EPSG:4326, which may be hundreds of metres.
    area
        West, south, east, north of the area that a registered projection is for, in degrees; ``None`` if not known.
    """

    name: str
    to_degrees: pyproj.Transformer | None
    is_latitude_first: bool = False
    is_approximate: bool = False
    area: tuple[float, float, float, float] | None = None

    def degrees(self, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """
        Convert coordinates to EPSG:4326.

        Parameters
        ----------
        x, y
            In the units of the reference system, in the order in which they are written.

        Returns
        -------
        longitude, latitude
            Degrees; infinite where the projection has no such place.
        """
        if self.is_latitude_first:
            x, y = y, x
        if self.to_degrees is None:
            return x, y
        longitude, latitude = self.to_degrees.transform(x, y)
        return np.asarray(longitude), np.asarray(latitude)

    def check_area(self, longitude: np.ndarray, latitude: np.ndarray, table: str) -> None:
        """Raise a CrsError if not one position, of those that are known, is near the area of the projection."""
        is_known = np.isfinite(longitude) & np.isfinite(latitude)
        if self.area is None or not is_known.any():
            return
        west, south, east, north = self.area
        is_across = west > east  # of the 180th meridian
        east_of, west_of = longitude >= west - _NEAR_DEGREES, longitude <= east + _NEAR_DEGREES
        is_near = (east_of | west_of if is_across else east_of & west_of) & (latitude >= south - _NEAR_DEGREES)
        if not (is_near & (latitude <= north + _NEAR_DEGREES)).any():
            message = f"No place lies where {self.name[:100]} is used: the coordinates are in another reference system."
            raise _refused(message, table)


def parse_reference_system(text: str, table: str) -> ReferenceSystem:
    """
    Understand a reference system from a file, or from the user.

    Parameters
    ----------
    text
        A name such as ``EPSG:2263``, WKT (of Esri, WKT 1 or WKT 2), PROJJSON or a PROJ string. ``,latitude_first``
        behind it says that latitude is written before longitude.
    table
        What problems call the file.

    Returns
    -------
    system
        Its horizontal part if it has heights as well.

    Raises
    ------
    CrsError
        The text is none, or not of positions on the ground, or refers to a file of shifts, which is never opened.
    """
    plain = text.removesuffix(LATITUDE_FIRST).strip()
    if long_name := _LONG_NAME.fullmatch(plain):
        plain = ":".join(long_name.groups())
    plain = _without_escapes(plain)
    crs = _understood(plain)
    is_named = crs is not None and crs.name != "unknown" and not _NAME.fullmatch(plain)
    name = plain_text(crs.name).strip() if crs is not None and is_named else plain
    while crs is not None and crs.is_compound and crs.sub_crs_list:
        crs = crs.sub_crs_list[0]
    if _GRIDS.search(plain) or (crs is not None and any(_files_of(crs))):
        raise _refused(f"The coordinate reference system {name[:100]!r} names a file of shifts; none is opened.", table)
    kind = "" if crs is None else f" ({crs.type_name})"
    unknown = f"{name[:100]!r}{kind} is not a known coordinate reference system of positions on the ground."
    if crs is None or not (crs.is_geographic or crs.is_projected) or "undefined" in crs.name.lower():
        raise _refused(unknown, table)
    is_latitude_first = text.endswith(LATITUDE_FIRST)
    if name == "OGC:CRS84" or crs == pyproj.CRS.from_user_input(GEOGRAPHIC_CRS):
        return ReferenceSystem(name=name, to_degrees=None, is_latitude_first=is_latitude_first)
    try:
        return ReferenceSystem(
            name=name,
            to_degrees=_transformer(crs, allow_ballpark=True),
            is_latitude_first=is_latitude_first,
            is_approximate=_is_approximate(crs),
            area=crs.area_of_use.bounds if crs.is_projected and crs.area_of_use is not None else None,
        )
    except pyproj.exceptions.ProjError:
        raise _refused(unknown, table) from None


def _refused(message: str, table: str) -> CrsError:
    return CrsError([Problem(table=table, message=message, remedy=EXPORT_IN_DEGREES)])


def _without_escapes(text: str) -> str:
    """JSON as it reads: an escape could hide a word from us that PROJ reads."""
    if not text.startswith("{") or len(text) > MAXIMUM_CHARACTERS:
        return text
    try:
        return json.dumps(json.loads(text), ensure_ascii=False)
    except (ValueError, RecursionError):
        return ""


def _understood(text: str) -> pyproj.CRS | None:
    """What PROJ makes of a text, if PROJ may see it."""
    may_see = _NAME.fullmatch(text) or (_TEXT.match(text) and not _ELSEWHERE.search(text))
    if not may_see or _GRIDS.search(text) or len(text) > MAXIMUM_CHARACTERS:
        return None
    try:
        return pyproj.CRS.from_user_input(text)
    except (pyproj.exceptions.ProjError, RecursionError, ValueError):
        return None


def _transformer(crs: pyproj.CRS, *, allow_ballpark: bool) -> pyproj.Transformer:
    # Results must not depend on which files of shifts a machine has fetched from the network.
    pyproj.network.set_network_enabled(active=False)  # type: ignore[attr-defined]
    return pyproj.Transformer.from_crs(crs, GEOGRAPHIC_CRS, always_xy=True, allow_ballpark=allow_ballpark)


def _is_approximate(crs: pyproj.CRS) -> bool:
    """Datums on the ellipsoids of today lie within two metres of one another, those of before much further apart."""
    if crs.ellipsoid is not None and abs(crs.ellipsoid.semi_major_metre - _EQUATOR_M) < 1:
        return False
    try:
        _transformer(crs, allow_ballpark=False)
    except pyproj.exceptions.ProjError:
        return True
    return False


def _files_of(crs: pyproj.CRS) -> Iterator[str]:
    """Names of files that PROJ would open to convert from a system; ``@null`` is none."""
    if (operation := crs.coordinate_operation) is not None:
        # Not of ``operation.grids``: to tell whether a file is there, PROJ opens it.
        values: list[object] = [parameter.value for parameter in operation.params]
        yield from (value for value in values if isinstance(value, str) and value != "@null")
    if crs.source_crs is not None:
        yield from _files_of(crs.source_crs)
