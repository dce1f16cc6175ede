"""The state of each school, by a column or by a national identifier, and the schools that lie outside it."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from clustering.ingest.state_bounds import state_bounds
from clustering.readers.text.columns import numpy_of
from clustering.validation.findings import Findings, positions_of

_UNKNOWN = -9
# What coordinates may have been before someone lost a sign or exchanged them.
_MISTAKES = ((0, 1, 1, 1), (0, -1, 1, 1), (0, 1, 1, -1), (1, 1, 0, 1), (1, -1, 0, 1), (1, 1, 0, -1))


def schools_outside_their_state(files: Sequence[Findings], ids: pa.StringArray, points: np.ndarray) -> np.ndarray:
    """
    Find schools with coordinates outside their state.

    Parameters
    ----------
    files
        The schools files. A school's state is in a column ``state``, else in the first two digits of a national
        identifier: one of twelve digits under a heading of NCES, or with the number of its district in front. Other
        identifiers of twelve digits may be the state's own. They count as national only if most of their schools lie
        in the state that they would be of, at least once signs are corrected or coordinates exchanged.
    ids
        Identifiers of the schools.
    points
        Their places, EPSG:4326; missing where not known.

    Returns
    -------
    positions
        In ``ids``.
    """
    boxes = state_bounds()
    names = np.array([*boxes])
    state, may_be_own = _states(files, ids, pa.array(names))
    coordinates, located = shapely.get_coordinates(points, return_index=True)
    is_checked = state[located] >= 0
    checked, coordinates = located[is_checked], coordinates[is_checked]
    bounds = np.array([boxes[str(name)] for name in names])[state[checked]]
    inside = _inside(coordinates, bounds)
    doubtful = may_be_own[checked]
    if doubtful.any() and not _are_national(coordinates[doubtful], bounds[doubtful]):
        inside |= doubtful
    outside: np.ndarray = checked[~inside]
    return outside


def _inside(coordinates: np.ndarray, bounds: np.ndarray) -> np.ndarray:
    west, south, east, north = bounds.T
    longitude, latitude = coordinates.T
    across = west > east
    inside = np.where(across, (longitude >= west) | (longitude <= east), (longitude >= west) & (longitude <= east))
    return np.asarray(inside & (latitude >= south) & (latitude <= north))


def _are_national(coordinates: np.ndarray, bounds: np.ndarray) -> bool:
    """Whether most schools lie in the state that their identifiers begin with, whatever one mistake was made."""
    mistaken = (coordinates[:, [x, y]] * (of_x, of_y) for x, of_x, y, of_y in _MISTAKES)
    return any(_inside(each, bounds).mean() > 0.5 for each in mistaken)


def _states(files: Sequence[Findings], ids: pa.StringArray, names: pa.StringArray) -> tuple[np.ndarray, np.ndarray]:
    """
    Position of each school's state in ``names``, -1 for none; and whether its identifier may be the state's own.

    A state is given by postal abbreviation or federal code; of several records the first that has one counts.
    """
    state, may_be_own = np.full(len(ids), -1), np.zeros(len(ids), dtype=bool)
    for findings in reversed(files):
        schools = findings.texts("school_id")
        by_identifier = "state" not in findings.headings
        if by_identifier:
            is_federal = pc.and_(pc.equal(pc.binary_length(schools.texts), 12), pc.ascii_is_decimal(schools.texts))
            federal = positions_of(pc.utf8_slice_codeunits(schools.texts, 0, 2), names)
            codes = schools.spread(np.where(numpy_of(is_federal), federal, _UNKNOWN))
        else:
            column = findings.texts("state")
            upper = pc.utf8_upper(column.texts)
            codes = column.spread(np.where(numpy_of(pc.equal(upper, "")), _UNKNOWN, positions_of(upper, names)))
        position = schools.spread(findings.positions("school_id", ids))
        known = np.flatnonzero((codes != _UNKNOWN) & (position >= 0))[::-1]
        state[position[known]] = codes[known]  # the first record is assigned last, and stays
        may_be_own[position[known]] = by_identifier and not _names_national(findings)
    return state, may_be_own


def _names_national(findings: Findings) -> bool:
    """Whether a file says that its identifiers are those of NCES: by the heading, or by districts in front of them."""
    if re.search("nces", findings.headings["school_id"], re.IGNORECASE):
        return True
    districts, schools = findings.texts("district_id"), findings.texts("school_id")
    begins = pc.utf8_slice_codeunits(schools.texts, 0, 7).take(pa.array(schools.codes))
    named = districts.texts.take(pa.array(districts.codes))
    return bool(len(named)) and float(numpy_of(pc.equal(begins, named)).mean()) > 0.5
