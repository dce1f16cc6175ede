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
    state, by_file = _states(files, ids, pa.array(names))
    coordinates, located = shapely.get_coordinates(points, return_index=True)
    is_checked = state[located] >= 0
    checked, coordinates = located[is_checked], coordinates[is_checked]
    bounds = np.array([boxes[str(name)] for name in names])[state[checked]]
    inside = _inside(coordinates, bounds)
    if not inside.all():
        own = [number for number, findings in enumerate(files) if _may_be_own(findings)]
        doubtful = np.isin(by_file[checked], own)
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
    Position of each school's state in ``names``, and number of the file that says it; -1 for none.

    A state is given by postal abbreviation or federal code; of several records the first that has one counts.
    """
    state, by_file = np.full(len(ids), -1), np.full(len(ids), -1)
    for number, findings in reversed(list(enumerate(files))):
        schools = findings.texts("school_id")
        if "state" not in findings.headings:
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
        by_file[position[known]] = number
    return state, by_file


def _may_be_own(findings: Findings) -> bool:
    """Whether states are taken from identifiers that may be the state's own: neither heading nor districts say NCES."""
    if "state" in findings.headings or re.search("nces", findings.headings["school_id"], re.IGNORECASE):
        return False
    districts, schools = findings.texts("district_id"), findings.texts("school_id")
    begins = pc.utf8_slice_codeunits(schools.texts, 0, 7).take(pa.array(schools.codes))
    named = districts.texts.take(pa.array(districts.codes))
    return not len(named) or float(numpy_of(pc.equal(begins, named)).mean()) <= 0.5
