"""All schools files to one table of schools, joined by identifier."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from geopandas.array import GeometryArray

from clustering.errors import InputError
from clustering.model.columns import GEOGRAPHIC_CRS, SCHOOL_COLUMNS
from clustering.model.grades import level_of
from clustering.readers.text.columns import numpy_of, sorted_texts
from clustering.validation.findings import Findings, positions_of
from clustering.validation.likely_columns import likely_columns_of
from clustering.validation.schools.agreement import warn_disagreements, warn_unmatched
from clustering.validation.schools.school_file import SchoolPart, read_school_file
from clustering.validation.schools.state_identifier_forms import state_ids_of
from clustering.validation.schools.state_identifiers import translate_state_ids

_TEXTS = ("name", "district_id", "district_name", "status", "school_type", "title1_status", "virtual")
_NUMBERS = ("grades_offered", "enrolment_students", "opened_year", "latitude", "longitude")


NO_COORDINATES = "No file has coordinates: nothing can be shown on the map."


def validate_schools(files: Sequence[Findings]) -> gpd.GeoDataFrame:
    """
    Validate schools files and join them on ``school_id``.

    Parameters
    ----------
    files
        One per file, in the order of the user; problems are added to each. If two files have the same cell, the first
        counts; where they differ there is a warning.

    Returns
    -------
    schools
        ``columns.SCHOOL_COLUMNS``, EPSG:4326, index ``school_id`` sorted.

    Raises
    ------
    InputError
        No record has an identifier.
    """
    if (pairs := state_ids_of(files)) is not None:
        for findings in files:
            translate_state_ids(findings, "school_id", pairs, pairs.school_ids)
    with ThreadPoolExecutor(max_workers=2) as threads:  # Arrow releases the interpreter's lock
        parts = list(threads.map(read_school_file, files))
    ids = parts[0].ids
    if not all(part.ids.equals(ids) for part in parts[1:]):  # often files list the same schools in the same order
        ids = pc.unique(pa.concat_arrays([part.ids for part in parts]))
    if not len(ids):
        files[0].note(
            "No record has a school identifier.",
            "Set columns.school_id=HEADING to the column that has it.",
            is_error=True,
        )
        raise InputError([problem for findings in files for problem in findings.problems if problem.is_error])
    ids = sorted_texts(ids)
    positions = [None if part.ids.equals(ids) else pa.array(positions_of(ids, part.ids)) for part in parts]
    joined = {name: _first_known(parts, positions, len(ids), name) for name in (*_TEXTS, *_NUMBERS)}
    if len(parts) > 1:
        warn_unmatched(parts)
        warn_disagreements(parts)
    if not any({"latitude", "longitude"} <= set(part.columns) for part in parts):
        _warn_without_coordinates(files)
    return _table(ids, joined)


def _warn_without_coordinates(files: Sequence[Findings]) -> None:
    """Warn that there is no map, with the columns that look like coordinates, if any do."""
    for findings in files:
        found = {name: likely_columns_of(findings, name) for name in ("latitude", "longitude")}
        if all(found.values()):
            options = " and ".join(f"columns.{name}={headings[0]}" for name, headings in found.items())
            message = "No coordinates were recognised, so nothing can be shown on the map."
            findings.note(message, f"Set {options}: these columns look like them.", column=found["latitude"][0])
            return
    files[0].note(
        NO_COORDINATES,
        "Add latitude and longitude, or a file of geocodes such as EDGE.",
    )


def _table(ids: pa.StringArray, joined: dict[str, pa.Array]) -> gpd.GeoDataFrame:
    masks = numpy_of(joined["grades_offered"].fill_null(0)).astype("int64")
    distinct = pa.array(masks).dictionary_encode()
    levels = pa.array(map(level_of, distinct.dictionary.to_pylist()), type=pa.string()).take(distinct.indices)
    columns = {
        **{name: pd.array(joined[name].cast(pa.string()), dtype="str") for name in _TEXTS},
        "name": pd.array(pc.coalesce(joined["name"], ids), dtype="str"),
        "grades_offered": masks,
        "level": pd.array(levels, dtype="str"),
        "enrolment_students": numpy_of(joined["enrolment_students"]).astype("float64"),
        "opened_year": pd.array(joined["opened_year"].cast(pa.int64()), dtype="Int64"),
    }
    longitude, latitude = (numpy_of(joined[name]).astype("float64") for name in ("longitude", "latitude"))
    points = np.asarray(shapely.points(longitude, latitude))
    points[np.isnan(longitude) | np.isnan(latitude)] = None
    index = pd.Index(pd.array(ids, dtype="str"), name="school_id")
    frame = pd.DataFrame({name: columns[name] for name in SCHOOL_COLUMNS if name in columns}, index=index)
    return gpd.GeoDataFrame(frame, geometry=GeometryArray(points, crs=GEOGRAPHIC_CRS))


def _first_known(parts: Sequence[SchoolPart], positions: Sequence[pa.Array | None], count: int, name: str) -> pa.Array:
    """The first known value for each of ``count`` schools; ``None`` positions: the file has them in this order."""
    known: pa.Array | None = None
    for part, position in zip(parts, positions, strict=True):
        if name not in part.columns or (known is not None and not known.null_count):
            continue
        values = part.columns[name]
        if position is not None:
            values = values.take(pc.if_else(pc.equal(position, -1), pa.scalar(None, position.type), position))
        known = values if known is None else pc.coalesce(known, values)
    if known is None:
        return pa.nulls(count, pa.string() if name in _TEXTS else pa.float64())
    return known
